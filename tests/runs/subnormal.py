"""An experiment that says what its process makes of numbers below the least normal one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from explorer.runs.frames import Frame


@dataclass(frozen=True)
class Subnormal:
    """One frame with a hundredth of 1e-37, which float32 holds only as a subnormal number."""

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    def frame_count(self) -> int:
        return 1

    def still(self) -> Frame:
        return Frame(0)

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        yield Frame(0, scalars={"hundredth": float(torch.tensor([1e-37]).mul(0.01))})

    def shared_steps(self, other: object) -> int:
        return -1
