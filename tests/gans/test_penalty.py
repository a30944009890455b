"""The gradient penalty: its closed forms, and its double backward against autograd."""

import pytest
import torch
from torch.nn.functional import leaky_relu

from explorer.gans.networks import LEAK, Network, Trace
from explorer.gans.penalty import DoubleBackward, gradient_penalty, interpolates

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


def explicit(judge, real, fake, a):
    """Gradient of E[fake] − E[real] + λ·penalty by all parameters, written out."""
    trace = Trace(judge, 3 * ROWS)
    points = torch.cat([real, fake, interpolates(real, fake, a)], dim=-2)
    trace.forward(points)
    for part, slope in zip(
        trace.pulls[-1].split(ROWS, dim=-2), (-1 / ROWS, 1 / ROWS, 1), strict=True
    ):
        part.fill_(slope)
    trace.backward()
    double = DoubleBackward(trace, 2 * ROWS, ROWS)
    double.lead_up(points.narrow(-2, 2 * ROWS, ROWS), WEIGHT)
    trace.differentiate(points, [pull.narrow(-2, 0, 2 * ROWS) for pull in trace.pulls])
    double.add_bend()
    return double.norms, [*judge.weight_gradients, *judge.bias_gradients]


def automatic(judge, activation, real, fake, a):
    """The same by differentiating twice."""
    weights = [weight.clone().requires_grad_() for weight in judge.weights]
    biases = [bias.clone().requires_grad_() for bias in judge.biases]

    def outputs(x):
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            x = TORCH[activation](x @ weight.mT + bias)
        return x @ weights[-1].mT + biases[-1]

    penalty = gradient_penalty(outputs, real, fake, a)
    loss = outputs(fake).mean(-2).sum() - outputs(real).mean(-2).sum() + WEIGHT * penalty.sum()
    return penalty.detach(), torch.autograd.grad(loss, [*weights, *biases])


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 2e-5)])
@pytest.mark.parametrize("population", [None, 3])
@pytest.mark.parametrize("depth", [1, 3, 12])
@pytest.mark.parametrize("activation", TORCH)
def test_the_written_out_double_backward_agrees_with_autograd(
    activation, depth, population, dtype, tolerance
):
    judge = Network([2, *[8] * depth, 1], activation, population, dtype)
    members = population or 1
    judge.draw([torch.Generator().manual_seed(member) for member in range(members)])
    shape = (*judge.lead, ROWS, 2)
    real, fake = drawn(*shape, seed=1, dtype=dtype), drawn(*shape, seed=2, dtype=dtype)
    a = mixing(*shape[:-1], dtype=dtype)

    norms, found = explicit(judge, real, fake, a)
    penalty, expected = automatic(judge, activation, real, fake, a)

    torch.testing.assert_close(
        (norms.squeeze(-1) - 1).square().mean(-1), penalty, rtol=tolerance, atol=tolerance
    )
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


def test_a_critic_without_any_slope_is_pulled_nowhere():
    judge = Network([2, 8, 8, 1], "relu", None, torch.float64)  # all weights zero

    norms, found = explicit(judge, drawn(ROWS, 2), drawn(ROWS, 2, seed=1), mixing(ROWS))

    assert float(norms.max()) < 1e-20
    assert all(float(gradient.abs().max()) == 0 for gradient in found)
