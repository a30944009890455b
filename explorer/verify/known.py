"""A known answer: what should come out, where that is written, and the measurement that is held
against it.

Expected values come from closed forms, papers and other implementations, never from this code.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["abs", "rel", "range"]


@dataclass(frozen=True)
class Known:
    """One known answer.

    ``kind`` says what the tolerance is: an absolute or a relative distance from ``expected``; or
    ``expected`` is a pair, and the measured value must lie between the two. ``slow`` marks a
    measurement of more than two seconds.
    """

    what: str
    expected: float | tuple[float, float]
    measure: Callable[[], float]
    source: str
    tolerance: float = 0.0
    kind: Kind = "abs"
    slow: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.expected, tuple) != (self.kind == "range"):
            raise ValueError(f"a range, and nothing else, has two expected values: {self.what!r}")
        if self.tolerance < 0 or (self.kind == "range" and self.tolerance):
            raise ValueError(f"the tolerance of {self.what!r} cannot be {self.tolerance:g}")

    def holds(self, measured: float) -> bool:
        """Whether a measured value is what was expected; NaN never is."""
        if isinstance(self.expected, tuple):
            low, high = self.expected
            return low <= measured <= high
        room = self.tolerance * (abs(self.expected) if self.kind == "rel" else 1.0)
        return abs(measured - self.expected) <= room


@dataclass(frozen=True)
class Verdict:
    """What came of one known answer; ``trouble`` is the reason why nothing was measured."""

    room: str
    known: Known
    measured: float
    seconds: float
    trouble: str = ""

    @property
    def holds(self) -> bool:
        """Whether the answer is as expected."""
        return not self.trouble and self.known.holds(self.measured)

    def row(self) -> dict[str, object]:
        """The verdict as plain JSON values."""
        known = self.known
        return {
            "room": self.room,
            "what": known.what,
            "expected": known.expected,
            "measured": self.measured if math.isfinite(self.measured) else None,
            "tolerance": known.tolerance,
            "kind": known.kind,
            "source": known.source,
            "holds": self.holds,
            "trouble": self.trouble,
            "seconds": round(self.seconds, 3),
        }


def judge(room: str, known: Known) -> Verdict:
    """Measure one known answer. Whatever goes wrong in it is its own failure and nobody else's."""
    start = time.monotonic()
    try:
        measured, trouble = float(known.measure()), ""
    except Exception as error:
        measured, trouble = math.nan, f"{type(error).__name__}: {' '.join(str(error).split())}"
    return Verdict(room, known, measured, time.monotonic() - start, trouble=trouble)
