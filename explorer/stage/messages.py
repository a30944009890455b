"""What the page and the stage in the browser tell each other.

The page hands over a `Showing`; the stage answers with `Told`. What the server says over the socket
is `runs.run.Status` and frames, what it hears is `viewer.Command`. The browser's side reads the
same descriptions, see `declarations`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, TypedDict

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


class Showing(TypedDict):
    """What a stage is to show: a scene of a run, and how the page set it.

    ``token`` admits to the run, and ``run`` names it: equal names, equal runs. ``picks`` and
    ``resets`` say whether the page wants to hear of selections and of going back to the start.
    ``height`` is in pixels, None fills the window; ``start`` is the frame that is shown first.
    ``modules`` is where the scripts lie. A page without a server gives the addresses of the frames
    and of what never moves instead of a token.
    """

    scene: Annotated[Mapping[str, Any], Scene]  # as `as_json` writes it
    token: str
    run: str
    notice: str
    live: bool
    select: Mapping[str, int]
    picks: bool
    resets: bool
    palette: Palette
    height: int | None
    start: int
    title: str
    modules: NotRequired[str]
    frames_url: NotRequired[str]
    still_url: NotRequired[str]


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
    viewer took back to the start.
    """

    lost: str
    reset: str
    pick: Pick | Picks
