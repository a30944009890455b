"""What a viewer could choose is chosen in a still picture: words, orders, spans, and no buttons."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.cells import scene
from explorer.figures.scene import (
    Choice,
    Grid,
    Lexicon,
    Panel,
    Scene,
    Sentence,
    Timeline,
    Tokens,
    Unfolding,
    as_json,
    worded,
)
from explorer.figures.theme import LIGHT
from explorer.runs.frames import Frame
from explorer.stage.component import _picks, rest_of
from explorer.stage.paper.panels.unfolding import parts
from explorer.stage.paper.picture import picture
from tests.stage import recordings

UNITS, STEPS = 6, 10
RNG = np.random.default_rng(1)
VALUES = RNG.normal(size=(STEPS, UNITS))
ORDER = np.array([3, 0, 5, 1, 4, 2])
STILL = Frame(0, {"order": ORDER, "marked": np.eye(STEPS)[4]})


def frames(values: np.ndarray = VALUES, **sentences: str) -> list[Frame]:
    return [
        Frame(step, {"a": row, "whole": values[:, 2]}, sentences=sentences)
        for step, row in enumerate(values)
    ]


def drawn(panels: tuple[Panel, ...], shown: list[Frame], **select: int) -> np.ndarray:
    areas = tuple(panel.area for panel in panels)
    grid = Grid(("minmax(0, 1fr)",), tuple("minmax(0, 1fr)" for _ in areas), areas)
    image = picture(Scene(panels, grid, grid), STILL, shown, 4, size=(420, 320), select=select)
    return np.asarray(image, float)


def heat(**more: object) -> Timeline:
    return Timeline("map", "", "a", "", "diverging", low=-2, high=2, select="unit", **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------ words


def test_every_text_of_a_scene_takes_its_words_and_an_unknown_key_stands_as_itself():
    words = Lexicon("one", (("a", "forget gate"), ("b", "f")))
    other = Lexicon("two", (("a", "Tor"), ("b", "k")))
    grid = Grid(("1fr",), ("auto",), ("s",))
    panel = Sentence("s", "says", lead="⟦a⟧ ⟦b⟧: ⟦c⟧, ⟦a⟧")
    given = Scene((panel,), grid, grid, alt="the ⟦a⟧", lexicons=(words, other))

    first, second = worded(given), worded(given, 1)
    assert first == Scene((replace(panel, lead="forget gate f: c, forget gate"),), grid, grid,
                          alt="the forget gate")  # fmt: skip
    assert (second.panels[0].lead, second.alt) == ("Tor k: c, Tor", "the Tor")
    with pytest.raises(IndexError):
        worded(given, 2)


@pytest.mark.parametrize("names", range(5))
def test_no_key_is_left_in_a_cell_whatever_it_is_called(names):
    letters = sorted(set(recordings.TEXT))
    cell = worded(scene("lstm", list(recordings.TEXT), 12, letters), names)

    assert "⟦" not in str(as_json(cell))


def test_a_picture_says_the_words_that_were_chosen():
    words = tuple(Lexicon(name, (("a", name),)) for name in ("one", "another"))
    shown = frames()

    def titled(title: str, lexicons: tuple[Lexicon, ...], **select: int) -> np.ndarray:
        grid = Grid(("1fr",), ("minmax(0, 1fr)",), ("map",))
        told = Scene((replace(heat(), title=title),), grid, grid, lexicons=lexicons)
        return np.asarray(picture(told, STILL, shown, size=(420, 320), select=select))

    assert np.array_equal(titled("⟦a⟧", words, names=1), titled("another", ()))
    assert not np.array_equal(titled("⟦a⟧", words, names=1), titled("⟦a⟧", words))


# ---------------------------------------------------------------------------------------- choices


def test_a_row_of_names_is_left_out_of_a_picture():
    buttons = Choice("choice", "order", ("one", "two"), "rows")
    silent = Sentence("choice", "nothing")

    assert np.array_equal(drawn((heat(), buttons), frames()), drawn((heat(), silent), frames()))


def test_a_reordered_heat_map_is_the_heat_map_of_reordered_rows():
    orders = (("as packed", ""), ("clustered", "order"))
    ordered = drawn((heat(orders=orders),), frames(), order=1, unit=1)
    permuted = drawn((heat(),), frames(VALUES[:, ORDER]), unit=ORDER.tolist().index(1))

    assert np.array_equal(ordered, permuted)
    assert not np.array_equal(ordered, drawn((heat(orders=orders),), frames(), unit=1))


def test_an_order_that_is_no_permutation_counts_as_packed():
    wrong = (("as packed", ""), ("wrong", "marked"))

    assert np.array_equal(
        drawn((heat(orders=wrong),), frames(), order=1, unit=1),
        drawn((heat(orders=wrong),), frames(), order=0, unit=1),
    )


# ------------------------------------------------------------------------------------- characters


def test_tints_of_the_present_frame_are_those_of_an_array_over_all_frames():
    tokens = tuple("abcdefghij")
    over = Tokens("map", tokens, "a", "unit")
    present = Tokens("map", tokens, "whole", of="frame")

    assert np.array_equal(drawn((present,), frames()), drawn((over,), frames(), unit=2))


def test_a_marked_character_is_underlined_and_a_span_is_framed():
    tokens = tuple("abcdefghij")
    plain = drawn((Tokens("map", tokens),), frames())
    marked = drawn((Tokens("map", tokens, marks="marked"),), frames())
    spanned = drawn((Tokens("map", tokens, span="s"),), frames(), s_first=6, s_last=8)

    def columns(other: np.ndarray) -> np.ndarray:
        changed = np.nonzero((other != plain).any(axis=(0, 2)))[0]
        return (changed - 20) / ((420 - 40) / STEPS)

    assert 4 <= columns(marked).min() < columns(marked).max() <= 5
    assert 5.9 <= columns(spanned).min() < 6.2 < 8.8 < columns(spanned).max() <= 9.1


def test_a_text_marks_the_letters_that_differ_and_no_others():
    warn = [int(LIGHT["warn"][i : i + 2], 16) for i in (1, 3, 5)]

    def marks(text: str, other: str) -> int:
        panel = Sentence("map", "now", lines=3, mono=True, against="before")
        pixels = drawn((panel,), frames(now=text, before=other))
        return int((np.abs(pixels - warn).max(-1) < 30).sum())

    assert marks("def f(x):\n    pass", "def f(x):\n    pass") == 0
    one, three = marks("abcdef", "abcxef"), marks("abcdef", "axcxex")
    assert one > 0
    assert three == pytest.approx(3 * one, rel=0.2)


# -------------------------------------------------------------------------------------- unfolding


@given(st.integers(1, 12), st.integers(0, 1000))
def test_what_is_left_of_a_step_is_what_all_later_steps_kept_and_the_parts_sum_to_the_memory(
    steps, seed
):
    rng = np.random.default_rng(seed)
    keep, written = rng.uniform(0, 1, steps), rng.normal(size=steps)
    before = float(rng.normal())
    found = parts(keep, written, before)

    memory = before
    for t in range(steps):
        memory = keep[t] * memory + written[t]
        assert found[t].sum() == pytest.approx(memory, abs=1e-12)
        assert found[t, 0] == pytest.approx(before * np.prod(keep[: t + 1]), abs=1e-12)
        for s in range(t + 1):
            left = written[s] * np.prod(keep[s + 1 : t + 1])
            assert found[t, s + 1] == pytest.approx(left, abs=1e-12)
        assert not found[t, t + 2 :].any()


def test_an_unfolded_memory_has_what_was_written_above_and_below_its_axis():
    keep = np.ones(STEPS)
    written = np.array([1.0, -1.0] * (STEPS // 2))
    total = np.cumsum(written)
    shown = [
        Frame(t, {"k": keep[[t]], "w": written[[t]], "m": total[[t]], "b": np.zeros(1)})
        for t in range(STEPS)
    ]
    panel = Unfolding("map", "", "k", "w", "m", "b", "unit")
    pixels = drawn((panel,), shown)
    warm = (pixels[..., 0] > pixels[..., 2] + 40).nonzero()
    cold = (pixels[..., 2] > pixels[..., 0] + 40).nonzero()

    assert warm[0].max() <= cold[0].min() + 2  # one above the axis, one below it
    assert len(warm[0]) > 2000
    assert len(cold[0]) > 2000


# ------------------------------------------------------------------------------------------ picks


def test_a_pick_is_one_name_with_its_number_or_several_at_once():
    assert _picks({"name": "unit", "value": 3}) == {"unit": 3}
    assert _picks({"values": {"span_first": 2, "span_last": 7}}) == {
        "span_first": 2, "span_last": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    "said", [None, 3, {"name": "unit"}, {"name": "unit", "value": "3"}, {"values": [1]},
             {"values": {"a": 1, "b": True}}, {"value": 1.5, "name": "unit"}],
)  # fmt: skip
def test_what_is_no_pick_picks_nothing(said):
    assert _picks(said) == {}


def test_what_the_stage_says_of_its_rest_is_believed_only_where_it_can_be():
    assert rest_of({"run": "a", "step": 3}) == ("a", 3)
    for said in (None, [], {}, {"run": 3, "step": 3}, {"run": "a", "step": -1}):
        assert rest_of(said) is None
    for step in (True, 2.5, "3", None):
        assert rest_of({"run": "a", "step": step}) is None
