"""A game agrees with the textbook, repeats itself, and can be watched without being disturbed."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.gans.textbook import TextbookGame

SMALL = GameSettings(width=8, depth=2, batch=16, critic_steps=3, noise_dim=3, seed=11)


def two_blobs(n, rng):
    side = torch.randint(2, (n, 1), generator=rng) * 2 - 1
    return side + 0.1 * torch.randn(n, 2, generator=rng)


def played(settings, steps, **changes):
    game = Game(settings, two_blobs, **changes)
    for _ in range(steps):
        game.step()
    return game


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert np.array_equal(value, theirs[name], equal_nan=value.dtype.kind == "f"), name


def in_step(textbook, draws):
    every = [None] * len(draws.real) if draws.labels is None else draws.labels
    for real, noise, mixing, labels in zip(
        draws.real, draws.judge_noise, draws.mixing, every, strict=True
    ):
        textbook.update_judge(real, noise, mixing, labels)
    textbook.update_generator(draws.generator_noise, every[-1], draws.real[-1])


def labelled(n, rng):
    label = torch.randint(3, (n,), generator=rng)
    return 0.3 * torch.randn(n, 2, generator=rng) + label[:, None], label


def sampler_of(settings):
    return labelled if settings.classes else two_blobs


def beginning(settings):
    """A game and its textbook, from the same weights."""
    sampler = sampler_of(settings)
    game = Game(settings, sampler, dtype=torch.float64)
    textbook = TextbookGame(settings, sampler, dtype=torch.float64)
    spectral = game._judge.spectral
    textbook.copy_weights(game.learned, spectral and spectral.vectors)
    return game, textbook


def assert_in_step(settings, steps=4):
    """After four steps all weights agree to 1e-7 of a learning rate, 1e-10 by default.

    Adam divides a gradient by its own size plus 1e-8, so that the last bit of one that vanishes
    (1e-17 of terms of 0.1) moves a weight by 1e-9 of the rate in each of a dozen updates. The last
    bias of a judge that is known up to a constant has no gradient at all but such last bits, summed
    over the batch, and agrees to ten times as much.
    """
    game, textbook = beginning(settings)
    atol = 1e-7 * max(settings.generator_rate, settings.critic_rate)
    for _ in range(steps):
        draws = game.next_draws()
        game.step()
        in_step(textbook, draws)

    for name, module in (("generator", textbook.generator), ("judge", textbook.judge)):
        ours, theirs = game.learned[name], module
        for layer, linear in enumerate(each for each in theirs if isinstance(each, nn.Linear)):
            raw = (
                linear.parametrizations.weight.original
                if settings.spectral and name == "judge"
                else linear.weight
            )
            torch.testing.assert_close(ours.weights[layer], raw.detach(), rtol=0, atol=atol)
            if linear.bias is not None:
                free = name == "judge" and layer == settings.depth
                free &= OBJECTIVES[settings.objective].answer in ("value", "difference")
                near, bias = (10 * atol if free else atol), linear.bias.detach()
                torch.testing.assert_close(ours.biases[layer][0], bias, rtol=0, atol=near)
    return game, textbook


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_game_takes_the_steps_of_the_textbook(objective, activation):
    assert_in_step(replace(SMALL, objective=objective, activation=activation))


VARIANTS = {
    "one-sided": {"one_sided": True, "penalty_weight": 5.0},
    "optimal pairs": {"pairs": "optimal"},
    "spectral": {"objective": "hinge", "spectral": True},
    "spectral and tanh": {"objective": "non_saturating", "spectral": True, "activation": "tanh"},
    "spectral and penalty": {"spectral": True},
    "spectral and R1": {"objective": "r1", "spectral": True},
    "batch norm": {"normalisation": "batch"},
    "batch norm and tanh": {"normalisation": "batch", "activation": "tanh"},
    "layer norm": {"normalisation": "layer"},
    "uniform noise": {"noise": "uniform"},
    "conditional": {"objective": "non_saturating", "classes": 3},
    "conditional WGAN-GP": {"classes": 3},
    "conditional, tanh": {"classes": 3, "activation": "tanh"},
    "conditional, optimal pairs": {"classes": 3, "pairs": "optimal"},
    "R1 and R2, heavily": {"objective": "relativistic_paired", "r1_weight": 50.0},
    "average, spectral and tanh": {
        "objective": "relativistic_average",
        "spectral": True,
        "activation": "tanh",
    },
    "average, batch norm": {"objective": "relativistic_average", "normalisation": "batch"},
    "conditional pairs": {
        "objective": "relativistic_paired",
        "classes": 3,
        "activation": "leaky_relu",
    },
    "conditional R1": {"objective": "r1", "classes": 3, "normalisation": "batch"},
    "RMSProp": {"critic_optimizer": "rmsprop", "optimizer": "rmsprop"},
    "SGD": {"critic_optimizer": "sgd", "optimizer": "sgd"},
    "one optimizer each": {
        "critic_optimizer": "rmsprop",
        "critic_beta1": 0.0,
        "critic_beta2": 0.99,
    },
    "clipping tightly": {"objective": "wasserstein_clip", "critic_rate": 0.05, "clip": 0.2},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_takes_the_steps_of_the_textbook(variant):
    assert_in_step(replace(SMALL, **VARIANTS[variant]))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_losses_are_those_of_the_textbook_on_the_same_points(objective):
    settings = replace(SMALL, objective=objective, critic_steps=1)
    game = Game(settings, two_blobs, dtype=torch.float64)
    textbook = TextbookGame(settings, two_blobs, dtype=torch.float64)
    textbook.copy_weights(game.networks)
    draws = game.next_draws()
    game.step()
    losses = game.losses()

    with torch.no_grad():
        fake = textbook.generator(draws.judge_noise[0])
        gap = textbook.judge(draws.real[0]).mean() - textbook.judge(fake).mean()
    judge = textbook.judge_loss(draws.real[0], fake, draws.mixing[0]).detach()
    in_step(textbook, draws)  # the generator meets the judge that has learned
    textbook.copy_weights(
        {"generator": Game(settings, two_blobs, dtype=torch.float64).networks["generator"]}
    )
    own = textbook.generator(draws.generator_noise)
    generator = textbook.generator_loss(own, real=draws.real[0]).detach()

    torch.testing.assert_close(losses.gap, gap)
    torch.testing.assert_close(losses.judge, judge)
    torch.testing.assert_close(losses.generator, generator)
    if objective == "wasserstein_gp":
        torch.testing.assert_close(losses.judge, losses.penalty - losses.gap)
    if not OBJECTIVES[objective].pays:
        assert losses.penalty == 0
        assert losses.slope.isnan()


def test_a_population_plays_the_games_of_its_seeds():
    seeds = (11, 5)
    together = Game(SMALL, two_blobs, seeds=seeds, dtype=torch.float64)
    for member, seed in enumerate(seeds):
        alone = Game(replace(SMALL, seed=seed), two_blobs, dtype=torch.float64)
        for name, network in together.networks.items():
            for ours, theirs in zip(network.weights, alone.networks[name].weights, strict=True):
                assert torch.equal(ours[member], theirs)
        assert torch.equal(together.next_draws().real[:, member], alone.next_draws().real)
        assert torch.equal(together.next_draws().mixing[:, member], alone.next_draws().mixing)
        noise = together.next_draws().generator_noise
        assert torch.equal(noise[member], alone.next_draws().generator_noise)

    for _ in range(3):
        together.step()
    noise = together.evaluation_noise(20)
    for member, seed in enumerate(seeds):
        alone = played(replace(SMALL, seed=seed), 3, dtype=torch.float64)
        for ask, argument in (
            ("generate", noise),
            ("judge", two_blobs(20, torch.Generator().manual_seed(1)).double()),
            ("generator_pull", noise),
        ):
            ours = getattr(together, ask)(argument)[member]
            torch.testing.assert_close(ours, getattr(alone, ask)(argument), rtol=0, atol=1e-9)
        torch.testing.assert_close(
            together.losses().judge[member], alone.losses().judge, rtol=0, atol=1e-9
        )


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_population_of_every_variant_plays_the_games_of_its_seeds(variant):
    settings, seeds = replace(SMALL, **VARIANTS[variant]), (11, 5)
    sampler = sampler_of(settings)
    together = Game(settings, sampler, seeds=seeds, dtype=torch.float64)
    alone = [Game(replace(settings, seed=seed), sampler, dtype=torch.float64) for seed in seeds]
    for game in (together, *alone):
        for _ in range(3):
            game.step()

    for name, network in together.networks.items():
        for layer, weights in enumerate(network.weights):
            each = torch.stack([game.networks[name].weights[layer] for game in alone])
            torch.testing.assert_close(weights, each, rtol=0, atol=1e-9)
    noise, label = together.evaluation_noise(20), torch.zeros(20, dtype=torch.long)
    labels = label if settings.classes else None
    each = torch.stack([game.generate(noise, labels) for game in alone])
    torch.testing.assert_close(together.generate(noise, labels), each, rtol=0, atol=1e-9)


def test_games_of_equal_seed_start_alike_and_meet_the_same_draws_whatever_they_play_for():
    games = [Game(replace(SMALL, objective=name), two_blobs) for name in OBJECTIVES]
    for _ in range(3):
        first, *others = games
        expected = first.next_draws()
        for other in others:
            draws = other.next_draws()
            assert torch.equal(draws.real, expected.real)
            assert torch.equal(draws.judge_noise, expected.judge_noise)
            assert torch.equal(draws.generator_noise, expected.generator_noise)
            if first.step_count == 0:
                for name, network in first.networks.items():
                    assert torch.equal(network.parameters, other.networks[name].parameters)
        for game in games:
            game.step()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_equal_settings_give_equal_games_whatever_the_global_state(objective):
    settings = replace(SMALL, objective=objective)
    before = torch.random.get_rng_state()
    first = played(settings, 4)
    with torch.random.fork_rng():
        torch.manual_seed(123)
        second = played(settings, 4)

    assert_same(first.state(), second.state())
    assert torch.equal(before, torch.random.get_rng_state())


def test_another_seed_is_another_game():
    noise = torch.zeros(1, 3)
    first, second = played(SMALL, 1), played(replace(SMALL, seed=12), 1)

    assert not torch.equal(first.generate(noise), second.generate(noise))


@pytest.mark.parametrize("seeds", [None, (3, 4)])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_resumed_game_goes_on_bit_for_bit(objective, seeds):
    settings = replace(SMALL, objective=objective)
    straight = played(settings, 3, seeds=seeds)
    halfway = straight.state()
    other = None if seeds is None else (8, 9)
    resumed = Game(replace(settings, seed=99), two_blobs, seeds=other)
    resumed.restore(halfway)
    assert_same(resumed.state(), halfway)
    assert torch.equal(resumed.losses().judge, straight.losses().judge)

    for _ in range(3):
        straight.step()
        resumed.step()

    assert_same(resumed.state(), straight.state())


def test_watching_a_game_does_not_disturb_it():
    watched, unwatched = played(SMALL, 2), played(SMALL, 2)
    for _ in range(2):
        noise = watched.evaluation_noise(5)
        real = two_blobs(5, torch.Generator().manual_seed(0))
        watched.generate(noise)
        watched.judge(real)
        watched.generator_pull(noise)
        watched.slopes(real)
        watched.slopes_between(real, noise)
        watched.losses()
        watched.finite()
        watched.next_draws()
        watched.state()
        watched.step()
        unwatched.step()

    assert_same(watched.state(), unwatched.state())


def test_evaluation_noise_is_the_same_for_every_objective_and_at_every_step():
    games = [Game(replace(SMALL, objective=name), two_blobs) for name in OBJECTIVES]
    first = games[0].evaluation_noise(7)
    for game in games:
        game.step()
        assert torch.equal(game.evaluation_noise(7), first)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_pull_is_each_points_own_share_of_the_loss_in_true_magnitude(objective):
    game = played(replace(SMALL, objective=objective), 2, dtype=torch.float64)
    textbook = TextbookGame(game.settings, two_blobs, dtype=torch.float64)
    textbook.copy_weights(game.networks)
    noise, real = game.evaluation_noise(6), two_blobs(6, torch.Generator().manual_seed(4)).double()

    pull = game.generator_pull(noise, beside=game.judge(real))

    points = game.generate(noise).requires_grad_()
    textbook.generator_loss(points, real=real).backward()
    torch.testing.assert_close(pull, -6 * points.grad)
    if not OBJECTIVES[objective].relativistic:
        torch.testing.assert_close(game.generator_pull(noise), pull)


def test_slopes_are_the_gradient_norms_of_the_judge():
    game = played(SMALL, 2, dtype=torch.float64)
    textbook = TextbookGame(SMALL, two_blobs, dtype=torch.float64)
    textbook.copy_weights(game.networks)
    points = two_blobs(6, torch.Generator().manual_seed(2)).double().requires_grad_()

    textbook.judge(points).sum().backward()

    torch.testing.assert_close(game.slopes(points.detach()), points.grad.norm(dim=1))


def test_slopes_between_a_point_and_itself_are_the_slopes_there():
    game = played(SMALL, 2, dtype=torch.float64)
    noise = game.evaluation_noise(6)
    points = game.generate(noise)

    torch.testing.assert_close(game.slopes_between(points, noise), game.slopes(points))


def test_the_judge_updates_critic_steps_times_before_the_generator_does_once():
    state = played(SMALL, 4).state()

    assert state["judge.adam.steps"] == 4 * SMALL.critic_steps
    assert state["generator.adam.steps"] == 4


def test_a_player_with_rate_zero_stays_what_it_was():
    game = Game(replace(SMALL, generator_rate=0.0), two_blobs)
    before = {name: network.parameters.clone() for name, network in game.networks.items()}
    game.step()

    assert torch.equal(game.networks["generator"].parameters, before["generator"])
    assert not torch.equal(game.networks["judge"].parameters, before["judge"])


def test_a_fork_keeps_the_weights_and_plays_for_something_else():
    game = played(SMALL, 3)
    fork = Game(replace(SMALL, objective="minimax", critic_steps=1, batch=8), two_blobs)
    fork.restore(game.state())

    assert fork.step_count == 3
    assert fork.finite()
    assert fork.losses().judge.isnan()
    for name, network in game.networks.items():
        assert torch.equal(fork.networks[name].parameters, network.parameters)
    fork.step()
    assert fork.losses().judge.isfinite()


def test_a_state_of_other_networks_is_refused_in_one_line():
    state = played(SMALL, 1).state()

    with pytest.raises(ValueError, match="sizes 1-3-4-4-2, not 1-3-8-8-2"):
        Game(replace(SMALL, width=4), two_blobs).restore(state)


@pytest.mark.parametrize("where", ["generator", "judge"])
def test_a_parameter_that_is_not_a_number_is_noticed(where):
    game = played(SMALL, 1)
    assert game.finite()

    game.networks[where].parameters[7] = math.inf

    assert not game.finite()


def test_a_game_that_diverges_is_noticed():
    absurd = replace(SMALL, generator_rate=10.0, critic_rate=10.0)

    game = played(replace(absurd, width=32, depth=12), 10)

    assert not game.finite()


def test_losses_are_unknown_before_the_first_step():
    game = Game(SMALL, two_blobs)

    assert game.losses().judge.isnan()
    assert game.finite()


def test_a_sampler_must_return_one_point_a_row():
    with pytest.raises(ValueError, match=r"one point a row, not shape \(1,\)"):
        Game(SMALL, lambda n, rng: torch.zeros(n))


def test_data_may_have_any_number_of_coordinates():
    game = Game(SMALL, lambda n, rng: torch.randn(n, 5, generator=rng))
    game.step()

    assert game.generator_pull(game.evaluation_noise(4)).shape == (4, 5)


def test_between_two_points_the_critic_overshoots_the_distance_by_what_the_penalty_allows():
    """On a line between two point masses at distance W the best slope is 1 + W/2λ."""
    weight, distance = 2.0, 1.0
    settings = GameSettings(
        width=16, batch=32, critic_steps=20, generator_rate=0.0, penalty_weight=weight
    )
    game = Game(settings, lambda n, rng: torch.tensor([[distance, 0.0]]).expand(n, 2))
    game.networks["generator"].parameters.zero_()  # everything lands on the origin
    for _ in range(60):
        game.step()
    losses = game.losses()

    assert float(losses.slope) == pytest.approx(1 + distance / (2 * weight), rel=0.01)
    assert float(losses.gap) == pytest.approx(distance + distance**2 / (2 * weight), rel=0.01)
    assert float(-losses.judge) == pytest.approx(distance + distance**2 / (4 * weight), rel=0.01)


RELATIVISTIC = [name for name, rules in OBJECTIVES.items() if rules.relativistic]


@pytest.mark.parametrize("objective", RELATIVISTIC)
def test_a_relativistic_generator_moves_another_way_beside_other_real_points(objective):
    """Beside points that the judge calls more real it has farther to go."""
    game = Game(replace(SMALL, objective=objective), two_blobs, dtype=torch.float64)
    noise = game.evaluation_noise(6)
    answers = game.judge(game.generate(noise))

    near = game.generator_pull(noise, beside=answers - 3).norm(dim=1)
    far = game.generator_pull(noise, beside=answers + 3).norm(dim=1)

    assert (far > near).all()
    with pytest.raises(ValueError, match=f"the pull of '{objective}' needs the answers at real"):
        game.generator_pull(noise)


@pytest.mark.parametrize("objective", RELATIVISTIC)
@pytest.mark.parametrize("seeds", [None, (3, 4)])
def test_a_relativistic_generator_is_compared_with_the_judges_last_batch(objective, seeds):
    settings = replace(SMALL, objective=objective, generator_rate=0.0)
    game = Game(settings, two_blobs, seeds, dtype=torch.float64)
    draws = game.next_draws()
    game.step()  # the generator stays, so that the judge can be asked again afterwards

    answers = game.judge(draws.real[-1]), game.judge(game.generate(draws.generator_noise))
    expected = OBJECTIVES[objective].generator_loss(*answers)

    torch.testing.assert_close(game.losses().generator, expected)


def test_the_textbook_trains_nothing_in_place_of_an_objective_it_does_not_know(monkeypatch):
    settings = replace(SMALL)
    monkeypatch.delitem(OBJECTIVES, "wasserstein_gp")

    with pytest.raises(KeyError, match="wasserstein_gp"):
        TextbookGame(settings, two_blobs)


def test_the_textbook_asks_for_the_real_points_that_a_loss_needs():
    textbook = TextbookGame(replace(SMALL, objective="relativistic_average"), two_blobs)

    with pytest.raises(ValueError, match="'relativistic_average' needs real points as well"):
        textbook.update_generator(torch.randn(16, 3, generator=torch.Generator()))
