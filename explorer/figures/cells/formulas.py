"""How every number of a step is computed, as data: the equations of stages and of the microscope.

An equation is written once, as a line in which ``<name>`` stands for the number of that array::

    ⟦letter cell⟧ = <forget> · <cell_before> + <input> · <candidate> = <kept> + <written> = <cell>

The lines grow from the cell's own equations and gates (`explorer.cells`). Every array has the
shape (H,) in the frame of one time step, and a picture shows the entry of the selected unit. Texts
call things by the keys of the lexicons in `names`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.cells import CELLS, STATES, Cell, Equation, GateKind
from explorer.cells.equations import NAME, written_out
from explorer.figures.scene import Stage, Term, Value, Weighing

UNIT = "unit"  # the selection that every picture of a cell goes by
PLACE = re.compile(r"<([^<>]+)>")
ROLES: Mapping[str, str] = {
    kind.name: kind.role for cell in CELLS.values() for kind in cell.kinds if kind.name != "hidden"
}
"""The gates that have a colour, by their names."""

# What the small word under a number in an equation says.
CAPTIONS: Mapping[str, str] = {
    "cell_before": "before",
    "hidden_before": "before",
    "kept": "kept",
    "written": "⟦written⟧",
    "squashed": "squashed ⟦cell⟧",
    "gated_hidden": "heard",
    "past": "the past",
    "reset_hidden": "heard",
    "from_hidden": "the past",
    "from_memory": "⟦cell⟧",
    **{name: f"⟦{name}⟧" for name in ROLES},
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
            name,
            parts,
            self.symbols,
            self.equation(reads),
            says=self.says,
            weighs=weighing,
            title=title,
        )


@dataclass(frozen=True)
class Gate:
    """A packed gate of a cell: value = squash(preactivation), which is a sum of parts.

    ``block`` is its place among the packed rows and ``peephole_row`` its row among the peepholes;
    ``through`` names the gate that the past goes through before it is heard.
    """

    kind: GateKind
    block: int
    peephole_row: int = 0
    through: str = ""

    @property
    def name(self) -> str:
        """Return what its arrays are called."""
        return self.kind.name

    @property
    def past(self) -> str:
        """Return the array of what the past contributes to the sum."""
        return f"{self.name}/{'gated_hidden' if self.kind.reset == 'after' else 'from_hidden'}"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the arrays that sum to the preactivation."""
        memory = (f"{self.name}/from_memory",) if self.kind.sees else ()
        return (f"{self.name}/from_input", self.past, *memory)

    @property
    def sum_in_letters(self) -> str:
        """Return the preactivation in letters."""
        w, u, b = (f"⟦{matrix} {self.name}⟧" for matrix in "WUb")
        before, through = before_in_letters("hidden"), f"⟦letter {self.through}⟧"
        if self.kind.reset == "after":
            return f"{w} ⟦x⟧ + ⟦bx {self.name}⟧ + {through} · ({u} {before} + ⟦bh {self.name}⟧)"
        heard = f"({through} · {before})" if self.kind.reset == "before" else before
        return f"{w} ⟦x⟧ + {u} {heard}{self.seen_in_letters} + {b}"

    @property
    def seen_in_letters(self) -> str:
        """Return what a peephole adds to the sum, in letters."""
        if not self.kind.sees:
            return ""
        seen = "⟦letter cell⟧" if self.kind.sees == "cell" else before_in_letters("cell")
        return f" + ⟦p {self.name}⟧ · {seen}"

    @property
    def formula(self) -> Formula:
        """Return how the value of the gate is made."""
        name, squash = self.name, self.kind.squash.sign
        parts = " + ".join(f"<{part}>" for part in self.parts)
        letter = f"⟦letter {name}⟧"
        return Formula(
            name,
            f"{letter} = {squash}({self.sum_in_letters})",
            f"{letter} = {squash}({parts}) = {squash}(<{name}/preactivation>) = <{name}>",
            self.kind.says,
            title=f"⟦{name} gate⟧",
            weighs=(
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
            f"The sum that {self.kind.squash.sign} turns into the ⟦{self.name} gate⟧.",
            title=f"⟦{self.name} gate⟧ before {self.kind.squash.sign}",
        )


def gates_of(cell: Cell) -> tuple[Gate, ...]:
    """Return the gates of a cell in the order in which their rows are packed."""
    return tuple(
        Gate(
            cell.kind(field),
            block,
            cell.seeing.index(field) if field in cell.seeing else 0,
            cell.kind(cell.kind(field).hears).name if cell.kind(field).hears else "",
        )
        for block, field in enumerate(cell.gates)
    )


def formulas_of(cell: Cell) -> tuple[Formula, ...]:
    """Return how all but the packed gates are made, by the cell's own equations."""
    return tuple(_formula(cell, equation) for equation in cell.equations)


def memory_word(cell: Cell) -> str:
    """Return what remembers, as a key of the lexicons."""
    return "⟦cell state⟧" if cell.memory == "cell" else "⟦state⟧"


def before_in_letters(state: str) -> str:
    """Return a state one step ago."""
    return f"⟦letter {state}⟧_{{−1}}"


def in_letters(cell: Cell, of: str) -> str:
    """Return the right side of an equation in letters, what has none written out."""

    def letter(name: str) -> str:
        if name in STATES or name in (kind.field for kind in cell.kinds):
            return f"⟦letter {cell.pictured(name)}⟧"
        if name == "past":
            heard = cell.candidate.name
            return f"(⟦U {heard}⟧ {before_in_letters('hidden')} + ⟦bh {heard}⟧)"
        return before_in_letters(name.removesuffix("_before")) if name.endswith("_before") else ""

    return written_out(of, letter, {equation.name: equation for equation in cell.equations})


def _formula(cell: Cell, equation: Equation) -> Formula:
    name, symbols = cell.pictured(equation.name), in_letters(cell, equation.of)
    says, title = _told(cell, equation)
    sides = [NAME.sub(lambda found: f"<{cell.pictured(found[1])}>", equation.of), f"<{name}>"]
    weighs = None
    if equation.name == cell.memory:
        sides.insert(0, _of_what_is_there(cell, equation.of))
        kept, written = "The larger part is what was kept.", "The larger part is what was "
        weighs = ("kept", "written", kept, f"{written}⟦written⟧ just now.")
    if equation.name in STATES or equation.name in (kind.field for kind in cell.kinds):
        sides.insert(0, f"⟦letter {name}⟧")
        symbols = f"⟦letter {name}⟧ = {symbols}"
    elif left := {"kept": "kept", "written": "⟦written⟧", "squashed": ""}.get(
        equation.name, "heard"
    ):
        sides.insert(0, left)
    return Formula(name, symbols, " = ".join(sides), says, title=title, weighs=weighs)


def _of_what_is_there(cell: Cell, of: str) -> str:
    """Return a sum with its products written out, as numbers."""
    known = {equation.name: equation for equation in cell.equations}
    products = ("kept", "written")
    return written_out(
        of, lambda name: "" if name in products else f"<{cell.pictured(name)}>", known
    )


def _told(cell: Cell, equation: Equation) -> tuple[str, str]:
    """Return what a number is in one sentence, and its title. Raises ValueError for another one."""
    name, memory, word = equation.name, cell.memory, memory_word(cell)
    new = cell.candidate.name
    if name in (kind.field for kind in cell.kinds) and name not in STATES:
        return cell.kind(name).says, f"⟦{cell.pictured(name)} gate⟧"
    if name == memory:
        return f"The {word} goes from {{{memory}_before}} to {{{memory}}}.", word
    if name == "kept":
        before = "that was remembered" if memory == "cell" else "before"
        return f"Of the {{{memory}_before}} {before}, {{kept}} is left.", "what is kept"
    if name == "written":
        return _written(cell, equation), "what is ⟦written⟧"
    if name == "squashed":
        said = "becomes {squashed} on its way out; inside, it stays as it is."
        return f"The ⟦cell state⟧ of {{cell}} {said}", "⟦cell state⟧, squashed"
    if name == "hidden":
        heard = "The next step and the layer above hear it, not the ⟦cell state⟧."
        return f"The ⟦hidden state⟧ is {{hidden}}. {heard}", "⟦hidden state⟧"
    if name == "gated_hidden":
        said = f"{{{new}/past}} that the past says, {{{new}/gated_hidden}} is heard."
        return f"Of the {said}", "what is heard of the past"
    if name == "reset_hidden":
        said = f"the ⟦{new} gate⟧ of every unit hears {{reset_hidden}}."
        return f"Of this unit’s {{hidden_before}}, {said}", "what is heard of this unit"
    raise ValueError(f"no picture knows what {name} of {cell.name} is")


def _written(cell: Cell, equation: Equation) -> str:
    """Return what a step writes, in one sentence."""
    new = cell.candidate.name
    if equation.of.startswith("(1 − "):
        gate = cell.pictured(equation.reads[0])
        return f"What the ⟦{gate} gate⟧ does not keep is filled with the ⟦{new} gate⟧."
    gate = cell.pictured(next(name for name in equation.reads if name != cell.candidate.field))
    return f"The ⟦{gate} gate⟧ lets {{{gate}:percent}} of {{{new}}} into the {memory_word(cell)}."


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
            role = ROLES.get(piece, "ink")
            shown = Value(piece) if piece == "x" else value(piece)
            found.append(
                Term(
                    "",
                    shown,
                    role,
                    i == last or role != "ink",
                    caption=_caption(piece, reads, i == last),
                )
            )
        elif piece:
            found.append(Term(piece))
    return tuple(found)


def _caption(name: str, reads: str, result: bool) -> str:
    if result:
        return ""
    part = name.rpartition("/")[2]
    return reads if part in ("x", "from_input") else CAPTIONS.get(part, "")
