"""Films, reviews and writing as tasks: what is shown of them, and what is said."""

import pytest
import torch

from explorer.labs.sequences import TASKS, SideBySide, words
from explorer.labs.sequences.tasks import opinion, text
from explorer.labs.sequences.tasks.film import SEVERAL, sure
from explorer.sequences.kinds import KINDS, Build
from explorer.sequences.kinds.unordered import Unordered

NONE = torch.zeros(0)
"""Answers to the held-out examples, which these tasks do not need for what is shown."""


def drawn(kind: str, task: str):
    shape = TASKS[task].problem("").shape
    return KINDS[kind].draw(shape, Build(units=4), torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.pictures])
@pytest.mark.parametrize("task", ["vowel", "rows"])
def test_filters_over_frames_are_refused_where_there_are_no_frames(kind, task):
    with pytest.raises(ValueError, match="needs a picture at every step"):
        SideBySide(task=task, second=kind)


@pytest.mark.parametrize(
    "name", ["way", "digit", "rows", "films", "products", "python", "english", "strokes"]
)
def test_the_line_up_of_a_task_can_learn_it_and_its_floors_are_there(name):
    task = TASKS[name]
    line_up = dict(zip(("first", "second", "third", "fourth"), [*task.line_up, ""], strict=False))

    training = SideBySide(task=name, rate=task.rate, units=4, **line_up)

    assert list(training.sides.values()) == list(task.line_up)
    assert set(task.floors) <= {floor.name for floor in task.problem("").floors}


@pytest.mark.parametrize(("task", "answers"), [("way", slice(10, None)), ("digit", slice(10))])
def test_how_sure_a_network_is_after_a_frame_is_what_it_says_of_so_many(task, answers):
    problem, network = TASKS[task].problem(""), drawn("frames", task)
    right = problem.held_out.targets[:SEVERAL, 1 if task == "way" else 0]

    seen = TASKS[task].seen(problem, network, NONE).arrays

    with torch.no_grad():
        three = network(problem.held_out.inputs[:3, :SEVERAL])[:, answers].softmax(-1)
    expected = three[torch.arange(SEVERAL), right].mean()
    assert seen["sure"][2] == pytest.approx(float(expected))
    assert seen["filters"].shape == (8, 3, 3)
    assert abs(seen["filters"]).max() == 1
    assert "filters" not in TASKS[task].seen(problem, drawn("vanilla", task), NONE).arrays


def test_pictures_read_by_rows_are_more_and_more_known_to_whom_they_were_told():
    problem = TASKS["rows"].problem("")
    network = drawn("vanilla", "rows")

    found = sure(network, problem.held_out.inputs[:, :5], problem.held_out.targets[:5])

    assert len(found) == 8
    with torch.no_grad():
        whole = network(problem.held_out.inputs[:, :5]).softmax(-1)
    expected = whole[torch.arange(5), problem.held_out.targets[:5]].mean()
    assert float(found[-1]) == pytest.approx(float(expected))


def test_reviews_with_an_unclear_rating_are_left_out_and_none_is_on_both_sides():
    learned, held_out = opinion.rated("product")

    assert len(learned.sentences) + len(held_out.sentences) == 2_985
    assert 0.4 < float(learned.favourable.double().mean()) < 0.8


def test_negation_is_told_as_each_network_has_it_and_with_what_was_there_to_learn():
    problem = TASKS["products"].problem("")
    bag = drawn("unordered", "products")
    assert isinstance(bag, Unordered)
    codes = problem.words.encode(("not", "bad"))
    with torch.no_grad():
        bag.parameters["embedding.weight"].zero_()
        bag.parameters["embedding.weight"][codes[0], 0] = -9.0
        bag.parameters["embedding.weight"][codes[1], 0] = -1.0
        bag.parameters["readout.weight"].zero_()
        bag.parameters["readout.weight"][1, 0] = 1.0

    below = opinion.negations(problem, {"A line": bag})
    with torch.no_grad():
        bag.parameters["embedding.weight"][codes[0], 0] = 9.0
    above = opinion.negations(problem, {"A line": bag})

    assert "A line puts “not bad” below “bad”: " in below
    assert "A line puts “not bad” above “bad”: " in above
    assert "A line puts “not good” below “good”: of 4 reviews" in below
    pairs = sum("not bad" in " ".join(each) for each in problem.learned.sentences)
    assert pairs == 0
    assert "no review to learn from has “not bad”" in below


def test_a_network_writes_after_the_prompt_and_one_without_a_state_says_so():
    task = TASKS["english"]

    line = task.seen(task.problem(""), drawn("vanilla", "english"), NONE).line

    assert line.startswith(text.PROMPTS["english"])
    assert len(line) == len(text.PROMPTS["english"]) + text.LENGTH
    assert task.seen(task.problem(""), drawn("window", "english"), NONE).line == text.STATELESS


def test_a_typed_text_is_parted_where_its_last_tenth_begins():
    typed = "all work and no play, " * 20
    problem = SideBySide(task="like_you", text=typed, third="").problem

    assert problem.shape.length == text.WINDOW
    held_out = "".join(problem.vocabulary[code] for code in problem.held_out.inputs[:, -1].tolist())
    assert typed[-text.WINDOW - 1 :].startswith(held_out)
    learned = problem.examples(torch.Generator().manual_seed(0)).inputs
    assert all("".join(problem.vocabulary[c] for c in row) in typed for row in learned.T.tolist())


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "not 0"),
        ("a" * 199, "at least 200"),
        ("a" * 300, "'a' again and again"),
        ("ab" * 3_000, "at most 4,000 characters, not 6,000"),
    ],
)
def test_a_text_that_cannot_be_learned_from_is_one_sentence(typed, says):
    with pytest.raises(ValueError, match=says):
        SideBySide(task="like_you", text=typed)


@pytest.mark.parametrize("kind", [n for n, k in KINDS.items() if not (k.pictures or k.writes)])
def test_a_network_whose_answer_follows_the_next_character_is_said_to_know_it(kind):
    problem, network = TASKS["python"].problem(""), drawn(kind, "python")
    inputs = problem.held_out.inputs[:, :1]
    other = inputs.clone()
    other[5] = (other[5] + 1) % len(problem.vocabulary)  # what step 4 is asked for

    with torch.no_grad():
        peeks = bool((network(inputs)[4] - network(other)[4]).abs().max() > 0)

    said = text.foresight(problem, {"This one": network})
    assert said.startswith("This one reads the text from behind") == peeks
    assert bool(said) == peeks


def test_signs_of_all_rows_begin_at_one_place_behind_the_longest_name():
    labels = ("Forward", "CNN on the last frame")

    rows = [words.row(label, "|", labels) for label in ("Text", *labels)]

    assert {row.index("|") for row in rows} == {len(labels[1]) + 2}


def test_a_network_goes_on_from_the_first_letter_of_a_typed_text_in_characters_that_it_has():
    problem = SideBySide(task="like_you", text="öde Ufer, " * 30, third="").problem
    network = KINDS["vanilla"].draw(problem.shape, Build(units=4), torch.Generator().manual_seed(0))

    line = TASKS["like_you"].seen(problem, network, NONE).line

    assert line[0] == "ö"
    assert set(line) <= set("öde Ufer,�")


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        (". , …", "at least one word"),
        ("good " * 41, "may have 40 words, not 41"),
        ("x" * 401, "at most 400 characters, not 401"),
    ],
)
def test_a_sentence_that_cannot_be_judged_is_one_sentence(sentence, says):
    with pytest.raises(ValueError, match=says):
        SideBySide(task="products", sentence=sentence)


def test_a_sentence_of_ones_own_is_judged_word_by_word_and_unknown_words_are_named():
    training = SideBySide(
        task="products", sentence="The xyzzy was not good", second="unordered", third="", units=4
    )
    problem, network = training.problem, drawn("unordered", "products")

    assert problem.asked == ("the", "xyzzy", "was", "not", "good")
    assert len(training.what.seen(problem, network, NONE).arrays["counted"]) == 5
    assert "“xyzzy” is unknown" in opinion.negations(problem, {"A line": network})
    assert TASKS["products"].problem("").asked != problem.asked


def test_points_ahead_of_the_bag_are_paired_over_the_same_reviews():
    problem = TASKS["products"].problem("")
    bag = next(floor for floor in problem.floors if floor.name == "bag")
    worse = bag.scores.clone()
    lost = worse.nonzero()[:50, 0]
    worse[lost] = 0
    standing = words.Standing(
        TASKS["products"], problem, {"a": "vanilla", "b": "both"}, {"a": worse, "b": bag.scores}, 5
    )

    ahead = 100 * 50 / len(worse)
    error = 300 * float((worse - bag.scores).double().std()) / len(worse) ** 0.5
    assert f"Forward −{ahead:.1f} ± {error:.1f} and Both ways +0.0 ± 0.0" in standing.look()
    assert "the sign of the lexicon's sum 68.7 %" in standing.look()
