"""Which games play on what data: what every experiment of the GAN lab but two has in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from explorer.dials import again, check, dial, shared
from explorer.gans.distributions import Distribution
from explorer.gans.game import Sampler
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings, Hyperparameters
from explorer.labs.gans.data import (
    DATA,
    DEFAULT_CLOUD,
    DEFAULT_DRAWING,
    LONGEST_CLOUD,
    LONGEST_DRAWING,
    cloud_of,
    data_of,
    strokes_of,
)
from explorer.labs.gans.turning import FIELD_OF_SIDE, Turning

MOST_NUMBERS = 1_024 * 21 * 512 * 12
"""between the layers of a generator in one step: half a gigabyte in each of its buffers"""
NO_FURTHER_GAME = "no further game"


def _own_updates(whose: str) -> Any:
    """The row of one judge's updates where they are not those of all."""
    return again(
        Hyperparameters,
        "critic_steps",
        default=0,
        label=f"{whose} judge's updates",
        help="For each of its generator; 0: as all judges.",
        low=0,
    )


@dataclass(frozen=True, kw_only=True)
class Games(Hyperparameters, Turning):
    """Two to four games on equal data, from an equal seed. Raises ValueError with one line.

    What a match, a population and a slow iteration have in common; the link of the page has it too.
    """

    data: str = dial("ring", "Data", choices=DATA)
    drawing: str = dial(  # what "drawn" is; `data.drawing_text` writes it
        DEFAULT_DRAWING, "Drawing", longest=LONGEST_DRAWING
    )
    cloud: str = dial(  # what "cloud" is; `data.cloud_text` writes it
        DEFAULT_CLOUD, "Points of the data", longest=LONGEST_CLOUD
    )
    given: str = dial(
        "",
        "Points of the generator",
        "It returns these, stands still, and the judge alone learns.",
        longest=LONGEST_CLOUD,
    )
    theta: float = dial(
        1.4, "Distance of the lines", "θ; exact W₁ is |θ|.", low=-4.0, high=4.0, step=0.1
    )
    # the games, in the order of their sides a, b, c, d
    first: str = dial("non_saturating", "First game", choices=OBJECTIVES, live=True)
    second: str = dial("wasserstein_gp", "Second game", choices=OBJECTIVES, live=True)
    third: str = dial("", "Third game", choices=OBJECTIVES, none=NO_FURTHER_GAME, live=True)
    fourth: str = dial("", "Fourth game", choices=OBJECTIVES, none=NO_FURTHER_GAME, live=True)
    first_steps: int = _own_updates("First")
    second_steps: int = _own_updates("Second")
    third_steps: int = _own_updates("Third")
    fourth_steps: int = _own_updates("Fourth")
    conditional: bool = dial(False, "Labels", "Into both networks, where the data has labels.")
    seed: int = again(Hyperparameters, "seed", default=5)

    def __post_init__(self) -> None:
        check(self)
        strokes_of(self.drawing)
        if self.fourth and not self.third:
            raise ValueError("a fourth game needs a third")
        data = self.distribution()
        self._check_given(data)
        if self.conditional and not data.classes:
            raise ValueError(f"{data.spoken}: this data has no labels to condition on")
        for side, _, _ in self.sides():
            _check_size(self.settings(side))
        if self.changes:
            turned: dict[str, Any] = {}
            for _, values in self.turns():
                self._check_all_stay(values)
                turned |= values
                for side, _, _ in self.sides():
                    self.at(turned, side)

    def _check_given(self, data: Distribution) -> None:
        if not self.given:
            return
        if "cloud" not in data.needs:
            raise ValueError("a generator of given points needs given points as its data, 'cloud'")
        ours, theirs = len(cloud_of(self.given)), len(cloud_of(self.cloud))
        if ours != theirs:
            raise ValueError(f"both clouds need as many points: {ours} and {theirs}")
        if self.generator_rate:
            raise ValueError("a generator of given points stands still: its rate must be 0")

    def standing(self) -> Tensor | None:
        """The points of a generator that stands still, (N, 2); None where it learns."""
        return cloud_of(self.given) if self.given else None

    def _check_all_stay(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            field = self._field(name)
            if field in FIELD_OF_SIDE.values() and not (value and getattr(self, field)):
                raise ValueError(f"no game comes or goes while others train: not by {name[:40]!r}")

    def _points(self) -> str:
        """The points of an uploaded table, as text; empty where there is none."""
        return ""

    def distribution(self) -> Distribution:
        """What is learned. ValueError where that needs something that is not here."""
        return data_of(self.data, self.theta, self.drawing, self._points(), self.cloud, self.given)

    def sides(self) -> tuple[tuple[str, str, str], ...]:
        """(letter, title, objective) of each game, in order; equal titles carry their letter."""
        playing = [(s, getattr(self, f)) for s, f in FIELD_OF_SIDE.items() if getattr(self, f)]
        titles = [OBJECTIVES[objective].spoken for _, objective in playing]
        return tuple(
            (side, f"{title} {side.upper()}" if titles.count(title) > 1 else title, objective)
            for (side, objective), title in zip(playing, titles, strict=True)
        )

    def settings(self, side: str) -> GameSettings:
        """The settings of one game before any dial was turned."""
        field = FIELD_OF_SIDE[side]
        own = {
            "objective": getattr(self, field),
            "critic_steps": getattr(self, f"{field}_steps") or self.critic_steps,
            "classes": self.distribution().classes if self.conditional else 0,
        }
        return GameSettings(**shared(self, GameSettings) | own)

    def sampler(self) -> Sampler:
        """What the games draw real points from, with labels where they are conditional."""
        data = self.distribution()
        return data.sample_labelled if self.conditional else data.sample


def _check_size(settings: GameSettings) -> None:
    rows = (settings.critic_steps + 1) * settings.batch
    numbers = rows * settings.width * settings.depth
    if numbers > MOST_NUMBERS:
        raise ValueError(
            f"a step would hold {numbers / 1e6:,.0f} million numbers; at most "
            f"{MOST_NUMBERS / 1e6:,.0f} fit: make batch, networks or the judge's updates smaller"
        )
