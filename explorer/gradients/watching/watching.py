"""A user's own training, watched: the recorded steps, and what is said of them."""

from dataclasses import dataclass
from types import TracebackType

import torch
from torch import nn

from explorer.gradients.watching.audits import Audits
from explorer.gradients.watching.calls import Call, Ledger, Listener
from explorer.gradients.watching.flows import Flow, flows_of
from explorer.gradients.watching.layers import recurrent_layers
from explorer.gradients.watching.shown import writer
from explorer.gradients.watching.twin import Twin, twin_of
from explorer.gradients.watching.verdict import Verdict, judged


@dataclass(frozen=True)
class WatchedStep:
    """One step that was looked at.

    `step` counts the calls of `Watching.step` before it, so 0 is the untrained model. `parameters`
    are the norms of the .grad of every parameter of the model that has one, as `step` found them.
    """

    step: int
    flows: tuple[Flow, ...]
    parameters: dict[str, float]

    @property
    def modules(self) -> dict[str, float]:
        """The norm of the gradients of each module's own parameters together."""
        squares: dict[str, float] = {}
        for name, norm in self.parameters.items():
            module = name.rpartition(".")[0] or "model"
            squares[module] = squares.get(module, 0.0) + norm**2
        return {module: square**0.5 for module, square in squares.items()}


class Watching:
    """Watches every `every`-th step of a training, the first one included.

        watching = gradients.watch(model, every=10)
        for x, y in batches:
            loss = ...
            optimizer.zero_grad()
            loss.backward()
            watching.step()  # here: .grad is complete, and nothing has changed it yet
            optimizer.step()
        print(watching.verdict())

    `step` belongs between `loss.backward()` and whatever changes .grad: clipping, unscaling,
    `zero_grad`. After `optimizer.step()` is as good, for the weights of the forward pass were
    copied. Nothing of the training changes, not in its last bit: hooks only look, no random number
    is drawn, and no global setting is touched. As a context it takes its hooks out at the end.
    """

    def __init__(self, model: nn.Module, every: int = 1) -> None:
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ValueError(f"every must be a whole number from 1 on, not {every!r}")
        self.every = every
        self._model = model
        self._count = 0
        self._steps: list[WatchedStep] = []
        self._first: list[list[Call]] = []
        self._closed = False
        self._listeners = [Listener(layer) for layer in recurrent_layers(model)]
        self._ledger = self._begin()

    @property
    def steps(self) -> tuple[WatchedStep, ...]:
        """What was recorded so far."""
        return tuple(self._steps)

    def step(self) -> WatchedStep | None:
        """Close a step of the training; what was recorded of it, None where nobody looked.

        Raises `RuntimeError` where no gradient came back, and where what came back does not give
        the gradients that the model's parameters have.
        """
        if self._closed:
            raise RuntimeError("this watching is closed: call gradients.watch(model) again")
        if not any(listener.passes for listener in self._listeners):
            raise RuntimeError(
                "no recurrent layer ran since the last step(): call it once for each forward and "
                "backward pass"
            )
        ledger, count = self._ledger, self._count
        try:
            found = None if ledger is None else self._look(ledger, count)
        finally:
            self._count += 1
            self._ledger = self._begin()
        if found is not None:
            self._steps.append(found)
        return found

    def verdict(self) -> str:
        """Whether gradients vanish or explode, in one sentence with step, layer and threshold."""
        return self.judgement().sentence

    def judgement(self) -> Verdict:
        """What the sentence says, as numbers."""
        return judged([(one.step, one.flows) for one in self._steps])

    def twin(self, forget_bias: float) -> Twin:
        """What the first recorded step would have sent back with another forget bias.

        Raises `ValueError` where no layer has a gate that keeps, and where it cannot be told.
        """
        if not self._first:
            raise RuntimeError("nothing was recorded yet: train a step, then call step()")
        return twin_of(self._steps[0].flows, self._first, forget_bias)

    def save(self, path: str, forget_bias: float | None = None) -> None:
        """Write what was recorded: ".html", ".frames" or ".csv", by the end of the name.

        With a ``forget_bias`` the twin of the first step is drawn beside it. Raises `ValueError`
        for another ending, `OSError` for a place that cannot be written to.
        """
        writer().save(self, path, forget_bias)

    def _repr_html_(self) -> str:
        """The picture, in a notebook."""
        return writer().as_html(self)

    def close(self) -> None:
        """Take the hooks out of the model; what was recorded stays."""
        self._closed = True
        for listener in self._listeners:
            listener.close()

    def __enter__(self) -> "Watching":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self) -> Ledger | None:
        ledger = None if self._count % self.every else Ledger()
        for listener in self._listeners:
            listener.listen(ledger)
        return ledger

    @torch.no_grad()
    def _look(self, ledger: Ledger, count: int) -> WatchedStep:
        if not ledger.calls:
            raise RuntimeError(
                "no gradient came back to a recurrent layer: call step() after loss.backward(), "
                "with a loss that depends on it"
            )
        for call in ledger.calls:
            if call.trouble:
                raise RuntimeError(f"{call.layer.name!r} {call.trouble}")
        sequences, audits = _sequences(ledger.calls, self._listeners), Audits()
        flows = [flow for calls, number in sequences for flow in flows_of(calls, number, audits)]
        audits.check(ledger.before)
        if not self._first:
            self._first = [calls for calls, _ in sequences]
        return WatchedStep(count, tuple(flows), _norms(self._model))


def _sequences(calls: list[Call], listeners: list[Listener]) -> list[tuple[list[Call], int]]:
    """The calls of every sequence in the order of time, and its number within its layer."""
    found = []
    for listener in listeners:
        own = [call for call in calls if call.layer is listener.layer]
        for number, sequence in enumerate(sorted({call.sequence for call in own})):
            chain = [call for call in own if call.sequence == sequence]
            found.append((sorted(chain, key=lambda call: call.offset), number))
    return found


def _norms(model: nn.Module) -> dict[str, float]:
    gradients = {
        name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None
    }
    norms = torch.stack(
        [
            torch.linalg.vector_norm(grad.detach(), dtype=torch.float64)
            for grad in gradients.values()
        ]
    )
    return dict(zip(gradients, norms.tolist(), strict=True))
