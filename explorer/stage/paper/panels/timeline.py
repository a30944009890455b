"""A heat map over time on paper: one column a frame, one row an entry of the array."""

import math
from functools import partial

import numpy as np

from explorer.figures.scene import ORDER, Timeline
from explorer.stage.paper.colour import channels, ramp_of
from explorer.stage.paper.format import decade, number
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import TEXT, Box, Paper

MOST_COLUMNS = 1600  # more frames than this share columns
STRIP, HIGH = 34.0, 9.0  # px of the colours in the key


def make(panel: Timeline, run: Moment) -> Drawn:
    """Return how an array of every frame is drawn side by side."""
    return Drawn(partial(_paint, panel))


def _paint(panel: Timeline, paper: Paper, box: Box, moment: Moment) -> None:
    """Draw all frames, the playhead, and the selected row."""
    columns = _samples(panel, moment)
    rows = next((len(column) for column in columns if column is not None), 0)
    blank = np.full(rows, np.nan)
    values = np.stack([blank if column is None else column for column in columns], 1)
    if panel.by_row and rows:
        largest = np.nan_to_num(np.abs(values)).max(axis=1, keepdims=True)
        values = values / np.where(largest > 0, largest, 1)
    low, high = ends(panel, values)
    left, top, right, bottom = _head(paper, panel, box, low, high)
    left += _side(paper, panel, rows, (left, top, right, bottom))
    if not rows:
        return
    order = _order(panel, rows, moment)
    paper.heat(_shades(paper, panel, values[order], low, high), left, top, right, bottom)
    _column(paper, moment, (left, top, right, bottom))
    chosen = moment.place_of(panel.select) if panel.select in moment.select else -1
    if 0 <= chosen < rows:
        _row(paper, order.tolist().index(chosen), rows, (left, top, right, bottom))


def _samples(panel: Timeline, moment: Moment) -> list[np.ndarray | None]:
    """Return one sample of the frames for every column: the last frame that falls into it."""
    span = moment.indices[-1] + 1
    count = min(span, MOST_COLUMNS)
    lasts = -(-np.arange(1, count + 1) * span // count) - 1
    places = np.searchsorted(np.asarray(moment.indices), lasts, side="right") - 1
    arrays = [moment.frames[at].arrays.get(panel.array) if at >= 0 else None for at in places]
    return [None if array is None else np.asarray(array, float) for array in arrays]


def _order(panel: Timeline, rows: int, moment: Moment) -> np.ndarray:
    """Return which row stands first, second, …: as chosen, where that order fits the rows."""
    packed = np.arange(rows)
    chosen = moment.select.get(ORDER, 0)
    name = panel.orders[chosen][1] if chosen < len(panel.orders) else ""
    found = moment.still.arrays.get(name) if name else None
    if found is None:
        return packed
    order = np.asarray(found).astype(int)
    return order if np.array_equal(np.sort(order), packed) else packed


# ------------------------------------------------------------------------------------------- scale


def _round_up(size: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten, so that a scale seldom changes."""
    if not size > 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(size))
    return next(step * unit for step in (1, 2, 5, 10) if step * unit >= size * 0.999)


def ends(panel: Timeline, values: np.ndarray) -> tuple[float, float]:
    """Return the ends of the scale: as the panel says, or as the values of all frames need."""
    if panel.by_row:
        return -1.0, 1.0
    drawn = values[np.isfinite(values) & ((values > 0) | (not panel.log))]
    nothing = (0.1, 1.0) if panel.log else (0.0, 1.0)
    least, most = (float(drawn.min()), float(drawn.max())) if drawn.size else nothing
    if panel.log:
        wanted = 10.0 ** math.floor(math.log10(least)), 10.0 ** math.ceil(math.log10(most))
    elif panel.scale == "diverging":
        size = _round_up(max(abs(least), abs(most)))
        wanted = -size, size
    else:
        wanted = (-_round_up(-least) if least < 0 else 0.0), _round_up(most)
    low = wanted[0] if panel.low is None else panel.low
    high = wanted[1] if panel.high is None else panel.high
    return (high / 10, high) if panel.log and not low < high else (low, high)


def _shades(
    paper: Paper, panel: Timeline, values: np.ndarray, low: float, high: float
) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        if panel.log:
            shares = np.log(values / low) / math.log(high / low)
            shares[values <= 0] = np.nan
        else:
            shares = (values - low) / (high - low)
    nothing = np.isnan(shares)
    at = np.floor(255 * np.clip(np.where(nothing, 0, shares), 0, 1) + 0.5).astype(int)
    found = _ramp(paper, panel)[at]
    found[nothing] = channels(paper.colour("card"))
    return found


def _ramp(paper: Paper, panel: Timeline) -> np.ndarray:
    scale = "signed" if panel.scale == "diverging" else panel.scale
    return ramp_of(paper.palette, scale, panel.role)


# -------------------------------------------------------------------------------------- around it


def _head(paper: Paper, panel: Timeline, box: Box, low: float, high: float) -> Box:
    """Write the title, the note beside it and the key at the right; return the box under them."""
    left, top, right, bottom = box
    y = top + 16
    words = [_told(panel, low, "−"), _told(panel, high, "+")]
    starts = right - paper.measure(words[1])
    strip = starts - 5 - STRIP
    end = strip - 5 - paper.measure(words[0])
    for x, said in zip((end, starts), words, strict=True):
        paper.text(x, y, said, TEXT, "mute")
    paper.heat(_ramp(paper, panel)[None], strip, y - HIGH, strip + STRIP, y)
    wide = paper.measure(panel.title, 16, "bold")
    paper.text(left, y, paper.clipped(panel.title, end - left - 12, 16, "bold"), 16, face="bold")
    room = end - left - wide - 24
    paper.text(left + wide + 12, y, paper.clipped(panel.note, room), TEXT, "mute")
    return left, top + 24, right, bottom


def _told(panel: Timeline, value: float, sign: str) -> str:
    """Return what stands at an end of the key."""
    if panel.by_row:
        return sign
    if panel.log:
        return decade(round(math.log10(value)))
    return f"{value:.0f}".replace("-", "−") if value == int(value) else number(value)


def _side(paper: Paper, panel: Timeline, rows: int, box: Box) -> float:
    """Write what the rows are, from the first to the last, and return the width that this takes."""
    if not panel.y_label:
        return 0.0
    left, top, _, bottom = box
    names = (str(panel.first_row), str(panel.first_row + rows - 1))
    wide = max(TEXT, *map(paper.measure, names))
    paper.text(left + wide, top, names[0], TEXT, "mute", "ra")
    paper.upright(left + wide - TEXT / 2, (top + bottom) / 2, panel.y_label, "mute")
    paper.text(left + wide, bottom, names[1], TEXT, "mute", "rs")
    return wide + 6


def _column(paper: Paper, moment: Moment, box: Box) -> None:
    """Draw the playhead."""
    left, top, right, bottom = box
    wide = (right - left) / (moment.indices[-1] + 1)
    shown = max(wide, 5.0)
    x = left + (moment.index + 0.5) * wide - shown / 2
    x = min(max(left, x), right - 5)
    corners = [(x, top), (x + shown, top), (x + shown, bottom), (x, bottom), (x, top)]
    paper.line(corners, "card", 3)
    paper.line(corners, "ink", 1.5)


def _row(paper: Paper, place: int, rows: int, box: Box) -> None:
    """Frame the selected row."""
    left, top, right, bottom = box
    high = (bottom - top) / rows
    shown = max(high, 4.0)
    y = min(max(top, top + (place + 0.5) * high - shown / 2), bottom - 4)
    for edge in (y, y + shown):
        paper.line([(left, edge), (right, edge)], "ink", 1)
