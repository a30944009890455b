"""Stacks that learn, as frames: what the scene reads is there, and sentences are true of it."""

import numpy as np
import pytest

from explorer.figures.gradients.depth_learning import ends, opening, scene
from explorer.figures.scene import Curve, History, Number, Sentence, Timeline
from explorer.gradients.depth import Depth, passes
from explorer.gradients.depth_theory import depth_theory
from explorer.labs.gradients import Flow
from explorer.labs.gradients import depth_words as words
from explorer.labs.gradients.depth_learning import DepthLearning, standard_error
from explorer.labs.presets import plan
from tests.figures.taking_apart import parts, templates_in

SMALL = DepthLearning(layers=5, width=8, samples=16, seeds=2, steps=15, norm="layer", seed=2)
BEFORE = {"dz": 0.01, "factor": 0.4, "accuracy": 10.0, "noise": 1.0, "lowest": 8.0, "highest": 12.0}


@pytest.fixture(scope="module")
def frames():
    return list(SMALL.stream())


@pytest.mark.parametrize("residual", [False, True])
def test_everything_that_the_scene_reads_is_in_frames_or_still(frames, residual: bool):
    settings = DepthLearning(layers=3, width=4, samples=8, residual=residual, steps=5)
    still, (_, frame) = settings.still(), tuple(settings.stream())
    arrays, scalars = still.arrays | frame.arrays, still.scalars | frame.scalars
    picture = scene(settings)

    for part in parts(picture):
        if isinstance(part, Curve):
            assert {part.y, part.x, part.low, part.high} - {""} <= arrays.keys()
        elif isinstance(part, Timeline):
            assert part.array in arrays
        elif isinstance(part, History | Number):
            assert part.scalar in scalars
        elif isinstance(part, Sentence):
            assert part.name in frame.sentences
    assert templates_in(picture.panels) <= scalars.keys()
    for grid in (picture.wide, picture.narrow):
        areas = {area for row in grid.areas for area in row.split()}
        assert areas == {each.area for each in picture.panels}


def test_the_first_moment_is_what_through_depth_measures(frames):
    known = passes(Depth(layers=5, width=8, samples=16, norm="layer"), 2)
    sizes = np.array([float(each.square().mean().sqrt()) for each in known.by_preactivation])
    theory = depth_theory(SMALL, 64, known.input_power)

    assert frames[0].arrays["dz/typical"] == pytest.approx(sizes / sizes[-1], rel=1e-4)
    assert frames[0].arrays["z/50"][2] == pytest.approx(
        np.median(known.preactivations[2].numpy().ravel()[::5]), abs=1e-4
    )
    assert theory is not None
    assert SMALL.still().arrays["dz/theory"] == pytest.approx(theory.relative)
    assert [frame.step for frame in frames] == [0, 5, 10, 15]
    assert SMALL.frame_count == len(frames)
    assert "loss" not in frames[0].scalars


def test_a_run_goes_on_from_a_state_as_if_nothing_had_come_between(frames):
    first = frames[0]
    assert first.state is not None
    again = list(SMALL.stream(first.state))

    for ours, theirs in zip(again, frames[1:], strict=True):
        assert ours.scalars == theirs.scalars
        assert ours.sentences == theirs.sentences
        for name, array in theirs.arrays.items():
            assert np.array_equal(ours.arrays[name], array, equal_nan=True)
    assert frames[-1].state is not None
    longer = DepthLearning(layers=5, width=8, samples=16, seeds=2, steps=20, norm="layer", seed=2)
    assert SMALL.shared_steps(longer) == 15
    assert SMALL.shared_steps(DepthLearning()) == -1


def test_a_training_that_diverges_says_so_and_ends():
    wild = DepthLearning(
        layers=60, width=8, samples=8, activation="relu", init="he", residual=True, rate=10.0
    )
    *_, last = wild.stream()

    assert "diverged by update" in last.trouble
    assert last.step < wild.steps


def test_it_learns_only_where_it_is_better_than_guessing_by_three_standard_errors():
    def said(**scalars: float) -> str:
        return words.learned(3, 50, BEFORE | scalars)

    assert said(accuracy=12.9).startswith("**No better than guessing so far.**")
    assert said(accuracy=13.1).startswith("**It learns.**")
    assert "the worst 20 %, the best 90 %" in said(accuracy=60.0, lowest=20.0, highest=90.0)
    assert "worst" not in said(accuracy=60.0, lowest=50.0, highest=65.0)
    assert words.learned(1, 0, BEFORE).startswith("Nothing is learned yet")


def test_the_way_back_has_opened_only_where_it_learns_and_came_nearer_to_level():
    def said(now: float, start: float, accuracy: float) -> str:
        return words.meanwhile(SMALL, 50, start, BEFORE | {"dz": now, "accuracy": accuracy})

    assert "within a factor of ten" in said(0.05, 0.01, 50.0)
    assert "the way back has opened" in said(0.5, 0.01, 50.0)
    assert "moved away from level" in said(1e-4, 0.01, 50.0)
    assert "opened" not in said(0.5, 0.01, 10.0)
    assert "×50 what it was" in said(0.5, 0.01, 10.0)
    assert "every unit there is off" in said(float("nan"), 0.01, 10.0)
    assert said(0.0, 0.01, 50.0).endswith("before training it was 0.01.")
    assert "Start it below" in words.meanwhile(SMALL, 0, 0.01, BEFORE)


def test_the_noise_is_that_of_seeds_and_never_less_than_that_of_counting():
    apart = np.array([0.2, 0.6])

    assert standard_error(apart) == pytest.approx(100 * apart.std(ddof=1) / 2**0.5)
    alike = 100 * (0.5 * 0.5 / 900) ** 0.5
    assert standard_error(np.array([0.5, 0.5, 0.5])) == pytest.approx(alike)
    assert standard_error(np.array([1.0])) > 0


def test_a_link_is_the_training_and_its_first_moment_is_seen_before_the_run_is_there():
    link = "/gradients?view=depth_learning&depth_layers=3&depth_width=8&depth_data=gaussian"
    planned = plan(link, steps=10)

    assert planned.experiment == DepthLearning(layers=3, width=8, steps=10)
    flow = Flow(view="depth_learning", depth_layers=3, depth_width=8)
    answer = opening(flow, moving=False)
    assert answer.frames[0].step == 0
    assert plan("/gradients?view=live").experiment == Flow().learning()


def test_a_stack_too_large_to_train_is_refused_in_its_view_alone():
    with pytest.raises(ValueError, match="to learn side by side"):
        Flow(view="depth_learning", depth_layers=100, depth_width=256)
    assert Flow(view="depth", depth_layers=100, depth_width=256).depth().layers == 100


def test_the_axis_has_room_for_what_theory_expects_and_ends_where_nobody_looks():
    low, high = ends(DepthLearning(activation="sigmoid", layers=4))
    assert low < 0.25**4 < 1 < high
    assert ends(DepthLearning(activation="sigmoid", layers=100, width=32))[0] == 1e-12
