"""Networks in one flat tensor, against torch.nn and automatic differentiation."""

import math
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from explorer.gans.networks import ACTIVATIONS, LEAK, Network, Trace

SIZES = (3, 7, 5, 2)
TORCH = {"relu": torch.relu, "leaky_relu": lambda x: leaky_relu(x, LEAK), "tanh": torch.tanh}


def network(activation="relu", population=None, seed=0, dtype=torch.float64):
    made = Network(SIZES, activation, population, dtype)
    made.draw([generator(seed + member) for member in range(population or 1)])
    return made


def generator(seed):
    return torch.Generator().manual_seed(seed)


def points(made, rows=11, seed=9):
    shape = (*made.lead, rows, made.sizes[0])
    return torch.randn(shape, generator=generator(seed), dtype=made.parameters.dtype)


def reference(made, weights, biases, x):
    """The network as a formula of its weights, for automatic differentiation."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = TORCH[TORCH_NAME[id(made.activation)]](x @ weight.mT + bias)
    return x @ weights[-1].mT + biases[-1]


TORCH_NAME = {id(activation): name for name, activation in ACTIVATIONS.items()}


@pytest.mark.parametrize("population", [None, 1, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_member_computes_what_torch_linear_layers_compute(activation, population):
    made = network(activation, population)
    x = points(made)

    outputs = made(x).view(-1, 11, 2)

    for member in range(population or 1):
        expected = x.view(-1, 11, 3)[member]
        for layer, (below, above) in enumerate(pairwise(SIZES)):
            linear = nn.Linear(below, above, dtype=torch.float64)
            linear.weight.data = made.weights[layer].view(-1, above, below)[member]
            linear.bias.data = made.biases[layer].view(-1, above)[member]
            expected = linear(expected)
            if layer < 2:
                expected = TORCH[activation](expected)
        torch.testing.assert_close(outputs[member], expected.detach(), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("population", [None, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_trace_gives_the_gradients_of_automatic_differentiation(activation, population):
    made = network(activation, population)
    x = points(made)
    seed = torch.randn_like(made(x))
    trace = Trace(made, 11)
    trace.forward(x)
    trace.pulls[-1].copy_(seed)
    trace.backward()
    trace.differentiate(x)

    leaves = [t.clone().requires_grad_() for t in (*made.weights, *made.biases, x)]
    outputs = reference(made, leaves[:3], leaves[3:6], leaves[6])
    expected = torch.autograd.grad((outputs * seed).sum(), leaves)

    found = (*made.weight_gradients, *made.bias_gradients, trace.pull_on_points())
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_bend_of_an_activation_is_its_second_derivative_over_its_first(activation):
    x = torch.linspace(-3, 3, 40, dtype=torch.float64, requires_grad=True)
    y = TORCH[activation](x)
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    second = torch.zeros_like(x)
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), x)

    bend = ACTIVATIONS[activation].bend

    expected = torch.zeros_like(x) if bend is None else bend(y.detach()) * first.detach()
    torch.testing.assert_close(second, expected)


@pytest.mark.parametrize("population", [None, 3])
def test_every_parameter_belongs_to_exactly_one_weight_or_bias(population):
    made = network(population=population)
    made.parameters.copy_(torch.arange(len(made.parameters)))

    seen = torch.cat([view.flatten() for view in (*made.weights, *made.biases)])

    assert torch.equal(seen.sort().values, made.parameters)


def test_first_weights_are_those_of_torch_linear_from_the_same_generator():
    made = Network(SIZES, "relu", None, torch.float32)
    made.draw([generator(4)])
    rng = generator(4)

    for weight, bias in zip(made.weights, made.biases, strict=True):
        expected_weight, expected_bias = torch.empty_like(weight), torch.empty_like(bias)
        bound = 1 / math.sqrt(weight.shape[1])
        nn.init.kaiming_uniform_(expected_weight, a=math.sqrt(5), generator=rng)
        nn.init.uniform_(expected_bias, -bound, bound, generator=rng)
        torch.testing.assert_close(weight, expected_weight, rtol=1e-6, atol=0)
        torch.testing.assert_close(bias, expected_bias, rtol=1e-6, atol=0)


def test_a_member_starts_from_the_weights_of_the_network_alone():
    together, alone = network(population=3, seed=20), network(seed=22)

    for layer in range(3):
        assert torch.equal(together.weights[layer][2], alone.weights[layer])
        assert torch.equal(together.biases[layer][2], alone.biases[layer])
