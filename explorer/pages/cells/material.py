"""What every view of the cell lab shares: who reads what, the badge, and the way to the stage."""

import unicodedata
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.dials import values
from explorer.figures.cells import shown
from explorer.labs.cells.readers import (
    able,
    brought,
    material_of,
    offered,
    parts_of,
    readable,
    squashes,
    wirings_of,
)
from explorer.labs.cells.reading import Seen, read
from explorer.labs.cells.settings import CellLab
from explorer.labs.cells.standing import standing
from explorer.labs.cells.window import MOST_ACTIVE, MOST_SHOWN, said, window
from explorer.networks.material import CHOSEN, TYPED, Material
from explorer.networks.uploads import Lettered
from explorer.pages import surroundings
from explorer.pages.column import As, Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Answer, Asking
from explorer.runs.links import query
from explorer.stage.component import ask
from explorer.stage.messages import Setting

PICKED = {"unit": "unit", "span_first": "first", "span_last": "last"}
"""What can be picked in a picture, and the setting that it is."""

NOT_OF_ANOTHER: dict[str, Setting] = {
    TYPED: "",
    CHOSEN: 0,
    "place": -1,
    "unit": -1,
    "showing": -1,
}
NOT_OF_ANOTHER_FILE: dict[str, Setting] = {**NOT_OF_ANOTHER, "alphabet": "", "wiring": -1}
"""The dials that say something of one network alone, as they stand when another one reads."""

NOTES = "cells:notes"  # in the session: what there is to say once of what was chosen


def stand_at_what_is_here(dials: Dials[CellLab]) -> None:
    """Turn dials that ask for what is not here to what is, with a sentence for each."""
    wanted = dials.wanted()
    try:
        found = standing(wanted)
    except ValueError as why:
        dials.refuse(why, readable(wanted))
    dials.say(*found.why)
    st.session_state[NOTES] = found.notes
    before, after = values(wanted), values(found.settings)
    dials.set(**{name: value for name, value in after.items() if value != before[name]})


def notes() -> None:
    """Show what there is to say of what was chosen."""
    for note in st.session_state.get(NOTES, ()):
        st.info(note, icon=":material/info:")


def material(dials: Dials[CellLab]) -> tuple[CellLab, Seen]:
    """Return the settings and the reading that they ask for.

    What cannot be read gets a sentence, and the dials go to what can.
    """
    settings = dials.wanted()
    try:
        seen = read(settings)
    except ValueError as why:
        dials.refuse(why, readable(settings, dials.last))
    return settings, seen


def reading_column(dials: Dials[CellLab], seen: Seen) -> Column:
    """Return the dials of what is read, by which cell, and where one looks."""
    settings = dials.wanted()
    column = Column(dials, PICKED, above=True)
    some = offered(settings.upload)
    others = dict.fromkeys(some, NOT_OF_ANOTHER)
    column.show("reads", offered=some, as_="menu", turns=others)
    cells = able(settings.reads)
    if settings.reads != "yours" and len(cells) > 1:
        column.show("cell", offered=cells, as_="row")
    if len(some := squashes(settings)) > 1:
        column.show("squash", offered=some, as_="row")
    some_parts = parts_of(settings)
    if len(some_parts) > 1:
        column.show(
            "part",
            label="Part",
            offered=tuple(range(len(some_parts))),
            written=lambda part: some_parts[part],
            as_="menu",
        )
    material = material_of(settings)
    if material is not None:
        _what_is_read(column, material)
    elif settings.reads == "noise":
        for name in ("units", "layers", "inputs", "steps", "both_ways"):
            column.show(name)
        column.show("seed", as_="field", next=True)
    _place(column, dials, seen)
    _shown(column, settings, seen)
    _letters(column, settings)
    return column


def _what_is_read(column: Column, material: Material) -> None:
    row, typed = material.row, isinstance(material.example, str)
    # A shared line stands empty until somebody types, and shows the example that is read instead.
    help = str(material.example) if material.setting == TYPED else row.help
    as_: As = "lines" if typed else ""
    ends = () if typed else row.ends
    column.show(material.setting, label=row.label, help=help, offered=ends, as_=as_)


def _shown(column: Column, settings: CellLab, seen: Seen) -> None:
    """Show which units stand in the picture, where they are not all."""
    if seen.window.all_units:
        return

    def written(first: int) -> str:
        return said(window(seen.trace, first), first)

    last = seen.units - MOST_SHOWN
    offered = sorted({MOST_ACTIVE, *range(0, last, MOST_SHOWN), last, settings.showing})
    column.show("showing", offered=offered, written=written, as_="menu")


def _letters(column: Column, settings: CellLab) -> None:
    """Show by which letters and matrices an uploaded network reads, where it could read some."""
    some = wirings_of(settings)
    if not some:
        return
    speaks = isinstance(brought(settings), Lettered)
    column.group("Its letters", folded=speaks and not settings.alphabet)
    column.show("alphabet", as_="lines")
    if len(some) > 1:
        column.show(
            "wiring",
            offered=tuple(range(-1, len(some))),
            written=lambda at: f"{some[at].label}" if at >= 0 else "the likeliest",
            as_="menu",
        )


def _place(column: Column, dials: Dials[CellLab], seen: Seen) -> None:
    """Show which layer and which direction is looked at, where there are several."""
    stack = seen.reader.stack
    ways = 2 if stack.both_ways else 1
    if stack.depth * ways == 1:
        return

    def named(place: int) -> str:
        layer, way = divmod(place, ways)
        parts = [f"layer {layer + 1}"] if stack.depth > 1 else []
        parts += [("forward", "backward")[way]] if ways > 1 else []
        return ", ".join(parts)

    if dials.value("place") < 0:
        dials.set(place=seen.layer * ways + seen.backward)
    column.show("place", offered=tuple(range(stack.depth * ways)), written=named, as_="menu")


def unit_dial(column: Column, seen: Seen, on: Sequence[int] = ()) -> None:
    """Show which unit is looked at; those that are ``on`` come first."""

    def written(unit: int) -> str:
        if unit < 0:
            return f"unit {seen.unit}, as found"
        return f"unit {unit}, on" if unit in on else f"unit {unit}"

    others = [unit for unit in seen.window.units.tolist() if unit not in on]
    column.show("unit", offered=(-1, *on, *others), written=written, as_="menu")


def span_dials(column: Column, seen: Seen) -> None:
    """Show both ends of a span, counted as people count."""
    ends = (0, len(seen.trace) - 1)
    for name in ("first", "last"):
        if ends[1] > 0:
            column.show(name, offered=ends, written=lambda step: str(step + 1))


def answered(
    answer: Callable[[CellLab, bool], Answer], dials: Dials[CellLab], column: Column, title: str
) -> None:
    """Show what the dials say, as answers of a function; they are kept in the link."""
    settings = dials.wanted()
    dials.finish(settings)
    notes()
    ask(
        Asking.about(answer, CellLab),
        surroundings.attend(),
        key=f"cells.{answer.__name__}",
        dials=column.told,
        on_settled=column.settle,
        name=query(settings.without_gaze),
        title=title,
    )


def about_the_reading(settings: CellLab, seen: Seen) -> None:
    """Say how far the numbers can be trusted, what was never seen, and show a chosen picture."""
    material = material_of(settings)
    with st.container(horizontal=True, vertical_alignment="center"):
        if material is not None and material.picture is not None:
            grey = material.picture(settings.said(material))
            large = grey.repeat_interleave(7, 0).repeat_interleave(7, 1)
            st.image(1 - large.numpy(), width=56)
        badge(seen)
    if not seen.window.all_units:
        st.caption(
            f"Shown are {said(seen.window, settings.showing)}. All are computed; in a sum the part "
            "of those that are not shown is one number."
        )
    unknown(seen)
    letters(settings)


def letters(settings: CellLab) -> None:
    """Say how an uploaded network reads letters, or what it would need to."""
    found = brought(settings)
    if isinstance(found, Lettered):
        st.caption(plain(" ".join(found.assumed)))
    elif found:
        what = "the numbers given to it" if material_of(settings) else "noise"
        said = plain(f"It reads {what}: {found}.")
        if wirings_of(settings):  # letters are all that is missing
            st.info(said, icon=":material/help:")
        else:
            st.caption(said)


def plain(text: str) -> str:
    """Return text from a file, so that no Markdown in it is carried out."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+!|$:~-" else c for c in text)


def badge(seen: Seen) -> None:
    """Show how far our numbers are from those of an independent way to them."""
    difference = seen.difference
    mantissa, exponent = f"{difference:.0e}".split("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = "exactly" if difference == 0 else f"to {mantissa}·10{power}"
    assumed = " ".join(seen.reader.assumed)
    if difference >= 1e-12:
        st.badge(f"differs from {seen.against} {shown}", icon=":material/error:", color="red")
    elif assumed:
        st.badge(
            f"as {seen.against} {shown}; part is assumed",
            icon=":material/help:",
            color="orange",
            help=assumed,
        )
    else:
        st.badge(f"agrees with {seen.against} {shown}", icon=":material/check:", color="green")


def unknown(seen: Seen) -> None:
    """Say which characters the network never saw."""
    if seen.unknown:
        named = " ".join(_named(character) for character in seen.unknown[:12])
        st.info(
            f"The network never saw {named}; it reads its stand-in for unknown characters instead.",
            icon=":material/help:",
        )


def _named(character: str) -> str:
    """Return a character as it can stand in a sentence: its number, where it would not be seen."""
    alone = character.isprintable() and not unicodedata.combining(character)
    return f"`{shown(character)}`" if alone else f"U+{ord(character):04X}"
