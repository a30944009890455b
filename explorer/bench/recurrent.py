"""How fast the recurrent rooms are, and exact transport, each against plain library code."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from explorer.bench.rows import Effort, Row, side_by_side, to_target
from explorer.cells import CELLS, Weights, unfolded
from explorer.figures.gradients import answer
from explorer.gans.distributions import RING
from explorer.gradients.initial import initial_matrix
from explorer.gradients.settings import FlowSettings
from explorer.gradients.side_by_side import LearningSettings, SideBySide, outcome
from explorer.gradients.textbook import TextbookAdding
from explorer.gradients.through_time import norms_through_time
from explorer.gradients.unrolled import MEASURED, UNROLLED, unpacked
from explorer.labs.gradients import Flow
from explorer.sequences import trace
from explorer.transport import wasserstein

UNITS, STEPS, INPUTS, POINTS = 64, 200, 16, 512
POPULATION = 20


def adding(cell: str, name: str, effort: Effort) -> Iterable[Row]:
    """Updates a second on the adding problem over 50 steps, against PyTorch's own layer.

    Both begin anew after 1,000 updates, which is a whole run of the page: what a network costs
    depends on where it stands, for gradients that vanish into subnormal numbers are slow.
    """
    settings = LearningSettings(batch=50, seeds=1)
    ours = repeated(lambda: SideBySide(settings, (cell,)).step)
    other = repeated(lambda: TextbookAdding(settings, cell).step)
    yield side_by_side(name, ours, other, "textbook", effort, "updates/s")


def population(cell: str, width: int, batch: int, name: str, effort: Effort) -> Iterable[Row]:
    """Updates a second of 20 seeds in one unroll, against one seed after another.

    The others are ours with a population of one, and PyTorch's own layer as a tutorial writes it.
    """
    alone = LearningSettings(width=width, batch=batch, seeds=1)
    many = replace(alone, seeds=POPULATION)
    ours = repeated(lambda: SideBySide(many, (cell,)).step, 200)
    textbook = repeated(lambda: TextbookAdding(alone, cell).step)
    one = repeated(lambda: SideBySide(alone, (cell,)).step)
    for other, against in ((textbook, "textbook"), (one, "one by one")):
        yield side_by_side(name, ours, other, against, effort, "updates/s", work=POPULATION)


def learned(cell: str, effort: Effort) -> Iterable[Row]:
    """Seconds until the adding problem over 50 steps is solved, looks at 250 sequences included.

    One seed after another, the median; then as many as a population in one unroll. The batches of
    20 are the lab's own, and need three quarters of the seconds that batches of 50 do.
    """
    seeds = range(5 if effort.turns > 3 else 3)
    one = [_seconds(LearningSettings(seeds=1, seed=seed), cell) for seed in seeds]
    yield to_target(f"solve/{cell}", one, 1.5, "s")
    many = _seconds(LearningSettings(seeds=POPULATION), cell)
    yield to_target(f"solve/{cell}/seeds={POPULATION}", [many], 12.0, "s")


def _seconds(settings: LearningSettings, cell: str) -> float:
    start = time.process_time()
    outcome(settings, cell)
    return time.process_time() - start


def unrolled(cell: str, name: str, effort: Effort) -> Iterable[Row]:
    """Forward and back through 50 steps with every state's gradient kept, against the fused layer.

    The layer keeps nothing and gives the weights' gradient alone.
    """
    kind, rng = CELLS[cell], torch.Generator().manual_seed(0)
    matrix = initial_matrix(cell, 2, 32, rng).float()
    network = UNROLLED[cell](matrix, 50, 50)
    gradient, last = torch.empty_like(matrix), torch.rand(32, 50, generator=rng)
    x = torch.rand(50, 2, 50, generator=rng)
    layer = kind.layer(unpacked(cell, matrix))
    for parameter in layer.parameters():
        parameter.requires_grad_()
    given = x.mT.contiguous()

    @torch.inference_mode()
    def ours() -> None:
        network.read(x)
        network.forward()
        network.backward(last)
        network.differentiate(gradient)

    def other() -> None:
        layer(given)[0][-1].backward(last.T)

    yield side_by_side(name, ours, other, "nn layer fused", effort, "ms")


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


REFERENCE: dict[str, FlowSettings] = {
    "RNN": FlowSettings("rnn_tanh"),
    **{
        f"RNN, rotation times {gain:g}": FlowSettings(
            "rnn_tanh", recurrent_init="orthogonal", gain=gain
        )
        for gain in (0.9, 1.0, 1.1, 1.5)
    },
    "ReLU, rotation": FlowSettings("rnn_relu", recurrent_init="orthogonal"),
    "LSTM": FlowSettings("lstm"),
    **{f"LSTM, bias {b:g}": FlowSettings("lstm", forget_bias=b) for b in (1.0, 2.0, 3.0, 5.0)},
    "GRU": FlowSettings("gru"),
    **{f"GRU, bias {b:g}": FlowSettings("gru", forget_bias=b) for b in (1.0, 3.0, 5.0)},
}
"""Fifteen models whose gradient flow before training was measured independently."""


def reference_table(effort: Effort) -> Iterable[Row]:
    """Fifteen models, five seeds of each, over 100 steps: against a second, and a plain loop."""

    def ours() -> None:
        for settings in REFERENCE.values():
            norms_through_time(settings)

    def other() -> None:
        for settings in REFERENCE.values():
            unrolled_autograd(settings)

    name = "gradients/table/models=15/seeds=5"
    yield side_by_side(name, ours, other, "textbook", effort, "ms")


def dragged(effort: Effort) -> Iterable[Row]:
    """What the page answers while a forget bias is dragged: five gated cells, one seed, theory too.

    Against what a loop over PyTorch's own cells needs for all seeds of the two that it has.
    """
    biases = itertools.cycle([1 + 0.013 * k for k in range(200)])

    def ours() -> None:
        answer(Flow(cells="gated", forget_bias=next(biases)), True)

    def other() -> None:
        for cell in ("lstm", "gru"):
            unrolled_autograd(Flow().settings(cell))

    yield side_by_side("gradients/dragged/cells=5", ours, other, "textbook", effort, "ms")


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
    "unrolled/lstm": partial(unrolled, "lstm", "unrolled/lstm"),
    "unrolled/gru": partial(unrolled, "gru", "unrolled/gru"),
    "unrolled/rnn": partial(unrolled, "rnn_tanh", "unrolled/rnn"),
    "solve/lstm": partial(learned, "lstm"),
    **{
        name: partial(population, cell, width, batch, name)
        for cell, short in (("lstm", "lstm"), ("gru", "gru"), ("rnn_tanh", "rnn"))
        for width, batch in ((32, 50), (8, 10))
        for name in (f"population/{short}/width={width}/batch={batch}/seeds=20",)
    },
    "gradients/page": gradients_page,
    "gradients/table/models=15/seeds=5": reference_table,
    "gradients/dragged/cells=5": dragged,
    "cells/trace": cells_trace,
    "trace/units=64/steps=200": partial(recorded, 64, 200),
    "trace/units=256/steps=1000": partial(recorded, 256, 1_000),
    "unfolding/units=64/steps=200": memory_unfolding,
    "w1/512": exact_w1,
}
