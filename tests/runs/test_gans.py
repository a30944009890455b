"""A duel is a pure function of its configuration."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from explorer.runs.frames import Frame, pack
from explorer.runs.gans import FRAMES_PER_STATE, STEPS_PER_FRAME, Duel

SMALL = Duel(width=8, depth=2, batch=32, steps=240)


def packed(frames: list[Frame]) -> list[bytes]:
    return [pack(frame, index, Duel.precision) for index, frame in enumerate(frames)]


def test_equal_duels_give_equal_frames_bit_for_bit_whatever_the_global_generator_holds():
    torch.manual_seed(1)
    first = packed(list(islice(SMALL.stream(), 12)))
    torch.manual_seed(2)
    before = torch.get_rng_state()

    assert packed(list(islice(replace(SMALL).stream(), 12))) == first
    assert torch.equal(torch.get_rng_state(), before)


def test_another_seed_gives_other_frames():
    ours = list(islice(SMALL.stream(), 3))
    theirs = list(islice(replace(SMALL, seed=6).stream(), 3))

    assert not np.array_equal(ours[2].arrays["gan/fake"], theirs[2].arrays["gan/fake"])


@pytest.mark.parametrize("changes", ["", "30:critic_steps=2;130:penalty_weight=5.0"])
def test_a_duel_resumed_from_a_checkpoint_goes_on_bit_for_bit(changes: str):
    duel = replace(SMALL, changes=changes)
    whole = list(duel.stream())
    at = FRAMES_PER_STATE
    assert whole[at].state is not None

    resumed = list(duel.stream(whole[at].state))

    assert len(resumed) == len(whole) - at - 1
    for ours, theirs in zip(resumed, whole[at + 1 :], strict=True):
        assert pack(ours, 0, Duel.precision) == pack(theirs, 0, Duel.precision)


def test_a_turned_dial_changes_nothing_before_its_step_and_something_after():
    step = 20
    turned = SMALL.turn(step, replace(SMALL, critic_steps=1))
    plain_frames, turned_frames = list(SMALL.stream()), list(turned.stream())
    index = step // STEPS_PER_FRAME

    assert SMALL.shared_steps(turned) == step
    for ours, theirs in zip(plain_frames[: index + 1], turned_frames[: index + 1], strict=True):
        assert np.array_equal(ours.arrays["wgan/fake"], theirs.arrays["wgan/fake"])
    after = index + 3
    assert not np.array_equal(
        plain_frames[after].arrays["wgan/fake"], turned_frames[after].arrays["wgan/fake"]
    )
    assert "discriminator steps 1" in turned_frames[index + 1].event


def test_dials_turned_twice_stand_where_they_were_left():
    once = SMALL.turn(10, replace(SMALL, critic_steps=1))
    twice = once.turn(50, replace(once.turned(), generator_rate=0.01))

    assert twice.turned() == replace(SMALL, critic_steps=1, generator_rate=0.01)
    assert [step for step, _ in twice.turns()] == [10, 50]
    assert once.shared_steps(twice) == 50


def test_a_dial_that_shapes_the_networks_starts_a_new_duel():
    turned = SMALL.turn(10, replace(SMALL, width=16))

    assert turned == replace(SMALL, width=16)
    assert SMALL.shared_steps(turned) == -1


def test_both_games_start_from_the_same_points():
    first = next(iter(SMALL.stream()))

    assert np.array_equal(first.arrays["gan/fake"], first.arrays["wgan/fake"])


def test_weights_that_leave_floating_point_end_the_run_with_a_sentence_and_its_step():
    start = next(iter(SMALL.stream())).state
    assert start is not None
    broken = {**start, "wgan/game/judge.parameters": start["wgan/game/judge.parameters"] * np.nan}

    frames = list(SMALL.stream(broken))

    assert len(frames) == 1
    assert frames[0].trouble.startswith(f"WGAN-GP diverged by step {STEPS_PER_FRAME}")


@pytest.mark.parametrize("data", ["moons", "swiss_roll", "digits"])
def test_data_without_modes_is_judged_by_coverage_and_distance(data: str):
    frame = list(islice(replace(SMALL, data=data).stream(), 2))[1]

    assert "gan/held" not in frame.scalars
    assert 0 <= frame.scalars["wgan/coverage"] <= 1
    assert frame.scalars["gan/w1"] > 0
    assert "covers" in frame.sentences["gan/says"]


def test_the_sentence_and_the_number_agree():
    for frame in islice(SMALL.stream(), 60):
        held = int(frame.scalars["gan/held"])
        assert frame.sentences["gan/says"].startswith(f"**{held} of 8 modes held.**")


def test_only_the_dials_that_can_turn_live_are_taken_as_changes():
    with pytest.raises(ValueError, match="width cannot change while it trains"):
        Duel(changes="10:width=8")
    with pytest.raises(ValueError, match="rising steps"):
        Duel(changes="10:critic_steps=1;10:critic_steps=2")
    with pytest.raises(ValueError, match="critic_steps"):
        Duel(changes="10:critic_steps=900")
