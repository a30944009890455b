"""The three trainings as frames: all that the scene reads is there, and the sentences are true."""

import math

import numpy as np
import pytest

from explorer.figures.gradients.clipping import clipping_scene, opening
from explorer.figures.scene import Bars, History, Number, Rule, Sentence
from explorer.labs.gradients import Flow
from explorer.labs.gradients.clipping import BARS, Clipping, Tally, look
from tests.figures.taking_apart import parts, templates_in

BRIEF = Clipping(length=6, width=5, batch=4, steps=120, norm=0.3)


@pytest.fixture(scope="module")
def frames():
    return list(BRIEF.stream())


def test_all_that_the_scene_reads_is_in_a_frame(frames):
    scene, still = clipping_scene(BRIEF), BRIEF.still()
    scalars = {*frames[-1].scalars, *still.scalars}

    for part in parts(scene):
        if isinstance(part, Bars):
            assert part.array in frames[-1].arrays
        elif isinstance(part, History | Number):
            assert part.scalar in scalars
        elif isinstance(part, Rule) and isinstance(part.y, str):
            assert part.y in still.scalars
        elif isinstance(part, Sentence):
            assert all(part.name in frame.sentences for frame in frames)
    assert templates_in(scene.panels) <= scalars
    for grid in (scene.wide, scene.narrow):
        rows = [row.split() for row in grid.areas]
        assert {area for row in rows for area in row} == {each.area for each in scene.panels}


def test_bites_and_sizes_are_counted_over_all_updates(frames):
    last = frames[-1]
    raw = [frame.scalars["by_norm/raw"] for frame in frames[1:]]

    assert len(frames) == BRIEF.frame_count == 61
    for clip in ("unclipped", "by_norm", "by_value"):
        share = last.arrays[f"{clip}/share"]
        assert np.nansum(share) == pytest.approx(100)
        assert np.isfinite(share).sum() == BARS
    assert last.scalars["unclipped/bites"] == 0
    assert min(raw) <= last.scalars["mean"] <= max(raw)
    at_least = 100 * np.mean([value >= 0.3 for value in raw]) / 2  # of each pair the longest
    assert at_least <= last.scalars["by_norm/bites"] <= 2 * at_least
    assert all(frame.scalars["by_norm/taken"] <= 0.3 * (1 + 1e-5) for frame in frames[1:])


def test_it_goes_on_from_a_state_as_if_nothing_had_come_between(frames):
    kept = next(frame for frame in frames[1:] if frame.state is not None)
    again = list(BRIEF.stream(kept.state))

    later = [frame for frame in frames if frame.step > kept.step]
    assert [frame.scalars for frame in again] == [frame.scalars for frame in later]
    assert [frame.sentences for frame in again] == [frame.sentences for frame in later]


def test_what_is_thrown_off_is_said_with_its_iteration_and_its_numbers_end():
    frames = list(Clipping(rate=5.0, steps=60, norm=0.01, value=1e-3, length=8, width=6).stream())
    lost = [frame for frame in frames if "unclipped: lost" in frame.event]

    assert len(lost) == 1
    assert "**Unclipped it was thrown off by iteration" in frames[-1].sentences["says"]
    assert "unclipped/raw" not in frames[-1].scalars
    assert math.isfinite(frames[-1].scalars["by_norm/raw"])


@pytest.mark.parametrize(
    ("threshold", "said"), [(0.3, "below that"), (1.0, "within that"), (30.0, "above that")]
)
def test_the_threshold_is_held_against_the_average_that_was_measured(threshold: float, said: str):
    told = look(Clipping(norm=threshold), 10, {"mean": 1.0})

    assert "0.5 to 10; yours" in told
    assert said in told


def test_a_tally_survives_its_state_and_a_norm_of_zero_is_no_size():
    tally = Tally(7, 2, 3.5, 10.0, 2.0, lost=4)
    tally.sizes[3] = 7

    again = Tally.restored(tally.state())
    assert (again.updates, again.lost, again.longest) == (7, 4, 2.0)
    np.testing.assert_array_equal(again.sizes, tally.sizes)


def test_the_page_opens_on_the_settings_of_its_dials():
    flow = Flow(clip_norm=3.0, clip_cell="gru", clip_length=7, seed=4)

    assert flow.clipping() == Clipping(norm=3.0, cell="gru", length=7, seed=4)
    assert opening(flow, True).frames[0].step == 0
    with pytest.raises(ValueError, match=r"^clip_norm must be between"):
        Flow(clip_norm=0.0)
