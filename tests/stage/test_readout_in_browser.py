"""What is read out under the pointer: each mark says its own number, and no other does."""

import numpy as np
import pytest

from explorer.figures.scene import Axis, Curve, Plot, Points, Rule, Surface
from explorer.stage.paper.format import number
from tests.stage.exhibits import PLOTS, RUN, Exhibit, plot
from tests.stage.studio import painted

LAST = RUN[-1]


def reading(page, exhibit: Exhibit, x: float, y: float) -> list[str]:
    return painted(page, exhibit, (x, y))["reading"].split("\n")


@pytest.mark.parametrize("place", [0, 3, 8])
def test_a_history_is_read_at_the_step_that_is_nearest(page, place):
    frame = RUN[place]
    found = reading(page, PLOTS["histories"], frame.step + 2, 0.5)

    loss, right = (number(frame.scalars[name]) for name in ("loss", "accuracy"))
    assert found == [f"step {frame.step}", f"loss {loss}", f"right {right}"]


def test_a_curve_is_read_at_its_x_and_where_one_has_a_name_only_that_one_is(page):
    found = reading(page, PLOTS["curves"], 5.3, 1e-3)

    assert found == ["lag 5", f"measured {number(float(LAST.arrays['decay'][5]))}"]


def test_curves_without_names_are_all_read(page):
    marks = (Curve("decay", "lstm"), Curve("upper", "gru"))
    found = reading(page, plot(*marks, y=Axis(0, 3)), 2, 1)

    assert found == ["2", *(number(float(LAST.arrays[name][2])) for name in ("decay", "upper"))]


def test_a_bar_is_read_by_its_name_and_without_one_by_its_place(page):
    told = number(float(np.float32(LAST.arrays["heights"][3])))

    assert reading(page, PLOTS["bars"], 3.2, 1.0) == ["four", told]
    assert reading(page, PLOTS["bars on a log axis"], 3.2, 1.0) == ["3", told]


def test_in_a_square_plot_a_place_is_read_and_the_surface_there(page):
    x, y = 0.3, -0.6
    value = LAST.arrays["hill"][int((y + 1) / 2 * 7), int((x + 1) / 2 * 7)]
    place, told = reading(page, PLOTS["surface"], x, y)

    assert [float(part.replace("−", "-")) for part in place.split(", ")] == [x, y]
    assert told == f"value {number(float(value))}"


@pytest.mark.parametrize("mark", [Points("cloud", "real"), Rule(0.5)], ids=["points", "rule"])
def test_of_marks_that_are_not_read_only_the_place_in_a_square_plot_is(page, mark):
    axes = {"x": Axis(-1, 1), "y": Axis(-1, 1)}
    square = Exhibit(Plot("panel", "", (mark,), square=True, **axes), RUN)
    framed = plot(mark, Surface("hill", (-1, 1, -1, 1)), **axes)

    assert reading(page, square, 0.5, 0.25) == ["0.500, 0.250"]
    assert reading(page, framed, 0.5, 0.25) == [""]
