"""The panels of a scene on paper: each in a module that is called by its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from explorer.figures.scene import Panel
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.sheet import Box, Paper


@dataclass(frozen=True)
class Drawn:
    """A panel that is ready to be drawn.

    ``paint`` draws a moment of its run into a box; ``height`` is what it asks for, in px, in a row
    that is as high as its panels.
    """

    paint: Callable[[Paper, Box, Moment], None]
    height: float = 180.0


def make(panel: Panel, run: Moment) -> Drawn:
    """Return how a panel of a run is drawn; raises ValueError for a kind without a module here."""
    name = f"{__name__}.{panel.kind}"
    if find_spec(name) is None:
        raise ValueError(f"unknown panel {panel.kind!r}: there is no module for it on paper")
    found: Drawn = import_module(name).make(panel, run)
    return found
