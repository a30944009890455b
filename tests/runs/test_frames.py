"""The wire format: what goes in comes out, and hostile bytes give a ValueError and nothing else."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explorer.runs.frames import KINDS, LARGEST_PACKET, Frame, chunk, pack, packets, unpack

names = st.text(min_size=1, max_size=8)
numbers = st.floats(-(2.0**100), 2.0**100, width=32)
arrays = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=0, max_side=6, min_side=0), elements=numbers
)
frames = st.builds(
    Frame,
    step=st.integers(0, 2**40),
    arrays=st.dictionaries(names, arrays, max_size=3),
    scalars=st.dictionaries(names, st.floats(), max_size=3),
    sentences=st.dictionaries(names, st.text(max_size=20), max_size=3),
    event=st.text(max_size=10),
    trouble=st.text(max_size=10),
)


@settings(deadline=None)
@given(frames, st.integers(-1, 2**31))
def test_a_frame_comes_back_from_its_packet(frame: Frame, index: int):
    back_index, back = unpack(pack(frame, index, {}))

    assert back_index == index
    assert (back.step, back.event, back.trouble) == (frame.step, frame.event, frame.trouble)
    assert dict(back.sentences) == dict(frame.sentences)
    for name, value in frame.scalars.items():
        assert back.scalars[name] == value or not math.isfinite(value)
    for name, values in frame.arrays.items():
        assert back.arrays[name].shape == values.shape
        assert np.array_equal(back.arrays[name], values)


@settings(deadline=None)
@given(arrays, st.sampled_from([("uint8", 255), ("uint16", 65535)]))
def test_a_quantised_array_is_off_by_at_most_half_a_step(values: np.ndarray, kind: tuple[str, int]):
    _, back = unpack(pack(Frame(0, {"place": values}), 0, {"place": kind[0]}))

    exact = values.astype(np.float64)
    step = (exact.max() - exact.min()) / kind[1] if exact.size else 0.0
    rounding = np.spacing(np.abs(values)).max() if exact.size else 0.0  # it comes back as float32
    assert np.all(np.abs(back.arrays["place"] - exact) <= 0.5001 * step + rounding)


@settings(deadline=None)
@given(frames, st.integers(0, 99))
def test_a_frame_is_the_same_packet_whether_its_kinds_are_named_or_not(frame: Frame, index: int):
    named = dict.fromkeys(frame.arrays, "float32")

    assert pack(frame, index, named) == pack(frame, index, {})


def test_a_transposed_array_travels_as_it_is_read_not_as_it_lies_in_memory():
    values = np.arange(6.0, dtype=np.float32).reshape(2, 3).T

    _, back = unpack(pack(Frame(0, {"place": values}), 0, {}))

    assert np.array_equal(back.arrays["place"], [[0, 3], [1, 4], [2, 5]])


def test_the_packet_is_laid_out_as_the_browser_reads_it():
    packet = pack(Frame(7, {"a": np.array([1.5, -2.0])}, {"loss": math.inf}), 3, {})

    (length,) = struct.unpack("<I", packet[4:8])
    header = json.loads(packet[8 : 8 + length])
    assert (packet[:4], length % 8) == (b"XRF1", 0)
    assert (header["index"], header["step"], header["scalars"]) == (3, 7, {"loss": None})
    assert header["arrays"]["a"][:3] == ["float32", [2], 0]
    assert packet[8 + length :] == struct.pack("<2f", 1.5, -2.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_quantised_array_that_is_not_finite_is_refused_by_name(bad: float):
    with pytest.raises(ValueError, match="'place' of a frame holds values that are not finite"):
        pack(Frame(0, {"place": np.array([0.0, bad])}), 0, {"place": "uint8"})


def test_a_way_to_pack_that_does_not_exist_is_refused_by_name():
    with pytest.raises(ValueError, match=r"'uint7' of the array 'place'; choose from 'float32', "):
        pack(Frame(0, {"place": np.zeros(2)}), 0, {"place": "uint7"})


def test_a_frame_that_is_too_large_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match=f"may take {LARGEST_PACKET} bytes, not [0-9]+"):
        pack(Frame(0, {"a": np.zeros(LARGEST_PACKET // 4)}), 0, {})


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=8))
def test_a_chunk_gives_its_packets_back(parts: list[bytes]):
    assert packets(chunk(parts)) == parts


@settings(deadline=None)
@given(st.lists(st.binary(max_size=10), min_size=1, max_size=4), st.data())
def test_a_chunk_with_an_end_missing_or_added_is_refused(parts: list[bytes], data: st.DataObject):
    whole = chunk(parts)
    cut = data.draw(st.integers(0, len(whole) - 1))

    for hostile in (whole[:cut], whole + b"x"):
        with pytest.raises(ValueError, match=r"frames end early|no frames|after the last"):
            packets(hostile)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_ValueError(noise: bytes):
    for hostile in (noise, b"XRF1" + noise, b"XRC1" + noise):
        for read in (unpack, packets):
            try:
                read(hostile)
            except ValueError:
                continue


hostile_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*KINDS, "", "é"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "index": st.integers() | hostile_json,
            "step": st.integers() | hostile_json,
            "arrays": hostile_json
            | st.dictionaries(
                names,
                st.tuples(
                    st.sampled_from([*KINDS, "float64"]) | hostile_json,
                    st.lists(st.integers(-3, 2**70) | st.integers(0, 3), max_size=3),
                    st.integers(-20, 20) | hostile_json,
                    st.floats() | hostile_json,
                    st.floats() | hostile_json,
                ),
                max_size=2,
            ),
            "scalars": hostile_json,
            "sentences": hostile_json,
            "event": st.text(max_size=3) | hostile_json,
            "trouble": st.text(max_size=3) | hostile_json,
        }
    ),
    st.binary(max_size=40),
)
def test_a_forged_header_gives_a_frame_or_a_ValueError(header: dict, payload: bytes):
    text = json.dumps(header).encode()
    packet = b"XRF1" + struct.pack("<I", len(text)) + text + payload

    try:
        index, frame = unpack(packet)
    except ValueError:
        return
    assert (index, frame.step) == (header["index"], header["step"])
    assert all(values.dtype == np.float32 for values in frame.arrays.values())
