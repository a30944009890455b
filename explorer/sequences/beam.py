"""Searching for the likeliest sequence that a decoder can write: the beam, and all that it left.

p(y | x) = Π p(y_t | y_1 … y_{t−1}, x). Of all beginnings of t symbols a beam keeps the likeliest
few (Graves 2012; Sutskever, Vinyals and Le 2014); what has ended stays and competes. Nothing is
divided by the length. Letters in the shapes: W beginnings side by side, C symbols.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor

State = TypeVar("State")
Expect = Callable[[Int64[Tensor, " W"], State], tuple[Float[Tensor, "W C"], State]]
"""After one symbol of each beginning, from its state: log p of the next one, and its state then."""
Choose = Callable[[State, Int64[Tensor, " W"]], State]
"""The states of some of the beginnings, in this order."""


@dataclass(frozen=True)
class Branch:
    """A beginning that the beam kept: its last symbol, and log p of all of it.

    ``step`` counts its symbols, ``parent`` is the branch that it grew from (None: from the root).
    """

    step: int
    code: int
    log_probability: float
    parent: "Branch | None"
    ended: bool

    @property
    def codes(self) -> tuple[int, ...]:
        """All its symbols, from the first."""
        before = self.parent.codes if self.parent is not None else ()
        return (*before, self.code)

    @property
    def line(self) -> tuple["Branch", ...]:
        """The branches that lead to it, from the first, itself included."""
        before = self.parent.line if self.parent is not None else ()
        return (*before, self)


@dataclass(frozen=True)
class Tree(Generic[State]):
    """What the beam kept after each step, the likeliest first; ``found`` is its last row.

    A branch that had ended before stands in every later row too.
    """

    rows: tuple[tuple[Branch, ...], ...]

    @property
    def found(self) -> tuple[Branch, ...]:
        """What it kept in the end, the likeliest first."""
        return self.rows[-1]

    @property
    def best(self) -> Branch:
        """The likeliest."""
        return self.found[0]


def beam_search(
    expect: Expect[State], choose: Choose[State], start: State, width: int, steps: int, end: int
) -> Tree[State]:
    """The tree of a beam of some width, until all that it holds has ended or is ``steps`` long.

    ``start`` is the state before the first symbol, which is written after ``end``. Of equals the
    one with the earlier parent and the smaller code is kept. Width 1 is the greedy choice. Raises
    `ValueError` for a width or a length below 1.
    """
    if width < 1 or steps < 1:
        raise ValueError(f"width and steps must be at least 1, not {width} and {steps}")
    going: list[Branch | None] = [None]
    ended: list[Branch] = []
    state, rows = start, []
    for step in range(1, steps + 1):
        codes = torch.tensor([end if branch is None else branch.code for branch in going])
        expected, state = expect(codes, state)
        grown = [
            (Branch(step, code, _sum(branch) + log, branch, code == end), place)
            for place, (branch, row) in enumerate(
                zip(going, expected.double().tolist(), strict=True)
            )
            for code, log in enumerate(row)
        ]
        both = sorted(
            [*((branch, -1) for branch in ended), *grown],
            key=lambda each: -each[0].log_probability,
        )[:width]
        rows.append(tuple(branch for branch, _ in both))
        ended = [branch for branch, _ in both if branch.ended]
        staying = [(branch, place) for branch, place in both if not branch.ended]
        if not staying:
            break
        going = [branch for branch, _ in staying]
        state = choose(state, torch.tensor([place for _, place in staying]))
    return Tree(tuple(rows))


def _sum(branch: Branch | None) -> float:
    return 0.0 if branch is None else branch.log_probability
