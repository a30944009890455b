"""What judge and generator want: slopes are derivatives, losses are the papers'."""

import inspect
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.nn.functional import logsigmoid, mse_loss

from explorer.gans import objectives
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES, OWN, Minimax, Objective
from explorer.gans.settings import GameSettings

REAL = torch.tensor([-3.0, -0.5, 0.0, 0.7, 4.0], dtype=torch.float64)
FAKE = torch.tensor([-2.0, -0.1, 0.0, 1.5, 5.0], dtype=torch.float64)
SURE = torch.full((4,), 800.0)  # exp(800) overflows even in float64
ONE, ZERO = torch.ones(5).double(), torch.zeros(5).double()
RELATIVISTIC = [name for name, rules in OBJECTIVES.items() if rules.relativistic]


def gan(real, fake):
    return cross_entropy(real, ONE) + cross_entropy(fake, ZERO)


def pairs(better, worse):
    """−E log of the probability that of two logistic variables the better one wins."""
    return -torch.log(better.exp() / (better.exp() + worse.exp())).mean()


def average(better, worse):
    """−E log σ(better − mean worse) − E log(1 − σ(worse − mean better))."""
    above, below = better - worse.mean(), worse - better.mean()
    return -(logsigmoid(above).mean() + torch.log1p(-torch.sigmoid(below)).mean())


PUBLISHED = {
    "minimax": (gan, lambda r, f: torch.log(1 - torch.sigmoid(f)).mean()),
    "non_saturating": (gan, lambda r, f: cross_entropy(f, ONE)),
    "least_squares": (
        lambda r, f: (mse_loss(r, ONE) + mse_loss(f, ZERO)) / 2,
        lambda r, f: mse_loss(f, ONE) / 2,
    ),
    "hinge": (
        lambda r, f: -torch.minimum(r - 1, ZERO).mean() - torch.minimum(-f - 1, ZERO).mean(),
        lambda r, f: -f.mean(),
    ),
    "wasserstein_clip": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "wasserstein_gp": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "r1": (gan, lambda r, f: cross_entropy(f, ONE)),
    "relativistic_paired": (pairs, lambda r, f: pairs(f, r)),
    "relativistic_average": (average, lambda r, f: average(f, r)),
}
"""Both losses of each objective as its paper writes them: a second time, in other words."""


@pytest.mark.parametrize("name", OBJECTIVES)
def test_both_losses_are_those_of_the_paper(name):
    judge, generator = PUBLISHED[name]

    torch.testing.assert_close(OBJECTIVES[name].judge_loss(REAL, FAKE), judge(REAL, FAKE))
    torch.testing.assert_close(OBJECTIVES[name].generator_loss(REAL, FAKE), generator(REAL, FAKE))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_slopes_are_the_derivatives_of_the_losses(name):
    objective = OBJECTIVES[name]
    real, fake = REAL.clone().requires_grad_(), FAKE.clone().requires_grad_()

    for loss, slopes in (
        (objective.judge_loss, objective.judge_slopes),
        (objective.generator_loss, objective.generator_slopes),
    ):
        derived = torch.autograd.grad(
            loss(real, fake), (real, fake), allow_unused=True, materialize_grads=True
        )
        for ours, theirs in zip(slopes(REAL, FAKE), derived, strict=True):
            torch.testing.assert_close(ours / len(REAL), theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_members_of_a_population_do_not_see_each_other(name):
    objective = OBJECTIVES[name]
    real, fake = torch.stack([REAL, FAKE + 1, -REAL]), torch.stack([FAKE, REAL, FAKE - 2])

    for ask in (
        objective.judge_loss,
        objective.judge_slopes,
        objective.generator_loss,
        objective.generator_slopes,
    ):
        together = ask(real, fake)
        for member in range(3):
            alone = ask(real[member], fake[member])
            if isinstance(alone, tuple):
                torch.testing.assert_close(tuple(each[member] for each in together), alone)
            else:
                torch.testing.assert_close(together[member], alone)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_slopes_said_to_be_constant_do_not_depend_on_the_outputs(name):
    objective = OBJECTIVES[name]

    def slopes(by):
        both = objective.judge_slopes, objective.generator_slopes
        return torch.stack([each for ask in both for each in ask(REAL + by, FAKE - by)])

    assert torch.equal(slopes(1), slopes(0)) == objective.constant_slopes


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_generator_reads_what_is_said_of_real_points_only_if_it_is_relativistic(name):
    objective = OBJECTIVES[name]
    unread = torch.full_like(REAL, torch.nan)

    loss, (_, slopes) = (
        objective.generator_loss(unread, FAKE),
        objective.generator_slopes(unread, FAKE),
    )

    assert bool(loss.isnan()) == bool(slopes.isnan().any()) == objective.relativistic


def test_minimax_is_a_zero_sum_game():
    game = OBJECTIVES["minimax"]

    sums = [game.judge_loss(REAL, f) + game.generator_loss(REAL, f) for f in (FAKE, REAL)]

    torch.testing.assert_close(sums[0], sums[1])


@pytest.mark.parametrize("name", OBJECTIVES)
def test_an_undecided_judge_pays_what_its_entry_says(name):
    objective, same = OBJECTIVES[name], torch.zeros(6)

    if objective.answer in ("probability", "difference"):
        nats, written = objective.undecided
        assert float(objective.judge_loss(same, same)) == pytest.approx(nats)
        assert nats == pytest.approx(float(written.removesuffix("ln 2") or 1) * math.log(2))
    else:
        assert objective.undecided is None


def test_against_a_sure_discriminator_minimax_pulls_nowhere_and_non_saturating_fully():
    _, minimax = OBJECTIVES["minimax"].generator_slopes(SURE, -SURE)
    _, other = OBJECTIVES["non_saturating"].generator_slopes(SURE, -SURE)

    assert minimax.abs().max() == 0
    assert torch.equal(other, -torch.ones(4))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_judge_that_is_far_too_sure_still_gives_finite_losses(name):
    objective = OBJECTIVES[name]
    for real, fake in ((SURE, -SURE), (-SURE, SURE)):
        assert torch.isfinite(objective.judge_loss(real, fake))
        assert torch.isfinite(objective.generator_loss(real, fake))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_only_a_critic_and_a_relativistic_judge_are_known_up_to_a_constant(name):
    objective = OBJECTIVES[name]

    same = objective.judge_loss(REAL, FAKE).isclose(objective.judge_loss(REAL + 7, FAKE + 7))

    assert bool(same) == (objective.answer in ("value", "difference"))


# -------------------------------------------------------------------------- least squares, hinge


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
    assert torch.equal(hinge.generator_slopes(real, fake)[1], torch.tensor([-1.0, -1.0]))


def test_r1_adds_only_a_penalty_at_real_points_to_the_non_saturating_game():
    r1, plain = OBJECTIVES["r1"], OBJECTIVES["non_saturating"]

    assert r1.penalty == "real"
    assert plain.penalty == "none"
    assert torch.equal(r1.judge_loss(REAL, FAKE), plain.judge_loss(REAL, FAKE))
    assert torch.equal(r1.generator_loss(REAL, FAKE), plain.generator_loss(REAL, FAKE))


# ---------------------------------------------------------------------------------- relativistic


@pytest.mark.parametrize("name", RELATIVISTIC)
def test_relativistic_players_play_one_game_with_real_and_generated_points_exchanged(name):
    game = OBJECTIVES[name]

    torch.testing.assert_close(game.generator_loss(REAL, FAKE), game.judge_loss(FAKE, REAL))
    for ours, theirs in zip(
        game.generator_slopes(REAL, FAKE), reversed(game.judge_slopes(FAKE, REAL)), strict=True
    ):
        torch.testing.assert_close(ours, theirs)


def test_at_equal_outputs_pairs_cost_either_player_log_2_and_pull_with_one_half():
    game, same = OBJECTIVES["relativistic_paired"], torch.full((4,), 1.3)

    assert float(game.judge_loss(same, same)) == pytest.approx(math.log(2))
    assert float(game.generator_loss(same, same)) == pytest.approx(math.log(2))
    judge, generator = game.judge_slopes(same, same), game.generator_slopes(same, same)
    for slopes, signs in ((judge, (-1, 1)), (generator, (1, -1))):
        for ours, sign in zip(slopes, signs, strict=True):
            torch.testing.assert_close(ours, torch.full((4,), 0.5 * sign))


def test_at_equal_outputs_each_point_of_the_average_is_pulled_by_its_own_term_and_by_the_mean():
    """Half by its own term, and half by those of the other kind, whose mean it moves."""
    game, same = OBJECTIVES["relativistic_average"], torch.full((4,), -0.4)

    assert float(game.judge_loss(same, same)) == pytest.approx(2 * math.log(2))
    for ours, sign in zip(game.judge_slopes(same, same), (-1, 1), strict=True):
        torch.testing.assert_close(ours, torch.full((4,), 1.0 * sign))


def test_in_the_average_the_slope_of_one_point_is_its_own_less_the_mean_of_the_other_kind():
    real, fake = np.array([0.3, 2.0]), np.array([-1.0, 0.5])

    def sigmoid(t):
        return 1 / (1 + np.exp(-t))

    at_real, at_fake = sigmoid(fake.mean() - real), sigmoid(fake - real.mean())
    found = OBJECTIVES["relativistic_average"].judge_slopes(
        torch.from_numpy(real), torch.from_numpy(fake)
    )

    np.testing.assert_allclose(found[0], -at_real - at_fake.mean())
    np.testing.assert_allclose(found[1], at_fake + at_real.mean())


def test_with_one_point_of_each_kind_the_average_is_twice_the_pair():
    paired, average = (OBJECTIVES[f"relativistic_{kind}"] for kind in ("paired", "average"))
    real, fake = REAL[3:4], FAKE[3:4]

    torch.testing.assert_close(average.judge_loss(real, fake), 2 * paired.judge_loss(real, fake))
    for twice, once in zip(
        average.judge_slopes(real, fake), paired.judge_slopes(real, fake), strict=True
    ):
        torch.testing.assert_close(twice, 2 * once)


def best_answers(p, q, weigh):
    """t at each place that minimises a loss between the densities p and q, by brute force."""
    found = minimize(weigh, np.zeros(len(p)), tol=1e-14, options={"gtol": 1e-10})
    return found.x - found.x.mean()


def test_the_best_paired_judge_says_the_logarithm_of_the_odds():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.35, 0.45])
    game = OBJECTIVES["relativistic_paired"]

    def expected_loss(t):  # over all pairs of a real and a generated place
        real, fake = (torch.from_numpy(np.repeat(t, 3)), torch.from_numpy(np.tile(t, 3)))
        losses = torch.stack(
            [game.judge_loss(r[None], f[None]) for r, f in zip(real, fake, strict=True)]
        )
        return float((losses * torch.from_numpy(np.outer(p, q).ravel())).sum())

    odds = np.log(p / q)
    np.testing.assert_allclose(best_answers(p, q, expected_loss), odds - odds.mean(), atol=1e-5)


def test_the_best_judge_of_the_average_rises_with_the_odds_and_is_not_their_logarithm():
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.35, 0.45])
    game = OBJECTIVES["relativistic_average"]
    # 20 points of each kind whose shares are p and q
    real, fake = (np.repeat(np.arange(3), (20 * share).round().astype(int)) for share in (p, q))

    def expected_loss(t):
        return float(game.judge_loss(torch.from_numpy(t[real]), torch.from_numpy(t[fake])))

    best, odds = best_answers(p, q, expected_loss), np.log(p / q)

    assert (np.argsort(best) == np.argsort(odds)).all()
    assert np.abs(best - (odds - odds.mean())).max() > 0.05


# ---------------------------------------------------------------------------------- the entries


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
def test_every_objective_states_its_formula_and_its_paper(name):
    objective = OBJECTIVES[name]
    for text in (type(objective).__doc__, objective.formula):
        assert "L_D" in text
        assert "L_G" in text
    assert objective.formula.count("{") == objective.formula.count("}")
    assert any(str(year) in objective.source for year in range(2014, 2026))


def test_every_objective_of_the_module_is_in_the_registry_under_its_own_name():
    defined = {
        kind
        for _, kind in inspect.getmembers(objectives, inspect.isclass)
        if issubclass(kind, Objective) and not inspect.isabstract(kind)
    }

    assert {type(each) for each in OBJECTIVES.values()} == defined
    assert all(name == each.name for name, each in OBJECTIVES.items())


@pytest.mark.parametrize("what", ["label", "spoken", "formula"])
def test_no_two_objectives_are_called_alike(what):
    names = [getattr(each, what) for each in OBJECTIVES.values()]

    assert len(set(names)) == len(names)


def test_an_objective_that_inherits_the_name_of_another_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="Heir must state its own name, label, title"):
        type("Heir", (Minimax,), {})


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"penalty": "real "}, "unknown penalty 'real ' of Odd; choose from 'none', 'between'"),
        ({"answer": "logit"}, "unknown answer 'logit' of Odd; choose from 'probability'"),
    ],
)
def test_an_objective_that_pays_or_answers_in_a_way_there_is_none_of_is_refused(what, sentence):
    with pytest.raises(TypeError, match=sentence):
        type("Odd", (Minimax,), {**dict.fromkeys(OWN, "odd"), **what})
