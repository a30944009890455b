"""Training again before one's eyes: the same frames, bit for bit, however it is interrupted."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.labs.cells.retraining import Retraining, retrained, running
from explorer.networks.shipped import make_network
from explorer.networks.tasks import RECIPES
from explorer.networks.trained import packed, read_network
from explorer.runs.experiments import Experiment, digest, plain
from explorer.runs.frames import pack, unpack
from explorer.sequences.digits import DigitNetwork
from explorer.sequences.learning import Learner

ENGLISH = Retraining("english-lstm", updates=13)
SUNSPOTS = Retraining("sunspots-lstm", updates=212, seed=3)
WAVES = Retraining("numbers-gru", updates=12)


@pytest.fixture(scope="module")
def runs():
    return {each: list(each.stream()) for each in (ENGLISH, SUNSPOTS, WAVES)}


def packets(frames):
    return [pack(frame, 0, {}) for frame in frames]


@pytest.mark.parametrize("experiment", [ENGLISH, SUNSPOTS, WAVES], ids=lambda e: e.network)
def test_a_run_has_its_frames_and_ends_with_its_last_update(runs, experiment):
    frames = runs[experiment]

    assert isinstance(experiment, Experiment)
    assert len(frames) == experiment.frame_count
    assert [frame.step for frame in frames] == [
        *range(0, experiment.updates, 5),
        experiment.updates,
    ]
    assert frames[0].state is not None
    assert frames[-1].state is not None
    for frame in frames:
        assert frame.scalars.keys() >= {"step", "held_out", "score", "unit"}
        assert ("loss" in frame.scalars) == (frame.step > 0)
        assert unpack(pack(frame, 0, {}))[1].sentences == frame.sentences


@pytest.mark.parametrize("experiment", [ENGLISH, SUNSPOTS, WAVES], ids=lambda e: e.network)
def test_a_run_goes_on_from_any_state_bit_for_bit(runs, experiment):
    frames = runs[experiment]
    kept = [index for index, frame in enumerate(frames) if frame.state is not None]

    torch.manual_seed(99)  # the global state has no say
    for index in kept:
        again = list(experiment.stream(frames[index].state))
        assert packets(again) == packets(frames[index + 1 :])
        for one, other in zip(again, frames[index + 1 :], strict=True):
            assert (one.state is None) == (other.state is None)
            if one.state is not None and other.state is not None:
                for name, value in one.state.items():
                    assert np.array_equal(value, other.state[name], equal_nan=True), name


def test_a_run_leaves_the_global_generator_alone():
    before = torch.get_rng_state()

    list(WAVES.stream())

    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("experiment", [WAVES, SUNSPOTS], ids=lambda e: e.network)
def test_the_last_state_is_the_network_that_the_command_writes_byte_for_byte(
    runs, experiment, tmp_path
):
    out = tmp_path / "made.safetensors"
    make_network(experiment.network, out, experiment.updates, experiment.seed)

    content = packed(retrained(experiment, runs[experiment][-1].state))

    assert content == out.read_bytes()
    assert read_network("made", content).card.updates == experiment.updates
    assert f"train {experiment.network} --updates {experiment.updates}" in experiment.command


def test_the_first_state_is_the_untrained_network(runs):
    recipe = RECIPES["sunspots-lstm"]
    drawn = recipe.lesson(212, 3).network()

    held = retrained(SUNSPOTS, runs[SUNSPOTS][0].state)

    for name, value in drawn.state_dict().items():
        assert torch.equal(value, held.network.state_dict()[name])
    assert held.card.updates == 0
    assert held.card.command.endswith("stopped after 0 updates")


def test_a_network_between_two_states_has_learned_on_from_the_earlier_one(runs):
    by_step = {frame.step: frame for frame in runs[SUNSPOTS]}
    learner = Learner(SUNSPOTS.recipe.lesson(212, 3))
    for _ in range(115):
        learner.update()

    held = retrained(SUNSPOTS, by_step[100].state, 115)

    for name, value in learner.lesson.network().state_dict().items():
        torch.testing.assert_close(held.network.state_dict()[name], value)
    assert held.card.updates == 115
    assert held.card.command.endswith("stopped after 115 updates")


def test_what_is_measured_is_of_the_network_at_its_last_measurement(runs):
    frames = runs[SUNSPOTS]
    by_step = {frame.step: frame for frame in frames}
    lesson = RECIPES["sunspots-lstm"].lesson(212, 3)

    network = retrained(SUNSPOTS, by_step[200].state).network

    values = SUNSPOTS.still().arrays["values"]
    predictions = network.read(values.tolist()).predictions.numpy()
    np.testing.assert_allclose(by_step[210].arrays["predictions"], predictions, rtol=1e-5)
    learned = lesson._series.learned
    error = ((values[learned:] - predictions[learned - 1 : -1]) ** 2).mean()
    assert by_step[210].scalars["held_out"] == pytest.approx(error, rel=1e-4)
    assert by_step[205].scalars["held_out"] != by_step[195].scalars["held_out"]
    assert by_step[195].scalars["held_out"] == by_step[100].scalars["held_out"]
    years = SUNSPOTS.still().arrays["years"]
    assert (years[0], years[learned]) == (1700, 1920)


def test_english_says_what_it_costs_and_shows_what_the_network_writes(runs):
    first, last = runs[ENGLISH][0], runs[ENGLISH][-1]

    assert first.sentences["says"].startswith("Nothing is learned yet")
    assert f"costs {last.scalars['held_out']:.2f} nats" in last.sentences["says"]
    assert last.sentences["sample"].startswith("The ")
    assert last.sentences["sample"] != first.sentences["sample"]
    assert last.scalars["held_out"] < first.scalars["held_out"] < 1.05 * last.scalars["blind"]


def test_a_unit_that_begins_to_tell_is_an_event(runs):
    frames = runs[SUNSPOTS]

    assert frames[0].scalars["score"] > 0  # it is measured from the start
    for frame in frames:
        assert frame.event == "" or frame.state is not None


def test_digits_are_retrained_too():
    run = Retraining("digits-lstm", updates=10)

    frames = list(run.stream())

    assert frames[-1].scalars["right"] == pytest.approx(1 - frames[-1].scalars["held_out"])
    held = retrained(run, frames[-1].state).network
    assert isinstance(held, DigitNetwork)


def test_weights_that_leave_the_numbers_end_the_run(monkeypatch):
    recipe = RECIPES["numbers-gru"]
    wild = replace(recipe, settings=replace(recipe.settings, learning_rate=1e38, clip=1e38))
    monkeypatch.setitem(RECIPES, "numbers-gru", wild)

    frames = list(Retraining("numbers-gru", updates=50).stream())

    assert "diverged by update" in frames[-1].trouble
    assert not any(frame.trouble for frame in frames[:-1])


def test_the_running_loss_is_the_mean_at_first_and_forgets_later():
    found, losses = float("nan"), [3.0, 1.0, 2.0]
    for update, loss in enumerate(losses, 1):
        found = running(found, loss, update)
    assert found == pytest.approx(2.0)

    for update in range(4, 1_000):
        found = running(found, 7.0, update)
    assert found == pytest.approx(7.0, abs=1e-3)
    assert running(0.0, 1.0, 1_000) == pytest.approx(0.02)


def test_runs_share_all_or_nothing_because_the_rate_falls_towards_the_end():
    longer = replace(WAVES, updates=20)

    assert WAVES.shared_steps(replace(WAVES)) == 12
    assert WAVES.shared_steps(longer) == -1
    assert WAVES.shared_steps(replace(WAVES, seed=1)) == -1
    assert digest(WAVES) != digest(longer)
    assert Retraining(**plain(WAVES)) == WAVES
    (one, *_), (other, *_) = longer.stream(), WAVES.stream()
    assert one.scalars == other.scalars  # they start alike


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("network", "nobody", "unknown network 'nobody'; choose from 'characters-lstm'"),
        ("updates", 9, "updates must be between 10 and 20000, not 9"),
        ("seed", -1, "seed must be between 0 and 2147483647, not -1"),
    ],
)
def test_settings_are_checked_at_the_door(field, value, message):
    with pytest.raises(ValueError, match=message):
        Retraining(**{field: value})
