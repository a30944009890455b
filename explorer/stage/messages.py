"""What the page and the stage in the browser tell each other.

The page hands over a `Showing`; the stage answers with `Told`. What the server says over the socket
is `runs.run.Status` and frames, what it hears is `viewer.Command`. The browser's side reads the
same descriptions, see `declarations`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from explorer.figures import theme
from explorer.figures.scene import Scene


class Palette(TypedDict):
    """The colours of both themes by role, the dashes of roles in px, and the faces."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    dash: Mapping[str, list[int]]
    font: str
    monospace: str


PALETTE: Palette = {
    "light": theme.LIGHT,
    "dark": theme.DARK,
    "dash": {role: list(dash) for role, dash in theme.DASH.items()},
    "font": theme.FONT,
    "monospace": theme.MONOSPACE,
}


Setting = str | int | float | bool | None


class Knob(TypedDict):
    """How one dial stands in the column, and what it may be, from its row.

    ``values`` are those on offer, with their ``written`` form, for a scale, a row of names and a
    menu; a slider and a field lie between ``low`` and ``high``. ``step`` is null where any number
    goes, ``next`` offers a button that goes on by one. ``written`` of a slider has a text for every
    step, where the number alone does not say it.

    ``turns`` are the dials that choosing each of the ``values`` turns with it. A knob with
    ``stands`` is no setting of its own: it is shown at the value whose settings all stand so, and
    an empty entry of it stands for none of them. "letters" is a text that buttons write, one letter
    each; "pad" is one that a pen writes.
    """

    name: str
    kind: Literal[
        "slider", "scale", "row", "menu", "switch", "field", "line", "lines", "letters", "pad"
    ]
    label: str
    help: str
    low: float | None
    high: float | None
    step: float | None
    whole: bool
    powers: bool
    unit: str
    values: Sequence[Setting]
    written: Sequence[str]
    turns: Sequence[Mapping[str, Setting]]
    stands: Sequence[Mapping[str, Setting]]
    longest: int | None
    next: bool
    labelled: bool


class Group(TypedDict):
    """Some dials under one title; a folded group shows its title alone until it is asked for."""

    title: str
    folded: bool
    knobs: Sequence[Knob]


class Column(TypedDict):
    """The dials beside a picture: their values live in the browser, which says them whole.

    ``settings`` are all values of the page's configuration, ``defaults`` what they are without a
    link. ``editions`` count, for each, how often the page itself has turned it: the browser takes
    the page's value where that has grown, and keeps its own otherwise; ``refused`` says why, of
    a dial that was put back. ``picks`` says which setting is turned by a selection in the picture,
    by the name of the selection. ``above``: in a window that is too narrow for both, the dials
    stand in rows over the picture.
    """

    groups: Sequence[Group]
    settings: Mapping[str, Setting]
    defaults: Mapping[str, Setting]
    editions: Mapping[str, int]
    refused: Mapping[str, str]
    picks: Mapping[str, str]
    above: bool


class Rested(TypedDict):
    """Where the picture came to rest: the name of the run, and the step of what it shows."""

    run: str
    step: int


class Settled(TypedDict):
    """Where the dials came to rest: all their values, and the editions that the browser knew.

    ``stood`` is where the picture of a run stood still: what was turned is meant from there on.
    """

    settings: Mapping[str, Setting]
    editions: Mapping[str, int]
    stood: NotRequired[Rested]


class Beginning(TypedDict):
    """Where a stage asks how a run begins that is not there yet, and which dials begin none.

    ``token`` admits to the desk; ``forks`` turn while a run trains, which then goes on.
    """

    token: str
    forks: Sequence[str]


class Look(TypedDict):
    """What a page points at: the areas of the panels that are lit while the others are dimmed.

    ``plays``: a run that nothing is known of in this tab begins to play by itself.
    """

    panels: Sequence[str]
    plays: bool


class Carried(TypedDict):
    """Which elements of the page hold the reel of what never moves and that of all frames."""

    still: str
    frames: str


class Showing(TypedDict):
    """What a stage is to show: a scene of a run, and how the page set it.

    ``dials`` stand beside the picture. With ``answers``, a token, the stage asks for what the dials
    say: scene and frames come as one answer, and ``scene`` is null until then.
    With ``begins`` it asks how a run begins that a turned dial asks for, until that is there.
    ``token`` admits to the run, and ``run`` names it: equal names, equal runs. ``picks``,
    ``resets`` and ``rests`` say whether the page wants to hear of selections, of going back to the
    start, and of where the picture came to rest.
    ``height`` is in pixels, None fills the window; ``start`` is the frame that is shown first.
    ``modules`` is where the scripts lie, from the server's first page on, and ``glossary`` the one
    among them that says what words mean; ``look`` is what the page points at, if at anything. A
    page without a server carries its recordings in place of a token; there selections of a
    ``fixed`` name stay as they are: what is shown was recorded for them.
    """

    scene: Annotated[Mapping[str, Any], Scene] | None  # as `as_json` writes it
    token: str
    run: str
    notice: str
    live: bool
    select: Mapping[str, int]
    picks: bool
    resets: bool
    rests: bool
    palette: Palette
    height: int | None
    start: int
    title: str
    dials: NotRequired[Column]
    answers: NotRequired[str]
    begins: NotRequired[Beginning]
    modules: NotRequired[str]
    glossary: NotRequired[str]
    look: NotRequired[Look]
    carried: NotRequired[Carried]
    fixed: NotRequired[Sequence[str]]


class Pick(TypedDict):
    """One selection that the viewer made in the picture."""

    name: str
    value: int


class Picks(TypedDict):
    """Several selections made at once, such as both ends of a span."""

    values: Mapping[str, int]


class Told(TypedDict):
    """What the stage tells the page, by the name of the trigger.

    "lost" and "reset" carry the token of the run that the server no longer knows, or that the
    viewer took back to the start. "settled" and "rested" are states, the others are triggers;
    "rested" is told when the picture stands still for a moment, and never while it plays.
    """

    lost: str
    reset: str
    pick: Pick | Picks
    settled: Settled
    rested: Rested


class RowTold(TypedDict):
    """The recorded values of one dial, as they are written; ``own`` is the step's, from 0."""

    name: str
    label: str
    own: int
    values: Sequence[str]


class StateTold(TypedDict):
    """What a page carries of one recorded configuration: in which elements, and how it is shown.

    ``last`` is the index of the last frame, ``address`` that of the same in a running laboratory,
    and ``now`` what the step's measure finds, of a configuration that is not the step's own.
    """

    scene: str
    still: str
    frames: str
    last: int
    select: Mapping[str, int]
    start: int
    fixed: Sequence[str]
    address: str
    now: str


class DecidesTold(TypedDict):
    """What is said of a question, as HTML by the letter of the answer, "-" without one.

    ``live``: only once the run that decides it has come to its end; before, that it is waited for.
    """

    live: bool
    waiting: Mapping[str, str]
    decided: Mapping[str, str]


class StepTold(TypedDict):
    """A step of a lesson without a server: what was recorded, by a dial and the place of a value.

    The step's own recording has the empty name.
    """

    title: str
    look: Look
    question: DecidesTold | None
    rows: Sequence[RowTold]
    states: Mapping[str, StateTold]


class LessonTold(TypedDict):
    """What the page of a lesson without a server tells its script."""

    name: str
    palette: Palette
    steps: Sequence[StepTold]
