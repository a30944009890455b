"""A memory taken apart, on paper: what every earlier step wrote into it, and what is left."""

import numpy as np

from explorer.figures.scene import Unfolding
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Box, title
from explorer.stage.paper.sheet import Paper, channels
from explorer.stage.paper.writing import number

SHADES = (0.95, 0.62, 0.8, 0.48)  # of one colour, so that neighbours stay apart
TEXT = 14.0


def parts(keep: np.ndarray, written: np.ndarray, before: float) -> np.ndarray:
    """Return what is left of every source (columns) at every step (rows), shape (T, T + 1).

    Source 0 is what was there at the start, source s + 1 what step s wrote; by
    m_t = keep_t · m_{t−1} + written_t, every row sums to the memory.
    """
    steps = len(keep)
    found = np.zeros((steps, steps + 1))
    last = np.zeros(steps + 1)
    last[0] = before
    for t in range(steps):
        last = last * keep[t]
        last[t + 1] = written[t]
        found[t] = last
    return found


def draw_unfolding(paper: Paper, panel: Unfolding, box: Box, moment: Moment) -> None:
    """Draw the parts of the selected unit's memory over time, and the memory as a line."""
    left, top, right, bottom = title(paper, panel.title, panel.note, box)
    unit = moment.select.get(panel.select, 0)
    read = [_read(panel, moment, name, unit) for name in (panel.keep, panel.written, panel.total)]
    if any(values is None for values in read):
        return
    keep, written, total = (values for values in read if values is not None)
    start = moment.frames[0].arrays.get(panel.before)
    found = parts(keep, written, float(start[unit]) if start is not None else 0.0)
    if len(moment.indices) > 1 and set(np.diff(moment.indices)) != {1}:
        found = np.zeros_like(found)  # steps were left out: only the memory itself is known
    paper.box(left, top, right, bottom, "card", 8, "line")
    up = np.cumsum(np.clip(found, 0, None), axis=1)
    down = np.cumsum(np.clip(found, None, 0), axis=1)
    low = float(min(down.min(initial=0), total.min(initial=0)))
    high = float(max(up.max(initial=0), total.max(initial=0)))
    room = 0.04 * (high - low or 1.0)
    low, high = low - room, high + room

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    wide = (right - left) / len(found)
    colours = {role: _shades(paper, role) for role in ("positive", "negative", "mute")}
    for t, row in enumerate(found):
        for s in np.flatnonzero(row[: t + 2]):
            edges = up[t] if row[s] > 0 else down[t]
            ends = y(float(edges[s])), y(float(edges[s] - row[s]))
            if abs(ends[0] - ends[1]) < 0.2:
                continue
            role = "mute" if s == 0 else "positive" if row[s] > 0 else "negative"
            fill = colours[role][s % len(SHADES)]
            paper.box(left + t * wide, min(ends), left + (t + 1) * wide, max(ends), fill)
    paper.line([(left, y(0)), (right, y(0))], "mute", 1)
    line = [(left + (t + 0.5) * wide, y(float(value))) for t, value in enumerate(total)]
    paper.line(line, "card", 4.5)
    paper.line(line, "ink", 2)
    x = left + moment.at * wide
    corners = [(x, top), (x + wide, top), (x + wide, bottom), (x, bottom), (x, top)]
    paper.line(corners, "ink", 1.5)
    paper.text(left + 7, top + 17, number(high - room), TEXT, "mute")
    paper.text(left + 7, bottom - 7, number(low + room), TEXT, "mute")


def _read(panel: Unfolding, moment: Moment, name: str, unit: int) -> np.ndarray | None:
    """Return the numbers of one unit in all frames; None where a frame lacks them."""
    columns = [frame.arrays.get(name) for frame in moment.frames]
    if any(column is None or unit >= len(column) for column in columns):
        return None
    return np.array([float(column[unit]) for column in columns if column is not None])


def _shades(paper: Paper, role: str) -> list[str]:
    card, full = (np.array(channels(paper.colour(name)), float) for name in ("card", role))
    return [
        "#" + bytes(np.rint(card + share * (full - card)).astype(np.uint8)).hex()
        for share in SHADES
    ]
