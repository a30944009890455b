"""An equation on paper: with the numbers in it, in letters, and one sentence in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.figures.scene import Diagram, Stage, Term
from explorer.stage.paper.format import MINUS
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.phrases import fixed
from explorer.stage.paper.sheet import TEXT, Box, Paper

NUMBERS, WORDS = 20.0, 15.0  # px of the letters
LINE = 1.4 * WORDS


@dataclass(frozen=True)
class Piece:
    """What one term writes: its text, plain or a number, and the caption under it."""

    text: str
    is_number: bool = False
    role: str = "ink"
    face: str = "plain"
    caption: str = ""

    def wide(self, paper: Paper) -> float:
        """Return its width in px."""
        text = paper.measure(self.text, NUMBERS, self.face)
        return max(text, paper.measure(self.caption) + 6 if self.caption else 0.0)


def write_equation(paper: Paper, panel: Diagram, stage: Stage, box: Box, moment: Moment) -> None:
    """Write the equation of a stage with its numbers, then in letters, and its sentence."""
    left, top, right, _ = box
    x, y = left + 4, top + 18
    lines = _groups(pieces(panel, stage.equation, moment))
    if sum(piece.wide(paper) for line in lines for piece in line) > right - left - 8:
        lines = [lines[0], lines[-1]] if len(lines) > 2 else lines  # without what stands between
    for piece in (piece for line in lines for piece in line):
        wide = piece.wide(paper)
        paper.text(x + wide / 2, y, piece.text, NUMBERS, piece.role, "ms", piece.face)
        paper.text(x + wide / 2, y + 17, piece.caption, TEXT, "mute", "ms")
        x += wide
    start = left + 4
    if stage.symbols:
        start = _write_letters(paper, stage.symbols, left + 4, y + 40) + 18
    _write_words(paper, says(panel, stage, moment), (start, left + 4, y + 40, right - 4))


def pieces(panel: Diagram, equation: Sequence[Term], moment: Moment) -> list[Piece]:
    """Return what the terms of an equation write.

    A negative number after "+" turns it into "−", and stands in brackets after "·".
    """
    found: list[Piece] = []
    for term in equation:
        if term.value is None:
            found.append(Piece(term.text))
            continue
        text = fixed(moment.value(term.value), term.value.digits)
        before = found[-1].text.strip()[-1:] if found and not found[-1].is_number else ""
        if text.startswith(MINUS) and before == "+":
            found[-1] = replace(found[-1], text=found[-1].text.replace("+", MINUS))
            text = text.removeprefix(MINUS)
        elif text.startswith(MINUS) and before == "·":
            text = f"({text})"
        caption = moment.filled_at(term.caption, panel.select, panel.tokens)
        face = "bold" if term.strong else "plain"
        found.append(Piece(text, is_number=True, role=term.role, face=face, caption=caption))
    return found


def _groups(found: Sequence[Piece]) -> list[list[Piece]]:
    """Return the pieces from one "=" to the next."""
    groups: list[list[Piece]] = []
    for piece in found:
        at = piece.text.find("= ", 1)
        cut = re.fullmatch(r"\)? ", piece.text[:at]) if at > 0 else None
        for part in (piece.text[:at], piece.text[at:]) if cut else (piece.text,):
            if not groups or part.startswith("= "):
                groups.append([])
            groups[-1].append(replace(piece, text=part))
    return groups


def says(panel: Diagram, stage: Stage, moment: Moment) -> str:
    """Return the sentence of a stage, with what it weighs."""
    said = moment.filled_at(stage.says, panel.select, panel.tokens)
    if stage.weighs is None:
        return said
    first, second = (abs(moment.value(v)) for v in (stage.weighs.first, stage.weighs.second))
    larger = stage.weighs.if_first if first >= second else stage.weighs.if_second
    return f"{said} {moment.filled_at(larger, panel.select, panel.tokens)}"


def _write_letters(paper: Paper, formula: str, x: float, y: float) -> float:
    """Write "W_{xf} x" with lowered indices, and return where it ends."""
    for piece in re.split(r"(_\{[^}]*\})", formula):
        is_index = piece.startswith("_{")
        words, size = (piece[2:-1], 0.72 * WORDS) if is_index else (piece, WORDS)
        paper.text(x, y + (4 if is_index else 0), words, size, "mute")
        x += paper.measure(words, size)
    return x


def _write_words(paper: Paper, said: str, place: tuple[float, float, float, float]) -> None:
    """Write a sentence from ``start`` on, in two lines at most: ``start``, left, y, right."""
    x, left, y, right = place
    lines = 1
    for word in said.split():
        wide = paper.measure(f"{word} ", WORDS)
        if x + wide > right:
            x, y, lines = left, y + LINE, lines + 1
        if lines > 2:
            return
        paper.text(x, y, word, WORDS)
        x += wide
