"""A run as one file: what was kept comes back, and a file from elsewhere is not believed."""

import hashlib
import json
import pickle
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from explorer.runs.frames import Frame, chunk, pack
from explorer.runs.past import Past
from explorer.runs.shelf import LARGEST, Known, Parcel, known_experiment, packed, unpacked
from explorer.runs.shelf.parcel import LARGEST_HEADER, fitted
from tests.runs.shelf.keeping import parcel_of, past_of
from tests.runs.walk import Walk

WALK = parcel_of(Walk(seed=2))
WHOLE = packed(WALK)
TESTS = ("tests.",)


def taken_apart(data: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack_from("<I", data, 4)
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def forged(change: Callable[[dict[str, Any]], None], body: bytes | None = None) -> bytes:
    """Return a file whose header was changed by hand, with a hash that is right."""
    header, rest = taken_apart(WHOLE)
    rest = rest if body is None else body
    header["sha256"] = hashlib.sha256(rest).hexdigest()
    change(header)
    text = json.dumps(header).encode()
    return b"XRK1" + struct.pack("<I", len(text)) + text + rest


def of_frames(*frames: bytes) -> bytes:
    """Return a file with other frames."""
    body = chunk([WALK.past.still, *frames])
    nothing = chunk([])

    def change(header: dict[str, Any]) -> None:
        header |= {"frames": len(body), "states": [], "others": len(nothing)}

    return forged(change, body + nothing)


def put(part: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[part].update(values)


def test_what_was_kept_comes_back_exactly():
    assert unpacked(WHOLE) == WALK
    assert unpacked(WHOLE, foreign=True) == WALK


def test_a_run_that_was_thinned_keeps_the_frames_of_its_states():
    past = WALK.past
    thinned = replace(past, frames=past.frames[::4], stride=4)  # 10 is no multiple of 4
    parcel = replace(WALK, past=thinned)

    assert [state.index for state in parcel.past.checkpoints] == [0, 10, 20]
    assert unpacked(packed(parcel), foreign=True) == parcel


def test_a_run_that_is_too_large_keeps_every_other_frame_and_state_both_ends_among_them():
    past = past_of(Walk(seed=3), 101)

    less = fitted(past, past.bytes // 3)

    assert less.bytes <= past.bytes // 3
    indices = [index for index, _ in less.frames]
    assert indices == [*range(0, 100, less.stride), 100]
    assert (less.checkpoints[0].index, less.checkpoints[-1].index) == (0, 100)
    assert len(less.checkpoints) < len(past.checkpoints)
    with pytest.raises(ValueError, match="may take 64 MB; this one takes more"):
        fitted(past, 50)


# ------------------------------------------------------------------------------- from elsewhere


def hostile() -> Mapping[str, bytes]:
    """Return files that somebody may bring, by what is wrong with them."""
    _, body = taken_apart(WHOLE)
    deep = b'{"version":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    huge = np.zeros(8, np.uint8).tobytes()
    bomb = struct.pack("<Q", len(huge)) + b'{"x":{"dtype":"F64","shape":[9999999999999],'
    state = WALK.past.checkpoints[0].state
    swapped = body.replace(state, (bomb + b" " * len(state))[: len(state)])
    frame = WALK.past.packets[1]
    beyond = frame.replace(b'"uint16",[8,2]', b'"uint16",[9,9]')
    assert beyond != frame
    no_number = pack(Frame(0, scalars={"x": 0.5}), 0, {}).replace(b"0.5", b"NaN")
    return {
        "nothing": b"",
        "its magic alone": b"XRK1",
        "a pickle": pickle.dumps({"a": 1}),
        "a compressed one": zlib.compress(bytes(2**20)),
        "the half of it": WHOLE[: len(WHOLE) // 2],
        "a byte more": WHOLE + b"\0",
        "one bit flipped": WHOLE[:-40] + bytes([WHOLE[-40] ^ 4]) + WHOLE[-39:],
        "a header without end": b"XRK1" + struct.pack("<I", 2**32 - 1) + b"{}",
        "a header that is none": b"XRK1" + struct.pack("<I", 2) + b"[]",
        "a header of brackets": b"XRK1" + struct.pack("<I", len(deep)) + deep,
        "a header that is too long": b"XRK1"
        + struct.pack("<I", LARGEST_HEADER + 1)
        + bytes(LARGEST_HEADER + 1),
        "no number": WHOLE.replace(b'"kept": 0.0', b'"kept": NaN'),
        "a state that lies about its size": forged(lambda header: None, swapped),
        "a state of another step": forged(lambda h: h["states"][0].__setitem__(1, 7)),
        "a state that no frame has": forged(lambda h: h["states"][0].__setitem__(0, 9_999)),
        "a state before the file": forged(lambda h: h["states"][0].__setitem__(2, -5)),
        "parts that overlap": forged(lambda h: h.update(frames=h["frames"] - 40)),
        "frames without order": of_frames(*WALK.past.packets[5:0:-1]),
        "one frame a hundred times": of_frames(*[frame] * 100),
        "no frame": of_frames(),
        "an array beyond its frame": of_frames(beyond),
        "no number in a frame": of_frames(no_number),
        "steps that go back": of_frames(pack(Frame(9), 0, {}), pack(Frame(3), 1, {})),
        "more frames than were planned": forged(put("past", last=3)),
        "a stride of nothing": forged(put("past", stride=0)),
        "a name that is a list": forged(put("about", name=["a"])),
        "a name without end": forged(put("about", name="a" * 10_000)),
        "a page that leads elsewhere": forged(put("about", page="https://x")),
        "a scene that is a text": forged(put("about", scene="<script>")),
        "a selection that is a text": forged(put("about", select={"unit": "1"})),
        "a setting that is a list": forged(put("about", settings={"seed": [1]})),
        "an experiment that is a list": forged(lambda h: h.update(experiment=[1, 2, 3])),
        "fields that are deep": forged(put("experiment", fields={"seed": {"a": 1}})),
        "what is missing": forged(lambda h: h["about"].pop("scene")),
    }


@pytest.mark.parametrize("what", hostile())
def test_a_file_from_elsewhere_is_refused_with_one_sentence(what: str):
    data = hostile()[what]

    with pytest.raises(ValueError, match=r"^This (is no run|run is damaged)[^.]*\.$"):
        unpacked(data, foreign=True)


def test_a_file_of_a_newer_version_says_so():
    with pytest.raises(ValueError, match="kept by a newer version"):
        unpacked(forged(lambda header: header.update(version=2)), foreign=True)


def test_a_file_above_the_limit_is_not_even_looked_at():
    with pytest.raises(ValueError, match="may take 64 MB"):
        unpacked(bytes(LARGEST + 1), foreign=True)


# ------------------------------------------------------------------------------------ going on


def test_a_run_goes_on_from_its_last_state_as_if_it_had_never_stopped():
    walk = Walk(seed=4)
    parcel = unpacked(packed(parcel_of(walk, 38)), foreign=True)
    assert parcel.experiment is not None
    last = parcel.past.checkpoints[-1]

    again = known_experiment(parcel.experiment, TESTS)
    stream = again.stream(load(last.state))
    onwards = [pack(next(stream), k, walk.precision) for k in range(31, 60)]

    assert again == walk
    assert last.index == 30
    assert onwards == past_of(walk, 60).packets[31:]


@dataclass(frozen=True)
class NoExperiment:
    """A dataclass that would do something when it is made."""

    path: str = ""

    def __post_init__(self) -> None:
        raise AssertionError("it was called")


def test_a_name_in_a_file_makes_nothing_but_an_experiment_of_a_lab():
    for module, name in (
        ("os", "system"),
        ("explorer.runs.hub", "Hub"),
        ("explorer.labs.gans.match", "Match.stream"),
        ("explorer.labs.gans.match", "looks"),
        ("explorer.labs.gans.match", "np"),
        ("explorer.labs.gans.match", "Frame"),  # there, but from elsewhere
        ("explorer.labs..gans", "Match"),
        ("explorer.labs.gans.nowhere", "Match"),
        ("explorer.labsx", "Match"),
        ("tests.runs.walk", "Walk"),
    ):
        with pytest.raises(ValueError, match="can only be played"):
            known_experiment(Known(module, name, {}))
    with pytest.raises(ValueError, match="can only be played"):
        known_experiment(Known(__name__, "NoExperiment", {}), TESTS)


def test_an_experiment_that_refuses_its_settings_can_only_be_played():
    known = Known("explorer.labs.gans.match", "Match", {"width": -3})

    with pytest.raises(ValueError, match="can only be played"):
        known_experiment(known)


def test_what_was_computed_at_once_has_nothing_to_go_on_from():
    still = Past(WALK.past.still, WALK.past.frames[:1])
    parcel = replace(WALK, experiment=None, past=still, settings={"view": "step"})

    assert not parcel.goes_on
    assert parcel.kind == "walks/step"
    assert isinstance(unpacked(packed(parcel), foreign=True), Parcel)
