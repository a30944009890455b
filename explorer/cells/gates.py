"""What a gate is, and what it is called: in papers, in a course, and in three libraries.

A text may contain ⟦key⟧, which pictures replace by the word of the convention that is chosen, and
{name}, by the number of that name: ``{forget:percent}`` is the forget gate as a percentage.
"""

from dataclasses import dataclass, replace
from typing import Literal

from explorer.cells.activations import SIGMOID, TANH, Activation

CONVENTIONS = ("gates", "learn, remember, use", "PyTorch", "Keras", "ONNX")
"""Who calls a gate what: papers, Udacity's courses, and three libraries.

Udacity's learn gate is the candidate times the ignore factor, its forget gate the memory times the
forget factor, its remember gate the sum of both.
"""


@dataclass(frozen=True)
class Called:
    """What one convention calls a gate: in formulas, in its box, in a sentence, over its map."""

    letter: str
    short: str
    name: str
    title: str


def in_papers(letter: str, short: str, name: str) -> Called:
    """What a paper calls a gate."""
    return Called(letter, short, name, f"{short} {letter}")


def in_library(letter: str, name: str) -> Called:
    """What the documentation of a library calls a gate: a letter, with a word that tells it."""
    return Called(letter, letter, f"{name} {letter}", f"{letter} · {name.removesuffix(' gate')}")


@dataclass(frozen=True, kw_only=True)
class GateKind:
    """One gate of a cell, whatever its numbers: how it is made, what it does, what it is called.

    A convention without a word of its own uses that of the papers. A gate that is not packed has
    no rows among the weights: one of the cell's equations makes it of others.
    """

    field: str  # of the step
    name: str  # of its arrays in pictures
    squash: Activation
    means: str  # what its value does, from one end to the other
    says: str  # what it does now
    papers: Called
    course: Called | None = None
    pytorch: Called | None = None
    keras: Called | None = None
    onnx: Called | None = None
    like: str = ""  # another gate whose colour it shares, where it has none of its own
    packed: bool = True
    sees: Literal["", "cell_before", "cell"] = ""  # the memory that its peephole shows it
    hears: str = ""  # the field of the gate that the past goes through before it is heard
    reset: Literal["", "after", "before"] = ""  # where that gate acts, by the matrix product

    @property
    def role(self) -> str:
        """What it is in pictures, where a role has a colour."""
        return self.like or self.name

    @property
    def is_share(self) -> bool:
        """Whether it goes from 0 to 1."""
        return self.squash.is_share

    def by(self, squash: Activation) -> "GateKind":
        """The same gate made by another activation, where its value may lie included."""
        means = self.means.replace(self.squash.between, squash.between)
        return replace(self, squash=squash, means=means)

    @property
    def called(self) -> tuple[Called, ...]:
        """What each of `CONVENTIONS` calls it."""
        own = (self.course, self.pytorch, self.keras, self.onnx)
        return (self.papers, *(called or self.papers for called in own))


@dataclass(frozen=True)
class Packing:
    """How a format keeps a cell: its gates in the order of their blocks, its letters for them.

    `biases` is how many the format keeps for each gate.
    """

    gates: tuple[str, ...]
    letters: tuple[str, ...]
    biases: int = 1


INPUT = GateKind(
    field="input_gate",
    name="input",
    squash=SIGMOID,
    means="How much of the ⟦candidate gate⟧ is let into the ⟦cell state⟧: 1 all of it, 0 nothing.",
    says="The ⟦input gate⟧ lets in {input:percent} of what the ⟦candidate gate⟧ offers.",
    papers=in_papers("i", "input", "input gate"),
    course=Called("i", "ignore", "ignore factor", "ignore factor i"),
    pytorch=in_library("i", "input gate"),
    keras=in_library("i", "input gate"),
    onnx=in_library("i", "input gate"),
)
FORGET = GateKind(
    field="forget_gate",
    name="forget",
    squash=SIGMOID,
    means="How much of the old ⟦cell state⟧ stays: 1 keeps all of it, 0 forgets it.",
    says="The ⟦forget gate⟧ keeps {forget:percent} of what was there.",
    papers=in_papers("f", "forget", "forget gate"),
    course=Called("f", "forget", "forget factor", "forget factor f"),
    pytorch=in_library("f", "forget gate"),
    keras=in_library("f", "forget gate"),
    onnx=in_library("f", "forget gate"),
)
CANDIDATE = GateKind(
    field="candidate",
    name="candidate",
    squash=TANH,
    means="What the cell would write into the ⟦cell state⟧, between −1 and 1.",
    says="The ⟦candidate gate⟧ offers {candidate} to be written.",
    papers=in_papers("g", "candidate", "candidate"),
    course=Called("N", "learn", "learn gate’s tanh", "learn N"),
    pytorch=in_library("g", "cell gate"),
    keras=in_library("c̃", "candidate"),
    onnx=in_library("c", "cell gate"),
)
OUTPUT = GateKind(
    field="output_gate",
    name="output",
    squash=SIGMOID,
    means="How much of the squashed ⟦cell state⟧ is shown: 1 all of it, 0 nothing.",
    says="The ⟦output gate⟧ shows {output:percent} of the squashed ⟦cell state⟧.",
    papers=in_papers("o", "output", "output gate"),
    course=Called("V", "use", "use gate", "use V"),
    pytorch=in_library("o", "output gate"),
    keras=in_library("o", "output gate"),
    onnx=in_library("o", "output gate"),
)
RESET = GateKind(
    field="reset_gate",
    name="reset",
    squash=SIGMOID,
    means="How much of the past the ⟦new gate⟧ hears: 1 all of it, 0 nothing.",
    says="The ⟦reset gate⟧ lets the ⟦new gate⟧ hear {reset:percent} of the past.",
    papers=in_papers("r", "reset", "reset gate"),
    course=Called("r", "reset", "reset factor", "reset r"),
    pytorch=in_library("r", "reset gate"),
    keras=in_library("r", "reset gate"),
    onnx=in_library("r", "reset gate"),
)
UPDATE = GateKind(
    field="update_gate",
    name="update",
    squash=SIGMOID,
    means="How much of the old ⟦state⟧ stays: 1 keeps all of it, 0 takes the ⟦new gate⟧.",
    says="The ⟦update gate⟧ keeps {update:percent} of the old ⟦state⟧.",
    papers=in_papers("z", "update", "update gate"),
    course=Called("z", "remember", "remember factor", "remember z"),
    pytorch=in_library("z", "update gate"),
    keras=in_library("z", "update gate"),
    onnx=in_library("z", "update gate"),
)
NEW = GateKind(
    field="new",
    name="new",
    squash=TANH,
    means="What the cell would like to be now, between −1 and 1.",
    says="The ⟦new gate⟧ would be {new}.",
    papers=in_papers("n", "new", "new value"),
    course=Called("N", "learn", "learn gate’s tanh", "learn N"),
    pytorch=in_library("n", "new gate"),
    keras=in_library("h̃", "candidate"),
    onnx=in_library("h", "hidden gate"),
)
HIDDEN = GateKind(
    field="hidden",
    name="hidden",
    squash=TANH,
    means="All that the cell has: its memory and its output in one number.",
    says="The ⟦hidden state⟧ goes from {hidden_before} to {hidden}; nothing keeps the old one.",
    papers=in_papers("h", "hidden", "hidden value"),
    course=Called("STM", "short-term", "short-term memory", "short-term"),
    pytorch=in_library("h", "hidden state"),
    keras=in_library("h", "output"),
    onnx=in_library("H", "hidden"),
)


STATES: dict[str, tuple[Called, ...]] = {
    "cell": (
        in_papers("c", "memory", "memory"),
        Called("LTM", "long-term", "long-term memory", "long-term"),
        in_library("c", "cell state"),
        in_library("c", "carry"),
        in_library("C", "cell"),
    ),
    "hidden": HIDDEN.called,
}
"""What each of `CONVENTIONS` calls the states."""
