"""Spectral normalisation of the judge."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from explorer.gans.game import Game
from explorer.gans.networks import Network
from explorer.gans.settings import GameSettings
from explorer.gans.spectral import SpectralNormalisation

SIZES = (2, 9, 6, 1)
SMALL = GameSettings(objective="hinge", width=8, depth=2, batch=16, critic_steps=2, spectral=True)


def blobs(n, rng):
    return torch.randn(n, 2, generator=rng)


def made(population=None):
    pair = [Network(SIZES, "relu", population, torch.float64) for _ in range(2)]
    rngs = [torch.Generator().manual_seed(member) for member in range(population or 1)]
    pair[1].draw(rngs)
    spectral = SpectralNormalisation(*pair)
    spectral.draw(rngs)
    return (*pair, spectral)


@pytest.mark.parametrize("population", [None, 3])
def test_the_largest_singular_value_of_every_matrix_comes_to_one(population):
    network, _, spectral = made(population)
    for _ in range(300):
        spectral.follow()

    for weight in network.weights:
        largest = torch.linalg.svdvals(weight)[..., 0]
        torch.testing.assert_close(largest, torch.ones_like(largest), rtol=1e-9, atol=0)


def test_a_normalised_judge_is_nowhere_steeper_than_one():
    game = Game(SMALL, blobs, dtype=torch.float64)
    for _ in range(200):
        game.step()

    assert float(game.slopes(3 * game.evaluation_noise(500)).max()) < 1.05


@pytest.mark.parametrize("population", [None, 2])
def test_the_gradient_by_the_matrix_that_learns_is_that_of_automatic_differentiation(population):
    network, learned, spectral = made(population)
    seeds = [torch.randn_like(weight) for weight in network.weights]
    for gradient, seed in zip(network.weight_gradients, seeds, strict=True):
        gradient.copy_(seed)
    spectral.translate()

    for index, seed in enumerate(seeds):
        leaf = learned.weights[index].clone().requires_grad_()
        left, right = spectral.left[index], spectral.right[index]
        sigma = left.mT @ leaf @ right
        (expected,) = torch.autograd.grad((leaf / sigma * seed).sum(), leaf)
        torch.testing.assert_close(learned.weight_gradients[index], expected)


def test_one_iteration_is_that_of_torch():
    network, learned, spectral = made()
    theirs = nn.Linear(9, 6, dtype=torch.float64)
    theirs.weight.data.copy_(learned.weights[1])
    spectral_norm(theirs)
    parts = theirs.parametrizations.weight[0]
    parts._u.copy_(spectral.left[1][:, 0])
    parts._v.copy_(spectral.right[1][:, 0])
    learned.weights[1].mul_(drifted := torch.linspace(0.5, 2, 9).double())
    theirs.parametrizations.weight.original.data.mul_(drifted)

    spectral.follow()

    torch.testing.assert_close(network.weights[1], theirs.weight.detach())


def test_a_fork_divides_the_weights_it_finds_and_no_longer_where_it_is_turned_off():
    plain = GameSettings(objective="hinge", width=8, depth=2, batch=16, critic_steps=2)
    game = Game(plain, blobs, dtype=torch.float64)
    for _ in range(5):
        game.step()
    on = Game(SMALL, blobs, dtype=torch.float64)
    on.restore(game.state())
    back = Game(plain, blobs, dtype=torch.float64)
    back.restore(on.state())

    for weight in on.networks["judge"].weights:
        assert float(torch.linalg.svdvals(weight)[0]) == pytest.approx(1, rel=1e-3)
    assert torch.equal(back.networks["judge"].parameters, game.networks["judge"].parameters)
    on.step()
    assert on.finite()
