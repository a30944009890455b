"""Known answers about what noise allows to be said: of bands, and of false winners."""

from functools import cache, partial

from torch import Tensor

from explorer.gans.bands import compare
from explorer.labs.gans.data import DATA
from explorer.labs.gans.standards import measured, measured_now, standard
from explorer.labs.gans.words import LOOKS
from explorer.verify.known import Known

ASKED = ("ring", "grid", "swiss_roll")
FRESH = 40


@cache
def fresh(name: str, number: str) -> Tensor:
    """Values of a number of samples of the data that no band has seen."""
    return measured_now(DATA[name], number, FRESH, seed=1_000).values


def inside(name: str) -> float:
    """The share of fresh values that their bands hold, over all numbers of a data set."""
    data = DATA[name]
    shares = [
        sum(value in standard(data, number) for value in fresh(name, number).tolist()) / FRESH
        for number in measured(data)
    ]
    return sum(shares) / len(shares)


def false_winners(name: str) -> float:
    """How often a winner is named in as many looks at two perfect samplers as a match has."""
    floor = standard(DATA[name], "w1")
    values = measured_now(DATA[name], "w1", 2 * LOOKS, seed=2_000).values.view(LOOKS, 2).tolist()
    found = [compare([one], [other], floor, looks=LOOKS).winner for one, other in values]
    return LOOKS - found.count(None)


BANDS: tuple[Known, ...] = (
    *(
        Known(
            f"{name}: fresh samples inside their bands",
            (0.92, 0.985),
            partial(inside, name),
            f"95 % by ranks; {FRESH} samples, all numbers",
            kind="range",
            slow=True,
        )
        for name in ASKED
    ),
    *(
        Known(
            f"{name}: winners in {LOOKS} looks at two perfect samplers",
            (0.0, 1.0),
            partial(false_winners, name),
            "at least one in 5 % of runs: Bonferroni",
            kind="range",
            slow=True,
        )
        for name in ("grid", "swiss_roll")
    ),
)
