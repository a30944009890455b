"""Any cell of the laboratory, unrolled, its backward pass left to automatic differentiation.

Slower than a backward pass that is written out, and the same numbers up to rounding.

Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all gates together,
K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import Cell, State, Step
from explorer.gradients.unrolled.layer import OuterProduct, Unrolled


@dataclass(frozen=True)
class Way:
    """One network gone through: its matrix, and every state from the initial one on.

    `given` is what each step was given of its input, before anything of the past was added to it;
    `seen` what the rows of each block multiply of the past.
    """

    matrix: Float[Tensor, "G K"]
    given: list[Tensor]
    seen: list[list[Tensor]]
    hidden: list[Tensor]
    memories: list[Tensor]  # none where the hidden state remembers


class UnrolledCell(Unrolled):
    """The step of a cell, again and again; each network has a graph of its own."""

    cell: Cell  # type: ignore[misc]  # here there is always one

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        super().__init__(matrix, steps, batch)
        if self.cell.memory == "cell":
            self.memories = self._room(steps + 1, self.units)
            self.cell_gradients = self._room(steps + 1, self.units)
        self._ways: list[Way] = []
        self._matrix_gradients = torch.zeros_like(matrix)
        self._seen = self._room(steps, len(self.rows) * self.units)

    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""
        with torch.inference_mode(False), torch.enable_grad():
            inputs = self._each(self.states[:-1, ..., self.units : -1, :], 1)
            matrices = self._each(self.matrix, 0)
            self._ways = [self._way(m, x) for m, x in zip(matrices, inputs, strict=True)]
        with torch.no_grad():
            for i, way in enumerate(self._ways):
                self._of(self.hidden, i).copy_(torch.stack(way.hidden[1:]).mT)
                seen = torch.stack([torch.cat(blocks, dim=-1) for blocks in way.seen])
                self._of(self._seen, i).copy_(seen.mT)
                if self.memories is not None:
                    self._of(self.memories, i).copy_(torch.stack(way.memories).mT)
        return self.hidden[-1]

    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from dL/dh at the last step, at `every` one, or at each of the last."""
        own = last.dim() > len(self.lead) + 2
        for i, (way, direction) in enumerate(
            zip(self._ways, self._each(last, int(own)), strict=True)
        ):
            with torch.inference_mode(False), torch.enable_grad():
                read = way.hidden[1:] if every else way.hidden[-len(last) if own else -1 :]
                loss = (torch.stack(read) * direction.clone().mT).sum()
                wanted = (*way.hidden, *way.memories, *way.given, way.matrix)
                *of_parts, matrix = torch.autograd.grad(loss, wanted, retain_graph=True)
            states, given = of_parts[: -self.steps], of_parts[-self.steps :]
            self._of(self.deltas, i).copy_(torch.stack(given).mT)
            found = torch.stack(states).mT
            self._of(self.hidden_gradients, i).copy_(found[: len(way.hidden)])
            if self.cell_gradients is not None:
                self._of(self.cell_gradients, i).copy_(found[len(way.hidden) :])
            self._each(self._matrix_gradients, 0)[i].copy_(matrix)

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix."""
        gradient.copy_(self._matrix_gradients)

    def outer_products(self) -> list[OuterProduct]:
        """By blocks, for a gate may see a past that another one has let through."""
        rest = self.states[:-1, ..., self.units :, :]
        return [
            (deltas, torch.cat((seen, rest), dim=-2))
            for deltas, seen in zip(
                self._blocks(self.deltas), self._blocks(self._seen), strict=True
            )
        ]

    def _way(self, matrix: Float[Tensor, "G K"], inputs: Float[Tensor, "T I B"]) -> Way:
        matrix = matrix.clone().detach().requires_grad_()
        weights = self.weights(matrix)
        start = self.cell.start(weights, self.batch)
        # h and c may be one tensor of zeros, and have gradients of their own.
        parts = (part.clone() for part in vars(start).values() if part is not None)
        states = [State(*(part.requires_grad_() for part in parts))]
        given = list(self.cell.from_input(weights, inputs.clone().mT).unbind(0))
        seen = []
        for numbers in given:
            step = self.cell.advance(weights, numbers, states[-1])
            seen.append(self._seen_by(step, states[-1]))
            states.append(step.state)
        hidden = [state.hidden for state in states]
        memories = [state.cell for state in states if state.cell is not None]
        return Way(matrix, given, seen, hidden, memories)

    def _seen_by(self, step: Step, before: State) -> list[Tensor]:
        """What the recurrent rows of each gate multiply: h₋₁, or r · h₋₁ where r comes before."""
        return [
            step.values["reset_hidden"] if self.cell.kind(gate).reset == "before" else before.hidden
            for gate in self.cell.gates
        ]

    def _each(self, tensor: Tensor, axis: int) -> tuple[Tensor, ...]:
        """The part of every network, the one axis of networks being at this place."""
        return tensor.unbind(axis) if self.lead else (tensor,)

    def _of(self, over_time: Tensor, network: int) -> Tensor:
        return over_time[:, network] if self.lead else over_time


def by_autograd(cell: Cell) -> type[UnrolledCell]:
    """A cell of the laboratory as an unrolled layer.

    Raises `ValueError` where a gate stands between the past and what its rows make of it: δ of
    these rows is not that of the preactivation.
    """
    if any(kind.reset == "after" for kind in cell.kinds):
        raise ValueError(f"the {cell.label} resets after the product: write its passes out")
    return type(f"Unrolled{type(cell).__name__}", (UnrolledCell,), {"cell": cell})
