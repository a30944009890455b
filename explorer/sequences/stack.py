"""Recurrent layers on top of each other, each read forward or both ways, and their traces.

Letters in the shapes: T steps, I inputs, H units, D directions (1 or 2), `O` = D · H numbers that
the top layer hands out; `*batch` any axes between time and numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor, nn

from explorer.cells import CELLS, Cell, State, Weights, with_forget_bias
from explorer.sequences.trace import Surgery, Trace, agreement, check_untouched, trace

FORWARD, BACKWARD = 0, 1
ENDINGS = ("", "_reverse")
"""What torch appends to the names of the two directions of a layer."""


@dataclass(frozen=True)
class Stack:
    """The weights of one or several recurrent layers of one kind of cell.

    A layer is (forward,) or (forward, backward); the next layer reads h of all its directions, the
    forward one first, as in `torch.nn.LSTM(num_layers, bidirectional)`. Raises `ValueError` when
    the layers do not fit on top of each other.
    """

    cell_name: str
    layers: tuple[tuple[Weights, ...], ...]

    def __post_init__(self) -> None:
        if self.cell_name not in CELLS:
            raise ValueError(
                f"unknown cell {self.cell_name!r}; choose from {', '.join(map(repr, CELLS))}"
            )
        if not self.layers or len(self.layers[0]) not in (1, 2):
            raise ValueError("a stack must have at least one layer of one or two directions")
        ways, arriving = len(self.layers[0]), self.inputs
        for number, layer in enumerate(self.layers):
            if len(layer) != ways:
                raise ValueError(f"layer {number} must have {ways} directions, not {len(layer)}")
            for weights in layer:
                self.cell.check(weights)
                if weights.inputs != arriving or weights.units != self.units:
                    raise ValueError(
                        f"layer {number} must read {arriving} numbers into {self.units} units, "
                        f"not {weights.inputs} into {weights.units}"
                    )
            arriving = ways * self.units

    @property
    def cell(self) -> Cell:
        """The recurrent cell of all layers."""
        return CELLS[self.cell_name]

    @property
    def weights(self) -> Weights:
        """Those of the first layer, forward."""
        return self.layers[0][FORWARD]

    @property
    def units(self) -> int:
        """H: units of each direction of each layer."""
        return self.weights.units

    @property
    def inputs(self) -> int:
        """I: how many numbers the first layer reads at each step."""
        return self.weights.inputs

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return len(self.layers)

    @property
    def both_ways(self) -> bool:
        """Whether every layer is read backward too."""
        return len(self.layers[0]) == 2

    @property
    def outputs(self) -> int:
        """D · H: how many numbers the top layer hands out at each step."""
        return len(self.layers[0]) * self.units

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(weights.parameters for layer in self.layers for weights in layer)

    def to(self, dtype: torch.dtype) -> "Stack":
        """The same weights at another precision."""
        layers = tuple(tuple(weights.to(dtype) for weights in layer) for layer in self.layers)
        return Stack(self.cell_name, layers)

    def start(self, *batch: int) -> tuple[tuple[State, ...], ...]:
        """The state of every layer and direction before the first step: all zeros."""
        return tuple(
            tuple(self.cell.start(weights, *batch) for weights in layer) for layer in self.layers
        )

    def with_forget_bias(self, bias: float) -> "Stack":
        """The same weights with the bias of every gate that keeps; unchanged if there is none."""
        if self.cell.keeping_gate is None:
            return self
        layers = tuple(
            tuple(with_forget_bias(self.cell, weights, bias) for weights in layer)
            for layer in self.layers
        )
        return Stack(self.cell_name, layers)

    def state_dict(self) -> dict[str, Tensor]:
        """All weights under the names that the torch layer loads: `weight_ih_l0_reverse` etc."""
        return {
            name: value
            for number, layer in enumerate(self.layers)
            for way, weights in enumerate(layer)
            for name, value in weights.state_dict(number, way == BACKWARD).items()
        }

    @classmethod
    def from_state_dict(cls, cell_name: str, state: Mapping[str, Tensor]) -> "Stack":
        """Read all layers and directions out of the state dict of a torch recurrent layer.

        Raises `ValueError` naming what is missing or does not fit.
        """
        ways = 2 if "weight_ih_l0_reverse" in state else 1
        depth = 1
        while f"weight_ih_l{depth}" in state:
            depth += 1
        layers = tuple(
            tuple(Weights.from_state_dict(state, number, way == BACKWARD) for way in range(ways))
            for number in range(depth)
        )
        return cls(cell_name, layers)

    @classmethod
    def draw(
        cls,
        cell_name: str,
        inputs: int,
        units: int,
        layers: int = 1,
        both_ways: bool = False,
        generator: torch.Generator | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> "Stack":
        """Fresh weights as `torch.nn` draws them. Raises `ValueError` without a generator."""
        if generator is None:
            raise ValueError("a stack is drawn from an explicit generator")
        if cell_name not in CELLS:
            raise ValueError(f"unknown cell {cell_name!r}; choose from {', '.join(CELLS)}")
        ways = 2 if both_ways else 1
        return cls(
            cell_name,
            tuple(
                tuple(
                    CELLS[cell_name].draw(
                        ways * units if number else inputs, units, generator, dtype
                    )
                    for _ in range(ways)
                )
                for number in range(layers)
            ),
        )


@dataclass(frozen=True)
class StackTrace:
    """What every layer and direction of a stack computed while it read a sequence."""

    stack: Stack
    x: Float[Tensor, "T *batch I"]
    traces: tuple[tuple[Trace, ...], ...]

    def __len__(self) -> int:
        """How many steps were read."""
        return self.x.shape[0]

    @cached_property
    def hidden(self) -> Float[Tensor, "T *batch O"]:
        """h of the top layer at every step, its directions side by side."""
        return side_by_side(self.traces[-1])

    @property
    def last(self) -> tuple[tuple[State, ...], ...]:
        """The state of every layer and direction after it had read everything."""
        return tuple(tuple(one.last for one in layer) for layer in self.traces)


def read_stack(
    stack: Stack,
    x: Float[Tensor, "T *batch I"],
    surgery: Surgery | None = None,
    at: tuple[int, int] = (0, 0),
    initial: tuple[tuple[State, ...], ...] | None = None,
) -> StackTrace:
    """Run every layer of a stack along the first axis of x, keeping everything.

    A surgery is done at one layer and direction, (0, 0) being the first layer, forward. Raises
    `ValueError` as `trace` does, and for a place that the stack does not have.
    """
    if surgery:
        check_place(stack, at)
    states = stack.start(*x.shape[1:-1]) if initial is None else initial
    arriving, traces = x, []
    for number, layer in enumerate(stack.layers):
        read = tuple(
            trace(
                stack.cell,
                weights,
                arriving,
                states[number][way],
                surgery if (number, way) == at else None,
                backward=way == BACKWARD,
            )
            for way, weights in enumerate(layer)
        )
        traces.append(read)
        arriving = side_by_side(read)
    return StackTrace(stack, x, tuple(traces))


def check_place(stack: Stack, at: tuple[int, int]) -> None:
    """Raise `ValueError` unless the stack has this layer and direction."""
    number, way = at
    if not (0 <= number < stack.depth and 0 <= way < len(stack.layers[0])):
        raise ValueError(
            f"layer must be between 0 and {stack.depth - 1} and direction between 0 and "
            f"{len(stack.layers[0]) - 1}, not {number} and {way}"
        )


def fused(stack: Stack) -> nn.RNNBase:
    """PyTorch's own layer with all weights of a stack; `ValueError` where torch has none."""
    if not stack.cell.has_layer:
        raise ValueError(f"torch has no layer of the cell {stack.cell_name!r}")
    dtype = stack.weights.weight_hh.dtype
    single = stack.cell.blank_layer(stack.inputs, stack.units, dtype)
    options = {"nonlinearity": single.nonlinearity} if isinstance(single, nn.RNN) else {}
    kind: Callable[..., nn.RNNBase] = type(single)
    layer = kind(
        stack.inputs,
        stack.units,
        num_layers=stack.depth,
        bidirectional=stack.both_ways,
        device="meta",  # drawing weights would move the global generator
        dtype=dtype,
        **options,
    ).to_empty(device="cpu")
    layer.load_state_dict(stack.state_dict())
    return layer


def stack_agreement(seen: StackTrace) -> float:
    """The largest absolute difference between a stack's trace and an independent route, float64.

    With torch's fused layer of as many layers and directions: h of the top layer at every step,
    and the last h and c of every layer. Where torch has no such cell, or inputs between the layers
    were edited: `agreement` of each trace, and what each layer read against what the one below
    handed out. Raises `ValueError` where parts were clamped or switched off.
    """
    for one in _all(seen):
        check_untouched(one)
    cell = seen.stack.cell
    edited = any(one.surgery is not None and one.surgery.inputs for one in _all(seen))
    if edited or not cell.has_layer:
        return _layer_by_layer(seen)
    double = torch.float64
    ran = Stack(cell.name, tuple(tuple(one.weights for one in layer) for layer in seen.traces))
    started = [one.initial for one in _all(seen)]
    hidden0 = torch.stack([state.hidden for state in started]).to(double)
    cells = [state.cell.to(double) for state in started if state.cell is not None]
    with torch.no_grad():
        start = (hidden0, torch.stack(cells)) if cells else hidden0
        hidden, last = fused(ran.to(double))(seen.x.to(double), start)
    ended = [one.last for one in _all(seen)]
    differences = [seen.hidden - hidden]
    last_hidden = last[0] if cells else last
    differences.append(torch.stack([state.hidden for state in ended]) - last_hidden)
    if cells:
        kept = [state.cell for state in ended if state.cell is not None]
        differences.append(torch.stack(kept) - last[1])
    return max(difference.abs().max().item() for difference in differences)


def _layer_by_layer(seen: StackTrace) -> float:
    differences = [agreement(one) for one in _all(seen)]
    arriving = seen.x
    for layer in seen.traces:
        for one in layer:
            handed = arriving if one.surgery is None else one.surgery.input(arriving)
            differences.append((one.x - handed).abs().max().item())
        arriving = side_by_side(layer)
    return max(differences)


def side_by_side(layer: tuple[Trace, ...]) -> Float[Tensor, "T *batch O"]:
    """h of all directions of one layer, the forward one first."""
    if len(layer) == 1:
        return layer[0].steps.hidden
    return torch.cat([one.steps.hidden for one in layer], dim=-1)


def _all(seen: StackTrace) -> list[Trace]:
    return [one for layer in seen.traces for one in layer]
