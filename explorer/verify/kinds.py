"""Known answers about the kinds of network that learn side by side, and about their tasks."""

import math
import time
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from explorer.labs.sequences import TASKS
from explorer.sequences.kinds import KINDS, Build, Network, Recurrent, Shape
from explorer.sequences.padded import padded
from explorer.sequences.problems import Forecast
from explorer.sequences.stack import read_stack, stack_agreement
from explorer.verify.draws import normal, rng
from explorer.verify.filters import FILTERS
from explorer.verify.known import Known
from explorer.verify.translating import TRANSLATING

END = Shape(inputs=3, answers=4, reads="end", length=9)
RECURRENT = ("vanilla", "both", "stacked", "rnn", "gru", "peephole", "convolved")
COUNTS = {
    "vanilla": 4 * 32 * (12 + 32 + 2) + 9 * 33,
    "both": 2 * 4 * 32 * (12 + 32 + 2) + 9 * 65,
    "gru": 3 * 32 * (12 + 32 + 2) + 9 * 33,
    "rnn": 32 * (12 + 32 + 2) + 9 * 33,
    "peephole": 4 * 32 * (12 + 32 + 2) + 3 * 32 + 9 * 33,
}
"""Gates · H(I + H + 2), 3H peepholes, and a readout of nine classes, for 12 inputs and 32 units."""


def drawn(name: str, shape: Shape = END) -> Network:
    """A fresh network of a kind."""
    return KINDS[name].draw(shape, Build(units=7, layers=3), rng())


def padding(name: str) -> float:
    """Largest difference of a padded batch to each of its sequences alone."""
    network = drawn(name)
    sequences = [normal(length, 3, seed=length).float() for length in (9, 4, 1)]
    batch, lengths = padded(sequences, steps=12)
    alone = torch.cat([network(each[:, None]) for each in sequences])
    return largest(network(batch, lengths) - alone)


def by_our_cells(name: str) -> float:
    """Largest difference of a network's states to those of the laboratory's cells."""
    network = drawn(name)
    assert isinstance(network, Recurrent)
    inputs = normal(9, 2, 3).float()
    seen = read_stack(network.stack(), network.arriving(inputs))
    return largest(seen.hidden - torch.cat(network.hidden(inputs), -1))


def our_cells_by_torch(name: str) -> float:
    """Largest difference of those cells to torch's layer of all directions, float64."""
    network = drawn(name)
    assert isinstance(network, Recurrent)
    arriving = network.arriving(normal(9, 3)[:, None].float()).detach().double()[:, 0]
    return stack_agreement(read_stack(network.stack().to(torch.float64), arriving))


def mirrored() -> float:
    """A sequence back to front through exchanged directions: difference of the exchanged states."""
    network = drawn("both")
    assert isinstance(network, Recurrent)
    inputs = normal(9, 2, 3).float()
    there, back = network.hidden(inputs)
    known = network.parameters
    for name in [name for name in known if name.endswith("_l0")]:
        one, other = known[name].data.clone(), known[f"{name}_reverse"].data.clone()
        known[name].data.copy_(other)
        known[f"{name}_reverse"].data.copy_(one)
    swapped_there, swapped_back = network.hidden(inputs.flip(0))
    return largest(swapped_there.flip(0) - back, swapped_back.flip(0) - there)


def largest(*differences: Tensor) -> float:
    """The largest magnitude among some tensors."""
    return max(float(each.detach().abs().max()) for each in differences)


def count(name: str) -> float:
    """How many numbers a network of the speakers learns."""
    return float(KINDS[name].draw(TASKS["speech"].problem("").shape, Build(), rng()).size)


def floor(task: str, name: str) -> float:
    """What is reached on a task without a recurrent network."""
    return next(each.value for each in TASKS[task].problem("").floors if each.name == name)


def last_values(task: str) -> float:
    """Difference of persistence to the root of the mean squared step of the held-out values."""
    problem = TASKS[task].problem("")
    assert isinstance(problem, Forecast)
    steps = problem.values[problem.learned - 1 :].diff()
    return abs(float(steps.square().mean().sqrt()) - floor(task, "persistence"))


def straight_line(task: str) -> float:
    """Difference of the linear autoregression to scikit-learn's, on the held-out values."""
    from sklearn.linear_model import LinearRegression

    problem = TASKS[task].problem("")
    assert isinstance(problem, Forecast)
    values, order, learned = problem.values.numpy(), problem.window, problem.learned
    past = np.stack([values[t - order : t] for t in range(order, len(values))])
    fitted = LinearRegression().fit(past[: learned - order], values[order:learned])
    error = fitted.predict(past[learned - order :]) - values[learned:]
    return abs(float(np.sqrt(np.mean(error**2))) - floor(task, "line"))


def convolution() -> float:
    """Largest difference of the filters along time to torch.nn.Conv1d after four zeros."""
    network = drawn("convolved")
    known, inputs = network.parameters, normal(9, 2, 3).float()
    assert isinstance(network, Recurrent)
    layer = nn.Conv1d(3, 7, 5)
    layer.load_state_dict(
        {"weight": known["convolution.weight"], "bias": known["convolution.bias"]}
    )
    before = torch.cat((torch.zeros(4, 2, 3), inputs)).permute(1, 2, 0)
    return largest(layer(before).relu().permute(2, 0, 1) - network.arriving(inputs))


def window_ahead(updates: int = 200) -> float:
    """RMSE of an MLP over a window against an LSTM's on Mackey-Glass, after equal seconds.

    Of 64 and 32 units, with Adam; the LSTM takes so many updates, and the MLP as long as it took:
    processor time of this thread. The mean over three seeds of each.
    """
    problem = TASKS["mackey_glass"].problem("")
    reached: dict[str, list[float]] = {"vanilla": [], "window": []}
    for seed in range(3):
        used = math.inf
        for kind, units in (("vanilla", 32), ("window", 64)):
            network = KINDS[kind].draw(problem.shape, Build(units=units), rng(seed))
            optimizer = torch.optim.Adam(list(network.parameters.values()), lr=1e-2)
            order, done, start = rng(seed), 0, time.thread_time()
            while done < updates if kind == "vanilla" else time.thread_time() - start < used:
                examples = problem.examples(order)
                loss = problem.loss(network(examples.inputs, examples.lengths), examples)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                done += 1
            used = time.thread_time() - start
            with torch.no_grad():
                answers = network(problem.held_out.inputs, problem.held_out.lengths)
            mean = float(problem.scores(answers, problem.held_out).mean())
            reached[kind].append(problem.of_mean(mean))
    return sum(reached["window"]) / sum(reached["vanilla"])


KNOWN = (
    *(
        Known(
            f"{KINDS[name].label}: numbers learned", expected, partial(count, name), "closed form"
        )
        for name, expected in COUNTS.items()
    ),
    *(
        Known(
            f"{kind.label}: a padded batch against one by one",
            0,
            partial(padding, name),
            "each sequence alone",
            tolerance=1e-6,
        )
        for name, kind in KINDS.items()
        if not kind.pictures and not kind.writes
    ),
    *(
        Known(
            f"{KINDS[name].label}: states by the laboratory's cells",
            0,
            partial(by_our_cells, name),
            "the layers that learned",
            tolerance=1e-6,
        )
        for name in RECURRENT
    ),
    *(
        Known(
            f"{KINDS[name].label}: these cells against torch, float64",
            0,
            partial(our_cells_by_torch, name),
            "torch.nn" if name != "peephole" else "NumPy, unit by unit",
            tolerance=1e-12,
        )
        for name in RECURRENT
    ),
    Known("both ways: back to front, directions exchanged", 0, mirrored, "symmetry", 1e-6),
    Known("CNN-LSTM: filters along time", 0, convolution, "torch.nn.Conv1d", 1e-6),
    Known(
        "speakers: the largest class of the held-out part",
        88 / 370,
        partial(floor, "speech", "largest"),
        "UCI: 88 of 370 utterances",
        tolerance=1e-9,
    ),
    Known(
        "Mackey-Glass: RMSE of the last value, six units ahead",
        0.185,
        partial(floor, "mackey_glass", "persistence"),
        "measured with another integration",
        tolerance=0.003,
    ),
    Known(
        "Mackey-Glass: RMSE of an MLP over a window / of an LSTM, after equal seconds",
        (0.0, 0.9),
        window_ahead,
        "the MLP is ahead: Gers, Eck & Schmidhuber 2001",
        kind="range",
        slow=True,
    ),
    *(
        Known(
            f"{TASKS[task].label}: RMSE of the last value",
            0,
            partial(last_values, task),
            "mean of the squared steps",
            tolerance=1e-9,
        )
        for task in ("sunspots", "co2", "weather", "shares")
    ),
    *(
        Known(
            f"{TASKS[task].label}: RMSE of a line through the window",
            0,
            partial(straight_line, task),
            "scikit-learn's LinearRegression",
            tolerance=1e-6,
        )
        for task in ("sunspots", "shares")
    ),
    Known(
        "speakers: a line on mean and spread",
        (0.978, 0.990),
        partial(floor, "speech", "spread"),
        "scikit-learn: 0.9838",
        kind="range",
        slow=True,
    ),
    *FILTERS,
    *TRANSLATING,
)
