"""What one tick of a match is: the common clock of games whose steps are unequal work."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """What is equal at every tick."""

    label: str

    equal: str
    """what each game gets as much of"""

    unequal: str
    """the end of a sentence on judges that train unequally often"""

    cost: Callable[[float, float], float]
    """(updates of both players, 10⁹ multiply-adds) of one step -> what the step costs"""


CLOCKS: dict[str, Clock] = {
    "generator": Clock(
        "generator",
        "steps of the generator",
        ": equal steps of the generator are unequal work here.",
        lambda updates, work: 1.0,
    ),
    "updates": Clock(
        "updates",
        "updates of both players",
        "; a tick gives each game equally many updates.",
        lambda updates, work: updates,
    ),
    "time": Clock(
        "compute",
        "arithmetic",
        "; a tick gives each game equally much arithmetic.",
        lambda updates, work: work,
    ),
}
