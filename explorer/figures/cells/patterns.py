"""What a unit answers to: the text in its colour, a span to ask about, the places like it."""

from collections.abc import Sequence

from explorer.figures.cells.circuits import Circuit
from explorer.figures.cells.formulas import UNIT
from explorer.figures.cells.layout import FLEXIBLE
from explorer.figures.cells.panels import (
    SPAN,
    check_unit,
    circuit_of,
    heat_map,
    names_choice,
    order_choice,
    shown,
    tinted,
    words,
)
from explorer.figures.scene import (
    NAMES,
    ORDER,
    Axis,
    Grid,
    History,
    Panel,
    Plot,
    Ranking,
    Rule,
    Scene,
    Sentence,
)

TINTED = "What is read, tinted by the memory of the selected unit; marked where the pattern is."
WIDE = Grid(
    ("minmax(0, 1.5fr)", "minmax(0, 1.5fr)", "minmax(300px, 1fr)"),
    ("auto", "auto", FLEXIBLE, FLEXIBLE, "auto"),
    (
        "tokens tokens tokens",
        "says says order",
        "curve curve found",
        "memory_map hidden_map found",
        "memory_map hidden_map names",
    ),
)
NARROW = Grid(
    (FLEXIBLE,),
    ("auto", "auto", "auto", "auto", "auto", "150px", "150px", "auto"),
    ("tokens", "says", "curve", "found", "order", "memory_map", "hidden_map", "names"),
)


def patterns_scene(
    cell: str,
    tokens: Sequence[str],
    units: int,
    unit: int = 0,
    first: int = 0,
    last: int = 0,
    clock: str = "step",
) -> Scene:
    """Return the text tinted by a unit's memory; dragging over it asks which units switch on there.

    Arrays of the frame: those of the cell; arrays of the still frame: "matches" (T,), not zero
    where the pattern of the span occurs, "found/score" and "found/unit" (n,), the units that
    switch on over the span, the clearest first. Scalars: "memory" of the selected unit (frame),
    "threshold/high" and "threshold/low" (still). Sentence "says". Raises ValueError for an unknown
    cell, a unit that it does not have and a span beyond the text.
    """
    circuit = circuit_of(cell)
    check_unit(unit, units)
    if not 0 <= first <= last < len(tokens):
        raise ValueError(f"a span must lie within 0 and {len(tokens) - 1}, not {first} to {last}")
    visible = tuple(shown(token) for token in tokens)
    return Scene(
        (
            tinted(visible, circuit.memory, TINTED, SPAN, "matches"),
            _curve(circuit, clock),
            *_maps(circuit),
            _found(units),
            Sentence("says", "says", lines=2),
            names_choice(),
            order_choice(),
        ),
        wide=WIDE,
        narrow=NARROW,
        clock=clock,
        selects=(
            (UNIT, unit),
            (NAMES, 0),
            (ORDER, 0),
            (f"{SPAN}_first", first),
            (f"{SPAN}_last", last),
        ),
        alt=f"A text of {len(tokens)} tokens in the colours of unit {unit}.",
        lexicons=words(cell, units),
    )


def _curve(circuit: Circuit, clock: str) -> Plot:
    """Return the memory of the unit over the text, and from where on it counts as on."""
    return Plot(
        "curve",
        f"{circuit.memory_word} of the unit",
        (
            History("memory", "cell", "memory"),
            Rule("threshold/high", "good", "on beyond"),
            Rule("threshold/low", "good"),
        ),
        x=Axis(label=clock),
        alt=f"The {circuit.memory_word} of the selected unit over the text, now {{memory}}; it "
        "counts as on beyond {threshold/high} and {threshold/low}.",
    )


def _found(units: int) -> Ranking:
    """Return the units that switch on over the span."""
    return Ranking(
        "found",
        "units that switch on there",
        "found/score",
        tuple(map(str, range(units))),
        indices="found/unit",
        alt="The units that are on in the chosen span and off around it, the clearest first.",
    )


def _maps(circuit: Circuit) -> tuple[Panel, ...]:
    """Return the map of what remembers, and of what is shown of it, or would be written."""
    if circuit.memory == "cell":
        other = circuit.map_of("hidden")
    else:
        other = next(known for known in reversed(circuit.maps) if known[0] != circuit.memory)
    memory = heat_map("memory_map", *circuit.map_of(circuit.memory))
    return memory, heat_map("hidden_map", *other)
