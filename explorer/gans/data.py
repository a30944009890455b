"""What a data set is: how its points are drawn, what it is called, and what is known of it.

Shapes: n points of D coordinates, K modes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float32
from torch import Tensor

Extent = tuple[float, float, float, float]  # x0, x1, y0, y1 of a picture that shows it all
LogDensity = Callable[[Tensor, float], Tensor]
"""(points, blur) -> log p at the points, of shape (n,) and in float64"""
Draw = Callable[[int, torch.Generator], Tensor | tuple[Tensor, Tensor]]
"""(n, rng) -> n points, Float32[Tensor, "n D"], and the label of each where there are classes"""
Kind = Literal["line", "plane", "image"]
Need = Literal["theta", "drawing", "points", "cloud", "given"]

KINDS: Mapping[int, Kind] = {1: "line", 2: "plane", 64: "image"}
"""Where points of so many coordinates lie; 64 are the pixels of 8 × 8."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Distribution:
    """A distribution, and what is known about its modes, labels and density, if it has them.

    A distribution with modes is an equal mixture of round Gaussians around `modes` with standard
    deviation `sigma`. A point within `reach` of a centre belongs to that mode, and a mode counts
    as held when at least `held_fraction` of its fair share 1/K of the points belong to it.

    ``draw`` is a function of its module, or a `functools.partial` of one with all that it is given,
    so that a script can quote it. ValueError with one line for what does not go together.
    """

    name: str  # in links
    label: str  # in menus
    spoken: str = ""  # in a sentence; the label where nothing else is said
    source: str  # author, year
    formula: str  # how a point comes about, in LaTeX
    draw: Draw
    extent: Extent
    modes: Float32[Tensor, "K D"] | None = None
    sigma: float | None = None
    reach: float | None = None
    held_fraction: float | None = None
    log_density: LogDensity | None = None  # None where no formula gives it
    classes: int = 0  # labels go from 0 up to this
    shares: tuple[float, ...] = ()  # of each label; equal where nothing is said
    dimensions: int = 2
    cdf: Callable[[Tensor], Tensor] | None = None  # on a line
    needs: tuple[Need, ...] = ()
    """the settings that say what it is; without them it is one example of itself"""
    made_with: "Callable[..., Distribution] | None" = None
    """the same data set with these settings, by keyword"""

    def __post_init__(self) -> None:
        if self.classes and not self.shares:
            object.__setattr__(self, "shares", (1 / self.classes,) * self.classes)
        if len(self.shares) != self.classes:
            raise ValueError(
                f"{self.name!r} must have a share of each of its {self.classes} labels"
            )
        if not self.spoken:
            object.__setattr__(self, "spoken", self.label)
        if self.dimensions not in KINDS:
            known = ", ".join(map(str, KINDS))
            raise ValueError(
                f"{self.name!r} must have {known} coordinates a point, not {self.dimensions}"
            )
        if self.kind == "line" and (self.log_density is None or self.cdf is None):
            raise ValueError(f"{self.name!r} lies on a line and needs log_density and cdf")
        if bool(self.needs) != (self.made_with is not None):
            raise ValueError(f"distribution {self.name!r} needs needs and made_with together")
        self._check_modes()

    def _check_modes(self) -> None:
        known = [self.modes, self.sigma, self.reach, self.held_fraction]
        if any(part is None for part in known) and any(part is not None for part in known):
            raise ValueError(
                f"distribution {self.name!r} needs modes, sigma, reach and held_fraction together"
            )
        if self.modes is not None and self.reach is not None and len(self.modes) > 1:
            nearest = float(torch.pdist(self.modes).min())
            if not self.reach < nearest / 2:
                raise ValueError(
                    f"reach of {self.name!r} must be less than {nearest / 2:.4g}, "
                    f"half of the way between two modes, not {self.reach:g}"
                )

    @property
    def kind(self) -> Kind:
        """Where its points lie."""
        return KINDS[self.dimensions]

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        """n points, one a row."""
        drawn = self.draw(n, rng)
        return drawn[0] if isinstance(drawn, tuple) else drawn

    def sample_labelled(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """The same n points with the label of each. ValueError where there are no labels."""
        drawn = self.draw(n, rng)
        if not isinstance(drawn, tuple):
            raise ValueError(f"distribution {self.name!r} has no labels")
        return drawn

    def given(self, **settings: Any) -> "Distribution":
        """The data set with what it needs of these settings; itself where it needs nothing."""
        if self.made_with is None:
            return self
        return self.made_with(**{need: settings[need] for need in self.needs})
