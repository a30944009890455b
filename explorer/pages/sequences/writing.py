"""A trained network writes: temperature, top k, prime text, under the hand."""

from explorer.figures.sequences import writing as pictures
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.writing import AUTHORS
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.sequences.generation import drawn, generate, sharpened
from explorer.sequences.strokes import moves
from explorer.stage.component import ask

HOW = r"""
**How a character is drawn.** $p_i \propto \exp(\log q_i / \tau)$ over the $k$ likeliest, where $q$
is what the network expects and $\tau$ the temperature. A uniform number for each step, from the
seed alone, picks a character by the distribution function; so two temperatures share their chances.

**What it can know.** The networks were trained before (`assets/`, each with its command): on the
source of the standard library, and on the help that Python carries. They read one character after
the other and have nothing but their state; they know no words that they do not spell.

**How strokes are written.** Letters of a few points each, joined by splines, become moves of one
length in sixteen directions, the pen down or lifted (Freeman 1961): each move is a sign, and what
writes text draws. The pen does not know where it is; the network has to keep the line in its state.

**What a low surprise means.** That the network found its text likely, not that the text is good:
the likeliest text of all often turns in a circle (Holtzman et al. 2020).
"""

SOURCES = (generate, sharpened, drawn, moves)


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    turns = {name: {"prime": author.prime} for name, author in AUTHORS.items()}
    column.show("author", turns=turns, as_="menu")
    column.show("prime", as_="lines")
    column.group("How it draws")
    column.show("temperature")
    column.show("top_k")
    column.show("drawing", as_="field", next=True)
    draws = AUTHORS[dials.value("author")].draws
    column.show("letters", label="Moves" if draws else "")
    lab = dials.wanted()
    dials.finish(lab)
    ask(
        Asking.about(pictures.answer, SequenceLab),
        surroundings.attend(),
        key="sequences.writing",
        dials=column.told,
        on_settled=column.settle,
        title="A trained network writes.",
    )
    surroundings.unfolded("How it is drawn, and what its surprise means", HOW)
    return (
        "A network that expects the next character can write: what it draws is what it reads next."
    )
