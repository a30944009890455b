"""How far back can it feel? Gradient norms through time, measured, explained, and trained away."""

import streamlit as st

from explorer import gradients as room
from explorer.figures.gradients import scenes as figures
from explorer.figures.gradients import spectra as pictures
from explorer.labs.gradients import flow as runs
from explorer.labs.gradients.flow import Flow
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.runs.hub import the_hub
from explorer.runs.links import query
from explorer.stage.component import show

VIEWS = {"start": "Untrained", "live": "Learning"}
INITS = {"default": "torch", "orthogonal": "rotation", "gaussian": "normal"}
SOURCES = (
    room.norms_through_time,
    room.theory_line,
    room.residual,
    room.AddingSettings,
    room.SideBySide,
)
HOW = """
**What is measured.** The loss reads the last state only. Its gradient with respect to every earlier
state, in float64, is divided by the gradient with respect to the last one: what is left is how much
of the signal survives the way back. For the LSTM the state is its memory c, for the others h. The
line is the mean over a batch and the geometric mean over the seeds; the band is the spread between
seeds.

**What the theory says.** A straight line on this axis is a constant factor per step. A linear
network with an orthogonal matrix of gain s multiplies by s exactly. A tanh network multiplies by
less, because its slopes are below 1. A memory that is kept by a gate f multiplies by f, and
f = σ(forget bias): 0.5 at bias 0, 0.73 at 1, 0.95 at 3.

**The honest part.** A default LSTM or GRU vanishes as fast as a plain RNN. The forget bias cures
it, and too much of it makes an LSTM explode. Yet a default LSTM can learn the adding problem all
the same: what the gradient is at the start is not what it is later. Let them learn, and look.
"""


def page() -> None:
    """Show the page."""
    dials = Dials("gradients", Flow)
    title = st.container(key="title")
    dials.problems()
    with st.container(key="lab"):
        narrow, wide = st.columns([0.19, 0.81], gap="medium")
    with narrow, st.container(key="dials"):
        _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    with title:
        words, actions = st.columns([0.86, 0.14], vertical_alignment="center")
        with words:
            surroundings.heading("How far back can it feel?", _sentence(flow))
        with actions, surroundings.row_of_actions():
            surroundings.link_and_code(
                "gradients",
                flow,
                SOURCES,
                preset="python -m explorer train '{link}' --seconds 20 --out adding.gif",
            )
    with wide:
        if flow.view == "start":
            _measurement(flow)
        else:
            _learning(flow)
    surroundings.unfolded("How to read this, and what it does not show", HOW)
    if flow.view == "start":
        spectra = st.expander(
            "The recurrent matrix: its eigenvalues, and what its powers do",
            key="gradients.spectra",
            on_change="rerun",
        )
        if spectra.open:
            with spectra:
                _spectra(flow)


def _measurement(flow: Flow) -> None:
    frame = runs.measure(flow)
    ticket = surroundings.admitted(
        lambda viewer: the_hub().publish(
            viewer, query(flow), runs.Frame(0), [frame], {}, kind="gradients"
        )
    )
    show(
        figures.through_time(
            runs.CELLS,
            runs.LOWEST,
            runs.highest(frame),
            runs.marked_lag(flow),
        ),
        ticket,
        key="gradients.measured",
        live=False,
    )


def _learning(flow: Flow) -> None:
    adding = flow.adding()
    ticket = surroundings.admitted(lambda viewer: the_hub().open(viewer, adding))
    show(
        figures.adding(room.LEARNERS, runs.LOWEST_LEARNING, adding.length),
        ticket,
        key="gradients.learning",
        live=True,
    )


def _spectra(flow: Flow) -> None:
    found = runs.matrix_spectrum(flow)
    dark = st.context.theme.type == "dark"
    left, right = st.columns(2)
    left.plotly_chart(
        pictures.eigenvalues(found, dark),
        theme=None,
        config={"displayModeBar": False},
        key="gradients.eigenvalues",
        alt=f"Eigenvalues in the complex plane; the largest has modulus {found.radius:.2f}.",
    )
    right.plotly_chart(
        pictures.stretch(found, dark),
        theme=None,
        config={"displayModeBar": False},
        key="gradients.stretch",
        alt=f"Norm of the matrix's powers; the largest is {found.stretch.max():.2f}.",
    )
    st.caption(
        "The plain RNN's matrix of the first seed. The radius decides in the end, the largest "
        f"singular value, {found.singular_values[0]:.2f}, what can happen in one step (Pascanu et "
        f"al. 2013). Henrici's departure from a normal matrix is {found.departure:.2f}: at 0 the "
        "two curves are one."
    )


def _dials(dials: Dials[Flow]) -> None:
    dials.choice(
        "view",
        "Networks",
        tuple(VIEWS),
        VIEWS.__getitem__,
        "Measured before any step, or while they learn the adding problem.",
        labelled=False,
    )
    if dials.value("view") == "start":
        _measuring_dials(dials)
    else:
        _learning_dials(dials)


def _measuring_dials(dials: Dials[Flow]) -> None:
    st.markdown("#### All networks")
    dials.slider(
        "length", "Sequence length", 10, 200, "Steps between the first state and the loss."
    )
    dials.slider("seeds", "Seeds", 1, 12, "Networks drawn and averaged; the band is their spread.")
    dials.number("seed", "First seed", 0, 999_999, "Decides weights and inputs.")
    st.markdown("#### Plain RNNs")
    dials.choice(
        "init",
        "Recurrent matrix",
        tuple(INITS),
        INITS.__getitem__,
        "How the recurrent weights are drawn.",
    )
    dials.real(
        "gain",
        "Gain",
        0.1,
        2.0,
        0.05,
        "Scales the recurrent matrix: every singular value "
        "of an orthogonal one, the spectral radius of a Gaussian one.",
    )
    st.markdown("#### LSTM and GRU")
    dials.real(
        "forget_bias",
        "Forget bias",
        -2.0,
        6.0,
        0.25,
        "Bias of the LSTM's forget gate and "
        "of the GRU's update gate: the larger, the longer they keep.",
    )
    with st.expander("More"):
        dials.steps("size", "Units", (8, 16, 32, 64, 128), "Of each network.")
        dials.steps("batch", "Sequences", (4, 8, 16, 32), "Random inputs for each seed.")


def _learning_dials(dials: Dials[Flow]) -> None:
    st.markdown("#### The adding problem")
    dials.slider(
        "task_length",
        "Sequence length",
        5,
        100,
        "Two of so many numbers are marked; the answer is their sum.",
    )
    dials.slider("seed", "Seed", 0, 50, "Decides weights and sequences, equal for all three.")
    st.markdown("#### Networks")
    dials.steps("task_width", "Units", (8, 16, 32, 64), "Of each network.")
    dials.real(
        "task_bias", "Forget bias", -2.0, 6.0, 0.25, "Of the LSTM and, as update bias, of the GRU."
    )
    dials.steps("rate", "Learning rate", (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2), "Adam's.", str)
    with st.expander("More"):
        dials.steps(
            "clip",
            "Clip at",
            (0.1, 0.5, 1.0, 5.0, 100.0),
            "Largest norm of the gradient of all weights.",
        )
        dials.steps("steps", "Iterations", (500, 1_000, 2_000, 4_000), "Where it ends.")


def _sentence(flow: Flow) -> str:
    if flow.view == "start":
        return (
            f"The loss reads the last of {flow.length} states. How much of its gradient reaches "
            "the earlier ones?"
        )
    return (
        f"Two of {flow.task_length} numbers are marked; add them up. Three networks learn it from "
        "the same sequences."
    )
