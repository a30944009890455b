"""The sequence lab without its page: equal links, frames that go on, words that are borne out."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.dials import values
from explorer.labs.sequences import TASKS, SequenceLab, SideBySide, words
from explorer.labs.sequences.learning import TICKS_PER_FRAME
from explorer.labs.sequences.tasks import vowels
from explorer.labs.sequences.tasks.series import monthly, series
from explorer.runs import links
from explorer.runs.frames import Frame, pack
from explorer.sequences.kinds import KINDS
from explorer.sequences.problems import Floor, Utterances
from explorer.verify import judge, known_answers

BRIEF = SideBySide(
    task="speech", third="averaged", units=4, steps=4 * TICKS_PER_FRAME, dropout=0.2, seed=3
)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return list(BRIEF.stream())


def test_a_link_is_the_experiment():
    lab = SequenceLab(task="bracket", second="wide", fourth="gru", units=16, clock="arithmetic")

    opened = links.decode(SequenceLab, links.split(f"/sequences?{links.query(lab)}")[1])

    assert opened.settings == lab
    own = {
        "view",
        "shift",
        *values(lab.writing()),
        *values(lab.translating()),
    }  # which no training knows of
    own |= {k for k in values(lab) if k.startswith(("starts", "few_", "made_"))}
    own |= values(lab.compared()).keys() - values(lab.side_by_side()).keys()
    assert values(lab.side_by_side()) == {k: v for k, v in values(lab).items() if k not in own}
    assert links.query(SequenceLab()) == ""


def test_equal_experiments_give_equal_frames_and_leave_the_global_generator_alone(frames):
    before = torch.get_rng_state()

    again = list(BRIEF.stream())

    assert [pack(f, k, {}) for k, f in enumerate(again)] == [
        pack(f, k, {}) for k, f in enumerate(frames)
    ]
    assert torch.equal(torch.get_rng_state(), before)
    assert len(frames) == BRIEF.frame_count


def test_a_run_goes_on_from_a_state_bit_for_bit(frames):
    longer = replace(BRIEF, steps=6 * TICKS_PER_FRAME)
    expected = list(longer.stream())[5:]

    found = list(longer.stream(frames[-1].state))

    assert [pack(f, 0, {}) for f in found] == [pack(f, 0, {}) for f in expected]
    assert BRIEF.shared_steps(longer) == BRIEF.steps
    assert BRIEF.shared_steps(replace(BRIEF, seed=4)) == -1


def test_what_learns_gets_better_and_says_how_many_updates_that_took(frames):
    first, last = frames[0], frames[-1]

    assert last.scalars["a/metric"] > first.scalars["a/metric"]
    assert last.scalars["a/loss"] < frames[1].scalars["a/loss"]
    assert last.scalars["b/updates"] == BRIEF.steps
    assert last.scalars["b/work"] == pytest.approx(2 * last.scalars["a/work"], rel=0.02)


def test_the_cells_of_the_laboratory_are_held_against_what_learned_at_every_state(frames):
    said = frames[-1].sentences["cells"]

    assert re.search(r"at most ([\d.]+×)?10⁻[⁷⁸⁹]\.$|at most 0\.$", said)
    alone = SideBySide(task="speech", first="window", second="window", third="", steps=10)
    assert next(alone.stream()).sentences["cells"].startswith("None of these")


def test_equal_arithmetic_lets_the_cheaper_network_make_more_updates():
    frame = list(replace(BRIEF, clock="arithmetic", steps=10).stream())[-1]

    assert frame.scalars["b/updates"] == 10
    assert frame.scalars["a/updates"] in (19, 20)
    assert frame.scalars["a/work"] == pytest.approx(frame.scalars["b/work"], rel=0.05)


def test_weights_that_are_no_numbers_end_the_run_with_a_sentence():
    ended = list(replace(BRIEF, rate=1.0, clip=1e6, cell="rnn_tanh", steps=10).stream())[-1]
    assert not ended.trouble  # a large rate alone is no trouble

    assert words.divergence(["Forward", "GRU"], 40).startswith(
        "Forward and GRU diverged by step 40"
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"task": "chess"}, "unknown task 'chess'; choose from 'vowel'"),
        ({"first": ""}, "unknown first"),
        ({"cell": "rnn_relu"}, "unknown cell"),
        ({"units": 0}, "units must be between 1 and 256, not 0"),
        ({"rate": float("nan")}, "rate must be a number"),
        ({"task": "own", "numbers": "1 2 x"}, "'x' in place 3 is not a number"),
        ({"task": "own", "numbers": "5 " * 60}, "never changes"),
        ({"dropout": 1.0}, "dropout must be between 0 and 0.9"),
        ({"task": "dates"}, "Forward says one thing a step, and the task 'Dates'"),
        ({"third": "attending"}, "With attention writes a sequence of its own"),
        ({"forcing": 1.5}, "forcing must be between 0 and 1"),
    ],
)
def test_a_wrong_setting_is_one_sentence(wrong, says):
    with pytest.raises(ValueError, match=says):
        SideBySide(**wrong)


# ------------------------------------------------------------------------------- words


class Graded(Utterances):
    """A problem whose floor is known, for sentences."""

    def __init__(self) -> None:
        self.floors = (Floor("spread", "line on mean and spread", 0.5),)


def standing(a: float, b: float, tick: int = 10) -> words.Standing:
    """Two networks whose scores of 400 sequences are 1 that often, and otherwise 0."""
    ones = {side: torch.zeros(400) for side in "ab"}
    ones["a"][: int(400 * a)] = 1
    ones["b"][: int(400 * b)] = 1
    return words.Standing(TASKS["speech"], Graded(), {"a": "vanilla", "b": "both"}, ones, tick)


def test_a_leader_is_named_only_where_it_leads_by_more_than_the_noise():
    assert "more than the noise ahead of Forward" in standing(0.5, 0.9).says()
    assert "cannot be told from 400 held-out examples" in standing(0.90, 0.905).says()
    assert standing(0.5, 0.9, tick=0).says().startswith("Nothing is learned yet")


def test_who_is_above_the_floor_below_it_or_not_to_be_told_from_it_is_said():
    said = standing(0.2, 0.9).look()

    assert "Both ways is better than it and Forward is worse than it" in said
    assert "Forward and Both ways are not to be told from it" in standing(0.49, 0.51).look()
    assert standing(0.2, 0.9).above("b")
    assert not standing(0.2, 0.51).above("b")


def test_a_share_price_is_best_forecast_by_its_last_value_and_who_copies_it_is_told():
    copying = SideBySide(task="shares", units=4, second="rnn", third="", rate=1e-6, steps=10)

    said = list(copying.stream())[-1].sentences["look"]

    assert "The last value reaches 0.0783" in said
    assert "Forward and Plain RNN lie nearer to the last value than to the next" in said


def test_networks_that_write_show_what_they_write_where_they_look_and_how_sure_the_share_is():
    training = SideBySide(
        task="sums", first="translator", second="attending", third="", units=4, steps=10
    )
    frame = list(training.stream())[-1]
    problem = training.problem

    for side in "ab":
        exact, least, most = (frame.scalars[f"{side}/{n}"] for n in ("metric", "least", "most"))
        assert least <= exact <= most
        signs = [frame.scalars[f"{side}/{n}"] for n in ("signs_low", "signs", "signs_high")]
        assert signs == sorted(signs)
        assert signs[1] >= exact
    looked = frame.arrays["b/attention"]
    assert looked.shape == (5, problem.shape.writes)
    assert "a/attention" not in frame.arrays
    written = looked.sum(0) > 0
    assert np.allclose(looked.sum(0)[written], 1, atol=1e-5)
    assert re.search(r"at most ([\d.]+×)?10⁻[⁶⁷⁸⁹]\.$|at most 0\.$", frame.sentences["cells"])
    assert training.problem.forcing == 1
    assert replace(training, forcing=0.5).problem.forcing == 0.5


def test_under_a_string_of_a_grammar_stands_what_may_not_come():
    training = SideBySide(task="embedded", third="", second="rnn", units=4, steps=10)
    still, first = training.still(), next(training.stream())
    right, said = still.sentences["right"], first.sentences["a/line"]

    assert len(right) == len(said) == len(still.sentences["text"])
    assert set(right.split()[-1]) == {"."}
    assert set(said.split()[-1]) <= set(".BTPSXVE")
    assert set(said.split()[-1]) != {"."}


# ------------------------------------------------------------------------------- data


def test_the_series_are_those_of_their_packages():
    found = series()

    assert found["sunspots"][:3].tolist() == [5, 11, 16]
    assert len(found["sunspots"]) == 309
    assert len(found["co2"]) == 12 * 37 + 8
    assert found["weather"][:2].tolist() == [12.8, 10.6]
    assert np.exp(found["msft"][0]) == pytest.approx(39.81)


def test_a_month_is_the_mean_of_its_weeks_and_gaps_are_no_weeks():
    rows = [
        {"date": "19640425", "co2": "1.0"},
        {"date": "19640502", "co2": "300.0"},
        {"date": "19640509", "co2": "302.0"},
        {"date": "19640516", "co2": "NaN"},
        {"date": "19640606", "co2": "305.5"},
    ]

    assert monthly(rows) == [301, 305.5]


def test_the_vowels_are_as_their_authors_count_them():
    data = vowels.spoken()
    (learned, speakers), (held_out, asked) = data["learned"], data["held_out"]

    assert [len(learned), len(held_out)] == [270, 370]
    assert speakers.bincount().tolist() == [30] * 9
    assert asked.bincount().tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    lengths = [len(each) for each in learned + held_out]
    assert (min(lengths), max(lengths)) == (7, 29)
    assert learned[0].shape == (20, 12)
    assert learned[0][0, :2].tolist() == pytest.approx([1.860936, -0.207383])


def test_a_file_of_utterances_is_read_and_packed_as_it_says():
    text = "@problemName x\n@data\n1,2,3:4,5,6:2\n7:8:1\n"

    utterances, speakers = vowels.parsed(text)
    kept = vowels.packed({"learned": (utterances, speakers)})

    assert utterances[0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert speakers.tolist() == [1, 0]
    assert kept["learned/lengths"].tolist() == [3, 1]
    assert kept["learned/frames"].tolist() == [[1, 4], [2, 5], [3, 6], [7, 8]]
    with pytest.raises(ValueError, match="equally long"):
        vowels.parsed("@data\n1,2:4:1\n")


@pytest.mark.parametrize("name", ["vowel", "line", "bracket"])
def test_the_example_shown_has_a_sign_for_every_character_that_has_a_label(name):
    task = TASKS[name]
    problem = task.problem("")
    network = KINDS["vanilla"].draw(problem.shape, BRIEF.build, torch.Generator().manual_seed(0))

    right, said, text = (
        task.still(problem).line,
        task.seen(problem, network, problem.answers(network)).line,
        task.text(),
    )

    assert len(right) == len(said) == len(text) == problem.shape.length
    assert [c == " " for c in right] == [c == " " for c in said]
    assert len(set(right) - {" "}) > 1  # there is something to tell apart


def test_the_utterance_shown_is_sure_at_its_end_of_what_the_whole_of_it_says(frames):
    problem = TASKS["speech"].problem("")
    still = BRIEF.still()
    end = int(still.arrays["end_x"][0])

    assert not still.arrays["utterance"][:, end:].any()
    assert still.arrays["utterance"][:, :end].any()
    assert frames[-1].arrays["a/behind"].shape == still.arrays["behind"].shape
    assert 0 < float(frames[-1].arrays["a/sure"][end - 1]) < 1
    assert np.isclose(still.scalars["floor/spread"], problem.floors[-1].value)


@pytest.mark.parametrize("known", known_answers("kinds"), ids=lambda known: known.what)
def test_every_known_answer_of_the_kinds_holds(known):
    assert judge("kinds", known).holds
