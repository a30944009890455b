"""What many steps multiply: products whose singular values are known, and their rate in the end."""

import math
from dataclasses import astuple

import numpy as np
import pytest
import torch
from scipy.special import psi

from explorer.gradients import (
    FOLLOWED_BACK,
    UNROLLED,
    FlowSettings,
    exponent,
    exponent_of,
    jacobians,
    products,
)
from explorer.gradients.products import FOLLOWED
from explorer.gradients.through_time import gone_back


@pytest.mark.parametrize("cell", ["linear", "rnn_tanh", "rnn_relu"])
def test_the_product_of_all_steps_takes_a_gradient_where_going_back_takes_it(cell: str):
    settings = FlowSettings(cell, length=12, units=9, recurrent_init="orthogonal", seeds=1, batch=1)
    back = gone_back(settings, range(1), torch.float64).hidden_gradients[..., 0]
    back = back.reshape(13, 9)
    local = jacobians(settings)

    for k in (1, 5, 12):
        product = torch.linalg.multi_dot([*local.flip(0)[:k], torch.eye(9).double()])
        torch.testing.assert_close(back[12] @ product, back[12 - k], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("cell", [name for name in FOLLOWED_BACK if UNROLLED[name].is_gated()])
def test_the_product_of_gated_steps_takes_a_gradient_where_going_back_takes_it(cell: str):
    """With a c both states are followed: the gradient by h is that of the written-out passes."""
    settings = FlowSettings(cell, length=12, units=9, seeds=1, batch=1, forget_bias=1.0)
    network = gone_back(settings, range(1), torch.float64)
    back = network.hidden_gradients[..., 0].reshape(13, 9)
    local = jacobians(settings)
    size = 9 if network.memories is None else 18
    start = torch.nn.functional.pad(back[12], (0, size - 9))

    assert local.shape == (12, size, size)
    for k in (1, 5, 12):
        product = torch.linalg.multi_dot([*local.flip(0)[:k], torch.eye(size).double()])
        torch.testing.assert_close((start @ product)[:9], back[12 - k], rtol=1e-9, atol=1e-14)


def test_an_lstm_that_only_remembers_has_the_forget_gate_for_an_eigenvalue():
    """Without recurrent weights ∂c/∂c₋₁ = f, and h is made anew: the other eigenvalues are 0."""
    settings = FlowSettings("lstm", length=4, units=5, forget_bias=2.0, gain=0.05, input_scale=0)
    values = torch.linalg.eigvals(jacobians(settings)[-1]).abs().sort().values

    kept = 1 / (1 + math.exp(-2))
    assert values[5:].numpy() == pytest.approx(kept, abs=0.02)
    assert values[:5].max() < 0.02


def test_what_would_not_fit_is_refused_with_what_would():
    with pytest.raises(
        ValueError, match=r"^the Jacobians of 256 numbers can be followed along at "
    ):
        jacobians(FlowSettings("lstm", units=128, length=1_000))


def test_an_exponent_along_pieces_is_that_of_all_at_once():
    settings = FlowSettings("gru_before", units=5, length=10)
    whole = exponent(jacobians(settings, 250), 25)

    assert astuple(exponent_of(settings, 250)) == pytest.approx(astuple(whole), rel=1e-9)


def test_a_step_of_the_tanh_network_has_the_jacobian_that_differences_find():
    settings = FlowSettings("rnn_tanh", length=3, units=4, seeds=1, batch=1)
    network = gone_back(settings, range(1), torch.float64)
    matrix, state = network.matrix[0].clone(), network.states[2, 0, :, 0].clone()

    def step(hidden):
        return torch.tanh(matrix @ torch.cat([hidden, state[4:]]))

    expected = torch.autograd.functional.jacobian(step, state[:4].clone())
    torch.testing.assert_close(jacobians(settings)[2], expected)


def test_rotations_keep_every_singular_value_and_a_gain_multiplies_them_all():
    linear = FlowSettings("linear", length=50, units=20, recurrent_init="orthogonal", gain=0.9)
    found = products(jacobians(linear), [0, 1, 10, 50])

    np.testing.assert_allclose(found, 0.9 ** np.array([[0], [1], [10], [50]]) * np.ones(20))


def test_the_singular_values_are_those_of_the_product_itself():
    local = torch.randn(6, 5, 5, generator=torch.Generator().manual_seed(1)).double()
    found = products(local, [2, 6])

    for values, k in zip(found, (2, 6), strict=True):
        expected = np.linalg.svd(np.linalg.multi_dot(list(local.flip(0)[:k].numpy())))[1]
        np.testing.assert_allclose(values, expected, rtol=1e-9)


def test_a_product_may_leave_the_range_of_its_parts_and_what_rounding_made_is_no_number():
    scales = torch.diag(torch.tensor([1e-3, 1e-30], dtype=torch.float64))
    (found,) = products(scales.expand(100, 2, 2), [100])

    assert found[0] == pytest.approx(1e-300, rel=1e-9)
    assert math.isnan(found[1])


def test_steps_that_forget_everything_leave_nothing():
    found = products(torch.zeros(4, 3, 3).double(), [0, 1, 4])

    assert found.tolist() == [[1] * 3, [0] * 3, [0] * 3]


@pytest.mark.parametrize("counts", [[], [3, 1], [1, 1], [-1], [0, 5]])
def test_counts_that_no_product_has_are_refused(counts: list[int]):
    with pytest.raises(ValueError, match=r"^counts must rise within 0 to 4"):
        products(torch.eye(2).double().expand(4, 2, 2), counts)


def test_the_exponent_of_scaled_rotations_is_the_logarithm_of_the_gain_without_noise():
    linear = FlowSettings("linear", units=16, recurrent_init="orthogonal", gain=1.3)
    found = exponent_of(linear)

    assert found.value == pytest.approx(math.log(1.3), abs=1e-12)
    assert found.error == pytest.approx(0, abs=1e-12)
    assert found.steps == FOLLOWED * 9 // 10


def test_the_exponent_of_independent_normal_matrices_is_that_of_the_closed_form():
    """λ₁ = ½ (ln(2/n) + ψ(n/2)) for entries of variance 1/n (Newman 1986)."""
    n = 8
    rng = torch.Generator().manual_seed(3)
    local = torch.randn(6_000, n, n, generator=rng, dtype=torch.float64) / n**0.5
    found = exponent(local, settled=100)

    expected = 0.5 * (math.log(2 / n) + float(psi(n / 2)))
    assert abs(found.value - expected) < 4 * found.error
    # Σ of n independent halves of χ²: the variance of a step is ψ'(n/2)/4
    assert found.error == pytest.approx((0.2838 / 4 / 5_900) ** 0.5, rel=0.6)


def test_the_noise_of_an_exponent_covers_what_other_stretches_of_the_sequence_say():
    n, inside = 6, 0
    for seed in range(40):
        rng = torch.Generator().manual_seed(seed)
        found = exponent(torch.randn(500, n, n, generator=rng).double() / n**0.5, settled=50)
        inside += abs(found.value - 0.5 * (math.log(2 / n) + float(psi(n / 2)))) < 2 * found.error
    assert inside >= 30


def test_a_network_that_forgets_everything_has_no_rate_and_says_minus_infinity():
    assert exponent(torch.zeros(20, 3, 3).double()).value == -math.inf


def test_too_few_steps_have_no_exponent():
    with pytest.raises(ValueError, match="at least 10 steps, not 5"):
        exponent(torch.eye(2).double().expand(15, 2, 2), settled=10)


def test_a_network_whose_states_leave_float64_is_followed_up_to_there():
    wild = FlowSettings("rnn_relu", recurrent_init="orthogonal", gain=4.0, units=64)
    local = jacobians(wild, 1_000)

    assert 400 < len(local) < 1_000
    assert bool(local.isfinite().all())
