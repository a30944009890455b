"""The vocabulary of live pictures: a scene is data, so a new lab needs no new JavaScript.

A `Scene` places panels on a grid; a panel reads named arrays, numbers and sentences from the
frame under the playhead (or, for what never moves, from the run's *still* frame) and draws them.
Colours are named by role (`theme`), numbers by name (`runs.frames.Frame`). Everything here turns
into JSON with `as_json`; the stage in the browser and the still pictures read nothing else.

Names of arrays and scalars are looked up in the frame first, then in the still frame.

Any text may contain ⟦key⟧, which stands for the word of the chosen `Lexicon`: one switch renames
everything. `worded` puts the words in for what is drawn without a viewer.
"""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

# ---------------------------------------------------------------------------------- axes and marks


@dataclass(frozen=True)
class Axis:
    """An axis: its range (or None: fitted to the data shown so far), its label with unit."""

    low: float | None = None
    high: float | None = None
    label: str = ""
    log: bool = False  # decades; values of zero or less are not drawn


@dataclass(frozen=True)
class Points:
    """A cloud from an array of shape (n, 2)."""

    array: str
    role: str
    size: float = 2.5  # radius in px at a panel of 400 px; it scales with the panel
    opacity: float = 0.8
    shape: Literal["dot", "ring", "cross"] = "dot"
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
    """Bars from an array of shape (n,); ``labels`` under them."""

    array: str
    role: str
    labels: tuple[str, ...] = ()
    label: str = ""
    mark: Literal["bars"] = "bars"


Mark = Points | Surface | Mesh | Arrows | Curve | History | Rule | Band | Bars

# ------------------------------------------------------------------------------------------ panels


@dataclass(frozen=True)
class Plot:
    """A picture with axes. ``square`` keeps one unit equally long both ways and hides the ticks."""

    area: str
    title: str
    marks: tuple[Mark, ...]
    note: str = ""
    x: Axis = Axis()
    y: Axis = Axis()
    square: bool = False
    alt: str = ""  # what the picture shows; `{name}` is replaced by the scalar of that name
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
class Value:
    """A number of the frame: a scalar, or the entry of an array that ``select`` chooses.

    ``digits`` counts decimals (fewer from 10 on). ``one_minus`` shows 1 less the number.
    """

    name: str
    select: str = ""
    digits: int = 2
    one_minus: bool = False


@dataclass(frozen=True)
class Node:
    """A place in a diagram: a gate (box with name and value), an operation (circle with a sign)
    or a label (bare text with an optional value).

    ``text``, ``note`` and ``help`` are templates, see `Stage`. ``anchor`` says which end of a
    label lies at x.
    """

    name: str
    x: float
    y: float
    shape: Literal["gate", "operation", "label"] = "gate"
    text: str = ""
    value: Value | None = None
    role: str = "ink"
    note: str = ""  # small text in a gate, e.g. its squashing function
    help: str = ""  # explained on hover, focus or tap
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True)
class Wire:
    """A line through points; as thick as its value is large, and moving when its stage is on.

    ``start`` and ``end`` name the nodes it joins. A line whose value is negative is dashed; with
    ``signed`` it also has the colour of the sign in place of its role. The number stands at
    ``label_at``, a point of the line, on the given ``side`` of it ("across": the label above it,
    the number below), and ``anchor`` says which end of the text lies there. A point is x, y and
    optionally a shift sideways in widths of a gate, so that lines enter one box side by side.
    """

    name: str
    points: tuple[tuple[float, ...], ...]
    value: Value | None = None
    role: str = "ink"
    label_at: tuple[float, ...] | None = None
    label: str = ""
    full: float = 1.0  # the magnitude at which the line is thickest
    start: str = ""
    end: str = ""
    signed: bool = False
    side: Literal["across", "above", "below", "left", "right"] = "right"
    anchor: Literal["start", "middle", "end"] = "middle"
    help: str = ""


@dataclass(frozen=True)
class Term:
    """A piece of an equation: plain text, or a number in the colour of its role.

    ``caption`` stands small under it and says in words what the number is. A negative number
    after "+" turns it into "−", and stands in brackets after "·".
    """

    text: str = ""
    value: Value | None = None
    role: str = "ink"
    strong: bool = False
    caption: str = ""


@dataclass(frozen=True)
class Dot:
    """A dot product inside a number: Σ_k weights[block·H + u, k] · inputs[k] + bias[block·H + u].

    u is the selected unit and H the number of units; ``weights`` and ``bias`` are still arrays,
    ``inputs`` is an array of the frame. ``names`` calls the inputs (empty: "1", "2", …, or by unit
    where ``cause`` is "before"). A ``diagonal`` has a single product,
    weights[block, u] · inputs[u], with weights of shape (blocks, H). ``gated_by`` names an array
    whose entry of the unit multiplies the whole sum, bias included (the reset gate of a GRU).

    ``cause`` says where the inputs come from: "token", what is read in this step; "before", the
    value ``leads_to`` of every unit one step earlier, so that a product leads back through time.
    """

    label: str
    weights: str
    inputs: str
    block: int = 0
    bias: str = ""
    names: tuple[str, ...] = ()
    cause: Literal["token", "before", ""] = ""
    leads_to: str = ""
    diagonal: bool = False
    gated_by: str = ""


@dataclass(frozen=True)
class Opening:
    """How the number called ``name`` is made: its equation, whose numbers open in turn, and the
    dot products in it.

    ``symbols`` is the formula in letters as in `Stage`, ``says`` a template as there. The dot
    products add up to ``adds_to`` (empty: to ``{name}/preactivation`` where the frame has it, else
    to the number itself), and the picture says how exactly they do.
    """

    name: str
    title: str
    symbols: str
    equation: tuple[Term, ...]
    says: str = ""
    dots: tuple[Dot, ...] = ()
    role: str = "ink"
    adds_to: str = ""


@dataclass(frozen=True)
class Weighing:
    """A sentence that depends on which of two numbers is larger in magnitude."""

    first: Value
    second: Value
    if_first: str
    if_second: str


@dataclass(frozen=True)
class Stage:
    """One stage of the computation inside a step: what lights up, the formula, the numbers in it.

    ``parts`` are names of nodes and wires. ``symbols`` writes indices as ``W_{xf}``. ``says`` is
    one plain sentence, true for the numbers on screen because it is a template: ``{name}`` stands
    for a scalar, or for the entry of an array that the diagram's selection chooses,
    ``{name:percent}`` for it in percent, ``{token}`` for what is read now. ``weighs`` adds a
    sentence that depends on two numbers.
    """

    name: str
    parts: tuple[str, ...]
    symbols: str = ""  # the formula in letters
    equation: tuple[Term, ...] = ()
    says: str = ""
    weighs: Weighing | None = None
    title: str = ""  # what its button is called; empty: its name


@dataclass(frozen=True)
class Layout:
    """Where the nodes and wires of a diagram lie, in its own coordinates."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]


@dataclass(frozen=True)
class Diagram:
    """The circuit of a cell in its own coordinates, with the equation of the stage under it.

    The coordinates stretch both ways with the panel, boxes and letters do not: they keep a size
    that can be read. ``narrow`` is another layout of the same parts, for phones. ``tokens`` is
    what is read at each frame, ``select`` the selection that templates go by. A number that one
    of the ``openings`` is about opens on a click and shows what it is made of. ``opens`` names the
    stage that is shown first.
    """

    area: str
    width: float
    height: float
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    stages: tuple[Stage, ...]
    title: str = ""
    alt: str = ""
    narrow: Layout | None = None
    tokens: tuple[str, ...] = ()
    select: str = ""
    openings: tuple[Opening, ...] = ()
    opens: str = ""
    kind: Literal["diagram"] = "diagram"


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
    """Small grey images from an array of shape (n, rows, columns)."""

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
    ``of``: "6 / 8"). The four bounds tint it; each may be the name of a scalar.
    """

    scalar: str
    label: str
    form: Literal["plain", "percent", "power", "of", "integer"] = "plain"
    of: float | None = None
    bound: str = ""  # "floor 0.08"; `{name}` is replaced by a scalar
    good_from: float | str | None = None
    good_to: float | str | None = None
    bad_to: float | str | None = None
    bad_from: float | str | None = None
    help: str = ""


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
    another sentence of the frame, and the letters that differ from it are marked.
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

# ------------------------------------------------------------------------------- names, the scene

NAMES = "names"  # the selection that chooses among the lexicons of a scene
ORDER = "order"  # the selection that chooses among the orders of its heat maps


@dataclass(frozen=True)
class Lexicon:
    """One way to call things: the word for every key that the scene writes as ⟦key⟧."""

    name: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A CSS grid: column and row sizes, and the area names row by row (a dot is an empty cell).

    The first ``fold`` rows fit the window together with the time bar (0: all of them do); the
    others follow below, while the time bar stays in view.
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    areas: tuple[str, ...]  # one string a row, names separated by blanks
    fold: int = 0


@dataclass(frozen=True)
class Scene:
    """A whole live picture. ``narrow`` is the grid below 760 px of width (phones).

    ``clock`` names what the time bar counts ("step", "character"). ``selects`` gives the start
    value of every selection (row of a heat map, unit of a cell). ``lexicons`` are the ways to call
    things; the selection `NAMES` chooses one. A scene with a `Diagram` steps
    through its stages inside each frame. ``loop`` plays a recording over and over, without
    controls, for small pictures that lead somewhere.
    """

    panels: tuple[Panel, ...]
    wide: Grid
    narrow: Grid
    clock: str = "step"
    selects: tuple[tuple[str, int], ...] = ()
    loop: bool = False
    alt: str = ""
    lexicons: tuple[Lexicon, ...] = ()


T = TypeVar("T")
KEY = re.compile("⟦([^⟦⟧]*)⟧")


def worded(scene: Scene, index: int = 0) -> Scene:
    """Return the scene in the words of one of its lexicons, for pictures that nobody can switch.

    A key without a word stands as itself. Raises IndexError where the scene has lexicons but not
    that one.
    """
    words = dict(scene.lexicons[index].words) if scene.lexicons else {}
    return _put(replace(scene, lexicons=()), words)


def _put(thing: T, words: dict[str, str]) -> T:
    if isinstance(thing, str):
        return KEY.sub(lambda key: words.get(key[1], key[1]), thing)  # type: ignore[return-value]
    if isinstance(thing, tuple):
        return tuple(_put(item, words) for item in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(
            thing, **{f.name: _put(getattr(thing, f.name), words) for f in fields(thing)}
        )
    return thing


def as_json(thing: Any) -> Any:
    """Return a scene, or any part of it, as plain JSON values, without the fields that are None."""
    if is_dataclass(thing) and not isinstance(thing, type):
        pairs = ((f.name, getattr(thing, f.name)) for f in fields(thing))
        return {name: as_json(value) for name, value in pairs if value is not None}
    if isinstance(thing, tuple | list):
        return [as_json(item) for item in thing]
    if isinstance(thing, dict):
        return {str(key): as_json(value) for key, value in thing.items()}
    return thing
