"""A growing delay as frames: counts and intervals over seeds, words that follow them."""

import numpy as np
import pytest

from explorer.figures.gradients import opening, scene_of
from explorer.figures.scene import Curve, History, Plot
from explorer.gradients import wilson
from explorer.labs.gradients import Flow
from explorer.labs.gradients.growing import GrowingDelay, look, says, shares
from tests.figures.taking_apart import templates_in

RUN = GrowingDelay(width=8, batch=4, seeds=2, longest=3, several=2, steps=40, cell="gru")


@pytest.fixture(scope="module")
def frames():
    return list(RUN.stream())


def test_a_run_has_its_frames_and_the_last_one_is_tested(frames):
    assert [frame.step for frame in frames] == [0, 20, 40]
    assert RUN.frame_count == 3
    known = np.isfinite(frames[1].arrays["one/share"])  # of the untrained network, as yet
    assert known.tolist() == [delay <= 100 for delay in RUN.delays]
    assert np.isfinite(frames[2].arrays["several/share"]).all()
    assert RUN.beyond == 30  # ten times the longest


def test_a_run_goes_on_from_its_state(frames):
    (rest,) = [list(RUN.stream(frames[0].state))]

    assert [frame.step for frame in rest] == [20, 40]
    for name, values in frames[-1].arrays.items():
        np.testing.assert_array_equal(rest[-1].arrays[name], values)


def test_all_that_the_picture_names_is_there(frames):
    scene, still = scene_of(RUN), RUN.still()
    marks = [mark for p in scene.panels if isinstance(p, Plot) for mark in p.marks]
    arrays = {n for m in marks if isinstance(m, Curve) for n in (m.y, m.x, m.low, m.high) if n}
    numbers = {m.scalar for m in marks if isinstance(m, History)} | {*templates_in(scene)}

    assert arrays <= frames[-1].arrays.keys() | still.arrays.keys()
    assert numbers <= frames[-1].scalars.keys()
    areas = {panel.area for panel in scene.panels}
    for grid in (scene.wide, scene.narrow):
        assert {name for row in grid.areas for name in row.split()} == areas


def test_a_share_counts_the_seeds_that_have_enough_right_with_its_interval():
    right = np.array([[1.0, 0.95, 0.2], [1.0, 0.94, 0.1]])
    found = shares(right)

    assert found["share"].tolist() == [1.0, 0.5, 0.0]
    np.testing.assert_allclose(found["low"], [wilson(k, 2)[0] for k in (2, 1, 0)], rtol=1e-6)
    np.testing.assert_allclose(found["high"], [wilson(k, 2)[1] for k in (2, 1, 0)], rtol=1e-6)
    np.testing.assert_allclose(found["right"], [1.0, 0.945, 0.15], rtol=1e-6)


def test_the_words_compare_only_where_both_learned_and_the_intervals_do_not_meet():
    run = GrowingDelay(seeds=5)
    counts = {"one/arrived": 5.0, "several/arrived": 5.0, "one/beyond": 5.0}
    assert "keeps one symbol more often than three" in look(run, counts | {"several/beyond": 0.0})
    assert "these intervals meet" in look(run, counts | {"several/beyond": 3.0})
    assert "outlive" in look(run, counts | {"several/beyond": 0.0, "several/arrived": 4.0})
    told = says(run, 100, counts | {"several/beyond": 0.0})
    assert "**One symbol:** 5 of 5 seeds wait through 20 blanks, and at the last test 5" in told
    assert "**Three symbols:** 5 of 5" in told


def test_the_view_of_the_horizon_asks_for_a_growing_delay_with_its_own_seeds_and_rate():
    flow = Flow(view="horizon", horizon_of="delays", horizon_seeds=1, horizon_rate=3e-3)
    run = flow.horizon()

    assert isinstance(run, GrowingDelay)
    assert (run.seeds, run.rate, run.steps) == (1, 3e-3, flow.horizon_steps)
    assert opening(flow, False).frames[0].scalars["one/delay"] == 1
