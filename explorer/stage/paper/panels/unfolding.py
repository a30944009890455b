"""A memory taken apart, on paper: what every earlier step wrote into it, and what is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from explorer.figures.scene import Unfolding
from explorer.stage.paper.colour import channels, written
from explorer.stage.paper.format import number
from explorer.stage.paper.layout import heading
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import TEXT, Box, Paper

SHADES = (0.95, 0.62, 0.8, 0.48)  # of one colour, so that neighbours stay apart
THIN = 0.4  # px; what is thinner is drawn together


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


def make(panel: Unfolding, run: Moment) -> Drawn:
    """Return how the parts of a memory are drawn over time, and the memory as a line."""
    return Drawn(partial(_paint, panel))


@dataclass(frozen=True)
class Memory:
    """The memory of one unit at every step, and its parts as in `parts`, shape (T, T + 1)."""

    total: np.ndarray
    parts: np.ndarray

    @cached_property
    def ends(self) -> tuple[float, float]:
        """How far down and up it reaches."""
        down, up = np.clip(self.parts, None, 0).sum(1), np.clip(self.parts, 0, None).sum(1)
        least, most = (np.append(edge, self.total) for edge in (down, up))
        return float(least.min(initial=0)), float(most.max(initial=0))


def _paint(panel: Unfolding, paper: Paper, box: Box, moment: Moment) -> None:
    left, top, right, bottom = inside = heading(paper, panel.title, panel.note, box)
    memory = _memory(panel, moment)
    if memory is None:
        return
    paper.box(*inside, "card", 8, "line")
    low, high = memory.ends
    room = 0.04 * (high - low or 1.0)
    scale = (bottom - top) / (high - low + 2 * room)

    def y(value: float) -> float:
        return top + (high + room - value) * scale

    wide = (right - left) / len(memory.total)
    colours = {role: _shades(paper, role) for role in ("positive", "negative", "mute")}
    for t, row in enumerate(memory.parts):
        for role, shade, start, end in _pieces(row[: t + 2], THIN / scale):
            upper, lower = sorted((y(start), y(end)))
            paper.box(left + t * wide, upper, left + (t + 1) * wide, lower, colours[role][shade])
    paper.line([(left, y(0)), (right, y(0))], "mute", 1)
    line = [(left + (t + 0.5) * wide, y(value)) for t, value in enumerate(memory.total.tolist())]
    paper.line(line, "card", 4.5)
    paper.line(line, "ink", 2)
    x = left + moment.at * wide
    corners = [(x, top), (x + wide, top), (x + wide, bottom), (x, bottom), (x, top)]
    paper.line(corners, "ink", 1.5)
    paper.text(left + 7, top + 17, number(high), TEXT, "mute")
    paper.text(left + 7, bottom - 7, number(low), TEXT, "mute")


def _memory(panel: Unfolding, moment: Moment) -> Memory | None:
    """Return the memory of the selected unit over the run; None where frames lack it."""
    unit = moment.place_of(panel.select)
    read = [_read(moment, name, unit) for name in (panel.keep, panel.written, panel.total)]
    if any(values is None for values in read):
        return None
    keep, wrote, total = (values for values in read if values is not None)
    start = moment.frames[0].arrays.get(panel.before)
    found = parts(keep, wrote, float(start[unit]) if start is not None else 0.0)
    if len(moment.indices) > 1 and set(np.diff(moment.indices)) != {1}:
        found = np.zeros_like(found)  # steps were left out: only the memory itself is known
    return Memory(total, found)


def _read(moment: Moment, name: str, unit: int) -> np.ndarray | None:
    """Return the numbers of one unit in all frames; None where a frame lacks them."""
    columns = [frame.arrays.get(name) for frame in moment.frames]
    if any(column is None or not 0 <= unit < len(column) for column in columns):
        return None
    return np.array([float(column[unit]) for column in columns if column is not None])


def _pieces(row: np.ndarray, thin: float) -> Iterator[tuple[str, int, float, float]]:
    """Yield role, shade and both ends of what is stacked at one step, from the middle outwards.

    Neighbours that are thinner than ``thin`` make one piece.
    """
    for role, ahead in (("positive", 1), ("negative", -1)):
        edge = began = 0.0  # where the stack ends, and where its thin pieces began
        for source in np.flatnonzero(ahead * row > 0):
            part = float(row[source])
            if abs(part) >= thin:
                if began != edge:
                    yield role, 3, began, edge
                look = ("mute", 1) if source == 0 else (role, int(source) % len(SHADES))
                yield *look, edge, edge + part
                began = edge + part
            edge += part
        if began != edge:
            yield role, 3, began, edge


def _shades(paper: Paper, role: str) -> list[str]:
    card, full = (np.array(channels(paper.colour(name)), float) for name in ("card", role))
    return [written(card + share * (full - card)) for share in SHADES]
