"""What a kind of network is: what it is given, what it makes of it, and how its file holds it.

Letters in the shapes: T steps, I inputs, K things that it chooses among.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float
from torch import Tensor

from explorer.sequences.stack import Stack, StackTrace
from explorer.sequences.trace import Surgery


@runtime_checkable
class Network(Protocol):
    """What all trained networks have: recurrent layers, and a read-out of them."""

    @property
    def stack(self) -> Stack: ...

    @property
    def readout(self) -> Tensor: ...

    @property
    def readout_bias(self) -> Tensor: ...

    @property
    def cell_name(self) -> str: ...

    @property
    def units(self) -> int: ...

    @property
    def parameters(self) -> int: ...

    def state_dict(self) -> dict[str, Tensor]: ...


N = TypeVar("N", bound=Network)


@dataclass(frozen=True)
class Given:
    """What is read: step by step in words, and as its reader takes it.

    `clock` says what one step reads: "character", "value", "year", "row", "step". One of `text`,
    `values` and `x` is there, as the kind of the reader wants it.
    """

    clock: str
    tokens: tuple[str, ...]
    text: str = ""
    values: tuple[float, ...] = ()
    x: Float[Tensor, "T I"] | None = None


@dataclass(frozen=True)
class Response:
    """What a network made of what it was given.

    `probabilities` are those of the next character, or of the classes, after every step; `scalars`
    has one number a step under the names of pictures, NaN where there is none.
    """

    whole: StackTrace
    probabilities: Float[Tensor, "T K"] | None = None
    scalars: dict[str, np.ndarray] = field(default_factory=dict)


class Reads(ABC, Generic[N]):
    """How a network reads, and what its answers are called."""

    classes: tuple[str, ...] = ()
    """What it takes the input for; empty where nothing is told apart."""
    takes: str = "takes it for"
    """What stands over the classes and their probabilities."""

    @abstractmethod
    def respond(
        self, network: N, given: Given, surgery: Surgery | None = None, at: tuple[int, int] = (0, 0)
    ) -> Response:
        """Let a network read, in float64, with a surgery at one layer and direction if any."""

    def next_ones(self, network: N) -> tuple[str, ...]:
        """What it expects one of as the next thing; empty where it expects numbers, or nothing."""
        return ()

    def unknown(self, network: N, given: Given) -> tuple[str, ...]:
        """What of the given it never saw while it learned, each once."""
        return ()

    def inputs(self, network: N) -> tuple[str, ...]:
        """The names of the numbers that a step reads; empty where the step's own name says it."""
        return numbered(network.stack.inputs)


class Kind(Reads[N]):
    """A kind of network. Its `name` is what a file says it holds."""

    name: ClassVar[str]
    precise: ClassVar[frozenset[str]] = frozenset()
    """The tensors of its file that are float64; all others are float32."""

    @abstractmethod
    def described(self, network: N) -> dict[str, Any]:
        """What its file says in words, besides kind, cell and card."""

    def tensors(self, network: N) -> dict[str, Tensor]:
        """The numbers of its file."""
        return network.state_dict()

    @abstractmethod
    def opened(self, about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack) -> N:
        """The network of a file.

        Raises `KeyError` for what the file lacks and `ValueError` for what does not fit.
        """

    @abstractmethod
    def recognises(self, about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> bool:
        """Whether a file that does not say its kind is laid out as one of this kind."""


def numbered(inputs: int) -> tuple[str, ...]:
    """Names for numbers that have none."""
    return ("x",) if inputs == 1 else tuple(f"x {k + 1}" for k in range(inputs))


def typed(name: str, value: Any, kind: Any) -> Any:
    """A value of a file, if it is of this type. `ValueError` that names it otherwise."""
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        raise ValueError(f"{name} must be a {kind.__name__}, not {str(value)[:20]!r}")
    return value


def shaped(tensors: Mapping[str, Tensor], name: str, *shape: int) -> Tensor:
    """A tensor of a file, if it has this shape. `ValueError` that names it otherwise."""
    if tensors[name].shape != shape:
        given, needed = ("×".join(map(str, sizes)) for sizes in (tensors[name].shape, shape))
        raise ValueError(f"{name} must be {needed}, not {given}")
    return tensors[name]
