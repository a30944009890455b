"""Cards with one number each, on paper."""

import math
from functools import partial

from explorer.figures.scene import Number, Numbers
from explorer.stage.paper.format import number
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import TEXT, Box, Paper

GAP = 8.0  # px between two cards
LEAST = 9.0  # px of its smaller letters
VALUE = 19.0  # px of a number, where its card is wide enough


def make(panel: Numbers, run: Moment) -> Drawn:
    """Return how a row of cards is drawn."""
    return Drawn(partial(_paint, panel), height=70.0)


def _paint(panel: Numbers, paper: Paper, box: Box, moment: Moment) -> None:
    """Draw the cards: the number, tinted, what it is, and its floor or ceiling."""
    left, top, right, bottom = box
    wide = (right - left + GAP) / max(1, len(panel.numbers))
    for i, card in enumerate(panel.numbers):
        x, end = left + i * wide, left + (i + 1) * wide - GAP
        paper.box(x, top, end, bottom, "card", 8, "line")
        value = moment.scalar(card.scalar)
        room = end - x - 16
        told = number(value, card.form, card.of)
        size = min(VALUE, VALUE * room / max(1.0, paper.measure(told, VALUE, "bold")))
        paper.text(x + 9, top + 24, told, size, _verdict(card, value, moment), face="bold")
        _fit(paper, x + 9, top + 43, card.label, room, "ink")
        if card.bound:
            absent = card.before and math.isnan(value)
            below = card.before if absent else moment.filled(card.bound)
            _fit(paper, x + 9, top + 61, below, room, "mute")


def _fit(paper: Paper, x: float, y: float, words: str, room: float, role: str) -> None:
    """Write a line in smaller letters where it is too long; a number in it is never cut."""
    size = min(TEXT, max(LEAST, TEXT * room / max(1.0, paper.measure(words))))
    while words and paper.measure(words, size) > room:
        words = f"{words.removesuffix('…').rpartition(' ')[0]}…".removeprefix("…")
    paper.text(x, y, words, size, role)


def _verdict(card: Number, value: float, moment: Moment) -> str:
    """Return the role of a number: good, bad or neither; limits may be names of scalars."""

    def limit(bound: float | str | None) -> float:
        return math.nan if bound is None else moment.known(bound)

    if value >= limit(card.good_from) or value <= limit(card.good_to):
        return "good"
    if value >= limit(card.bad_from) or value <= limit(card.bad_to):
        return "warn"
    return "ink"
