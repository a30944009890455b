"""Two games on one small problem: a plan of yours from above, a critic of yours from below.

**Still**: ``source target`` (k,), the piles as bars; ``plan`` (k, k), as it is filled in;
``place``, ``yours``, the function as it was drawn, ``critic``, what of it has slope 1, and
``optimal``, a best one, once yours is as good; scalars ``cost w1 gap share off``, each in units of
the whole pile, ``off`` in grains; sentences ``says missing``. One empty frame.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.labs.prose import listing, spoken
from explorer.labs.transport.shapes import heights_of
from explorer.runs.frames import Frame
from explorer.transport.duality import gap_of, made_lipschitz, surplus
from explorer.transport.measures import Measure
from explorer.transport.stairs import transport_on_line

BINS = 5
GRAINS = 10
REACH = 4.0  # of the drawn function, either way
SOURCE = torch.tensor([5.0, 3, 2, 0, 0], dtype=torch.float64)
TARGET = torch.tensor([1.0, 0, 2, 3, 4], dtype=torch.float64)
PLACES = torch.arange(BINS, dtype=torch.float64)
ENTRY = re.compile(r"([1-5]),([1-5]):(-?\d+(?:\.\d+)?)")
START = "1,5:4;1,4:1;2,4:2;2,1:1;3,3:2"  # a plan, and not a cheap one
EXACT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A plan and a critic as somebody guesses them. Raises ValueError with one line."""

    plan: str = dial(
        START,
        "Your plan",
        "How many of the ten grains go from bin to bin: '1,5:4' sends four from the first to the "
        "fifth. Or turn the numbers in the table.",
        longest=400,
    )
    critic: str = dial(
        "0 2 1 1 0",
        "Your critic",
        "Its value at each of the five places. Or draw it in the picture.",
        longest=120,
    )

    def __post_init__(self) -> None:
        check(self)
        self.table, self.drawn  # noqa: B018  # what both must be

    @cached_property
    def table(self) -> torch.Tensor:
        """The plan as a table of grains, source by target."""
        table = torch.zeros(BINS, BINS, dtype=torch.float64)
        for word in filter(None, re.split(r"[;\s]+", self.plan)):
            entry = ENTRY.fullmatch(word)
            if not entry:
                raise ValueError(f"plan must read '1,5:4;2,4:2', not {word[:20]!r}")
            value = float(entry[3])
            if not 0 <= value <= GRAINS:
                raise ValueError(f"plan must send 0 to {GRAINS} grains, not {value:g}")
            table[int(entry[1]) - 1, int(entry[2]) - 1] = value
        return table

    @cached_property
    def drawn(self) -> torch.Tensor:
        """The function as it was drawn."""
        values = heights_of("critic", self.critic)
        if len(values) != BINS:
            raise ValueError(f"critic must have {BINS} values, not {len(values)}")
        if not np.isfinite(values).all() or np.abs(values).max() > 1e6:
            raise ValueError("critic must be of numbers up to a million")
        return torch.tensor(values)

    def still(self) -> Frame:
        """What both guesses are worth, and what the best ones are."""
        best = transport_on_line(_measure(SOURCE), _measure(TARGET))
        w1 = best.cost
        ways = (PLACES[:, None] - PLACES).abs()
        critic = made_lipschitz(self.drawn, PLACES)
        gap = gap_of(critic, SOURCE, TARGET) / GRAINS
        rows, columns = surplus(self.table, SOURCE, TARGET)
        off = float(rows.abs().sum() + columns.abs().sum())
        cost = float((self.table * ways).sum()) / GRAINS
        met = gap > w1 - EXACT  # then all best ones may be seen; before, it would be no game
        optimal = best.kantorovich_potential(PLACES[:, None]) if met else PLACES * math.nan
        scalars = {
            "w1": w1,
            "gap": gap,
            "share": gap / w1,
            "cost": cost if off < EXACT else math.nan,
            "off": off,
        }
        arrays = {
            "source": SOURCE.numpy(),
            "target": TARGET.numpy(),
            "plan": self.table.numpy(),
            "place": PLACES.numpy(),
            "yours": self.drawn.numpy(),
            "critic": critic.numpy(),
            "optimal": (optimal - optimal.mean() + critic.mean()).numpy(),
        }
        sentences = {"says": _says(scalars, self), "missing": _missing(rows, columns, scalars)}
        return Frame(0, arrays, scalars, sentences)


def _measure(pile: torch.Tensor) -> Measure:
    held = pile > 0
    return Measure(PLACES[held, None], pile[held] / GRAINS)


def _missing(rows: torch.Tensor, columns: torch.Tensor, scalars: dict[str, float]) -> str:
    """Say what the table lacks to be a plan, or how far it is from the cheapest one."""
    faults = []
    for what, line in (("row", rows), ("column", columns)):
        for k, more in enumerate(line.tolist(), 1):
            if abs(more) > EXACT:
                word = "too many" if more > 0 else "missing"
                faults.append(f"{what} {k}: {spoken(abs(more))} {word}")
    if faults:
        return f"**No plan yet.** {listing(faults)}."
    cost, w1 = scalars["cost"], scalars["w1"]
    if cost - w1 < EXACT:
        return f"**A cheapest plan:** {spoken(cost)} a grain. None costs less than W₁."
    return (
        f"**Your plan costs {spoken(cost)} a grain**, the cheapest {spoken(w1)}: no critic can "
        "earn more than either."
    )


def _says(scalars: dict[str, float], guess: Guess) -> str:
    steep = float(guess.drawn.diff().abs().max())
    cut = f" Your slope of {spoken(steep)} was cut to 1." if steep > 1 + EXACT else ""
    if scalars["share"] > 1 - EXACT:
        return (
            f"**Your critic is a best one:** its gap is W₁ = {spoken(scalars['w1'])}. No function "
            f"of slope 1 does better.{cut}"
        )
    return (
        f"**Your critic's gap is {spoken(scalars['gap'])}**, {spoken(100 * scalars['share'], 3)} % "
        f"of W₁ = {spoken(scalars['w1'])}.{cut} Let it fall from where the source lies to where "
        "the target does."
    )
