"""A cell of a few units with weights that can be read, its task, and whether it solves it."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.figures.cells.layout import FLEXIBLE, in_pairs
from explorer.figures.cells.panels import shown
from explorer.figures.cells.step import step_scene
from explorer.figures.scene import (
    Diagram,
    Dot,
    Grid,
    Grip,
    Panel,
    Scene,
    Sentence,
    Tokens,
)

MATRICES = ("weight_ih", "weight_hh")  # whose weights are turned in the picture
STEPS = 100  # of a weight, from nothing to as far as it goes


def handmade_scene(
    cell: str,
    tokens: Sequence[str],
    units: int,
    expected: Sequence[str],
    given: Sequence[str],
    unit: int = 0,
    clock: str = "step",
    inputs: Sequence[str] = (),
    reach: float = 10.0,
) -> Scene:
    """Return the microscope of a tiny cell with two more rows: the right answers, and its own.

    Every weight that the microscope shows can be turned, from -``reach`` to ``reach``: it is a word
    of the setting "changed".

    Arrays and still arrays as in `step_scene`, without what is expected next; the still array
    "wrong" (T,) is not zero where the answer given is not the expected one. Sentence "verdict".
    Raises ValueError where a step lacks its answer, and as `step_scene` does.
    """
    if not len(tokens) == len(expected) == len(given):
        raise ValueError(
            f"{len(tokens)} steps need as many answers, not {len(expected)} expected and "
            f"{len(given)} given"
        )
    picture = step_scene(cell, tokens, units, None, unit, clock, inputs)
    kept = tuple(
        _within_reach(panel, reach) if isinstance(panel, Diagram) else panel
        for panel in picture.panels
        if panel.area not in ("next", "order")
    )
    pairs = in_pairs([panel.area for panel in kept if panel.kind == "timeline"])
    return replace(
        picture,
        panels=(*kept, *_answers(expected, given)),
        wide=_wide(pairs),
        narrow=_narrow(pairs),
    )


def _within_reach(diagram: Diagram, reach: float) -> Diagram:
    """Return the circuit with weights that can be turned where the microscope shows them."""

    def turned(dot: Dot) -> Dot:
        if dot.weights not in MATRICES:
            return dot
        grip = Grip(
            setting="changed",
            label="weight",
            low=-reach,
            high=reach,
            step=reach / STEPS,
            help="Drag it sideways, or type a number: the verdict follows.",
            entry=f"{dot.weights}:{{row}},{{column}}",
        )
        return replace(dot, grip=grip)

    openings = tuple(
        replace(opening, dots=tuple(map(turned, opening.dots))) for opening in diagram.openings
    )
    return replace(diagram, openings=openings)


def _answers(expected: Sequence[str], given: Sequence[str]) -> tuple[Panel, ...]:
    """Return the rows below what is read: what is right, what the cell answers, its verdict."""
    return (
        Sentence("reads_label", "", "reads", 1),
        Sentence("expected_label", "", "right", 1),
        Tokens("expected", tuple(map(shown, expected)), alt="The right answer at each step."),
        Sentence("given_label", "", "answers", 1),
        Tokens(
            "given",
            tuple(map(shown, given)),
            alt="The answer of the cell at each step, marked where it is wrong.",
            marks="wrong",
        ),
        Sentence("verdict", "verdict", lines=2),
    )


def _wide(pairs: Sequence[tuple[str, str]]) -> Grid:
    return Grid(
        ("minmax(0, 1.8fr)", "84px", "minmax(0, 0.36fr)", "minmax(0, 0.64fr)"),
        ("auto", "auto", "auto", "auto", *(FLEXIBLE for _ in pairs), "auto"),
        (
            "diagram reads_label tokens tokens",
            "diagram expected_label expected expected",
            "diagram given_label given given",
            "diagram verdict verdict verdict",
            *(f"diagram {a} {a} {b}" for a, b in pairs),
            "diagram names names names",
        ),
    )


def _narrow(pairs: Sequence[tuple[str, str]]) -> Grid:
    return Grid(
        (FLEXIBLE, FLEXIBLE),
        (*("auto" for _ in range(9)), *("90px" for _ in pairs)),
        (
            "reads_label reads_label",
            "tokens tokens",
            "expected_label expected_label",
            "expected expected",
            "given_label given_label",
            "given given",
            "verdict verdict",
            "diagram diagram",
            "names names",
            *(f"{a} {b}" for a, b in pairs),
        ),
    )
