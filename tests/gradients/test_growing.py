"""A growing delay: it grows by its rule, and what is held beyond is measured and not trained."""

import numpy as np
import pytest
import torch

from explorer.gradients.growing import DELAYS, RECALL, Growing, GrowingSettings, Pupil
from explorer.gradients.initial import VALIDATION, stream
from explorer.gradients.learner import Learner

SMALL = GrowingSettings(width=12, batch=8, seeds=2, longest=6, several=2)


@pytest.mark.parametrize(
    ("delay", "after"), [(1, 2), (2, 3), (4, 5), (8, 10), (12, 15), (17, 20), (20, 20)]
)
def test_a_delay_that_is_held_grows_by_a_quarter_and_by_one_at_least(
    delay: int, after: int, monkeypatch: pytest.MonkeyPatch
):
    pupil = Pupil(GrowingSettings(width=4, batch=4, longest=20), 1, seed=0)
    monkeypatch.setattr(pupil, "right", lambda delay: 0.95)
    pupil._wait(delay)

    assert pupil.grow() == (delay < 20)
    assert pupil.delay == after
    assert pupil.learner.network.steps == after + 2  # the symbol, the blanks, and its recall


def test_a_delay_that_is_not_held_stays(monkeypatch: pytest.MonkeyPatch):
    pupil = Pupil(SMALL, 1, seed=0)
    monkeypatch.setattr(pupil, "right", lambda delay: 0.94)

    assert not pupil.grow()
    assert pupil.delay == 1


@pytest.mark.parametrize("symbols", [1, 3])
def test_what_is_right_at_a_delay_is_what_a_learner_of_that_length_says(symbols: int):
    pupil = Pupil(SMALL, symbols, seed=3)
    for _ in range(3):
        pupil.learn()
    asked = RECALL.draw(40, 9, symbols, stream(3, VALIDATION))
    other = Learner(
        "lstm", pupil.learner.matrix.clone(), pupil.learner.parameters[-9 * 13 :].clone(),
        RECALL.steps(9, symbols), 7, 1e-2, 1.0, answers=symbols, classes=RECALL.classes,
    )  # fmt: skip
    said = other.answers(asked.inputs).argmax(-2)

    expected = (said == asked.targets).double().mean()
    assert pupil.right(9) == pytest.approx(float(expected), abs=1e-12)
    assert 0 < pupil.right(9) < 1


def test_a_longer_sequence_is_read_with_the_same_weights():
    pupil = Pupil(SMALL, 1, seed=0)
    before = pupil.learner.parameters.clone()
    pupil._wait(5)

    assert torch.equal(pupil.learner.parameters, before)
    pupil.learn()
    assert not torch.equal(pupil.learner.network.matrix, before[: -9 * 13].view(48, -1))


def test_a_training_goes_on_from_its_state_bit_for_bit():
    whole, resumed = Growing(SMALL), Growing(SMALL)
    for _ in range(12):
        whole.step()
    whole.pupils["one"][1]._wait(4)
    resumed.restore(whole.state())
    for growing in (whole, resumed):
        for _ in range(3):
            growing.step()

    assert [p.delay for p in resumed.pupils["one"]] == [1, 4]
    for name, value in whole.state().items():
        np.testing.assert_array_equal(resumed.state()[name], value)


def test_one_symbol_learned_with_few_blanks_outlasts_them_many_times():
    settings = GrowingSettings(width=32, batch=32, seeds=1, longest=6)
    pupil = Pupil(settings, 1, seed=0)
    for update in range(1, 251):
        pupil.learn()
        if update % 10 == 0:
            pupil.grow()

    assert pupil.delay == 6
    assert pupil.right(300) > 0.9


def test_everybody_is_tested_at_the_delay_that_was_trained_too():
    assert SMALL.delays == tuple(sorted({*DELAYS, 6}))
    assert GrowingSettings(longest=10).delays == DELAYS
