"""Clipping is torch's two functions, and three copies of a network differ by it alone."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from explorer.gradients.clipping import (
    CLIPPED_CELLS,
    CLIPS,
    ClippingSettings,
    ThreeWays,
    by_norm,
    by_value,
)
from explorer.gradients.initial import INPUTS, stream

SMALL = {"length": 6, "width": 5, "batch": 4}


def drawn(scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(50, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("threshold", [0.01, 1.0, 1e3])
def test_clipping_is_what_torch_does_to_a_gradient(threshold: float):
    for ours, theirs in (
        (by_norm, nn.utils.clip_grad_norm_),
        (by_value, nn.utils.clip_grad_value_),
    ):
        parameter, gradient = nn.Parameter(torch.zeros(50)), drawn()
        parameter.grad = drawn()
        theirs(parameter, threshold)
        ours(gradient, threshold)

        torch.testing.assert_close(gradient, parameter.grad, rtol=1e-5, atol=1e-7)


def test_at_the_threshold_itself_a_gradient_is_clipped_and_below_it_is_left_alone():
    exactly, below = torch.tensor([3.0, 4.0]), torch.tensor([3.0, 4.0])
    by_norm(exactly, 5.0)
    by_norm(below, 5.001)

    assert exactly.tolist() == pytest.approx([3, 4])
    assert below.tolist() == [3, 4]


def test_a_gradient_without_a_direction_is_left_alone_by_norm():
    gradient = torch.tensor([math.inf, 1.0])
    by_norm(gradient, 1.0)

    assert gradient.tolist() == [math.inf, 1]


@pytest.mark.parametrize("cell", CLIPPED_CELLS)
def test_an_update_goes_the_learning_rate_along_what_is_left_of_the_gradient(cell: str):
    ways = ThreeWays(ClippingSettings(cell=cell, norm=0.05, value=0.01, rate=0.2, **SMALL))
    before = {clip: each.parameters.clone() for clip, each in ways.learners.items()}
    found = ways.step()

    raw = ways.learners["unclipped"].gradient.clone()
    for clip, learner in ways.learners.items():
        assert torch.equal(before[clip], before["unclipped"])  # one start
        expected = raw.clone()
        CLIPS[clip].rule(expected, {"by_norm": 0.05, "by_value": 0.01}.get(clip, math.inf))
        moved = (before[clip] - learner.parameters) / 0.2
        torch.testing.assert_close(moved, expected, rtol=1e-4, atol=1e-6)
        assert found[clip].raw == pytest.approx(float(raw.norm()), rel=1e-5)
        assert found[clip].taken == pytest.approx(float(expected.norm()), rel=1e-5)
        assert found[clip].bit == (clip != "unclipped")
    cosine = nn.functional.cosine_similarity(raw, raw.clamp(-0.01, 0.01), dim=0)
    assert found["by_value"].turned == pytest.approx(math.degrees(math.acos(cosine)), abs=0.1)
    assert found["by_norm"].turned == pytest.approx(0, abs=0.1)


def test_thresholds_that_nothing_reaches_leave_all_three_alike_bit_for_bit():
    ways = ThreeWays(ClippingSettings(norm=1e3, value=1e3, rate=0.01, **SMALL))
    for _ in range(5):
        found = ways.step()

    assert found["unclipped"] == found["by_norm"] == found["by_value"]


def test_weights_that_are_no_numbers_make_no_update():
    ways = ThreeWays(ClippingSettings(**SMALL))
    ways.learners["unclipped"].parameters[0] = math.nan
    found = ways.step()

    assert math.isnan(found["unclipped"].raw)
    assert not math.isnan(found["by_norm"].raw)


def test_a_training_goes_on_from_its_state_bit_for_bit():
    settings = ClippingSettings(**SMALL)
    one, other = ThreeWays(settings), ThreeWays(settings)
    for _ in range(3):
        one.step()
    other.restore(one.state())

    assert one.step() == other.step()


def test_a_steep_start_throws_off_the_unclipped_network_and_neither_clipped_one():
    """Ten seeds of ten: gain 1.1, rate 0.1 (the outcome, not the digits)."""
    lost = []
    for seed in range(3):
        ways = ThreeWays(ClippingSettings(seed=seed))
        for _ in range(150):
            found = ways.step()
        lost.append([not np.isfinite(found[clip].error) for clip in CLIPS])

    assert sum(row[0] for row in lost) >= 2
    assert not any(row[1] or row[2] for row in lost)


@pytest.mark.parametrize("problem", ["copy", "recall", "order", "parity"])
def test_any_problem_is_gone_down_by_its_own_gradient(problem: str):
    settings = ClippingSettings(problem=problem, symbols=2, **SMALL)
    ways = ThreeWays(settings)
    learner = ways.learners["unclipped"]
    model = nn.RNN(settings.asked.inputs, 5, dtype=torch.float64)
    out = nn.Linear(5, settings.asked.classes, dtype=torch.float64)
    matrix = learner.matrix.double()
    with torch.no_grad():
        model.weight_hh_l0.copy_(matrix[:, :5])
        model.weight_ih_l0.copy_(matrix[:, 5:-1])
        model.bias_ih_l0.copy_(matrix[:, -1])
        model.bias_hh_l0.zero_()
        out.weight.copy_(learner.readout)
        out.bias.copy_(learner.bias)
    drawn = settings.asked.draw(4, 6, 2, stream(0, INPUTS))
    answers = out(model(drawn.inputs.transpose(1, 2).double())[0])[-len(drawn.targets) :]
    loss = nn.functional.cross_entropy(answers.flatten(0, 1), drawn.targets.flatten())
    loss.backward()
    squares = [p.grad.square().sum() for p in (*model.parameters(), *out.parameters())]
    squares.remove(model.bias_hh_l0.grad.square().sum())  # one bias here, two in torch
    found = ways.step()["unclipped"]

    assert found.error == pytest.approx(loss.item(), rel=1e-5)
    assert found.raw == pytest.approx(float(sum(squares)) ** 0.5, rel=1e-4)
    assert settings.baseline == settings.asked.baseline(6, 2)


def test_a_sequence_shorter_than_its_problem_is_refused():
    with pytest.raises(ValueError, match="length must be at least 5 for temporal order, not 3"):
        ClippingSettings(problem="order", length=3)
