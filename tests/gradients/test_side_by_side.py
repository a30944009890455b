"""Side by side on the adding problem: one course for one configuration, and it leads somewhere."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.gradients import LearningSettings, SideBySide, TextbookAdding, outcome
from explorer.gradients.initial import INPUTS, stream
from explorer.gradients.side_by_side import DIFFER
from explorer.gradients.unrolled import unpacked
from explorer.sequences.long_lags import PROBLEMS
from explorer.sequences.tasks import adding_problem

SMALL = LearningSettings(length=10, width=8, batch=12, seeds=2, seed=3)
USUAL = SMALL.cells
ALONE = replace(SMALL, seeds=1)


def trained(settings=SMALL, steps=6, cells=USUAL):
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


@pytest.mark.parametrize(
    "field", ["seed", "rate", "forget_bias", "clip", "batch", "examples", "dropout"]
)
def test_every_setting_changes_the_course(field):
    more = {"rate": 0.01, "dropout": 0.5, "examples": 9}
    other = replace(SMALL, **{field: getattr(SMALL, field) + more.get(field, 1)})
    if field == "clip":
        other = replace(SMALL, clip=0.01)

    ours, theirs = trained(SMALL).state(), trained(other).state()

    assert not np.array_equal(ours["lstm/parameters"], theirs["lstm/parameters"])


def test_a_resumed_training_is_the_one_that_was_never_stopped():
    whole = trained(steps=9)
    stopped = trained(steps=4)
    resumed = SideBySide(SMALL)
    resumed.restore(stopped.state())

    assert_same(resumed.training_losses(), stopped.training_losses())
    assert_same(resumed.validation_errors(), stopped.validation_errors())
    for _ in range(5):
        resumed.step()

    assert resumed.iteration == whole.iteration == 9
    assert_same(resumed.state(), whole.state())
    assert_same(resumed.training_losses(), whole.training_losses())
    assert_same(resumed.validation_errors(), whole.validation_errors())
    assert_same(resumed.gradient_profiles(), whole.gradient_profiles())


def test_a_standing_is_against_the_mean_on_the_same_sequences():
    race = trained(cells=("gru",))
    inputs, targets = race.validation.inputs.unsqueeze(1), race.validation.targets[0]
    answers = race.learners["gru"].answers(inputs)[0, :, 0]
    standing = race.standings()["gru"]

    ours = np.square((answers - targets).numpy().astype(float))
    guessing = np.square(1 - targets.numpy().astype(float))
    np.testing.assert_allclose(standing.error, ours.mean(1), rtol=1e-5)
    np.testing.assert_allclose(standing.loss, ours.mean(1), rtol=1e-5)
    np.testing.assert_allclose(standing.ahead, (guessing - ours).mean(1), atol=1e-6)
    expected = (guessing - ours).std(1, ddof=1) / np.sqrt(len(targets))
    np.testing.assert_allclose(standing.noise, expected, rtol=1e-4)
    for half, start in zip(standing.halves, (0, 1), strict=True):
        np.testing.assert_allclose(half, ours[:, start::2].mean(1), rtol=1e-5)
    assert_same(race.validation_errors(), {"gru": standing.error})


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

    for cell in USUAL:
        alone = trained(cells=(cell,)).state()
        np.testing.assert_array_equal(alone[f"{cell}/parameters"], together[f"{cell}/parameters"])


def test_looking_changes_nothing():
    looked_at = SideBySide(SMALL)
    for _ in range(4):
        looked_at.gradient_profiles()
        looked_at.step()
        looked_at.validation_errors()
        looked_at.diverged()

    assert_same(looked_at.state(), trained(steps=4).state())


@pytest.mark.parametrize("cell", USUAL)
def test_the_textbook_with_our_weights_meets_the_same_data_and_makes_the_same_error(cell):
    race, textbook = SideBySide(ALONE, (cell,)), TextbookAdding(ALONE, cell)
    ours = race.learners[cell]
    textbook.layer.load_state_dict(unpacked(cell, ours.matrix[0]).state_dict())
    textbook.readout.load_state_dict({"weight": ours.readout[0], "bias": ours.bias[0]})

    race.step()

    assert textbook.step() == pytest.approx(race.training_losses()[cell][0], rel=1e-5)


def test_no_unseen_sequence_is_one_that_is_trained_on():
    problem = trained().validation
    seen = adding_problem(SMALL.batch, SMALL.length, stream(SMALL.seed, INPUTS))

    numbers = problem.inputs[:, 0].T
    assert numbers.shape == (250, SMALL.length)
    assert not torch.isin(numbers, seen.inputs[..., 0]).all(1).any()


def test_a_profile_has_every_lag_and_starts_where_the_loss_is():
    profiles = trained().gradient_profiles()

    assert set(profiles) == set(USUAL)
    for profile in profiles.values():
        assert profile.shape == (2, SMALL.length + 1)
        assert (profile > 0).all()


def test_a_seed_of_a_population_is_the_seed_alone():
    """The sums are taken in another order: bits may differ, the course of six updates does not."""
    together = trained(SMALL).state()
    for k in range(SMALL.seeds):
        alone = trained(replace(SMALL, seeds=1, seed=SMALL.seed + k)).state()
        for cell in USUAL:
            np.testing.assert_allclose(
                together[f"{cell}/parameters"][k], alone[f"{cell}/parameters"][0], atol=2e-5
            )


def test_seeds_that_differ_in_weights_alone_read_the_same_sequences():
    apart, alike = (SideBySide(replace(SMALL, differ=each)).batch()[0] for each in DIFFER)

    assert not torch.equal(apart[:, 0], apart[:, 1])
    assert alike.shape[1] == 1  # read by every seed
    assert torch.equal(apart[:, 0], alike[:, 0])
    one, two = SideBySide(replace(SMALL, differ="weights")).learners["lstm"].matrix
    assert not torch.equal(one, two)


def test_few_examples_come_again_and_again():
    race = SideBySide(replace(SMALL, examples=3))
    known = race.examples[0].inputs[:, 0].T

    for _ in range(3):
        batch = race.batch()[0][:, 0, 0].T
        assert all(any(torch.equal(row, each) for each in known) for row in batch)
    assert not torch.equal(race.examples[0].inputs, race.examples[1].inputs)


def test_dropout_drops_its_share_and_keeps_the_mean():
    race = SideBySide(replace(SMALL, dropout=0.2, width=64, batch=100))

    kept = race._kept()

    assert set(kept.unique().tolist()) == {0.0, 1.25}
    assert float(kept.mean()) == pytest.approx(1, abs=0.02)  # 4 standard errors
    assert SideBySide(SMALL)._kept() is None


def test_an_irnn_begins_as_its_paper_says():
    matrix = SideBySide(replace(SMALL, learners="all", width=64)).learners["irnn"].matrix

    assert torch.equal(matrix[0, :, :64], torch.eye(64))
    assert not matrix[..., -1].any()
    assert float(matrix[..., 64:-1].std()) == pytest.approx(1e-3, rel=0.15)


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_is_learned_from_by_every_network(name):
    """The loss on the last batch falls below its first; at a length where all of them can."""
    shortest = max(3, PROBLEMS[name].shortest)
    race = SideBySide(
        LearningSettings(
            problem=name, length=shortest, learners="all", width=12, batch=30, seeds=1, rate=2e-2
        )
    )
    before = {cell: each.loss.copy() for cell, each in race.standings().items()}
    for _ in range(40):
        race.step()

    for cell, each in race.standings().items():
        assert each.loss[0] < before[cell][0]
    assert race.iteration == 40


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_gated_cell_adds_across_fifteen_steps(cell):
    settings = LearningSettings(length=15, width=16, batch=50, rate=2e-2, seeds=1)

    found = outcome(settings, cell, limit=1_200, every=50)

    assert found.solved_at[0] > 0
    assert found.error[0] < settings.asked.solved


def test_a_tanh_network_stays_at_the_baseline_where_gated_cells_have_left_it():
    settings = LearningSettings(length=30, width=16, batch=50, seeds=1)

    found = outcome(settings, "rnn_tanh", limit=400, every=400)

    assert found.solved_at == (-1,)
    assert found.error[0] > 0.15


@pytest.mark.parametrize("more", [{}, {"dropout": 0.5}, {"differ": "weights"}, {"examples": 20}])
def test_who_stays_learns_on_as_if_nobody_had_left(more):
    settings = LearningSettings(length=8, width=6, batch=4, seeds=3, **more)
    whole, fewer = SideBySide(settings), SideBySide(settings)
    for race in (whole, fewer):
        for _ in range(3):
            race.step()

    fewer.leave(np.array([True, False, True]))
    for race in (whole, fewer):
        for _ in range(3):
            race.step()

    assert list(fewer.seeds) == [0, 2]
    for cell, learner in fewer.learners.items():
        expected = whole.learners[cell].parameters[[0, 2]]
        np.testing.assert_allclose(learner.parameters, expected, atol=1e-6)
        np.testing.assert_allclose(learner.loss, whole.learners[cell].loss[[0, 2]], atol=1e-6)


def test_a_seed_that_has_solved_it_keeps_its_update_and_its_error_while_others_learn_on():
    settings = LearningSettings(length=5, width=16, batch=50, rate=2e-2, seeds=4)

    found = outcome(settings, "gru", limit=1_000, every=50)

    assert len(set(found.solved_at)) > 1
    assert all(at > 0 for at in found.solved_at)
    assert all(error < settings.asked.solved for error in found.error)


def test_weights_that_are_no_numbers_are_named():
    race = trained()
    assert not any(gone.any() for gone in race.diverged().values())

    race.learners["gru"].parameters[1, 5] = torch.inf

    assert race.diverged()["gru"].tolist() == [False, True]
    assert not race.diverged()["lstm"].any()


def test_losses_are_unknown_before_the_first_step():
    assert all(np.isnan(loss).all() for loss in SideBySide(SMALL).training_losses().values())


def test_the_textbook_has_no_cell_that_torch_does_not_have():
    with pytest.raises(ValueError, match="torch has no layer of the kind gru_before"):
        TextbookAdding(SMALL, "gru_before")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"length": 0}, "length must be between 2 and 200, not 0"),
        ({"length": 10**9}, "length must be between 2 and 200, not 1000000000"),
        ({"length": 4, "problem": "order"}, "length must be at least 5 for temporal order, not 4"),
        ({"rate": float("nan")}, "rate must be a number, not nan"),
        ({"rate": 0.0}, "rate must be between 1e-06 and 1, not 0"),
        ({"rate": 1e6}, "rate must be between 1e-06 and 1, not 1e\\+06"),
        ({"problem": "sorting"}, "unknown problem 'sorting'; choose from 'adding'"),
        (
            {"length": 200, "width": 128, "batch": 200, "seeds": 32},
            "steps × width × batch × seeds must be at most 2600000, not 200 × 128 × 200 × 32",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(wrong, said):
    with pytest.raises(ValueError, match=f"^{said}") as refused:
        LearningSettings(**wrong)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("cell", "gate"), [("lstm", 1), ("gru", 1)])
def test_the_textbook_sets_the_forget_bias_once_and_leaves_the_global_generator_alone(cell, gate):
    before = torch.get_rng_state()

    layer = TextbookAdding(SMALL, cell).layer

    biases = (layer.bias_ih_l0 + layer.bias_hh_l0)[gate * 8 : (gate + 1) * 8]
    assert (biases == SMALL.forget_bias).all()
    assert torch.equal(before, torch.get_rng_state())
