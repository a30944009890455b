"""What every view of the cell lab shares: who reads what, the badge, and the way to the stage."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.figures.cells import shown
from explorer.labs.cells.readers import able, here, material_of, offered, readable
from explorer.labs.cells.reading import Seen, read
from explorer.labs.cells.settings import CellLab
from explorer.networks.material import CHOSEN, TYPED, Material
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.runs.frames import Frame
from explorer.runs.hub import Ticket, the_hub

PICKED = {"unit": "unit", "span_first": "first", "span_last": "last"}
"""What can be picked in a picture, and the setting that it is."""


OF_ALL_TASKS = {TYPED: "", CHOSEN: 0}
"""The dials that tasks without one of their own share, as they stand when another one is read."""


def admit_what_is_here(dials: Dials[CellLab]) -> None:
    """Turn the dials of what is read to what there is, with a sentence for what was not."""
    found = here(*(dials.value(name) for name in ("reads", "cell", "upload", "part")))
    if found.why:
        dials.say(found.why)
        dials.set(reads=found.reads, cell=found.cell, upload=found.upload, part=found.part)


def reading_dials(dials: Dials[CellLab]) -> None:
    """Show what is read, by which cell, and the text or the numbers themselves, in one row."""
    settings = dials.wanted()

    def turned() -> None:
        dials.set(**OF_ALL_TASKS)
        admit_what_is_here(dials)

    with st.container(width=165):
        dials.show(
            "reads", offered=offered(settings.upload), as_="menu", labelled=False, then=turned
        )
    cells = able(settings.reads)
    if settings.reads != "yours" and len(cells) > 1:
        with st.container(width="content"):
            dials.show("cell", offered=cells, as_="row", labelled=False)
    with st.container(width="stretch"):
        material = material_of(settings)
        if material is not None:
            _what_is_read(dials, material)
        elif settings.reads == "noise":
            _untrained_dials(dials)


def _what_is_read(dials: Dials[CellLab], material: Material) -> None:
    """Show the dial of what is read, and the picture that was chosen, where there is one."""
    row = material.row
    ends = () if isinstance(material.example, str) else row.ends
    # A shared line stands empty until somebody types, and shows the example that is read instead.
    help = str(material.example) if material.setting == TYPED else row.help

    def dial() -> None:
        dials.show(material.setting, label=row.label, help=help, offered=ends)

    if material.picture is None:
        dial()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        grey = material.picture(dials.value(material.setting))
        large = grey.repeat_interleave(7, 0).repeat_interleave(7, 1)
        st.image(1 - large.numpy(), width=56)
        dial()


def _untrained_dials(dials: Dials[CellLab]) -> None:
    with st.popover("Size"):
        for name in ("units", "layers", "inputs", "steps", "both_ways"):
            dials.show(name)
        dials.show("seed", as_="field")


def place_dials(dials: Dials[CellLab], seen: Seen) -> None:
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
    with st.container(width=140):
        places = tuple(range(stack.depth * ways))
        dials.show("place", offered=places, written=named, as_="menu", labelled=False)


def material(dials: Dials[CellLab]) -> tuple[CellLab, Seen]:
    """Return the settings and the reading that they ask for.

    What cannot be read gets a sentence, and the dials go to what can.
    """
    settings = dials.wanted()
    try:
        seen = read(settings)
    except ValueError as why:
        dials.refuse(why, _nearest_reading(settings))
    if settings.unit >= seen.units:
        dials.refuse(
            f"unit must be between 0 and {seen.units - 1} here, not {settings.unit}",
            replace(settings, unit=-1),
        )
    dials.finish(settings)
    return settings, seen


def _nearest_reading(settings: CellLab) -> CellLab:
    """The same looked at where the card says, if that can be read, else an example."""
    elsewhere = replace(settings, place=-1)
    try:
        read(elsewhere)
    except ValueError:
        return readable(settings)
    return elsewhere


def looked_at(settings: CellLab, seen: Seen) -> int:
    """Return the unit that is looked at: the chosen one, or the one that the card names."""
    return settings.unit if settings.unit >= 0 else seen.unit


def picked_of(picked: dict[str, int]) -> dict[str, int]:
    """Return what the viewer picked in the picture, as settings."""
    return {PICKED[name]: value for name, value in picked.items() if name in PICKED}


def published(name: str, still: Frame, frames: Sequence[Frame]) -> Ticket:
    """Return the ticket to a recording; equal names mean equal recordings."""
    return surroundings.admitted(
        lambda viewer: the_hub().publish(viewer, name, still, frames, {}, kind="cells")
    )


def badge(seen: Seen) -> None:
    """Show how far our numbers are from those of an independent way to them."""
    difference = seen.difference
    mantissa, exponent = f"{difference:.0e}".split("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = "exactly" if difference == 0 else f"to {mantissa}·10{power}"
    agrees = difference < 1e-12
    st.badge(
        f"{'agrees with' if agrees else 'differs from'} {seen.against} {shown}",
        icon=":material/check:" if agrees else ":material/error:",
        color="green" if agrees else "red",
    )


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
