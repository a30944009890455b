"""Networks of several kinds that learn one task side by side."""

import streamlit as st

from explorer.figures import sequences as figures
from explorer.labs.prose import number_word
from explorer.labs.sequences import TASKS, SequenceLab
from explorer.labs.sequences.defaults import SLOTS, line_up, reached
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.sequences import tables, taking
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences import padded
from explorer.sequences.kinds import KINDS, EncoderDecoder, Network, Recurrent, Window
from explorer.sequences.problems import (
    Forecast,
    Labelling,
    ProblemLesson,
    Translation,
    Utterances,
    lead,
)

SOURCES = (
    Recurrent,
    Window,
    EncoderDecoder,
    Network,
    padded,
    Labelling,
    Utterances,
    Forecast,
    Translation,
    ProblemLesson,
    lead,
)
FILM = "python -m explorer train '{link}' --seconds 20 --out sequences.gif"

HOW = """
**What is equal.** The seed, the batches and their order, the size and the learning rate. Weights,
data and dropout have a generator each, so that a network that draws more numbers than another
still meets the same batches. A step is one update of every network, or equal arithmetic: counted
multiply-adds, of which a step pays for one update of the dearest network.

**What is measured.** Sequences that are never learned from, the same for all. A network is called
ahead only where the paired difference over these sequences is more than three standard errors:
three and not two, for one looks again and again. The noise of other seeds is not in it.

**What the lines are.** What is reached without a recurrent network on the same held-out sequences:
always the same answer, a table of the last characters, a straight line through features.

**How a forecast is made.** Walk-forward: the first part of a series is learned from, and every
later value is forecast from the true ones before it. Networks say the change from the last value. A
forecast that copies the last value looks good in a picture; shift it back by one and see. The
noise takes the errors of different steps as independent.

**How a translation is made.** In training the decoder reads the right sign before each next one, as
often as the dial says; what is scored and shown it writes alone, from its own likeliest signs. A
translation counts only when every sign and the end are right. Attention is Luong's (2015): global,
dot product, without input feeding.

**What each direction knew.** One direction of a network that reads both ways is left as it is, the
other held at its mean over the held-out sequences: what still tells answers apart was told by the
one. The curves are of the example, after each step, by what was read up to it from either end. The
two were trained together: what each knows here need not be all that one alone could learn.

**Where our cells come in.** What learns are torch's fused layers. The sentence beside the loss says
how far the states are from those of our own cells with the same weights; the cell lab steps through
those, gate by gate, at the step on the screen.

**How padding is read.** Short sequences are filled up with zeros behind their end. Each is read at
its own last step; the way back begins there and not at the end of the batch, so a padded batch
says what each sequence alone says.
"""


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    lab = dials.wanted()
    dials.finish(lab)
    training = lab.side_by_side()
    ticket = shown(
        column,
        training,
        figures.learning(training, lab.shift),
        Asking.about(figures.opening, SequenceLab),
        key="sequences.learning",
        on_rest=taking.came_to_rest if taking.is_open() else None,
    )
    taking.offered(dials, training, ticket)
    if training.task == "own":
        with st.expander("A column of a table of yours", key="sequences.table.place"):
            tables.series(dials)
    surroundings.unfolded("How to read this, and what it does not show", HOW + _sources())
    many = number_word(len(training.sides))
    return f"{many.capitalize()} networks say {training.what.asks}, from the same batches."


def _dials(dials: Dials[SequenceLab]) -> Column:
    column = Column(dials)
    column.group("Task")
    column.show("task", turns={name: dict(line_up(name)) for name in TASKS}, as_="menu")
    if dials.value("task") == "own":
        column.show("numbers", as_="lines")
    if dials.value("task") == "like_you":
        column.show("text", as_="lines")
    if TASKS[dials.value("task")].family == "review":
        column.show("sentence", as_="lines")
    if TASKS[dials.value("task")].family == "forecast":
        column.show("shift")
    column.show("seed", next=True, as_="field")
    column.group("Networks")
    for slot in SLOTS:
        column.show(slot, as_="menu")
    column.show("cell", as_="menu")
    column.group("Learning")
    column.show("units")
    column.show("rate")
    column.show("steps")
    column.group("More", folded=True)
    if TASKS[dials.value("task")].family == "translation":
        column.show("forcing")
    column.show("clock")
    column.show("dropout")
    column.show("layers")
    column.show("window")
    column.show("forget_bias")
    column.show("clip")
    return column


def _sources() -> str:
    kinds = "\n".join(f"- *{kind.label}* {kind.says}." for kind in KINDS.values())
    took = {name: found.said() for name, found in reached().items()}
    data = "\n".join(
        f"- *{task.label}*: {task.purpose} {task.source}. {took.get(name, '')}"
        for name, task in TASKS.items()
    )
    return f"\n**The kinds.**\n\n{kinds}\n\n**The tasks and their data.**\n\n{data}\n"
