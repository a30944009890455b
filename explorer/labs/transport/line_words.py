"""What is said of two piles on a line: what the cheapest plan costs, and how one knows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.labs.prose import spoken


def says(scalars: Mapping[str, float], order: int) -> str:
    """Say what it costs, that nothing is cheaper, and what the densities say beside."""
    name, value = ("W₁", scalars["w1"]) if order == 1 else ("W₂", scalars["w2"])
    if scalars["moved"] == 0:
        told = f"**{name} = 0:** both piles are one, and nothing has to be moved."
    elif order == 1:
        told = (
            f"**W₁ = {spoken(value)}** is the cost of the cheapest plan, the area between the two "
            "curves, and the best critic's gap."
        )
    else:
        told = (
            f"**W₂ = {spoken(value)}** is the root of {spoken(scalars['cost'])}: what the cheapest "
            "plan costs and what both potentials are worth."
        )
    return f"{told} {_overlap(scalars)}"


def _overlap(scalars: Mapping[str, float]) -> str:
    if scalars["tv"] > 1 - 1e-12:
        return (
            "Nothing overlaps: JS stays at log 2, TV at 1, KL is infinite, however far apart they "
            "are."
        )
    kl = scalars["kl"]
    infinite = "infinite" if math.isinf(kl) else spoken(kl)
    return f"{spoken(100 * (1 - scalars['tv']), 2)} % of the sand overlaps; KL is {infinite}."


@dataclass(frozen=True)
class Looks:
    """What to look for while the sand travels."""

    distance: float
    cost: float
    order: int

    def at(self, moment: int, last: int, spent: float, there: float) -> str:
        """Say what has been spent at a moment of the journey."""
        if moment == 0:
            return (
                "Draw on either pile, or drag θ. Press the space bar: the sand goes its way, and "
                "the cost adds up."
            )
        unit = "mass × way" if self.order == 1 else "mass × way²"
        told = f"{spoken(100 * there, 3)} % has arrived, for {spoken(spent)} ({unit})."
        if moment < last:
            return told
        if self.order == 1:
            return f"{told} That is W₁; no other plan is cheaper."
        return f"{told} Its root is W₂ = {spoken(self.distance)}; no other plan is cheaper."
