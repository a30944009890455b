"""What a task is: what it is for, where its data come from, who learns it, and what is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from torch import Tensor

from explorer.sequences.kinds import Network
from explorer.sequences.problems import Problem

Family = Literal[
    "labels", "speech", "forecast", "film", "rows", "review", "writing", "translation", "strokes"
]
"""How what a network says is drawn: `figures.sequences.samples` has a picture for each."""


@dataclass(frozen=True)
class Seen:
    """An example, or what a network makes of it: arrays, a line of signs, and other numbers."""

    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    line: str = ""
    scalars: Mapping[str, float] = field(default_factory=dict)
    copies: bool = False
    """whether a forecast lies nearer to the last value than to the one that it is of"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One task, all that is known of it in one place.

    ``asks`` ends the sentence "Each network says …". ``look`` says what there is to see, true
    whatever the run does. ``problem`` is told what a visitor typed. ``line_up`` are the kinds that
    meet on it, and ``updates``, ``rate``, the ``window`` of the MLP, the ``units`` and the numbers
    of an ``embedding`` what they take on one core within seconds. ``floors`` are those that are
    drawn; the best of them is what a recurrent network should pass. ``still`` is the example with
    its right answer; ``seen`` is what a network makes of it, given its answers to all held-out
    examples. ``text`` stands over the lines of signs, and ``unit`` is what a step is. ``example``
    is the number of the held-out example that is shown, or a text where it is none of them.
    ``remark`` is said of all networks, by their labels, once they have learned.
    """

    label: str
    asks: str
    purpose: str
    source: str
    family: Family
    problem: Callable[[str], Problem]
    line_up: tuple[str, ...]
    updates: int
    rate: float
    floors: tuple[str, ...]
    look: str
    still: Callable[[Problem], Seen]
    seen: Callable[[Problem, Network, Tensor], Seen]
    text: Callable[[], str] = str
    remark: Callable[[Problem, Mapping[str, Network]], str] | None = None
    window: int = 8
    units: int = 32
    embedding: int = 16
    unit: str = "step"
    example: Callable[[], int | str] = int
