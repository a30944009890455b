"""Untrained networks: one measurement, the theory on it, and the matrix behind it."""

import streamlit as st

from explorer.figures import gradients as figures
from explorer.gradients import MEASURED, UNROLLED, norms_through_time, residual, theory_line
from explorer.labs.gradients import Flow, measure
from explorer.labs.gradients.start import LOWEST, highest, marked_lag, matrix_spectrum
from explorer.labs.gradients.words import named
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gradients.reading import explained
from explorer.runs.frames import Frame
from explorer.runs.hub import the_hub
from explorer.runs.links import query
from explorer.stage.component import show as show_stage

SOURCES = (norms_through_time, theory_line, residual)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    with narrow, st.container(key="dials"):
        _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    frame = measure(flow)
    ticket = surroundings.admitted(
        lambda viewer: the_hub().publish(
            viewer, query(flow), Frame(0), [frame], {}, kind="gradients"
        )
    )
    scene = figures.through_time(MEASURED, LOWEST, highest(frame), marked_lag(flow))
    with wide:
        show_stage(scene, ticket, key="gradients.measured", live=False)
    explained()
    _spectra(flow)
    return (
        f"The loss reads the last of {flow.length} states. How much of its gradient reaches the "
        "earlier ones?"
    )


def _dials(dials: Dials[Flow]) -> None:
    st.markdown("#### All networks")
    dials.show("length")
    dials.show("seeds")
    dials.show("seed", as_="field")
    st.markdown("#### Plain RNNs")
    dials.show("init")
    dials.show("gain")
    st.markdown(f"#### {named([cell for cell in MEASURED if UNROLLED[cell].is_gated()])}")
    dials.show("forget_bias")
    with st.expander("More"):
        dials.show("size")
        dials.show("batch")


def _spectra(flow: Flow) -> None:
    """Show what the matrix's eigenvalues and powers are, once it is asked for."""
    place = st.expander(
        "The recurrent matrix: its eigenvalues, and what its powers do",
        key="gradients.spectra",
        on_change="rerun",
    )
    if not place.open:
        return
    found = matrix_spectrum(flow)
    dark = st.context.theme.type == "dark"
    pictures = (
        (
            figures.eigenvalues(found, dark),
            "eigenvalues",
            f"Eigenvalues in the complex plane; the largest has modulus {found.radius:.2f}.",
        ),
        (
            figures.stretch(found, dark),
            "stretch",
            f"Norm of the matrix's powers; the largest is {found.stretch.max():.2f}.",
        ),
    )
    with place:
        for column, (picture, name, alt) in zip(st.columns(2), pictures, strict=True):
            column.plotly_chart(
                picture,
                theme=None,
                config={"displayModeBar": False},
                key=f"gradients.{name}",
                alt=alt,
            )
        st.caption(
            "The plain RNN's matrix of the first seed. The radius decides in the end, the largest "
            f"singular value, {found.singular_values[0]:.2f}, what can happen in one step (Pascanu "
            f"et al. 2013). Henrici's departure from a normal matrix is {found.departure:.2f}: at "
            "0 the two curves are one."
        )
