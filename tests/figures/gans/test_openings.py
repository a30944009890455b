"""How a training begins, as it is seen before its run has sent a frame."""

import numpy as np
import pytest

from explorer.dials import turned
from explorer.figures import gradients
from explorer.figures.gans import openings
from explorer.labs.gans.settings import GanLab
from explorer.labs.gradients.settings import Flow
from explorer.runs.answers import packed

SMALL = {"width": 8, "depth": 1, "seed": 3}
LATER = ("truth", "best_profile", "coverage", "density")  # measured exactly, which takes longest


def lab(**values) -> GanLab:
    return turned(GanLab(), SMALL | values)


@pytest.mark.parametrize("data", ["ring", "lines", "digits", "two_bumps", "images"])
def test_a_match_begins_with_the_first_frame_of_its_run_without_exact_distances(data: str):
    asked = lab(data=data)
    answer = openings.match(asked, False)
    first, (begun,) = next(asked.match().stream()), answer.frames

    left_out = set(first.arrays) - set(begun.arrays)
    assert all(name.split("/")[1].startswith(LATER) for name in left_out)
    assert begun.arrays
    for name, values in begun.arrays.items():
        np.testing.assert_array_equal(values, first.arrays[name])
    assert begun.scalars.items() <= {**first.scalars, **begun.scalars}.items()
    for name in ("a/step", "b/pull"):
        assert begun.scalars.get(name) == first.scalars.get(name)
    assert "a/w1" not in begun.scalars
    assert packed(answer).frames


def test_another_seed_and_another_width_begin_elsewhere():
    here, seed, width = (
        openings.match(lab(**values), False).frames[0].arrays["a/fake"]
        for values in ({}, {"seed": 4}, {"width": 16})
    )
    assert not np.array_equal(here, seed)
    assert not np.array_equal(here, width)


def test_lines_begin_where_their_angle_says():
    near, far = (openings.match(lab(data="lines", theta=t), True).still for t in (0.2, 0.9))
    assert not np.array_equal(near.arrays["real"], far.arrays["real"])


@pytest.mark.parametrize("view", ["seeds", "depth"])
def test_seeds_and_deep_critics_begin_with_the_first_frame_of_their_run(view: str):
    asked = lab(seeds=8)
    run = asked.many() if view == "seeds" else asked.critics()
    (begun,) = getattr(openings, view)(asked, False).frames
    first = next(run.stream())
    assert begun.scalars.keys() == first.scalars.keys()
    for name, values in first.arrays.items():
        np.testing.assert_array_equal(begun.arrays[name], values)


def test_the_adding_problem_begins_with_the_first_frame_of_its_run():
    asked = Flow(task_length=10, task_width=8)
    (begun,) = gradients.opening(asked, False).frames
    assert begun.scalars == pytest.approx(next(asked.learning().stream()).scalars, nan_ok=True)


def test_floors_that_would_have_to_be_measured_are_not_waited_for():
    built_in, other = (
        openings.match(lab(data=data, theta=0.3), True).still for data in ("ring", "lines")
    )
    assert "w1/floor" in built_in.scalars
    assert not other.scalars
