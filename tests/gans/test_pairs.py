"""Optimal pairs of a minibatch, against all permutations."""

from itertools import permutations

import pytest
import torch

from explorer.gans.game import Game
from explorer.gans.pairs import optimal_pairs
from explorer.gans.settings import GameSettings


def drawn(n, seed):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("seed", range(4))
def test_no_other_pairing_is_shorter(seed):
    real, fake = drawn(6, seed), drawn(6, seed + 10)

    found = (real - fake[optimal_pairs(real, fake)]).norm(dim=1).sum()

    shortest = min((real - fake[list(p)]).norm(dim=1).sum() for p in permutations(range(6)))
    torch.testing.assert_close(found, shortest)


def test_with_labels_only_points_of_one_class_are_paired():
    labels = torch.tensor([0, 1, 0, 1, 2, 1])
    real, fake = drawn(6, 1), drawn(6, 2)

    order = optimal_pairs(real, fake, labels)

    assert torch.equal(labels[order], labels)
    assert order.sort().values.tolist() == list(range(6))
    ones = torch.tensor([1, 3, 5])
    assert torch.equal(order[ones], ones[optimal_pairs(real[ones], fake[ones])])


def test_points_that_are_not_numbers_keep_their_order():
    fake = drawn(5, 0)
    fake[2, 1] = torch.nan

    assert optimal_pairs(drawn(5, 1), fake).tolist() == list(range(5))


def test_slopes_between_optimal_pairs_are_taken_on_the_lines_of_the_plan():
    """Generated points stand on the real ones in another order: optimal lines have no length."""
    game = Game(GameSettings(width=8, depth=1), lambda n, rng: torch.randn(n, 2, generator=rng))
    noise = game.evaluation_noise(12)
    fake = game.generate(noise)
    real = fake.flip(0)

    between = game.slopes_between(real, noise, pairs="optimal")

    torch.testing.assert_close(between, game.slopes(real))
    assert not torch.allclose(game.slopes_between(real, noise), between)
