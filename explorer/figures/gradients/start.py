"""How far back an untrained network can feel, as a scene.

How to read it: the axis of norms is logarithmic, so a straight line is exponential decay, and its
slope is the factor per step. A dashed line is theory; where it lies on the measurement the theory
explains it, and the residual says how closely.
"""

from collections.abc import Mapping, Sequence
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
from explorer.labs.gradients.start import (
    LOWEST,
    Claim,
    claims,
    glimpse,
    highest,
    marked_lag,
    measure,
)
from explorer.runs.answers import Answer

UNEXPLAINED = "Nobody has worked out yet what a step of this cell does on average."


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the measurement that these settings stand for, as a picture; the page's `answer`.

    While a hand moves it may be of fewer seeds, and says so.
    """
    frame, coarse = glimpse(flow) if moving else (measure(flow), "")
    scene = through_time(MEASURED, LOWEST, highest(frame), marked_lag(flow), claims(flow, frame))
    return Answer(as_json(scene), [frame], coarse=coarse)


def through_time(
    cells: Sequence[str],
    lowest: float,
    highest: float,
    lag: int,
    claimed: Mapping[str, Claim],
) -> Scene:
    """Return the scene of one measurement: norms over the lag, theory on them, factors per step.

    Arrays: those of `norms`, and for each cell "<cell>/factor"; scalars those of `numbers`.
    ``lag`` is the one that the number cards read.
    """
    over_lags = norms(cells, lowest, highest)
    at = ", ".join(f"{UNROLLED[cell].label} {{{cell}/at}}" for cell in cells)
    return Scene(
        (
            replace(over_lags, alt=f"{over_lags.alt} At lag {lag}: {at}."),
            factors(cells),
            numbers(cells, lag, claimed),
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
        note="band: spread over the seeds · dashed: theory, as far as it is claimed",
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


def numbers(cells: Sequence[str], lag: int, claimed: Mapping[str, Claim]) -> Numbers:
    """Return what is left of each cell's gradient at one lag, and what theory says of that lag.

    Scalars "<cell>/at"; where a theory is claimed at the lag "<cell>/predicted", and where its
    claim ends before "<cell>/residual", the largest ratio up to that end.
    """
    return Numbers("numbers", tuple(_card(cell, lag, claimed.get(cell)) for cell in cells))


def _card(cell: str, lag: int, claim: Claim | None) -> Number:
    if claim is None:
        bound, explained = "no theory of this cell yet", UNEXPLAINED
    elif lag <= claim.valid_to:
        bound = f"theory: {{{cell}/predicted}}"
        explained = f"What theory says of the same lag, from {claim.rests_on}."
    else:
        bound = f"theory to lag {claim.valid_to}: within ×{{{cell}/residual}}"
        explained = (
            f"Theory says nothing of lag {lag}. Of lags 1 to {claim.valid_to} it does, from "
            f"{claim.rests_on}; the number is the largest ratio between the two there."
        )
    return Number(f"{cell}/at", f"{UNROLLED[cell].label} at lag {lag}", bound=bound, help=explained)
