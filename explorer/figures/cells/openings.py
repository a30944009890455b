"""What the microscope shows of a cell: every number taken apart, down to weight times input.

The dot products read the still arrays ``weight_ih`` (G·H, I), ``weight_hh`` (G·H, H), ``bias_ih``
and ``bias_hh`` (G·H,), ``peepholes`` (3, H), and the arrays ``x`` and ``hidden_before`` of the
frame. They go by the gate's block among the packed rows, and add up to the number shown. The still
array ``one`` (1, H) holds ones: what is carried over from the step before has the weight 1. Of a
large cell some units are shown alone: ``others_x`` and ``others_hidden`` of a gate, (H,), are what
the others add, and the still arrays ``shown/unit`` and ``shown/x`` say which are shown.
"""

from collections.abc import Sequence
from dataclasses import replace

from explorer.figures.cells.circuits import Circuit
from explorer.figures.cells.formulas import ROLES, Formula, Gate, before_in_letters, terms
from explorer.figures.scene import Dot, Opening

PLACE = " Its weights: ⟦place {}⟧."


def openings(circuit: Circuit, reads: str, inputs: Sequence[str] = ()) -> tuple[Opening, ...]:
    """Return an opening for every number of a cell; ``inputs`` name the entries of x."""
    found = [_plain(formula, reads) for formula in circuit.formulas]
    for gate in circuit.gates:
        found += _of_gate(circuit, gate, reads, tuple(inputs))
    return (*_told_once(found), *_sources(circuit, reads))


def _plain(formula: Formula, reads: str) -> Opening:
    return Opening(
        formula.name,
        formula.title,
        formula.symbols,
        formula.equation(reads),
        says=formula.says,
    )


def _told_once(found: list[Opening]) -> list[Opening]:
    """Leave out what a later opening tells with its dot products."""
    return list({opening.name: opening for opening in found}.values())


def _of_gate(circuit: Circuit, gate: Gate, reads: str, inputs: tuple[str, ...]) -> list[Opening]:
    """Return the openings of a gate: its value, its sum, and each part of the sum."""
    name, role = gate.name, _role(gate)
    read, past = _read(gate, inputs), _past(gate)
    seen = (_seen(gate),) if gate.kind.sees else ()
    dots = (read, past, *seen)
    value, total = gate.formula, gate.preactivation
    found = [
        Opening(
            name=name,
            title=value.title,
            symbols=value.symbols,
            equation=value.equation(reads),
            says=value.says + PLACE.format(name),
            dots=dots,
            role=role,
            adds_to=f"{name}/preactivation",
        ),
        Opening(
            total.name,
            total.title,
            total.symbols,
            total.equation(reads),
            says=total.says,
            dots=dots,
        ),
        _part(gate, "from_input", f"⟦W {name}⟧ ⟦x⟧", "the input", read, reads),
    ]
    before = before_in_letters("hidden")
    if gate.kind.reset == "after":
        gated = _plain(circuit.formula(gate.past), reads)
        ungated = replace(past, gated_by="")
        said = f"⟦U {name}⟧ {before} + ⟦bh {name}⟧"
        found.append(_part(gate, "past", said, "the past", ungated, reads))
        found.append(replace(gated, dots=(past,)))
    else:
        through = f"(⟦letter {gate.through}⟧ · {before})"
        heard = through if gate.kind.reset == "before" else before
        found.append(_part(gate, "from_hidden", f"⟦U {name}⟧ {heard}", "the past", past, reads))
    if seen:
        seen_from_memory = gate.seen_in_letters.removeprefix(" + ")
        found.append(_part(gate, "from_memory", seen_from_memory, "⟦cell⟧", *seen, reads))
    return found


def _part(gate: Gate, part: str, symbols: str, what: str, dot: Dot, reads: str) -> Opening:
    """Return the opening of one part of a gate's sum: a single dot product."""
    name = f"{gate.name}/{part}"
    return Opening(
        name=name,
        title=f"⟦{gate.name} gate⟧: from {what}",
        symbols=symbols,
        equation=terms(f"Σ = <{name}>", reads),
        says=f"What {what} contributes to the ⟦{gate.name} gate⟧.",
        dots=(dot,),
        role=_role(gate),
    )


def _role(gate: Gate) -> str:
    return ROLES.get(gate.name, "ink")


def _read(gate: Gate, inputs: tuple[str, ...]) -> Dot:
    return Dot(
        label="input",
        weights="weight_ih",
        inputs="x",
        block=gate.block,
        bias="bias_ih",
        names=inputs,
        cause="token",
        leads_to="x",
        others=f"{gate.name}/others_x",
    )


def _past(gate: Gate) -> Dot:
    if gate.kind.reset == "before":
        return Dot(
            "past",
            "weight_hh",
            "reset_hidden",
            gate.block,
            bias="bias_hh",
            others=f"{gate.name}/others_hidden",
        )
    return Dot(
        "past",
        "weight_hh",
        "hidden_before",
        gate.block,
        bias="bias_hh",
        cause="before",
        leads_to="hidden",
        gated_by=gate.through if gate.kind.reset == "after" else "",
        others=f"{gate.name}/others_hidden",
    )


def _seen(gate: Gate) -> Dot:
    """Return the peephole of a gate: one weight, one number."""
    before = gate.kind.sees == "cell_before"
    return Dot(
        "peephole",
        "peepholes",
        gate.kind.sees,
        gate.peephole_row,
        cause="before" if before else "",
        leads_to="cell" if before else "",
        diagonal=True,
    )


def _before(state: str) -> Opening:
    """Return a number of the step before: it is carried over unchanged, and leads there."""
    name = f"{state}_before"
    carried = Dot("carried over", "one", name, cause="before", leads_to=state, diagonal=True)
    return Opening(
        name,
        f"⟦{state} state⟧ before",
        before_in_letters(state),
        terms(f"⟦letter {state}⟧₋₁ = <{name}>"),
        says="It was made one step earlier and carried over as it is.",
        dots=(carried,),
    )


def _sources(circuit: Circuit, reads: str) -> list[Opening]:
    """Return where a step begins: what is read, and what was there before."""
    read = Opening(
        "x",
        "what is read",
        "⟦x⟧",
        terms("⟦x⟧ = [<x>, …]", reads),
        says=f"The numbers that stand for {reads}: here the outside comes in.",
    )
    found = [read, _before("hidden")]
    if circuit.memory == "cell":
        found.append(_before("cell"))
    return found
