"""The duality gap: what theory says of it, and that an audit disturbs nothing."""

import math

import pytest
import torch

from explorer.gans.audit import STEPS, AgainstValue, duality_gap
from explorer.gans.distributions import RING
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings


def game(objective="minimax", seeds=None, steps=0, **changes):
    settings = GameSettings(objective=objective, width=8, batch=32, critic_steps=2, **changes)
    sampler = RING.sample_labelled if settings.classes else RING.sample
    found = Game(settings, sampler, seeds)
    for _ in range(steps):
        found.step()
    return found


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_neither_player_loses_by_moving_alone_and_the_gap_is_the_sum_of_their_gains(objective):
    found = duality_gap(game(objective, steps=3), steps=25, held_out=200)

    assert float(found.judge_gain) >= 0
    assert float(found.generator_gain) >= 0
    torch.testing.assert_close(found.gap, found.judge_gain + found.generator_gain)
    torch.testing.assert_close(found.gap, found.best_judge - found.best_generator)
    assert float(found.gap) > 0


@pytest.mark.parametrize("objective", ["non_saturating", "wasserstein_gp"])
def test_an_audited_game_goes_on_as_if_nothing_had_happened(objective):
    audited, left_alone = game(objective, steps=3), game(objective, steps=3)
    before = torch.get_rng_state()

    duality_gap(audited, steps=12, held_out=100)

    assert torch.get_rng_state().equal(before)
    for played in (audited, left_alone):
        played.step()
    for name, network in audited.networks.items():
        assert network.parameters.equal(left_alone.networks[name].parameters)


def test_equal_games_have_equal_audits():
    first, again = (duality_gap(game(steps=2), steps=11, held_out=64) for _ in range(2))

    assert first.gap.equal(again.gap)
    assert first.value.equal(again.value)


def test_a_judge_that_cannot_move_gains_nothing_and_neither_does_a_generator():
    resting = duality_gap(game(critic_rate=0.0, generator_rate=0.0, steps=2), held_out=64)
    judging = duality_gap(game(generator_rate=0.0, steps=2), held_out=64)

    assert float(resting.gap) == 0
    assert float(judging.generator_gain) == 0
    assert float(judging.judge_gain) > 0


def test_the_best_of_the_iterates_counts_and_not_the_last():
    wild = duality_gap(game("wasserstein_gp", critic_rate=10.0, generator_rate=10.0), steps=40)

    # At such a rate the last iterate is worse than the start, for both players or for one.
    assert float(wild.judge_gain) >= 0
    assert float(wild.generator_gain) >= 0
    calm = duality_gap(game(critic_rate=10.0), steps=30)
    assert float(calm.best_judge) <= 0
    assert float(calm.judge_gain) >= 0


def test_an_audit_learns_from_points_that_the_training_will_not_meet():
    seen = []

    def sample(n, rng):
        seen.append(RING.sample(n, rng))
        return seen[-1]

    settings = GameSettings(objective="minimax", width=8, batch=32, critic_steps=2)
    played = Game(settings, sample)
    met = {tuple(point) for point in played.next_draws().real.flatten(0, -2).tolist()}
    seen.clear()

    duality_gap(played, steps=5, held_out=64)

    audited = {tuple(point) for points in seen for point in points.tolist()}
    assert len(audited) > 150
    assert not audited & met


@pytest.mark.parametrize("noise_name", ["gaussian", "uniform"])
def test_the_value_is_minus_the_judges_loss_on_held_out_points(noise_name):
    played = game(steps=4, noise=noise_name)
    rng = torch.Generator().manual_seed(0x617564)
    real = RING.sample(64, rng)
    if noise_name == "uniform":
        noise = 2 * torch.rand(64, 2, generator=rng) - 1
    else:
        noise = torch.randn(64, 2, generator=rng)
    d_real, d_fake = (played.judge(x).sigmoid() for x in (real, played.generate(noise)))

    found = duality_gap(played, steps=1, held_out=64)

    expected = d_real.log().mean() + (1 - d_fake).log().mean()
    torch.testing.assert_close(found.value, expected, rtol=1e-5, atol=0)


def test_the_best_answer_of_a_judge_is_near_that_of_many_more_steps():
    short, long = (duality_gap(game(steps=20), steps=steps) for steps in (STEPS, 10 * STEPS))

    assert float(long.best_judge) >= float(short.best_judge)
    # No discriminator is worth more than zero: E log D + E log(1 − D) <= 0.
    assert float(long.best_judge) <= 0


def test_a_population_and_a_conditional_game_are_audited_as_well():
    several = duality_gap(game(seeds=(0, 1, 2)), steps=5, held_out=64)
    labelled = duality_gap(game("wasserstein_gp", classes=8), steps=5, held_out=64)
    uniform = duality_gap(game(noise="uniform"), steps=5, held_out=64)

    assert several.gap.shape == (3,)
    assert len(set(several.gap.tolist())) == 3
    assert labelled.gap.shape == uniform.gap.shape == ()


def test_an_audit_needs_steps_and_points():
    with pytest.raises(ValueError, match="steps must be at least 1, not 0"):
        duality_gap(game(), steps=0)
    with pytest.raises(ValueError, match="held_out must be at least 2 points, not 1"):
        duality_gap(game(), held_out=1)


OUTPUTS = torch.randn(2, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_against_the_judges_own_value_the_game_is_zero_sum(objective):
    game = AgainstValue(OBJECTIVES[objective])
    real, fake = (each.clone().requires_grad_() for each in OUTPUTS)

    loss = game.generator_loss(real, fake)
    derived = torch.autograd.grad(loss, (real, fake))

    assert float((loss + game.judge_loss(real, fake)).detach()) == 0
    for ours, theirs in zip(game.generator_slopes(*OUTPUTS), derived, strict=True):
        torch.testing.assert_close(ours / 6, theirs)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_generator_whose_own_loss_is_another_is_audited_against_the_judges_value(objective):
    """Least squares and hinge keep their own, whose gains are lower bounds."""
    rules = OBJECTIVES[objective]
    own = rules.generator_slopes(*OUTPUTS)[1]
    of_value = -rules.judge_slopes(*OUTPUTS)[1]

    another = not torch.allclose(own, of_value)
    assert rules.plays_value == (another and objective not in ("least_squares", "hinge"))


@pytest.mark.parametrize("objective", ["non_saturating", "r1"])
def test_the_generator_of_a_non_saturating_loss_is_audited_as_that_of_minimax(objective):
    """Both maximise the same M against it, so that the least M it reaches is the same."""
    audited = duality_gap(game(objective), steps=30, held_out=64)
    minimax = duality_gap(game("minimax"), steps=30, held_out=64)

    assert torch.equal(audited.value, minimax.value)
    assert torch.equal(audited.best_generator, minimax.best_generator)


def test_no_judge_of_pairs_is_worth_more_than_a_certain_one_and_an_undecided_one_is_worth_log_2():
    found = duality_gap(game("relativistic_paired"), steps=60, held_out=256)

    # M = E log σ(f(x) − f(G(z))) <= 0, and −log 2 where the judge says the same everywhere.
    assert float(found.value) == pytest.approx(-math.log(2), abs=0.1)
    assert float(found.value) < float(found.best_judge) <= 0
    assert float(found.best_generator) < float(found.value)
