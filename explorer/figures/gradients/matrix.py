"""What a matrix, and what the steps of a network, do to a gradient: eigen- and singular values.

How to read it: an eigenvalue inside the circle is a direction that fades in the end. The outer ring
is the largest singular value, which one step can reach. Time runs over the number of steps that are
multiplied.
"""

from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    History,
    Number,
    Numbers,
    Plot,
    Points,
    Rule,
    RuleHandle,
    Scene,
    Sentence,
    as_json,
    grip_of,
)
from explorer.gradients import PLAIN, UNROLLED
from explorer.labs.gradients.matrix import GLIMPSES, ends, picture
from explorer.labs.gradients.settings import Flow
from explorer.runs.answers import Answer

EDGE = 2.15  # of the complex plane
COLUMN = "minmax(0, 1fr)"


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the matrix that these settings stand for, as a picture; the page's `answer`.

    While a hand moves fewer powers are taken apart, and it says so.
    """
    still, frames = picture(flow, moving)
    along = f"{still.scalars['followed']:.0f}"
    coarse = f"while it moves: {GLIMPSES} products, λ along {along} steps" if moving else ""
    return Answer(
        as_json(matrix_scene(flow.matrix_cell, *ends(frames))),
        frames,
        still,
        start=len(frames) - 1,
        coarse=coarse,
    )


def matrix_scene(cell: str, lowest: float = 1e-6, highest: float = 10.0) -> Scene:
    """Return the scene of one matrix and the network of that name around it.

    ``lowest`` and ``highest`` bound the axis of norms. Still and frames are those of
    `labs.gradients.matrix.picture`.
    """
    label, plain = UNROLLED[cell].label, cell in PLAIN
    return Scene(
        (
            _plane(plain),
            _norms(cell, label, lowest, highest),
            _singular(cell, label),
            Numbers("numbers", _cards(plain)),
            Sentence("says", "says", lines=3),
            Sentence("look", "look", lines=4),
        ),
        wide=Grid(
            (COLUMN, COLUMN, COLUMN),
            (COLUMN, "auto", "auto"),
            ("plane norms singular", "says look look", "numbers numbers numbers"),
        ),
        narrow=Grid((COLUMN,), (), ("plane", "says", "numbers", "norms", "look", "singular")),
        clock="step",
        wide_from=LAPTOP,
        alt=f"{alone(cell).capitalize()}, and what the steps of the {label} multiply.",
    )


def _plane(plain: bool) -> Plot:
    return Plot(
        area="plane",
        title="Eigenvalues",
        note="complex plane" if plain else "of the last step's Jacobian",
        marks=(
            Points("circle", "baseline", size=1.1, opacity=0.9, label="1"),
            Points("reach", "theory", size=0.8, opacity=0.55, label="largest singular value"),
            Points("eigenvalues", "rnn_tanh", size=3.2, label="eigenvalues"),
        ),
        x=Axis(-EDGE, EDGE),
        y=Axis(-EDGE, EDGE),
        square=True,
        handles=(RuleHandle(grip_of(Flow, "gain"), axis="x", label="gain"),) if plain else (),
        alt="Eigenvalues in the complex plane; the largest has modulus {radius}.",
    )


def _norms(cell: str, label: str, lowest: float, highest: float) -> Plot:
    network = (
        () if cell == "linear" else (History("product", "lstm", label=f"steps of the {label}"),)
    )
    bound = (History("bound", "baseline", label="bound", width=1.5),) if cell in PLAIN else ()
    return Plot(
        area="norms",
        title="Largest stretch of k steps",
        note="bound: largest singular valueᵏ" if bound else "",
        marks=(
            Rule(1.0),
            History("radius_k", "theory", label="radiusᵏ", width=1.5),
            *bound,
            History("power", "rnn_tanh", label=alone(cell)),
            *network,
        ),
        x=Axis(0, None, label="k, steps multiplied", whole=True),
        y=Axis(lowest, highest, log=True),
        alt=f"After {{k}} steps the matrix stretches by {{power}}, the {label} by {{product}}.",
    )


def _singular(cell: str, label: str) -> Plot:
    network = (
        () if cell == "linear" else (Curve("of_product", "lstm", label=f"steps of the {label}"),)
    )
    return Plot(
        area="singular",
        title="All singular values after k steps",
        note="a low one is a direction that is forgotten",
        marks=(Rule(1.0), Curve("of_power", "rnn_tanh", label=alone(cell)), *network),
        x=Axis(0, None, label="number, the largest first", whole=True),
        y=Axis(None, None, log=True),
        alt="Singular values after {k} steps.",
    )


def alone(cell: str) -> str:
    """Return what the powers are of: the one matrix, or the last step again and again."""
    return "matrix alone" if cell in PLAIN else "last step again"


def _cards(plain: bool) -> tuple[Number, ...]:
    of = "the matrix" if plain else "the last step's Jacobian"
    return (
        Number(
            "radius",
            "spectral radius",
            bound="below 1: dies in the end",
            help="The largest modulus of an eigenvalue. It says what becomes of the powers of "
            f"{of} in the end, and not when.",
        ),
        Number(
            "stretch",
            "largest singular value",
            bound="below 1: no step stretches",
            help=f"The most that one product with {of} can stretch a vector.",
        ),
        Number(
            "departure",
            "departure from normal",
            bound="0: both are one",
            help="Henrici's: √(‖W‖² − Σ|λ|²), the norm of what stands above the diagonal of the "
            "Schur form. The larger, the more the powers can grow before they die.",
        ),
        Number(
            "exponent",
            "Lyapunov exponent",
            bound="± {error}; below 0: fades",
            help="The mean logarithm of what one step of the network does to a direction that is "
            "carried along; the noise is that of ten blocks of steps.",
        ),
    )
