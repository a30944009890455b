"""What does it remember, and who let it in? A trained cell reads, gate by gate."""

from dataclasses import replace

import streamlit as st

from explorer import cells as cell_room
from explorer.figures import cells as figures
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.runs import cells as runs
from explorer.runs.cells import CellReading
from explorer.runs.hub import the_hub
from explorer.runs.links import query
from explorer.runs.networks import network_card
from explorer.sequences import agreement, trace
from explorer.sequences.characters import CharacterNetwork
from explorer.stage.component import show

SOURCES = (
    cell_room.LSTM,
    cell_room.LSTMStep,
    cell_room.GRU,
    cell_room.GRUStep,
    trace,
    agreement,
    CharacterNetwork,
)
HOW = """
**One step of an LSTM.** Three gates between 0 and 1 decide: *forget* how much of the memory stays,
*input* how much of the candidate is written, *output* how much of the memory is shown. The memory
is kept · before + written; nothing else touches it. A GRU has one state instead of two: *update*
keeps, *reset* decides how much of the state the new value may see.

**The numbers** are those of a trained network in float64, recomputed by this page's own few lines
and compared with PyTorch's fused layer at every step: the badge is the largest difference. Each
gate adds a part from the input and a part from the cell's own last output, then squashes the sum.

**The colours.** A gate's heat map runs from 0 (the ground) to 1 (its colour); signed values run
from blue through neutral to orange. A click on a heat map chooses the unit and the moment.
"""


def page() -> None:
    """Show the page."""
    dials = Dials("cells", CellReading)
    title = st.container(key="title")
    dials.problems()
    with st.container(key="controls", horizontal=True, vertical_alignment="center"):
        _dials(dials)
        settings = dials.wanted()
        dials.finish(settings)
        seen = runs.read(settings)
        _badge(settings.cell, seen.difference)
    card = network_card(settings.network_name)
    unit = settings.unit if 0 <= settings.unit < seen.units else card.unit
    with title:
        words, actions = st.columns([0.86, 0.14], vertical_alignment="center")
        with words:
            surroundings.heading("What does it remember, and who let it in?", card.sentence)
        with actions, surroundings.row_of_actions():
            surroundings.link_and_code("cells", settings, SOURCES)
    if seen.unknown:
        st.info(_unknown(seen.unknown), icon=":material/help:")
    name = query(replace(settings, unit=-1, step=0))  # where one looks changes nothing in it
    ticket = surroundings.admitted(
        lambda viewer: the_hub().publish(
            viewer, name, runs.Frame(0), seen.frames, CellReading.precision
        )
    )
    show(
        figures.scene(
            settings.cell,
            seen.tokens,
            seen.units,
            seen.vocabulary or None,
            unit=unit,
            clock="character" if settings.reads == "text" else "value",
        ),
        ticket,
        key="cells.stage",
        live=False,
        select={"unit": unit},
        start=min(settings.step, len(seen.frames) - 1),
        on_pick=lambda picked: dials.set(unit=picked["unit"]),
    )
    st.markdown(_what_to_look_for(settings, seen, unit))
    surroundings.unfolded("How to read this", HOW)
    surroundings.unfolded("The network that reads", card.description)


def _dials(dials: Dials[CellReading]) -> None:
    with st.container(width=150):
        dials.choice("cell", "Cell", runs.CELLS, str.upper, "Which cell reads.", False)
    with st.container(width=190):
        dials.choice("reads", "Reads", runs.READS, str.capitalize, "What it reads.", False)
    with st.container(width="stretch"):
        if dials.value("reads") == "text":
            dials.text("text", "Text", runs.LONGEST_TEXT, "Type anything: it is read at once.")
        else:
            dials.text("numbers", "Numbers", 2_000, "Numbers with blanks or commas between.")


def _what_to_look_for(settings: CellReading, seen: runs.ReadFrames, unit: int) -> str:
    text = "**What to look for.** "
    if settings.reads == "numbers":
        return (
            f"{text}The forecast after each number stands beside the next one. Change one number "
            "in the middle: how many steps does the memory need to forget it?"
        )
    follows = runs.depth_followed(settings, seen, unit)
    if abs(follows) >= 0.7:
        way = "rises" if follows > 0 else "falls"
        return (
            f"{text}The memory of unit {unit} {way} with the depth of the brackets, with a "
            f"correlation of {follows:.2f} on this text. Step to a bracket, then through its "
            "gates: which one lets it in, and which one keeps it?"
        )
    return (
        f"{text}Find a step at which the forget gate of unit {unit} falls: what does the network "
        "expect next, before and after? A click on a heat map chooses another unit."
    )


def _badge(cell: str, difference: float) -> None:
    layer = {"lstm": "nn.LSTM", "gru": "nn.GRU"}[cell]
    mantissa, exponent = f"{difference:.0e}".split("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = "exactly" if difference == 0 else f"to {mantissa}·10{power}"
    agrees = difference < 1e-12
    st.badge(
        f"{'agrees with' if agrees else 'differs from'} torch.{layer} {shown}",
        icon=":material/check:" if agrees else ":material/error:",
        color="green" if agrees else "red",
    )


def _unknown(characters: tuple[str, ...]) -> str:
    shown = " ".join(f"`{figures.shown(character)}`" for character in characters[:12])
    return f"The network never saw {shown}; it reads its stand-in for unknown characters instead."
