"""Handles: what can be taken hold of in a picture, and the settings that it turns.

A handle stands where its settings say: where the dials stand, as long as somebody can turn them; in
a saved page and on paper, which have no dials, where the frame says, as a plain mark. The axes that
it moves along should have fixed ends, or the picture grows under the hand.

A new handle is a class here and its place in `Handle`; how it is drawn and taken hold of stands in
``stage/browser/plot/handles.js``, and how it is drawn on paper in ``stage/paper/plot/handles.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from explorer.dials import Dial, dials, values


@dataclass(frozen=True, kw_only=True)
class Grip:
    """One number that a hand turns in the picture: what it is called, and what it may be.

    ``setting`` is the dial that it turns; `grip_of` takes all else from the dial's row. Where the
    setting is a line of text whose words are parted by semicolons or blanks, ``entry`` is what
    stands before the number in its word: "weight_hh:12,39" for "weight_hh:12,39:0.5". A line
    without that word gets it. In an entry, {name} stands for the selection of that name, and
    {name+12} for 12 more.

    ``at`` is where it stands without dials, and as long as the line does not have its word: a
    number, or the name of a scalar of the frame (empty: the scalar that is called as the setting).
    """

    setting: str
    label: str
    low: float
    high: float
    step: float | None = None  # from one value to the next; None: any number goes
    whole: bool = False
    powers: bool = False  # whether it is written as a power of ten, and turned by factors
    unit: str = ""
    help: str = ""
    entry: str = ""
    at: float | str = ""

    @property
    def stands(self) -> float | str:
        """Where it stands without dials: a number, or the name of a scalar."""
        return self.setting if self.at == "" else self.at


def grip_of(kind: type, setting: str, **about: Any) -> Grip:
    """Return the grip of a dial of a configuration, as the dial's row has it.

    ``about`` are fields of `Grip` that stand in for the row's own: an ``entry`` needs its own
    ``label``, ``low`` and ``high``, for the row is that of a whole line of text. Raises ValueError
    where the configuration has no such dial, or nothing says between which ends it goes.
    """
    rows, defaults = _known(kind)
    row, like = rows.get(setting), defaults.get(setting)
    if row is None:
        raise ValueError(f"{kind.__name__} has no dial {setting!r}")
    low, high = row.ends if isinstance(like, int | float) or like is None else (None, None)
    whole = isinstance(like, int) and not isinstance(like, bool)
    own: dict[str, Any] = {
        "label": row.label,
        "low": low,
        "high": high,
        "step": row.step,
        "whole": whole,
        "powers": row.powers,
        "unit": row.unit,
        "help": row.help,
    }
    whole_row = own | about
    if whole_row["low"] is None or whole_row["high"] is None:
        raise ValueError(f"a grip of {setting!r} needs two ends")
    return Grip(setting=setting, **whole_row)


@cache  # a default configuration checks all of itself, and every answer has a dozen grips
def _known(kind: type) -> tuple[Mapping[str, Dial], Mapping[str, Any]]:
    return dials(kind), values(kind())


@dataclass(frozen=True)
class PointHandle:
    """A ring that moves both ways: ``x`` and ``y`` are its place in the plot."""

    x: Grip
    y: Grip
    role: str = "accent"
    label: str = ""
    help: str = ""
    handle: Literal["point"] = "point"


@dataclass(frozen=True)
class RuleHandle:
    """A straight line through the plot that moves along one axis, taken by its grip or anywhere."""

    grip: Grip
    axis: Literal["x", "y"] = "x"  # along which it moves; the line stands across it
    role: str = "accent"
    label: str = ""
    handle: Literal["rule"] = "rule"


@dataclass(frozen=True)
class SpanHandle:
    """A strip of the plot from ``low`` to ``high``: both ends move, and never past each other."""

    low: Grip
    high: Grip
    axis: Literal["x", "y"] = "x"
    role: str = "accent"
    label: str = ""
    handle: Literal["span"] = "span"


@dataclass(frozen=True)
class BarHandle:
    """The end of one bar, that of entry ``index`` of an array of shape (n,); it moves up and down.

    Without dials, and while a line of text does not have its word, it stands at that entry.
    """

    grip: Grip
    array: str
    index: int
    role: str = "accent"
    handle: Literal["bar"] = "bar"


@dataclass(frozen=True)
class NumberHandle:
    """A number that stands at a place of the plot, as in a cell of a heat map.

    It is dragged sideways, or typed. Without dials, and while a line of text does not have its
    word, it is the entry ``index`` of an array, counted row by row, where one is named.
    """

    grip: Grip
    x: float
    y: float
    array: str = ""
    index: int = 0
    role: str = "ink"
    handle: Literal["number"] = "number"


@dataclass(frozen=True)
class PenHandle:
    """Numbers side by side that are drawn over with a pen: the bins of a pile, or a function.

    The grip's setting is a line of text, numbers parted by blanks. Each of them stands over an even
    share of [left, right], moved by what the setting ``shift`` says, and is set to where the pen
    passes it. By the keys, left and right choose one of them, up and down change it. Without dials
    there is nothing to be seen of it but the marks below.
    """

    grip: Grip
    left: float
    right: float
    shift: str = ""
    each: str = "bin"  # what one of the numbers is called
    role: str = "accent"
    handle: Literal["pen"] = "pen"


@dataclass(frozen=True)
class CloudHandle:
    """The points of a cloud, of which each moves both ways on its own.

    ``array``, (n, 2), says where they stand as long as the line of text does not have their words:
    {point} in the entry of a grip is the number of one, from 0. All of them are moved by what the
    settings ``right`` and ``up`` say. The one nearest to the pointer is taken; by the keys one is
    chosen. Without dials there is nothing to be seen of it but the marks below.
    """

    x: Grip
    y: Grip
    array: str
    right: str = ""
    up: str = ""
    each: str = "point"  # what one of them is called
    role: str = "accent"
    handle: Literal["cloud"] = "cloud"


Handle = PointHandle | RuleHandle | SpanHandle | BarHandle | NumberHandle | PenHandle | CloudHandle
