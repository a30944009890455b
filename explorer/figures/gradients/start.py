"""How far back an untrained network can feel, as a scene.

How to read it: the axis of norms is logarithmic, so a straight line is exponential decay, and its
slope is the factor per step. A dashed line is theory; where it lies on the measurement the theory
explains it, and the residual says how closely.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.figures import theme
from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Bars,
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
from explorer.gradients import QUANTITIES, UNROLLED
from explorer.labs.gradients import Flow
from explorer.labs.gradients.start import (
    Claim,
    cells_of,
    claims,
    gaps,
    glimpse,
    groups,
    highest,
    lowest,
    marked_lag,
    measure,
)
from explorer.runs.answers import Answer

WIDE = Grid(
    ("minmax(0, 1fr)", "minmax(260px, 0.42fr)"),
    ("minmax(0, 1fr)", "auto", "auto"),
    ("norms factors", "says look", "numbers look"),
)
NARROW = Grid(("minmax(0, 1fr)",), (), ("norms", "says", "numbers", "factors", "look"))
"""Where the norms over the lag stand, their factors, the cards and the words."""
UNEXPLAINED = "Nobody has worked out yet what a step of this cell does on average."


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the measurement that these settings stand for, as a picture; the page's `answer`.

    While a hand moves it may be of fewer seeds, and says so.
    """
    frame, coarse = glimpse(flow) if moving else (measure(flow), "")
    scene = through_time(
        cells_of(flow),
        lowest(frame),
        highest(frame),
        marked_lag(flow),
        claims(flow, frame),
        Reading(
            flow.quantity,
            flow.loss_at == "every" and not QUANTITIES[flow.quantity].directions,
            gaps(flow),
            flow.precision == "float32",
            length=flow.length,
        ),
    )
    return Answer(as_json(scene), [frame], coarse=coarse)


@dataclass(frozen=True)
class Reading:
    """What a measurement is of: the quantity, the loss, and of which cells no theory is about it.

    ``gaps`` says what that is which no theory is about. With ``zeros`` a sentence counts them.
    ``length`` is that of the sequences.
    """

    quantity: str = "memory"
    every: bool = False
    gaps: Mapping[str, str] = field(default_factory=dict)
    zeros: bool = False
    length: int = 100

    @property
    def itemised(self) -> bool:
        """Return whether the quantity has parts that add up: bars stand in the second picture."""
        return self.quantity == "weights"

    @property
    def called(self) -> str:
        """Return what cards and axes call the quantity; nothing, where it is the memory's."""
        return "" if self.quantity == "memory" else QUANTITIES[self.quantity].called

    @property
    def lag(self) -> str:
        """Return what the lag is counted from."""
        if self.every:
            return "lag: steps back from the end"
        return "lag: steps back from the loss"


AS_EVER = Reading()


def through_time(
    cells: Sequence[str],
    lowest: float,
    highest: float,
    lag: int,
    claimed: Mapping[str, Claim],
    reading: Reading = AS_EVER,
) -> Scene:
    """Return the scene of one measurement: norms over the lag, theory on them, factors per step.

    Arrays: those of `norms`, and for each cell "<cell>/factor"; scalars those of `numbers`.
    ``lag`` is the one that the number cards read.
    """
    over_lags = norms(cells, lowest, highest, reading)
    at = ", ".join(f"{UNROLLED[cell].label} {{{cell}/at}}" for cell in cells)
    return Scene(
        (
            replace(over_lags, alt=f"{over_lags.alt} At lag {lag}: {at}."),
            shares(cells, reading.length) if reading.itemised else factors(cells),
            numbers(cells, lag, claimed, reading),
            Sentence("says", "says", lines=2 + reading.zeros + 2 * reading.itemised),
            Sentence("look", "look", lead="What to look for.", lines=7),
        ),
        wide=WIDE,
        narrow=NARROW,
        clock="measurement",
        wide_from=LAPTOP,
        alt="Gradient norms through time.",
    )


def norms(cells: Sequence[str], lowest: float, highest: float, reading: Reading = AS_EVER) -> Plot:
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
            label=UNROLLED[cell].legend,
            low=f"{cell}/low",
            high=f"{cell}/high",
        )
        for cell, role in theme.of_cells(cells).items()
    )
    # Over the measurement: where theory holds, it would vanish below the line that it explains.
    claimed = tuple(
        Curve(f"{cell}/theory", "theory", x="lag", width=1.5, dashed=True)
        for cell in cells
        if UNROLLED[cell].has_theory and cell not in reading.gaps
    )
    note = "band: spread over the seeds"
    return Plot(
        area="norms",
        title=QUANTITIES[reading.quantity].title,
        note=f"{note} · dashed: theory, as far as it is claimed" if claimed else note,
        marks=(Rule(1.0), *measured, *claimed),
        x=Axis(0, None, label=reading.lag, whole=True),
        y=Axis(lowest, highest, log=True, label=reading.called),
        alt=f"Norm of {QUANTITIES[reading.quantity].alt} over the lag, on a log axis.",
    )


def factors(cells: Sequence[str]) -> Plot:
    """Return the factor that one more step back puts to the norm, over the lag."""
    curves = tuple(
        Curve(f"{cell}/factor", role, x="lag", label=UNROLLED[cell].legend, width=2.0)
        for cell, role in theme.of_cells(cells).items()
    )
    return Plot(
        area="factors",
        title="Factor per step",
        note="below 1 it fades, above it grows",
        marks=(Rule(1.0), *curves),
        x=Axis(0, None, label="lag", whole=True),
        alt="How much one more step back multiplies the norm.",
    )


def shares(cells: Sequence[str], length: int) -> Plot:
    """Return the itemised gradient of the weights: what each group of lags has of the whole.

    After RNNbow (Cashman et al. 2018), with signs: a bar is Σ ⟨G_k, G⟩ / ‖G‖² over its lags, so
    that those of one cell add up to 1. Arrays "<cell>/share", each cell at its own place.
    """
    apart = len(cells) + 1
    bars = []
    for place, (cell, role) in enumerate(theme.of_cells(cells).items()):
        names = [""] * (len(groups(length)) * apart - 1)
        for group, lags in enumerate(groups(length)):
            last = lags.stop - 1
            names[group * apart + place] = (
                f"{lags.start}" if len(lags) == 1 else f"{lags.start}–{last}"
            )
        bars.append(Bars(f"{cell}/share", role, tuple(names), label=UNROLLED[cell].legend))
    return Plot(
        area="factors",
        title="Share of dL/dW, by lag",
        note="bars of one cell add up to 1",
        marks=(Rule(0.0), *bars),
        x=Axis(None, None, label="lags", whole=True),
        alt="How much of the gradient of the weights each group of lags contributes.",
    )


def numbers(
    cells: Sequence[str], lag: int, claimed: Mapping[str, Claim], reading: Reading = AS_EVER
) -> Numbers:
    """Return what is left of each cell's gradient at one lag, and what theory says of that lag.

    Scalars "<cell>/at"; where a theory is claimed at the lag "<cell>/predicted", and where its
    claim ends before "<cell>/residual", the largest ratio up to that end.
    """
    cards = tuple(_card(cell, lag, claimed.get(cell), reading) for cell in cells)
    return Numbers("numbers", cards)


def _card(cell: str, lag: int, claim: Claim | None, reading: Reading) -> Number:
    if cell in reading.gaps:
        bound, explained = "no theory of it", f"No theory here is about {reading.gaps[cell]}."
    elif claim is None:
        bound, explained = "no theory of this cell yet", UNEXPLAINED
    elif lag < claim.valid_from:
        bound, explained = "theory from lag 2 on", f"From {claim.rests_on}; not of the first step."
    elif lag <= claim.valid_to:
        bound = f"theory: {{{cell}/predicted}}"
        explained = f"What theory says of the same lag, from {claim.rests_on}."
    else:
        bound = f"theory to lag {claim.valid_to}: within ×{{{cell}/residual}}"
        explained = (
            f"Theory says nothing of lag {lag}. Of lags 1 to {claim.valid_to} it does, from "
            f"{claim.rests_on}; the number is the largest ratio between the two there."
        )
    of = f", {reading.called}" if reading.called else ""
    return Number(
        f"{cell}/at", f"{UNROLLED[cell].legend}{of} at lag {lag}", bound=bound, help=explained
    )
