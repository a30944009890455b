"""The GAN lab: one page, seven ways to look at games between a generator and its judge."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.gans import game, networks, objectives, penalty
from explorer.gans.anatomy import taken_apart
from explorer.gans.bands import band, compare
from explorer.gans.dirac import eigenvalues, trajectory, verdict
from explorer.gans.learned import mode_report
from explorer.gans.predictions import rate
from explorer.gans.published import Published
from explorer.gans.seeds import population_report
from explorer.gans.truth import critic_truth, discriminator_truth, predicted_slope
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans_next import depth, dirac, match, records, seeds, slow, truth
from explorer.runs.gans_next.settings import GanLab
from explorer.transport import optimal_transport, wasserstein


@dataclass(frozen=True)
class View:
    """One way to look: its name on the tab, the question it answers, its page, its code."""

    name: str
    question: str
    show: Callable[[Dials[GanLab]], str]
    sources: tuple[surroundings.Source, ...]


VIEWS = {
    "match": View(
        "Match",
        "What did each one really learn?",
        match.show,
        (
            *(objectives.NonSaturating, objectives.Minimax, objectives.WassersteinPenalty),
            *(objectives.R1, penalty.gradient_penalty, game.Game, networks.Network),
            *(mode_report, wasserstein, band, compare),
        ),
    ),
    "truth": View(
        "Truth",
        "Is the judge right?",
        truth.show,
        (critic_truth, discriminator_truth, predicted_slope, optimal_transport),
    ),
    "slow": View("Slow motion", "What happens in one iteration?", slow.show, (taken_apart,)),
    "seeds": View("Seeds", "Was it luck?", seeds.show, (population_report, game.Game)),
    "dirac": View(
        "Two numbers", "Does it ever arrive?", dirac.show, (trajectory, eigenvalues, verdict)
    ),
    "depth": View(
        "Depth",
        "What does clipping do to a deep critic?",
        depth.show,
        (game.Game.layer_gradients, objectives.WassersteinClip, objectives.WassersteinPenalty),
    ),
    "records": View("Records", "What do others report?", records.show, (Published, rate)),
}
"""Every way to look, by its name in the link."""


def page() -> None:
    """Show the page."""
    dials = Dials("gans", GanLab, shown=GanLab.turned)
    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        question = st.container(width="stretch")
        with st.container(width="content"):
            dials.choice(
                "view",
                "View",
                tuple(VIEWS),
                lambda name: VIEWS[name].name,
                "Ways to look at a generator and its judge.",
                labelled=False,
                width="content",
            )
        actions = st.container(width="content")
    sentence = st.container(key="sentence")
    dials.problems()
    view = VIEWS[dials.value("view")]
    said = view.show(dials)
    with question:
        surroundings.heading(view.question)
    with sentence:
        surroundings.sentence(said)
    with actions, surroundings.row_of_actions():
        surroundings.link_and_code(
            "gans",
            dials.last,
            view.sources,
            preset="python -m explorer train '{link}' --seconds 20 --out match.gif"
            if dials.value("view") in ("match", "truth")
            else "",
        )
