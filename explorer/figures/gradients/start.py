"""How far back an untrained network can feel, as a scene.

How to read it: the axis of norms is logarithmic, so a straight line is exponential decay, and its
slope is the factor per step. A dashed line is theory; where it lies on the measurement the theory
explains it, and the residual says how closely.
"""

from collections.abc import Sequence
from dataclasses import replace

from explorer.figures import theme
from explorer.figures.scene import (
    Axis,
    Curve,
    Grid,
    Number,
    Numbers,
    Plot,
    Rule,
    Scene,
    Sentence,
    as_json,
)
from explorer.gradients import MEASURED, UNROLLED
from explorer.labs.gradients import Flow
from explorer.labs.gradients.start import LOWEST, glimpse, highest, marked_lag, measure
from explorer.runs.answers import Answer

RESIDUAL = (
    "The residual is the largest ratio between theory and measurement over the range in which the "
    "theory is claimed."
)
UNEXPLAINED = "Nobody has worked out yet what a step of this cell does on average."


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the measurement that these settings stand for, as a picture; the page's `answer`.

    While a hand moves it may be of fewer seeds, and says so.
    """
    frame, coarse = glimpse(flow) if moving else (measure(flow), "")
    scene = through_time(MEASURED, LOWEST, highest(frame), marked_lag(flow))
    return Answer(as_json(scene), [frame], coarse=coarse)


def through_time(cells: Sequence[str], lowest: float, highest: float, lag: int) -> Scene:
    """Return the scene of one measurement: norms over the lag, theory on them, factors per step.

    Arrays: those of `norms`, and for each cell "<cell>/factor"; scalars "<cell>/at", and
    "<cell>/residual" where there is a theory of the cell. ``lag`` is the one that the number cards
    read.
    """
    over_lags = norms(cells, lowest, highest)
    at = ", ".join(f"{UNROLLED[cell].label} {{{cell}/at}}" for cell in cells)
    return Scene(
        (
            replace(over_lags, alt=f"{over_lags.alt} At lag {lag}: {at}."),
            factors(cells),
            numbers(cells, lag),
            Sentence("says", "says", lines=2),
            Sentence("look", "look", lead="What to look for.", lines=7),
        ),
        wide=Grid(
            ("minmax(0, 1fr)", "minmax(260px, 0.42fr)"),
            ("minmax(0, 1fr)", "auto", "auto"),
            ("norms factors", "says look", "numbers look"),
        ),
        narrow=Grid(("minmax(0, 1fr)",), (), ("norms", "says", "numbers", "factors", "look")),
        clock="measurement",
        alt="Gradient norms through time.",
    )


def norms(cells: Sequence[str], lowest: float, highest: float) -> Plot:
    """Return the norm of the gradient over the lag, with its band and the theory on it.

    Arrays: "lag" and for each cell "<cell>/norm", "<cell>/low", "<cell>/high", and "<cell>/theory"
    where there is a theory of the cell. ``lowest`` and ``highest`` bound the axis of norms. Raises
    ValueError for several cells without a look of their own.
    """
    measured = tuple(
        Curve(
            f"{cell}/norm",
            role,
            x="lag",
            label=UNROLLED[cell].label,
            low=f"{cell}/low",
            high=f"{cell}/high",
        )
        for cell, role in theme.of_cells(cells).items()
    )
    # Over the measurement: where theory holds, it would vanish below the line that it explains.
    claimed = tuple(
        Curve(f"{cell}/theory", "theory", x="lag", width=1.5, dashed=True)
        for cell in cells
        if UNROLLED[cell].has_theory
    )
    return Plot(
        area="norms",
        title="Gradient norm against the last state's",
        note="band: spread over the seeds · dashed: theory",
        marks=(Rule(1.0), *measured, *claimed),
        x=Axis(0, None, label="lag: steps back from the loss"),
        y=Axis(lowest, highest, log=True),
        alt="Norm of the loss gradient over the lag, on a log axis.",
    )


def factors(cells: Sequence[str]) -> Plot:
    """Return the factor that one more step back puts to the norm, over the lag."""
    curves = tuple(
        Curve(f"{cell}/factor", role, x="lag", label=UNROLLED[cell].label, width=2.0)
        for cell, role in theme.of_cells(cells).items()
    )
    return Plot(
        area="factors",
        title="Factor per step",
        note="below 1 it fades, above it grows",
        marks=(Rule(1.0), *curves),
        x=Axis(0, None, label="lag"),
        alt="How much one more step back multiplies the norm.",
    )


def numbers(cells: Sequence[str], lag: int) -> Numbers:
    """Return what is left of each cell's gradient at one lag, and how close the theory comes."""
    return Numbers(
        "numbers",
        tuple(
            Number(
                f"{cell}/at",
                f"{UNROLLED[cell].label} at lag {lag}",
                bound="theory within a factor {" + f"{cell}/residual" + "}"
                if UNROLLED[cell].has_theory
                else "no theory of this cell yet",
                help=RESIDUAL if UNROLLED[cell].has_theory else UNEXPLAINED,
            )
            for cell in cells
        ),
    )
