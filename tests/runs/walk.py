"""A random walk as the smallest experiment: it can be slow, diverge, fail, or end its process."""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.runs.frames import Frame


@dataclass(frozen=True)
class Walk:
    """A walk of ``size`` walkers; after ``turn_at`` they take steps ``stride`` times as long."""

    seed: int = 0
    steps: int = 200
    size: int = 8
    checkpoint_every: int = 10
    turn_at: int = 1_000_000
    stride: float = 1.0
    pause: float = 0.0  # seconds that a frame takes
    diverges_at: int = -1
    fails_at: int = -1
    dies_at: int = -1

    precision: ClassVar[Mapping[str, str]] = {"place": "uint16"}

    @property
    def frame_count(self) -> int:
        return self.steps + 1

    def still(self) -> Frame:
        return Frame(0, {"start": np.zeros((self.size, 2))})

    def shared_steps(self, other: object) -> int:
        if not isinstance(other, Walk) or (self.seed, self.size) != (other.seed, other.size):
            return -1
        if (self.turn_at, self.stride) == (other.turn_at, other.stride):
            return 1_000_000
        return min(self.turn_at, other.turn_at)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        rng = np.random.Generator(np.random.PCG64(self.seed))
        step, place = 0, np.zeros((self.size, 2))
        if state is not None:
            step, place = int(state["step"]), state["place"]
            rng.bit_generator.advance(2 * self.size * step)
        else:
            yield self._frame(step, place)
        while step < self.steps:
            step += 1
            if self.pause:
                time.sleep(self.pause)
            if step == self.dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            if step == self.fails_at:
                raise RuntimeError("the walkers met a wall")
            stride = self.stride if step > self.turn_at else 1.0
            place += stride * (rng.random((self.size, 2)) - 0.5)  # one draw of 64 bits a number
            if step == self.diverges_at:
                yield Frame(step, trouble=f"The walkers left the map at step {step}.")
                return
            yield self._frame(step, place)

    def _frame(self, step: int, place: np.ndarray) -> Frame:
        kept = step % self.checkpoint_every == 0
        state = {"step": np.array(step), "place": place.copy()} if kept else None
        arrays = {"place": place.copy()}
        return Frame(step, arrays, {"far": float(np.abs(place).max())}, state=state)
