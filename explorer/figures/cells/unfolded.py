"""Memory unfolded: what every earlier step wrote, and how much of it the gates have left."""

from collections.abc import Sequence

from explorer.figures.cells.circuits import Circuit
from explorer.figures.cells.formulas import UNIT
from explorer.figures.cells.layout import FLEXIBLE
from explorer.figures.cells.panels import (
    check_unit,
    circuit_of,
    heat_map,
    memory_map,
    names_choice,
    order_choice,
    shown,
    tinted,
    words,
)
from explorer.figures.scene import NAMES, ORDER, Grid, Panel, Scene, Sentence, Tokens, Unfolding

WIDE = Grid(
    ("minmax(0, 2.4fr)", FLEXIBLE),
    ("auto", "auto", FLEXIBLE, FLEXIBLE, "auto"),
    (
        "tokens tokens",
        "unfolding names",
        "unfolding keep_map",
        "unfolding memory_map",
        "says order",
    ),
)
NARROW = Grid(
    (FLEXIBLE,),
    ("auto", "auto", "auto", "auto", "130px", "130px", "auto"),
    ("tokens", "unfolding", "says", "names", "keep_map", "memory_map", "order"),
)


def memory_scene(
    cell: str, tokens: Sequence[str], units: int, unit: int = 0, clock: str = "step"
) -> Scene:
    """Return a memory taken apart into what each step wrote: the parts sum to the memory.

    Arrays of the frame: those of the cell, of which "kept", "written", the gate that keeps and the
    memory with its value before are drawn, and "left" (T,): what is left now of what each step
    wrote into the memory of the selected unit, zero for steps to come. Sentence "says". Raises
    ValueError for a cell without a gate that keeps, and for a unit that it does not have.
    """
    circuit = circuit_of(cell)
    check_unit(unit, units)
    if not circuit.keep:
        raise ValueError(f"{cell} has no gate that keeps its memory, so nothing to unfold")
    return Scene(
        (
            *_panels(circuit, tuple(shown(token) for token in tokens)),
            memory_map(cell),
            Sentence("says", "says", lines=2),
            names_choice(),
            order_choice(),
        ),
        wide=WIDE,
        narrow=NARROW,
        clock=clock,
        selects=((UNIT, unit), (NAMES, 0), (ORDER, 0)),
        alt=f"The memory of a cell of {units} units, {circuit.cell.label}, taken apart into what "
        f"each of {len(tokens)} steps wrote.",
        lexicons=words(cell, units),
    )


def unkept_scene(cell: str, tokens: Sequence[str], units: int, clock: str = "step") -> Scene:
    """Return what stands where a memory would be taken apart, for a cell that no gate keeps.

    Arrays of the frame: the state; sentence "says".
    """
    circuit = circuit_of(cell)
    visible = tuple(shown(token) for token in tokens)
    return Scene(
        (
            tinted(visible, circuit.memory, "What is read, tinted by the state of the unit."),
            Sentence("says", "says", lines=3),
            memory_map(cell),
            names_choice(),
            order_choice(),
        ),
        wide=Grid(
            (FLEXIBLE, FLEXIBLE),
            ("auto", "auto", FLEXIBLE, "auto"),
            ("tokens tokens", "says says", "memory_map memory_map", "names order"),
        ),
        narrow=Grid(
            (FLEXIBLE,),
            ("auto", "auto", "auto", "150px", "auto"),
            ("tokens", "says", "names", "memory_map", "order"),
        ),
        clock=clock,
        selects=((UNIT, 0), (NAMES, 0), (ORDER, 0)),
        alt=f"The state of a cell of {units} units, {circuit.cell.label}, which no gate keeps.",
        lexicons=words(cell, units),
    )


def _panels(circuit: Circuit, visible: tuple[str, ...]) -> tuple[Panel, ...]:
    """Return what is read, the memory over it as a stack, and the gate that keeps."""
    return (
        Tokens(
            "tokens",
            visible,
            "left",
            UNIT,
            alt="What is read, tinted by what is left now of what it wrote.",
            of="frame",
        ),
        Unfolding(
            area="unfolding",
            title=f"What the {circuit.memory_word} is made of",
            keep=circuit.keep,
            written="written",
            total=circuit.memory,
            before=f"{circuit.memory}_before",
            select=UNIT,
            tokens=visible,
            alt="The memory of the selected unit over time, as the stack of what each earlier step "
            "wrote and of how much of it is left.",
        ),
        heat_map("keep_map", *circuit.map_of(circuit.keep)),
    )
