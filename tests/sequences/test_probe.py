"""Forgetting curves: of cells whose memory is known exactly, and honest about text."""

from dataclasses import replace

import pytest
import torch
from sklearn.linear_model import Ridge

from explorer.cells import CELLS, Weights
from explorer.sequences import Stack
from explorer.sequences.handmade import HANDMADE
from explorer.sequences.handmade.delay import delay_line
from explorer.sequences.probe import (
    forgetting_curve,
    memory_function,
    one_item,
    several_items,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz ."


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def a_stack(cell="rnn_tanh", inputs=3, units=12):
    return Stack.draw(cell, inputs, units, generator=rng(), dtype=torch.float64)


def symbols(many=5, inputs=3):
    return torch.randn(many, inputs, generator=rng(1), dtype=torch.float64)


@pytest.mark.parametrize("steps", [2, 4, 7])
def test_a_delay_line_is_read_exactly_as_far_back_as_it_is_long(steps):
    made = delay_line(steps)

    curve = forgetting_curve(
        Stack("rnn_tanh", ((made.weights,),)), made.vectors, rng(), longest=10
    ).curves["hidden"]

    assert curve.lags == tuple(range(11))
    assert (curve.score[: steps + 1] == 1).all()
    beyond = curve.score[steps + 1 :]
    assert (beyond - 0.5).abs().max() < 0.05  # two symbols, equally likely: guessing


def a_linear_line(steps):
    """The same line, so small that tanh is linear: x goes through unchanged in scale."""
    made = delay_line(steps).weights
    return Stack(
        "rnn_tanh",
        ((replace(made, weight_ih=1e-4 * made.weight_ih, weight_hh=0.5 * made.weight_hh),),),
    )


def test_the_memory_function_of_a_linear_delay_line_is_one_and_then_zero():
    curve = memory_function(a_linear_line(5), rng(), longest=9).curves["hidden"]

    assert (curve.score[:6] > 0.9999).all()
    assert curve.score[6:].abs().max() < 0.01
    assert (curve.baseline == 0).all()
    # Jaeger 2001, proposition 2: the sum cannot exceed the number of units.
    assert curve.score.sum().item() == pytest.approx(6, abs=0.03)


def test_the_read_out_is_ridge_regression_as_scikit_learn_does_it():
    states = torch.randn(30, 8, 6, generator=rng(), dtype=torch.float64) * 3 + 1
    numbers = states[..., :1] ** 2 + torch.randn(30, 8, 1, generator=rng(1), dtype=torch.float64)

    curve = several_items(states, numbers, longest=0, indicators=False)

    half = states[:, :4].flatten(0, 1)
    ridge = Ridge(alpha=1e-6 * len(half) * (half - half.mean(0)).square().mean().item())
    ridge.fit(half.numpy(), numbers[:, :4].flatten(0, 1).numpy())
    wanted = numbers[:, 4:].flatten(0, 1)
    predicted = torch.from_numpy(ridge.predict(states[:, 4:].flatten(0, 1).numpy()))
    errors = wanted - predicted.view(wanted.shape)
    around = wanted - numbers[:, :4].mean()
    expected = 1 - errors.square().mean() / around.square().mean()
    assert curve.score[0].item() == pytest.approx(expected.item(), abs=1e-9)


def test_one_remembered_symbol_outlives_several():
    vectors, stack = torch.eye(5, dtype=torch.float64), a_stack(inputs=5)

    one, several = (
        forgetting_curve(stack, vectors, rng(), read, longest=12).curves["hidden"]
        for read in ("one", "several")
    )

    assert (one.score >= several.score - 0.1).all()
    assert one.score[3] > several.score[3] + 0.2
    assert one.score[0] > 0.99
    assert one.score[12] < 0.5  # but a plain network of 12 units lets go of one as well


def test_a_latch_keeps_one_symbol_for_ever_and_of_several_only_the_last():
    made = HANDMADE["latch"]
    stack, bits = Stack("lstm", ((made.weights,),)), made.vectors[1:]

    one = forgetting_curve(stack, bits, rng(), "one", longest=60).curves["cell"]
    several = forgetting_curve(stack, bits, rng(), "several", longest=5).curves["cell"]

    assert (one.score == 1).all()
    assert several.score[0] == 1
    assert (several.score[1:] - 0.5).abs().max() < 0.05


def test_a_network_that_remembers_nothing_scores_the_baseline():
    deaf = Weights(*(torch.zeros_like(part) for part in (
        torch.zeros(4, 3), torch.zeros(4, 4), torch.zeros(4), torch.zeros(4),
    )))  # fmt: skip

    curve = forgetting_curve(Stack("rnn_tanh", ((deaf.to(torch.float64),),)), symbols(), rng())

    found = curve.curves["hidden"]
    assert (found.score - 0.2).abs().max() < 0.05
    assert (found.baseline - 0.2).abs().max() < 0.05


def test_the_baseline_is_the_share_of_the_most_frequent_symbol_of_the_fitted_half():
    targets = torch.zeros(6, 8, 3, dtype=torch.float64)
    targets[:, :, 0] = 1
    targets[:2, :, 0], targets[:2, :, 2] = 0, 1  # two of six steps: symbol 2
    states = torch.zeros(6, 8, 4, dtype=torch.float64)

    curve = several_items(states, targets, longest=0)

    assert curve.baseline[0].item() == curve.score[0].item() == pytest.approx(4 / 6)


def test_the_error_of_a_score_is_its_spread_over_fresh_sequences():
    found = [
        forgetting_curve(a_stack(), symbols(), rng(seed), longest=4).curves["hidden"]
        for seed in range(25)
    ]

    for lag in (2, 3, 4):
        spread = torch.stack([curve.score[lag] for curve in found]).std().item()
        errors = torch.stack([curve.error[lag] for curve in found]).mean().item()
        # Each run also fits anew, which adds a little.
        assert 0.7 * errors < spread < 2 * errors


def test_only_cells_with_a_memory_have_a_curve_of_it():
    curves = {
        name: set(forgetting_curve(a_stack(name), symbols(), rng(), longest=2).curves)
        for name in CELLS
    }

    assert {name for name, found in curves.items() if "cell" in found} == {
        "lstm",
        "lstm_peephole",
        "lstm_coupled",
    }
    assert all("hidden" in found for found in curves.values())


def test_equal_generators_give_equal_curves_and_the_global_one_is_left_alone():
    before = torch.get_rng_state()

    one, again = (
        forgetting_curve(a_stack(), symbols(), rng(3), longest=3).curves["hidden"] for _ in "ab"
    )

    assert torch.equal(one.score, again.score)
    assert torch.equal(torch.get_rng_state(), before)


def test_one_item_is_read_from_each_state_by_a_read_out_of_its_own():
    targets = torch.eye(2, dtype=torch.float64).repeat(10, 1)
    told = targets[:, :1] * 2 - 1
    states = torch.stack((told, -5 * told, 0 * told))  # the sign turns, then it is gone

    curve = one_item(states, targets)

    assert curve.score.tolist() == [1, 1, 0.5]


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda: forgetting_curve(a_stack(), symbols(1), rng()), "at least two symbols"),
        (lambda: forgetting_curve(a_stack(), symbols(), rng(), longest=201), "0 and 200 steps"),
        (lambda: forgetting_curve(a_stack(), symbols(), rng(), sequences=3), "4 and 4,096"),
        (lambda: memory_function(a_stack(), rng()), "one input, not 3"),
        (
            lambda: forgetting_curve(
                Stack.draw("lstm", 3, 4, both_ways=True, generator=rng()), symbols(), rng()
            ),
            "reads backward",
        ),
    ],
)
def test_questions_without_an_answer_are_refused_in_one_line(ask, complaint):
    with pytest.raises(ValueError, match=complaint):
        ask()
