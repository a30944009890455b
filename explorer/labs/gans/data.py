"""Which data a match learns, found by name: built in, drawn on the page, or uploaded.

A drawing travels in the link as text: strokes separated by ";", their corners by blanks, x and y in
hundredths by a comma, ``"-120,35 -110,40;0,0 10,10"``. A table's points travel to the process that
trains as base64 of 16-bit floats.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from explorer.gans.data import Distribution
from explorer.gans.distributions import DISTRIBUTIONS, stratified
from explorer.gans.drawn import Table, drawn, points_of_strokes
from explorer.gans.images import IMAGES
from explorer.gans.line_mixtures import LINE_MIXTURES

LONGEST_DRAWING = 1_900  # characters: a link carries it
MOST_POINTS = 4_096  # of a table, that travel to the process that trains
SHOWN = 512  # points of each game in the picture, and in exact W1

DEFAULT_DRAWING = (
    "-120,0 -104,-60 -60,-104 0,-120 60,-104 104,-60 120,0 104,60 60,104 0,120 -60,104 -104,60"
    " -120,0;-45,35 -35,45;35,45 45,35;-60,-35 -30,-62 0,-70 30,-62 60,-35"
)


def drawing_text(strokes: Sequence[Sequence[Sequence[float]]]) -> str:
    """Strokes of (x, y) as the text of a link; every other corner is dropped until it fits.

    ValueError where even the ends of the strokes do not fit.
    """
    kept = [list(stroke) for stroke in strokes if len(stroke)]
    while True:
        text = ";".join(
            " ".join(f"{round(100 * x)},{round(100 * y)}" for x, y in stroke) for stroke in kept
        )
        if len(text) <= LONGEST_DRAWING:
            return text
        thinner = [[*stroke[:-1:2], stroke[-1]] if len(stroke) > 2 else stroke for stroke in kept]
        if thinner == kept:
            raise ValueError(f"the drawing has {len(kept)} strokes: that is more than a link holds")
        kept = thinner


def strokes_of(text: str) -> list[list[tuple[float, float]]]:
    """The strokes of such a text. ValueError, one sentence, for any other text."""
    if len(text) > LONGEST_DRAWING:
        raise ValueError(
            f"drawing must have at most {LONGEST_DRAWING:,} characters, not {len(text):,}"
        )
    found = []
    for stroke in filter(str.strip, text.split(";")):
        corners = []
        for corner in stroke.split():
            x, comma, y = corner.partition(",")
            if not (comma and _whole(x) and _whole(y)):
                raise ValueError(f"a drawing must read '-120,35 -110,40', not {corner[:20]!r}")
            corners.append((int(x) / 100, int(y) / 100))
        found.append(corners)
    return found


def _whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 5


def in_play(table: Table) -> int:
    """How many points of a table are learned."""
    return min(len(table.points), MOST_POINTS)


def points_text(table: Table) -> str:
    """The points of a table for the process that trains, evenly thinned to 4,096."""
    wanted = in_play(table)
    kept = torch.linspace(0, len(table.points) - 1, wanted, dtype=torch.float64).round().long()
    return base64.b64encode(table.points[kept].numpy().astype("<f2").tobytes()).decode()


def points_of(text: str) -> torch.Tensor:
    """The points of such a text, (N, 2). ValueError for any other text."""
    try:
        numbers = np.frombuffer(base64.b64decode(text, validate=True), "<f2")
        return torch.from_numpy(numbers.astype(np.float32).reshape(-1, 2))
    except (binascii.Error, ValueError):
        raise ValueError("points must be those of an uploaded table") from None


TWO_POINTS = "AAAAAAA8ADw="
"""Stands for a table that is not here, so that its link can be opened all the same."""


def _of_drawing(drawing: str) -> Distribution:
    """What a drawing shows. ValueError, one sentence, where that is nothing."""
    found = drawn(points_of_strokes(strokes_of(drawing)))
    return replace(found, needs=("drawing",), made_with=_of_drawing)


def _of_points(points: str) -> Distribution:
    """What an uploaded table holds. ValueError, one sentence, where there is none."""
    if not points:
        raise ValueError("there is no table yet: upload one with two columns of numbers")
    found = drawn(points_of(points), name="csv", label="your table", spoken="uploaded table")
    return replace(found, needs=("points",), made_with=_of_points)


DATA: Mapping[str, Distribution] = {
    **DISTRIBUTIONS,
    **LINE_MIXTURES,
    **IMAGES,
    "drawn": _of_drawing(DEFAULT_DRAWING),
    "csv": _of_points(TWO_POINTS),
}
"""Every data set by the name that a link has for it, in the order of the menus."""


@lru_cache(maxsize=32)
def data_of(data: str, theta: float, drawing: str, points: str) -> Distribution:
    """The distribution of a match; what does not belong to its name is not looked at.

    ValueError, one sentence, for an unknown name and for a drawing or table without points.
    """
    if data not in DATA:
        raise ValueError(f"unknown data {data[:40]!r}; choose from {', '.join(map(repr, DATA))}")
    return DATA[data].given(theta=theta, drawing=drawing, points=points)


def reference_points(data: Distribution, count: int = SHOWN) -> torch.Tensor:
    """The data points of every picture, equally many of each mode where there are any."""
    rng = torch.Generator().manual_seed(0)
    if data.modes is None:
        return data.sample(count, rng)
    return stratified(data, count, rng)
