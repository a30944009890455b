"""Lay a hand on a trained network: hold a gate, edit a weight, do without a part."""

from dataclasses import replace

import streamlit as st

from explorer.cells import ABLATIONS, CELLS, STATES
from explorer.cells.surgery import Ablation, Clamp, Surgery
from explorer.figures import cells as figures
from explorer.labs.cells import operated as runs
from explorer.labs.cells.operations import VECTORS, clamp, edit, joined, words_of
from explorer.labs.cells.reading import Seen
from explorer.labs.cells.settings import CellLab
from explorer.pages import surroundings
from explorer.pages.cells.material import (
    looked_at,
    material,
    picked_of,
    place_dials,
    published,
    reading_dials,
    unknown,
)
from explorer.pages.dials import Dials
from explorer.runs.links import query
from explorer.stage.component import show as show_stage

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


SOURCES = (Surgery, Clamp, Ablation)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    with st.container(key="controls", horizontal=True, vertical_alignment="center"):
        with st.popover("What it reads"):
            reading_dials(dials)
        settings, seen = material(dials)
        lacking = _let_go_of_what_is_not_there(dials, settings, seen)
        place_dials(dials, seen)
        unit = looked_at(settings, seen)
        _hand(dials, seen, unit)
    settings = dials.wanted()
    dials.finish(settings)
    if lacking:
        st.info(lacking, icon=":material/info:")
    unknown(seen)
    try:
        found = runs.operate(settings, unit)
    except ValueError as why:
        dials.refuse(f"{why}; nothing was done", replace(settings, hold="nothing", operations=""))
    seen = found.seen
    name = (
        query(settings.without_gaze) + f"&{runs.operation(settings, unit, len(seen.trace))}&{unit}"
    )
    show_stage(
        figures.surgery_scene(
            seen.cell,
            seen.reader.tokens,
            seen.units,
            seen.vocabulary or None,
            clock=seen.reader.clock,
        ),
        published(f"surgery?{name}", seen.still, found.frames),
        key="cells.surgery",
        live=False,
        select={
            "unit": unit,
            "span_first": settings.first,
            "span_last": settings.last,
        },
        start=min(settings.last, len(found.frames) - 1),
        on_pick=lambda picked: dials.set(**picked_of(picked)),
    )
    surroundings.unfolded("What is done, and what it does not show", HOW)
    return _sentence(found, unit, settings)


def _let_go_of_what_is_not_there(dials: Dials[CellLab], settings: CellLab, seen: Seen) -> str:
    """Let go of a part that the cell which reads does not have; returns what there is to say."""
    if settings.hold in runs.holds(seen.cell):
        return ""
    dials.set(hold="nothing")
    return f"This cell has no {_part(settings.hold)} to hold, so nothing is held."


def _hand(dials: Dials[CellLab], seen: Seen, unit: int) -> None:
    """Show what is held, where, at what value; and what was done before."""
    with st.container(width=150):
        dials.show(
            "hold",
            offered=runs.holds(seen.cell),
            written=lambda name: f"Hold {_part(name)}",
            as_="menu",
            labelled=False,
        )
    held = dials.value("hold")
    if held != "nothing":
        low, high = _range(seen.cell, held)
        if not low <= (value := dials.value("value")) <= high:  # what is held may have changed
            dials.refuse(
                f"the {_part(held)} is held between {low:g} and {high:g}, not at {value:g}",
                replace(dials.wanted(), value=min(high, max(low, value))),
            )
        with st.container(width=170):
            dials.show("value", label=f"{_part(held).capitalize()} is", offered=(low, high))
        with st.container(width=200):
            _span(dials, len(seen.trace))
        dials.show("everyone")
        st.button(
            "Keep",
            key="cells.keep",
            help="Keep this hand where it is, and lay on another.",
            on_click=_keep,
            args=(dials, unit),
        )
    with st.popover("Edit"):
        _edits(dials, seen, unit)
    words = words_of(dials.value("operations"))
    if words:
        _done_before(dials, words)


def _span(dials: Dials[CellLab], steps: int) -> None:
    key = "cells.span"
    first, last = sorted((dials.value("first"), dials.value("last")))
    wanted = (min(first, steps - 1) + 1, min(last, steps - 1) + 1)  # as people count
    if st.session_state.get(key) != wanted:
        st.session_state[key] = wanted
    if steps > 1:
        st.slider("Span", 1, steps, key=key, on_change=_spanned, args=(dials,))


def _spanned(dials: Dials[CellLab]) -> None:
    first, last = st.session_state["cells.span"]
    dials.set(first=first - 1, last=last - 1)


def _keep(dials: Dials[CellLab], unit: int) -> None:
    first, last = sorted((dials.value("first"), dials.value("last")))
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
    part = getattr(weights, matrix)
    row = st.number_input("Row", 0, part.shape[0] - 1, min(unit, part.shape[0] - 1))
    column = 0
    if matrix not in VECTORS:
        column = st.number_input("Column", 0, part.shape[1] - 1, 0)
    now = part[int(row)] if matrix in VECTORS else part[int(row), int(column)]
    value = st.number_input("New value", -100.0, 100.0, float(now), step=0.1, format="%.3f")
    st.button(
        "Set this weight",
        on_click=_add,
        args=(dials, edit(matrix, int(row), int(column), value)),
    )
    entry = st.number_input("Entry of what is read", 0, weights.inputs - 1, 0)
    at = st.number_input("Moment", 0, len(seen.trace) - 1, 0)
    number = st.number_input("Reads", -100.0, 100.0, 0.0, step=0.1, format="%.3f")
    st.button("Set this input", on_click=_add, args=(dials, f"x:{at},{entry}:{number:g}"))


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


def _part(name: str) -> str:
    return STATES[name][0].title if name in STATES else name.replace("_", " ")


def _range(cell: str, part: str) -> tuple[float, float]:
    """Return between which values a part is held: a gate within its own range."""
    share = part not in STATES and CELLS[cell].kind(part).is_share
    return (0.0, 1.0) if share else (-3.0, 3.0)


def _sentence(found: runs.Operated, unit: int, settings: CellLab) -> str:
    if not found.surgery:
        return "The same network reads twice; hold a gate, and see what the second run does."
    if settings.hold == "nothing":
        return "The same network reads twice, the second time with what you did to it."
    who = "every unit" if settings.everyone else f"unit {unit}"
    last_of_all, clock = len(found.seen.trace) - 1, found.seen.reader.clock
    first, last = sorted(min(at, last_of_all) for at in (settings.first, settings.last))
    span = f"at {clock} {first + 1}" if first == last else f"from {clock} {first + 1} to {last + 1}"
    return (
        f"The same network reads twice; in the second run the {_part(settings.hold)} of {who} is "
        f"{settings.value:g} {span}."
    )
