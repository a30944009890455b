"""Heat maps over time, characters, rankings, tiles, cards and sentences, on paper."""

import math
from collections.abc import Sequence

import numpy as np

from explorer.figures.scene import (
    ORDER,
    Number,
    Numbers,
    Ranking,
    Sentence,
    Tiles,
    Timeline,
    Tokens,
)
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.sheet import VIRIDIS, Paper, channels, ink_on, ramp
from explorer.stage.paper.writing import decade, fixed, number, tick

TEXT = 14.0
STRONGEST = 0.78  # share of the full colour behind a character at the largest magnitude

Box = tuple[float, float, float, float]


def title(paper: Paper, words: str, note: str, box: Box) -> Box:
    """Write a panel's title with its note at the right, and return the box under them."""
    left, top, right, bottom = box
    if not words and not note:
        return box
    paper.text(left, top + 16, paper.clipped(words, right - left, 16, "bold"), 16, face="bold")
    beside = right - left - paper.measure(words, 16, "bold") - 14
    paper.text(right, top + 16, paper.clipped(note, beside), TEXT, "mute", "rs")
    return left, top + 24, right, bottom


# ---------------------------------------------------------------------------- heat maps over time


def draw_timeline(paper: Paper, panel: Timeline, box: Box, moment: Moment) -> None:
    """Draw an array of every frame side by side, the playhead, and the selected row."""
    columns = [frame.arrays.get(panel.array) for frame in moment.frames]
    rows = max((len(column) for column in columns if column is not None), default=0)
    if not rows:
        title(paper, panel.title, panel.note, box)
        return
    blank = np.full(rows, np.nan)
    values = np.stack([blank if c is None else np.asarray(c, float) for c in columns], 1)
    if panel.by_row:
        largest = np.nan_to_num(np.abs(values)).max(axis=1, keepdims=True)
        values = values / np.where(largest > 0, largest, 1)
    low, high = _ends(panel, values)
    order = _order(panel, rows, moment)
    left, top, right, bottom = title(
        paper, panel.title, f"{panel.note}  {_key(panel, low, high)}".strip(), box
    )
    paper.heat(_shades(paper, panel, values[order], low, high), left, top, right, bottom)
    wide = (right - left) / len(columns)
    x = left + (moment.at + 0.5) * wide
    _outline(paper, x - max(wide, 4) / 2, top, x + max(wide, 4) / 2, bottom)
    chosen = moment.select.get(panel.select) if panel.select else None
    if chosen is not None and chosen < rows:
        high_px = (bottom - top) / rows
        y = top + (order.tolist().index(chosen) + 0.5) * high_px
        for edge in (y - max(high_px, 3) / 2, y + max(high_px, 3) / 2):
            paper.line([(left, edge), (right, edge)], "ink", 1)


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


def _outline(paper: Paper, left: float, top: float, right: float, bottom: float) -> None:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    paper.line(corners, "card", 3)
    paper.line(corners, "ink", 1.5)


def _ends(panel: Timeline, values: np.ndarray) -> tuple[float, float]:
    """Return the ends of the scale, as the panel says or as the values need."""
    if panel.by_row:
        return -1.0, 1.0
    drawn = values[np.isfinite(values) & ((values > 0) | (not panel.log))]
    least, most = (float(drawn.min()), float(drawn.max())) if drawn.size else (0.1, 1.0)
    if panel.log:
        least, most = 10.0 ** math.floor(math.log10(least)), 10.0 ** math.ceil(math.log10(most))
    elif panel.scale == "diverging":
        most = max(abs(least), abs(most)) or 1.0
        least = -most
    else:
        least = min(least, 0.0)
    low = least if panel.low is None else panel.low
    high = most if panel.high is None else panel.high
    return (low, high) if high > low else (low, low * 10 if panel.log else low + 1.0)


def _key(panel: Timeline, low: float, high: float) -> str:
    if panel.by_row:
        return "by row"
    if panel.log:
        return f"{decade(round(math.log10(low)))} to {decade(round(math.log10(high)))}"
    return f"{tick(low, 0.1 if low % 1 else 1)} to {tick(high, 0.1 if high % 1 else 1)}"


def _shades(
    paper: Paper, panel: Timeline, values: np.ndarray, low: float, high: float
) -> np.ndarray:
    stops = {
        "sequential": list(VIRIDIS),
        "diverging": [paper.colour(role) for role in ("negative", "card", "positive")],
        "role": [paper.colour("card"), paper.colour(panel.role)],
    }[panel.scale]
    with np.errstate(divide="ignore", invalid="ignore"):
        if panel.log:
            shares = np.log(values / low) / math.log(high / low)
            shares[values <= 0] = np.nan
        else:
            shares = (values - low) / (high - low)
    nothing = ~np.isfinite(shares)
    at = np.rint(255 * np.clip(np.where(nothing, 0, shares), 0, 1)).astype(int)
    found = ramp(stops)[at]
    found[nothing] = channels(paper.colour("card"))
    return found


# ------------------------------------------------------------------------- characters and rankings


def draw_tokens(paper: Paper, panel: Tokens, box: Box, moment: Moment) -> None:
    """Draw what is read, tinted and underlined; as much of it as there is room for."""
    left, top, right, bottom = box
    widest = max((paper.measure(token, 17, "mono") for token in panel.tokens), default=10.0)
    least = max(26.0, widest + 8)
    fitting = max(1, min(len(panel.tokens), int((right - left) / least)))
    first = min(max(0, moment.index - fitting // 2), len(panel.tokens) - fitting)
    wide = min(76.0, (right - left) / fitting)
    tints = _tints(paper, panel, moment)
    marks = moment.array(panel.marks) if panel.marks else None
    span = range(moment.select.get(f"{panel.span}_first", 0), _after(panel, moment))
    for place, i in enumerate(range(first, first + fitting)):
        x = left + place * wide
        paper.box(x + 1, top, x + wide - 1, bottom, tints[i], 6, "line")
        if i in span:
            paper.box(x, top, x + wide, bottom, tints[i], 2, "accent", 1.5)
        if i == moment.index:
            paper.box(x, top, x + wide, bottom, tints[i], 6, "accent", 3)
        paper.text(
            x + wide / 2, (top + bottom) / 2, panel.tokens[i], 17, ink_on(tints[i]), "mm", "mono"
        )
        if marks is not None and i < len(marks) and marks[i]:
            paper.line([(x + 6, bottom - 6), (x + wide - 6, bottom - 6)], ink_on(tints[i]), 2.5)


def _after(panel: Tokens, moment: Moment) -> int:
    """Return the index after the chosen span; 0 without one."""
    last = moment.select.get(f"{panel.span}_last") if panel.span else None
    return 0 if last is None else last + 1


def _tints(paper: Paper, panel: Tokens, moment: Moment) -> list[str]:
    at = moment.select.get(panel.select, 0) if panel.select else 0
    values = np.zeros(len(panel.tokens))
    present = moment.array(panel.array) if panel.of == "frame" else None
    if present is not None:
        count = min(len(present), len(values))
        values[:count] = np.nan_to_num(present[:count])
    for index, frame in zip(moment.indices, moment.frames, strict=True):
        array = frame.arrays.get(panel.array) if panel.of == "frames" else None
        if array is not None and index < len(values) and at < len(array):
            values[index] = array[at]
    shares = STRONGEST * values / max(1e-12, float(np.abs(values).max(initial=0)))
    colours = ramp([paper.colour(role) for role in ("negative", "card", "positive")])
    found = colours[np.rint(127.5 + 127.5 * shares).astype(int)]
    return ["#" + bytes(colour).hex() for colour in found]


def draw_ranking(paper: Paper, panel: Ranking, box: Box, moment: Moment) -> None:
    """Draw horizontal bars with names."""
    left, top, right, bottom = title(paper, panel.title, panel.note, box)
    values = moment.array(panel.values)
    if values is None or not len(values):
        return
    indices = moment.array(panel.indices) if panel.indices else None
    row = min(24.0, (bottom - top) / len(values))
    full = max(1.0, float(values.max()))
    for i, value in enumerate(values):
        which = i if indices is None else round(float(indices[i]))
        name = panel.names[which] if which < len(panel.names) else "–"
        y = top + (i + 0.5) * row
        paper.text(left + 11, y, name, 15, anchor="mm", face="mono")
        start, end = left + 34, right - 62
        paper.box(start, y - 5, end, y + 5, "line", 5)
        paper.box(start, y - 5, start + (end - start) * float(value) / full, y + 5, panel.role, 5)
        told = _share(float(value)) if full == 1 else number(float(value))
        paper.text(right, y, told, TEXT, anchor="rm")


def _share(value: float) -> str:
    """Return a probability in percent, with one digit more where it is small."""
    if 0 < value < 0.0005:
        return "< 0.1 %"
    return f"{fixed(100 * value, 1 if value < 0.0995 else 0)} %"


def draw_tiles(paper: Paper, panel: Tiles, box: Box, moment: Moment) -> None:
    """Draw small pictures in rows, from paper to ink."""
    left, top, right, bottom = title(paper, panel.title, panel.note, box)
    tiles = moment.array(panel.array)
    if tiles is None or tiles.ndim != 3:
        return
    count, rows, columns = tiles.shape
    across = min(panel.columns, count)
    down = math.ceil(count / across)
    unit = min((right - left) / (across * (columns + 1)), (bottom - top) / (down * (rows + 1)))
    colours = ramp([paper.colour("card"), paper.colour("ink")])
    shares = (tiles - panel.low) / (panel.high - panel.low or 1.0)
    pictures = colours[np.rint(255 * np.clip(shares, 0, 1)).astype(int)]
    for n, picture in enumerate(pictures):
        x = left + (n % across) * (columns + 1) * unit
        y = top + (n // across) * (rows + 1) * unit
        paper.heat(picture, x, y, x + columns * unit, y + rows * unit)


# ------------------------------------------------------------------------------- words and numbers


def draw_numbers(paper: Paper, panel: Numbers, box: Box, moment: Moment) -> None:
    """Draw a row of cards: the number, what it is, and its floor or ceiling."""
    left, top, right, bottom = box
    gap = 8.0
    wide = (right - left + gap) / max(1, len(panel.numbers))
    for i, card in enumerate(panel.numbers):
        x, end = left + i * wide, left + (i + 1) * wide - gap
        paper.box(x, top, end, bottom, "card", 8, "line")
        value = moment.scalar(card.scalar)
        room = end - x - 16
        told = number(value, card.form, card.of)
        paper.text(x + 9, top + 24, told, 19, _verdict(card, value, moment), face="bold")
        paper.text(x + 9, top + 43, paper.clipped(card.label, room), TEXT)
        if card.bound:
            words = paper.clipped(moment.filled(card.bound), room)
            paper.text(x + 9, top + 61, words, TEXT, "mute")


def _verdict(card: Number, value: float, moment: Moment) -> str:
    def limit(bound: float | str | None) -> float:
        return math.nan if bound is None else moment.known(bound)

    if value >= limit(card.good_from) or value <= limit(card.good_to):
        return "good"
    if value >= limit(card.bad_from) or value <= limit(card.bad_to):
        return "warn"
    return "ink"


def draw_sentence(paper: Paper, panel: Sentence, box: Box, moment: Moment) -> None:
    """Write the sentence of the frame, its lead and what stands between ** in bold."""
    left, top, right, bottom = box
    said = _said(panel.name, moment)
    if panel.mono:
        _text(paper, panel, said, box, moment)
        return
    lead = f"**{moment.filled(panel.lead)}** " if panel.lead else ""
    x, y = left, top + 16.0
    for words, face in _faces(lead + said):
        wide = paper.measure(f"{words} ", 16, face)
        if x > left and x + wide > right + 4:
            x, y = left, y + 22
        if y > bottom + 4:
            return
        paper.text(x, y, words, 16, face=face)
        x += wide


def _said(name: str, moment: Moment) -> str:
    return moment.frame.sentences.get(name) or moment.still.sentences.get(name, "")


def _text(paper: Paper, panel: Sentence, said: str, box: Box, moment: Moment) -> None:
    """Write a text letter by letter; what differs from the other text is underlined."""
    left, top, right, bottom = box
    other = _said(panel.against, moment) if panel.against else said
    x, y, wide = left, top + 16.0, paper.measure("m", 15, "mono")
    if panel.lead:
        lead = moment.filled(panel.lead)
        paper.text(x, y, lead, 15, face="bold")
        x += paper.measure(f"{lead} ", 15, "bold")
    for i, letter in enumerate(said):
        if x + wide > right:
            x, y = left, y + 22
        if y > bottom + 4:
            return
        if letter != other[i : i + 1]:
            paper.line([(x, y + 4), (x + wide, y + 4)], "warn", 2)
        if letter == "\n":
            x, y = left, y + 22
            continue
        paper.text(x, y, letter, 15, face="mono")
        x += wide


def _faces(text: str) -> Sequence[tuple[str, str]]:
    """Return the words of a text, each with its face: bold between two **."""
    pieces = text.split("**")
    return [
        (word, "bold" if i % 2 else "plain")
        for i, piece in enumerate(pieces)
        for word in piece.split()
    ]
