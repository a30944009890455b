"""Many seeds, one iteration, two numbers and twelve layers, as recordings."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gans.anatomy import SUB_STEPS
from explorer.gans.dirac import r1_eigenvalues, verdict
from explorer.gans.game import Game
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.seeds import summary
from explorer.labs.gans.deep import GAMES, Deep
from explorer.labs.gans.dirac import Portrait, games
from explorer.labs.gans.many import COUNTED, FAR, Many
from explorer.labs.gans.slow import COMPARED, Slow, compared
from explorer.labs.gans.standards import reference
from explorer.runs.frames import Frame, pack
from explorer.transport import wasserstein

LOSSES = tuple(each.objective for each in COMPARED)
MANY = Many(width=4, depth=1, batch=8, critic_steps=1, steps=210)
DEEP = Deep(width=8, depth=4, steps=60)
SLOW = Slow(width=8, depth=2, batch=16, critic_steps=2, side="b", step=3)
MAKERS = (MANY, DEEP, SLOW)


def packed(experiment, frames: list[Frame]) -> list[bytes]:
    return [pack(frame, k, experiment.precision) for k, frame in enumerate(frames)]


@pytest.mark.parametrize("experiment", MAKERS, ids=lambda each: type(each).__name__)
def test_a_recording_is_equal_every_time_and_goes_on_from_any_state_bit_for_bit(experiment):
    whole = list(experiment.stream())
    at = max(k for k, frame in enumerate(whole[:-1]) if frame.state is not None)

    assert len(whole) == experiment.frame_count
    assert packed(experiment, list(replace(experiment).stream())) == packed(experiment, whole)
    resumed = list(experiment.stream(whole[at].state))
    assert packed(experiment, resumed) == packed(experiment, whole[at + 1 :])
    assert pack(experiment.still(), -1, experiment.precision)


def test_the_mean_of_many_seeds_is_that_of_its_members():
    last = list(replace(MANY, steps=100).stream())[-1].scalars
    values = [last[f"b/{k}/w1"] for k in range(8)]

    assert last["b/w1/mean"] == pytest.approx(np.mean(values))
    assert last["b/w1/error"] == pytest.approx(np.std(values, ddof=1) / np.sqrt(8))
    assert last["b/w1/error"] == pytest.approx(summary(values).standard_error)


def test_the_first_member_of_a_population_starts_as_the_game_alone():
    first = next(iter(MANY.stream()))
    alone = Game(MANY.settings("a"), MANY.sampler())
    points = alone.generate(alone.evaluation_noise(MANY.shown)).numpy()

    assert np.allclose(first.arrays["a/0/fake"], points, atol=1e-6)
    assert not np.allclose(first.arrays["a/1/fake"], points, atol=1e-2)
    shown = alone.generate(alone.evaluation_noise(COUNTED))[:FAR]
    distance = wasserstein(reference(MANY.distribution(), FAR), shown)
    assert first.scalars["a/0/w1"] == pytest.approx(distance, rel=1e-4)


def test_seeds_that_differ_as_much_as_the_games_name_no_winner():
    found = {"a/held": np.array([8.0, 6, 7, 8, 5, 8, 7, 8]), "b/held": np.array([7.0] * 7 + [8])}
    clear = {"a/held": np.array([2.0, 3, 2, 2, 3, 2, 2, 2]), "b/held": np.array([8.0] * 8)}

    assert MANY._verdict(found, "held").startswith("No winner by modes held")
    assert MANY._verdict(clear, "held").startswith("WGAN-GP is ahead by modes held, 8.00")


def test_a_seed_that_diverged_is_told_with_the_verdict_and_gives_no_game_the_lead_of_the_rest():
    near, far = np.array([0.1] * 7 + [np.nan]), np.array([0.1] * 8)
    one = {"a/w1": near, "a/diverged": np.array(1), "b/w1": far, "b/diverged": np.array(0)}
    both = one | {"b/w1": near, "b/diverged": np.array(1)}
    none = {"a/held": np.array([0.0] * 8), "b/held": np.array([8.0] * 8), "a/diverged": np.array(8)}

    titles = [title for _, title, _ in MANY.sides()]
    assert MANY._verdict(one, "w1") == (
        f"Only {titles[1]} kept all its seeds. One of 8 seeds of {titles[0]} diverged."
    )
    assert MANY._verdict(both, "w1").startswith("No winner by exact W₁: seeds that diverged have")
    assert MANY._verdict(none, "held").endswith(f"Eight of 8 seeds of {titles[0]} diverged.")


def test_a_seed_that_diverges_is_counted_and_the_others_go_on():
    wild = replace(MANY, steps=100, generator_rate=10.0, critic_rate=10.0, optimizer="sgd",
                   critic_optimizer="sgd", first="least_squares")  # fmt: skip
    last = list(wild.stream())[-1]

    assert last.scalars["a/diverged"] == 8
    assert last.sentences["a/says"].startswith("**All 8 seeds diverged.**")
    assert packed(wild, [last])


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_an_iteration_taken_apart_ends_where_the_game_does(objective: str):
    slow = replace(SLOW, second=objective)
    frames = list(slow.stream())
    game = slow.game()
    game.step()
    parts = [frame.sentences["part"] for frame in frames[1:]]
    wanted = [p for p in SUB_STEPS if p != "penalty" or OBJECTIVES[objective].pays]

    assert parts == [*wanted[:-5], *wanted]
    assert len(frames) == slow.frame_count
    assert not frames[0].arrays["lit"].any()
    assert all(frame.arrays["lit"].any() for frame in frames[1:])
    after = torch.from_numpy(frames[-1].arrays["own"]).float()
    pull = game.judge(after)  # the judge has not moved since it judged them
    assert np.allclose(frames[-1].arrays["on_own"], pull.numpy(), atol=1e-5)
    judge_moves = [k for k, p in enumerate(parts, 1) if p == "judge_update"]
    for k in range(1, len(frames)):
        same = np.array_equal(frames[k].arrays["surface"], frames[k - 1].arrays["surface"])
        assert same == (k not in judge_moves)


@pytest.mark.parametrize("objective", ["r1", "relativistic_paired"])
def test_slow_motion_shows_every_point_where_the_judge_pays(objective: str):
    frames = list(replace(SLOW, second=objective).stream())
    paid = next(frame for frame in frames if frame.sentences["part"] == "penalty").arrays

    expected = [paid["real"], *([paid["fake"]] if objective != "r1" else [])]
    assert np.array_equal(paid["between"], np.concatenate(expected))
    assert [frames[-k].sentences["part"] for k in (3, 2, 1)] == list(SUB_STEPS[-3:])
    lit = frames[-3].arrays["lit"]  # "judge them": noise, generator, fake, real, judge, ...
    assert lit[:5].tolist() == [0, 0, 1, float(objective != "r1"), 1]


def test_the_arrows_of_a_relativistic_game_are_those_of_its_own_loss():
    """On one judge they are longer than the critic's nowhere: a slope is a probability."""
    last = list(replace(SLOW, second="relativistic_paired", step=10).stream())[-1].arrays
    own, critic = (np.linalg.norm(last[n], axis=1) for n in ("arrows", "pull_wasserstein_gp"))

    assert (own < critic).all()
    (x, y), (u, v) = last["arrows"].T, last["pull_wasserstein_gp"].T
    assert np.allclose(x * v, y * u, atol=1e-9)  # both follow the judge's slope


def test_the_frozen_judge_is_asked_what_other_losses_would_make_of_it():
    slow = replace(SLOW, second="non_saturating", step=30)
    frames = list(slow.stream())
    game = slow.game()
    noise = game.next_draws().generator_noise
    for part in game.anatomy():
        if part.name == "judge_points":  # its own update is still to come
            pulls = {o: game.generator_pull(noise, objective=o) for o in LOSSES}

    for objective, pull in pulls.items():
        shown = frames[-1].arrays[f"pull_{objective}"]
        assert np.allclose(shown, pull.numpy(), rtol=1e-3, atol=1e-6)
    assert np.allclose(frames[-1].arrays["arrows"], frames[-1].arrays["pull_non_saturating"])


def test_the_three_arrows_of_the_frozen_judge_share_one_scale_and_their_means_are_told():
    frames = list(replace(SLOW, step=30).stream())
    last = frames[-1]
    scale = last.scalars["pull_scale"]

    assert scale > 0
    for loss in LOSSES:
        pull, tip = last.arrays[f"pull_{loss}"], last.arrays[f"tip_{loss}"]
        lengths = np.sqrt((pull**2).sum(axis=1))
        assert last.scalars[f"pull_{loss}"] == pytest.approx(lengths.mean())
        assert np.allclose(tip - last.arrays["from"], scale * pull[: len(tip)])
    assert (
        compared({loss: last.scalars[f"pull_{loss}"] for loss in LOSSES})
        == (last.sentences["pulls"])
    )
    assert "frozen judge" in frames[0].sentences["pulls"]
    assert "Mean length" not in frames[0].sentences["pulls"]


@pytest.mark.parametrize(
    ("lengths", "ends"),
    [
        ((5.81e-7, 2.784, 2.784), "○ saturating 5.81×10⁻⁷, × non-saturating 2.78 and ● critic 2.78."
         " The saturating pull is nearly gone."),
        ((3.0, 1e-9, 3.0), "The non-saturating pull is nearly gone."),
        ((1.0, 4.0, 5.0), "None is nearly gone: the saturating pull has 20 % of the longest."),
        ((0.0, 0.0, 0.0), "none of the three has a slope."),
    ],
)  # fmt: skip
def test_a_pull_is_called_nearly_gone_only_where_its_length_is(
    lengths: tuple[float, float, float], ends: str
):
    said = compared(dict(zip(LOSSES, lengths, strict=True)))

    assert said.replace("\N{NO-BREAK SPACE}", " ").endswith(ends)


def test_seeds_are_not_counted_before_their_first_measured_tick():
    frames = list(MANY.stream())

    for frame in frames[:10]:
        assert frame.sentences["a/says"].startswith("**Not measured yet.**")
        assert frame.sentences["verdict"].startswith("Nothing of the training is measured yet.")
    assert "modes held" in frames[10].sentences["a/says"]


def test_two_numbers_that_have_not_moved_claim_nothing_of_a_course():
    first, second = Portrait(steps=10).frames()[:2]
    resting = Portrait(x=0.0, y=0.0, steps=10).frames()[0]

    assert "starts at a distance of 1.4 from the equilibrium" in first.sentences["look"]
    assert "after 1 step; it started at 1.4" in second.sentences["look"]
    assert "started there, at the equilibrium" in resting.sentences["look"]


def test_moves_of_one_player_leave_the_other_as_it_was():
    start = replace(SLOW, step=0).game()
    judge, generator = (replace(SLOW, step=0, moves=move).game() for move in "jg")

    def equal(one: Game, player: str) -> bool:
        return torch.equal(one.networks[player].parameters, start.networks[player].parameters)

    assert (equal(judge, "generator"), equal(judge, "judge")) == (True, False)
    assert (equal(generator, "generator"), equal(generator, "judge")) == (False, True)


def test_the_portrait_says_that_r1_arrives_and_wgan_gp_circles():
    ends = {
        name: Portrait(game=name, steps=500, gamma=0.3).frames()[-1].scalars[f"{name}/distance"]
        for name in ("r1", "wasserstein_gp")
    }
    assert ends["r1"] < 1e-4
    assert ends["wasserstein_gp"] > 0.5
    still = Portrait(steps=500, gamma=0.3).still()

    assert {name: still.scalars[f"{name}/end"] for name in ends} == ends
    assert still.sentences["r1/says"].startswith("**It arrives.**")
    assert still.sentences["wasserstein_gp/says"].startswith("**It circles and has not arrived.**")
    assert (still.scalars["r1/arrives"], still.scalars["wasserstein_gp/arrives"]) == (1, 0)


def test_the_weight_of_the_dial_is_that_of_every_game_with_r1_or_with_both():
    weighed = {name for name, game in games(1.7).items() if "γ = 1.7" in game.label}

    assert weighed == {"r1", "relativistic_paired", "relativistic_average"}


@pytest.mark.parametrize("gamma", [0.3, 2.0])
def test_the_eigenvalues_of_r1_are_those_of_the_formula(gamma: float):
    scalars = Portrait(gamma=gamma).still().scalars
    found = [complex(scalars[f"r1/real{k}"], scalars[f"r1/imag{k}"]) for k in (1, 2)]

    assert sorted(found, key=lambda z: (z.real, z.imag)) == pytest.approx(
        sorted(r1_eigenvalues(gamma), key=lambda z: (z.real, z.imag))
    )
    assert "wasserstein_gp/real1" not in scalars


@pytest.mark.parametrize(
    ("settings", "sentences"),
    [
        # 1 − hγ + h²/4 = 1.0125, whose root is the modulus
        ({"gamma": 0.1, "h": 0.5}, ("It circles", "pushes away: distances times 1.0062")),
        ({"gamma": 0.2, "h": 0.5}, ("It arrives", "draws in: distances times 0.9811")),
        ({"gamma": 3.0, "h": 1.0}, ("It runs away", "γ draws in from 0.25 to 2.12")),
        ({"gamma": 0.2, "h": 0.5}, ("γ draws in from 0.125 to 4.06",)),
        ({"game": "wasserstein_gp"}, ("0.01 from it is 1.97 from it", "small circles grow")),
        ({"game": "wasserstein_gp", "judge_steps": 5}, ("is 0.709 from it", "small circles grow")),
        ({"game": "minimax", "judge_steps": 1}, ("keeps distances", "higher terms decide")),
        ({"game": "minimax"}, ("It runs away", "pushes away: distances times 1.0050")),
    ],
)
def test_what_is_said_of_two_numbers_is_of_the_moves_of_their_run(settings, sentences):
    portrait = Portrait(**{"game": "r1"} | settings)

    says = portrait.still().sentences[f"{portrait.game}/says"]

    assert all(each in says for each in sentences), says


def test_every_portrait_says_what_its_path_does():
    portrait = Portrait(x=0.5, y=-1.0, judge_steps=1)
    arrives = portrait.still().scalars

    assert set(portrait.paths()) >= set(OBJECTIVES)
    for name, path in portrait.paths().items():
        found = verdict(games(0.3)[name], path, 1)
        assert arrives[f"{name}/arrives"] == (found == "converges")


def test_small_clipping_makes_the_gradient_vanish_and_the_penalty_does_not():
    last = list(Deep(width=16, depth=12, steps=60).stream())[-1].scalars

    assert last["c2/factor"] < 0.1
    assert 0.8 < last["gp/factor"] < 1.25
    assert last["clip/factor"] == last["c2/factor"]


def test_the_factor_a_layer_is_what_lies_between_the_first_and_the_last_gradient():
    last = list(DEEP.stream())[-1]

    for name in GAMES:
        norms = last.arrays[f"{name}/gradients"]
        assert last.scalars[f"{name}/factor"] ** 3 * norms[-1] == pytest.approx(norms[0])
        assert last.arrays[f"{name}/weights"].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Many(data="images"), "not on images"),
        (lambda: Many(changes="10:critic_steps=1"), "do not turn"),
        (lambda: Many(seeds=4), "seeds must be between 8 and 32, not 4"),
        (lambda: Slow(side="c"), "there is no game 'c'"),
        (lambda: Slow(moves="x"), "letters of 'jgb'"),
        (lambda: Slow(data="images"), "points in the plane"),
        (lambda: Portrait(game="chess"), "unknown game 'chess'; choose from 'minimax'"),
        (lambda: Portrait(x=float("nan")), "x must be a number, not nan"),
        (lambda: Deep(clip=0.0), "clip must be between 0.0001 and 1, not 0"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_one_line(make: Callable, sentence: str):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_the_floor_of_the_distances_lies_in_its_own_band():
    still = MANY.still().scalars

    assert still["w1/floor_low"] <= still["w1/floor"] <= still["w1/floor_high"]
    assert still["held/ceiling"] == 8


def test_an_iteration_reached_over_its_stops_is_the_one_reached_in_one_go():
    slow = replace(SLOW, step=53, moves="jg")
    reached = slow.game()
    alone = Game(slow.settings(slow.side), slow.sampler())
    for _ in range(53):
        alone.step()
    alone.step_judge()
    alone.step_generator()

    for name, network in alone.networks.items():
        assert torch.equal(network.parameters, reached.networks[name].parameters)
    assert packed(slow, list(slow.stream())) == packed(slow, list(slow.stream()))
