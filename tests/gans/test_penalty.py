"""The gradient penalty: its closed forms, and its double backward against autograd."""

import inspect
from typing import get_args

import pytest
import torch
from torch.nn.functional import leaky_relu, softplus

from explorer.gans.networks import LEAK, Network, Trace
from explorer.gans.penalty import (
    DoubleBackward,
    Where,
    gradient_penalty,
    interpolates,
    penalty,
    penalty_of_norms,
    real_penalty,
)

ROWS = 16
WEIGHT = 0.7
TORCH = {"relu": torch.relu, "leaky_relu": lambda x: leaky_relu(x, LEAK), "tanh": torch.tanh}


def drawn(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def mixing(*shape, dtype=torch.float64):
    return torch.rand(*shape, 1, generator=torch.Generator().manual_seed(8), dtype=dtype)


def test_the_penalty_of_a_linear_critic_is_known_exactly():
    weights = torch.tensor([3.0, 4.0], dtype=torch.float64)  # slope 5 everywhere

    penalty = gradient_penalty(lambda x: x @ weights, drawn(9, 2), drawn(9, 2, seed=1), mixing(9))

    assert float(penalty) == pytest.approx((5 - 1) ** 2)


def test_the_norm_is_taken_over_the_coordinates_of_each_point_alone():
    def judge(x):
        return 0.5 * (x**2).sum(-1)  # slope ‖x‖

    real, fake, a = drawn(9, 2), drawn(9, 2, seed=1), mixing(9)

    expected = (interpolates(real, fake, a).norm(dim=1) - 1).square().mean()
    torch.testing.assert_close(gradient_penalty(judge, real, fake, a), expected)


def test_interpolates_run_from_generated_to_real_points():
    real, fake = drawn(5, 2), drawn(5, 2, seed=1)

    assert torch.equal(interpolates(real, fake, torch.ones(5, 1).double()), real)
    assert torch.equal(interpolates(real, fake, torch.zeros(5, 1).double()), fake)
    quarter = interpolates(real, fake, torch.full((5, 1), 0.25).double())
    torch.testing.assert_close(real - quarter, 3 * (quarter - fake))


def test_one_sided_only_what_is_steeper_than_one_costs():
    flat = torch.tensor([0.3, 0.4], dtype=torch.float64)  # slope one half
    steep = torch.tensor([3.0, 4.0], dtype=torch.float64)
    clouds = drawn(9, 2), drawn(9, 2, seed=1), mixing(9)

    assert float(gradient_penalty(lambda x: x @ flat, *clouds, one_sided=True)) == 0
    assert float(gradient_penalty(lambda x: x @ flat, *clouds)) == pytest.approx(0.25)
    assert float(gradient_penalty(lambda x: x @ steep, *clouds, one_sided=True)) == pytest.approx(
        16
    )


def test_the_penalty_of_r1_on_a_linear_judge_is_half_its_squared_slope():
    weights = torch.tensor([3.0, 4.0], dtype=torch.float64)

    assert float(real_penalty(lambda x: x @ weights, drawn(9, 2))) == pytest.approx(25 / 2)


def explicit(judge, real, fake, a, one_sided=False):
    """Gradient of E[fake] − E[real] + λ·penalty by all parameters, written out."""
    trace = Trace(judge, 3 * ROWS)
    points = torch.cat([real, fake, interpolates(real, fake, a)], dim=-2)
    trace.forward(points)
    for part, slope in zip(
        trace.pulls[-1].split(ROWS, dim=-2), (-1 / ROWS, 1 / ROWS, 1), strict=True
    ):
        part.fill_(slope)
    trace.backward()
    double = DoubleBackward(trace, 2 * ROWS, ROWS, WEIGHT, one_sided=one_sided)
    double.lead_up(points.narrow(-2, 2 * ROWS, ROWS))
    trace.differentiate(points, [pull.narrow(-2, 0, 2 * ROWS) for pull in trace.pulls])
    double.add_bend()
    return double.norms, [*judge.weight_gradients, *judge.bias_gradients]


def explicit_at(judge, real, fake, clouds):
    """Gradient of E[−log D(real)] + E[fake] + γ/2 E‖∇‖² by all parameters, written out.

    The penalty is paid at real points, or with two ``clouds`` at generated ones too.
    """
    trace, rows = Trace(judge, 2 * ROWS), clouds * ROWS
    points = torch.cat([real, fake], dim=-2)
    trace.forward(points)
    pulls, own = trace.pulls[-1], torch.ones_like(trace.pulls[-1])
    on_real = trace.activations[-1].narrow(-2, 0, ROWS)
    slopes = torch.cat([-torch.sigmoid(-on_real) / ROWS, torch.full_like(on_real, 1 / ROWS)], -2)
    pulls.copy_(slopes).narrow(-2, 0, rows).fill_(1)
    own.narrow(-2, 0, rows).copy_(slopes.narrow(-2, 0, rows))
    trace.backward()
    double = DoubleBackward(trace, 0, rows, clouds * WEIGHT)
    double.lead_up_beside(points.narrow(-2, 0, rows), own.narrow(-2, 0, rows))
    trace.differentiate(points, shares=own)
    double.add_bend()
    return double.norms, [*judge.weight_gradients, *judge.bias_gradients]


def automatic(judge, activation, real, fake, a=None, one_sided=False, clouds=1):
    """The same by differentiating twice; R1, or with two clouds R1 + R2, without mixing."""
    weights = [weight.clone().requires_grad_() for weight in judge.weights]
    biases = [bias.clone().requires_grad_() for bias in judge.biases]

    def outputs(x):
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            x = TORCH[activation](x @ weight.mT + bias)
        return x @ weights[-1].mT + biases[-1]

    if a is None:
        paid = sum(real_penalty(outputs, cloud) for cloud in (real, fake)[:clouds])
        wanted = softplus(-outputs(real))
    else:
        paid = gradient_penalty(outputs, real, fake, a, one_sided)
        wanted = -outputs(real)
    loss = outputs(fake).mean(-2).sum() + wanted.mean(-2).sum() + WEIGHT * paid.sum()
    return paid.detach(), torch.autograd.grad(loss, [*weights, *biases])


def prepared(activation, depth, population, dtype, scale=1.0):
    judge = Network([2, *[8] * depth, 1], activation, population, dtype)
    members = population or 1
    judge.draw([torch.Generator().manual_seed(member) for member in range(members)])
    judge.parameters.mul_(scale)
    shape = (*judge.lead, ROWS, 2)
    real, fake = drawn(*shape, seed=1, dtype=dtype), drawn(*shape, seed=2, dtype=dtype)
    return judge, real, fake, mixing(*shape[:-1], dtype=dtype)


def assert_all_close(found, expected, tolerance):
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


PRECISIONS = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 2e-5)]
)
POPULATIONS = pytest.mark.parametrize("population", [None, 3])
DEPTHS = pytest.mark.parametrize("depth", [1, 3, 12])


@PRECISIONS
@POPULATIONS
@DEPTHS
@pytest.mark.parametrize("activation", TORCH)
def test_the_written_out_double_backward_agrees_with_autograd(
    activation, depth, population, dtype, tolerance
):
    judge, real, fake, a = prepared(activation, depth, population, dtype)

    norms, found = explicit(judge, real, fake, a)
    paid, expected = automatic(judge, activation, real, fake, a)

    found_paid = penalty_of_norms("between", norms.squeeze(-1))
    torch.testing.assert_close(found_paid, paid, rtol=tolerance, atol=tolerance)
    assert_all_close(found, expected, tolerance)


@POPULATIONS
@pytest.mark.parametrize("activation", TORCH)
def test_the_one_sided_double_backward_agrees_with_autograd(activation, population):
    judge, real, fake, a = prepared(activation, 2, population, torch.float64, scale=2.5)

    norms, found = explicit(judge, real, fake, a, one_sided=True)
    _, expected = automatic(judge, activation, real, fake, a, one_sided=True)

    assert 0.1 < float((norms > 1).double().mean()) < 0.9  # both sides are met
    assert_all_close(found, expected, 1e-12)


@PRECISIONS
@POPULATIONS
@DEPTHS
@pytest.mark.parametrize("activation", TORCH)
@pytest.mark.parametrize(("clouds", "where"), [(1, "real"), (2, "real and fake")])
def test_the_double_backward_of_r1_and_of_r1_with_r2_agrees_with_autograd(
    clouds, where, activation, depth, population, dtype, tolerance
):
    judge, real, fake, _ = prepared(activation, depth, population, dtype, scale=1.5)

    norms, found = explicit_at(judge, real, fake, clouds)
    paid, expected = automatic(judge, activation, real, fake, clouds=clouds)

    found_paid = penalty_of_norms(where, norms.squeeze(-1))
    torch.testing.assert_close(found_paid, paid, rtol=tolerance, atol=tolerance)
    assert_all_close(found, expected, tolerance)


@pytest.mark.parametrize(
    ("where", "expected"), [("none", 0.0), ("between", 16.0), ("real", 12.5), ("real and fake", 25)]
)
def test_what_a_judge_of_slope_5_pays_is_known_wherever_it_pays(where, expected):
    weights = torch.tensor([3.0, 4.0], dtype=torch.float64)
    clouds = drawn(9, 2), drawn(9, 2, seed=1), mixing(9)

    assert float(penalty(where, lambda x: x @ weights, *clouds)) == pytest.approx(expected)
    norms = torch.full((18 if where == "real and fake" else 9,), 5.0)
    assert float(penalty_of_norms(where, norms)) == pytest.approx(expected)


def test_r2_is_paid_at_the_generated_points():
    def judge(x):
        return 0.5 * (x**2).sum(-1)  # slope ‖x‖

    real, fake, a = drawn(9, 2), 3 * drawn(9, 2, seed=1), mixing(9)

    expected = (real.square().sum(1).mean() + fake.square().sum(1).mean()) / 2
    torch.testing.assert_close(penalty("real and fake", judge, real, fake, a), expected)


def test_a_place_to_pay_at_that_there_is_none_of_is_an_error_and_no_penalty():
    with pytest.raises(AssertionError, match="everywhere"):
        inspect.unwrap(penalty_of_norms)("everywhere", torch.ones(3))
    assert get_args(Where) == ("none", "between", "real", "real and fake")


def test_a_critic_without_any_slope_is_pulled_nowhere():
    judge = Network([2, 8, 8, 1], "relu", None, torch.float64)  # all weights zero

    norms, found = explicit(judge, drawn(ROWS, 2), drawn(ROWS, 2, seed=1), mixing(ROWS))

    assert float(norms.max()) < 1e-20
    assert all(float(gradient.abs().max()) == 0 for gradient in found)
