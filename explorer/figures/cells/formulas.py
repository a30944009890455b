"""How every number of a step is computed, as data: the equations of stages and of the microscope.

An equation is written once, as a line in which ``<name>`` stands for the number of that array::

    ⟦c⟧ = <forget> · <cell_before> + <input> · <candidate> = <kept> + <written> = <cell>

Every array has the shape (H,) in the frame of one time step, and a picture shows the entry of the
selected unit. Texts call things by the keys of the lexicons in `names`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.figures.scene import Stage, Term, Value, Weighing

UNIT = "unit"  # the selection that every picture of a cell goes by
PLACE = re.compile(r"<([^<>]+)>")
GATES = ("input", "forget", "candidate", "output", "reset", "update", "new")

# What the small word under a number in an equation says.
CAPTIONS: Mapping[str, str] = {
    "cell_before": "before",
    "hidden_before": "before",
    "kept": "kept",
    "written": "⟦written⟧",
    "squashed": "tanh of ⟦cell⟧",
    "new/gated_hidden": "heard",
    "new/past": "the past",
    "reset_hidden": "heard",
    **{name: f"⟦{name}⟧" for name in GATES},
}


@dataclass(frozen=True)
class Formula:
    """How the number ``name`` is made: in letters, with the numbers put in, in one sentence.

    ``weighs`` compares two numbers: their names, and what to say if the first or the second is the
    larger one.
    """

    name: str
    symbols: str
    line: str
    says: str
    title: str
    weighs: tuple[str, str, str, str] | None = None

    def equation(self, reads: str) -> tuple[Term, ...]:
        """Return the pieces of the line; ``reads`` is what the part of the input is called."""
        return terms(self.line, reads)

    def stage(self, name: str, title: str, parts: tuple[str, ...], reads: str) -> Stage:
        """Return the stage of a step that computes this number."""
        weighing = None
        if self.weighs:
            first, second, if_first, if_second = self.weighs
            weighing = Weighing(
                value(first), value(second), if_first.format(reads), if_second.format(reads)
            )
        return Stage(
            name, parts, self.symbols, self.equation(reads), self.says, weighing, title=title
        )


@dataclass(frozen=True)
class Gate:
    """A gate of a cell: value = squash(preactivation), which is a sum of parts.

    ``block`` is its place among the packed rows. ``peephole`` names the memory that it sees, and
    ``peephole_row`` its row among the peepholes. ``reset`` says where a reset gate acts on what it
    hears of the past: after the matrix product or before it.
    """

    name: str
    letter: str
    squash: str
    block: int
    help: str
    says: str
    peephole: Literal["", "cell_before", "cell"] = ""
    peephole_row: int = 0
    reset: Literal["", "after", "before"] = ""

    @property
    def past(self) -> str:
        """Return the array of what the past contributes to the sum."""
        return f"{self.name}/{'gated_hidden' if self.reset == 'after' else 'from_hidden'}"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the arrays that sum to the preactivation."""
        memory = (f"{self.name}/from_memory",) if self.peephole else ()
        return (f"{self.name}/from_input", self.past, *memory)

    @property
    def sum_in_letters(self) -> str:
        """Return the preactivation in letters."""
        w, u, b = (f"⟦{matrix} {self.name}⟧" for matrix in "WUb")
        if self.reset == "after":
            return f"{w} ⟦x⟧ + ⟦bx {self.name}⟧ + ⟦r⟧ · ({u} ⟦h⟧_{{−1}} + ⟦bh {self.name}⟧)"
        heard = "(⟦r⟧ · ⟦h⟧_{−1})" if self.reset == "before" else "⟦h⟧_{−1}"
        seen = {"": "", "cell": " · ⟦c⟧", "cell_before": " · ⟦c⟧_{−1}"}[self.peephole]
        memory = f" + ⟦p {self.name}⟧{seen}" if seen else ""
        return f"{w} ⟦x⟧ + {u} {heard}{memory} + {b}"

    @property
    def formula(self) -> Formula:
        """Return how the value of the gate is made."""
        name, parts = self.name, " + ".join(f"<{part}>" for part in self.parts)
        return Formula(
            name,
            f"⟦{self.letter}⟧ = {self.squash}({self.sum_in_letters})",
            f"⟦{self.letter}⟧ = {self.squash}({parts}) "
            f"= {self.squash}(<{name}/preactivation>) = <{name}>",
            self.says,
            f"⟦{name} gate⟧",
            (
                self.parts[0],
                self.past,
                "The larger push comes from {0}.",
                "The larger push comes from the past.",
            ),
        )

    @property
    def preactivation(self) -> Formula:
        """Return how the sum before the squashing is made."""
        parts = " + ".join(f"<{part}>" for part in self.parts)
        return Formula(
            f"{self.name}/preactivation",
            self.sum_in_letters,
            f"{parts} = <{self.name}/preactivation>",
            f"The sum that {self.squash} turns into the ⟦{self.name} gate⟧.",
            f"⟦{self.name} gate⟧ before {self.squash}",
        )


def value(array: str, one_minus: bool = False) -> Value:
    """Return the number of the selected unit."""
    return Value(array, UNIT, one_minus=one_minus)


def terms(line: str, reads: str = "“{token}”") -> tuple[Term, ...]:
    """Return the pieces of an equation; gates have their colours, and the result is strong."""
    pieces = PLACE.split(line)  # text, name, text, name, …, text
    last = max((i for i in range(1, len(pieces), 2)), default=0)
    found = []
    for i, piece in enumerate(pieces):
        if i % 2:
            role = piece if piece in GATES else "ink"
            shown = Value(piece) if piece == "x" else value(piece)
            found.append(
                Term("", shown, role, i == last or role != "ink", _caption(piece, reads, i == last))
            )
        elif piece:
            found.append(Term(piece))
    return tuple(found)


def _caption(name: str, reads: str, result: bool) -> str:
    if result:
        return ""
    kinds = {"from_input": reads, "from_hidden": "the past", "from_memory": "⟦cell⟧"}
    if name == "x":
        return reads
    return CAPTIONS.get(name) or kinds.get(name.partition("/")[2], "")
