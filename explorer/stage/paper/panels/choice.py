"""A row of names to choose from: on paper the choice is made, and the row takes no room."""

from explorer.figures.scene import Choice
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import Box, Paper


def make(panel: Choice, run: Moment) -> Drawn:
    """Return how nothing is drawn."""
    return Drawn(_paint, height=0.0)


def _paint(paper: Paper, box: Box, moment: Moment) -> None:
    """Draw nothing: nobody can press a button on paper."""
