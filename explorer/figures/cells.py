"""The live picture of a cell that reads: what it reads, its circuit, its gates over time.

One frame is one time step. Every array of a frame has the shape (H,), under the names that
`lstm` and `gru` list; with a vocabulary, ``next/probability`` and ``next/index`` say what the
network expects to read next, and for series the scalars ``input/value`` and ``prediction`` do.
"""

from collections.abc import Callable, Mapping, Sequence

from explorer.figures.circuits import UNIT
from explorer.figures.gru import gru_diagram
from explorer.figures.lstm import lstm_diagram
from explorer.figures.scene import (
    Axis,
    Diagram,
    Grid,
    History,
    Panel,
    Plot,
    Ranking,
    Scene,
    Timeline,
    Tokens,
)

__all__ = ["CELLS", "gru_diagram", "lstm_diagram", "scene", "shown"]

CELLS: Mapping[str, Callable[..., Diagram]] = {"lstm": lstm_diagram, "gru": gru_diagram}

# What each cell shows over time, in PyTorch's order of the gates: array, title, scale.
MAPS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "lstm": (
        ("input", "input i", "share"),
        ("forget", "forget f", "share"),
        ("candidate", "candidate g", "signed"),
        ("output", "output o", "share"),
        ("cell", "memory c", "by row"),
        ("hidden", "hidden h", "signed"),
    ),
    "gru": (
        ("reset", "reset r", "share"),
        ("update", "update z", "share"),
        ("new", "new n", "signed"),
        ("hidden", "state h", "signed"),
    ),
}
MEMORY = {"lstm": "cell", "gru": "hidden"}
VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


def shown(token: str) -> str:
    """Return a character so that it can be seen: a blank as ␣, a line break as ↵, a tab as ⇥."""
    return VISIBLE.get(token, token)


def scene(
    cell: str,
    tokens: Sequence[str],
    units: int,
    vocabulary: Sequence[str] | None = None,
    unit: int = 0,
    clock: str = "step",
) -> Scene:
    """Return the live picture of a cell that reads ``tokens``, one a frame.

    ``vocabulary`` names the characters that the network can expect next; without it the network
    is taken to read a series, and its prediction is drawn beside the series. Raises ValueError
    for an unknown cell and for a unit that the cell does not have.
    """
    if cell not in CELLS:
        raise ValueError(f"unknown cell {cell!r}; choose from {', '.join(map(repr, CELLS))}")
    if not 0 <= unit < units:
        raise ValueError(f"unit must be between 0 and {units - 1}, not {unit}")
    visible = tuple(shown(token) for token in tokens)
    maps = tuple(_map(f"map{i}", *entry) for i, entry in enumerate(MAPS[cell]))
    panels: tuple[Panel, ...] = (
        Tokens(
            "tokens",
            visible,
            MEMORY[cell],
            UNIT,
            alt="What is read, tinted by the memory of the selected unit.",
        ),
        CELLS[cell]("diagram", visible, quoted=vocabulary is not None),
        *maps,
        _series(clock) if vocabulary is None else _expectation(vocabulary),
    )
    areas = [panel.area for panel in maps]
    return Scene(
        panels,
        wide=_wide(areas),
        narrow=_narrow(areas),
        clock=clock,
        selects=((UNIT, unit),),
        alt=f"A {cell.upper()} cell of {units} units reads {len(tokens)} "
        f"{'values' if vocabulary is None else 'characters'}, step by step.",
    )


def _map(area: str, array: str, title: str, scale: str) -> Timeline:
    alt = f"Heat map: {title} of every unit at every step."
    if scale == "share":
        return Timeline(area, title, array, "", "role", array, 0.0, 1.0, select=UNIT, alt=alt)
    low, high = (None, None) if scale == "by row" else (-1.0, 1.0)
    return Timeline(
        area,
        title,
        array,
        "",
        "diverging",
        array,
        low,
        high,
        by_row=scale == "by row",
        select=UNIT,
        alt=alt,
    )


def _expectation(vocabulary: Sequence[str]) -> Ranking:
    return Ranking(
        "next",
        "expects next",
        "next/probability",
        tuple(shown(token) for token in vocabulary),
        "next/index",
        alt="The characters that the network expects next, with their probabilities.",
    )


def _series(clock: str) -> Plot:
    marks = (
        History("input/value", "real", "read"),
        History("prediction", "fake", "predicted next"),
    )
    return Plot("next", "read and predicted", marks, x=Axis(label=clock), alt="The series.")


def _wide(areas: Sequence[str]) -> Grid:
    """Return two columns of maps beside the circuit: all in view at 1280 × 720."""
    pairs = list(zip(areas[::2], areas[1::2], strict=True))
    rows = [f"diagram {left} {right}" for left, right in pairs]
    return Grid(
        ("minmax(0, 3.4fr)", "minmax(0, 1fr)", "minmax(0, 1fr)"),
        ("auto", *("minmax(0, 1fr)" for _ in pairs), "auto"),
        ("tokens tokens tokens", *rows, "diagram next next"),
    )


def _narrow(areas: Sequence[str]) -> Grid:
    pairs = list(zip(areas[::2], areas[1::2], strict=True))
    rows = [f"{left} {right}" for left, right in pairs]
    return Grid(
        ("minmax(0, 1fr)", "minmax(0, 1fr)"),
        ("auto", "auto", *("110px" for _ in pairs), "auto"),
        ("tokens tokens", "diagram diagram", *rows, "next next"),
    )
