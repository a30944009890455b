"""How fast the recurrent rooms are, and exact transport, each against plain library code."""

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from explorer.bench.rows import Effort, Row, side_by_side
from explorer.cells import CELLS, Weights, unfolded
from explorer.gans.distributions import RING
from explorer.gradients.adding import AddingSettings, SideBySide
from explorer.gradients.settings import FlowSettings
from explorer.gradients.textbook import TextbookAdding
from explorer.gradients.through_time import norms_through_time
from explorer.gradients.unrolled import MEASURED
from explorer.labs.gradients import Flow
from explorer.sequences import trace
from explorer.transport import wasserstein

UNITS, STEPS, INPUTS, POINTS = 64, 200, 16, 512


def adding(cell: str, name: str, effort: Effort) -> Iterable[Row]:
    """Updates a second on the adding problem over 50 steps, against PyTorch's own layer.

    Both begin anew after 1,000 updates, which is a whole run of the page: what a network costs
    depends on where it stands, for gradients that vanish into subnormal numbers are slow.
    """
    settings = AddingSettings()
    ours = repeated(lambda: SideBySide(settings, (cell,)).step)
    other = repeated(lambda: TextbookAdding(settings, cell).step)
    yield side_by_side(name, ours, other, "textbook", effort, "updates/s")


def repeated(fresh: Callable[[], Callable[[], object]], length: int = 1_000) -> Callable[[], None]:
    """An action that makes a fresh one of its kind whenever the old one was done so often."""
    left, action = 0, fresh()

    def act() -> None:
        nonlocal left, action
        if not left:
            left, action = length, fresh()
        left -= 1
        action()

    return act


def gradients_page(effort: Effort) -> Iterable[Row]:
    """What the page of gradients measures when a dial is turned, all cells."""
    asked = [Flow().settings(cell) for cell in MEASURED]

    def ours() -> None:
        for settings in asked:
            norms_through_time(settings)

    def other() -> None:
        for settings in asked:
            unrolled_autograd(settings)

    yield side_by_side("gradients/page", ours, other, "textbook", effort, "ms")


def unrolled_autograd(settings: FlowSettings) -> Tensor:
    """Norms of dL/dh at every step as one would write it: a cell in a loop, autograd, each seed."""
    norms = []
    for seed in range(settings.seeds):
        rng = torch.Generator().manual_seed(seed)
        cell = drawn_cell(settings, rng)
        x = torch.randn(settings.length, settings.batch, 1, generator=rng, dtype=torch.float64)
        state = torch.zeros(settings.batch, settings.units, dtype=torch.float64, requires_grad=True)
        states, memory = [state], torch.zeros_like(state)
        for step in x:
            if isinstance(cell, nn.LSTMCell):
                state, memory = cell(step, (state, memory))
            else:
                state = cell(step, state)
            states.append(state)
        weights = torch.randn(state.shape, generator=rng, dtype=torch.float64)
        gradients = torch.autograd.grad((weights * state).sum(), states)
        norms.append(torch.stack([gradient.norm(dim=1).mean() for gradient in gradients]))
    return torch.stack(norms).log().mean(0).exp()


def drawn_cell(settings: FlowSettings, rng: torch.Generator) -> nn.Module:
    """PyTorch's own cell with the weights that it would draw itself."""
    with torch.device("meta"):  # or it would draw from the global generator
        cells: dict[str, nn.Module] = {
            "rnn_tanh": nn.RNNCell(1, settings.units),
            "rnn_relu": nn.RNNCell(1, settings.units, nonlinearity="relu"),
            "lstm": nn.LSTMCell(1, settings.units),
            "gru": nn.GRUCell(1, settings.units),
        }
    cell = cells[settings.cell].to_empty(device="cpu").double()
    bound = settings.units**-0.5
    for parameter in cell.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=rng)
    return cell


def cells_trace(effort: Effort) -> Iterable[Row]:
    """An LSTM of 64 units that reads 200 steps, every gate kept."""
    rng = torch.Generator().manual_seed(0)
    lstm = CELLS["lstm"]
    weights = lstm.draw(INPUTS, UNITS, rng)
    x = torch.randn(STEPS, INPUTS, generator=rng)
    cell = cell_of(weights)

    def ours() -> None:
        with torch.no_grad():
            trace(lstm, weights, x)

    def other() -> None:
        with torch.no_grad():
            gates_in_a_loop(cell, x)

    yield side_by_side("cells/trace", ours, other, "textbook", effort, "ms")


def gates_in_a_loop(cell: nn.LSTMCell, x: Tensor) -> dict[str, Tensor]:
    """What a tutorial does to see gates: PyTorch's cell in a loop, its gates computed beside it."""
    hidden = memory = torch.zeros(1, cell.hidden_size)
    kept: dict[str, list[Tensor]] = {name: [] for name in ("i", "f", "g", "o", "c", "h")}
    for step in x:
        gates = linear(step[None], cell.weight_ih, cell.bias_ih)
        gates = gates + linear(hidden, cell.weight_hh, cell.bias_hh)
        i, f, g, o = gates.chunk(4, dim=1)
        hidden, memory = cell(step[None], (hidden, memory))
        values = (i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid(), memory, hidden)
        for name, value in zip(kept, values, strict=True):
            kept[name].append(value)
    return {name: torch.cat(values) for name, values in kept.items()}


def recorded(units: int, steps: int, effort: Effort) -> Iterable[Row]:
    """A trace with every gate kept, against the layer that keeps none and a loop with hooks.

    Float64, one sequence, no gradients, as the page of cells reads. The fused layer hands out h
    alone and is the floor; hooks on a cell of PyTorch see h and c, but none of the gates.
    """
    lstm, rng, double = CELLS["lstm"], torch.Generator().manual_seed(0), torch.float64
    weights = lstm.draw(INPUTS, units, rng, double)
    x = torch.randn(steps, INPUTS, generator=rng, dtype=double)
    layer, cell = lstm.layer(weights), cell_of(weights)
    name = f"trace/units={units}/steps={steps}"

    def quietly(action: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            with torch.no_grad():
                action()

        return act

    ours = quietly(lambda: trace(lstm, weights, x))
    fused, hooked = quietly(lambda: layer(x)), quietly(lambda: hooked_loop(cell, x))
    yield side_by_side(name, ours, hooked, "LSTMCell + hooks", effort, "ms")
    yield side_by_side(name, ours, fused, "nn.LSTM fused", effort, "ms")


def cell_of(weights: Weights) -> nn.LSTMCell:
    """PyTorch's own LSTM cell with these weights."""
    with torch.device("meta"):  # or it would draw from the global generator
        cell = nn.LSTMCell(weights.inputs, weights.units, dtype=weights.weight_hh.dtype)
    cell = cell.to_empty(device="cpu")
    named = weights.state_dict()
    cell.load_state_dict({name.removesuffix("_l0"): part for name, part in named.items()})
    return cell


def hooked_loop(cell: nn.LSTMCell, x: Tensor) -> tuple[Tensor, Tensor]:
    """What the forum advises: a loop over PyTorch's cell, a forward hook that keeps what it told.

    Hidden state and memory at every step.
    """
    kept: list[tuple[Tensor, Tensor]] = []
    hook = cell.register_forward_hook(lambda module, given, told: kept.append(told))
    hidden = memory = x.new_zeros(1, cell.hidden_size)
    for step in x:
        hidden, memory = cell(step[None], (hidden, memory))
    hook.remove()
    told_hidden, told_memory = zip(*kept, strict=True)
    return torch.cat(told_hidden), torch.cat(told_memory)


def memory_unfolding(effort: Effort) -> Iterable[Row]:
    """What is left of every source after every step: 64 units, 200 steps, every product taken."""
    rng, double = torch.Generator().manual_seed(0), torch.float64
    initial = torch.randn(UNITS, generator=rng, dtype=double)
    keep = torch.rand(STEPS, UNITS, generator=rng, dtype=double)
    written = torch.randn(STEPS, UNITS, generator=rng, dtype=double)

    def ours() -> None:
        unfolded(initial, keep, written)

    def other() -> None:
        unfolded_in_loops(initial, keep, written)

    yield side_by_side("unfolding/units=64/steps=200", ours, other, "double loop", effort, "ms")


def unfolded_in_loops(initial: Tensor, keep: Tensor, written: Tensor) -> Tensor:
    """The same as one would write it: for each source, every later gate in turn."""
    parts = keep.new_zeros(len(keep), len(keep) + 1, keep.shape[1])
    for source in range(len(keep) + 1):
        left = initial if source == 0 else written[source - 1]
        if source:
            parts[source - 1, source] = left
        for step in range(source, len(keep)):
            left = left * keep[step]
            parts[step, source] = left
    return parts


def exact_w1(effort: Effort) -> Iterable[Row]:
    """Exact W1 of 512 against 512 points; of equally many it is an assignment problem."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    rng = torch.Generator().manual_seed(0)
    here, there = RING.sample(POINTS, rng), RING.sample(POINTS, rng)

    def other() -> float:
        cost = torch.cdist(here.double(), there.double()).numpy()
        return float(cost[linear_sum_assignment(cost)].mean())

    yield side_by_side(
        "w1/512", lambda: wasserstein(here, there), other, "scipy assignment", effort, "ms"
    )


ROWS: dict[str, Callable[[Effort], Iterable[Row]]] = {
    "adding/lstm": partial(adding, "lstm", "adding/lstm"),
    "adding/gru": partial(adding, "gru", "adding/gru"),
    "adding/rnn": partial(adding, "rnn_tanh", "adding/rnn"),
    "gradients/page": gradients_page,
    "cells/trace": cells_trace,
    "trace/units=64/steps=200": partial(recorded, 64, 200),
    "trace/units=256/steps=1000": partial(recorded, 256, 1_000),
    "unfolding/units=64/steps=200": memory_unfolding,
    "w1/512": exact_w1,
}
