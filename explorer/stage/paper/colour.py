"""Colours as numbers, and the scales of heat maps."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.stage.paper.registry import registered

Colour = tuple[int, int, int]

VIRIDIS = (
    "#440154", "#482878", "#3e4a89", "#31688e", "#26828e",
    "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
)  # fmt: skip  # Smith and van der Walt (2015), ten samples


@functools.lru_cache(maxsize=256)
def channels(colour: str) -> Colour:
    """Return red, green and blue of "#rrggbb", 0 to 255."""
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def written(rgb: Sequence[float] | np.ndarray) -> str:
    """Return "#rrggbb" of red, green and blue, 0 to 255."""
    return "#" + bytes(np.rint(rgb).astype(np.uint8)).hex()


def lightness(colour: str) -> float:
    """Return the perceived lightness, 0 (black) to 1 (white)."""
    red, green, blue = channels(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def ink_on(colour: str) -> str:
    """Return nearly black or white, whichever has more contrast (WCAG 2.1) with a colour."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in channels(colour))
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#10151c" if light > 0.196 else "#ffffff"


def ramp(stops: Sequence[str]) -> np.ndarray:
    """Return 256 colours between given ones, (256, 3) bytes."""
    at = np.linspace(0, len(stops) - 1, 256)
    table = np.array([channels(stop) for stop in stops], float)
    found = [np.interp(at, range(len(stops)), table[:, c]) for c in range(3)]
    return np.rint(np.stack(found, 1)).astype(np.uint8)


def ramp_of(palette: Mapping[str, str], scale: str, role: str) -> np.ndarray:
    """Return the ramp of a scale, (256, 3) bytes.

    It is "diverging" (low, card, high), "signed" (negative, card, positive), "sequential", or
    "role" (card to role).
    """
    if scale == "sequential":
        return ramp(VIRIDIS)
    scales = {
        "diverging": ("low", "card", "high"),
        "signed": ("negative", "card", "positive"),
        "role": ("card", role),
    }
    names = registered(scales, scale, "scale")
    return ramp([registered(palette, name, "role") for name in names])
