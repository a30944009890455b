"""The panels that the scenes of the cell lab share: what is read, the circuit, maps, answers."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from explorer.cells import CELLS, CONVENTIONS
from explorer.figures.cells import gated, plain
from explorer.figures.cells.circuits import Circuit
from explorer.figures.cells.formulas import ROLES, UNIT
from explorer.figures.cells.names import lexicons
from explorer.figures.cells.openings import openings
from explorer.figures.scene import (
    KEY,
    NAMES,
    ORDER,
    Axis,
    Choice,
    Diagram,
    History,
    Lexicon,
    Plot,
    Ranking,
    Timeline,
    Tokens,
)

ORDERS = (("as packed", ""), ("by activity", "order/activity"), ("clustered", "order/clusters"))
VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}
SPAN = "span"  # selections "span_first" and "span_last", both included


def circuit_of(cell: str) -> Circuit:
    """Return the circuit of a cell. Raises ValueError for a name that no cell has."""
    if cell not in CELLS:
        raise ValueError(f"unknown cell {cell!r}; choose from {', '.join(map(repr, CELLS))}")
    return CIRCUITS[cell] if cell in CIRCUITS else _drawn(cell)


@lru_cache(maxsize=16)
def _drawn(cell: str) -> Circuit:
    kind = CELLS[cell]
    return gated.circuit(kind) if kind.keeping_gate else plain.circuit(kind)


CIRCUITS: Mapping[str, Circuit] = {name: _drawn(name) for name in CELLS}
"""The circuit of every cell that menus list, by its name."""


def check_unit(unit: int, units: int) -> None:
    """Raise ValueError for a unit that the cell does not have."""
    if not 0 <= unit < units:
        raise ValueError(f"unit must be between 0 and {units - 1}, not {unit}")


def shown(token: str) -> str:
    """Return a character so that it can be seen: a blank as ␣, a line break as ↵, a tab as ⇥.

    What no font draws, a control or a mark of direction, is the replacement character.
    """
    return VISIBLE.get(token, token if token.isprintable() else "\ufffd")


def words(cell: str, units: int, suffix: str = "l0") -> tuple[Lexicon, ...]:
    """Return the ways to call the parts of a cell."""
    return lexicons(circuit_of(cell).cell, units, suffix)


def in_words(cell: str, text: str) -> str:
    """Return a text about a cell in the words of papers."""
    words_of_papers = dict(words(cell, 1)[0].words)
    return KEY.sub(lambda key: words_of_papers[key[1]], text)


def diagram(
    cell: str,
    area: str = "diagram",
    tokens: Sequence[str] = (),
    quoted: bool = True,
    inputs: Sequence[str] = (),
) -> Diagram:
    """Return the circuit of a cell, with its stages and with an opening for every number.

    ``inputs`` are the names of the entries of x; ``quoted`` puts what is read in quotes.
    """
    circuit = circuit_of(cell)
    wide, narrow = (circuit.layout(is_narrow, quoted) for is_narrow in (False, True))
    reads = "“{token}”" if quoted else "{token}"
    return Diagram(
        area,
        wide.width,
        wide.height,
        wide.nodes,
        wires=wide.wires,
        stages=circuit.stages(reads),
        title="Inside one step",
        alt=f"One step of a cell: {circuit.cell.label}. {circuit.alt}",
        narrow=narrow,
        tokens=tuple(tokens),
        select=UNIT,
        openings=openings(circuit, reads, inputs),
        opens=circuit.opens,
    )


def tinted(tokens: Sequence[str], array: str, alt: str, span: str = "", marks: str = "") -> Tokens:
    """Return what is read, each token tinted by the selected unit's number at its step."""
    return Tokens("tokens", tuple(tokens), array, UNIT, alt=alt, span=span, marks=marks)


def heat_map(
    area: str, array: str, title: str, scale: str, note: str = "", ordered: bool = True
) -> Timeline:
    """Return a heat map of all units at all steps.

    ``scale`` is "share" (0 to 1, in the gate's colour), "signed" (−1 to 1), "by row" (each unit
    against its own largest) or "largest" (against the largest of all).
    """
    share = scale == "share"
    low, high = {"share": (0.0, 1.0), "signed": (-1.0, 1.0)}.get(scale, (None, None))
    name = array.rpartition("/")[2]
    return Timeline(
        area=area,
        title=title,
        array=array,
        note=note,
        scale="role" if share else "diverging",
        role=ROLES[name] if share else "hidden",
        low=low,
        high=high,
        by_row=scale == "by row",
        select=UNIT,
        alt=f"Heat map: {title} of every unit at every step.",
        orders=ORDERS if ordered else (),
    )


def heat_maps(cell: str) -> tuple[Timeline, ...]:
    """Return the heat maps of a cell, in the order in which PyTorch packs its gates."""
    return tuple(
        heat_map(f"map{i}", array, title, scale)
        for i, (array, title, scale) in enumerate(circuit_of(cell).maps)
    )


def memory_map(cell: str, area: str = "memory_map") -> Timeline:
    """Return the heat map of what remembers."""
    circuit = circuit_of(cell)
    return heat_map(area, *circuit.map_of(circuit.memory))


def expectation(
    vocabulary: Sequence[str], area: str = "next", title: str = "expects next", prefix: str = ""
) -> Ranking:
    """Return the tokens that the network expects next, with their probabilities."""
    return Ranking(
        area,
        title,
        f"{prefix}next/probability",
        tuple(shown(token) for token in vocabulary),
        indices=f"{prefix}next/index",
        alt=f"{title}: the likeliest that can come next, with their probabilities.",
    )


def class_chances(
    classes: Sequence[str], takes: str = "takes it for", area: str = "next"
) -> Ranking:
    """Return what the network takes the input for, so far, under the words of its kind."""
    return Ranking(
        area,
        takes,
        "next/probability",
        tuple(classes),
        indices="next/index",
        alt=f"What the network, after so much, {takes}, with its probabilities.",
    )


def series(clock: str, area: str = "next") -> Plot:
    """Return the numbers that are read, and what was expected after each."""
    marks = (
        History("input/value", "real", "read"),
        History("prediction", "fake", "predicted next"),
    )
    return Plot(area, "read and predicted", marks, x=Axis(label=clock), alt="The series.")


def names_choice(area: str = "names") -> Choice:
    """Return the switch that renames everything."""
    return Choice(area, NAMES, CONVENTIONS)


def order_choice(area: str = "order") -> Choice:
    """Return the switch that sorts the units of all heat maps."""
    return Choice(area, ORDER, tuple(label for label, _ in ORDERS), "units")
