"""A circuit on paper with the numbers of the selected unit, and the equation of one stage."""

from functools import partial

from explorer.figures.scene import Diagram
from explorer.stage.paper.circuit.circuit import Circuit
from explorer.stage.paper.circuit.equation import write_equation
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import Drawn
from explorer.stage.paper.sheet import Box, Paper

DESK = 86.0  # px for the equation and its sentence


def make(panel: Diagram, run: Moment) -> Drawn:
    """Return how a circuit is drawn."""
    return Drawn(partial(_paint, panel))


def _paint(panel: Diagram, paper: Paper, box: Box, moment: Moment) -> None:
    """Draw the circuit; with a stage, what it lights, and its equation and sentence below."""
    left, top, right, bottom = box
    stage = None if moment.stage is None else panel.stages[moment.stage]
    end = bottom - DESK if stage else bottom
    paper.box(left, top, right, end, "card", 10, "line")
    Circuit(paper, panel, (left, top, right, end), moment, stage).draw()
    if stage:
        write_equation(paper, panel, stage, (left, end + 8, right, bottom), moment)
