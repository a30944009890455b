"""What can be measured of the games: of a match at its end, and of two numbers at once."""

import math
from typing import Any

from explorer.labs.gans.settings import GanLab
from explorer.lessons.measures.measure import Measure, scalar
from explorer.runs.experiments import Experiment
from explorer.runs.frames import Frame

SIDES = {"first": "a", "second": "b"}


def _distance(lab: GanLab) -> float:
    """Return how far the chosen game of two numbers is from its equilibrium at the end."""
    from explorer.labs.gans.dirac import games

    portrait = lab.dirac
    return float(portrait.path(games(portrait.gamma)[portrait.game])[-1].norm())


def _pull_ratio(frame: Frame, experiment: Experiment) -> float:
    """Return how strongly the first game pulls, in percent of the second."""
    first, second = (frame.scalars.get(f"{letter}/pull", math.nan) for letter in SIDES.values())
    return 100 * float(first / second) if second else math.nan


def _at_the_end(name: str, says: str, **rest: Any) -> Measure:
    return Measure(page="gans", says=says, run=GanLab.match, of_frame=scalar(name), **rest)


MEASURES: dict[str, Measure] = {
    **{
        f"{side}_held": _at_the_end(
            f"{letter}/held", f"modes held by the {side} game at the end", unit="modes", whole=True
        )
        for side, letter in SIDES.items()
    },
    **{
        f"{side}_slope": _at_the_end(
            f"{letter}/slope_between", f"the slope of the {side} game's judge between the points"
        )
        for side, letter in SIDES.items()
    },
    **{
        f"{side}_pull": _at_the_end(
            f"{letter}/pull", f"how strongly the {side} game's judge pulls on its generator"
        )
        for side, letter in SIDES.items()
    },
    **{
        f"{side}_accuracy": _at_the_end(
            f"{letter}/accuracy",
            f"how often the {side} game's discriminator is right at the end",
            high=1.0,
        )
        for side, letter in SIDES.items()
    },
    **{
        f"{side}_distance": _at_the_end(
            f"{letter}/w1", f"the exact W₁ of the {side} game to the data at the end"
        )
        for side, letter in SIDES.items()
    },
    "pull_ratio": Measure(
        page="gans",
        says="the pull on the first generator, against that on the second",
        unit="%",
        run=GanLab.match,
        of_frame=_pull_ratio,
    ),
    "two_numbers": Measure(
        page="gans", says="the distance from the equilibrium after the last move", of=_distance
    ),
}
