"""Untrained networks: one measurement, the theory on it, and the matrix behind it."""

from explorer.figures import gradients as figures
from explorer.gradients import (
    CELL_SETS,
    UNROLLED,
    quantity_through_time,
    residual,
    theory_line,
)
from explorer.labs.gradients import Flow
from explorer.labs.gradients.words import keeping, named
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gradients.reading import explained
from explorer.runs.answers import Asking
from explorer.stage.component import ask

SOURCES = (quantity_through_time, theory_line, residual)


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
    return _question(flow)


def _question(flow: Flow) -> str:
    every = flow.loss_at == "every"
    reads = f"every one of {flow.length} states" if every else f"the last of {flow.length} states"
    asked = {
        "memory": "How much of its gradient reaches the earlier ones?",
        "hidden": "How much of its gradient reaches the h of earlier steps?",
        "input": "How much of its gradient reaches the earlier inputs?",
        "jacobian": "How much does a nudge of an earlier h move the last one?",
        "weights": "How much do the earlier steps add to the gradient of the weights?",
    }
    return f"The loss reads {reads}. {asked[flow.quantity]}"


def _dials(dials: Dials[Flow]) -> Column:
    cells = CELL_SETS[dials.value("cells")].cells
    gated = [cell for cell in cells if UNROLLED[cell].is_gated()]
    column = Column(dials)
    column.group("All networks")
    column.show("cells")
    column.show("quantity", as_="menu")
    column.show("loss_at")
    column.show("length")
    column.show("seeds")
    column.show("seed", as_="field", next=True)
    plain = [cell for cell in cells if not UNROLLED[cell].is_gated()]
    if plain or dials.value("matrix_of") == "all":
        everyone = dials.value("matrix_of") == "all"
        column.group("All matrices" if everyone else "Plain RNNs")
        column.show("init")
        column.show("gain")
    if gated:
        column.group(named(gated) if len(gated) < len(cells) else "Gated cells")
        column.show("keeping")
        if dials.value("keeping") == "given":
            column.show("forget_bias", help=keeping(gated))
    column.group("More", folded=True)
    column.show("size")
    column.show("input_scale")
    column.show("matrix_of")
    column.show("batch")
    column.show("precision")
    return column
