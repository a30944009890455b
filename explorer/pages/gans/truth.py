"""What each judge learned, beside the truth."""

import streamlit as st

from explorer.figures.gans import openings
from explorer.gans.truth import critic_truth, discriminator_truth, predicted_slope
from explorer.labs.gans.settings import GanLab
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.stage.component import show as show_stage
from explorer.transport import optimal_transport

LOOK = (
    "**What to look for.** The truth is computed anew at every hundredth tick, for the samples of "
    "that tick, so halt on a full hundred to compare. Does the critic's gap follow the dotted line "
    "1 + W₁ / 2λ rather than 1? Does the discriminator know where nothing is generated yet?"
)
HOW = r"""
**The exact critic.** The dual of optimal transport asks for the function $f$ of slope at most 1
that tells data and samples apart best, $\max_f\, \mathbb{E} f(x) - \mathbb{E} f(G(z)) = W_1$. A
linear program finds it for the samples on screen; between them it is $f(x) = \min_j \lVert x -
y_j\rVert - v_j$. It is known up to a constant, and where no mass travels not even that:
correlation and error are taken at the points of both clouds.

**Why a gap is not W₁.** With a penalty of weight $\lambda$ a critic of slope $s$ along the lines
of the plan is worth $s\,W_1 - \lambda (s - 1)^2$, which is largest at $s = 1 + W_1 / 2\lambda$:
with the toy code's $\lambda = 0.1$ that is 3.5 at $W_1 = 0.5$, with the paper's 10 it is 1.025. A
learned gap above $W_1$ is therefore no mistake of the training; a gap far from the dotted line
is. A clipped critic has whatever slope its weights allow.

**The optimal discriminator** is $D^* = p / (p + q)$ (Goodfellow et al. 2014, proposition 1). The
generator's density $q$ has no formula: it is estimated from the samples with a Gaussian kernel of
width 0.1, and the data is seen through the same kernel. Far from every sample that estimate is
the tail of the nearest kernel, and means little.

**What this does not show.** Both truths are those of the generator as it is now. A judge that
lags behind its generator differs from them, however well it was trained before.
"""


SOURCES = (critic_truth, discriminator_truth, predicted_slope, optimal_transport)
FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    material.match_dials(dials, column)
    lab, _ = material.asked(dials, GanLab.match)
    material.table(dials)
    plane = material.in_the_plane(lab)
    if not plane:
        st.info(
            "The truth is drawn for data in the plane. Choose such data, the ring say.",
            icon=":material/help:",
        )
    show_stage(
        openings.truth_of(lab),
        material.opened(lab),
        key="gans.truth",
        live=True,
        on_reset=dials.start_over if lab.changes else None,
        dials=column.told,
        on_settled=column.settle,
        begins=material.begins_or_goes_on(openings.truth),
    )
    if not plane:
        return "For images and for points on a line there is no surface to compare."
    st.markdown(LOOK)
    surroundings.unfolded("How the truth is found, and what it does not show", HOW)
    return (
        "What each judge learned, beside what it should say of its generator's samples: the exact "
        "potential, or the optimal discriminator."
    )
