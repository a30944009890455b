"""How a speed claim is measured: two programs in turns in one process, and the ratio of the two.

Seconds are those of the processor, not of the clock on the wall: for one thread on a core of its
own they are the same, and on a shared machine they still tell what the program costs.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from statistics import median

Action = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One claim. ``ratio`` says how many times better ours is, whether more or less is better.

    ``ours`` and ``other`` are medians in ``unit``; ``ratio`` is the median of the ratios of
    neighbouring measurements, and ``spread`` the distance between the largest and the smallest of
    them as a share of the median. ``against`` names the other program, or says "target".
    """

    name: str
    ours: float
    other: float
    against: str
    unit: str
    ratio: float
    spread: float

    def as_json(self) -> dict[str, object]:
        """The row as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Effort:
    """How much is measured: turns of each program, and seconds of each turn."""

    turns: int
    seconds: float


FULL, QUICK = Effort(7, 0.6), Effort(3, 0.1)


def rates(action: Action, effort: Effort) -> Callable[[], float]:
    """Return a measurement of how often a second the action can be done, already warmed up."""
    action()
    start, count = time.process_time(), 0
    while count < 2 or time.process_time() - start < effort.seconds / 4:
        action()
        count += 1
    each = (time.process_time() - start) / count
    turn = max(1, round(effort.seconds / each))

    def rate() -> float:
        start = time.process_time()
        for _ in range(turn):
            action()
        return turn / (time.process_time() - start)

    return rate


def side_by_side(
    name: str,
    ours: Action,
    other: Action,
    against: str,
    effort: Effort,
    unit: str = "steps/s",
    work: float = 1.0,
    other_work: float = 1.0,
) -> Row:
    """Measure both in turns; one action of ours does ``work``, one of the other's ``other_work``.

    Units that end in "/s" are rates of work; "ms" is the time of one.
    """
    our_rate, other_rate = rates(ours, effort), rates(other, effort)
    pairs = []
    for turn in range(effort.turns):
        if turn % 2:  # neither is always the one that finds the cache of the other
            theirs, mine = other_rate() * other_work, our_rate() * work
        else:
            mine, theirs = our_rate() * work, other_rate() * other_work
        pairs.append((mine, theirs))
    in_unit = (lambda rate: 1000 / rate) if unit == "ms" else (lambda rate: rate)
    ratios = [mine / theirs for mine, theirs in pairs]
    return Row(
        name,
        ours=in_unit(median(mine for mine, _ in pairs)),
        other=in_unit(median(theirs for _, theirs in pairs)),
        against=against,
        unit=unit,
        ratio=median(ratios),
        spread=spread(ratios),
    )


def to_target(name: str, values: list[float], target: float, unit: str) -> Row:
    """Hold measured values against a target: a rate or count ("/s", "of") to reach, else a limit.

    ValueError where there are none.
    """
    if not values:
        raise ValueError(f"nothing was measured for {name}")
    ours = median(values)
    more_is_better = unit.endswith("/s") or unit.startswith("of ")
    ratio = ours / target if more_is_better else target / max(ours, 1e-9)
    return Row(
        name=name,
        ours=ours,
        other=target,
        against="target",
        unit=unit,
        ratio=ratio,
        spread=spread(values),
    )


def to_floor(name: str, values: list[float], floor: float, against: str, unit: str) -> Row:
    """Hold measured values against what the barest thing does, as `to_target` does a target."""
    return replace(to_target(name, values, floor, unit), against=against)


def spread(values: list[float]) -> float:
    """The range of the values as a share of their median; 0 for a median of 0."""
    middle = median(values)
    return (max(values) - min(values)) / abs(middle) if middle else 0.0
