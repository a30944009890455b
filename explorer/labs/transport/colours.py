"""The colours of one picture carried to another, and how far that rests on which pixels were asked.

**Frames**, one for each moment of the way: ``picture`` (1, rows, columns, 3) and ``moving`` (k, 2),
the sampled colours as red and blue; scalar ``share``.
**Still**: ``source target`` (1, rows, columns, 3); ``here there`` (k, 2), both samples; scalars
``before after floor``, W2 to the target's colours of source, result and target itself, the mean of
four fresh samples, and ``other``, how far another sample's result is: all in levels of 255;
``clipped``, the share of pixels with a channel that left the cube; ``n``; sentences ``says look``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from explorer.dials import check, dial
from explorer.labs.prose import spoken
from explorer.labs.transport import pictures
from explorer.labs.transport.landscapes import LANDSCAPES, painted
from explorer.runs.frames import Frame
from explorer.transport.colours import ColourMap, colour_map

YOURS = "yours"
PICTURES: Mapping[str, str] = {
    **{name: land.label for name, land in LANDSCAPES.items()},
    YOURS: "your picture",
}
MOMENTS = 16
FEW = 100  # pixels while a hand moves
LEVELS = 255
DRAWS = 4  # of fresh pixels, on each of which a distance is measured
MEASURED = 200  # pixels of each at most
PLANE = [0, 2]  # the channels that are drawn


@dataclass(frozen=True, kw_only=True)
class Colours:
    """Two pictures and a plan between their colours. Raises ValueError with one line."""

    source: str = dial("meadow", "Picture", "The one that is coloured anew.", choices=PICTURES)
    target: str = dial("dusk", "Colours of", "The one whose colours it takes.", choices=PICTURES)
    upload: str = dial("", "Your picture", "Its mark.", longest=pictures.MARK)
    count: int = dial(
        300,
        "Pixels sampled",
        "Of each picture; the plan is between these.",
        low=10,
        high=600,
        offered=(30, 50, 100, 200, 300, 400, 500),
    )
    blur: float = dial(
        0.0,
        "Blur",
        "0: the exact plan. Else Sinkhorn's, as a distance of colours; 1 is black to full red.",
        low=0.0,
        high=1.0,
        offered=(0.0, 0.05, 0.1, 0.2, 0.5, 1.0),
    )
    seed: int = dial(0, "Seed", "Draws the pixels.", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)
        if YOURS in (self.source, self.target) and pictures.kept(self.upload) is None:
            raise ValueError(
                "your picture is not here any more: bring it again"
                if self.upload
                else "there is no picture of yours yet: bring one under the stage"
            )

    def picture(self, name: str) -> np.ndarray:
        """Return one of the pictures, (rows, columns, 3)."""
        found = pictures.kept(self.upload) if name == YOURS else painted(name)
        if found is None:
            raise ValueError("your picture is not here any more: bring it again")
        return found

    @property
    def pixels(self) -> tuple[torch.Tensor, torch.Tensor]:
        """All colours of both pictures, (n, 3)."""
        here, there = (
            torch.tensor(self.picture(name).reshape(-1, 3)) for name in (self.source, self.target)
        )
        return here, there

    def few(self) -> "Colours":
        """The same with fewer pixels, for a hand that moves."""
        return replace(self, count=min(self.count, FEW))

    @cached_property
    def maps(self) -> tuple[ColourMap, ColourMap]:
        """The map that is shown, and that of another sample of as many pixels."""
        here, there = self.pixels
        first, other = (
            colour_map(
                sampled(here, self.count, 8 * self.seed + draw),
                sampled(there, self.count, 8 * self.seed + draw + 1),
                self.blur,
            )
            for draw in (0, 2)
        )
        return first, other

    def frames(self) -> list[Frame]:
        """The picture on its way from its own colours to those it takes."""
        here, _ = self.pixels
        shown, _ = self.maps
        end = shown.carried(here)
        shape = (1, *self.picture(self.source).shape)
        found = []
        for moment in range(MOMENTS + 1):
            share = moment / MOMENTS
            picture = ((1 - share) * here + share * end).clamp(0, 1).reshape(shape)
            moving = (1 - share) * shown.sample + share * shown.moved
            arrays = {"picture": picture.numpy(), "moving": moving[:, PLANE].numpy()}
            found.append(Frame(moment, arrays, {"share": share}))
        return found

    def still(self) -> Frame:
        """Both pictures, the samples, and how near the colours came."""
        here, there = self.pixels
        shown, other = self.maps
        raw = shown.carried(here)
        end, again = raw.clamp(0, 1), other.carried(here).clamp(0, 1)
        many = min(self.count, MEASURED)
        scalars = {
            "n": self.count,
            "before": _apart(here, there, many, self.seed),
            "after": _apart(end, there, many, self.seed),
            "floor": _apart(there, there, many, self.seed),
            "other": LEVELS * float((end - again).square().sum(1).mean().sqrt()),
            "clipped": float(((raw - end).abs() > 0.5 / LEVELS).any(1).double().mean()),
        }
        arrays = {
            "source": self.picture(self.source)[None],
            "target": self.picture(self.target)[None],
            "here": shown.sample[:, PLANE].numpy(),
            "there": sampled(there, self.count, 8 * self.seed + 1)[:, PLANE].numpy(),
        }
        return Frame(0, arrays, scalars, {"says": _says(scalars), "look": _look(self, scalars)})


def sampled(pixels: torch.Tensor, count: int, seed: int) -> torch.Tensor:
    """Return so many of the pixels, none twice; all of them where there are fewer."""
    order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(seed))
    return pixels[order[:count]]


def _apart(one: torch.Tensor, other: torch.Tensor, count: int, seed: int) -> float:
    """Return W2 in levels between fresh samples of two pictures, in the mean of some draws."""
    found = [
        colour_map(
            sampled(one, count, 8 * seed + 4 + 100 * draw),
            sampled(other, count, 8 * seed + 5 + 100 * draw),
        ).distance
        for draw in range(DRAWS)
    ]
    return LEVELS * sum(found) / DRAWS


def _says(scalars: Mapping[str, float]) -> str:
    return (
        f"**{spoken(scalars['before'])} levels before, {spoken(scalars['after'])} after**: how far "
        "its colours are from the other picture's. Two samples of that picture itself are "
        f"{spoken(scalars['floor'])} apart."
    )


def _look(colours: Colours, scalars: Mapping[str, float]) -> str:
    most = (
        "Turn the blur up: each colour goes to the mean of ever more, and all fade."
        if colours.blur
        else "The plan knows colours alone, not hills or sky."
    )
    return f"{most} Other pixels asked, the result is {spoken(scalars['other'], 2)} levels away."
