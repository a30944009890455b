"""Step through a reading, through time and inside each step; take any number apart."""

import streamlit as st

from explorer import cells as cell_room
from explorer.cells import CELLS, Cell, formulas
from explorer.figures import cells as figures
from explorer.figures.cells import answers
from explorer.labs.cells.reading import Seen, depth_followed, looked_at
from explorer.labs.cells.remembered import has_memory, telling_moment
from explorer.labs.cells.settings import CellLab
from explorer.pages import surroundings
from explorer.pages.cells.material import about_the_reading, answered, material, reading_column
from explorer.pages.dials import Dials
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.trace import agreement, trace

HOW = """
**The microscope.** A click on any number takes it apart: a memory into what was kept and what was
written, a gate into its dot product, a product into weight times input. A product with a hidden
value leads one step back, to the unit it came from, and so on to the letter that caused it.

**The numbers** are computed in float64 by this page's own few lines and compared with an
independent way to them at every step: PyTorch's fused layer where there is one, else the published
formula written out in NumPy. The badge is the largest difference.

**The colours.** A gate's heat map runs from 0 (the ground) to 1 (its colour); signed values run
from blue through neutral to orange. A click on a heat map chooses the unit and the moment.
"""


READING = True
SOURCES = (
    *(cell_room.LSTM, cell_room.LSTMStep, cell_room.GRU, cell_room.GRUStep),
    *(cell_room.RNN, trace, agreement, CharacterNetwork),
)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    settings, seen = material(dials)
    column = reading_column(dials, seen)
    answered(answers.step, dials, column, "A cell that reads, step by step.")
    about_the_reading(settings, seen)
    unit = looked_at(settings, seen)
    opens = _opens(seen, unit) if settings.step < 0 else ""
    st.markdown(f"**What to look for.** {opens}{_what_to_look_for(seen, unit)}")
    surroundings.unfolded("How to read this", _one_step(CELLS[seen.cell]) + HOW)
    if seen.reader.card:
        surroundings.unfolded("The network that reads", seen.reader.card.description)
    return seen.reader.title


def _one_step(cell: Cell) -> str:
    """Return what a cell computes in one step: its formulas, and what each of its gates does."""
    lines = "\\\\\n".join(line.replace(" = ", " &= ", 1) for line in formulas(cell))
    gates = "".join(
        f"- {kind.papers.name.capitalize()} ${kind.papers.letter}$: "
        f"{figures.in_words(cell.name, kind.means)}\n"
        for kind in cell.kinds
    )
    return (
        f"**One step of the {cell.label}** ({cell.source}).\n\n"
        f"$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$\n\n{gates}"
    )


def _opens(seen: Seen, unit: int) -> str:
    """Return where the playhead stands at first, and why there."""
    does = "forgets most of its memory" if has_memory(seen.cell) else "changes most"
    moment = telling_moment(seen, unit) + 1
    return f"It opens where unit {unit} {does}, at {seen.reader.clock} {moment}. "


def _what_to_look_for(seen: Seen, unit: int) -> str:
    if "prediction" in seen.outcome.scalars:
        return (
            "The forecast after each number stands beside the next one. Click the memory "
            "in the diagram: how much of it was kept, and how much was written just now?"
        )
    if not seen.reader.text:
        return (
            "Click any number and it unfolds, down to weight times input. Each product "
            "with a hidden value leads one step further back."
        )
    follows = depth_followed(seen, unit)
    if abs(follows) >= 0.7:
        way = "rises" if follows > 0 else "falls"
        return (
            f"The memory of unit {unit} {way} with the depth of the brackets, with a "
            f"correlation of {follows:.2f} on this text. Step to a bracket and click the memory: "
            "which gate lets it in, and which letter pushed that gate?"
        )
    return (
        f"Find a step at which unit {unit} changes and click its memory: what was kept, "
        "what was written, and which letter pushed the gate that let it in?"
    )
