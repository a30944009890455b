"""The page of the lessons as Streamlit runs it: addresses, hostile ones too, and the list."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lessons import terms
from explorer.lessons.lesson import LETTERS
from explorer.lessons.reading import lessons
from explorer.pages.lessons.walking import Walk, read


def opened(**parameters: str) -> AppTest:
    def script() -> None:
        from explorer.pages import lessons, surroundings

        surroundings.attend()
        lessons.page()

    app = AppTest.from_function(script, default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def test_an_address_says_lesson_step_and_answers_and_is_written_again():
    memory = lessons()["memory"]
    walk, problems = read({"lesson": "memory", "step": "3", "answers": "-b"})

    assert problems == ()
    assert walk == Walk(memory, 2, "-b")
    assert walk.answer == 1
    assert walk.link() == {"lesson": "memory", "step": "3", "answers": "-b"}
    assert walk.answered(None).link() == {"lesson": "memory", "step": "3"}
    assert Walk(memory, 1).answered(0).answers == "a"
    assert Walk(memory, 0, "ab").answer is None  # the first step asks nothing
    assert read({}) == (None, ())


@pytest.mark.parametrize("value", ["", "nan", "-1", "0", "99", "9" * 400, "²", "1.5", "<b>", "\0"])
def test_a_step_that_is_none_gets_a_sentence_and_the_first_one(value):
    walk, problems = read({"lesson": "memory", "step": value})

    assert walk == Walk(lessons()["memory"])
    assert len(problems) == 1
    assert len(problems[0]) < 200
    assert value not in ("<b>",) or "“<b>”" in problems[0]


@pytest.mark.parametrize("answers", ["z", "aaaaaaaaaa", "a" * 5000, "A", LETTERS[2], "\0"])
def test_answers_that_are_none_get_a_sentence_and_are_left_out(answers):
    walk, problems = read({"lesson": "memory", "step": "2", "answers": answers})

    assert walk == Walk(lessons()["memory"], 1)
    assert len(problems) == 1
    assert len(problems[0]) < 200


def test_an_unknown_lesson_gets_a_sentence_and_the_list_of_all():
    app = opened(lesson="../../etc/passwd")

    assert not app.exception
    assert "There is no lesson" in app.warning[0].value
    assert len(app.get("page_link")) == len(lessons())


def test_a_hostile_link_into_a_step_gets_a_sentence_for_each_thing_and_the_step():
    app = opened(
        lesson="through-time", step="6", answers="b", gain="inf", pepper="3", seed="9" * 400
    )

    assert not app.exception
    said = [warning.value for warning in app.warning]
    assert len(said) == 3
    assert any("pepper" in each for each in said)
    keys = {button.key for button in app.button}
    assert {f"lesson-answer-{letter}" for letter in "abc"} <= keys  # the link answers another one


def test_text_shows_code_and_emphasis_and_cannot_become_markup():
    said = terms.paragraphs("A *b* **c** `d<e>` <script>x</script>\n\nAn LSTM, an LSTM.")

    assert "<i>b</i> <b>c</b> <code>d&lt;e&gt;</code> &lt;script&gt;" in said
    assert said.count('class="term"') == 1
    assert said.count("<p>") == 2
