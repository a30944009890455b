"""A lesson is a file; what is wrong with one is told in a sentence, with its line."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.lessons import glossary
from explorer.lessons.lesson import Choice, Question, Range
from explorer.lessons.reading import FaultError, lessons, read, read_all

GOOD = """# Two games
- number: 1
- minutes: 5
- for: newcomers

What it is about.

## They train
- show: /gans?steps=300
- look: a, held
- moment: 2
- plays: yes
- dials: seed, critic_steps
- claim: first_held 0 .. 6: it holds six or fewer

Watch the left one.

### How many modes will it hold?
- measure: first_held
- seeds: 8
- All eight: 8 ..
- Seven: 7
- Fewer: .. 6

So it is.
"""


def faulty(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_file_is_a_lesson_with_all_that_it_says():
    lesson = read("two-games", GOOD)
    (step,) = lesson.steps

    assert (lesson.number, lesson.minutes, lesson.audience) == (1, 5, "newcomers")
    assert (lesson.title, lesson.summary) == ("Two games", "What it is about.")
    assert step.settings.steps == 300
    assert (step.page, step.view, step.text) == ("gans", "match", "Watch the left one.")
    assert (step.look.panels, step.look.moment, step.look.plays) == (("a", "held"), 2, True)
    assert step.dials == ("seed", "critic_steps")
    assert step.claim is not None
    assert step.claim.range == Range(0, 6)
    assert step.question is not None
    assert step.question.then == "So it is."
    assert [choice.text for choice in step.question.choices] == ["All eight", "Seven", "Fewer"]
    assert lesson.questions == (0,)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("# Two games", "Two games", 1, "begins with its title"),
        ("- minutes: 5\n", "", 1, "needs a line '- minutes: …'"),
        ("minutes: 5", "minutes: soon", 3, "whole number from 1 to 60"),
        ("for: newcomers", "whom: newcomers", 4, "unknown 'whom'"),
        ("/gans?steps=300", "/cooking?steps=300", 9, "there is no page '/cooking'"),
        ("/gans?steps=300", "/gans?pepper=3", 9, "unknown setting, 'pepper'"),
        ("/gans?steps=300", "/gans?steps=minus", 9, "steps must be a number"),
        ("/gans?steps=300", "/gans?data=rings", 9, "unknown data 'rings'"),
        ("- show: /gans?steps=300\n", "", 8, "needs a line '- show: …'"),
        ("moment: 2", "moment: -1", 11, "whole number from 0"),
        ("plays: yes", "plays: perhaps", 12, "plays must be yes or no"),
        ("dials: seed, critic_steps", "dials: seed, volume", 13, "there is no dial 'volume'"),
        ("claim: first_held", "claim: first_kept", 14, "unknown measure 'first_kept'"),
        ("claim: first_held 0 .. 6: it", "claim: first_held 0 .. 6 it", 14, "a claim is"),
        ("Watch the left one.", "", 8, "has no text"),
        ("Watch the left one.", "word " * 81, 8, "words; at most 80"),
        ("measure: first_held", "measure: pleasure", 19, "unknown measure 'pleasure'"),
        ("measure: first_held", "measure: reach_lstm", 19, "measured on /gradients, not on /gans"),
        ("- measure: first_held\n", "", 18, "needs a line '- measure: …'"),
        ("seeds: 8", "seeds: 3", 20, "whole number from 8"),
        ("Seven: 7", "Seven: about 7", 22, "no range such as"),
        ("Seven: 7", "Seven: 9 .. 7", 22, "is empty"),
        ("- Seven: 7\n", "", 18, "leave a gap"),
        ("Seven: 7", "Seven: 6 .. 7", 18, "overlap"),
        ("Fewer: .. 6", "Fewer: 3 .. 6", 18, "the choices go from 3"),
        ("- Seven: 7\n- Fewer: .. 6\n", "", 18, "2 to 9 choices, not 1"),
        ("## They train", "### They train", 8, "a question belongs to a step"),
        ("## They train", "#### They train", 8, "what heading is"),
        ("- look: a, held", "- look", 10, "says nothing after a colon"),
        ("- look: a, held", "- moment: 3", 11, "'moment' stands here twice"),
        ("- look: a, held", "- prediction: rain", 10, "unknown prediction 'rain'"),
        ("- look: a, held", "- prediction: collapse", 10, "steps 1200, which the link has not"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence_with_its_line(old, new, line, what):
    with pytest.raises(FaultError) as fault:
        read("two-games", faulty(old, new))

    said = str(fault.value)
    assert said.startswith(f"two-games.md, line {line}: ")
    assert what in said
    assert "\n" not in said
    assert said.endswith(".")


def test_two_lessons_of_one_number_are_told_apart_by_a_sentence():
    with pytest.raises(FaultError, match=r"b\.md, line 2: a\.md has the number 1 already"):
        read_all({"a": GOOD, "b": GOOD})


@pytest.mark.parametrize("name", ["Two games", "../secret", ""])
def test_a_file_whose_name_is_no_word_for_a_link_is_refused(name):
    with pytest.raises(FaultError, match="small letters"):
        read(name, GOOD)


@given(st.text(max_size=400))
def test_no_text_is_too_odd_for_a_sentence(text):
    with pytest.raises(FaultError):
        read("odd", f"{text}\n## step\n- show: /nowhere\n")


def test_a_measured_value_falls_into_one_choice_and_nothing_into_none():
    question = Question(
        "", "", (Choice("little", Range(0, 0.1, closed=False)), Choice("much", Range(0.1, 1)))
    )

    assert [question.right(value) for value in (0, 0.0999, 0.1, 1)] == [0, 0, 1, 1]
    assert question.right(math.nan) is None
    assert question.right(1.5) is None


def test_the_lessons_of_this_laboratory_are_numbered_in_a_row_and_take_minutes():
    some = list(lessons().values())

    assert [lesson.number for lesson in some] == list(range(1, len(some) + 1))
    assert all(5 <= lesson.minutes <= 10 and lesson.summary for lesson in some)
    assert all(lesson.questions for lesson in some)


# --------------------------------------------------------------------------------- the glossary


def test_a_term_is_explained_where_it_first_appears_and_not_inside_another_word():
    pieces = list(glossary.marked("A gate, a gate and a forget gate; gateway."))

    assert [(piece.text, piece.term.name) for piece in pieces if piece.term] == [
        ("gate", "gate"),
        ("forget gate", "forget gate"),
    ]
    assert "".join(piece.text for piece in pieces) == "A gate, a gate and a forget gate; gateway."


def test_every_term_has_a_meaning_of_one_breath_and_a_source():
    for term in glossary.terms().values():
        assert 5 <= len(term.meaning.split()) <= 40, term.name
        assert term.source


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("## a\n\nMeans b.\n", r"line 1: 'a' needs its meaning and a line '- source"),
        ("## a\n- source: b\n", "line 1: 'a' needs its meaning"),
        ("## a\n- source: b\n\nc\n## d\n- also: A\n- source: b\n\nc\n", "line 5: 'A' is explained"),
    ],
)
def test_what_is_wrong_with_the_glossary_is_told_with_its_line(text, what):
    with pytest.raises(ValueError, match=what):
        glossary.read(text)
