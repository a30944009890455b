"""The site of the lessons: all of it in its pages, within its limits, measured on what it has."""

import html
import json
import re

import pytest

import explorer.site as sites
from explorer.__main__ import main
from explorer.lessons.blocks import heads
from explorer.lessons.measures import MEASURES
from explorer.lessons.reading import read
from explorer.runs.frames import unpack
from explorer.runs.reel import unwound
from explorer.site.lessons import page_of
from explorer.site.recorded import recorded, rows

GAME = """# A short game
- number: 99
- minutes: 1
- for: the tests

One short training.

## They train
- show: /gans?width=8&batch=16&steps=40&seed=1
- look: a, held
- plays: yes
- dials: seed
- claim: first_held 0 .. 8: it holds what it holds

Watch the *left* one, a `GAN`.

### How many modes will it hold?
- measure: first_held
- Six or more: 6 ..
- Fewer: .. 5

So it is.

## Its pull
- show: /gans?view=dirac&dirac_h=0.5
- dials: dirac_h
- recorded: dirac_h | 0.1 | 0.5 | 1

Two numbers.
"""


def told(page: str) -> dict:
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    found: dict = json.loads(data)
    return found


def element(page: str, name: str) -> bytes:
    import base64

    (text,) = re.findall(rf'<script type="text/plain" id="{name}">(.*?)</script>', page)
    return base64.b64decode(text)


@pytest.fixture(scope="module")
def short() -> tuple:
    """Return a lesson with a training, and its page."""
    lesson = read("short", GAME)
    page, _ = page_of(lesson, None, 2_000_000, lambda said: None)
    return lesson, page


def test_a_training_is_recorded_to_its_end_and_decides_by_the_measure_of_the_app(short):
    lesson, page = short
    step, data = lesson.steps[0], told(page)["steps"][0]
    found = MEASURES["first_held"].value(step.settings)
    frames = [unpack(packet) for packet in unwound(element(page, data["states"][""]["frames"]))]

    assert (frames[0][0], frames[-1][0]) == (0, 40) == (0, data["states"][""]["last"])
    assert frames[-1][1].scalars["a/held"] == found
    assert data["question"]["live"] is True
    right = "ab"[step.question.right(found)]
    for letter in "ab":
        said = data["question"]["decided"][letter]
        assert f"<b>{MEASURES['first_held'].written(found)}</b>" in said
        assert ("That is what you expected." in said) == (letter == right)
        assert "Measured" not in data["question"]["waiting"][letter]


def test_each_recorded_choice_is_measured_on_its_own_run(short):
    lesson, page = short
    step, data = lesson.steps[0], told(page)["steps"][0]
    (row,) = rows(lesson, step)

    assert [choice.settings.seed for choice in row.choices] == [1, 2, 3]
    assert data["states"].keys() == {"", "seed 1", "seed 2"}
    for place in (1, 2):
        settings = row.choices[place].settings
        found = MEASURES["first_held"].written(MEASURES["first_held"].value(settings))
        assert data["states"][f"seed {place}"]["now"].endswith(f"<b>{found}</b>.")
        assert f"seed={settings.seed}" in data["states"][f"seed {place}"]["address"]


def test_a_lesson_may_say_which_values_are_recorded_and_a_wrong_one_is_named(short):
    lesson, _ = short
    (row,) = rows(lesson, lesson.steps[1])

    assert [choice.settings.dirac.h for choice in row.choices] == [0.1, 0.5, 1.0]
    assert row.own == 1
    for wrong, said in (
        ("dirac_h | 0.1 | 7", "must be between"),
        ("dirac_h | 0.1", "two values or more"),
        ("dirac_x | 1 | 2", "none of the dials"),
    ):
        with pytest.raises(ValueError, match=rf"^short\.md, line \d+: .*{said}"):
            read("short", GAME.replace("dirac_h | 0.1 | 0.5 | 1\n", wrong + "\n"))


def test_a_small_page_thins_its_trainings_and_one_that_is_too_small_is_refused(short):
    lesson, page = short
    states = told(page)["steps"][0]["states"]
    films = [len(element(page, state["frames"])) for state in states.values()]
    least = len(page.encode()) - sum(films) * 4 // 3
    smaller, said = page_of(lesson, None, least + sum(films), lambda said: None)
    frames = unwound(element(smaller, told(smaller)["steps"][0]["states"][""]["frames"]))

    assert len(smaller.encode()) <= least + sum(films)
    assert re.search(r"[1-9]\d* of them rounded or thinned$", said)
    assert unpack(frames[-1])[0] == 40
    with pytest.raises(ValueError, match=r"are allowed$|bytes of"):
        page_of(lesson, None, least + 200, lambda said: None)


def test_equal_lessons_make_equal_pages(short):
    lesson, page = short

    assert page_of(lesson, None, 2_000_000, lambda said: None)[0] == page


def test_the_command_says_what_is_wrong_and_when_a_limit_is_exceeded(tmp_path, capsys, monkeypatch):
    assert main(["site", str(tmp_path), "--only", "nothing"]) == 2
    assert "there is no lesson 'nothing'; choose from" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["site", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith(f"cannot write to {tmp_path / 'file'}: ")
    monkeypatch.setattr(sites, "LARGEST_FIRST", 300_000)
    assert main(["site", str(tmp_path / "out"), "--only", "memory"]) == 1
    assert re.search(r"^memory: .*allowed$|bytes of 300,000$", capsys.readouterr().err, re.M)
    assert not list((tmp_path / "out").iterdir())


def test_words_of_a_lesson_stay_words():
    hostile = GAME.replace("Two numbers.", "Two </script><script>hit()</script> numbers.")
    page, _ = page_of(read("short", hostile), None, 2_000_000, lambda said: None)

    assert "<script>hit()" not in page
    assert html.escape("<script>hit()", quote=False) in page


def test_what_is_recorded_of_a_step_without_a_question_has_no_measure(short):
    lesson, _ = short

    assert recorded(lesson.steps[1], lesson.steps[1].settings).found is None


def test_pages_as_large_as_they_may_be_fit_into_the_site_the_first_within_two_megabytes():
    count = len(heads())
    sizes: list[int] = []
    for place in range(count):
        sizes.append(sites.allowed(place == 0, sum(sizes), count - 1 - place))
    assert sizes[0] == sites.LARGEST_FIRST
    assert sites.LARGEST - sites.LEFT_FOR_ONE < sum(sizes) <= sites.LARGEST - sites.FOR_THE_LIST
    assert min(sizes) >= sites.LEFT_FOR_ONE
