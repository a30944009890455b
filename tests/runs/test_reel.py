"""A reel gives back what was wound: exactly where there is room, else as near as it promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.runs.frames import Frame, pack, unpack
from explorer.runs.reel import LEVELS, reel, unwound, wound

PRECISION = {"points": "uint16", "surface": "uint8"}


def run(count: int, seed: int = 0) -> list[Frame]:
    """Return a run whose points walk slowly and whose curve spans twenty orders of magnitude."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(200, 2))
    frames = []
    for step in range(count):
        points = points + 0.003 * rng.normal(size=points.shape)
        arrays = {
            "points": points,
            "surface": np.outer(points[:20, 0], points[:20, 1]),
            "curve": np.exp(rng.uniform(-46, 0, 50)),
        }
        frames.append(Frame(step, arrays, {"loss": float(rng.normal())}, event="!" * (step == 7)))
    return frames


@settings(deadline=None)
@given(st.lists(st.binary(min_size=0, max_size=40), min_size=1, max_size=6), st.integers(0, 3))
def test_any_packets_come_back_byte_by_byte(payloads, repeats):
    packets = [pack(Frame(i), i, {}) + data for i, data in enumerate(payloads * (1 + repeats))]

    assert unwound(wound(packets)) == packets


def test_with_room_enough_every_number_is_as_it_was_packed():
    frames = run(12)
    made = reel(frames, PRECISION)
    back = [unpack(packet) for packet in unwound(made.data)]

    assert not made.rounded
    assert [index for index, _ in back] == list(range(12))
    for (_, frame), before in zip(back, frames, strict=True):
        np.testing.assert_array_equal(frame.arrays["curve"], np.float32(before.arrays["curve"]))
        assert frame.scalars == before.scalars
        np.testing.assert_allclose(frame.arrays["points"], before.arrays["points"], atol=1e-4)


def test_a_small_room_leaves_out_digits_first_and_then_frames_but_no_end_and_no_event():
    frames = run(300)
    whole = reel(frames, PRECISION)
    rounded = reel(frames, PRECISION, most=len(whole.data) * 9 // 10)
    thin = reel(frames, PRECISION, most=len(whole.data) // 6, keep={123})
    span = np.ptp(np.stack([frame.arrays["points"] for frame in frames]))

    assert rounded.rounded
    assert len(rounded.kept) == 300
    assert len(thin.data) <= len(whole.data) // 6
    assert {0, 7, 123, 299} <= set(thin.kept)
    assert len(thin.kept) < 300
    for at, packet in zip(thin.kept, unwound(thin.data), strict=True):
        index, frame = unpack(packet)
        assert (index, frame.step) == (at, at)
        before = frames[at]
        error = np.abs(frame.arrays["points"] - before.arrays["points"]).max()
        assert error <= span / LEVELS
        np.testing.assert_allclose(frame.arrays["curve"], before.arrays["curve"], rtol=2.0**-13)
        assert frame.scalars["loss"] == pytest.approx(before.scalars["loss"], rel=5e-6)


def test_differences_of_a_slow_run_take_less_than_its_frames_alone():
    frames = run(100)
    together = len(reel(frames, PRECISION).data)

    assert together < 0.8 * sum(len(reel([frame], PRECISION).data) for frame in frames)


def test_what_fits_in_no_way_and_what_is_none_gets_a_sentence():
    with pytest.raises(ValueError, match=r"^a recording without frames has nothing to show$"):
        reel([], {})
    with pytest.raises(ValueError, match=r"frames take [\d,]+ bytes; at most 900 are allowed$"):
        reel(run(40), PRECISION, most=900)
    with pytest.raises(ValueError, match=r"^these bytes are no reel$"):
        unwound(__import__("gzip").compress(b"XRC1nothing"))
