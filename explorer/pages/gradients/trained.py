"""A trained network's gradient: the way back before its training, and after it."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.dials.files import FEWER_LAYERS
from explorer.figures.gradients import trained as pictures
from explorer.gradients.trained import way_back
from explorer.labs.cells.readers import able
from explorer.labs.gradients import Flow
from explorer.labs.gradients.trained import TrainedWay, untrained
from explorer.networks.shelf import kept
from explorer.networks.uploads import opened
from explorer.pages import surroundings
from explorer.pages.bringing import place, refuse, said, take_once
from explorer.pages.cells.networks import shelved
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = r"""
**Before.** A network that ships with the laboratory was drawn from the seed on its card; it is
drawn from that seed again, so *before* is the very network that its training started from, forget
bias and readout included. Of a network that you bring nobody knows its start: its recurrent layers
are drawn as PyTorch draws them, and what stands around them is left as it is.

**The loss** is the network's own: the surprise at the character that came, in nats; the squared
error of the next value; the surprise at the digit that it sees. Cells without a readout have the
loss $v \cdot h_T$ of a random direction. The gradient is followed back to every state of the first
layer, by every path, in float64, and divided by its own value at the last step.

**By the gates alone.** $\|\frac{dL}{dc_T} \prod_t f_t\|$: what the gates that keep would let
through if nothing ever left its unit (for the GRU, $z$). It is no theory but a part of the
measurement. What a line has above it came through $h$ and the gates.

**What it does not say.** One sequence is one sequence: try others. A gradient that arrives was
useful only if training needed something from there, and one that fades may be all that the task
asks for.
"""

SOURCES = (way_back, untrained)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    upload = dials.value("trained_upload")
    if upload and kept(upload) is None:
        dials.set(trained_upload="", trained_part=0, trained_reads=TrainedWay.reads)
    elif dials.value("trained_reads") == "yours" and not upload:
        dials.set(trained_reads=TrainedWay.reads)
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    ask(
        Asking.about(pictures.answer, Flow),
        surroundings.attend(),
        key="gradients.trained",
        dials=column.told,
        on_settled=column.settle,
        title="The way back before and after training.",
    )
    _bring(dials)
    surroundings.unfolded("Before, after, and the loss that is followed", HOW)
    return (
        "A network reads one sequence. How much of its loss reaches every earlier state, before "
        "its training and after it?"
    )


def _dials(dials: Dials[Flow]) -> Column:
    reads = dials.value("trained_reads")
    column = Column(dials)
    some = [name for name in dials.row("trained_reads").names if name == "yours" or able(name)]
    if not dials.value("trained_upload"):
        some.remove("yours")
    cells = able(reads) if reads != "yours" else ()
    if cells and dials.value("trained_cell") not in cells:
        dials.set(trained_cell=cells[0])
    column.group("The network")
    column.show("trained_reads", offered=tuple(some), as_="menu")
    if len(cells) > 1:
        column.show("trained_cell", offered=cells, as_="menu")
    column.show("trained_given", as_="lines")
    column.group("The way back")
    column.show("trained_follows", as_="menu")
    column.show("trained_loss_at")
    if reads == "yours":
        column.show("seed", as_="field", next=True)
    return column


def _bring(dials: Dials[Flow]) -> None:
    """Take a network from a file, as the cell lab does."""
    with st.expander("A network of yours", key="gradients.bring"):
        file = place(
            "A network: PyTorch, Keras or ONNX", "gradients.file", FEWER_LAYERS,
            help="Opened, and proved, as in the cell lab: see there what was found in it.",
        )  # fmt: skip
        take_once("gradients.file", file, lambda file: _open(dials, file))
        if problem := said("gradients.file"):
            st.warning(problem, icon=":material/error:")


def _open(dials: Dials[Flow], file: UploadedFile) -> None:
    try:
        upload = opened(file.name, file.getvalue())
    except ValueError as why:
        refuse("gradients.file", file, f"{str(why).rstrip('.')}.")
        return
    mark = shelved(upload, file.name, file.getvalue())
    dials.set(trained_upload=mark, trained_part=0, trained_reads="yours", trained_given="")
    st.rerun()
