"""What is read, on paper: one chip a frame, tinted by an array."""

from functools import partial

import numpy as np

from explorer.figures.scene import Tokens
from explorer.stage.paper.colour import ink_on, ramp_of, written
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.registry import registered
from explorer.stage.paper.sheet import Box, Paper

STRONGEST = 0.78  # share of the full colour at the largest magnitude
LEAST, MOST = 26.0, 76.0  # px of width


def make(panel: Tokens, run: Moment) -> Drawn:
    """Return how what is read is drawn; as much of it as there is room for."""
    return Drawn(partial(_paint, panel), height=42.0)


def _paint(panel: Tokens, paper: Paper, box: Box, moment: Moment) -> None:
    """Draw the chips around the present one, tinted, underlined and framed."""
    left, top, right, bottom = box
    widest = max((paper.measure(token, 17, "mono") for token in panel.tokens), default=10.0)
    least = max(LEAST, widest + 8)
    fitting = max(1, min(len(panel.tokens), int((right - left) / least)))
    first = min(max(0, moment.index - fitting // 2), len(panel.tokens) - fitting)
    wide = min(MOST, (right - left) / fitting)
    tints = _tints(paper, panel, moment)
    marks = moment.array(panel.marks) if panel.marks else None
    span = range(moment.select.get(f"{panel.span}_first", 0), _after(panel, moment))
    for place, i in enumerate(range(first, first + fitting)):
        x = left + place * wide
        ink = "#ffffff" if ink_on(tints[i]) == "#ffffff" else "#000000"  # 4.5:1 on any tint
        paper.box(x + 1, top, x + wide - 1, bottom, tints[i], 6, "line")
        if i in span:
            paper.box(x, top, x + wide, bottom, tints[i], 2, "accent", 1.5)
        if i == moment.index:
            paper.box(x, top, x + wide, bottom, tints[i], 6, "accent", 3)
        middle = (x + wide / 2, (top + bottom) / 2)
        paper.text(*middle, panel.tokens[i], 17, ink, "mm", "mono")
        if marks is not None and i < len(marks) and marks[i]:
            paper.line([(x + 6, bottom - 6), (x + wide - 6, bottom - 6)], ink, 2.5)


def _after(panel: Tokens, moment: Moment) -> int:
    """Return the index after the chosen span; 0 without one."""
    last = moment.select.get(f"{panel.span}_last") if panel.span else None
    return 0 if last is None else last + 1


def _tints(paper: Paper, panel: Tokens, moment: Moment) -> list[str]:
    """Return the colour of every chip."""
    sources = {"frame": _of_frame, "frames": _of_frames}
    values = np.zeros(len(panel.tokens))
    registered(sources, panel.of, "source of a tint")(panel, moment, values)
    shares = STRONGEST * values / max(1e-12, float(np.abs(values).max(initial=0)))
    colours = ramp_of(paper.palette, "signed", "")
    return [written(colour) for colour in colours[np.rint(127.5 + 127.5 * shares).astype(int)]]


def _of_frame(panel: Tokens, moment: Moment, values: np.ndarray) -> None:
    """Put in the entries of the present frame."""
    present = moment.array(panel.array)
    if present is not None:
        count = min(len(present), len(values))
        values[:count] = np.nan_to_num(present[:count])


def _of_frames(panel: Tokens, moment: Moment, values: np.ndarray) -> None:
    """Put in the selected entry of every frame."""
    at = moment.place_of(panel.select) if panel.select else 0
    for index, frame in zip(moment.indices, moment.frames, strict=True):
        array = frame.arrays.get(panel.array)
        if array is not None and index < len(values) and 0 <= at < len(array):
            values[index] = np.nan_to_num(array[at])
