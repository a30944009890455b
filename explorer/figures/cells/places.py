"""Where the parts of a gated cell's circuit lie: set by hand where that looks better, else spread.

A circuit has one picture 680 wide and one 366 wide, for phones. Gates stand in one row, between
them what the past goes through before a candidate hears it; the memory runs along the top.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from explorer.figures.cells.circuits import Places, Point

WIDE = Places(
    680,
    400,
    {},
    gate_row=262,
    belt=48,
    middle=153,
    keep=0,
    add=0,
    buses=(366, 390),
)
NARROW = Places(
    366,
    420,
    {},
    gate_row=276,
    belt=54,
    middle=166,
    keep=0,
    add=0,
    buses=(356, 374),
    narrow=True,
)
LSTM_NARROW = replace(
    NARROW,
    gates={"forget": 45, "input": 132, "candidate": 219, "output": 306},
    keep=45,
    add=176,
)
BY_HAND: Mapping[str, tuple[Places, Places]] = {
    "lstm": (
        replace(
            WIDE,
            gates={"forget": 205, "input": 345, "candidate": 475, "output": 602},
            keep=205,
            add=410,
        ),
        LSTM_NARROW,
    ),
    "lstm_peephole": (
        replace(
            WIDE,
            gates={"forget": 205, "input": 345, "candidate": 475, "output": 602},
            keep=205,
            add=410,
            at={"before": (128, 212), "after": (521, 212)},
        ),
        replace(
            LSTM_NARROW,
            gates={"forget": 58, "input": 142, "candidate": 226, "output": 310},
            keep=58,
            at={"before": (13, 228), "after": (260, 228)},
        ),
    ),
    "lstm_coupled": (
        replace(
            WIDE,
            gates={"input": 300, "candidate": 456, "output": 602},
            keep=140,
            add=384,
            at={"rest": (218, 205)},
        ),
        replace(
            NARROW,
            gates={"input": 116, "candidate": 212, "output": 308},
            keep=34,
            add=170,
            at={"rest": (74, 214)},
        ),
    ),
    "gru": (
        replace(
            WIDE,
            gates={"update": 205, "reset": 366, "new": 604},
            keep=205,
            add=490,
            at={"past": (490, 262)},
        ),
        replace(
            NARROW,
            gates={"update": 46, "reset": 146, "new": 312},
            keep=46,
            add=232,
            at={"past": (232, 276)},
        ),
    ),
}
"""Of the cells whose places were set by hand: the wide picture and the narrow one."""


def spread(row: tuple[str, ...], keeps_the_rest: bool, narrow: bool) -> Places:
    """Return places for a row of gates, "past" and "matrix" among them, from left to right.

    The last gate ends the row. What keeps stands first; where it keeps the rest of its gate, it
    takes a place of its own to the left. On narrow pictures the past goes through its weights
    upwards, in one column.
    """
    places = NARROW if narrow else WIDE
    columns = [name for name in row if not (narrow and name == "matrix")]
    first, last = (116, 322) if narrow else (300, 614)
    if not keeps_the_rest:
        first = 42 if narrow else 190
    apart = [_apart(left, right, narrow) for left, right in pairwise(columns)]
    stretch = (last - first) / sum(apart)
    x = dict(
        zip(columns, (first + stretch * sum(apart[:i]) for i in range(len(columns))), strict=True)
    )
    at: dict[str, Point] = {}
    height = places.gate_row
    if "matrix" in row:
        at["past"] = (x["past"], height + 26 if narrow else height)
        at["matrix"] = (x["past"], height - 28) if narrow else (x["matrix"], height)
    elif "past" in row:
        at["past"] = (x["past"], height)
    keep = first
    if keeps_the_rest:
        keep = first - (82 if narrow else 160)
        at["rest"] = (first - 42, 214) if narrow else (first - 82, 205)
    gates = {name: x[name] for name in columns if name not in ("past", "matrix")}
    return replace(places, gates=gates, keep=keep, add=last - (90 if narrow else 124), at=at)


def _apart(left: str, right: str, narrow: bool) -> float:
    """Return how far two neighbours of a row stand from each other before it is stretched."""
    circles = sum(name in ("past", "matrix") for name in (left, right))
    if narrow:
        return 96 if left == "past" else 92
    return (140, 96 if left in ("past", "matrix") else 98, 90)[circles]
