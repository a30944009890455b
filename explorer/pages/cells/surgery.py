"""Lay a hand on a trained network: hold a gate, edit a weight, do without a part."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from explorer.cells import ABLATIONS
from explorer.cells.surgery import Ablation, Clamp, Surgery
from explorer.figures.cells import answers
from explorer.labs.cells import operated as runs
from explorer.labs.cells.operations import VECTORS, clamp, edit, joined, words_of
from explorer.labs.cells.reading import Seen, looked_at
from explorer.labs.cells.settings import CellLab
from explorer.labs.cells.standing import held_within, part
from explorer.pages import surroundings
from explorer.pages.cells.material import (
    about_the_reading,
    answered,
    material,
    reading_column,
    span_dials,
    unit_dial,
)
from explorer.pages.column import Column
from explorer.pages.dials import Dials

HOW = """
**What is compared.** The same network reads the same text twice: untouched, and with the
operations. The maps show the difference, blue below and orange above the untouched run; a grey map
is a part that nothing changed. Both then write on from where the hand leaves, drawn with the same
random numbers, so that no chance comes between them.

**Holding a part** sets it to a value over the chosen span, whatever the network computed; every
later step computes with what that left behind. **Switching a part off** sets the input, forget or
output gate to 1 for good, leaves out the squashing of the output, couples f = 1 − i, or cuts the
peepholes: the variants of Greff et al. (2017). They trained each variant anew; here a part is taken
from a network that was trained to rely on it, which costs far more.

**One intervention is one case.** That a text changes when a unit is held shows that this unit
matters here; it does not show that the unit is the only one, nor what it does elsewhere.
"""


READING = True
SOURCES = (Surgery, Clamp, Ablation)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    settings, seen = material(dials)
    unit = looked_at(settings, seen)
    try:
        runs.check(settings, seen, unit)
    except ValueError as why:
        dials.refuse(f"{why}; nothing was done", replace(settings, hold="nothing", operations=""))
    column = reading_column(dials, seen)
    _hand(column, settings, seen)
    answered(answers.surgery, dials, column, "What an operation on a cell changed.")
    with st.container(key="controls", horizontal=True, vertical_alignment="center"):
        _below(dials, seen, unit)
    about_the_reading(settings, seen)
    surroundings.unfolded("What is done, and what it does not show", HOW)
    return _sentence(seen, unit, settings)


def _hand(column: Column, settings: CellLab, seen: Seen) -> None:
    """Show what is held, where, and at what value."""
    column.group("The hand")
    column.show(
        "hold",
        offered=runs.holds(seen.cell),
        written=lambda name: "nothing" if name == "nothing" else f"the {part(name)}",
        as_="menu",
    )
    held = settings.hold
    if held != "nothing":
        name = part(held)
        label = f"{name[:1].upper()}{name[1:]} is"
        column.show("value", label=label, offered=held_within(seen.cell, held))
        span_dials(column, seen)
        unit_dial(column, seen)
        column.show("everyone")
    column.group("Drawing what it writes", folded=True)
    column.show("temperature")
    column.show("top_k")


def _below(dials: Dials[CellLab], seen: Seen, unit: int) -> None:
    """Offer to keep the hand where it is, to edit, and to undo what was done before."""
    if dials.value("hold") != "nothing":
        st.button(
            "Keep",
            key="cells.keep",
            help="Keep this hand where it is, and lay on another.",
            on_click=_keep,
            args=(dials, seen, unit),
        )
    with st.popover("Edit"):
        _edits(dials, seen, unit)
    words = words_of(dials.value("operations"))
    if words:
        _done_before(dials, words)


def _keep(dials: Dials[CellLab], seen: Seen, unit: int) -> None:
    end = len(seen.trace) - 1
    first, last = sorted(min(dials.value(name), end) for name in ("first", "last"))
    chosen = -1 if dials.value("everyone") else unit
    word = clamp(dials.value("hold"), chosen, first, last, dials.value("value"))
    dials.set(operations=joined([*words_of(dials.value("operations")), word]), hold="nothing")


def _edits(dials: Dials[CellLab], seen: Seen, unit: int) -> None:
    """Offer what can be switched off, and one weight or one number that is read."""
    able = runs.ablations(seen.cell)
    words = words_of(dials.value("operations"))
    off = [word for word in words if word in able]
    key = f"cells.off.{seen.cell}"
    st.session_state[key] = off
    st.pills(
        "Do without",
        able,
        selection_mode="multi",
        key=key,
        format_func=lambda name: ABLATIONS[name].label,
        on_change=_switched,
        args=(dials, key, able),
    )
    weights = seen.trace.weights
    names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    if weights.peepholes is not None:
        names.append("peepholes")
    matrix = st.selectbox("Weight", names, key="cells.edit.matrix")
    numbers = getattr(weights, matrix)
    place, end = f"cells.edit.{seen.cell}.{matrix}.{unit}", len(numbers) - 1
    row = int(st.number_input("Row", 0, end, min(unit, end), key=f"{place}.row"))
    column = 0
    if matrix not in VECTORS:
        end = numbers.shape[1] - 1
        column = int(st.number_input("Column", 0, end, 0, key=f"{place}.column"))
    now = float(numbers[row] if matrix in VECTORS else numbers[row, column])
    value = f"{place}.{row}.{column}.{now:.3f}"
    st.number_input("New value", -100.0, 100.0, now, step=0.1, format="%.3f", key=value)
    shapes = {name: tuple(getattr(weights, name).shape) for name in names}
    st.button("Set this weight", on_click=_set_weight, args=(dials, shapes, place, value))
    place, end = f"cells.edit.{seen.cell}.input", len(seen.trace) - 1
    st.number_input("Entry of what is read", 0, weights.inputs - 1, 0, key=f"{place}.entry")
    st.number_input("Moment", 0, end, 0, key=f"{place}.at")
    st.number_input("Reads", -100.0, 100.0, 0.0, step=0.1, format="%.3f", key=f"{place}.reads")
    st.button("Set this input", on_click=_set_input, args=(dials, place))


def _set_weight(
    dials: Dials[CellLab], shapes: Mapping[str, tuple[int, ...]], place: str, value: str
) -> None:
    """Set the weight that the fields say now, not when the button was drawn."""
    typed = st.session_state
    matrix = typed["cells.edit.matrix"]
    rows, *columns = shapes[matrix]
    row = min(int(typed[f"{place}.row"]), rows - 1)
    column = min(int(typed.get(f"{place}.column", 0)), columns[0] - 1) if columns else 0
    _add(dials, edit(matrix, row, column, float(typed[value])))


def _set_input(dials: Dials[CellLab], place: str) -> None:
    typed = st.session_state
    at, entry = typed[f"{place}.at"], typed[f"{place}.entry"]
    _add(dials, f"x:{at},{entry}:{typed[f'{place}.reads']:g}")


def _switched(dials: Dials[CellLab], key: str, able: tuple[str, ...]) -> None:
    others = [word for word in words_of(dials.value("operations")) if word not in able]
    dials.set(operations=joined([*others, *st.session_state[key]]))


def _add(dials: Dials[CellLab], word: str) -> None:
    dials.set(operations=joined([*words_of(dials.value("operations")), word]))


def _done_before(dials: Dials[CellLab], words: tuple[str, ...]) -> None:
    key = "cells.done"
    st.session_state[key] = list(words)
    with st.container(width="stretch"):
        st.multiselect(
            "Done before",
            words,
            key=key,
            label_visibility="collapsed",
            on_change=lambda: dials.set(operations=joined(st.session_state[key])),
        )


def _sentence(seen: Seen, unit: int, settings: CellLab) -> str:
    if settings.hold == "nothing":
        if not settings.operations:
            return "The same network reads twice; hold a gate, and see what the second run does."
        return "The same network reads twice, the second time with what you did to it."
    who = "every unit" if settings.everyone else f"unit {unit}"
    last_of_all, clock = len(seen.trace) - 1, seen.reader.clock
    first, last = sorted(min(at, last_of_all) for at in (settings.first, settings.last))
    span = f"at {clock} {first + 1}" if first == last else f"from {clock} {first + 1} to {last + 1}"
    return (
        f"The same network reads twice; in the second run the {part(settings.hold)} of {who} is "
        f"{settings.value:g} {span}."
    )
