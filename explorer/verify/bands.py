"""Known answers about what noise allows to be said: of bands, and of winners where there are none."""

from functools import cache, partial

import torch
from torch import Tensor

from explorer.gans.bands import compare
from explorer.labs.gans.data import DATA
from explorer.labs.gans.standards import measured, measured_now, standard
from explorer.labs.gans.words import LOOKS
from explorer.verify.draws import rng
from explorer.verify.known import Known

ASKED = ("ring", "grid", "swiss_roll")
FRESH = 40
PAIRS = 2_000


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
    """The share of looks at two perfect samplers, by exact W1, at which one is called ahead."""
    floor, values = standard(DATA[name], "w1"), fresh(name, "w1")
    first, second = torch.randint(len(values), (2, PAIRS), generator=rng(7))
    named = [
        compare([one], [other], floor, looks=LOOKS).winner is not None
        for one, other in zip(values[first].tolist(), values[second].tolist(), strict=True)
    ]
    return sum(named) / PAIRS


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
            f"{name}: looks at two perfect samplers that name a winner",
            (0.0, 0.05 / LOOKS),
            partial(false_winners, name),
            f"Bonferroni: 5 % of runs of {LOOKS} looks",
            kind="range",
            slow=True,
        )
        for name in ASKED
    ),
)
