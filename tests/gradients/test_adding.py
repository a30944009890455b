"""Side by side on the adding problem: one course for one configuration, and it leads somewhere."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gradients import LEARNERS, AddingSettings, SideBySide, TextbookAdding, outcome
from explorer.gradients.adding import SOLVED
from explorer.gradients.initial import INPUTS, stream
from explorer.gradients.unrolled import unpacked
from explorer.sequences.tasks import adding_problem

SMALL = AddingSettings(length=10, width=8, batch=12, seed=3)


def trained(settings=SMALL, steps=6, cells=LEARNERS):
    race = SideBySide(settings, cells)
    for _ in range(steps):
        race.step()
    return race


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_array_equal(value, theirs[name], err_msg=name)


def test_equal_settings_take_the_same_course_whatever_the_global_generator():
    one = trained().state()
    torch.manual_seed(1234)
    before = torch.get_rng_state()

    two = trained().state()

    assert_same(one, two)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("field", ["seed", "rate", "forget_bias", "clip", "batch"])
def test_every_setting_changes_the_course(field):
    other = replace(SMALL, **{field: getattr(SMALL, field) + (1 if field != "rate" else 0.01)})
    if field == "clip":
        other = replace(SMALL, clip=0.01)

    ours, theirs = trained(SMALL).state(), trained(other).state()

    assert not np.array_equal(ours["lstm/parameters"], theirs["lstm/parameters"])


def test_a_resumed_training_is_the_one_that_was_never_stopped():
    whole = trained(steps=9)
    stopped = trained(steps=4)
    resumed = SideBySide(SMALL)
    resumed.restore(stopped.state())

    assert resumed.training_losses() == stopped.training_losses()
    assert resumed.validation_losses() == stopped.validation_losses()
    for _ in range(5):
        resumed.step()

    assert resumed.iteration == whole.iteration == 9
    assert_same(resumed.state(), whole.state())
    assert resumed.training_losses() == whole.training_losses()
    assert resumed.validation_losses() == whole.validation_losses()
    assert_same(resumed.gradient_profiles(), whole.gradient_profiles())


def test_a_standing_is_against_the_mean_on_the_same_sequences():
    race = trained(cells=("gru",))
    inputs, targets = race.validation.inputs.permute(1, 2, 0), race.validation.targets
    answers = race.learners["gru"].answers(inputs)
    standing = race.standings()["gru"]

    ours = np.square((answers - targets).numpy().astype(float))
    guessing = np.square(1 - targets.numpy().astype(float))
    assert standing.error == pytest.approx(ours.mean(), rel=1e-5)
    assert standing.ahead == pytest.approx((guessing - ours).mean(), abs=1e-6)
    expected = (guessing - ours).std(ddof=1) / np.sqrt(500)
    assert standing.noise == pytest.approx(expected, rel=1e-4)
    assert race.validation_losses() == {"gru": standing.error}


def test_a_state_is_a_copy():
    race = trained()
    state = race.state()
    kept = {name: value.copy() for name, value in state.items()}
    race.step()
    other = SideBySide(SMALL)
    other.restore(state)
    other.step()

    assert_same(state, kept)


def test_cells_do_not_disturb_each_other():
    together = trained().state()

    for cell in LEARNERS:
        alone = trained(cells=(cell,)).state()
        np.testing.assert_array_equal(alone[f"{cell}/parameters"], together[f"{cell}/parameters"])


def test_looking_changes_nothing():
    looked_at = SideBySide(SMALL)
    for _ in range(4):
        looked_at.gradient_profiles()
        looked_at.step()
        looked_at.validation_losses()
        looked_at.diverged()

    assert_same(looked_at.state(), trained(steps=4).state())


@pytest.mark.parametrize("cell", LEARNERS)
def test_the_textbook_with_our_weights_meets_the_same_data_and_makes_the_same_error(cell):
    race, textbook = SideBySide(SMALL, (cell,)), TextbookAdding(SMALL, cell)
    ours = race.learners[cell]
    textbook.layer.load_state_dict(unpacked(cell, ours.matrix).state_dict())
    textbook.readout.load_state_dict({"weight": ours.readout, "bias": ours.bias})

    race.step()

    assert textbook.step() == pytest.approx(race.training_losses()[cell], rel=1e-5)


def test_the_error_on_unseen_sequences_is_on_the_fixed_set():
    race = trained()
    problem = race.validation
    assert len(problem.targets) == 500
    seen = adding_problem(SMALL.batch, SMALL.length, stream(SMALL.seed, INPUTS))
    assert not torch.isin(problem.inputs[..., 0], seen.inputs[..., 0]).all(1).any()

    for cell, learner in race.learners.items():
        layer = TextbookAdding(SMALL, cell)
        layer.layer.load_state_dict(unpacked(cell, learner.matrix).state_dict())
        layer.readout.load_state_dict({"weight": learner.readout, "bias": learner.bias})
        expected = (layer(problem.inputs) - problem.targets).square().mean().item()
        assert race.validation_losses()[cell] == pytest.approx(expected, rel=1e-4)


def test_a_profile_has_every_lag_and_starts_where_the_loss_is():
    profiles = trained().gradient_profiles()

    assert set(profiles) == set(LEARNERS)
    for profile in profiles.values():
        assert profile.shape == (SMALL.length + 1,)
        assert (profile > 0).all()


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_gated_cell_adds_across_fifteen_steps(cell):
    settings = AddingSettings(length=15, width=16, batch=50, rate=2e-2)

    found = outcome(settings, cell, limit=1_200, every=50)

    assert found.solved_at is not None
    assert found.validation < SOLVED


def test_a_tanh_network_stays_at_the_baseline_where_gated_cells_have_left_it():
    settings = AddingSettings(length=30, width=16, batch=50)

    found = outcome(settings, "rnn_tanh", limit=400, every=400)

    assert found.solved_at is None
    assert found.validation > 0.15


def test_weights_that_are_no_numbers_are_named():
    race = trained()
    assert race.diverged() == ()

    race.learners["gru"].parameters[5] = torch.inf

    assert race.diverged() == ("gru",)


def test_losses_are_unknown_before_the_first_step():
    assert all(np.isnan(loss) for loss in SideBySide(SMALL).training_losses().values())


def test_a_cell_that_torch_does_not_have_learns_too():
    fresh, race = SideBySide(SMALL, ("gru_before",)), trained(cells=("gru_before",), steps=40)

    assert race.validation_losses()["gru_before"] < fresh.validation_losses()["gru_before"]
    with pytest.raises(ValueError, match="torch has no layer of the kind gru_before"):
        TextbookAdding(SMALL, "gru_before")


@pytest.mark.parametrize(("cell", "gate"), [("lstm", 1), ("gru", 1)])
def test_the_textbook_sets_the_forget_bias_once_and_leaves_the_global_generator_alone(cell, gate):
    before = torch.get_rng_state()

    layer = TextbookAdding(SMALL, cell).layer

    biases = (layer.bias_ih_l0 + layer.bias_hh_l0)[gate * 8 : (gate + 1) * 8]
    assert (biases == SMALL.forget_bias).all()
    assert torch.equal(before, torch.get_rng_state())
