"""The panels of a scene: each takes one place of its grid, and says which arrays it reads."""

from dataclasses import dataclass
from typing import Literal

from explorer.figures.scene.circuit import Diagram
from explorer.figures.scene.handles import Grip, Handle
from explorer.figures.scene.marks import FITTED, Axis, Mark


@dataclass(frozen=True)
class Plot:
    """A picture with axes. ``square`` keeps one unit equally long both ways and hides the ticks.

    ``handles`` are what can be taken hold of in it: they lie over the marks.
    """

    area: str
    title: str
    marks: tuple[Mark, ...]
    note: str = ""
    x: Axis = FITTED
    y: Axis = FITTED
    square: bool = False
    alt: str = ""  # what the picture shows; `{name}` is replaced by the scalar of that name
    handles: tuple[Handle, ...] = ()
    kind: Literal["plot"] = "plot"


@dataclass(frozen=True)
class Timeline:
    """A heat map whose columns are frames: an array of shape (n,) of every frame, side by side.

    A click moves the playhead to that frame and, with ``select``, chooses that row. Row 0 lies on
    top. ``low`` and ``high`` bound the scale; None takes the smallest and largest value of all
    frames held. ``by_row`` divides every row by its own largest magnitude instead, so that a unit
    that counts to six does not hide the others. On a ``log`` scale, zero and less stays blank.

    ``orders`` are the orders that its rows can take: a label, and the still array that says which
    row stands first, second, … (a permutation; no array: as packed). The selection `ORDER` chooses
    one, for every heat map of the scene; ``select`` still means the row as packed.
    """

    area: str
    title: str
    array: str
    note: str = ""
    scale: Literal["diverging", "sequential", "role"] = "role"
    role: str = "hidden"
    low: float | None = None
    high: float | None = None
    log: bool = False
    by_row: bool = False
    select: str = ""
    row_name: str = "unit"  # what a row is, in the readout: "unit 39", "lag 12"
    y_label: str = ""
    first_row: int = 0  # what the first row is called, where nothing is selected by it
    alt: str = ""
    orders: tuple[tuple[str, str], ...] = ()
    kind: Literal["timeline"] = "timeline"


@dataclass(frozen=True)
class Tokens:
    """A row of characters or numbers, one a frame, tinted by one entry of an array of each frame.

    A click moves the playhead there; with ``hover`` pointing does. With ``of`` "frame", chip i is
    tinted by entry i of the array of the present frame instead. ``marks`` names an array of shape
    (n,): the chips whose entry is not zero are underlined. With a ``span``, dragging over chips
    chooses a stretch of them, the selections ``{span}_first`` and ``{span}_last`` (both included),
    and the page hears of it.
    """

    area: str
    tokens: tuple[str, ...]
    array: str = ""  # of shape (n,), tinted by the entry chosen by `select`
    select: str = ""
    alt: str = ""
    of: Literal["frames", "frame"] = "frames"
    hover: bool = False
    span: str = ""
    marks: str = ""
    kind: Literal["tokens"] = "tokens"


@dataclass(frozen=True)
class Unfolding:
    """What every earlier step wrote into the memory of the selected unit, and what is left of it.

    The memory follows m_t = keep_t · m_{t−1} + written_t, so the part of step s at time t is
    written_s · keep_{s+1} ⋯ keep_t, and ``before`` of the first frame is the part that was there
    at the start. Positive parts stack upwards, negative ones downwards, and ``total`` runs through
    the picture as a line: at every step it is the upper edge plus the lower edge. All four name
    arrays of shape (H,) of the frames; ``tokens`` calls the steps.
    """

    area: str
    title: str
    keep: str
    written: str
    total: str
    before: str
    select: str
    tokens: tuple[str, ...] = ()
    alt: str = ""
    note: str = ""
    kind: Literal["unfolding"] = "unfolding"


@dataclass(frozen=True)
class FlowNode:
    """A box of a `Flow`: its place in columns and rows, what it is called, a line under that.

    ``below`` is a text with the names of scalars in braces, left out where the box is too low.
    """

    name: str
    column: int
    row: int
    text: str
    role: str
    below: str = ""


@dataclass(frozen=True)
class Flow:
    """Boxes and arrows between them; array ``active`` (n,) of the frame says which boxes are lit.

    Entry i belongs to ``nodes[i]``: from 0.5 on the box is filled with the colour of its role,
    else outlined in it. ``links`` are pairs of names; one between lit boxes is lit as well.
    """

    area: str
    title: str
    nodes: tuple[FlowNode, ...]
    links: tuple[tuple[str, str], ...]
    active: str
    note: str = ""
    alt: str = ""
    kind: Literal["flow"] = "flow"


@dataclass(frozen=True)
class Ranking:
    """Horizontal bars with names: array ``values`` (n,), named by ``names[index]`` where the array
    ``indices`` says which name belongs to each bar (or 0, 1, 2, … without it).
    """

    area: str
    title: str
    values: str
    names: tuple[str, ...]
    indices: str = ""
    role: str = "accent"
    note: str = ""
    alt: str = ""
    kind: Literal["ranking"] = "ranking"


@dataclass(frozen=True)
class Tiles:
    """Small images from an array of shape (n, rows, columns), grey, or (n, rows, columns, 3): red,
    green and blue.
    """

    area: str
    title: str
    array: str
    columns: int
    note: str = ""
    low: float = 0.0
    high: float = 1.0
    alt: str = ""
    kind: Literal["tiles"] = "tiles"


@dataclass(frozen=True)
class Number:
    """A card with one number, what it is, and its floor or ceiling.

    ``form`` is "plain" (three significant digits), "percent", "power" (2.8×10⁻³) or "of" (with
    ``of``: "6 / 8"). The four bounds tint it; each may be the name of a scalar. One with a
    ``grip`` can be turned on its card, dragged sideways or typed.
    """

    scalar: str
    label: str
    form: Literal["plain", "percent", "power", "of", "integer"] = "plain"
    of: float | None = None
    bound: str = ""  # "floor 0.08"; `{name}` is replaced by a scalar
    before: str = ""  # stands there instead while there is no number yet
    good_from: float | str | None = None
    good_to: float | str | None = None
    bad_to: float | str | None = None
    bad_from: float | str | None = None
    help: str = ""
    grip: Grip | None = None


@dataclass(frozen=True)
class Numbers:
    """A row of number cards."""

    area: str
    numbers: tuple[Number, ...]
    kind: Literal["numbers"] = "numbers"


@dataclass(frozen=True)
class Sentence:
    """What is happening, in words: the sentence of that name in the frame.

    ``lead`` is set in bold before it. ``lines`` lines are reserved, so that nothing jumps. With
    ``mono`` it is a text, letter by letter with its blanks and line breaks; ``against`` names
    another sentence of the frame, and the letters that differ from it are marked. Texts of one
    line are rows: signs that stand under each other still do where the rows are broken.
    """

    area: str
    name: str
    lead: str = ""
    lines: int = 2
    mono: bool = False
    against: str = ""
    kind: Literal["sentence"] = "sentence"


@dataclass(frozen=True)
class Choice:
    """A row of names, one of them chosen: it sets the selection ``select`` to its place in the row,
    at once and without the server. Not part of still pictures.
    """

    area: str
    select: str
    options: tuple[str, ...]
    title: str = ""
    kind: Literal["choice"] = "choice"


Panel = (
    Plot
    | Timeline
    | Tokens
    | Diagram
    | Unfolding
    | Flow
    | Ranking
    | Tiles
    | Numbers
    | Sentence
    | Choice
)
