"""Networks that learn the adding problem, and how far back each of them feels meanwhile."""

import streamlit as st

from explorer.dials import dials as rows_of
from explorer.figures import gradients as figures
from explorer.gradients import LEARNERS, AddingSettings, SideBySide
from explorer.labs.gradients import Adding, Flow
from explorer.labs.gradients.learning import LOWEST
from explorer.labs.gradients.words import counted
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gradients.reading import explained
from explorer.runs.hub import the_hub
from explorer.stage.component import show as show_stage

SOURCES = (AddingSettings, SideBySide)
FILM = "python -m explorer train '{link}' --seconds 20 --out adding.gif"


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    with narrow, st.container(key="dials"):
        _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    adding = flow.adding()
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, adding))
    scene = figures.adding(LEARNERS, LOWEST, adding.length)
    with wide:
        show_stage(scene, ticket, key="gradients.learning", live=True)
    explained()
    return (
        f"Two of {adding.length} numbers are marked; add them up. "
        f"{counted(LEARNERS).capitalize()} networks learn it from the same sequences."
    )


def _dials(dials: Dials[Flow]) -> None:
    seed = rows_of(Adding)["seed"]  # the one seed of the page, as a training sees it
    st.markdown("#### The adding problem")
    dials.show("task_length")
    dials.show("seed", label=seed.label, help=seed.help, offered=seed.offered)
    st.markdown("#### Networks")
    dials.show("task_width")
    dials.show("task_bias")
    dials.show("rate")
    with st.expander("More"):
        dials.show("clip")
        dials.show("steps")
