"""What can be asked of a game: gradients by layer, arrows of other losses, noise."""

from dataclasses import replace

import pytest
import torch

from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings

SMALL = GameSettings(width=8, depth=3, batch=16, critic_steps=2, seed=4)


def blobs(n, rng):
    return torch.randn(n, 2, generator=rng)


def asked(settings, steps=2, rows=7):
    game = Game(settings, blobs, dtype=torch.float64)
    for _ in range(steps):
        game.step()
    real = blobs(rows, torch.Generator().manual_seed(0)).double()
    return game, real, game.evaluation_noise(rows)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_layer_gradients_are_those_of_automatic_differentiation(objective, activation):
    game, real, noise = asked(replace(SMALL, objective=objective, activation=activation))
    network = game.networks["judge"]
    act = {"relu": torch.relu, "tanh": torch.tanh}[activation]
    layer, kept = torch.cat([real, game.generate(noise)]).requires_grad_(), []
    for weight, bias in zip(network.weights[:-1], network.biases[:-1], strict=True):
        layer = act(layer @ weight.mT + bias)
        kept.append(layer)
    outputs = (layer @ network.weights[-1].mT + network.biases[-1]).squeeze(1)
    loss = OBJECTIVES[objective].judge_loss(outputs[:7], outputs[7:])
    expected = [7 * g.norm(dim=1).mean() for g in torch.autograd.grad(loss, kept)]

    torch.testing.assert_close(game.layer_gradients(real, noise), torch.stack(expected))


def test_a_small_clipping_constant_makes_gradients_vanish_exponentially_with_depth():
    """With c = 0.01 and width 32 one layer passes on at most 0.32 of what it is given."""
    settings = GameSettings(
        objective="wasserstein_clip",
        width=32,
        depth=12,
        batch=32,
        clip=0.01,
        critic_optimizer="rmsprop",
    )
    game, real, noise = asked(settings, steps=3)

    norms = game.layer_gradients(real, noise)

    assert norms.shape == (12,)
    assert bool((norms[:-1] < 0.33 * norms[1:]).all())


def test_a_population_is_asked_member_by_member():
    game, real, noise = asked(SMALL, steps=0)
    together = Game(SMALL, blobs, seeds=(4, 5), dtype=torch.float64)

    found = together.layer_gradients(real, noise)
    pairs = together.slopes_between(real, noise, pairs="optimal")

    assert found.shape == (2, 3)
    torch.testing.assert_close(found[0], game.layer_gradients(real, noise))
    torch.testing.assert_close(pairs[0], game.slopes_between(real, noise, pairs="optimal"))


def test_on_one_frozen_judge_the_arrows_of_two_losses_differ_by_the_odds():
    """Saturating and non-saturating slopes are −D and −(1 − D) of the same logit."""
    game, _, noise = asked(replace(SMALL, objective="non_saturating"))
    probability = torch.sigmoid(game.judge(game.generate(noise)))[:, None]

    saturating = game.generator_pull(noise, objective="minimax")
    critic = game.generator_pull(noise, objective="wasserstein_gp")

    torch.testing.assert_close(saturating, critic * probability)
    torch.testing.assert_close(game.generator_pull(noise), critic * (1 - probability))


def test_uniform_noise_fills_the_cube_from_minus_one_to_one():
    game = Game(replace(SMALL, noise="uniform"), blobs, dtype=torch.float64)

    for noise in (game.evaluation_noise(5_000), game.next_draws().judge_noise.view(-1, 2)):
        assert float(noise.abs().max()) <= 1
        assert float(noise.var()) == pytest.approx(1 / 3, rel=0.15)


def test_the_penalty_of_r1_is_measured_at_the_real_points():
    settings = replace(SMALL, objective="r1", r1_weight=3.0, critic_steps=1)
    game = Game(settings, blobs, dtype=torch.float64)
    fresh = Game(settings, blobs, dtype=torch.float64)
    norms = fresh.slopes(game.next_draws().real[0])
    game.step()

    torch.testing.assert_close(game.losses().slope, norms.mean())
    torch.testing.assert_close(game.losses().penalty, 1.5 * norms.square().mean())


def test_the_penalties_r1_and_r2_are_measured_at_real_and_at_generated_points():
    settings = replace(SMALL, objective="relativistic_paired", r1_weight=3.0, critic_steps=1)
    game = Game(settings, blobs, dtype=torch.float64)
    fresh = Game(settings, blobs, dtype=torch.float64)
    draws = game.next_draws()
    real, fake = (fresh.slopes(x) for x in (draws.real[0], fresh.generate(draws.judge_noise[0])))
    game.step()

    torch.testing.assert_close(game.losses().slope, torch.cat([real, fake]).mean())
    paid = 1.5 * (real.square().mean() + fake.square().mean())
    torch.testing.assert_close(game.losses().penalty, paid)


@pytest.mark.parametrize("one_sided", [False, True])
def test_the_penalty_of_wgan_gp_is_measured_on_the_sides_that_cost(one_sided):
    settings = replace(SMALL, one_sided=one_sided, penalty_weight=3.0, critic_steps=1)
    games = [Game(settings, blobs, dtype=torch.float64) for _ in range(2)]
    for game in games:
        game.networks["judge"].parameters.mul_(2.6)
    game, fresh = games
    draws = game.next_draws()
    fake = fresh.generate(draws.judge_noise[0])
    norms = fresh.slopes(torch.lerp(fake, draws.real[0], draws.mixing[0]))
    assert float(norms.min()) < 1 < float(norms.max())
    game.step()

    excess = (norms - 1).clamp_min(0) if one_sided else norms - 1
    torch.testing.assert_close(game.losses().penalty, 3 * excess.square().mean())
