"""Of a large cell a picture holds some units alone: paper finds the selected one among them."""

import math

import numpy as np

from explorer.figures.cells.step import step_scene
from explorer.runs.frames import Frame
from explorer.stage.paper.moment import Moment

SHOWN = Frame(0, {"shown/unit": np.array([3.0, 7.0, 40.0], np.float32)})


def moment(still: Frame, unit: int) -> Moment:
    scene = step_scene("lstm", ("a",), 50)
    frame = Frame(0, {"hidden": np.array([0.1, 0.2, 0.3])})
    return Moment(scene, still, (frame,), (0,), 0, {"unit": unit})


def test_the_entry_of_a_unit_is_at_its_place_among_those_that_are_shown():
    assert moment(SHOWN, 7).entry("hidden", "unit") == 0.2
    assert moment(SHOWN, 40).entry("hidden", "unit") == 0.3
    assert moment(Frame(0), 1).entry("hidden", "unit") == 0.2


def test_a_unit_that_is_not_shown_has_no_entry():
    assert moment(SHOWN, 2).place_of("unit") == -1
    assert math.isnan(moment(SHOWN, 2).entry("hidden", "unit"))
