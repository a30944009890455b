"""Dials that are turned while a game trains: what a fork keeps, and what starts afresh."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gans.game import Game
from explorer.gans.settings import GameSettings

SMALL = GameSettings(width=8, depth=2, batch=16, critic_steps=2, seed=11)
LIVE = [
    {"objective": "hinge"},
    {"objective": "wasserstein_clip", "clip": 0.05},
    {"objective": "r1", "r1_weight": 10.0},
    {"one_sided": True},
    {"pairs": "optimal"},
    {"penalty_weight": 10.0},
    {"critic_steps": 5},
    {"batch": 32},
    {"beta1": 0.0},
    {"critic_beta1": 0.0, "critic_beta2": 0.99},
    {"generator_rate": 1e-2, "critic_rate": 1e-4},
    {"critic_optimizer": "rmsprop"},
    {"optimizer": "sgd"},
    {"spectral": True},
    {"noise": "uniform"},
    {"activation": "tanh"},
]


def blobs(n, rng):
    return torch.randn(n, 2, generator=rng)


def played(settings, steps=3):
    game = Game(settings, blobs)
    for _ in range(steps):
        game.step()
    return game


@pytest.mark.parametrize("turned", LIVE, ids=lambda turned: " ".join(turned))
def test_every_dial_turns_in_mid_game_and_keeps_the_weights(turned):
    state = played(SMALL).state()
    fork = Game(replace(SMALL, **turned), blobs)
    fork.restore(state)

    for name in ("generator", "judge"):
        kept = fork.learned[name].parameters.numpy()
        assert np.array_equal(kept, state[f"{name}.parameters"])
    fork.step()
    assert fork.step_count == 4
    assert fork.finite()
    assert torch.isfinite(fork.losses().judge)


def test_a_fork_that_changes_nothing_goes_on_as_if_there_were_none():
    game = played(SMALL)
    fork = Game(SMALL, blobs)
    fork.restore(game.state())
    game.step()
    fork.step()

    assert torch.equal(game.networks["judge"].parameters, fork.networks["judge"].parameters)


def test_an_optimizer_keeps_its_memory_through_another_rate_and_betas():
    state = played(SMALL).state()
    fork = Game(replace(SMALL, critic_rate=1e-4, beta1=0.0), blobs)
    fork.restore(state)

    assert np.array_equal(fork.state()["judge.adam.square"], state["judge.adam.square"])
    assert fork.state()["judge.adam.steps"] == 6


def test_an_optimizer_of_another_kind_starts_afresh_and_the_other_player_keeps_his():
    state = played(SMALL).state()
    fork = played(replace(SMALL, critic_optimizer="rmsprop"))
    fork.restore(state)

    assert not fork.state()["judge.rmsprop.square"].any()
    assert "judge.adam.square" not in fork.state()
    assert np.array_equal(fork.state()["generator.adam.mean"], state["generator.adam.mean"])


def test_running_averages_start_afresh_where_the_state_has_none():
    state = played(replace(SMALL, normalisation="layer")).state()
    fork = played(replace(SMALL, normalisation="batch"))
    fork.restore(state)

    assert not fork.state()["generator.running.mean"].any()
    assert (fork.state()["generator.running.variance"] == 1).all()


def test_a_generator_cannot_become_normalised_in_mid_game():
    state = played(SMALL).state()

    with pytest.raises(ValueError, match="cannot gain or lose its normalisation"):
        Game(replace(SMALL, normalisation="batch"), blobs).restore(state)


def test_a_clipped_critic_is_clipped_from_the_first_update_after_the_fork():
    fork = Game(replace(SMALL, objective="wasserstein_clip", clip=0.02), blobs)
    fork.restore(played(SMALL).state())
    assert float(fork.networks["judge"].parameters.abs().max()) > 0.02

    fork.step()

    assert float(fork.networks["judge"].parameters.abs().max()) == pytest.approx(0.02)


def test_a_state_taken_before_the_first_step_of_a_fork_says_nothing_of_losses():
    fork = Game(replace(SMALL, batch=8), blobs)
    fork.restore(played(SMALL).state())
    again = Game(replace(SMALL, batch=8), blobs)
    again.restore(fork.state())

    assert again.losses().judge.isnan()
    assert again.finite()
