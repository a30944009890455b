"""A myth as a frame: its middle, its ends, and the words that its numbers give."""

import numpy as np
import pytest

from explorer.figures.gradients.myths import answer
from explorer.gradients.myths import MYTHS, tried
from explorer.labs.gradients import Flow
from explorer.labs.gradients.myths import SEEDS, ends, frame


def test_a_line_is_the_middle_of_its_seeds_and_the_band_goes_to_both_ends():
    run = tried(MYTHS["clip_turns"], 0, 3)
    shown = frame(run)
    by_hand = np.sort(run.lines["by_value"], axis=0)

    assert shown.arrays["by_value/low"] == pytest.approx(by_hand[0])
    assert shown.arrays["by_value"] == pytest.approx(by_hand[1])
    assert shown.arrays["by_value/high"] == pytest.approx(by_hand[2])


def test_the_words_say_how_many_seeds_the_verdict_rests_on():
    assert "by 3 seeds" in frame(tried(MYTHS["clip_turns"], 0, 3)).sentences["verdict"]
    assert "by one seed" in frame(tried(MYTHS["clip_turns"], 0, 1)).sentences["verdict"]


def test_while_a_hand_moves_one_seed_is_run_and_said():
    moving, still = (answer(Flow(view="myths", myth="clip_turns"), m) for m in (True, False))

    assert moving.coarse == "while it moves: one seed"
    assert still.coarse == ""
    assert f"by {SEEDS} seeds" in still.frames[0].sentences["verdict"]


@pytest.mark.parametrize("name", ["retained", "above_one_explodes"])
def test_a_logarithmic_axis_holds_every_positive_number_and_the_claim(name):
    run = tried(MYTHS[name], 0, 2)
    low, high = ends(frame(run), run)

    for values in run.lines.values():
        positive = values[values > 0]
        assert (positive >= low).all()
        assert (positive <= high).all()


def test_every_claim_can_be_chosen_by_its_link_and_another_is_refused_in_one_line():
    assert {Flow(myth=name).myth for name in MYTHS} == set(MYTHS)
    with pytest.raises(ValueError, match="unknown"):
        Flow(myth="flat earth")
