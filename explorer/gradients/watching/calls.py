"""Listening: what a recurrent layer read and handed out, and the gradients that came back to it.

Hooks only look. Nothing they do reaches the model: no tensor of it is changed, no random number is
drawn. In a step that is not looked at they return at once.
"""

import weakref
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence
from torch.utils.hooks import RemovableHandle

from explorer.cells import Weights
from explorer.gradients.watching.laid import Laid, laid
from explorer.gradients.watching.layers import Layer


@dataclass
class Call:
    """One forward pass through a layer, kept as it was, and what its outputs got back.

    `first` holds the initial h and, for the LSTM, c. `outcome` are gradients by output: "y" every
    h of the top layer, "h" and "c" the last states. `sequence` and `offset` say where the call
    stands where a state was handed on from the call before. `generator` is the state from which
    dropout between layers drew.
    """

    layer: Layer
    laid: Laid
    x: Tensor
    y: Tensor
    first: tuple[Tensor, ...]
    weights: tuple[tuple[Weights, ...], ...]
    sequence: int
    offset: int
    dropout: float
    generator: Tensor | None
    trouble: str = ""
    outcome: dict[str, Tensor] = field(default_factory=dict)


class Ledger:
    """What came back in one step: the calls, and every weight's gradient before it was added to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.before: dict[int, Tensor | None] = {}

    def came_back(self, call: Call, output: str, gradient: Tensor) -> None:
        """Take the gradient of one output; several backward passes add up, as they do in .grad."""
        if not call.outcome:
            self.calls.append(call)
            for weight in call.layer.module.parameters():
                held = None if weight.grad is None else weight.grad.detach().clone()
                self.before.setdefault(id(weight), held)
        if torch.is_grad_enabled():  # only a backward pass with create_graph runs like that
            call.trouble = (
                "is differentiated twice (create_graph=True), and the second derivative goes "
                "through its inside, where nobody listens"
            )
        found = gradient.detach().clone()
        call.outcome[output] = call.outcome[output] + found if output in call.outcome else found


class Listener:
    """The ear at one layer."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.ledger: Ledger | None = None
        """Where what comes back is written; None while nobody looks."""
        self.passes = 0
        self._generator: Tensor | None = None
        self._last: tuple[Call, tuple[Any, ...]] | None = None
        module = layer.module
        self._handles: list[RemovableHandle] = [
            module.register_forward_pre_hook(self._entered),
            # First of all hooks: what another one makes of the outputs is outside the layer.
            module.register_forward_hook(self._left, prepend=True, with_kwargs=True),
        ]

    def listen(self, ledger: Ledger | None) -> None:
        """Begin a step: write into this ledger, or look away."""
        self.ledger, self.passes, self._last = ledger, 0, None

    def close(self) -> None:
        """Take the hooks out."""
        self.ledger = self._last = None
        for handle in self._handles:
            handle.remove()

    def _entered(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        if self.ledger is not None and self.layer.dropout:
            self._generator = torch.get_rng_state()

    @torch.no_grad()
    def _left(
        self, module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any], outputs: Any
    ) -> None:
        self.passes += 1
        if self.ledger is None:
            return
        handed = _outputs(self.layer, outputs)
        if not handed["y"].requires_grad:
            return  # a validation pass
        x = inputs[0] if inputs else named["input"]
        start = inputs[1] if len(inputs) > 1 else named.get("hx")
        call = self._call(x, start, handed)
        self._last = call, tuple(weakref.ref(handed[name]) for name in ("h", "c") if name in handed)
        for name, output in handed.items():
            if output.requires_grad and not (self.layer.is_single and name == "h"):
                output.register_hook(_Ear(self.ledger, call, name))

    def _call(self, x: Any, start: Any, handed: dict[str, Tensor]) -> Call:
        layer, y = self.layer, handed["y"]
        numbers = x.data if isinstance(x, PackedSequence) else x
        if layer.is_single:
            numbers = numbers[None]  # one step; a batch of one where there is no batch
            y, lay = y[None], _one_step(numbers)
        else:
            lay = laid(x, bool(layer.module.batch_first))
        sequence, offset = self._place(start)
        return Call(
            layer=layer,
            laid=lay,
            x=numbers.detach().clone(),
            y=y.detach().clone(),
            first=self._first(start, lay, y),
            weights=layer.weights(),
            sequence=sequence,
            offset=offset,
            dropout=layer.dropout,
            generator=self._generator if layer.dropout else None,
            trouble=_trouble(layer, y),
        )

    def _place(self, start: Any) -> tuple[int, int]:
        """The sequence and the step in it: a state that is handed on continues its sequence."""
        if self._last is None:
            return 0, 0
        call, states = self._last
        given = start if isinstance(start, tuple) else (start,)
        handed_on = len(given) == len(states) and all(
            one is not None and state() is one  # a state that nobody kept is None as well
            for state, one in zip(states, given, strict=True)
        )
        if handed_on and self.layer.ways == 1:
            return call.sequence, call.offset + call.laid.steps
        return call.sequence + 1, 0

    def _first(self, start: Any, lay: Laid, y: Tensor) -> tuple[Tensor, ...]:
        layer = self.layer
        states = 2 if layer.cell.memory == "cell" else 1
        if start is None:
            shape = (layer.depth * layer.ways, len(lay.lengths), layer.units)
            return (y.new_zeros(shape, dtype=layer.weight_dtype),) * states
        given = start if isinstance(start, tuple) else (start,)
        if layer.is_single:
            given = tuple(state[None] for state in given)
        return tuple(lay.state(state.detach().clone()) for state in given)


@dataclass(frozen=True)
class _Ear:
    """Listens to the gradient of one output of one call."""

    ledger: Ledger
    call: Call
    output: str

    def __call__(self, gradient: Tensor | None) -> None:
        if gradient is None:
            return  # another output of the same layer got one, and this one nothing
        self.ledger.came_back(self.call, self.output, gradient)


def _outputs(layer: Layer, outputs: Any) -> dict[str, Tensor]:
    """The outputs by name; of a cell module h is the whole of y."""
    if layer.is_single:
        hidden, *memory = outputs if isinstance(outputs, tuple) else (outputs,)
        return {"y": hidden, "h": hidden} | ({"c": memory[0]} if memory else {})
    y, states = outputs
    found = {"y": y.data if isinstance(y, PackedSequence) else y}
    names = ("h", "c")
    given = states if isinstance(states, tuple) else (states,)
    return found | dict(zip(names, given, strict=False))


def _one_step(numbers: Tensor) -> Laid:
    batched = numbers.dim() == 3
    return Laid(batched, False, torch.ones(numbers.shape[1] if batched else 1, dtype=torch.long))


def _trouble(layer: Layer, y: Tensor) -> str:
    """Why a call cannot be followed, as the end of a sentence that begins with the layer."""
    device = y.device.type
    if torch.is_autocast_enabled(device):
        return (
            f"ran under autocast, so it was computed in {y.dtype} and nobody else has its states: "
            "keep autocast off around it"
        )
    if y.numel() == 0:
        return "read an empty batch: give it at least one sequence"
    if device != "cpu" and layer.is_single:
        return f"is a cell module on {device}, which is followed on the CPU only"
    if device != "cpu" and layer.dropout:
        return (
            f"drops numbers between its layers on {device}, where nobody can draw the same ones "
            "again: watch it on the CPU, or without dropout"
        )
    return ""
