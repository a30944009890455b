"""What one tick of a training is: the common clock of networks whose updates are unequal work."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """What is equal at every tick, and what an update costs, given its 10⁹ multiply-adds."""

    label: str
    cost: Callable[[float], float]


CLOCKS: dict[str, Clock] = {
    "updates": Clock("updates", lambda work: 1.0),
    "arithmetic": Clock("arithmetic", lambda work: work),
}
