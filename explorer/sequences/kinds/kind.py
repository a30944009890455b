"""What every kind of network has in common: what goes in and out, its parts, and how it is built.

Letters in the shapes: T steps, N sequences, I numbers a step, E of an embedding, C of an answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

Inputs = Int64[Tensor, "T N"] | Float[Tensor, "T N I"]
Lengths = Int64[Tensor, " N"] | None
Answers = Float[Tensor, "T N C"] | Float[Tensor, "N C"]


@dataclass(frozen=True)
class Shape:
    """What a task asks of a network.

    ``inputs`` numbers a step, or codes below ``symbols`` where that is not 0; ``answers`` numbers,
    at every step or once, at the end of the sequence; ``length`` is what a sequence usually has.
    ``writes`` is the most steps of an answer that is a sequence of its own, and 0 where it is none.
    ``side`` is that of the square picture that a step is, row by row, where it is one, and
    ``spread`` the standard deviation of an embedding at first: 1, as torch draws it, hides what is
    learned where few words are seen often.
    """

    inputs: int
    answers: int
    reads: Literal["every", "end"]
    length: int
    symbols: int = 0
    side: int = 0
    spread: float = 1.0
    writes: int = 0


@dataclass(frozen=True)
class Build:
    """How a network is built: the sizes that the kinds share."""

    cell: str = "lstm"
    units: int = 32
    layers: int = 2  # of the stacked kind
    dropout: float = 0.0
    forget_bias: float = 1.0
    window: int = 8  # steps that the window sees
    hidden: int = 64  # units of the layer behind it
    embedding: int = 16


@dataclass(frozen=True)
class Part:
    """One box of the architecture: what it is, what it hands on, how many numbers it learned.

    ``shape`` is written with T for the steps; ``multiplies`` counts multiply-adds, at every step of
    the sequence or ``once`` for all of it.
    """

    name: str
    shape: str
    parameters: int
    multiplies: int
    once: bool = False
    way: Literal["forward", "backward", ""] = ""


class Network(ABC):
    """A network that answers a task. Its parameters stand under the names of a state dict."""

    shape: Shape
    build: Build
    parameters: dict[str, nn.Parameter]

    @abstractmethod
    def __call__(
        self, inputs: Inputs, lengths: Lengths = None, noise: torch.Generator | None = None
    ) -> Answers:
        """What it says to every sequence; ``noise`` draws what dropout leaves out, in training."""

    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """Its boxes, from the input to the answer."""

    @property
    def size(self) -> int:
        """How many numbers are learned."""
        return sum(part.numel() for part in self.parameters.values())

    def work(self, steps: int) -> float:
        """10⁹ multiply-adds of one update on one sequence: there, and twice as many back."""
        there = sum(part.multiplies * (1 if part.once else steps) for part in self.parts())
        return 3 * there / 1e9


@dataclass(frozen=True)
class Kind:
    """One kind: what menus call it, what it is for in a sentence, and how one is drawn.

    ``cells`` says whether the dial of the cell stands in for its LSTM, ``pictures`` whether it
    needs a square picture as each step, and ``writes`` whether its answer is a sequence of its own.
    ``sized`` is the field of its `Build` that says how large it is, empty where none does.
    """

    label: str
    says: str
    draw: Callable[[Shape, Build, torch.Generator], Network]
    cells: bool = True
    pictures: bool = False
    writes: bool = False
    sized: Literal["units", "hidden", ""] = "units"


class Embedding:
    """Codes as rows of a learned table, drawn from N(0, spread²); numbers pass as they are."""

    def __init__(self, shape: Shape, build: Build, rng: torch.Generator) -> None:
        self.shape = shape
        self.parameters: dict[str, nn.Parameter] = {}
        self.outputs = shape.inputs
        if shape.symbols:
            self.outputs = build.embedding
            drawn = shape.spread * torch.randn(shape.symbols, build.embedding, generator=rng)
            self.parameters["embedding.weight"] = nn.Parameter(drawn)

    def __call__(self, inputs: Inputs) -> Float[Tensor, "T N E"]:
        """What the first layer reads."""
        if not self.parameters:
            return inputs
        return nn.functional.embedding(inputs, self.parameters["embedding.weight"])

    def parts(self) -> tuple[Part, ...]:
        """The table, where there is one."""
        if not self.parameters:
            return (Part("Input", f"T × {self.outputs}", 0, 0),)
        size = self.parameters["embedding.weight"].numel()
        return (Part("Embedding", f"T × {self.outputs}", size, 0),)


class Readout:
    """A line from what was read to the answer; weights uniform in ±1/√inputs, no bias at first."""

    def __init__(self, shape: Shape, inputs: int, rng: torch.Generator) -> None:
        bound = inputs**-0.5
        drawn = torch.empty(shape.answers, inputs).uniform_(-bound, bound, generator=rng)
        self.once, self.answers = shape.reads == "end", shape.answers
        self.weight, self.bias = nn.Parameter(drawn), nn.Parameter(torch.zeros(shape.answers))
        self.parameters = {"readout.weight": self.weight, "readout.bias": self.bias}

    def __call__(self, read: Tensor) -> Tensor:
        """The answer to what was read."""
        return nn.functional.linear(read, self.weight, self.bias)

    def part(self) -> Part:
        """Its box."""
        return Part(
            "Readout",
            f"{'' if self.once else 'T × '}{self.answers}",
            self.weight.numel() + self.bias.numel(),
            self.weight.numel(),
            once=self.once,
        )


def thinned(x: Tensor, share: float, noise: torch.Generator | None) -> Tensor:
    """Dropout (Srivastava et al. 2014): a share of the numbers is 0, the others grow by as much.

    Nothing is dropped without a generator: when a network is not being trained.
    """
    if noise is None or share == 0:
        return x
    return x * (torch.rand(x.shape, generator=noise) >= share) / (1 - share)
