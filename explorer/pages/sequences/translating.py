"""A trained encoder-decoder translates: attention under the pointer, the beam as a tree."""

from dataclasses import replace

from explorer.figures.sequences import translating as pictures
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.tasks.translations import TASKS
from explorer.labs.sequences.translating import EXAMPLES, LEARNED
from explorer.labs.sequences.translators import SHIPPED, UPDATES
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.sequences.beam import beam_search
from explorer.sequences.kinds import EncoderDecoder
from explorer.stage.component import ask

SOURCES = (EncoderDecoder, beam_search)

HOW = rf"""
**What attention is here.** Luong, Pham and Manning (2015), global, dot product, without input
feeding: $a_t(s) \propto \exp(h_t \cdot \bar h_s)$, the context $c_t = \sum_s a_t(s) \bar h_s$, and
what is said comes from $\tanh(W [c_t; h_t])$. A weight says where a state was read, not why a sign
was written: the states of an LSTM already hold what stands before them (Jain and Wallace 2019).

**What a beam is.** Of all beginnings of $t$ signs the likeliest few are kept and grown by each
sign; what has ended stays and competes. Nothing is divided by the length, so short translations
have it easier. A beam need not find the likeliest translation of all, and the likeliest need not be
right.

**Which networks these are.** Trained before (`assets/`), for {min(UPDATES.values())} to
{max(UPDATES.values()):,} updates. The view *Learning* has the same ones learn live, and sends
one of them here: “Translate with it”. What they
cannot know is a spelling that they never saw; they write something all the same.
"""


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    shipped = {} if dials.value("translator") != LEARNED else {"translator": SHIPPED[1]}
    turns = {name: {"asked": EXAMPLES[name], **shipped} for name in TASKS}
    column.show("language", turns=turns, as_="menu")
    column.show("asked")
    column.group("How it is searched")
    column.show("translator", as_="menu")
    column.show("beam")
    lab = dials.wanted()
    try:
        lab.translating().network()
    except ValueError as why:
        dials.refuse(why, replace(lab, translator=SHIPPED[1], learned=""))
    dials.finish(lab)
    ask(
        Asking.about(pictures.answer, SequenceLab),
        surroundings.attend(),
        key="sequences.translating",
        dials=column.told,
        on_settled=column.settle,
        title="A trained network translates.",
    )
    surroundings.unfolded("What attention and a beam are, and what they are not", HOW)
    return (
        "One network reads, another writes; with attention it chooses anew what to read before "
        "each sign."
    )
