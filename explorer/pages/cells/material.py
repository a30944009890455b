"""What every view of the cell lab shares: who reads what, the badge, and the way to the stage."""

import unicodedata
from collections.abc import Sequence

import streamlit as st

from explorer.figures.cells import shown
from explorer.labs.cells.reading import Seen, read
from explorer.labs.cells.settings import CELLS, LONGEST_TEXT, READS, TRAINED, CellLab, readers_of
from explorer.networks.series import digits
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.runs.frames import Frame
from explorer.runs.hub import Ticket, the_hub

READ_NAMES = {
    "python": "Python source",
    "english": "English",
    "waves": "waves",
    "sunspots": "sunspots",
    "digits": "digits, row by row",
    "noise": "noise, untrained",
    "yours": "your network",
}
CELL_NAMES = {
    "rnn_tanh": "RNN",
    "rnn_relu": "RNN relu",
    "lstm": "LSTM",
    "lstm_peephole": "Peephole",
    "lstm_coupled": "Coupled",
    "gru": "GRU",
    "gru_before": "GRU before",
}
PICKED = {"unit": "unit", "span_first": "first", "span_last": "last"}
"""What can be picked in a picture, and the setting that it is."""
assert set(READ_NAMES) == set(READS) and set(CELL_NAMES) == set(CELLS)  # noqa: PT018


def _admit_only_what_exists(dials: Dials[CellLab]) -> None:
    """Turn the dial of the cell to one that was trained on what is read."""
    able = readers_of(dials.value("reads"))
    if dials.value("cell") not in able:
        dials.set(cell="lstm" if "lstm" in able else able[0])


def reading_dials(dials: Dials[CellLab]) -> None:
    """Show what is read, by which cell, and the text or the numbers themselves, in one row."""
    _admit_only_what_exists(dials)
    reads = dials.value("reads")
    offered = [*TRAINED, "noise", *(("yours",) if dials.value("upload") else ())]
    with st.container(width=165):
        dials.menu("reads", "Reads", offered, READ_NAMES.__getitem__)
    able = readers_of(reads)
    if reads == "yours":
        _own_dials(dials)
        return
    if len(able) > 1:
        with st.container(width="content"):
            dials.choice(
                "cell", "Cell", able, CELL_NAMES.__getitem__, "Which cell reads.", labelled=False
            )
    with st.container(width="stretch"):
        _what_is_read(dials, reads)


def _what_is_read(dials: Dials[CellLab], reads: str) -> None:
    if reads in ("python", "english"):
        name = "text" if reads == "python" else "prose"
        dials.text(name, "Text", LONGEST_TEXT, "Type anything; ↵ is a line break.")
    elif reads == "waves":
        dials.text("numbers", "Numbers", 2_000, "Numbers with blanks or commas between.")
    elif reads == "sunspots":
        dials.slider("first_year", "From the year", 1700, 1989)
    elif reads == "digits":
        with st.container(horizontal=True, vertical_alignment="center"):
            picture = digits().values[min(dials.value("digit"), 1796)]
            large = picture.repeat_interleave(7, 0).repeat_interleave(7, 1)
            st.image(1 - large.numpy(), width=56)
            dials.slider("digit", "Which of the digits", 0, 1796)
    else:
        _untrained_dials(dials)


def _untrained_dials(dials: Dials[CellLab]) -> None:
    with st.popover("Size"):
        dials.slider("units", "Units", 1, 256)
        dials.slider("layers", "Layers", 1, 4)
        dials.slider("inputs", "Inputs", 1, 64)
        dials.slider("steps", "Length", 1, 1_000)
        dials.switch("both_ways", "Read both ways")
        dials.number("seed", "Seed", 0, 999_999, "Decides weights and inputs.")


def _own_dials(dials: Dials[CellLab]) -> None:
    with st.container(width="stretch"):
        dials.text("text", "Text", LONGEST_TEXT, "What a character network reads.")
        dials.text("numbers", "Numbers", 2_000, "What a network of one input reads.")


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

    if not 0 <= dials.value("place") < stack.depth * ways:
        dials.set(place=seen.layer * ways + seen.backward)
    with st.container(width=140):
        dials.menu("place", "Layer and direction", range(stack.depth * ways), named)


def material(dials: Dials[CellLab]) -> tuple[CellLab, Seen]:
    """Return the settings and the reading that they ask for; one sentence where there is none."""
    settings = dials.wanted()
    try:
        seen = read(settings)
    except ValueError as why:
        text = str(why).rstrip(".")
        st.warning(f"{text[:1].upper()}{text[1:]}.", icon=":material/error:")
        settings, seen = CellLab(view=settings.view), read(CellLab())
    dials.finish(settings)
    return settings, seen


def looked_at(settings: CellLab, seen: Seen) -> int:
    """Return the unit that is looked at: the chosen one, if the cell has it."""
    return settings.unit if 0 <= settings.unit < seen.units else seen.unit


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
