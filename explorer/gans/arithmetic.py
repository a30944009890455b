"""A field of torch operations as arithmetic on plain numbers: the same formula, but fast.

A game of two numbers takes thousands of tiny steps, one after the other, and calling an operation
of torch costs a hundred times what the multiplication in it does. So a field is watched once while
it computes, and from then on each of its operations is Python's own: the formula itself stands in
one place. What comes out is equal but for the last digits, where a sigmoid is rounded otherwise.
"""

import operator
from collections.abc import Callable
from math import exp
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx
from torch.utils._python_dispatch import TorchDispatchMode

Field = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""(θ, ψ) -> (dθ/dt, dψ/dt), elementwise and in float64"""
Numbers = Callable[[float, float], tuple[float, float]]
"""the same of two numbers"""


def on_numbers(field: Field) -> Numbers:
    """The same field on two numbers, for which an axis of length one is the number itself.

    ValueError for an operation that is not among `OPERATIONS`.
    """
    watch = _Watch(("theta", "psi"))
    with watch:
        found = field(*watch.inputs)
    watch.graph.output(tuple(watch.written(each) for each in found))
    watch.graph.eliminate_dead_code()
    numbers: Numbers = fx.GraphModule(watch.constants, watch.graph).forward
    return numbers


class _Watch(TorchDispatchMode):
    """Writes down what is computed from two numbers; what does not depend on them is a constant."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.graph = fx.Graph()
        self.constants = torch.nn.Module()
        self.inputs = tuple(torch.tensor(0.5, dtype=torch.float64) for _ in names)
        self._kept: list[Tensor] = list(self.inputs)  # so that no id stands for two of them
        self._nodes = {
            id(each): self.graph.placeholder(name)
            for name, each in zip(names, self.inputs, strict=True)
        }

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Compute it, and write down what stands for it."""
        found = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name in CONSTANT or not any(id(each) in self._nodes for each in args):
            return found
        if name not in OPERATIONS:
            allowed = ", ".join(sorted(OPERATIONS))
            raise ValueError(f"there is no arithmetic for {name!r}; choose from {allowed}")
        act = OPERATIONS[name]
        given = tuple(self.written(each) for each in args)
        self._kept.append(found)
        self._nodes[id(found)] = given[0] if act is None else self.graph.call_function(act, given)
        return found

    def written(self, value: Any) -> Any:
        """What stands for a value: where it was computed, or itself as numbers."""
        if not isinstance(value, Tensor):
            return value
        if id(value) in self._nodes:
            return self._nodes[id(value)]
        if value.numel() == 1:
            return value.item()
        name = f"constant_{len(self.constants.__dict__)}"
        setattr(self.constants, name, value.numpy())
        return self.graph.get_attr(name)


def _sigmoid(number: Any) -> Any:
    if type(number) is np.ndarray:
        return 0.5 + 0.5 * np.tanh(0.5 * number)
    try:
        return 1 / (1 + exp(-number))
    except OverflowError:  # at −710 it is 0 to all the digits that a number has
        return 0.0


def _sign(number: float) -> float:
    return float((number > 0) - (number < 0))


def _less_from(number: Any, other: Any) -> Any:
    return other - number


def _as_number(truth: Any) -> float:
    return float(truth)


CONSTANT = ("zeros_like", "full_like")
"""The operations that read nothing of a number but that it is one."""
OPERATIONS: dict[str, Callable[..., Any] | None] = {
    **dict.fromkeys(("unsqueeze", "select", "mean", "detach", "alias", "view")),  # of axes alone
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "neg", "lt", "gt", "pow")},
    "rsub": _less_from,
    "dot": operator.matmul,
    "mv": operator.matmul,
    "abs": abs,
    "sign": _sign,
    "sigmoid": _sigmoid,
    "_to_copy": _as_number,
}
"""What stands for an operation of torch, by its name; None for what leaves a number as it is."""
