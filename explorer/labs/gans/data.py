"""Which data a match learns, found by name: built in, drawn on the page, or uploaded.

A drawing travels in the link as text: strokes separated by ";", their corners by blanks, x and y in
hundredths by a comma, ``"-120,35 -110,40;0,0 10,10"``. A cloud of a few points travels
there as base64 of whole numbers of 16 bits, x and y in 1/4,096. A table's points travel to the
process that trains as base64 of 16-bit floats, its labels as bytes.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from explorer.gans.data import Distribution, Need
from explorer.gans.distributions import DISTRIBUTIONS, stratified
from explorer.gans.drawn import BANDWIDTH, LINE_BANDWIDTH, around, atoms, drawn, points_of_strokes
from explorer.gans.images import IMAGES
from explorer.gans.line_mixtures import LINE_MIXTURES
from explorer.gans.table import Table

LONGEST_DRAWING = 1_900  # characters: a link carries it
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


def points_text(table: Table) -> str:
    """The points of a table for the process that trains: "D:points", or "D:points:K:labels"."""
    dimensions = table.points.shape[1]
    parts = [str(dimensions), _packed(table.points.numpy().astype("<f2"))]
    if table.labels is not None:
        parts += [str(len(table.classes)), _packed(table.labels.numpy().astype("<u1"))]
    return ":".join(parts)


def points_of(text: str) -> tuple[torch.Tensor, torch.Tensor | None, int]:
    """The points of such a text, (N, D), their labels and how many there are of these.

    ValueError for any other text.
    """
    try:
        dimensions, points, *labelled = text.split(":")
        if dimensions not in ("1", "2") or len(labelled) not in (0, 2):
            raise ValueError
        numbers = np.frombuffer(base64.b64decode(points, validate=True), "<f2")
        found = torch.from_numpy(numbers.astype(np.float32).reshape(-1, int(dimensions)))
        if not labelled:
            return found, None, 0
        codes = np.frombuffer(base64.b64decode(labelled[1], validate=True), "<u1")
        labels, classes = torch.from_numpy(codes.astype(np.int64)), int(labelled[0])
        if len(labels) != len(found) or not 0 <= int(labels.max()) < classes:
            raise ValueError
    except (binascii.Error, ValueError, RuntimeError):
        raise ValueError("points must be those of an uploaded table") from None
    return found, labels, classes


def _packed(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


LONGEST_CLOUD = 1_600  # characters
MOST_GIVEN = 300  # points, so that a link holds two clouds
FEWEST_GIVEN = 10  # points: fewer have no five neighbours to be measured by
GRID = 4_096  # places of a coordinate between two whole numbers
FARTHEST_GIVEN = 7.9


def cloud_text(points: torch.Tensor) -> str:
    """Points of the plane, (N, 2), as the text of a link; `cloud_of` reads it to 1/8,192.

    ValueError, one sentence, for too few, too many, and points too far out.
    """
    count = len(points)
    if not FEWEST_GIVEN <= count <= MOST_GIVEN:
        raise ValueError(
            f"a link holds clouds of {FEWEST_GIVEN} to {MOST_GIVEN} points, not {count:,}"
        )
    if not float(points.abs().max()) <= FARTHEST_GIVEN:
        raise ValueError(f"a link holds points up to {FARTHEST_GIVEN:g} from the middle")
    numbers = (points.double() * GRID).round().numpy().astype("<i2")
    return base64.urlsafe_b64encode(numbers.tobytes()).decode().rstrip("=")


def cloud_of(text: str) -> torch.Tensor:
    """The points of such a text, (N, 2). ValueError, one sentence, for any other text."""
    try:
        numbers = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = np.frombuffer(numbers, "<i2").astype(np.float32).reshape(-1, 2) / GRID
    except (binascii.Error, ValueError):
        raise ValueError("a cloud must be points as the transport lab writes them") from None
    if not FEWEST_GIVEN <= len(found) <= MOST_GIVEN:
        raise ValueError(f"a cloud needs {FEWEST_GIVEN} to {MOST_GIVEN} points, not {len(found)}")
    return torch.from_numpy(found)


_TURN = torch.arange(24, dtype=torch.float64) * 0.55
DEFAULT_CLOUD = cloud_text(0.15 * _TURN[:, None] * torch.stack([_TURN.cos(), _TURN.sin()], 1))

TWO_POINTS = "2:AAAAAAA8ADw=:2:AAE="
"""Stands for a table that is not here, so that its link can be opened all the same: with labels,
for its games may be conditional."""


def _of_drawing(drawing: str) -> Distribution:
    """What a drawing shows. ValueError, one sentence, where that is nothing."""
    found = drawn(points_of_strokes(strokes_of(drawing)))
    return replace(found, needs=("drawing",), made_with=_of_drawing)


def _of_points(points: str) -> Distribution:
    """What an uploaded table holds. ValueError, one sentence, where there is none."""
    if not points:
        raise ValueError("there is no table yet: upload one")
    given, labels, classes = points_of(points)
    dimensions = given.shape[1]
    found = drawn(
        given,
        bandwidth=LINE_BANDWIDTH if dimensions == 1 else BANDWIDTH,
        name="csv",
        label="your table",
        spoken="uploaded table",
        dimensions=dimensions,
        labels=labels,
        classes=classes,
    )
    return replace(found, needs=("points",), made_with=_of_points)


def _of_cloud(cloud: str, given: str) -> Distribution:
    """What given points are, in a picture that holds a generator's points as well, if there are.

    ValueError, one sentence, where there are none.
    """
    points = cloud_of(cloud)
    both = torch.cat([points, cloud_of(given)]) if given else points
    needs: tuple[Need, ...] = ("cloud", "given")
    return replace(atoms(points), extent=around(both, BANDWIDTH), needs=needs, made_with=_of_cloud)


DATA: Mapping[str, Distribution] = {
    **DISTRIBUTIONS,
    **LINE_MIXTURES,
    **IMAGES,
    "drawn": _of_drawing(DEFAULT_DRAWING),
    "csv": _of_points(TWO_POINTS),
    "cloud": _of_cloud(DEFAULT_CLOUD, ""),
}
"""Every data set by the name that a link has for it, in the order of the menus."""


@lru_cache(maxsize=32)
def data_of(
    data: str, theta: float, drawing: str, points: str, cloud: str = DEFAULT_CLOUD, given: str = ""
) -> Distribution:
    """The distribution of a match; what does not belong to its name is not looked at.

    ValueError, one sentence, for an unknown name and for a drawing or table without points.
    """
    if data not in DATA:
        raise ValueError(f"unknown data {data[:40]!r}; choose from {', '.join(map(repr, DATA))}")
    return DATA[data].given(theta=theta, drawing=drawing, points=points, cloud=cloud, given=given)


def reference_points(data: Distribution, count: int = SHOWN) -> torch.Tensor:
    """The data points of every picture, equally many of each mode where there are any."""
    rng = torch.Generator().manual_seed(0)
    if data.modes is None:
        return data.sample(count, rng)
    return stratified(data, count, rng)
