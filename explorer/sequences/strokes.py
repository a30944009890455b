"""Letters as the way of a pen: moves of one length in sixteen directions, the pen down or lifted.

A chain of directions (Freeman 1961), written as text with a sign for each move, so that whatever
expects the next character can draw. The letters are ours: a few points each, joined by splines
(Catmull and Rom 1974). Letters in the shapes: P points, M moves.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import torch
from jaxtyping import Float

DIRECTIONS = 16
STEP = 0.25  # of the height of a small letter
BETWEEN = 0.35  # from one letter to the next
WOBBLE = 0.03  # standard deviation of every point of a letter
SLANTS = (-0.1, 0.4)  # from which the slant of a hand is drawn
HAND = 12  # letters of one hand
FIRST = 0xE000
"""the first code point of the moves: one that Unicode leaves to private use"""
ARROWS = "→↗↑↖←↙↓↘"
FINE = 12  # points between two of a spline

Stroke = Sequence[tuple[float, float]]
LETTERS: Mapping[str, Sequence[Stroke]] = {
    "a": (
        ((0.7, 0.85), (0.4, 1), (0.08, 0.75), (0.06, 0.25), (0.3, 0), (0.6, 0.2), (0.72, 0.9)),
        ((0.72, 1), (0.72, 0.3), (0.9, 0)),
    ),
    "c": (((0.72, 0.85), (0.42, 1), (0.08, 0.7), (0.08, 0.3), (0.4, 0), (0.75, 0.15)),),
    "e": (((0.08, 0.5), (0.68, 0.55), (0.4, 1), (0.06, 0.6), (0.12, 0.15), (0.45, 0), (0.8, 0.2)),),
    "h": (((0.1, 1.8), (0.1, 0)), ((0.1, 0.6), (0.38, 1), (0.66, 0.8), (0.7, 0))),
    "i": (((0.1, 1), (0.1, 0.2), (0.3, 0)), ((0.1, 1.45), (0.12, 1.65))),
    "l": (((0.1, 1.8), (0.1, 0.3), (0.35, 0)),),
    "m": (
        ((0.1, 1), (0.1, 0)),
        ((0.1, 0.6), (0.3, 1), (0.5, 0.8), (0.52, 0)),
        ((0.52, 0.6), (0.74, 1), (0.94, 0.8), (0.96, 0)),
    ),
    "n": (((0.1, 1), (0.1, 0)), ((0.1, 0.6), (0.38, 1), (0.66, 0.8), (0.7, 0))),
    "o": (((0.4, 1), (0.08, 0.75), (0.08, 0.25), (0.4, 0), (0.72, 0.25), (0.72, 0.75), (0.4, 1)),),
    "s": (
        ((0.65, 0.85), (0.35, 1), (0.1, 0.8), (0.36, 0.5), (0.64, 0.25), (0.4, 0), (0.05, 0.12)),
    ),
    "t": (((0.3, 1.5), (0.3, 0.25), (0.55, 0)), ((0.05, 1), (0.6, 1))),
    "u": (((0.1, 1), (0.1, 0.3), (0.38, 0), (0.66, 0.25)), ((0.7, 1), (0.7, 0.3), (0.88, 0))),
}
"""Each letter on a line at 0, small ones one high."""

_TURNS = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
_MOVES = STEP * np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1)


MOVES = "".join(chr(FIRST + code) for code in range(2 * DIRECTIONS))
"""The sign of every move, those with the pen down first."""


def sign(direction: int, lifted: bool) -> str:
    """The sign of a move."""
    return MOVES[direction + DIRECTIONS * lifted]


def named(move: str) -> str:
    """A move as arrows, two where it goes between them, a dot before one with the pen lifted.

    Other signs as they are.
    """
    code = MOVES.find(move)
    if code < 0:
        return move
    eighth, between = divmod(code % DIRECTIONS, 2)
    arrows = ARROWS[eighth] + (ARROWS[(eighth + 1) % len(ARROWS)] if between else "")
    return ("·" if code >= DIRECTIONS else "") + arrows


def moves(text: str, rng: torch.Generator | None = None, slant: float = 0.15) -> str:
    """The moves of a pen that writes a text, a sign each; without a generator it never wobbles.

    Raises `ValueError` for a text without letters, and for one whose letters it does not know.
    """
    unknown = "".join(dict.fromkeys(c for c in text if c not in LETTERS and c != " "))
    if unknown:
        raise ValueError(f"the pen knows the letters {''.join(LETTERS)}, and not {unknown[0]!r}")
    if not text.strip():
        raise ValueError("the pen needs at least one letter")
    found: list[str] = []
    pen, begins = np.zeros(2), 0.0
    for letter in text:
        if letter == " ":
            begins += 2 * BETWEEN
            continue
        strokes = [np.asarray(stroke) for stroke in LETTERS[letter]]
        widest = max(float(stroke[:, 0].max()) for stroke in strokes)
        for stroke in strokes:
            points = stroke + (0 if rng is None else WOBBLE * _normal(stroke.shape, rng))
            points = points + np.array([begins, 0.0])
            points[:, 0] += slant * points[:, 1]
            course = spline(points)
            pen = _go(found, pen, course[:1], lifted=True)
            pen = _go(found, pen, spaced(course), lifted=False)
        begins += widest + BETWEEN
    return "".join(found)


def _go(
    found: list[str], pen: np.ndarray, targets: Float[np.ndarray, "P 2"], lifted: bool
) -> np.ndarray:
    """Move to each target in turn by the moves that end nearest; where the pen is then.

    What is left of the way to one is made up for on the way to the next.
    """
    for target in targets:
        while True:
            off = ((pen + _MOVES - target) ** 2).sum(1)
            best = int(off.argmin())
            if off[best] >= ((pen - target) ** 2).sum():
                break
            pen = pen + _MOVES[best]
            found.append(sign(best, lifted))
    return pen


def spline(points: Float[np.ndarray, "P 2"]) -> Float[np.ndarray, "Q 2"]:
    """A curve through all points, `FINE` steps between two of them (Catmull and Rom 1974)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, FINE, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(
            b
            + t * (c - a) / 2
            + t**2 * (2 * a - 5 * b + 4 * c - d) / 2
            + t**3 * (3 * b - a - 3 * c + d) / 2
        )
    return np.concatenate([*parts, points[-1:]])


def spaced(course: Float[np.ndarray, "P 2"]) -> Float[np.ndarray, "Q 2"]:
    """Points along a curve, a step apart, its end the last of them."""
    run = np.concatenate([[0.0], np.hypot(*np.diff(course, axis=0).T).cumsum()])
    along = np.linspace(0, run[-1], max(2, math.ceil(run[-1] / STEP) + 1))[1:]
    return np.stack([np.interp(along, run, course[:, k]) for k in (0, 1)], axis=1)


def drawn(text: str) -> tuple[Float[np.ndarray, " Q"], Float[np.ndarray, " Q"]]:
    """Where the pen is before the first move and after every one, NaN where it is lifted.

    Signs that are no moves leave it where it is, lifted.
    """
    codes = np.array([ord(each) - FIRST for each in text], dtype=np.int64)
    known = (codes >= 0) & (codes < 2 * DIRECTIONS)
    steps = np.where(known[:, None], _MOVES[codes % DIRECTIONS], 0.0)
    places = np.concatenate([np.zeros((1, 2)), steps.cumsum(0)])
    down = known & (codes < DIRECTIONS)
    # A place is drawn where the move to it, or the next one from it, is made with the pen down.
    touched = np.concatenate([[False], down]) | np.concatenate([down, [False]])
    places[~touched] = np.nan
    return places[:, 0], places[:, 1]


@cache
def lettering(letters: int, seed: int) -> str:
    """The moves of so many letters drawn at random, by one hand of a slant after the other."""
    rng = torch.Generator().manual_seed(seed)
    known, hands = list(LETTERS), []
    for _ in range(-(-letters // HAND)):
        chosen = torch.randint(len(known), (HAND,), generator=rng).tolist()
        low, high = SLANTS
        slant = low + (high - low) * float(torch.rand((), generator=rng))
        hands.append(moves("".join(known[k] for k in chosen), rng, slant))
    return "".join(hands)


def _normal(shape: tuple[int, ...], rng: torch.Generator) -> np.ndarray:
    found: np.ndarray = torch.randn(shape, generator=rng).numpy()
    return found
