"""The circuit of a cell: nodes, wires, the stages of a step, and what its numbers are made of."""

from dataclasses import dataclass
from typing import Literal

from explorer.figures.scene.handles import Grip


@dataclass(frozen=True)
class Value:
    """A number of the frame: a scalar, or the entry of an array that ``select`` chooses.

    ``digits`` counts decimals (fewer from 10 on). ``one_minus`` shows 1 less the number. One with
    a ``grip`` can be turned where it stands, dragged sideways or typed.
    """

    name: str
    select: str = ""
    digits: int = 2
    one_minus: bool = False
    grip: Grip | None = None


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
    ``others`` names an array whose entry of the unit is what inputs that are not shown add.
    With a ``grip`` every weight can be turned: its entry may name the {row} and {column} of it.

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
    others: str = ""
    grip: Grip | None = None


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
