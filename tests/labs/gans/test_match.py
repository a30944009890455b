"""A match is a pure function of its configuration, and its numbers say what they claim to."""

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from explorer.gans.audit import duality_gap
from explorer.gans.game import Game
from explorer.gans.images import held_out_images
from explorer.gans.learned import mode_report
from explorer.gans.objectives import OBJECTIVES
from explorer.labs.gans.data import DATA, TWO_POINTS, reference_points
from explorer.labs.gans.looks import as_shown, outside
from explorer.labs.gans.match import FRAMES_PER_STATE, Match
from explorer.labs.gans.side import on_the_plane
from explorer.labs.gans.standards import reference
from explorer.runs.experiments import Experiment
from explorer.runs.frames import Frame, pack
from explorer.transport import optimal_transport, wasserstein

SMALL = Match(width=8, depth=2, batch=16, critic_steps=2, steps=110)
TALKATIVE = "30:critic_steps=1,first=minimax;60:b.penalty_weight=5.0,optimizer=sgd;70:noise=uniform"


def packed(frames: list[Frame]) -> list[bytes]:
    return [pack(frame, index, Match.precision) for index, frame in enumerate(frames)]


def some(match: Match, count: int) -> list[Frame]:
    return list(islice(match.stream(), count))


def test_equal_matches_give_equal_frames_bit_for_bit_whatever_the_global_generator_holds():
    torch.manual_seed(1)
    first = packed(some(SMALL, 22))
    torch.manual_seed(2)
    before = torch.get_rng_state()

    assert packed(some(replace(SMALL), 22)) == first
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "match",
    [
        replace(SMALL, changes=TALKATIVE),
        replace(SMALL, third="r1", first_steps=1, clock="updates", normalisation="batch"),
        replace(SMALL, data="moons", second="hinge", clock="time", spectral=True, audit=True),
        replace(SMALL, data="images", batch=8, conditional=True),
        replace(SMALL, data="comb"),
        replace(SMALL, first="relativistic_paired", second="relativistic_average", audit=True),
    ],
    ids=["turned", "updates", "spectral", "images", "line", "relativistic"],
)
def test_a_match_resumed_from_a_checkpoint_goes_on_bit_for_bit(match: Match):
    whole = list(match.stream())
    at = FRAMES_PER_STATE
    assert whole[at].state is not None

    resumed = list(match.stream(whole[at].state))

    assert packed(resumed) == packed(whole[at + 1 :])
    assert len(whole) == match.frame_count


def test_a_turned_dial_changes_nothing_before_its_step_and_something_after():
    turned = SMALL.turn(10, replace(SMALL, critic_steps=1, second="r1"))
    plain_frames, turned_frames = some(SMALL, 13), some(turned, 13)

    assert isinstance(SMALL, Experiment)
    assert SMALL.shared_steps(turned) == 10
    assert packed(plain_frames[:11]) == packed(turned_frames[:11])
    for side in "ab":
        ours, theirs = (f[12].arrays[f"{side}/fake"] for f in (plain_frames, turned_frames))
        assert not np.array_equal(ours, theirs)
    assert "judge's updates 1" in turned_frames[11].event
    assert "second game GAN with R1" in turned_frames[11].event


def test_a_fork_is_its_origin_up_to_its_step_and_another_game_after():
    forked = SMALL.fork(10, "a", generator_rate=0.05)
    frames = some(forked, 13)

    for name in ("fake", "surface", "grid"):
        assert np.array_equal(frames[10].arrays[f"a/{name}"], frames[10].arrays[f"c/{name}"])
        assert not np.array_equal(frames[12].arrays[f"a/{name}"], frames[12].arrays[f"c/{name}"])
    alone = some(SMALL, 13)[12]
    assert np.array_equal(frames[12].arrays["a/fake"], alone.arrays["a/fake"])


def test_all_games_start_from_the_same_weights():
    four = replace(SMALL, first="minimax", second="r1", third="hinge", fourth="wasserstein_clip")
    state = next(iter(four.stream())).state
    assert state is not None

    for player in ("generator", "judge"):
        mine = [state[f"{side}/game/{player}.parameters"] for side in "abcd"]
        assert all(np.array_equal(mine[0], each) for each in mine[1:])


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_runs_and_its_frames_are_finite(objective: str):
    match = replace(SMALL, first=objective, spectral=True)
    frames = some(match, 31)

    assert match.players()[0].game.objective is OBJECTIVES[objective]
    assert not frames[-1].trouble
    for frame in frames[1:]:
        assert all(np.isfinite(each).all() for each in frame.arrays.values())
        assert all(np.isfinite(value) for value in frame.scalars.values())


def test_no_two_objectives_play_the_same_game():
    """From equal weights, on equal data, each moves generator or judge its own way."""
    ticks = {}
    for objective in OBJECTIVES:
        frame = some(replace(SMALL, first=objective), 4)[3]
        ticks[objective] = frame.arrays["a/fake"].tobytes()

    assert len(set(ticks.values())) == len(OBJECTIVES)


@pytest.mark.parametrize("name", DATA)
def test_a_match_shows_and_learns_the_data_set_of_its_name(name: str):
    match = replace(SMALL, data=name, points=TWO_POINTS, steps=10)
    data = DATA[name]
    shown = match.still().arrays["tiles" if data.kind == "image" else "real"]
    if data.kind == "image":
        expected = held_out_images().pixels[:40].view(-1, 8, 8)
    else:
        expected = torch.from_numpy(on_the_plane(reference_points(data)))

    assert np.array_equal(shown, expected.numpy())
    learned = match.players()[0].game.sampler(30, torch.Generator().manual_seed(1))
    assert torch.equal(learned, data.sample(30, torch.Generator().manual_seed(1)))
    frames = some(match, 3)
    assert not frames[-1].trouble
    assert f"a/{'tiles' if data.kind == 'image' else 'fake'}" in frames[-1].arrays


@pytest.mark.parametrize("name", [n for n, data in DATA.items() if data.classes and not data.needs])
def test_a_conditional_match_learns_the_labels_of_its_data_set(name: str):
    match = replace(SMALL, data=name, conditional=True, first="relativistic_paired", batch=8)
    points, labels = match.players()[0].game.sampler(30, torch.Generator().manual_seed(1))
    expected = DATA[name].sample_labelled(30, torch.Generator().manual_seed(1))

    assert torch.equal(points, expected[0])
    assert torch.equal(labels, expected[1])
    assert not some(match, 3)[-1].trouble


def test_the_arrows_of_a_relativistic_game_are_compared_with_data_of_all_modes():
    """What they are held against is the 128 points that stand in for the data evenly."""
    match = replace(SMALL, first="relativistic_average")
    side = match.players()[0]
    frame = some(match, 1)[0]
    spread = reference(side.data)[::4]
    assert len(torch.cdist(spread, side.data.modes).argmin(dim=1).unique()) == 8

    pull = side.game.generator_pull(side.noise[:128], beside=side.game.judge(spread))

    assert np.allclose(frame.arrays["a/arrows"], pull.numpy(), rtol=1e-5, atol=1e-7)


def test_the_numbers_of_a_frame_are_those_of_its_points():
    match = replace(SMALL, steps=50)
    frame = list(match.stream())[50]
    fake = torch.from_numpy(frame.arrays["b/fake"])
    data = match.distribution()

    assert frame.scalars["b/w1"] == pytest.approx(wasserstein(fake, reference(data)), rel=1e-9)
    assert frame.arrays["b/slopes"].sum() == pytest.approx(1)
    shares = mode_report(fake, data).shares.numpy()
    assert np.allclose(frame.arrays["b/shares"], shares, atol=0.1)  # of 2,500, of which 512 here


def test_the_learned_gap_is_tried_on_clouds_that_the_truth_does_not_know():
    match = replace(SMALL, steps=100, critic_steps=5)
    frame = list(match.stream())[100]
    side = match.players()[1]
    assert frame.state is not None
    side.restore({k: v for k, v in frame.state.items() if k.startswith("b/")})
    real, fake = reference(side.data, 256), torch.from_numpy(frame.arrays["b/fake"])[:256]
    exact = optimal_transport(real, fake).kantorovich_potential
    noise = torch.randn(40, 256, 2, generator=torch.Generator().manual_seed(7))
    clouds = [
        (side.data.sample(256, torch.Generator().manual_seed(k)), side.game.generate(each))
        for k, each in enumerate(noise, 100)
    ]
    w1 = [wasserstein(*pair) for pair in clouds]

    def ratio(judge):
        gaps = [float(judge(x).mean() - judge(y).mean()) for x, y in clouds]
        return np.mean(np.array(gaps) / np.array(w1))

    scalars = frame.scalars
    assert scalars["b/gap_ratio"] == pytest.approx(
        ratio(side.game.judge), abs=1.5 * scalars["b/gap_noise"] + 0.02
    )
    assert scalars["b/exact_ratio"] == pytest.approx(ratio(exact), abs=0.06)
    least = ratio(exact) * np.mean(w1)
    assert scalars["b/gap_least"] == pytest.approx(ratio(exact) * (1 + least / 0.2), rel=0.12)
    slopes = side.game.slopes_between(reference(side.data)[:128], side.noise[:128])

    assert frame.scalars["b/slope_between"] == pytest.approx(float(slopes.mean()))
    assert frame.arrays["b/truth"].shape == (24, 24)
    assert not {"a/gap_ratio", "b/gap_best"} & set(scalars)
    assert not {"b/truth_blunt", "b/kernel"} & set(scalars)
    assert 0.006 < scalars["a/kernel"] <= 0.8


def test_on_a_line_the_best_penalised_critic_is_known_and_drawn_over_the_learned_one():
    match = replace(SMALL, data="two_bumps", steps=10)
    frame = some(match, 1)[0]
    best, axis = frame.arrays["b/best_profile"], match.still().arrays["profile_axis"]

    assert frame.scalars["b/gap_best"] >= frame.scalars["b/gap_least"] > 3
    assert "a/best_profile" not in frame.arrays
    assert best.shape == axis.shape == (128,)
    steep = np.abs(np.diff(best) / np.diff(axis))
    # a generator that says nearly one point: h is F_P or 1 − F_P, and the slope is above 1
    assert steep[(np.abs(axis[:-1]) > 0.3) & (np.abs(axis[:-1]) < 1)].min() > 1


def test_accuracy_is_told_of_probabilities_only():
    frame = some(replace(SMALL, first="r1", second="least_squares", third="wasserstein_gp"), 2)[1]

    assert 0 <= frame.scalars["a/accuracy"] <= 1
    assert not any(f"{side}/{n}" in frame.scalars for side in "bc" for n in ("accuracy", "certain"))


def test_a_common_clock_of_updates_gives_the_quicker_game_more_steps():
    match = replace(SMALL, first_steps=1, second_steps=5, clock="updates")
    last = some(match, 11)[10].scalars

    assert last["a/updates"] == last["b/updates"] == 60
    assert (last["a/step"], last["b/step"]) == (30, 10)
    assert last["a/work"] < last["b/work"]


def test_a_common_clock_of_arithmetic_gives_equal_work():
    match = replace(SMALL, first_steps=1, second_steps=5, clock="time")
    last = some(match, 21)[20].scalars

    assert last["a/work"] == pytest.approx(last["b/work"], rel=0.05)
    assert last["b/step"] == 20


def test_an_audit_tells_the_duality_gap_and_disturbs_nothing():
    told = some(replace(SMALL, audit=True), 3)
    silent = some(SMALL, 3)
    game = Game(SMALL.settings("b"), SMALL.sampler())

    assert told[2].scalars["b/duality_gap"] == float(duality_gap(game).gap)
    assert "b/duality_gap" not in silent[2].scalars
    assert np.array_equal(told[2].arrays["b/fake"], silent[2].arrays["b/fake"])


def test_weights_that_leave_floating_point_end_the_run_with_a_sentence_and_its_step():
    start = next(iter(SMALL.stream())).state
    assert start is not None
    broken = {**start, "b/game/judge.parameters": start["b/game/judge.parameters"] * np.nan}

    frames = list(SMALL.stream(broken))

    assert len(frames) == 1
    assert frames[0].trouble.startswith("WGAN-GP diverged by step 1")


def test_absurd_rates_end_in_one_sentence_with_the_step():
    match = replace(SMALL, optimizer="sgd", critic_optimizer="sgd", critic_rate=10.0)
    last = list(replace(match, generator_rate=10.0, first="least_squares").stream())[-1]

    assert "diverged" in last.trouble
    assert str(last.step) in last.trouble


def test_outputs_that_overflow_before_the_weights_are_a_divergence_with_its_step():
    match = replace(SMALL, depth=1, critic_steps=1, first="least_squares", optimizer="sgd")
    match = replace(match, critic_optimizer="sgd", generator_rate=10.0, critic_rate=10.0)
    frames = list(match.stream())

    assert f"diverged at step {frames[-1].step}" in frames[-1].trouble
    for frame in frames:
        assert all(np.isfinite(array).all() for array in frame.arrays.values())


def test_images_are_told_by_their_tiles_and_classes():
    match = replace(SMALL, data="images", conditional=True, batch=8)
    still, frame = match.still(), some(match, 2)[1]

    assert frame.arrays["a/tiles"].shape == still.arrays["tiles"].shape
    assert frame.arrays["b/class_shares"].sum() == pytest.approx(1)
    assert 0 <= frame.scalars["a/agreement"] <= 1
    assert "digits held" in frame.sentences["a/says"]
    assert "modes" not in frame.sentences["look"]


def test_a_mixture_on_a_line_has_a_density_and_a_cdf():
    match = replace(SMALL, data="uneven")
    still, frame = match.still(), some(match, 2)[1]
    width = still.arrays["axis"][1] - still.arrays["axis"][0]

    assert (frame.arrays["a/histogram"] * width).sum() == pytest.approx(1, rel=1e-4)
    filled = frame.arrays["a/histogram"].cumsum() * width
    assert np.allclose(frame.arrays["a/cdf"], filled, atol=1e-4)
    assert np.allclose(still.arrays["cdf"], still.arrays["density"].cumsum() * width, atol=5e-3)


def test_the_sentence_and_the_number_agree():
    for frame in some(SMALL, 12):
        held = int(frame.scalars["a/held"])
        assert frame.sentences["a/says"].startswith(f"**{held} of 8 modes held.**")


@pytest.mark.parametrize("data", ["moons", "digits", "drawn"])
def test_data_without_modes_is_judged_by_coverage_and_distance(data: str):
    frame = some(replace(SMALL, data=data), 2)[1]

    assert "a/held" not in frame.scalars
    assert 0 <= frame.scalars["b/coverage"] <= 1
    assert "covers" in frame.sentences["a/says"]


def test_the_floors_are_those_of_real_points():
    scalars = SMALL.still().scalars

    for name in ("w1", "w2", "sliced", "energy", "mmd", "nn", "density", "coverage"):
        assert scalars[f"{name}/floor_low"] <= scalars[f"{name}/floor"]
        assert scalars[f"{name}/floor"] <= scalars[f"{name}/floor_high"]
    assert scalars["good/ceiling"] == pytest.approx(1 - np.exp(-4.5))
    assert scalars["good/floor"] == pytest.approx(scalars["good/ceiling"], abs=0.004)
    assert scalars["held/floor"] == scalars["held/ceiling"] == 8
    assert scalars["spread/floor"] == pytest.approx(scalars["spread/ideal"], abs=0.01)


@pytest.mark.parametrize(
    ("data", "ceiling"),
    [
        ("ring", 1 - math.exp(-4.5)),
        ("grid", 1 - math.exp(-4.5)),
        ("two_bumps", math.erf(3 / 2**0.5)),
    ],
)
def test_the_ceiling_of_good_samples_is_that_of_the_data_they_lie_in(data: str, ceiling: float):
    """Within three standard deviations: 1 - exp(-9/2) in the plane, erf(3/sqrt 2) on a line."""
    scalars = replace(SMALL, data=data).still().scalars

    assert scalars["good/ceiling"] == pytest.approx(ceiling, abs=1e-12)
    assert scalars["good/floor_low"] <= ceiling <= scalars["good/floor_high"]


@pytest.mark.parametrize("data", ["ring", "grid"])
def test_the_labels_of_real_points_are_those_of_their_own_modes(data: str):
    match = replace(SMALL, data=data, conditional=True)
    side = match.players()[0]
    modes = match.distribution().modes

    nearest = (side.real[:, None] - modes[None]).norm(dim=2).argmin(dim=1)
    assert side.labels_of_real.tolist() == nearest.tolist()
    assert len(set(nearest.tolist())) == len(modes)


def test_the_surface_of_a_judge_without_a_slope_is_no_hill():
    game = Game(SMALL.settings("b"), SMALL.sampler())
    values = torch.linspace(0, 2e-9, 100, dtype=torch.float64)

    assert as_shown(game, 5 + values).unique().tolist() == [0.0]
    assert float(as_shown(game, 1e6 * values).max()) == pytest.approx(1e-3)


def test_samples_outside_the_picture_are_counted():
    extent = (-2.0, 2.0, -1.0, 1.0)
    points = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, -1.5], [-2.0, 1.0]])

    assert outside(points, extent) == 0.5
    assert outside(points[:, :1], extent) == 0.25
