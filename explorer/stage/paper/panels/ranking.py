"""Horizontal bars with names on paper: what is most likely, from the top down."""

import math
from functools import partial

from explorer.figures.scene import Ranking
from explorer.stage.paper.format import NOTHING, number
from explorer.stage.paper.layout import heading
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.phrases import fixed
from explorer.stage.paper.sheet import TEXT, Box, Paper

ROW = 24.0  # px


def make(panel: Ranking, run: Moment) -> Drawn:
    """Return how bars with names are drawn."""
    return Drawn(partial(_paint, panel), height=24 + 5 * 22.0)


def _paint(panel: Ranking, paper: Paper, box: Box, moment: Moment) -> None:
    left, top, right, bottom = heading(paper, panel.title, panel.note, box)
    values = moment.array(panel.values)
    if values is None or not len(values):
        return
    indices = moment.array(panel.indices) if panel.indices else None
    row = min(ROW, (bottom - top) / len(values))
    full = max(1.0, float(values.max()))
    for i, value in enumerate(values.tolist()):
        which = i if indices is None else round(float(indices[i]))
        name = panel.names[which] if which < len(panel.names) else NOTHING
        y = top + (i + 0.5) * row
        paper.text(left + 11, y, name, 15, anchor="mm", face="mono")
        start, end = left + 34, right - 62
        paper.box(start, y - 5, end, y + 5, "line", 5)
        paper.box(start, y - 5, start + (end - start) * value / full, y + 5, panel.role, 5)
        paper.text(right, y, number(value) if full > 1 else _share(value), TEXT, anchor="rm")


def _share(value: float) -> str:
    """Return a probability in percent, with one digit more where it is small."""
    if not math.isfinite(value):
        return NOTHING
    if 0 < value < 0.0005:
        return "< 0.1 %"
    return f"{fixed(100 * value, 1 if value < 0.0995 else 0)} %"
