"""Untrained networks: one measurement, the theory on it, and the matrix behind it."""

import streamlit as st

from explorer.figures import gradients as figures
from explorer.gradients import MEASURED, UNROLLED, norms_through_time, residual, theory_line
from explorer.labs.gradients import Flow
from explorer.labs.gradients.start import matrix_spectrum
from explorer.labs.gradients.words import named
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gradients.reading import explained
from explorer.runs.answers import Asking
from explorer.stage.component import ask

SOURCES = (norms_through_time, theory_line, residual)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    ask(
        Asking.about(figures.answer, Flow),
        surroundings.attend(),
        key="gradients.measured",
        dials=column.told,
        on_settled=column.settle,
        title="Gradient norms through time.",
    )
    explained()
    _spectra(flow)
    return (
        f"The loss reads the last of {flow.length} states. How much of its gradient reaches the "
        "earlier ones?"
    )


def _dials(dials: Dials[Flow]) -> Column:
    column = Column(dials)
    column.group("All networks")
    column.show("length")
    column.show("seeds")
    column.show("seed", as_="field", next=True)
    column.group("Plain RNNs")
    column.show("init")
    column.show("gain")
    column.group(named([cell for cell in MEASURED if UNROLLED[cell].is_gated()]))
    column.show("forget_bias")
    column.group("More", folded=True)
    column.show("size")
    column.show("batch")
    return column


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
