"""What a trained network writes: as its cells say it, drawn as the dials say, and told truly."""

import math

import numpy as np
import pytest

from explorer.dials import values
from explorer.figures.scene import as_json
from explorer.figures.scene.told import from_json
from explorer.figures.sequences.writing import answer, writing_scene
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.writing import SHOWN, Writing, circle, picture
from explorer.networks.shipped import load_network
from tests.figures.taking_apart import templates_in

SHORT = Writing(letters=12, temperature=0.8, top_k=3)


@pytest.fixture(scope="module")
def shown():
    return picture(SHORT)


def test_every_character_is_one_of_the_few_that_it_was_drawn_from(shown):
    _, frames = shown
    known = load_network("characters-lstm").vocabulary

    for frame in frames:
        chances = frame.arrays["chosen"]
        assert (chances > 0).sum() == 3
        assert chances.sum() == pytest.approx(1)
        likeliest = [known[int(code)] for code in frame.arrays["codes"][:3]]
        assert frame.sentences["text"][-1] in likeliest
        assert 1 < frame.scalars["choices"] <= 3


def test_what_was_expected_is_what_the_network_says_character_by_character(shown):
    network, (_, frames) = load_network("characters-lstm"), shown
    carry = network.begin()
    for code in network.vocabulary.encode(SHORT.prime).tolist():
        expected, carry = network.next(code, carry)

    costs = []
    for frame in frames:
        chances = sorted(expected.exp().tolist(), reverse=True)[:SHOWN]
        assert frame.arrays["expected"].tolist() == pytest.approx(chances, rel=1e-5)
        (code,) = network.vocabulary.encode(frame.sentences["text"][-1]).tolist()
        costs.append(-float(expected[code]))
        assert frame.scalars["surprise"] == pytest.approx(costs[-1])
        assert frame.scalars["mean"] == pytest.approx(sum(costs) / len(costs))
        expected, carry = network.next(code, carry)


def test_playing_writes_the_text_one_character_after_the_other(shown):
    still, frames = shown

    assert [frame.step for frame in frames] == list(range(1, 13))
    assert all(len(f.sentences["text"]) == len(SHORT.prime) + f.step for f in frames)
    assert still.scalars["blind"] == pytest.approx(math.log(97))
    assert still.sentences["greedy"].startswith(SHORT.prime)


def test_at_temperature_zero_both_texts_are_the_same_and_nothing_is_left_to_chance():
    still, frames = picture(Writing(letters=8, temperature=0.0))

    assert frames[-1].sentences["text"] == still.sentences["greedy"]
    assert all(frame.scalars["choices"] == pytest.approx(1) for frame in frames)
    assert "both texts are the same" in still.sentences["look"]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("abc" + "xyz" * 8, 3),
        ("def " + " " * 14, 1),
        ("a text that never comes again", 0),
        ("xyxyxyxy", 0),  # too short to be sure
        ("", 0),
    ],
)
def test_a_circle_is_told_by_what_comes_again_at_the_end(text, period):
    assert circle(text) == period


def test_characters_it_never_saw_are_named():
    still, _ = picture(Writing(prime="ß", letters=2))

    assert "It never saw ß and reads" in still.sentences["says"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"prime": ""}, "at least one character"),
        ({"prime": "x" * 201}, "at most 200 characters, not 201"),
        ({"temperature": math.inf}, "temperature must be a number"),
        ({"temperature": -0.1}, "between 0 and 5"),
        ({"top_k": 61}, "between 0 and 60"),
        ({"letters": 0}, "between 1 and 600"),
        ({"author": "shakespeare"}, "unknown author 'shakespeare'"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(wrong, says):
    with pytest.raises(ValueError, match=says):
        Writing(**wrong)
    with pytest.raises(ValueError, match=says):
        SequenceLab(**wrong)


def test_the_scene_names_what_is_there_and_a_moving_hand_is_told_what_is_left_out():
    lab = SequenceLab(view="writing", letters=70)
    said = answer(lab, moving=True)
    scene = writing_scene(lab.writing())

    assert values(lab.writing())["letters"] == 70
    assert len(said.frames) == 60
    assert "60 characters" in said.coarse
    assert not answer(SequenceLab(letters=3), moving=True).coarse
    known = said.still.scalars | said.frames[0].scalars
    assert templates_in(scene) <= known.keys()
    assert from_json(as_json(scene)) == scene


def test_a_pen_goes_on_where_the_prime_text_ends_and_each_frame_shows_one_move_more():
    writing = Writing(author="strokes-lstm", prime="no", letters=9, top_k=60)
    still, frames = picture(writing)

    assert [int(np.isfinite(f.arrays["pen_x"]).any()) for f in frames[-1:]] == [1]
    made = frames[-1].arrays
    for frame in frames[:-1]:
        known = np.isfinite(frame.arrays["pen_x"])
        assert frame.arrays["pen_x"][known] == pytest.approx(made["pen_x"][known])
    assert "text" not in frames[0].sentences
    assert still.arrays["prime_x"].shape == (len(writing.primed) + 1,)
    assert writing_scene(writing).clock == "move"


@pytest.mark.parametrize(("prime", "says"), [("def ", "not 'd'"), ("  ", "at least one letter")])
def test_a_prime_text_that_the_pen_cannot_write_is_one_sentence(prime, says):
    with pytest.raises(ValueError, match=says):
        Writing(author="strokes-lstm", prime=prime)
