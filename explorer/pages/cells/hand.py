"""A gallery of hand-made cells: readable weights, an exact task, a verdict on every edit."""

from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.figures.cells import answers
from explorer.labs.cells.made import Made, changes, inputs, made, with_value
from explorer.labs.cells.settings import CellLab
from explorer.pages import surroundings
from explorer.pages.cells.material import PICKED, answered
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.sequences import handmade
from explorer.sequences.handmade import HANDMADE
from explorer.stage.messages import Setting

HOW = """
**Nothing here was trained.** Each cell has a handful of weights that a person can read, and solves
its task on sequences of any length it was tried on: every short sequence, and random ones of 100
and 1,000 symbols. Edit a weight: the verdict names the first sequence that goes wrong.

**Why the LSTM counts and the GRU does not.** The memory c of an LSTM is a sum that nothing bounds:
a gate held open adds 1 for each a. The state of a GRU is a mixture of values between −1 and 1, so
that each a can only move it part of the remaining way; the steps shrink until rounding, or the
next symbol, cannot tell them apart (Weiss, Goldberg and Yahav 2018).

**Exact means exact in float64.** A gate of σ(40) differs from 1 by 4·10⁻¹⁸. A double holds that
number, but not 1 less it: near 1 its steps are 10⁻¹⁶, and the gate is 1 to the last bit. In exact
arithmetic it would leak after some 10¹⁶ steps.
"""

NOT_OF_ANOTHER: dict[str, Setting] = {"word": "", "changed": "", "unit": -1}
"""The dials that say something of one cell alone, as they stand for another."""

READING = True
SOURCES = (handmade.verdict, handmade.Handmade)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    settings = dials.wanted()
    try:
        found = made(settings)
    except ValueError as why:
        dials.refuse(why, replace(settings, word="", changed=""))
    entry = found.entry
    column = Column(dials, PICKED, above=True)
    column.show("hand", as_="menu", turns=dict.fromkeys(HANDMADE, NOT_OF_ANOTHER))
    column.show("word", help=f"Type its symbols: {' '.join(entry.symbols)}")
    answered(answers.hand, dials, column, "A cell that a person made.")
    _verdict(found)
    st.markdown(_what_to_look_for(found))
    _editor(dials, found)
    surroundings.unfolded("What makes it exact", HOW)
    return f"{entry.sentence} {_length(found)}"


def _length(found: Made) -> str:
    until = found.entry.holds_until
    if until is None or until > 10**9:
        return "No length is too long for it."
    return f"Right on words of up to {until:,} symbols, no further."


def _verdict(found: Made) -> None:
    verdict = found.verdict
    if verdict is not None and verdict.solved:
        st.badge(
            f"solved: {verdict.checked:,} sequences, up to {verdict.longest:,} long",
            icon=":material/check:",
            color="green",
        )
        return
    st.badge("not solved", icon=":material/error:", color="red")


def _what_to_look_for(found: Made) -> str:
    return (
        "**What to look for.** "
        + " ".join(f"Unit {k}: {what}" for k, what in enumerate(found.entry.units))
        + " Change one weight in the table: which ones matter, and how far may they move?"
    )


def _editor(dials: Dials[CellLab], found: Made) -> None:
    """Show every weight in a table that can be edited; one row for each gate of each unit."""
    weights, units = found.weights, len(found.entry.units)
    gates = found.entry.cell.gates
    columns = ["weights of", *inputs(found.entry)]
    columns += [f"unit {k}" for k in range(units)] + ["bias"]
    rows: list[dict[str, Any]] = []
    for row in range(weights.weight_ih.shape[0]):
        gate, unit = gates[row // units], row % units
        bias = float(weights.bias_ih[row] + weights.bias_hh[row])
        numbers = [*weights.weight_ih[row].tolist(), *weights.weight_hh[row].tolist(), bias]
        name = f"{gate.replace('_', ' ')} of unit {unit}"
        rows.append(dict(zip(columns, [name, *numbers], strict=True)))
    key = f"cells.table.{found.entry.name}.{hash((dials.value('changed'), found.entry.name))}"

    def edited() -> None:
        now = weights
        for row, cells in st.session_state[key]["edited_rows"].items():
            for column, value in cells.items():
                at = columns.index(column) - 1
                if value is None or not abs(float(value)) <= 1e6:
                    continue
                inputs = weights.inputs
                if at < inputs:
                    now = with_value(now, "weight_ih", row, at, float(value))
                elif at < inputs + units:
                    now = with_value(now, "weight_hh", row, at - inputs, float(value))
                else:
                    rest = float(weights.bias_hh[row])
                    now = with_value(now, "bias_ih", row, 0, float(value) - rest)
        dials.set(changed=changes(found.entry, now))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Its weights.** Edit any of them.")
        st.button(
            "As it was made",
            key="cells.hand.again",
            disabled=not dials.value("changed"),
            on_click=lambda: dials.set(changed=""),
        )
    st.data_editor(
        rows,
        key=key,
        on_change=edited,
        hide_index=True,
        disabled=["weights of"],
        width="stretch",
        height="content",
    )
