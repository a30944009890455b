"""Known answers about cells along time and the trained networks."""

import math
from functools import partial

import numpy as np
import torch

from explorer.cells import CELLS
from explorer.networks.shipped import load_network, network_card
from explorer.networks.tasks import RECIPES
from explorer.networks.tasks.digits import digits
from explorer.networks.tasks.sunspots import sunspots
from explorer.sequences import (
    CharacterNetwork,
    NumberNetwork,
    Stack,
    autoregression,
    read_stack,
    separation,
    stack_agreement,
    trace,
)
from explorer.sequences.digits import DigitNetwork, named, nearest_neighbour
from explorer.sequences.yearly import outlook
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known
from explorer.verify.network_scripts import NETWORK_SCRIPTS

TEXT = "def gate(x, y=(0, [1])):\n    return f\"{x}\" + 'y'  # done\n"


def shipped(name: str) -> float:
    """Largest difference of a shipped network's reading to the independent route, float64."""
    task = RECIPES[name].task
    given = task.material.given(task.material.example)
    return stack_agreement(task.kind.respond(load_network(name), given).whole)


def stacked(name: str, layers: int, both_ways: bool) -> float:
    """Largest difference of a stack's trace over 60 steps to the independent route, float64."""
    stack = Stack.draw(name, 5, 16, layers, both_ways, rng(), torch.float64)
    return stack_agreement(read_stack(stack, normal(60, 5)))


def one_by_one(name: str) -> float:
    """Largest difference between reading a text in one go and character by character."""
    network = load_network(name)
    assert isinstance(network, CharacterNetwork)
    reading, carry, apart = network.read(TEXT), network.begin(), 0.0
    for code, row in zip(reading.codes.tolist(), reading.log_probabilities, strict=True):
        expected, carry = network.next(code, carry)
        apart = max(apart, float((expected - row).abs().max()))
    return apart


def straight_line() -> float:
    """Largest difference of our autoregression of the sunspots to scikit-learn's regression."""
    from sklearn.linear_model import LinearRegression

    series = sunspots()
    values, split = series.values.numpy(), series.learned
    past = np.array([values[t - 9 : t][::-1] for t in range(9, len(values))])
    theirs = LinearRegression().fit(past[: split - 9], values[9:split]).predict(past[split - 9 :])
    return float(np.abs(autoregression(values[:split], 9).forecasts(values, split) - theirs).max())


def sunspots_again() -> float:
    """How far the error of the sunspot network is from what its card says, in parts of it."""
    network = load_network("sunspots-lstm")
    assert isinstance(network, NumberNetwork)
    promised = network_card("sunspots-lstm").loss
    return abs(outlook(network, sunspots()).error / promised - 1)


def digits_again() -> float:
    """The share of held-out digits that the shipped network names wrong."""
    network = load_network("digits-lstm")
    assert isinstance(network, DigitNetwork)
    return 1 - named(network, digits()).right


def neighbours() -> float:
    """Difference of our nearest neighbour's share of right digits to scikit-learn's."""
    from sklearn.neighbors import KNeighborsClassifier

    pictures = digits()
    flat, labels = pictures.values.flatten(1).double().numpy(), pictures.digits.numpy()
    split = pictures.learned
    judge = KNeighborsClassifier(1).fit(flat[:split], labels[:split])
    return abs(nearest_neighbour(pictures) - judge.score(flat[split:], labels[split:]))


def kept_and_written(name: str) -> float:
    """Largest error of memory = kept + written over a trace of 100 steps."""
    cell = CELLS[name]
    seen = trace(cell, cell.draw(3, 16, rng(), torch.float64), normal(100, 3))
    memory = seen.states["cell" if name == "lstm" else "hidden"]
    return float((memory - seen.states["kept"] - seen.states["written"]).abs().max())


def overlapping_bells() -> float:
    """How often a draw of N(1, 1) exceeds one of N(0, 1), told by `separation`."""
    draws = normal(40_000, 1).numpy()
    inside = np.arange(len(draws)) % 2 == 0
    return float(separation(draws + inside[:, None], inside)[0])


def total_probability() -> float:
    """Largest error of the sum of what a character network expects next."""
    network = load_network("characters-lstm")
    assert isinstance(network, CharacterNetwork)
    return float((network.read(TEXT).probabilities.sum(1) - 1).abs().max())


KNOWN = (
    *NETWORK_SCRIPTS,
    *(
        Known(
            f"{name} reads: against {'the fused layer' if cell.has_layer else 'the textbook'}, "
            "float64",
            0,
            partial(shipped, name),
            f"torch.nn.{cell.name[:4].removesuffix('_').upper()}" if cell.has_layer else "NumPy",
            tolerance=1e-12,
        )
        for name, cell in ((name, CELLS[recipe.settings.cell]) for name, recipe in RECIPES.items())
    ),
    *(
        Known(
            f"{name}, {layers} layers{', both ways' if both_ways else ''}: against "
            f"{'the fused layer' if cell.has_layer else 'the textbook'}",
            0,
            partial(stacked, name, layers, both_ways),
            "torch.nn" if cell.has_layer else "NumPy, unit by unit",
            tolerance=1e-12,
        )
        for name, cell in CELLS.items()
        for layers, both_ways in ((3, False), (3, True))
    ),
    *(
        Known(
            f"{name}: a text read character by character and in one go",
            0,
            partial(one_by_one, name),
            "definition",
            tolerance=1e-12,
        )
        for name in ("characters-lstm_peephole", "english-lstm")
    ),
    Known(
        "sunspots: autoregression of order 9",
        0,
        straight_line,
        "sklearn LinearRegression",
        tolerance=1e-8,
    ),
    Known(
        "sunspots-lstm: its error is what its card says",
        0,
        sunspots_again,
        "the card",
        tolerance=1e-6,
    ),
    Known(
        "digits: nearest neighbour", 0, neighbours, "sklearn KNeighborsClassifier", tolerance=0.003
    ),
    Known("digits-lstm: named wrong, at most", (0, 0.03), digits_again, "the card", kind="range"),
    Known(
        "expected characters: probabilities sum to 1",
        0,
        total_probability,
        "definition",
        tolerance=1e-12,
    ),
    Known(
        "LSTM: c − (f c₋₁ + i g)",
        0,
        partial(kept_and_written, "lstm"),
        "Gers et al. 2000",
        tolerance=1e-15,
    ),
    Known(
        "GRU: h − (z h₋₁ + (1 − z) n)",
        0,
        partial(kept_and_written, "gru"),
        "torch.nn.GRU",
        tolerance=1e-15,
    ),
    Known(
        "separation of N(1, 1) from N(0, 1)",
        0.5 * (1 + math.erf(0.5)),
        overlapping_bells,
        "Φ(1/√2), Mann & Whitney 1947",
        tolerance=0.01,
    ),
)
