"""Inside one step: the scene in which a cell is stepped through time and through its gates."""

from collections.abc import Sequence

from explorer.figures.cells.formulas import UNIT
from explorer.figures.cells.layout import FLEXIBLE, in_pairs
from explorer.figures.cells.panels import (
    check_unit,
    circuit_of,
    class_chances,
    diagram,
    expectation,
    heat_maps,
    names_choice,
    order_choice,
    series,
    shown,
    tinted,
    words,
)
from explorer.figures.scene import NAMES, ORDER, Grid, Panel, Scene


def step_scene(
    cell: str,
    tokens: Sequence[str],
    units: int,
    vocabulary: Sequence[str] | None = None,
    unit: int = 0,
    clock: str = "step",
    inputs: Sequence[str] = (),
    classes: Sequence[str] | None = None,
    suffix: str = "l0",
    takes: str = "takes it for",
) -> Scene:
    """Return the microscope: what is read, the circuit with real numbers in it, the heat maps.

    One frame is one time step. Its arrays have the shape (H,), under the names that the modules of
    the cells list, and "x" the shape (I,); still arrays are ``weight_ih``, ``weight_hh``,
    ``bias_ih``, ``bias_hh``, ``peepholes``, ``one`` (1, H) of ones, ``order/activity`` and
    ``order/clusters``. With a ``vocabulary`` the arrays ``next/probability`` and ``next/index``
    say what is expected next; with ``classes`` they say what ``takes`` says of them; without both
    the scalars ``input/value`` and ``prediction`` are drawn as a series.

    ``inputs`` are the names of the entries of x, ``suffix`` names the layer as PyTorch does. Raises
    ValueError for an unknown cell and for a unit that the cell does not have.
    """
    circuit = circuit_of(cell)
    check_unit(unit, units)
    visible = tuple(shown(token) for token in tokens)
    maps = heat_maps(cell)
    areas = [panel.area for panel in maps]
    panels: tuple[Panel, ...] = (
        tinted(visible, circuit.memory, "What is read, tinted by the memory of the selected unit."),
        diagram(
            cell, tokens=visible, quoted=vocabulary is not None, inputs=tuple(map(shown, inputs))
        ),
        *maps,
        _answer(vocabulary, classes, clock, takes),
        names_choice(),
        order_choice(),
    )
    kind = "values" if vocabulary is None else "characters"
    return Scene(
        panels,
        wide=_wide(areas, vocabulary is None and classes is None),
        narrow=_narrow(areas),
        clock=clock,
        selects=((UNIT, unit), (NAMES, 0), (ORDER, 0)),
        alt=f"A cell of {units} units, {circuit.cell.label}, reads {len(tokens)} {kind}, step by "
        "step.",
        lexicons=words(cell, units, suffix),
    )


def _answer(
    vocabulary: Sequence[str] | None, classes: Sequence[str] | None, clock: str, takes: str
) -> Panel:
    if classes is not None:
        return class_chances(classes, takes)
    return series(clock) if vocabulary is None else expectation(vocabulary)


def _wide(areas: Sequence[str], series: bool) -> Grid:
    """Return two columns of maps beside the circuit: all in view at 1280 × 720.

    A ranking leaves room for the order of the units beside it, a series does not.
    """
    pairs = in_pairs(areas)
    rows = [f"diagram {left} {right}" for left, right in pairs]
    below = ["diagram order order", "diagram next next"] if series else ["diagram next order"]
    return Grid(
        ("minmax(0, 3.2fr)", FLEXIBLE, FLEXIBLE),
        ("auto", "auto", *(FLEXIBLE for _ in pairs), *("auto" for _ in below)),
        ("tokens tokens tokens", "diagram names names", *rows, *below),
    )


def _narrow(areas: Sequence[str]) -> Grid:
    pairs = in_pairs(areas)
    rows = [f"{left} {right}" for left, right in pairs]
    return Grid(
        (FLEXIBLE, FLEXIBLE),
        ("auto", "auto", "auto", "auto", *("110px" for _ in pairs), "auto"),
        ("tokens tokens", "names names", "diagram diagram", "order order", *rows, "next next"),
    )
