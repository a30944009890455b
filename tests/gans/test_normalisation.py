"""Batch and layer normalisation in the generator, in training and in a picture."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn

from explorer.gans.game import Game
from explorer.gans.networks import Network
from explorer.gans.normalised import NormalisedTrace
from explorer.gans.settings import GameSettings

SIZES, ROWS, BATCHES = (3, 7, 5, 2), 6, 4
SMALL = GameSettings(width=8, depth=2, batch=16, critic_steps=3, seed=11, normalisation="batch")
MODULES = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}


def blobs(n, rng):
    return torch.randn(n, 2, generator=rng)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def made(name, population=None):
    network = Network(SIZES, "tanh", population, torch.float64, name)
    network.draw([torch.Generator().manual_seed(member) for member in range(population or 1)])
    for seed, tensor in enumerate((*network.scales, *network.biases)):
        tensor.copy_(drawn(*tensor.shape, seed=seed))
    return network


def modules(network, name, member=None):
    """The member as torch.nn has it."""
    own = (lambda t: t) if member is None else (lambda t: t[member])
    layers = []
    for index, (below, above) in enumerate(pairwise(SIZES)):
        last = index == len(SIZES) - 2
        linear = nn.Linear(below, above, bias=last, dtype=torch.float64)
        linear.weight.data.copy_(own(network.weights[index]))
        layers.append(linear)
        if last:
            linear.bias.data.copy_(own(network.biases[index])[0])
        else:
            normal = MODULES[name](above, dtype=torch.float64)
            normal.weight.data.copy_(own(network.scales[index])[0])
            normal.bias.data.copy_(own(network.biases[index])[0])
            layers += [normal, nn.Tanh()]
    return nn.Sequential(*layers)


@pytest.mark.parametrize("population", [None, 2])
@pytest.mark.parametrize("name", MODULES)
def test_a_pass_of_several_batches_is_that_of_torch_one_batch_after_the_other(name, population):
    network = made(name, population)
    x = drawn(*network.lead, BATCHES * ROWS, SIZES[0], seed=9)
    trace = NormalisedTrace(network, BATCHES * ROWS, BATCHES)
    outputs = trace.forward(x)
    settled = network(x)

    for member in range(population or 1):
        which = None if population is None else member
        mine = [t if which is None else t[which] for t in (x, outputs, settled)]
        theirs = modules(network, name, which)
        expected = torch.cat([theirs(batch) for batch in mine[0].split(ROWS)])
        torch.testing.assert_close(mine[1], expected.detach(), rtol=1e-12, atol=1e-12)
        picture = theirs.eval()(mine[0]).detach()
        torch.testing.assert_close(mine[2], picture, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("name", MODULES)
def test_the_gradients_of_one_batch_are_those_of_automatic_differentiation(name, alone):
    network, which = made(name), 2
    x = drawn(BATCHES * ROWS, SIZES[0], seed=9)
    whole = NormalisedTrace(network, BATCHES * ROWS, BATCHES)
    trace = whole.only(which)
    batch = x[which * ROWS : (which + 1) * ROWS]
    if alone:
        whole.forward(x + 1)
        trace.forward(batch)
    else:
        whole.forward(x)
    seed = drawn(ROWS, SIZES[-1], seed=4)
    trace.pulls[-1].copy_(seed)
    trace.backward()
    trace.differentiate(batch)

    theirs = modules(network, name)
    (theirs(batch) * seed).sum().backward()

    found = [network.weight_gradients[i] for i in range(3)]
    found += [network.scale_gradients[i][0] for i in range(2)]
    found += [network.bias_gradients[i][0] for i in range(3)]
    expected = [theirs[i].weight.grad for i in (0, 3, 6, 1, 4)]
    expected += [theirs[i].bias.grad for i in (1, 4, 6)]
    for ours, other in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-10, atol=1e-12)


def test_a_normalised_generator_starts_from_the_weights_of_one_that_is_not():
    games = [Game(replace(SMALL, normalisation=name), blobs) for name in ("none", "batch", "layer")]

    first, *others = (game.networks["generator"].weights for game in games)
    for weights in others:
        assert all(torch.equal(ours, theirs) for ours, theirs in zip(weights, first, strict=True))


def test_in_a_picture_a_point_does_not_depend_on_its_neighbours():
    game = Game(SMALL, blobs)
    for _ in range(3):
        game.step()
    noise = game.evaluation_noise(8)

    torch.testing.assert_close(game.generate(noise)[:1], game.generate(noise[:1]))


def test_looking_moves_no_running_average_and_a_state_carries_them():
    game = Game(SMALL, blobs)
    game.step()
    before = game.state()
    game.generate(game.evaluation_noise(30))
    resumed = Game(SMALL, blobs)
    resumed.restore(before)

    for name in ("mean", "variance"):
        key = f"generator.running.{name}"
        assert (before[key] == game.state()[key]).all()
        assert (before[key] == resumed.state()[key]).all()
        assert not (before[key] == Game(SMALL, blobs).state()[key]).all()
