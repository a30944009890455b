"""How far off the lines of theory were found to be, at the lags that the number cards read.

A page that measures five networks cannot tell a wrong line from five unusual networks. So the
default view was measured for twelve blocks of five seeds, and what came of that is said beside it;
`python -m explorer verify` measures it again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from explorer.gradients import UNROLLED, norms_through_time, theory_line
from explorer.labs.gradients.settings import Flow
from explorer.labs.gradients.start import marked_lag
from explorer.labs.prose import listing

BLOCKS = 12


@dataclass(frozen=True)
class Held:
    """Theory over measurement at one lag: of the lowest block, typically, and of the highest."""

    lag: int
    low: float
    typical: float
    high: float


HELD = {
    "rnn_tanh": Held(31, 0.94, 1.15, high=1.38),
    "rnn_relu": Held(8, 0.69, 0.96, high=1.26),
    "lstm": Held(50, 0.97, 1.27, high=1.69),
    "gru": Held(50, 0.99, 1.01, high=1.04),
}


@lru_cache(maxsize=len(HELD))
def held(cell: str) -> Held:
    """Return what theory over measurement is in the default view, block after block of its seeds.

    At the lag that the card of the cell reads, or the last one of which the theory says anything.
    """
    settings, ratios, lag = Flow().settings(cell), [], 0
    for block in range(BLOCKS):
        drawn = replace(settings, seed=block * settings.seeds)
        line = theory_line(drawn)
        lag = min(marked_lag(Flow()), line.valid_to)
        ratios.append(float(line.values[lag] / norms_through_time(drawn).memory.typical[lag]))
    typical = math.exp(math.fsum(map(math.log, ratios)) / BLOCKS)
    return Held(lag, min(ratios), typical, high=max(ratios))


def told(cells: Sequence[str] = tuple(HELD)) -> str:
    """Return the findings as a sentence lists them."""
    return listing(
        [
            f"{each.low:.2f} to {each.high:.2f} (typically {each.typical:.2f}) for the "
            f"{UNROLLED[cell].label} at lag {each.lag}"
            for cell, each in ((cell, HELD[cell]) for cell in cells)
        ]
    )
