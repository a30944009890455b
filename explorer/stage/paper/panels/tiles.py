"""Small pictures in rows on paper: dark for large values on light paper, or in colour."""

import math
from functools import partial

import numpy as np

from explorer.figures.scene import Tiles
from explorer.stage.paper.colour import ramp
from explorer.stage.paper.layout import heading
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import Box, Paper

GAP = 1  # cells of the pictures between two of them


def make(panel: Tiles, run: Moment) -> Drawn:
    """Return how an array of shape (n, rows, columns), or with three channels, is drawn."""
    return Drawn(partial(_paint, panel))


def _paint(panel: Tiles, paper: Paper, box: Box, moment: Moment) -> None:
    left, top, right, bottom = heading(paper, panel.title, panel.note, box)
    tiles = moment.array(panel.array)
    if tiles is None or tiles.ndim not in (3, 4):
        return
    count, rows, columns = tiles.shape[:3]
    across = min(panel.columns, count)
    down = math.ceil(count / across)
    wide, high = across * (columns + GAP) - GAP, down * (rows + GAP) - GAP
    unit = min((right - left) / wide, (bottom - top) / high)
    left += (right - left - wide * unit) / 2
    colours = ramp([paper.colour("card"), paper.colour("ink")])
    shares = np.nan_to_num((tiles - panel.low) / (panel.high - panel.low or 1.0))
    levels = np.rint(255 * np.clip(shares, 0, 1)).astype(int)
    pictures = colours[levels] if tiles.ndim == 3 else levels.astype(colours.dtype)
    for n, picture in enumerate(pictures):
        x = left + (n % across) * (columns + GAP) * unit
        y = top + (n // across) * (rows + GAP) * unit
        paper.heat(picture, x, y, x + columns * unit, y + rows * unit)
