"""Surgery: what an operation on a cell changed, beside the run that nobody touched."""

from collections.abc import Sequence

from explorer.figures.cells.circuits import Circuit
from explorer.figures.cells.formulas import UNIT
from explorer.figures.cells.layout import FLEXIBLE, in_pairs, in_rows
from explorer.figures.cells.panels import (
    SPAN,
    check_unit,
    circuit_of,
    expectation,
    heat_map,
    names_choice,
    shown,
    tinted,
    words,
)
from explorer.figures.scene import (
    NAMES,
    Axis,
    Grid,
    History,
    Panel,
    Plot,
    Scene,
    Sentence,
)

LIVED = "read and predicted"


def surgery_scene(
    cell: str,
    tokens: Sequence[str],
    units: int,
    vocabulary: Sequence[str] | None = None,
    unit: int = 0,
    clock: str = "step",
) -> Scene:
    """Return what an operation changed: maps of the difference, a unit's memory, what is expected.

    Arrays of the frame: the memory after the operation, and "difference/<name>" (operated minus
    untouched) for every heat map of the cell. Scalars "operated/memory" and "untouched/memory" of
    the selected unit. With a ``vocabulary`` the arrays "next/…" and "untouched/next/…"
    ("probability", "index") and the texts "generated" and "untouched_text" as sentences; without,
    the scalars "input/value", "prediction" and "untouched/prediction". Sentence "says". Raises
    ValueError for an unknown cell and for a unit that it does not have.
    """
    circuit = circuit_of(cell)
    check_unit(unit, units)
    visible = tuple(shown(token) for token in tokens)
    maps = tuple(
        heat_map(f"map{i}", f"difference/{array}", title, "largest", ordered=False)
        for i, (array, title, _) in enumerate(circuit.maps)
    )
    panels: tuple[Panel, ...] = (
        tinted(
            visible,
            circuit.memory,
            "What is read, tinted by the memory of the selected unit after the operation.",
            SPAN,
        ),
        *maps,
        _curve(circuit, clock),
        *_outcome(vocabulary, clock),
        Sentence("says", "says", lead="Difference to the untouched run.", lines=3),
        names_choice(),
    )
    return Scene(
        panels,
        wide=_wide([panel.area for panel in maps], vocabulary is not None),
        narrow=_narrow([panel.area for panel in maps], vocabulary is not None),
        clock=clock,
        selects=((UNIT, unit), (NAMES, 0)),
        alt=f"What an operation on a cell of {units} units, {circuit.cell.label}, changed while it "
        f"read {len(tokens)} steps.",
        lexicons=words(cell, units),
    )


def _curve(circuit: Circuit, clock: str) -> Plot:
    """Return the memory of the unit, with the operation and without it."""
    return Plot(
        "curve",
        f"{circuit.memory_word} of the unit",
        (
            History("untouched/memory", "baseline", "untouched"),
            History("operated/memory", "fake", "operated"),
        ),
        x=Axis(label=clock),
        alt=f"The {circuit.memory_word} of the selected unit: {{operated/memory}} after the "
        "operation, {untouched/memory} without it.",
    )


def _outcome(vocabulary: Sequence[str] | None, clock: str) -> tuple[Panel, ...]:
    """Return what the network says after the operation, and what it said without."""
    if vocabulary is None:
        marks = (
            History("input/value", "real", "read"),
            History("untouched/prediction", "baseline", "untouched"),
            History("prediction", "fake", "operated"),
        )
        return (Plot("next", LIVED, marks, x=Axis(label=clock), alt="The series."),)
    return (
        expectation(vocabulary, title="operated: expects"),
        expectation(vocabulary, "untouched_next", "untouched: expects", "untouched/"),
        Sentence(
            "generated", "generated", "Operated, it writes:", 3, mono=True, against="untouched_text"
        ),
        Sentence("untouched_text", "untouched_text", "Untouched:", 3, mono=True),
    )


COLUMNS = 12


def _wide(areas: Sequence[str], text: bool) -> Grid:
    """Return what is said on top, the curve beside what is expected, the maps below."""
    beside = "next next next untouched_next untouched_next untouched_next" if text else "next " * 6
    maps = in_rows(areas, COLUMNS)
    written = ["generated " * 6 + "untouched_text " * 6] if text else []
    return Grid(
        (FLEXIBLE,) * COLUMNS,
        (
            *("auto", "auto", *("auto" for _ in written), "minmax(120px, 1.4fr)"),
            *("minmax(96px, 1fr)" for _ in maps),
        ),
        (
            "tokens " * COLUMNS,
            "says " * 6 + "names " * 6,
            *written,
            "curve " * 6 + beside,
            *maps,
        ),
    )


def _narrow(areas: Sequence[str], text: bool) -> Grid:
    pairs = [f"{a} {b}" for a, b in in_pairs(areas)]
    said = ["next untouched_next", "generated generated", "untouched_text untouched_text"]
    said = said if text else ["next next"]
    return Grid(
        (FLEXIBLE, FLEXIBLE),
        ("auto", "auto", "auto", *("110px" for _ in pairs), *("auto" for _ in said), "auto"),
        (
            "tokens tokens",
            "says says",
            "curve curve",
            *pairs,
            *said,
            "names names",
        ),
    )
