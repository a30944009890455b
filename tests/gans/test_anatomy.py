"""One iteration taken apart, and each player stepped alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gans.anatomy import SUB_STEPS
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.settings import GameSettings
from explorer.gans.textbook import TextbookGame

SMALL = GameSettings(width=8, depth=2, batch=16, critic_steps=3, noise_dim=3, seed=11)
VARIANTS = [
    *({"objective": name} for name in OBJECTIVES),
    {"activation": "tanh"},
    {"normalisation": "batch"},
    {"objective": "hinge", "spectral": True},
    {"pairs": "optimal"},
    {"classes": 3},
]


def sampler_of(settings):
    def blobs(n, rng):
        return torch.randn(n, 2, generator=rng)

    def labelled(n, rng):
        label = torch.randint(3, (n,), generator=rng)
        return torch.randn(n, 2, generator=rng) + label[:, None], label

    return labelled if settings.classes else blobs


def new(settings, **changes):
    return Game(settings, sampler_of(settings), **changes)


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert np.array_equal(value, theirs[name], equal_nan=value.dtype.kind == "f"), name


@pytest.mark.parametrize("seeds", [None, (3, 4)])
@pytest.mark.parametrize(
    "variant", VARIANTS, ids=lambda variant: " ".join(map(str, variant.values()))
)
def test_a_step_taken_apart_ends_where_the_step_ends_bit_for_bit(variant, seeds):
    settings = replace(SMALL, **variant)
    whole, parts = new(settings, seeds=seeds), new(settings, seeds=seeds)
    for _ in range(2):
        whole.step()
        assert len(list(parts.anatomy())) > 3 * 7

    assert_same(parts.state(), whole.state())


def test_sub_steps_come_in_the_order_of_the_algorithm():
    names = [(step.name, step.judge_step) for step in new(SMALL).anatomy()]

    judges = [(name, step) for step in range(3) for name in SUB_STEPS[:8]]
    assert names == judges + [(name, None) for name in SUB_STEPS[8:]]


def test_between_two_sub_steps_the_caller_can_differentiate():
    for _ in new(SMALL).anatomy():
        assert torch.is_grad_enabled()


def test_a_game_without_penalty_has_no_sub_step_for_it():
    names = {step.name for step in new(replace(SMALL, objective="hinge")).anatomy()}

    assert names == set(SUB_STEPS) - {"penalty"}


def test_sub_steps_hold_what_their_names_say():
    settings = replace(SMALL, critic_steps=1, optimizer="sgd", beta1=0.0)
    game, fresh = new(settings, dtype=torch.float64), new(settings, dtype=torch.float64)
    draws = game.next_draws()
    before = game.networks["generator"].parameters.clone()

    found = {step.name: step.values for step in game.anatomy()}

    assert torch.equal(found["draw_real"]["points"], draws.real[0])
    assert torch.equal(found["draw_noise"]["noise"], draws.judge_noise[0])
    fake = fresh.generate(draws.judge_noise[0])
    torch.testing.assert_close(found["generate"]["points"], fake)
    torch.testing.assert_close(found["judge_real"]["outputs"], fresh.judge(draws.real[0]))
    torch.testing.assert_close(found["judge_fake"]["outputs"], fresh.judge(fake))
    between = torch.lerp(fake, draws.real[0], draws.mixing[0])
    torch.testing.assert_close(found["penalty"]["points"], between)
    torch.testing.assert_close(found["penalty"]["norms"], fresh.slopes(between))
    moved = game.networks["judge"].parameters - fresh.networks["judge"].parameters
    assert torch.equal(found["judge_update"]["change"], moved)
    own = fresh.generate(draws.generator_noise)
    torch.testing.assert_close(found["generator_points"]["points"], own)
    torch.testing.assert_close(found["judge_points"]["outputs"], game.judge(own))
    change = found["generator_update"]["change"]
    torch.testing.assert_close(
        change, -settings.generator_rate * found["generator_gradient"]["gradient"]
    )
    assert torch.equal(game.networks["generator"].parameters - before, change)
    game.networks["generator"].parameters.copy_(before)
    pull = game.generator_pull(draws.generator_noise)
    torch.testing.assert_close(found["generator_gradient"]["pull"], pull)


@pytest.mark.parametrize("classes", [0, 3])
def test_a_relativistic_generator_is_told_beside_its_points_what_the_judge_says_of_real_ones(
    classes,
):
    settings = replace(SMALL, objective="relativistic_paired", critic_steps=1, classes=classes)
    game, fresh = new(settings, dtype=torch.float64), new(settings, dtype=torch.float64)
    draws = game.next_draws()
    labels = None if draws.labels is None else draws.labels[-1]
    real, fake = draws.real[0], fresh.generate(draws.judge_noise[0], labels)
    twice = None if labels is None else labels.repeat(2)

    found = {}
    for step in game.anatomy():
        found[step.name] = step.values
        if step.name == "judge_points":  # the judge has learned, the generator not yet
            expected = game.judge(real, labels)
            pull = game.generator_pull(draws.generator_noise, labels, beside=expected)

    torch.testing.assert_close(found["penalty"]["points"], torch.cat([real, fake]))
    torch.testing.assert_close(
        found["penalty"]["norms"], fresh.slopes(found["penalty"]["points"], twice)
    )
    torch.testing.assert_close(found["judge_points"]["beside"], expected)
    torch.testing.assert_close(found["generator_gradient"]["pull"], pull)
    assert "beside" not in {name for step in new(SMALL).anatomy() for name in step.values}


@pytest.mark.parametrize(
    "variant", VARIANTS, ids=lambda variant: " ".join(map(str, variant.values()))
)
def test_either_player_can_be_stepped_alone(variant):
    game = new(replace(SMALL, **variant))
    before = game.state()
    game.step_judge()
    judged = game.state()
    game.step_generator()
    after = game.state()

    assert np.array_equal(before["generator.parameters"], judged["generator.parameters"])
    assert not np.array_equal(before["judge.parameters"], judged["judge.parameters"])
    assert np.array_equal(judged["judge.parameters"], after["judge.parameters"])
    assert not np.array_equal(judged["generator.parameters"], after["generator.parameters"])
    assert after["step"] == before["step"]
    assert game.finite()
    assert torch.isfinite(game.losses().generator)


def test_with_one_judge_step_the_players_alone_make_the_step_of_the_textbook():
    settings = replace(SMALL, critic_steps=1)
    game = new(settings, dtype=torch.float64)
    textbook = TextbookGame(settings, sampler_of(settings), dtype=torch.float64)
    textbook.copy_weights(game.networks)
    draws = new(settings, dtype=torch.float64).next_draws()
    game.step_judge()
    textbook.update_judge(draws.real[0], draws.judge_noise[0], draws.mixing[0])

    judge = [p.detach().flatten() for p in textbook.judge.parameters()]
    torch.testing.assert_close(torch.cat(judge), game.networks["judge"].parameters)

    game.step_generator()
    textbook.update_generator(draws.generator_noise)

    generator = [p.detach().flatten() for p in textbook.generator.parameters()]
    torch.testing.assert_close(torch.cat(generator), game.networks["generator"].parameters)


def test_a_game_whose_judge_alone_has_moved_resumes_as_it_was():
    game = new(SMALL)
    game.step_judge()
    resumed = new(SMALL)
    resumed.restore(game.state())
    assert resumed.losses().generator.isnan()
    assert torch.equal(resumed.losses().judge, game.losses().judge)
    for each in (game, resumed):
        each.step()

    assert_same(game.state(), resumed.state())
