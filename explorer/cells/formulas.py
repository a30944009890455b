"""The formulas of a cell in LaTeX, grown from its gates and its equations."""

from dataclasses import fields

from explorer.cells.activations import FIXED, Activation
from explorer.cells.cell import Cell
from explorer.cells.equations import written_out
from explorer.cells.gates import GateKind

SIGNS = {
    " · ": r" \cdot ",
    "−": "-",
    **{f"{known.sign}(": f"{known.latex}(" for known in FIXED.values()},
}


def formulas(cell: Cell) -> tuple[str, ...]:
    """One line for each gate and each state, in the order in which a step computes them.

    Peepholes are p, and what follows is the number at the step itself but for h₋₁ and c₋₁. Both
    biases of a gate are one letter b unless the reset gate stands between them. An activation that
    its sign does not tell is written out below.
    """
    known = {equation.name: equation for equation in cell.equations}
    letters = {kind.field: kind.papers.letter for kind in cell.kinds}
    letters |= {"cell": "c", "hidden": "h", "cell_before": "c_{-1}", "hidden_before": "h_{-1}"}
    found = []
    for name in (field.name for field in fields(cell.made)):  # type: ignore[arg-type]
        if name in cell.gates:
            found.append(_of_gate(cell, cell.kind(name)))
        elif name in letters:
            right = written_out(known[name].of, lambda of: letters.get(of, ""), known)
            for sign, latex in SIGNS.items():
                right = right.replace(sign, latex)
            found.append(f"{letters[name]} = {right}")
    squashes = dict.fromkeys(kind.squash for kind in cell.kinds if kind.squash.definition)
    return (*found, *map(_written_out, squashes))


def _written_out(squash: Activation) -> str:
    line = squash.definition
    for sign, latex in (("−", "-"), ("min", r"\min"), ("max", r"\max")):
        line = line.replace(sign, latex)
    return f"{squash.latex}(x) = {line}"


def _of_gate(cell: Cell, kind: GateKind) -> str:
    letter = kind.papers.letter
    read, heard = f"W_{{{letter}}} x", f"U_{{{letter}}} h_{{-1}}"
    total = f"{read} + {heard} + b_{{{letter}}}"
    if kind.hears:
        gate = cell.kind(kind.hears).papers.letter
        if kind.reset == "after":
            total = f"{read} + b_{{{letter}}} + {gate} \\cdot ({heard} + b'_{{{letter}}})"
        else:
            total = f"{read} + U_{{{letter}}} ({gate} \\cdot h_{{-1}}) + b_{{{letter}}}"
    if kind.sees:
        seen = "c" if kind.sees == "cell" else "c_{-1}"
        total += f" + p_{{{letter}}} \\cdot {seen}"
    return f"{letter} = {kind.squash.latex}({total})"
