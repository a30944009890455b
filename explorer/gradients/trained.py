"""How much of a loss reaches every earlier state of a stack that reads one sequence.

For any cell, any depth, trained or not. Letters in the shapes: T steps, I inputs, H units, D
directions, `O` = D · H numbers that the top layer hands out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.sequences.stack import FORWARD, Stack

Objective = Callable[[Float[Tensor, "T O"]], Float[Tensor, ""]]
"""What the outputs of the top layer cost."""


@dataclass(frozen=True)
class WayBack:
    """Norms of the loss gradient by every state of the first layer, forward; lag 0 comes first.

    `memory` is of c where there is one, else of h. `kept` is the part of `memory` that came by the
    gates that keep alone, ‖dL/dmemory_T · Π gates‖, and `gate` their mean over steps and units;
    None where no gate keeps.
    """

    memory: Float[np.ndarray, " T"]
    hidden: Float[np.ndarray, " T"]
    input: Float[np.ndarray, " T"]
    kept: Float[np.ndarray, " T"] | None
    gate: float | None
    loss: float


def way_back(stack: Stack, x: Float[Tensor, "T I"], objective: Objective) -> WayBack:
    """Read a sequence in float64, and go back from its loss through every state.

    Total derivatives, every path counted, by automatic differentiation of the unrolled cells.
    """
    stack, cell = stack.to(torch.float64), stack.cell
    with torch.inference_mode(False), torch.enable_grad():
        read = x.detach().double().clone().requires_grad_()
        arriving, first = read, None
        for layer in stack.layers:
            directions = []
            for way, weights in enumerate(layer):
                given = cell.from_input(weights, arriving).unbind(0)
                state, steps = cell.start(weights), []
                for numbers in given if way == FORWARD else reversed(given):
                    step = cell.advance(weights, numbers, state)
                    state = step.state
                    steps.append(step)
                if first is None:
                    first = steps
                hidden = [each.state.hidden for each in steps]
                directions.append(torch.stack(hidden if way == FORWARD else hidden[::-1]))
            arriving = torch.cat(directions, dim=-1)
        assert first is not None, "a stack has a layer"
        loss = objective(arriving)
        states = [each.state for each in first]
        hidden = [state.hidden for state in states]
        memories = [state.cell for state in states if state.cell is not None]
        found = torch.autograd.grad(loss, [read, *hidden, *memories], allow_unused=True)
    by_input = found[0] if found[0] is not None else torch.zeros_like(read)
    T = len(states)
    by_hidden = _stacked(found[1 : T + 1], hidden)
    by_memory = _stacked(found[T + 1 :], memories) if memories else by_hidden
    kept, gate = None, None
    if cell.keeping_gate is not None:
        gates = torch.stack([getattr(each, cell.keeping_gate) for each in first]).detach()
        gate = float(gates.mean())
        left = torch.cat((torch.ones_like(gates[:1]), gates.flip(0)[:-1].cumprod(0)))
        kept = (by_memory[-1] * left).norm(dim=-1).numpy()
    memory, by_h, by_x = (
        part.norm(dim=-1).flip(0).numpy() for part in (by_memory, by_hidden, by_input)
    )
    return WayBack(
        memory,
        by_h,
        by_x,
        kept=kept,
        gate=gate,
        loss=float(loss.detach()),
    )


def _stacked(found: tuple[Tensor | None, ...], states: list[Tensor]) -> Float[Tensor, "T H"]:
    """Gradients of all states; 0 where the loss cannot see one."""
    pairs = zip(found, states, strict=True)
    return torch.stack(
        [torch.zeros_like(state) if each is None else each for each, state in pairs]
    ).detach()
