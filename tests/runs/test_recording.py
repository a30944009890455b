"""What is kept of a run: bounded, the whole past in reach, the newest without gaps."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.runs.frames import Frame, pack, unpack
from explorer.runs.limits import Limits
from explorer.runs.recording import Checkpoint, Checkpoints, Recording
from explorer.runs.run import Run


def filled(count: int, most: int, most_bytes: int = 10**9, size: int = 8) -> Recording:
    """Return a recording of ``count`` frames whose packets tell their index."""
    recording = Recording(most, most_bytes)
    for index in range(count):
        recording.add(index, index.to_bytes(size, "little"))
    return recording


def indices(packets: list[bytes]) -> list[int]:
    return [int.from_bytes(packet, "little") for packet in packets]


@settings(deadline=None)
@given(st.integers(1, 700), st.integers(4, 60))
def test_a_full_recording_keeps_the_first_and_the_newest_frame_and_an_even_past(count, most):
    recording = filled(count, most)

    kept = indices(recording.after(-1, count))
    assert len(kept) <= most
    assert (kept[0], kept[-1]) == (recording.first, recording.head) == (0, count - 1)
    assert set(range(0, count, recording.stride)) <= set(kept)
    assert recording.stride & (recording.stride - 1) == 0
    without_gaps = kept[-min(most // 4, count) :]
    assert without_gaps == list(range(without_gaps[0], count))
    assert all(index % recording.stride == 0 for index in kept if index < without_gaps[0])


def test_a_recording_that_has_room_keeps_everything():
    assert indices(filled(60, 60).after(-1, 1000)) == list(range(60))


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(20, 2000))
def test_bytes_are_bounded_whatever_the_number_of_frames(count, most_bytes):
    recording = filled(count, 10_000, most_bytes, size=8)

    kept = recording.after(-1, count)
    assert recording.bytes == sum(map(len, kept)) <= max(most_bytes, 16)  # first and newest stay
    assert (indices(kept)[0], indices(kept)[-1]) == (0, count - 1)


def test_a_frame_that_was_made_once_more_changes_nothing():
    recording = filled(10, 100)

    assert not recording.add(4, b"other")
    assert indices(recording.after(-1, 100)) == list(range(10))


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(-1, 250), st.integers(1, 40), st.sampled_from([1, 2, 4, 8]))
def test_frames_after_an_index_are_those_the_question_names(count, after, wanted, stride):
    recording = filled(count, 1000)

    expected = [i for i in range(count) if i > after and i % stride == 0][:wanted]
    assert indices(recording.after(after, wanted, stride)) == expected


def test_an_answer_is_cut_at_the_bytes_asked_for_but_never_empty():
    recording = filled(50, 100, size=8)

    assert indices(recording.after(9, 100, most_bytes=33)) == [10, 11, 12, 13]
    assert indices(recording.after(9, 100, most_bytes=1)) == [10]


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(-1, 400), st.integers(8, 3000))
def test_a_late_viewer_gets_the_whole_way_within_the_bytes_and_the_newest_frame(count, after, room):
    recording = filled(count, 100, size=8)

    found = recording.newest_after(after, room)
    if after >= count - 1:
        assert found == []
        return
    assert indices(found)[-1] == count - 1
    assert sum(map(len, found)) <= max(room, 8)
    assert all(index > after for index in indices(found))
    if room >= 800:  # everything kept fits
        assert found == recording.after(after, 1000)


def test_a_fork_shares_the_bytes_of_its_past_and_not_its_future():
    recording = Recording(1000, 10**6)
    for index in range(100):
        recording.add(index, pack(Frame(2 * index), index, {}))  # two steps a frame
    packet = recording.after(49, 1)[0]

    fork = recording.prefix(Checkpoint(50, 100, b"", packet), step=121)
    fork.add(61, b"another future")

    assert all(
        ours is theirs
        for ours, theirs in zip(fork.after(-1, 61), recording.after(-1, 61), strict=True)
    )
    assert fork.after(60, 10) == [b"another future"]
    assert [unpack(packet)[0] for packet in recording.after(60, 2)] == [61, 62]


def test_a_fork_takes_no_state_of_a_future_that_is_not_its_own():
    origin, fork = (
        Run(number, "", None, 9, Limits(), threading.RLock(), time.monotonic) for number in (1, 2)
    )
    for index in range(6):  # a state at every frame
        origin.receive([pack(Frame(index), index, {})], index, index)
        origin.keep(index, index, bytes([index]))

    fork.fork(origin, origin.checkpoints.before(3), 3)

    assert fork.checkpoints.last.step == 3
    assert fork.recording.head == 3


def checkpoint(index: int, size: int = 1) -> Checkpoint:
    return Checkpoint(index, 10 * index, bytes(size), b"")


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(3, 30))
def test_states_stay_bounded_and_the_first_and_the_last_stay(count, most):
    checkpoints = Checkpoints(most, 10**9)
    for index in range(count):
        checkpoints.add(checkpoint(index))

    assert len(checkpoints) <= most
    assert checkpoints.before(0) == checkpoint(0)
    assert checkpoints.last == checkpoint(count - 1)


@pytest.mark.parametrize(("count", "share"), [(41, 0.15), (161, 0.3), (801, 0.4)])
def test_to_any_moment_of_the_past_it_is_a_part_of_the_way_back_to_it(count, share):
    """From a kept state; so a game of long ago is not played again from its very beginning."""
    checkpoints = Checkpoints(24, 10**9)
    for index in range(count):
        checkpoints.add(checkpoint(index))

    for index in range(count - 1):
        kept = checkpoints.before(10 * index)
        assert kept is not None
        assert index - kept.index <= share * (count - 1 - kept.index)


def test_states_that_are_large_are_fewer():
    checkpoints = Checkpoints(100, 5000)
    for index in range(40):
        checkpoints.add(checkpoint(index, size=1000))

    assert checkpoints.bytes <= 5000
    assert checkpoints.last == checkpoint(39, size=1000)


def test_the_state_before_a_step_is_the_newest_one_not_after_it():
    checkpoints = Checkpoints(100, 10**9)
    for index in (0, 3, 6):
        checkpoints.add(checkpoint(index))

    assert checkpoints.before(59) == checkpoint(3)
    assert checkpoints.before(60) == checkpoint(6)
    assert checkpoints.before(-1) is None
    assert checkpoints.prefix(3).last == checkpoint(3)
