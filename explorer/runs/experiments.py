"""What every experiment has in common: a frozen configuration in, a stream of frames out.

An experiment is a flat frozen dataclass whose fields are text, numbers or truth values, so that it
fits into a link; it validates itself when it is made. Equal experiments give equal frames, bit for
bit, on one machine. Everything the engine knows of a lab stands in the protocol below.

Without the engine, in a notebook say, a run is a loop: ``for frame in experiment.stream(): ...``.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from explorer.runs.frames import Frame


@runtime_checkable
class Experiment(Protocol):
    """A run that can be started, watched, stopped, resumed and forked.

    ``precision`` names the packing of each array (`frames.pack`). ``frame_count`` is the number of
    frames of a whole run, frame 0 (before any training) included.
    """

    precision: ClassVar[Mapping[str, str]]

    @property
    def frame_count(self) -> int: ...

    def still(self) -> Frame:
        """Return what never moves: the data, the axes' arrays, floors and ceilings."""
        ...

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run; with the ``state`` of a frame, those after that frame.

        Frame 0, some later ones and the last carry their state. A stream ends with its last frame,
        or with a frame that says its trouble.
        """
        ...

    def shared_steps(self, other: object) -> int:
        """Return up to which step this run and ``other`` are equal; -1 where they never are."""
        ...


def plain(experiment: Experiment) -> dict[str, Any]:
    """Return the fields of an experiment by name: what a link and a worker are told."""
    return {f.name: getattr(experiment, f.name) for f in fields(experiment)}  # type: ignore[arg-type]


def digest(experiment: Experiment) -> str:
    """Return the name of an experiment: equal configurations, and only they, have equal digests."""
    kind = f"{type(experiment).__module__}:{type(experiment).__qualname__}"
    text = json.dumps([kind, plain(experiment)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
