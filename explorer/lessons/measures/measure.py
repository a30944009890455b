"""What a measure is: a name under which lessons ask for a number of one run."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.labs.prose import spoken
from explorer.runs.experiments import Experiment
from explorer.runs.frames import Frame

LARGEST = 10_000  # from which on, and below one in so many, a number is written as a power of ten


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number of the run that a link describes: what it is, its unit, what it may be.

    Either it is computed at once, ``of`` the configuration; or ``of_frame``, the last one of the
    ``run`` that the configuration stands for, and of that run. ``says`` names it within a sentence.
    """

    page: str
    says: str
    unit: str = ""
    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    of: Callable[[Any], float] | None = None
    run: Callable[[Any], Experiment] | None = None
    of_frame: Callable[[Frame, Experiment], float] | None = None

    @property
    def is_live(self) -> bool:
        """Whether a run has to come to its end first."""
        return self.of is None

    def value(self, settings: Any) -> float:
        """Return what it is for a configuration; a run that it is about is run to its end."""
        if self.of is not None:
            return self.of(settings)
        assert self.run is not None
        assert self.of_frame is not None
        last: Frame | None = None
        experiment = self.run(settings)
        for frame in experiment.stream():
            if frame.trouble:
                return math.nan
            last = frame
        return math.nan if last is None else self.of_frame(last, experiment)

    def written(self, value: float) -> str:
        """Return a value with its unit, as a sentence has it."""
        if math.isnan(value):
            return "nothing: the run ended early"
        if math.isinf(value):
            return "infinite"
        if self.whole:
            number = f"{value:,.0f}"
        else:
            number = spoken(value)
        return f"{number} {self.unit}".strip()


def scalar(name: str, times: float = 1.0) -> Callable[[Frame, Experiment], float]:
    """Return what reads a number of a frame, in a unit; NaN where the frame has none."""

    def read(frame: Frame, experiment: Experiment) -> float:
        return times * float(frame.scalars.get(name, math.nan))

    return read
