"""What can be measured of sand that is moved: distances, their slopes, plans and critics."""

import math
from typing import Any

from explorer.labs.transport import Sand
from explorer.lessons.measures.measure import Measure


def _of_line(name: str) -> Any:
    return lambda sand: float(sand.line().still().scalars[name])


def _sliding(name: str) -> Any:
    return lambda sand: abs(float(sand.slide().still().scalars[name]))


def _gap(sand: Sand) -> float:
    """Return how much a drawn critic finds between both piles, in percent of W₁."""
    return 100 * float(sand.guess().still().scalars["share"])


def _dearer(sand: Sand) -> float:
    """Return by how many percent a plan costs more than the cheapest one."""
    found = sand.plane().still().scalars
    return 100 * (float(found["plan"] / found["exact"]) - 1)


def _between_samples(sand: Sand) -> float:
    """Return W₁ between two samples of one distribution, of the largest size."""
    return float(sand.samples().still().scalars["w1/last"])


def _measure(of: Any, says: str, **rest: Any) -> Measure:
    return Measure(page="transport", of=of, says=says, **rest)


MEASURES: dict[str, Measure] = {
    "pile_w1": _measure(_of_line("w1"), "W₁ between the two piles"),
    "slide_js": _measure(_sliding("js/value"), "JS at this distance"),
    "slide_kl": _measure(_sliding("kl/value"), "KL at this distance"),
    "slide_js_slope": _measure(_sliding("js/slope"), "the slope of JS at this distance"),
    "slide_w1_slope": _measure(_sliding("w1/slope"), "the slope of W₁ at this distance"),
    "critic_gap": _measure(
        _gap, "what this critic finds, against W₁", unit="%", low=-math.inf, high=100.0
    ),
    "plan_dearer": _measure(_dearer, "what Sinkhorn's plan costs more than the cheapest", unit="%"),
    "sample_w1": _measure(_between_samples, "W₁ between two samples of one distribution"),
}
