"""A watched training as a file: what comes back is what was recorded, and nothing else passes."""

import json
from dataclasses import replace

import numpy as np
import pytest
from torch import nn

from explorer.labs.gradients.watched import recording
from explorer.labs.gradients.watched_file import BIASES, DESCRIPTION, MOST_FRAMES, as_file, opened
from explorer.runs.frames import chunk, packets
from explorer.runs.recorded import as_chunk, from_chunk
from tests.a_training import watched


@pytest.fixture(scope="module")
def file() -> bytes:
    return as_file(watched(num_layers=2))


def changed(file: bytes, still=None, frame=None, **told) -> bytes:
    """The file with parts of what it says, or of one of its frames, replaced."""
    one, frames = from_chunk(file)
    says = json.loads(one.sentences[DESCRIPTION]) | told
    one = replace(one, sentences=one.sentences | {DESCRIPTION: json.dumps(says)})
    if still is not None:
        one = replace(one, arrays=one.arrays | still)
    if frame is not None:
        frames = (frames[0], frame(frames[1]), *frames[2:])
    return as_chunk(one, frames, {})


def test_what_is_opened_is_what_was_recorded(file: bytes):
    watching = watched(num_layers=2)
    shown, back = recording(watching), opened(file)

    assert back.shown.places == shown.places
    assert back.shown.modules == shown.modules
    assert (back.shown.steps, back.shown.left_out) == (12, 0)
    assert back.verdict == watching.verdict()
    assert len(back.shown.frames) == 3
    for mine, theirs in zip(back.shown.frames, shown.frames, strict=True):
        assert mine.step == theirs.step
        assert mine.scalars == theirs.scalars
        assert mine.arrays.keys() == theirs.arrays.keys()
        for name, values in theirs.arrays.items():
            np.testing.assert_array_equal(mine.arrays[name], values)


def test_the_twins_are_those_of_the_first_look_at_every_bias(file: bytes):
    watching, twins = watched(num_layers=2), opened(file).twins

    assert twins.keys() == {"layer0/twins", "layer1/twins"}
    for row in (0, 7, 16):
        for number, flow in enumerate(watching.twin(BIASES[row]).flows):
            found = twins[f"layer{number}/twins"][row]
            np.testing.assert_allclose(found, flow.cell, rtol=1e-6)


def test_where_there_is_no_twin_the_file_says_why():
    back = opened(as_file(watched(nn.RNN)))

    assert back.twins == {}
    assert "no layer here has a gate" in back.no_twin


def test_of_very_many_looks_some_are_kept_and_the_last_one(file: bytes):
    still, frames = from_chunk(file)
    many = [replace(frames[0], step=step) for step in range(2 * MOST_FRAMES + 2)]
    steps = [frame.step for frame in opened(as_chunk(still, many, {})).shown.frames]

    assert len(steps) <= MOST_FRAMES
    assert (steps[0], steps[-1]) == (0, 2 * MOST_FRAMES + 1)


def test_a_training_that_broke_opens_with_its_holes(file: bytes):
    def broken(frame):
        arrays = {name: np.full_like(values, np.nan) for name, values in frame.arrays.items()}
        return replace(frame, arrays=arrays, scalars=dict.fromkeys(frame.scalars, np.nan))

    back = opened(changed(file, frame=broken))

    assert np.isnan(back.shown.frames[1].arrays["layer0/norm"]).all()
    assert np.isfinite(back.shown.highest)


def arrays(**of_frame):
    names = {name.replace("_", "/"): values for name, values in of_frame.items()}
    return lambda frame: replace(frame, arrays=frame.arrays | names)


PLACE = ["read", 0, "forward", "read", "lstm"]
LIES = {
    "another version": ({"version": 2}, "of version 2, and this laboratory reads version 1"),
    "a version in words": ({"version": "one"}, "of version one"),
    "no steps": ({"steps": 0}, "0 steps, which may be 1"),
    "very many steps": ({"steps": 10**12}, "1000000000000 steps, which may be 1 to 20,000"),
    "no layers": ({"places": []}, "has 0 layers"),
    "too many layers": ({"places": [PLACE] * 9}, "has 9 layers"),
    "one layer twice": ({"places": [PLACE] * 2}, "one layer twice"),
    "an unknown cell": ({"places": [[*PLACE[:4], "mamba"]]}, "layer 0 is mamba, which no cell"),
    "a way around": ({"places": [["a", 0, "up", "a", "lstm"]]}, "layer 0 reads up"),
    "places of another form": ({"places": 3}, "cannot be read"),
    "steps of another length": ({"steps": 11}, "numbers of shape"),
    "nobody left out": ({"left_out": -1}, "counts the layers left out wrongly"),
    "a norm below zero": (
        {"frame": arrays(layer0_norm=np.full(12, -1.0))},
        "a norm of read, layer 0 is below 0",
    ),
    "a gate too wide": (
        {"frame": arrays(layer1_gate=np.full(12, 1.5))},
        "a gate of read, layer 1 is not between",
    ),
    "norms in a square": ({"frame": arrays(layer0_norm=np.zeros((12, 12)))}, "shape \\(12, 12\\)"),
    "a twin of few biases": ({"still": {"layer0/twins": np.zeros((3, 12))}}, "shape \\(3, 12\\)"),
    "a ratio below zero": (
        {"frame": lambda f: replace(f, scalars=f.scalars | {"layer0/ratio": -1.0})},
        "at step 2 it has a norm below 0",
    ),
    "a step back": ({"frame": lambda f: replace(f, step=0)}, "its steps do not grow"),
    "a number that is missing": ({"frame": lambda f: replace(f, scalars={})}, "cannot be read"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_cannot_be_right_is_refused_with_one_sentence(file: bytes, lie: str):
    change, sentence = LIES[lie]

    with pytest.raises(ValueError, match=sentence) as refused:
        opened(changed(file, **change))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("cut", [0, 3, 40, -1])
def test_a_file_that_ends_early_is_no_recording(file: bytes, cut: int):
    with pytest.raises(ValueError, match=r"no whole file of watching.save"):
        opened(file[:cut])


def test_a_header_that_claims_more_than_there_is_is_refused(file: bytes):
    one, *rest = packets(file)
    huge = rest[0].replace(b'"float32",[12]', b'"float32",[9999999999]')
    assert huge != rest[0]
    # the length of a header is written before it, and a packet's payload begins at 8 bytes
    grown = len(huge) - len(rest[0])
    length = int.from_bytes(huge[4:8], "little") + grown
    with pytest.raises(ValueError, match="no whole file"):
        opened(chunk([one, huge[:4] + length.to_bytes(4, "little") + huge[8:], *rest[1:]]))


def test_frames_of_another_run_do_not_say_which_layers_they_are_of(file: bytes):
    still, frames = from_chunk(file)

    with pytest.raises(ValueError, match="does not say which layers"):
        opened(as_chunk(replace(still, sentences={}), frames, {}))


def test_names_from_a_file_are_short_lines_without_signs_that_act(file: bytes):
    odd = "{layer0/ratio}\n⟦b⟧ " + "x" * 500
    places = opened(changed(file, places=[["a", 0, "forward", odd, "lstm"]])).shown.places

    assert places[0].name.startswith("(layer0/ratio) [b] xxx")
    assert len(places[0].name) == 60
