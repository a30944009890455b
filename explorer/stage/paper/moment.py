"""One moment of a run as a picture needs it: the frame, what never moves, and what was before."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.figures.scene import Scene, Value
from explorer.runs.frames import Frame
from explorer.stage.paper.format import NOTHING, fill, number
from explorer.stage.paper.phrases import fixed, percent
from explorer.stage.paper.registry import registered


@dataclass(frozen=True)
class Moment:
    """A scene at one of its frames.

    ``indices`` are the indices of the frames in their run. ``stage`` is the stage inside a step
    that a circuit lights; without one it lights everything.
    """

    scene: Scene
    still: Frame
    frames: Sequence[Frame]
    indices: Sequence[int]
    at: int
    select: Mapping[str, int]
    stage: int | None = None

    def all(self) -> "Iterator[Moment]":
        """Yield every moment of the run."""
        return (replace(self, at=at) for at in range(len(self.frames)))

    @property
    def frame(self) -> Frame:
        """Return the frame under the playhead."""
        return self.frames[self.at]

    @property
    def index(self) -> int:
        """Return the index of that frame in its run."""
        return self.indices[self.at]

    def array(self, name: str) -> np.ndarray | None:
        """Return an array of the frame, or of the still frame; None where neither has it."""
        for frame in (self.frame, self.still):
            if name in frame.arrays:
                return np.asarray(frame.arrays[name], float)
        return None

    def scalar(self, name: str) -> float:
        """Return a number of the frame, or of the still frame; NaN where neither has it."""
        found = self.frame.scalars.get(name, self.still.scalars.get(name, math.nan))
        return math.nan if found is None else float(found)

    def says(self, name: str) -> str:
        """Return a sentence of the frame, or of the still frame; empty where neither has it."""
        return self.frame.sentences.get(name, self.still.sentences.get(name, ""))

    def known(self, source: float | str) -> float:
        """Return a number as it is, or the scalar of that name."""
        return self.scalar(source) if isinstance(source, str) else float(source)

    def entry(self, name: str, select: str) -> float:
        """Return a scalar, or the entry of an array that a selection chooses."""
        array = self.array(name)
        if array is None:
            return self.scalar(name)
        at = self.place_of(select) if select else 0
        return float(array[at]) if 0 <= at < len(array) else math.nan

    def place_of(self, select: str) -> int:
        """Return the place in arrays of what a selection chooses; −1 where they do not hold it.

        Of a large cell they hold some units: the still array ``shown/<selection>`` says which.
        """
        chosen = self.select.get(select, 0)
        shown = self.still.arrays.get(f"shown/{select}")
        if shown is None:
            return chosen
        found = np.flatnonzero(np.asarray(shown) == chosen)
        return int(found[0]) if len(found) else -1

    def value(self, value: Value) -> float:
        """Return the number that a part of a circuit shows."""
        found = self.entry(value.name, value.select)
        return 1 - found if value.one_minus else found

    def filled(self, text: str) -> str:
        """Return the text with every {name} replaced by that scalar."""
        return fill(text, lambda name, form: number(self.scalar(name), form or "plain"))

    def filled_at(self, text: str, select: str, tokens: Sequence[str]) -> str:
        """Return the text of a circuit: {token}, and {name} by the selected entry of an array."""

        def told(name: str, form: str | None) -> str:
            if name == "token":
                return tokens[self.index] if self.index < len(tokens) else NOTHING
            found = self.entry(name, select)
            forms = {"percent": percent}
            return registered(forms, form, "form of a number")(found) if form else fixed(found)

        return fill(text, told)
