"""The marks of a plot, and its axes: what each shows, by the names of the arrays that it reads."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Axis:
    """An axis: its range (or None: fitted to the data shown so far), its label with unit.

    A ``bare`` one has no ticks, where what stands along it has no numbers; their room is kept. One
    that counts has ``whole`` ticks: there is no half seed, and no layer 2.5.
    """

    low: float | None = None
    high: float | None = None
    label: str = ""
    log: bool = False  # decades; values of zero or less are not drawn
    bare: bool = False
    whole: bool = False


FITTED = Axis()


@dataclass(frozen=True)
class Points:
    """A cloud from an array of shape (n, 2).

    With a ``window`` the array has a row for each frame, and so many are drawn: that of the frame
    which is shown, and those before it.
    """

    array: str
    role: str
    size: float = 2.5  # radius in px at a panel of 400 px; it scales with the panel
    opacity: float = 0.8
    shape: Literal["dot", "ring", "cross"] = "dot"
    window: int | None = None
    label: str = ""
    mark: Literal["points"] = "points"


@dataclass(frozen=True)
class Surface:
    """A heat map from an array of shape (rows, columns); row 0 lies at the low end of y.

    ``scale`` is "diverging" (the roles low, card, high around ``middle``), "sequential"
    (viridis-like) or "role" (from the card to one role). ``low`` and ``high`` bound the scale;
    None takes the smallest and largest value of the frame. ``contours`` is the number of level
    lines.
    """

    array: str
    extent: tuple[float, float, float, float]  # x0, x1, y0, y1
    scale: Literal["diverging", "sequential", "role"] = "diverging"
    role: str = "critic"
    low: float | None = None
    high: float | None = None
    middle: float | None = None
    contours: int = 0
    label: str = ""
    mark: Literal["surface"] = "surface"


@dataclass(frozen=True)
class Mesh:
    """The lines of a grid from an array of shape (rows, columns, 2).

    With ``density``, an array (rows, columns) from 0 to 1, each cell is filled at the mean of its
    corners times ``opacity``. ``origin`` is the grid that the mesh is the image of, of the same
    shape: while the pointer is over the plot the mesh goes back to it, stretched over the plot,
    and returns when the pointer leaves. A cell keeps its shade on the way.
    """

    array: str
    role: str
    opacity: float = 0.6
    label: str = ""
    density: str = ""
    origin: str = ""
    mark: Literal["mesh"] = "mesh"


@dataclass(frozen=True)
class Arrows:
    """Arrows at ``tails`` (n, 2) along ``vectors`` (n, 2), times ``scale``: true magnitudes.

    An arrow longer than ``longest`` (data units) is cut there and drawn with an open head.
    """

    tails: str
    vectors: str
    role: str
    scale: float = 1.0
    longest: float = 1.0
    label: str = ""
    mark: Literal["arrows"] = "arrows"


@dataclass(frozen=True)
class Curve:
    """A line from this frame: array ``y`` over array ``x`` (or over 0, 1, 2, …)."""

    y: str
    role: str
    x: str = ""
    label: str = ""
    width: float = 2.5
    dashed: bool | None = None  # None: the dash of the role
    low: str = ""  # with `high`: arrays of a band around the line
    high: str = ""
    mark: Literal["curve"] = "curve"


@dataclass(frozen=True)
class History:
    """A line through one scalar of every frame so far, over the step, with the playhead on it."""

    scalar: str
    role: str
    label: str = ""
    width: float = 2.5
    mark: Literal["history"] = "history"


@dataclass(frozen=True)
class Rule:
    """A straight line across the plot at a known value: a baseline, a ceiling."""

    y: float | str  # a number, or the name of a scalar
    role: str = "baseline"
    label: str = ""
    mark: Literal["rule"] = "rule"


@dataclass(frozen=True)
class Band:
    """A shaded strip across the plot: a floor with its noise."""

    low: float | str
    high: float | str
    role: str = "baseline"
    label: str = ""
    mark: Literal["band"] = "band"


@dataclass(frozen=True)
class Bars:
    """Bars from an array of shape (n,); ``labels`` under them, an empty one is none.

    The labels under the plot are those of its first bars; each bar is read out by its own.
    """

    array: str
    role: str
    labels: tuple[str, ...] = ()
    label: str = ""
    mark: Literal["bars"] = "bars"


@dataclass(frozen=True)
class Ribbons:
    """Bent strips from one level to another: what goes from where to where, and how much of it.

    ``array`` has a row for each, (n, 4): its left and right end at ``top``, and those at
    ``bottom``.
    """

    array: str
    role: str
    top: float = 1.0
    bottom: float = 0.0
    opacity: float = 0.35
    label: str = ""
    mark: Literal["ribbons"] = "ribbons"


Mark = Points | Surface | Mesh | Arrows | Curve | History | Rule | Band | Bars | Ribbons
