"""What judge and generator want: slopes are derivatives, losses are the papers'."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings

REAL = torch.tensor([-3.0, -0.5, 0.0, 0.7, 4.0], dtype=torch.float64)
FAKE = torch.tensor([-2.0, -0.1, 0.0, 1.5, 5.0], dtype=torch.float64)
SURE = torch.full((4,), 800.0)  # exp(800) overflows even in float64


@pytest.mark.parametrize("name", OBJECTIVES)
def test_slopes_are_the_derivatives_of_the_losses(name):
    objective = OBJECTIVES[name]
    real, fake = REAL.clone().requires_grad_(), FAKE.clone().requires_grad_()

    judge = torch.autograd.grad(objective.judge_loss(real, fake), (real, fake))
    (generator,) = torch.autograd.grad(objective.generator_loss(fake), fake)

    for ours, theirs in zip(objective.judge_slopes(REAL, FAKE), judge, strict=True):
        torch.testing.assert_close(ours / len(REAL), theirs)
    torch.testing.assert_close(objective.generator_slope(FAKE) / len(FAKE), generator)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_slopes_said_to_be_constant_do_not_depend_on_the_outputs(name):
    objective = OBJECTIVES[name]

    moved = torch.stack(
        [*objective.judge_slopes(REAL + 1, FAKE + 1), objective.generator_slope(FAKE + 1)]
    )
    here = torch.stack([*objective.judge_slopes(REAL, FAKE), objective.generator_slope(FAKE)])

    assert torch.equal(moved, here) == objective.constant_slopes


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_the_discriminator_minimises_binary_cross_entropy(name):
    loss = OBJECTIVES[name].judge_loss(REAL, FAKE)

    expected = cross_entropy(REAL, torch.ones(5).double()) + cross_entropy(
        FAKE, torch.zeros(5).double()
    )
    torch.testing.assert_close(loss, expected)


def test_minimax_is_a_zero_sum_game():
    game = OBJECTIVES["minimax"]

    sums = [game.judge_loss(REAL, fake) + game.generator_loss(fake) for fake in (FAKE, REAL)]

    torch.testing.assert_close(sums[0], sums[1])


def test_a_discriminator_that_cannot_tell_pays_log_4():
    undecided = torch.zeros(6)

    loss = OBJECTIVES["minimax"].judge_loss(undecided, undecided)

    assert float(loss) == pytest.approx(math.log(4))


def test_against_a_sure_discriminator_minimax_pulls_nowhere_and_non_saturating_fully():
    assert OBJECTIVES["minimax"].generator_slope(-SURE).abs().max() == 0
    assert torch.equal(OBJECTIVES["non_saturating"].generator_slope(-SURE), -torch.ones(4))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_judge_that_is_far_too_sure_still_gives_finite_losses(name):
    objective = OBJECTIVES[name]
    for real, fake in ((SURE, -SURE), (-SURE, SURE)):
        assert torch.isfinite(objective.judge_loss(real, fake))
        assert torch.isfinite(objective.generator_loss(fake))


def test_a_critic_is_known_only_up_to_a_constant():
    critic = OBJECTIVES["wasserstein_gp"]

    torch.testing.assert_close(critic.judge_loss(REAL + 7, FAKE + 7), critic.judge_loss(REAL, FAKE))


def test_the_best_least_squares_judge_is_the_share_of_real_points():
    """At a place where real and generated points have densities p and q, t = p/(p + q)."""
    p, q = 0.3, 0.9
    t = torch.linspace(-1, 2, 3001, dtype=torch.float64)[:, None]

    game = OBJECTIVES["least_squares"]
    nothing = torch.tensor([[1.0]], dtype=torch.float64), torch.zeros(1, 1, dtype=torch.float64)
    on_real = game.judge_loss(t, nothing[1].expand_as(t))
    on_fake = game.judge_loss(nothing[0].expand_as(t), t)

    assert float(t[(p * on_real + q * on_fake).argmin()]) == pytest.approx(p / (p + q), abs=1e-3)


def test_a_hinge_judge_that_separates_by_its_margin_has_nothing_left_to_learn():
    hinge = OBJECTIVES["hinge"]
    real, fake = torch.tensor([1.0, 2.5]), torch.tensor([-1.0, -7.0])

    assert hinge.judge_loss(real, fake) == 0
    assert all(not slopes.any() for slopes in hinge.judge_slopes(real, fake))
    assert torch.equal(hinge.generator_slope(fake), torch.tensor([-1.0, -1.0]))


def test_r1_adds_only_a_penalty_at_real_points_to_the_non_saturating_game():
    r1, plain = OBJECTIVES["r1"], OBJECTIVES["non_saturating"]

    assert r1.penalty == "real"
    assert plain.penalty == "none"
    assert torch.equal(r1.judge_loss(REAL, FAKE), plain.judge_loss(REAL, FAKE))
    assert torch.equal(r1.generator_loss(FAKE), plain.generator_loss(FAKE))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_game_reads_the_dials_of_its_objective_and_of_no_other(name):
    turned = {
        "penalty_weight": 9.0, "one_sided": True, "pairs": "optimal", "r1_weight": 9.0, "clip": 0.3
    }  # fmt: skip
    plain = GameSettings(objective=name, width=8, depth=1, batch=8, critic_steps=2)

    def weights(settings):
        game = Game(settings, lambda n, rng: 2 + torch.randn(n, 2, generator=rng))
        game.networks["judge"].parameters.mul_(3)  # steep on one side and flat on the other
        for _ in range(3):
            game.step()
        return game.networks["judge"].parameters

    for dial, value in turned.items():
        changed = not torch.equal(weights(plain), weights(replace(plain, **{dial: value})))
        assert changed == (dial in OBJECTIVES[name].dials), dial


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_states_its_formula(name):
    objective = OBJECTIVES[name]
    for text in (type(objective).__doc__, objective.formula):
        assert "L_D" in text
        assert "L_G" in text
    assert objective.formula.count("{") == objective.formula.count("}")
    assert objective.label
    assert any(year in objective.source for year in ("2014", "2017", "2018"))
