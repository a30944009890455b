"""Two to four games, trained side by side."""

import streamlit as st

from explorer.figures import gans as figures
from explorer.figures.gans import openings
from explorer.gans import networks, penalty
from explorer.gans.bands import band, compare
from explorer.gans.game import Game
from explorer.gans.learned import mode_report
from explorer.gans.objectives import OBJECTIVES
from explorer.labs.gans import looks
from explorer.labs.gans.clocks import CLOCKS
from explorer.labs.gans.settings import GanLab
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import forking, material
from explorer.stage.component import show as show_stage
from explorer.transport import wasserstein

HOW = f"""
**The games.** The discriminator of a GAN gives the probability that a point is real; the critic of
a WGAN gives any number, kept from growing too steep by clipping its weights or by a penalty; a
relativistic discriminator says no more than which of two points is the real one, and its generator
learns beside the last real points that it judged. Every generator only ever learns from its
judge's slope. Arjovsky et al. (2017) argued that a discriminator which is trained too well leaves
its generator nothing to follow, while a critic can only gain from more training. That is why all
judges are trained equally often here.

**What is equal.** The seed, the data and their order, the noise, and the first weights of every
generator. A step in which the judge is updated five times costs {looks.dearer_in_words(5)} the
arithmetic of a step in which it is updated once, by objective and counted as the clock counts it;
under *More* the tick can be equal updates or equal arithmetic instead.

**What is measured.** 2,500 samples from fixed noise are held against the modes. A mode is *held*
when it gets at least 16 % of its fair share on the ring (20 % on all other data) near its centre,
and *captured* when one sample lies within three standard deviations (Srivastava et al. 2017). A
sample is *good* within three standard deviations of any mode: 98.9 % of a perfect sampler's are in
the plane, 99.7 % on a line, and all of a collapsed one's can be. *Exact W₁* is the optimal
transport of 512 samples to 512 data points, by linear programming. The shaded strips hold 95 % of
what two samples of the data have between them: inside a strip, nobody is better. A winner is named
only where the lead is so large that of twenty runs between two perfect samplers at most one would
name any, however often it is looked at.

**The arrows** are minus the gradient of each generator's own loss, on one scale for all games.

**What this does not show.** One run is one run: look at *Seeds*. With a judge that is updated once
the GAN usually keeps the ring's modes. A continuous generator leaves bridges between separate
modes, so a WGAN-GP can have fewer good samples than a collapsed GAN.
"""


SOURCES = (
    *map(type, OBJECTIVES.values()),
    *(penalty.gradient_penalty, Game, networks.Network),
    *(mode_report, wasserstein, band, compare),
)
FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    material.match_dials(dials, column, layers=True)
    lab, _ = material.asked(dials, GanLab.match)
    material.table(dials)
    show_stage(
        openings.match_of(lab),
        material.opened(lab),
        key="gans.stage",
        live=True,
        on_reset=dials.start_over if lab.changes else None,
        on_rest=material.came_to_rest if forking.is_open() else None,
        dials=column.told,
        on_settled=material.settles(column),
        begins=material.begins_or_goes_on(openings.match),
    )
    forking.fork(dials, lab)
    surroundings.unfolded("How to read this, and what it does not show", HOW)
    formulas(lab)
    forking.files(lab)
    return material.predicted(lab) or _sentence(lab)


def formulas(lab: GanLab) -> None:
    """Write what each player of each game minimises, and where it comes from."""
    place = st.expander("What each player minimises", key="gans.formulas", on_change="rerun")
    if not place.open:
        return
    for name in dict.fromkeys(game.objective for game in figures.playing(lab)):
        objective = OBJECTIVES[name]
        one_sided = objective.one_sided_formula if lab.turned().one_sided else ""
        place.latex(one_sided or objective.formula)
        place.caption(f"{objective.label}: {objective.source}")
    data = lab.distribution()
    place.latex(data.formula)
    place.caption(f"data, {data.label}: {data.source}")


def _sentence(lab: GanLab) -> str:
    now = lab.turned()
    own = [now.first_steps, now.second_steps, now.third_steps, now.fourth_steps]
    if any(own):
        return "Same seed, same data, same generator at the start; the judges' updates differ."
    updates = "one update" if now.critic_steps == 1 else f"{now.critic_steps} updates"
    if now.clock != "generator":
        equal = CLOCKS[now.clock].equal
        return f"Same seed, same data, same networks, equal {equal}; only the objective differs."
    return (
        f"Same seed, same data, same networks, {updates} of every judge. "
        "Only the objective differs."
    )
