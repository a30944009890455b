"""What the server keeps of a run: its packed frames and some of its states, both bounded.

A run may go on for as long as it likes. When its recording is full, every other frame goes and the
distance between kept frames, the *stride*, doubles: the whole past stays in reach of the time bar,
more and more coarsely. The newest frames stay without gaps, so that a live view is smooth whatever
the stride.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from itertools import takewhile

from explorer.runs.frames import step_of


class Recording:
    """The packed frames of a run by index; frame 0 and the newest frame are always kept.

    Besides those, every frame whose index the stride divides, and the last ``recent`` frames.
    """

    def __init__(self, most_frames: int, most_bytes: int, recent: int = 128) -> None:
        if most_frames < 4:
            raise ValueError(f"a recording keeps at least 4 frames, not {most_frames}")
        self.most_frames = most_frames
        self.most_bytes = most_bytes
        self.most_recent = max(1, min(recent, most_frames // 4))
        self.stride = 1
        self.bytes = 0
        self._settled: list[tuple[int, bytes]] = []  # indices divisible by the stride
        self._recent: deque[tuple[int, bytes]] = deque()
        self._recent_bytes = 0

    def __len__(self) -> int:
        return len(self._settled) + len(self._recent)

    @property
    def head(self) -> int:
        """The index of the newest frame; -1 before the first."""
        return self._recent[-1][0] if self._recent else -1

    @property
    def first(self) -> int:
        """The index of the oldest frame kept; -1 before the first."""
        if self._settled:
            return self._settled[0][0]
        return self._recent[0][0] if self._recent else -1

    @property
    def newest(self) -> bytes:
        """The packet of the newest frame."""
        return self._recent[-1][1]

    def add(self, index: int, packet: bytes) -> bool:
        """Keep a frame; False when it is not newer than the newest (it was made once more)."""
        if index <= self.head:
            return False
        self._recent.append((index, packet))
        self._recent_bytes += len(packet)
        self.bytes += len(packet)
        while len(self._recent) > self.most_recent or (
            len(self._recent) > 1 and self._recent_bytes > self.most_bytes // 4
        ):
            self._settle()
        while self._is_full():
            self.thin()
        return True

    def thin(self) -> None:
        """Double the stride and let every other of the settled frames go."""
        self.stride *= 2
        kept = [(index, packet) for index, packet in self._settled if index % self.stride == 0]
        self._settled = kept
        self.bytes = self._recent_bytes + sum(len(packet) for _, packet in kept)

    def after(
        self, index: int, count: int, stride: int = 1, most_bytes: int | None = None
    ) -> list[bytes]:
        """Return the oldest ``count`` packets after ``index`` whose index ``stride`` divides.

        At most ``most_bytes`` together, yet at least one packet where there is one.
        """
        found: list[bytes] = []
        weight = 0
        for at, packet in self._entries(index):
            if at % stride:
                continue
            weight += len(packet)
            if len(found) >= count or (found and most_bytes is not None and weight > most_bytes):
                break
            found.append(packet)
        return found

    def newest_after(self, index: int, most_bytes: int) -> list[bytes]:
        """Return the packets after ``index``, thinned evenly until they fit; the newest is kept.

        A viewer who comes late, or over a slow line, gets the whole way at once, coarsely.
        """
        entries = self._entries(index)
        if not entries:
            return []
        newest = entries.pop()
        room, stride = most_bytes - len(newest[1]), 1
        while entries and sum(len(packet) for _, packet in entries) > room:
            stride *= 2
            entries = [(at, packet) for at, packet in entries if at % stride == 0]
            if len(entries) == 1:
                entries = []
        return [packet for _, packet in [*entries, newest]]

    def prefix(self, checkpoint: "Checkpoint", step: int) -> "Recording":
        """Return a recording of the frames up to a ``step``, with the frame of a checkpoint in it.

        The packets are the same objects: a fork costs no memory for what it shares.
        """
        fork = Recording(self.most_frames, self.most_bytes, self.most_recent)
        fork.stride = self.stride
        before = [(at, packet) for at, packet in self._entries(-1) if at < checkpoint.index]
        after = takewhile(lambda entry: step_of(entry[1]) <= step, self._entries(checkpoint.index))
        for at, packet in (*before, (checkpoint.index, checkpoint.packet), *after):
            fork.add(at, packet)
        return fork

    def entries(self) -> list[tuple[int, bytes]]:
        """Return all kept frames with their indices, the oldest first."""
        return self._entries(-1)

    def _entries(self, index: int) -> list[tuple[int, bytes]]:
        start = bisect_right(self._settled, index, key=_index)
        settled = self._settled[start:]
        if settled or not self._recent or index < self._recent[0][0]:
            return settled + list(self._recent)
        found = []
        for entry in reversed(self._recent):
            if entry[0] <= index:
                break
            found.append(entry)
        return found[::-1]

    def _settle(self) -> None:
        index, packet = self._recent.popleft()
        self._recent_bytes -= len(packet)
        if index % self.stride == 0:
            self._settled.append((index, packet))
        else:
            self.bytes -= len(packet)

    def _is_full(self) -> bool:
        too_much = len(self) > self.most_frames or self.bytes > self.most_bytes
        return too_much and len(self._settled) > 1


def indices_kept(count: int, most: int) -> list[int]:
    """Return which of ``count`` frames stay when at most about ``most`` may: a doubled stride.

    The last frame always stays.
    """
    stride = 1
    while count > most * stride:
        stride *= 2
    kept = list(range(0, count, stride))
    return kept if kept[-1] == count - 1 else [*kept, count - 1]


@dataclass(frozen=True)
class Checkpoint:
    """The full state of a run at one frame, as safetensors bytes, and the packet of that frame."""

    index: int
    step: int
    state: bytes
    packet: bytes


class Checkpoints:
    """States of a run, for forks and for going on after an accident; the first and last are kept.

    When there are too many, the one goes whose loss leaves the smallest gap for its age: the recent
    past, where a dial was probably turned, is the densest, and the way from a state to any moment
    stays a part of the way back to it.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self._kept: list[Checkpoint] = []

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """What the states take together; their frames are counted by the recording."""
        return sum(len(checkpoint.state) for checkpoint in self._kept)

    @property
    def last(self) -> Checkpoint | None:
        """The newest state."""
        return self._kept[-1] if self._kept else None

    def add(self, checkpoint: Checkpoint) -> None:
        """Keep a state, unless it is not newer than the last one (it was made once more)."""
        if self._kept and checkpoint.index <= self._kept[-1].index:
            return
        self._kept.append(checkpoint)
        while len(self._kept) > 2 and (len(self._kept) > self.most or self.bytes > self.most_bytes):
            del self._kept[min(range(1, len(self._kept) - 1), key=self._gap_without)]

    def _gap_without(self, position: int) -> float:
        """How far apart its neighbours are, as a share of how long ago the older of them was."""
        before, after = self._kept[position - 1].index, self._kept[position + 1].index
        return (after - before) / (self._kept[-1].index - before)

    def thin(self) -> None:
        """Let every other of the states between the first and the last go."""
        if len(self._kept) > 2:
            self._kept = [self._kept[0], *self._kept[2:-1:2], self._kept[-1]]

    def before(self, step: int) -> Checkpoint | None:
        """Return the newest state of a step not after ``step``."""
        found = [checkpoint for checkpoint in self._kept if checkpoint.step <= step]
        return found[-1] if found else None

    def all(self) -> list[Checkpoint]:
        """Return the kept states, the oldest first."""
        return list(self._kept)

    def prefix(self, index: int) -> "Checkpoints":
        """Return the states up to frame ``index``, for a fork."""
        fork = Checkpoints(self.most, self.most_bytes)
        fork._kept = [checkpoint for checkpoint in self._kept if checkpoint.index <= index]
        return fork


def _index(entry: tuple[int, bytes]) -> int:
    return entry[0]
