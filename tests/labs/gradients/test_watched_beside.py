"""Watched trainings opened side by side: every one as it was at its last look, and their words."""

from dataclasses import replace

import numpy as np
import pytest
from torch import nn

from explorer.gradients.watching import way_ratio
from explorer.labs.gradients import watched_shelf
from explorer.labs.gradients.watched_beside import (
    WatchedBeside,
    beside,
    ratio_along,
    says_of,
)
from explorer.labs.gradients.watched_file import as_file, opened
from tests.a_training import watched


@pytest.fixture(scope="module")
def marks() -> tuple[str, str]:
    """An LSTM looked at in steps 0, 2 and 4, and a GRU of which the look at 2 is missing."""
    second = opened(as_file(watched(nn.GRU)))
    frames = (second.shown.frames[0], second.shown.frames[2])
    first = watched_shelf.keep("one.frames", as_file(watched()))
    gru = replace(second, shown=replace(second.shown, frames=frames))
    watched_shelf._shelf["gru"] = watched_shelf.Called("two.frames", gru)
    return first, "gru"


def test_each_side_is_as_it_was_at_its_last_look(marks):
    found = beside(WatchedBeside(first=marks[0], second=marks[1]))
    a, b = (side.shown.frames for side in found.sides)

    assert [frame.step for frame in found.frames] == [0, 2, 4]
    assert [frame.scalars["a/layer0/ratio"] for frame in found.frames] == [
        frame.scalars["layer0/ratio"] for frame in a
    ]
    for frame, of_b in zip(found.frames, (b[0], b[0], b[1]), strict=True):
        np.testing.assert_array_equal(frame.arrays["b/layer0/norm"], of_b.arrays["layer0/norm"])
        assert frame.arrays["b/ways"].tolist() == [np.float32(of_b.scalars["layer0/ratio"])]


def test_before_its_first_look_a_side_shows_nothing(marks):
    called = watched_shelf.kept(marks[1])
    later = replace(called.opened.shown, frames=called.opened.shown.frames[1:])
    late = replace(called.opened, shown=later)
    watched_shelf._shelf["late"] = replace(called, opened=late)
    frame = beside(WatchedBeside(first=marks[0], second="late")).frames[0]

    assert np.isnan(frame.arrays["b/layer0/norm"]).all()
    assert frame.sentences["b/says"] == "Nobody has looked yet."


@pytest.mark.parametrize("bias", [-2.0, 0.5, 6.0])
def test_the_twin_is_that_of_the_first_look_and_its_ratio_is_told(marks, bias: float):
    still = beside(WatchedBeside(first=marks[0], bias=bias)).still
    (flow,) = watched().twin(bias).flows

    np.testing.assert_allclose(still.arrays["a/layer0/twin"], flow.cell, rtol=1e-6)
    assert still.scalars["twin/ratio"] == pytest.approx(way_ratio(flow), rel=1e-6)
    assert (
        f"a forget bias of **{str(bias).replace('.0', '').replace('-', '−')}**"
        in (still.sentences["twin"])
    )


def test_a_ratio_along_t_is_read_in_the_order_of_the_layer():
    first = opened(as_file(watched(nn.GRU, bidirectional=True))).shown
    for frame in first.frames:
        for place in first.places:
            norms = frame.arrays[f"{place.key}/norm"]
            expected = frame.scalars[f"{place.key}/ratio"]
            assert ratio_along(norms, place) == pytest.approx(expected, rel=1e-5, nan_ok=True)


def test_the_words_of_a_look_follow_its_numbers(marks):
    shown = watched_shelf.kept(marks[0]).opened.shown

    def said(ratio: float, seen: float = 0.0, **arrays) -> str:
        frame = shown.frames[1]
        scalars = frame.scalars | {"layer0/ratio": ratio, "layer0/seen": seen}
        return says_of(shown, replace(frame, scalars=scalars, arrays=frame.arrays | arrays))

    assert said(2e3).startswith("**At step 2 the gradient of read explodes**: 2,000 of it")
    assert said(1e-8).startswith("**At step 2 the gradient of read vanishes**: 10⁻⁸ of it")
    assert "neither vanishes nor explodes: 0.5 of it" in said(0.5)
    assert "cannot be told" in said(1e-8, seen=1.0)
    assert "is no number" in said(np.nan)
    broken = {"layer0/norm": np.array([np.inf, 1.0], np.float32)}
    assert "gradient of read is no number" in said(0.5, **broken)


def test_a_bias_of_which_nothing_was_recorded_is_refused():
    with pytest.raises(ValueError, match=r"goes by 0.5, so it cannot be 2.7"):
        WatchedBeside(bias=2.7)


def test_a_recording_that_is_gone_is_asked_for_again():
    with pytest.raises(ValueError, match="bring its file once more"):
        beside(WatchedBeside(first="0" * 16))


def test_a_plain_network_has_no_twin_and_the_words_say_why():
    mark = watched_shelf.keep("plain.frames", as_file(watched(nn.RNN)))
    still = beside(WatchedBeside(first=mark)).still

    assert "twin/ratio" not in still.scalars
    assert still.sentences["twin"].startswith("There is no twin of the first look: no layer here")


def test_of_the_two_that_ship_the_one_vanishes_at_first_and_its_twin_does_not():
    found = beside(WatchedBeside())
    first, last = found.frames[0].scalars, found.frames[-1].scalars

    assert first["a/layer0/ratio"] < 1e-9
    assert found.still.scalars["twin/ratio"] == pytest.approx(first["b/layer0/ratio"], rel=0.01)
    assert 0.1 < last["a/layer0/ratio"] < 10  # it learned, and its way back came up
