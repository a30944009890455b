"""What a network in training can do by now, measured now and then on data held out from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Measured:
    """Numbers, arrays and words about a network at one moment of its training.

    Scalars are "held_out", the baselines of the task's `Goal`, and "score" and "unit" of the unit
    that tells most; sentences are "unit", and "sample" of a network that writes. `event` is what it
    can do now for the first time since it was measured last.
    """

    scalars: Mapping[str, float]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    begins: str = ""  # what to say before the first update
    says: str = ""  # and later
    event: str = ""

    def state(self) -> dict[str, np.ndarray]:
        """All of it as arrays, to go on from."""
        words = json.dumps(
            [dict(self.scalars), dict(self.sentences), self.begins, self.says, self.event]
        )
        return {
            "words": np.frombuffer(words.encode(), np.uint8).copy(),
            **{f"arrays/{name}": np.array(value) for name, value in self.arrays.items()},
        }

    @classmethod
    def restored(cls, state: Mapping[str, np.ndarray]) -> "Measured":
        """The same from its arrays."""
        scalars, sentences, begins, says, event = json.loads(state["words"].tobytes())
        arrays = {k.removeprefix("arrays/"): v for k, v in state.items() if k.startswith("arrays/")}
        return cls(scalars, arrays, sentences, begins, says, event)
