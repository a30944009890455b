"""Views that count over seeds: cheap runs, what is equal and what differs, and the record."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.labs.sequences import SequenceLab, limits, recorded, sweep
from explorer.labs.sequences.augmenting import Augmenting
from explorer.labs.sequences.comparing import Compared
from explorer.labs.sequences.overfit import FewExamples
from explorer.labs.sequences.recorded import Recorded, Shelf
from explorer.labs.sequences.starts import Starts
from explorer.runs.frames import pack
from explorer.sequences.kinds import KINDS
from explorer.sequences.kinds.matched import size_of
from explorer.train import training

COMPARED = Compared(task="speech", third="", units=4, steps=10, seeds=2)
STARTS = Starts(units=4, steps=20, starts=3)
AUGMENTING = Augmenting(units=4, steps=15, taught=10, trials=1)
FEW = FewExamples(units=4, steps=20, seeds=2)
ALL = {"comparing": COMPARED, "starts": STARTS, "augmenting": AUGMENTING, "overfit": FEW}


@pytest.fixture(autouse=True)
def nothing_recorded(monkeypatch):
    monkeypatch.setattr(recorded, "shelf", Shelf)


def without_seconds(frame):
    scalars = {k: v for k, v in frame.scalars.items() if not k.endswith("/seconds")}
    return pack(replace(frame, scalars=scalars), 0, {})


@pytest.mark.parametrize("run", ALL.values(), ids=ALL)
def test_a_run_is_as_long_as_it_says_and_goes_on_from_a_state_bit_for_bit(run):
    before = torch.get_rng_state()
    frames = list(run.stream())

    assert len(frames) == run.frame_count
    assert [frame.step for frame in frames] == sorted({frame.step for frame in frames})
    assert torch.equal(torch.get_rng_state(), before)
    at = next(k for k, frame in enumerate(frames) if frame.state)
    again = list(run.stream(frames[at].state))
    expected = [without_seconds(frame) for frame in frames[at + 1 :]]
    assert [without_seconds(frame) for frame in again] == expected
    assert run.shared_steps(run) == frames[-1].step
    assert run.shared_steps(replace(run, seed=1)) == -1


def test_every_view_has_its_run_behind_the_link():
    for view, run in ALL.items():
        assert type(SequenceLab(view=view).experiment()) is type(run)


def test_a_compared_seed_is_the_seed_of_the_first_view():
    frames = list(COMPARED.stream())
    alone = list(COMPARED.side_by_side().stream())[-1]

    for side in "ab":
        points = frames[-1].arrays[f"{side}/here"]
        assert len(points) == 2
        assert points[0, 1] == pytest.approx(alone.scalars[f"{side}/metric"])
        mean = frames[-1].scalars[f"{side}/mean"]
        assert mean == pytest.approx(float(points[:, 1].mean()), abs=1e-6)
        assert frames[-1].scalars[f"{side}/updates"] == 10
    gap = frames[-1].arrays["b/here"][:, 1] - frames[-1].arrays["a/here"][:, 1]
    np.testing.assert_allclose(frames[-1].arrays["b/apart_here"][:, 1], gap, atol=1e-6)


def test_matched_parameters_are_as_many_as_the_forward_network_has():
    run = replace(COMPARED, matched="parameters", second="both", third="gru", units=20)
    wanted = size_of(KINDS["vanilla"], run.problem.shape, run.side_by_side().build)

    assert run.size("a") == wanted
    assert run.build("a").units == 20
    for side in "bc":
        assert run.size(side) == pytest.approx(wanted, rel=0.05)
        assert run.build(side).units != 20


def test_matched_seconds_give_the_cheaper_network_more_updates(monkeypatch):
    run = replace(COMPARED, matched="seconds", budget=0.5)
    for side, each in (("a", 0.001), ("b", 0.004)):
        readings = iter((7.0, 7.0 + 12 * each))  # around a dozen updates
        monkeypatch.setattr("explorer.labs.sequences.comparing.time.thread_time", readings.__next__)
        assert run._fitting(run.learner(side, 0)) == round(0.5 / each)


def test_recorded_seeds_stand_before_those_trained_here_and_none_is_trained_twice(monkeypatch):
    rows = tuple(
        Recorded(COMPARED.lesson(side), (value, value + 0.1, value), (1.0, 1.0, 1.0))
        for side, value in (("a", 0.5), ("b", 0.9))
    )
    monkeypatch.setattr(recorded, "shelf", lambda: Shelf("a processor", rows))
    first, *_, last = COMPARED.stream()

    assert first.arrays["a/recorded"][:, 1] == pytest.approx([0.5, 0.6, 0.5])
    assert first.scalars["b/mean"] == pytest.approx(2.8 / 3)
    assert "**Both ways** is ahead of Forward" in first.sentences["says"]
    assert "a processor" in first.sentences["matched"]
    assert len(last.arrays["a/here"]) == 2
    seeds = [learners["a"].lesson.rng.initial_seed() for learners in COMPARED.begun(3)]
    assert seeds == [3 * 3 + 1]
    assert replace(COMPARED, units=5).known() == 0
    assert replace(COMPARED, matched="seconds").known() == 0


def test_of_starts_one_draws_weights_anew_and_the_other_the_order():
    (one,), (other,) = list(STARTS.begun(0)), list(STARTS.begun(1))

    def weights(learners, side):
        return learners[side].lesson.parameters["readout.weight"].detach()

    def batch(learners, side):
        lesson = learners[side].lesson
        return lesson.problem.examples(lesson.rng).targets

    assert not torch.equal(weights(one, "a"), weights(other, "a"))
    assert torch.equal(weights(one, "b"), weights(other, "b"))
    assert torch.equal(batch(one, "a"), batch(other, "a"))
    assert not torch.equal(batch(one, "b"), batch(other, "b"))


def test_three_classifiers_of_a_seed_begin_equal_and_what_they_gain_is_told_only_beyond_chance():
    *_, learners = AUGMENTING.begun(0)
    first = [one.lesson.parameters["readout.weight"].detach() for one in learners.values()]

    assert all(torch.equal(first[0], each) for each in first)
    gathered = list(AUGMENTING.stream())[-1]
    assert gathered.sentences["says"].startswith("One seed is measured")
    for shift, told in ((0.1, "gains from made"), (0.0, "cannot be told"), (-0.1, "loses by")):
        real = [0.80, 0.82, 0.78, 0.81]
        rows = tuple(
            Recorded(AUGMENTING.lesson(side), tuple(values), (1.0,) * 4)
            for side, values in (
                ("a", real),
                ("b", real[::-1]),
                ("c", [v + shift + 0.002 * (-1) ** k for k, v in enumerate(real)]),
            )
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recorded, "shelf", lambda rows=rows: Shelf("", rows))
            assert told in next(AUGMENTING.stream()).sentences["says"].partition(":")[0]


def test_early_stopping_is_chosen_by_one_half_and_judged_by_the_other():
    from explorer.labs.sequences.overfit import Course

    course = Course(FEW, [0, 10, 20])
    for side in "ab":
        course.seen = course.seen | {
            f"{side}/first": np.array([[3.0, 1.0, 2.0], [3.0, 2.0, 1.0]]),
            f"{side}/second": np.array([[5.0, 6.0, 7.0], [5.0, 4.0, 8.0]]),
            f"{side}/right": np.array([[0.1, 0.2, 0.3]] * 2),
            f"{side}/training": np.ones((2, 3)),
        }
    arrays, scalars = course.shown()

    assert arrays["a/stops"].tolist() == [[10, 6], [20, 8]]
    assert scalars["a/stopped"] == 7
    assert scalars["a/stop"] == 15
    assert scalars["a/held"] == 7.5


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"second": "vanilla"}, "Forward is there twice"),
        ({"matched": "luck"}, "unknown matched 'luck'"),
        ({"budget": 0.0}, "budget must be between 0.1 and 60"),
        ({"seeds": 0}, "seeds must be between 1 and 64"),
        ({"task": "dates"}, "Forward says one thing a step"),
    ],
)
def test_a_comparison_with_a_wrong_setting_is_one_sentence(wrong, says):
    with pytest.raises(ValueError, match=says):
        Compared(**wrong)


def test_other_views_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="unknown task 'own'"):
        Starts(task="own")
    with pytest.raises(ValueError, match="each must be between 2 and 30, not 1"):
        Augmenting(each=1)
    with pytest.raises(ValueError, match="unknown task 'vowel'"):
        FewExamples(task="vowel")


def test_how_far_back_networks_reach_is_read_from_the_record_of_the_other_lab():
    from explorer.labs.gradients import horizon

    said = limits.reaches()

    assert f"LSTM {horizon.reach('lstm')}" in said
    assert said.endswith("steps.")


def test_what_the_command_writes_is_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "networks", lambda: iter([(COMPARED, 2)]))
    monkeypatch.setattr(sweep, "rounds", lambda run, many: iter(()))
    out = tmp_path / "compared.json"

    assert training("compared", out)() == 0

    kept = json.loads(out.read_text())
    assert kept["command"] == recorded.COMMAND
    assert kept["processor"]
    (row,) = kept["rows"]
    assert row["lesson"] == COMPARED.lesson("a")
    expected = list(COMPARED.stream())[-1].arrays["a/here"][:, 1]
    assert row["metric"] == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ValueError, match="is written to a"):
        training("compared", tmp_path / "compared.txt")


def test_what_is_shipped_are_lessons_of_the_command_and_the_first_picture_among_them():
    kept = json.loads(recorded.SHIPPED.read_text())
    named = [(run.lesson("a"), seeds) for run, seeds in sweep.networks()]
    for run, many in ((Starts(), sweep.STARTS), (Augmenting(), sweep.AUGMENTED)):
        named += [(run.lesson(side), many) for side in run.labels]

    for row in kept["rows"]:
        (most,) = [seeds for lesson, seeds in named if lesson == row["lesson"]]
        assert 2 <= len(row["metric"]) == len(row["seconds"]) <= most
    lessons = [row["lesson"] for row in kept["rows"]]
    opened = SequenceLab(view="comparing").compared()
    assert all(opened.lesson(side) in lessons for side in opened.sides)
