"""All that a run has behind it, as it is carried from one place to another: nothing is lost."""

from dataclasses import dataclass, field

from explorer.runs.recording import Checkpoint


@dataclass(frozen=True)
class Past:
    """What never moves, the frames that are kept with their indices, and the states among them.

    ``frames`` is never empty, the oldest first, and every state has its frame's packet. ``stride``
    is the distance between the older frames, ``last`` the index of the last one that was planned.
    A run that is ``complete`` has no more; ``trouble`` says why, where that was not the plan.
    """

    still: bytes = field(repr=False)
    frames: tuple[tuple[int, bytes], ...] = field(repr=False)
    checkpoints: tuple[Checkpoint, ...] = field(default=(), repr=False)
    stride: int = 1
    last: int = 0
    complete: bool = True
    trouble: str = ""
    diverged: bool = False

    @property
    def packets(self) -> list[bytes]:
        """The frames alone."""
        return [packet for _, packet in self.frames]

    @property
    def head(self) -> int:
        """The index of the newest frame."""
        return self.frames[-1][0]

    @property
    def bytes(self) -> int:
        """What frames and states take."""
        return sum(map(len, self.packets)) + sum(len(each.state) for each in self.checkpoints)
