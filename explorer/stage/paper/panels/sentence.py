"""What is happening, in words, on paper: the sentence of a frame, or a text letter by letter."""

import re
from collections.abc import Sequence
from functools import partial

from explorer.figures.scene import Sentence
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import Box, Paper

LINE = 22.0  # px from one line to the next
PERCENT = re.compile(r"(?<=\d) %")  # a number and its sign stand on one line


def make(panel: Sentence, run: Moment) -> Drawn:
    """Return how the sentence of a frame is written."""
    write = _letters if panel.mono else _words
    return Drawn(partial(write, panel), height=LINE * panel.lines + 2)


def _words(panel: Sentence, paper: Paper, box: Box, moment: Moment) -> None:
    """Write words; the lead and what stands between ** are bold."""
    left, top, right, bottom = box
    lead = f"**{moment.filled(panel.lead)}** " if panel.lead else ""
    x, y = left, top + 16.0
    for words, face in _faces(lead + moment.says(panel.name)):
        wide = paper.measure(f"{words} ", 16, face)
        if x > left and x + wide > right + 4:
            x, y = left, y + LINE
        if y > bottom + 4:
            return
        paper.text(x, y, words, 16, face=face)
        x += wide


def _faces(text: str) -> Sequence[tuple[str, str]]:
    """Return the words of a text, each with its face: bold between two **."""
    pieces = PERCENT.sub("\u00a0%", text).split("**")
    return [
        (word, "bold" if i % 2 else "plain")
        for i, piece in enumerate(pieces)
        for word in filter(None, re.split(r"[ \n]+", piece))
    ]


def _letters(panel: Sentence, paper: Paper, box: Box, moment: Moment) -> None:
    """Write a text letter by letter; what differs from the other text is underlined."""
    left, top, right, bottom = box
    said = moment.says(panel.name)
    other = moment.says(panel.against) if panel.against else said
    x, y, wide = left, top + 16.0, paper.measure("m", 15, "mono")
    if panel.lead:
        lead = moment.filled(panel.lead)
        paper.text(x, y, lead, 15, face="bold")
        x += paper.measure(f"{lead} ", 15, "bold")
    for i, letter in enumerate(said):
        if x + wide > right:
            x, y = left, y + LINE
        if y > bottom + 4:
            return
        if letter != other[i : i + 1]:
            paper.line([(x, y + 4), (x + wide, y + 4)], "warn", 2)
        if letter == "\n":
            x, y = left, y + LINE
            continue
        paper.text(x, y, letter, 15, face="mono")
        x += wide
