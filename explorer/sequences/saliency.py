"""What each expectation of a character network owes to each character it has read.

Letters in the shapes: N characters that were read and had one to expect after them, T steps, H
units, S numbers of a state (H, or 2H with a memory c), I inputs, V characters known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import Cell, State, Weights
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.trace import Trace

MOST_SLOPES = 4_000_000
"""Numbers of the slopes held at once, 32 MB; longer ways back are gone in pieces."""


@dataclass(frozen=True)
class Saliency:
    """How strongly each character that was read bears on each that was expected.

    Row t is about the expectation of character t + 1, formed after character t; column k is the
    influence of character k, zero for k > t.
    """

    text: str
    log_probabilities: Float[Tensor, " N"]
    matrix: Float[Tensor, "N N"]

    def of(self, character: int) -> Float[Tensor, " N"]:
        """The influences on the expectation of one character, from 1: the first one had none.

        Raises `ValueError` for a character that the text does not have.
        """
        if not 1 <= character <= len(self.matrix):
            raise ValueError(
                f"a character must be between 1 and {len(self.matrix)}, not {character}"
            )
        return self.matrix[character - 1]


@dataclass(frozen=True)
class Slopes:
    """How the state after each of several steps follows its state before and its input."""

    of_state: Float[Tensor, "T S S"]
    of_input: Float[Tensor, "T S I"]


def saliency(
    network: CharacterNetwork,
    text: str,
    of: Literal["log_probability", "logit"] = "log_probability",
) -> Saliency:
    """S[t, k] = ‖∂ log p(c₍ₜ₊₁₎ | c₁ … cₜ) / ∂ embedding of cₖ‖₂ for all k ≤ t, in float64.

    Connectivity of Madsen (2019, Distill) is the same norm of the gradient of the expected
    character's logit; `of="logit"` gives it. The logarithm of the probability also counts what
    lowers the other characters. Both depend on the scale of the embedding, so compare within one
    network. All rows come from one way back through time. Raises `ValueError` for a text of fewer
    than two characters.
    """
    if len(text) < 2:
        raise ValueError("saliency needs a text of at least two characters")
    network = network.precise
    reading = network.read(text)
    N = len(text) - 1
    expected = reading.codes[1:]
    gradients = network.readout[expected]
    if of == "log_probability":
        gradients = gradients - reading.probabilities[:-1] @ network.readout
    arriving: Float[Tensor, "N N H"] | None = None
    layers = list(zip(network.stack.layers, reading.trace.traces, strict=True))
    for (weights,), (seen,) in reversed(layers):
        arriving = torch.stack(list(_way_back(network.cell, weights, seen, N, gradients, arriving)))
        arriving, gradients = arriving.flip(0), torch.zeros_like(gradients)
    assert arriving is not None
    log_probabilities = reading.log_probabilities[:-1].gather(1, expected[:, None])[:, 0]
    return Saliency(text, log_probabilities, arriving.norm(dim=-1).T.contiguous())


def slopes(cell: Cell, weights: Weights, x: Float[Tensor, "T I"], before: State) -> Slopes:
    """The Jacobians of one step of a cell at several places at once, (h, c) after by (h, c) before.

    Apart from its matrix products a step treats every unit by itself. So the gradient of the sum
    over all units is the slope of each, and two of them (for h and for c) say everything; the
    matrices follow by the chain rule. A cell that resets before its product has a second one inside
    the first, and there every unit is asked for its own gradient.
    """
    if cell.candidate.reset == "before":
        return _unit_by_unit(cell, weights, x, before)
    with torch.enable_grad():
        from_input = cell.from_input(weights, x).detach().requires_grad_()
        hidden = before.hidden.detach().requires_grad_()
        memory = None if before.cell is None else before.cell.detach().requires_grad_()
        step = cell.advance(weights, from_input, State(hidden, memory))
        after = [step.hidden] if step.state.cell is None else [step.hidden, step.state.cell]
        of_state, of_input = [], []
        for each in after:
            wanted = [from_input, step.from_hidden, hidden, *([] if memory is None else [memory])]
            found = torch.autograd.grad(each.sum(), wanted, retain_graph=True)
            through = _product(found[1], weights.weight_hh, weights.units)
            direct = torch.diag_embed(found[2] - through.sum(dim=1))
            parts = [through + direct, *map(torch.diag_embed, found[3:])]
            of_state.append(torch.cat(parts, dim=2))
            of_input.append(_product(found[0], weights.weight_ih, weights.units))
    return Slopes(torch.cat(of_state, dim=1), torch.cat(of_input, dim=1))


def _unit_by_unit(cell: Cell, weights: Weights, x: Float[Tensor, "T I"], before: State) -> Slopes:
    """The same for any cell, one way back for every number of the state; places stay apart."""
    with torch.enable_grad():
        read = x.detach().requires_grad_()
        states = [
            state.detach().requires_grad_() for state in vars(before).values() if state is not None
        ]
        step = cell.advance(weights, cell.from_input(weights, read), State(*states))
        after = torch.cat(
            [state for state in vars(step.state).values() if state is not None], dim=-1
        )
        each = torch.eye(after.shape[-1], dtype=after.dtype)[:, None].expand(-1, *after.shape)
        of_input, *of_state = torch.autograd.grad(
            after, [read, *states], each, is_grads_batched=True
        )
    return Slopes(torch.cat(of_state, dim=-1).transpose(0, 1), of_input.transpose(0, 1))


def _product(
    slope: Float[Tensor, "T G"], matrix: Float[Tensor, "G K"], units: int
) -> Float[Tensor, "T H K"]:
    """Σ over the gates of slope × rows: what the vector that the matrix takes does to each unit."""
    blocks = matrix.unflatten(0, (-1, units))
    return torch.einsum("tbh,bhk->thk", slope.unflatten(1, (-1, units)), blocks)


def _way_back(
    cell: Cell,
    weights: Weights,
    seen: Trace,
    N: int,
    gradients: Float[Tensor, "N H"],
    arriving: Float[Tensor, "N N H"] | None,
) -> Iterator[Float[Tensor, "N I"]]:
    """From the last step to the first, the gradient of every expectation with respect to x.

    `gradients[t]` is that of expectation t with respect to h of this layer at step t, and
    `arriving[t]` that of all expectations by way of the layer above.
    """
    H = weights.units
    before = seen.before
    size = H if before.cell is None else 2 * H
    piece = max(1, MOST_SLOPES // size**2)
    carried = gradients.new_zeros(N, size)
    for end in range(N, 0, -piece):
        steps = slice(max(0, end - piece), end)
        cells = None if before.cell is None else before.cell[steps]
        local = slopes(cell, weights, seen.x[steps], State(before.hidden[steps], cells))
        for t in range(end - 1, steps.start - 1, -1):
            # Expectations before step t know nothing of it: their rows stay zero.
            carried[t, :H] += gradients[t]
            if arriving is not None:
                carried[t:, :H] += arriving[t, t:]
            back = carried.new_zeros(N, weights.inputs)
            back[t:] = carried[t:] @ local.of_input[t - steps.start]
            yield back
            carried[t:] = carried[t:] @ local.of_state[t - steps.start]
