"""Answers: settings as the browser says them, and the bytes that go back."""

import json
import struct

import numpy as np
import pytest

from explorer.dials import typed
from explorer.runs.answers import (
    ANSWER_MAGIC,
    Answer,
    Asking,
    RefusedError,
    answered,
    configuration,
    named,
    packed,
    refusal,
    wired,
)
from explorer.runs.frames import Frame, packets, unpack
from tests.runs.questions import Asked, answer

ASKING = Asking.about(answer, Asked)


def opened(data: bytes) -> tuple[dict, dict | None, list]:
    """Return header, scene and frames, read as the browser reads them."""
    assert data[:4] == ANSWER_MAGIC
    at, texts = 4, []
    for _ in range(2):
        (length,) = struct.unpack_from("<I", data, at)
        texts.append(data[at + 4 : at + 4 + length])
        at += 4 + length + (-length) % 8
    header, scene = texts
    return json.loads(header), json.loads(scene) if scene else None, packets(data[at:])


def test_an_answer_holds_its_scene_what_never_moves_and_every_frame():
    header, scene, found = opened(wired(7, answered(ASKING, {"level": 2, "count": 4}, True), True))

    assert header == {
        "number": 7,
        "select": {"unit": 4},
        "start": 3,
        "coarse": "less",
        "refused": None,
    }
    assert scene == {"alt": ""}
    assert [unpack(packet)[0] for packet in found] == [-1, 0, 1, 2, 3]
    assert unpack(found[0])[1].scalars == {"level": 2.0}
    assert np.array_equal(unpack(found[-1])[1].arrays["x"], [2.0, 2.0])


def test_a_scene_that_the_browser_has_does_not_travel_again():
    header, scene, found = opened(wired(1, answered(ASKING, {}, False), False))

    assert scene is None
    assert len(found) == 4
    assert header["coarse"] == ""


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        ({"level": 6}, "level", "level must be between -5 and 5, not 6"),
        ({"level": 1, "count": 2.5}, "count", "count must be a whole number, not 2.5"),
        ({"level": "1"}, "level", "level must be a number, not '1'"),
        ({"open": 1}, "open", "open must be true or false, not 1"),
        ({"word": "a" * 101}, "word", "word must have at most 100 characters, not 101"),
        ({"depth": 3}, "", "there is no setting 'depth'"),
        ({"word": "closed", "open": True}, "", "a closed word cannot be open"),
        ({"count": 1e300}, "count", "count must be "),
        ({"level": None}, "level", "level must be a number, not None"),
    ],
)
def test_a_value_from_the_socket_is_refused_as_a_link_would_be_by_the_name_of_its_dial(
    given: dict, name: str, says: str
):
    with pytest.raises(RefusedError, match=r"\S") as refused:
        configuration(ASKING, given)

    assert refused.value.name == name
    assert str(refused.value).startswith(says)


def test_what_cannot_be_answered_is_refused_with_the_sentence_of_its_error():
    with pytest.raises(RefusedError, match="there is no such thing"):
        answered(ASKING, {"fault": "value"}, False)


def test_an_answer_that_knows_the_dial_says_which_it_is():
    with pytest.raises(RefusedError) as refused:
        answered(ASKING, {"fault": "dial"}, False)

    assert (refused.value.name, str(refused.value)) == ("level", "no level is low enough")


def test_a_refusal_travels_without_a_picture():
    header, scene, found = opened(refusal(3, "level", "Too much."))

    assert header["refused"] == {"name": "level", "sentence": "Too much."}
    assert (scene, found) == (None, [])


def test_numbers_of_the_browser_take_the_type_of_their_setting():
    found = typed(Asked(), {"level": 3, "count": 4.0, "open": True, "word": "3"})

    assert [type(value) for value in found.values()] == [float, int, bool, str]
    assert configuration(ASKING, {"level": 3}) == Asked(level=3.0)


@pytest.mark.parametrize("address", ["os:system", "builtins:eval", "subprocess:run"])
def test_nothing_but_this_project_is_called_by_name(address: str):
    with pytest.raises(ValueError, match="answers come from explorer or tests"):
        named(address)


def test_frames_of_which_each_third_is_there_stand_at_their_own_places():
    frames = [Frame(step) for step in (0, 3, 6)]

    found = packets(packed(Answer({}, frames, every=3)).frames)

    assert [unpack(packet)[0] for packet in found] == [-1, 0, 3, 6]
