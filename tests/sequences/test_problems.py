"""Problems: what a label is, what a batch is, what floors reach, who is ahead."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from explorer.sequences.ahead import AHEAD, closing_distances, line_ends, next_vowels
from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.learning import Learner, Pace
from explorer.sequences.padded import padded
from explorer.sequences.problems import Examples, Labelling, ProblemLesson, Utterances, lead
from explorer.sequences.problems.labelling import contexts, frequent
from explorer.sequences.problems.problem import NOISE, UNKNOWN
from explorer.sequences.problems.utterances import after_each, features, line, read_behind

BUILD = Build(units=4, embedding=3, window=2)


def spelled(labels: np.ndarray, signs: str) -> str:
    return "".join("?" if label == UNKNOWN else signs[label] for label in labels)


def test_the_next_vowel_is_the_first_after_the_character():
    assert spelled(next_vowels("hEllo, U"), "aeiou") == "eooouuu?"


def test_every_character_of_a_line_knows_its_end_but_not_the_break_nor_an_empty_line():
    signs = AHEAD["line"].signs

    assert spelled(line_ends("if x:\n\n f()\ny=[\nb"), signs) == ":::::??))))?...??"


def test_the_closing_bracket_is_counted_from_inside_the_innermost_open_one():
    text = 'f(a[0], ")") (' + "x" * 19 + ") ]("
    away = {1: 10, 2: 9, 3: 2, 4: 1, 5: 6, 6: 5, 7: 4, 8: 3, 9: 2, 10: 1}
    away |= {13 + k: 20 - k for k in range(20)}

    found = closing_distances(text)

    def class_of(distance: int) -> int:
        return next(k for k, most in enumerate((3, 8, 16, 32)) if distance <= most)

    expected = [class_of(away[k]) if k in away else UNKNOWN for k in range(len(text))]
    assert found.tolist() == expected


@pytest.mark.parametrize("name", AHEAD)
def test_every_label_has_a_word_and_a_sign(name):
    ahead = AHEAD[name]
    found = ahead.of('def f(x, y):\n    return [x, "a", (y + 1)]\n' * 9)

    assert len(found) == 9 * 42
    assert len(ahead.signs) == len(ahead.classes) > found.max()
    assert set(np.unique(found)) - {UNKNOWN}


def test_a_table_remembers_the_most_frequent_label_of_each_context():
    codes, labels = np.array([0, 1, 0, 1, 1, 0]), np.array([2, 0, 2, 0, 1, UNKNOWN])

    assert contexts(codes, 2, symbols=3).tolist() == [0, 1, 3, 1, 4, 3]
    assert frequent(codes, labels, 3, 3).tolist() == [2, 0, UNKNOWN]


@pytest.fixture(scope="module")
def labelling() -> Labelling:
    """Of a text that repeats 0 1 2, with the next code as the label."""
    codes = np.tile(np.arange(3), 40)
    labels = np.append(codes[1:], UNKNOWN)
    return Labelling((codes, codes), (labels, labels), 3, 3, length=8, batch=4, windows=5)


def test_always_the_same_label_is_right_a_third_of_the_time_and_a_table_of_one_always(labelling):
    floors = {floor.name: floor.value for floor in labelling.floors}

    assert floors["chance"] == pytest.approx(1 / 3, abs=0.05)
    assert floors["one"] == floors["three"] == 1


def test_scores_are_shares_of_the_characters_that_have_a_label(labelling):
    examples = labelling.held_out
    right = torch.nn.functional.one_hot(examples.targets.clamp(min=0), 3).float()
    wrong = right.roll(1, dims=-1)

    assert float(labelling.scores(right, examples).mean()) == pytest.approx(1)
    assert float(labelling.scores(wrong, examples).mean()) == 0
    half = torch.cat((right[:4], wrong[4:]))
    known = examples.targets != UNKNOWN
    expected = float(known[:4].sum() / known.sum())
    assert float(labelling.scores(half, examples).mean()) == pytest.approx(expected)


def test_a_text_shorter_than_a_window_is_refused():
    short = np.zeros(3, dtype=np.int64)

    with pytest.raises(ValueError, match="at least 8 characters, not 3"):
        Labelling((short, short), (short, short), 1, 2, length=8)


def test_networks_of_one_seed_meet_the_same_batches_whatever_they_draw(labelling):
    pace = Pace(9, 1e-2, 1.0, falls=False)
    met = []
    for name, dropout in (("vanilla", 0.0), ("stacked", 0.5)):
        build = Build(units=4, embedding=3, dropout=dropout)
        learner = Learner(ProblemLesson(labelling, KINDS[name], build, pace, seed=3))
        for _ in range(2):
            learner.update()
        met.append(labelling.examples(learner.lesson.rng).inputs)

    assert torch.equal(*met)


def test_a_training_put_down_and_taken_up_goes_on_bit_for_bit_dropout_included(labelling):
    pace, build = Pace(9, 1e-2, 1.0, falls=False), Build(units=4, embedding=3, dropout=0.5)

    def begun() -> Learner:
        return Learner(ProblemLesson(labelling, KINDS["stacked"], build, pace, seed=3))

    one, other = begun(), begun()
    losses = [one.update() for _ in range(4)]
    again = begun()
    [other.update() for _ in range(2)]
    again.restore(other.state())

    assert [again.update() for _ in range(2)] == losses[2:]


def test_the_rate_of_a_training_that_does_not_fall_is_the_same_however_long_it_will_be(labelling):
    losses = []
    for updates in (3, 300):
        pace = Pace(updates, 1e-2, 1.0, falls=False)
        learner = Learner(ProblemLesson(labelling, KINDS["vanilla"], BUILD, pace, seed=0))
        losses.append([learner.update() for _ in range(3)])

    assert losses[0] == losses[1]


def test_a_lead_is_the_mean_paired_difference_and_its_noise_three_standard_errors():
    first, second = torch.tensor([1.0, 2.0, 4.0, 5.0]), torch.tensor([0.0, 2.0, 2.0, 4.0])

    found = lead(first, second)

    assert found.ahead == 1
    assert found.noise == pytest.approx(NOISE * np.std([1, 0, 2, 1], ddof=1) / 2)
    assert lead(first[:1], second[:1]).noise == float("inf")


@pytest.fixture(scope="module")
def utterances() -> Utterances:
    """Two speakers that differ in their spread, in utterances of unequal length."""
    rng = torch.Generator().manual_seed(0)
    made = [
        (torch.randn(4 + k % 5, 3, generator=rng) * (1 + 4 * (k % 2)) + 7, k % 2) for k in range(40)
    ]
    halves = [
        ([u for u, _ in half], torch.tensor([s for _, s in half]))
        for half in (made[:20], made[20:])
    ]
    return Utterances(halves[0], halves[1], classes=2, batch=6)


def test_channels_are_standardised_with_what_is_learned_from(utterances):
    rng = torch.Generator().manual_seed(1)
    examples = utterances.examples(rng)
    assert examples.inputs.shape == (int(examples.lengths.max()), 6, 3)

    frames = torch.cat([utterances._inputs[:n, k] for k, n in enumerate(utterances._lengths)])

    torch.testing.assert_close(frames.mean(0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(frames.std(0), torch.ones(3))


def test_features_are_mean_and_spread_of_each_utterance_alone():
    inputs, lengths = padded([torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0]])], steps=4)

    mean, spread = features(Examples(inputs, torch.zeros(2, dtype=torch.int64), lengths))

    assert mean[:, 0].tolist() == [2, 5]
    assert spread[:, 0].tolist() == [1, 0]


def test_the_line_is_scikit_learns_logistic_regression():
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(60, 4, generator=rng, dtype=torch.float64)
    y = (x @ torch.randn(4, 3, generator=rng, dtype=torch.float64)).argmax(1)
    asked = torch.randn(200, 4, generator=rng, dtype=torch.float64)

    theirs = LogisticRegression(max_iter=1000, tol=1e-8).fit(x.numpy(), y.numpy())

    assert line((x, asked), y, 3).tolist() == theirs.predict(asked.numpy()).tolist()


def test_the_spread_tells_speakers_apart_that_the_mean_does_not(utterances):
    floors = {floor.name: floor.value for floor in utterances.floors}

    assert floors["spread"] > 0.9 > floors["mean"]
    assert floors["largest"] == 0.5


def test_reading_behind_the_end_reads_zeros_as_if_they_were_spoken(utterances):
    network = KINDS["vanilla"].draw(utterances.shape, BUILD, torch.Generator().manual_seed(0))
    held_out = utterances.held_out
    length = int(held_out.lengths[0])
    spoken = torch.cat((held_out.inputs[:length, :1], torch.zeros(2, 1, 3)))

    torch.testing.assert_close(read_behind(network, held_out, 2)[:1], network(spoken))
    torch.testing.assert_close(
        read_behind(network, held_out, 0), network(held_out.inputs, held_out.lengths)
    )


def test_after_each_frame_stands_what_the_utterance_cut_there_would_say(utterances):
    network = KINDS["both"].draw(utterances.shape, BUILD, torch.Generator().manual_seed(0))
    utterance = utterances.held_out.inputs[:4, 0]

    found = after_each(network, utterance)

    torch.testing.assert_close(found[1:2], network(utterance[:2, None]).softmax(-1))
    torch.testing.assert_close(found[3:], network(utterance[:, None]).softmax(-1))
