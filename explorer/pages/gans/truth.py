"""What each judge learned, beside the truth."""

import streamlit as st

from explorer.figures.gans import openings
from explorer.gans.truth import (
    critic_truth,
    discriminator_truth,
    fresh_gap,
    penalised_critic,
    predicted_slope,
)
from explorer.labs.gans.settings import GanLab
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.stage.component import show as show_stage
from explorer.transport import optimal_transport

LOOK = (
    "**What to look for.** The truth is computed anew at every hundredth tick, for the samples of "
    "that tick, so halt on a full hundred to compare. Does the critic fall where the mass travels, "
    "and does a penalised one reach the dotted line of its best? Does the discriminator know where "
    "nothing is generated yet?"
)
HOW = r"""
**The exact critic.** The dual of optimal transport asks for the function $f$ of slope at most 1
that tells data and samples apart best, $\max_f\, \mathbb{E} f(x) - \mathbb{E} f(G(z)) = W_1$. A
linear program finds it for the samples on screen; between them it is $f(x) = \min_j \lVert x -
y_j\rVert - v_j$. The optimum of 256 points is neither unique nor that of their distributions. It is
known up to a constant, and where no mass travels not even that: of data and the same data moved by
0.3 the critic $-x$ is exactly optimal, and has a small correlation with the optimum that is drawn.
So it is asked along the plan alone: there every exact critic falls by just as much as the mass
travels. Its gap is tried on four pairs of fresh clouds, as is that of the exact critic drawn here,
which has less of $W_1$ there than on its own 256 points.

**Why a gap is not W₁.** With a penalty of weight $\lambda$ a critic of slope $s$ everywhere is
worth $s\,W_1 - \lambda (s - 1)^2$, which is largest at $s = 1 + W_1 / 2\lambda$: with the toy
code's $\lambda = 0.1$ that is 3.5 at $W_1 = 0.5$, with the paper's 10 it is 1.025. That is a bound:
the best critic's gap is at least so many times $W_1$, and more where it may be steep at little
cost. On a line with random pairs it is known: with $h = F_p - F_q$ and $m$ the density of the
points where the penalty looks its slope is $1 + \lvert h\rvert / (2 \lambda m)$, and the gap over
$W_1$ is $1 + \int h^2 / m \,/\, (2 \lambda W_1)$. For two bumps at ±1 with shares of ½ and ½
against ¼ and ¾ that is 4.83 where the bound says 3.5. A learned gap above $W_1$ is therefore no
mistake of the training, nor is one above the bound; one that is below by more than its noise is not
at its best. A clipped critic has whatever slope its weights allow.

**The optimal discriminator** is $D^* = p / (p + q)$ (Goodfellow et al. 2014, proposition 1). The
density of the data is exact where it has a formula. The generator's has none: it is estimated from
the samples with a Gaussian kernel whose width makes each of them likeliest by the others, and that
is what correlation and error hold the judge against. A surface in the plane could not show so fine
a $D^*$, and shows both densities through a kernel of 0.1, about half a cell; the correlation with
that stands beside. It is blunt: seven standard deviations of a mode of the ring, whose exact $D^*$
against modes three times as wide has a correlation of 0.1 to 0.2 with it. Far from every sample
either estimate is the tail of the nearest kernel, and means little.

**Of given clouds**, as the transport lab sends them here, the generator returns the points of one
and stands still; the data are the points of the other. Both are all there is: W₁, the exact
potential and the gap are theirs, with no noise, and the gap of a critic of slope 1 is at most W₁.

**What this does not show.** Both truths are those of the generator as it is now. A judge that lags
behind its generator differs from them, however well it was trained before.
"""


SOURCES = (
    *(critic_truth, fresh_gap, predicted_slope, penalised_critic),
    *(discriminator_truth, optimal_transport),
)
FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    material.match_dials(dials, column)
    lab, _ = material.asked(dials, GanLab.match)
    material.table(dials)
    images = lab.distribution().kind == "image"
    if images:
        st.info(
            "The truth is drawn for points. Choose such data, the ring say.",
            icon=":material/help:",
        )
    show_stage(
        openings.truth_of(lab),
        material.opened(lab),
        key="gans.truth",
        live=True,
        on_reset=dials.start_over if lab.changes else None,
        dials=column.told,
        on_settled=material.settles(column),
        begins=material.begins_or_goes_on(openings.truth),
    )
    if images:
        return "For images there is no picture of a judge to compare."
    st.markdown(LOOK)
    surroundings.unfolded("How the truth is found, and what it does not show", HOW)
    return (
        "What each judge learned, beside what it should say of its generator's samples: the exact "
        "potential, or the optimal discriminator."
    )
