"""Known answers about what is asked of a network: what it remembers, owes and writes."""

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from explorer.cells import CELLS
from explorer.sequences import Stack, Vocabulary, read_stack
from explorer.sequences.characters import CharacterNetwork, fresh_characters
from explorer.sequences.generation import generate
from explorer.sequences.handmade import HANDMADE, verdict
from explorer.sequences.handmade.counter import saturates_at
from explorer.sequences.handmade.delay import delay_line
from explorer.sequences.handmade.latch import latch
from explorer.sequences.probe import ForgettingCurve, forgetting_curve, memory_function
from explorer.sequences.saliency import saliency
from explorer.verify.cells import VARIED
from explorer.verify.draws import rng
from explorer.verify.known import Known

SOLVING = tuple(name for name, made in HANDMADE.items() if made.solves)
DELAY = 4
DRAWS = 2_000


def wrong_answers(name: str) -> float:
    """Wrong answers of a hand-made cell to short sequences, all of them, and to long ones."""
    made = HANDMADE[name]
    found = verdict(made, made.weights, rng())
    codes = made.draw(5_000, 1, rng(1))
    given = made.reading(made.weights, codes) > 0
    return float((given != made.right(codes)).sum()) + (not found.solved)


def counted_by_gru() -> float:
    """The largest n up to which PyTorch's GRU with the weights of the gallery tells aⁿbⁿ."""
    made = HANDMADE["gru_counter"]
    layer = nn.GRU(2, 4, device="meta", dtype=torch.float64).to_empty(device="cpu")
    layer.load_state_dict(made.weights.state_dict())
    for n in range(1, 100):
        word = made.vectors[[0] * n + [1] * (n + 1)]
        with torch.no_grad():
            yes = layer(word)[0] @ made.readout + made.readout_bias > 0
        if yes.nonzero().flatten().tolist() != [2 * n - 1]:
            return n - 1
    return 100


def latch_leaking(strength: int) -> float:
    """Steps over which a latch with weak gates reads a one, less those that its formula says."""
    made = latch(strength)
    codes = torch.zeros(1_000, 1, dtype=torch.int64)
    codes[0] = 2
    assert made.holds_until is not None, "weak gates leak"
    return float((made.reading(made.weights, codes) > 0).sum()) - made.holds_until


def a_network(cell: str) -> CharacterNetwork:
    """A small network whose weights are drawn and its read-out made decided."""
    network = fresh_characters(cell, Vocabulary("abcdefgh"), 8, 4, 1.0, rng(), 2)
    return replace(network, readout=3 * network.readout).to(torch.float64)


def saliency_gap(cell: str) -> float:
    """Largest difference of the saliency to central differences, of its largest entry."""
    network, text, step = a_network(cell), "badcafehead", 1e-5
    codes = network.vocabulary.encode(text)
    x = network.embedding[codes]

    def told(x: Tensor) -> Tensor:
        expected = network.log_probabilities(read_stack(network.stack, x).hidden)
        return expected[:-1].gather(1, codes[1:, None])[:, 0]

    squares = torch.zeros(len(text) - 1, len(text) - 1, dtype=torch.float64)
    for k in range(len(text) - 1):
        for entry in range(x.shape[1]):
            moved = torch.zeros_like(x)
            moved[k, entry] = step
            squares[:, k] += ((told(x + moved) - told(x - moved)) / (2 * step)).square()
    found = saliency(network, text).matrix
    return float((found - squares.sqrt()).abs().max() / found.max())


def chi_square_of_draws() -> float:
    """p-value of 2,000 first characters, a seed each, against what the network expects."""
    from scipy.stats import chisquare  # type: ignore[import-untyped]

    network = a_network("lstm")
    drawn = [int(generate(network, "a", 1, seed=seed).codes[0]) for seed in range(DRAWS)]
    counts = torch.bincount(torch.tensor(drawn), minlength=len(network.vocabulary))
    expected = network.read("a").probabilities[0]
    return float(chisquare(counts, DRAWS * expected).pvalue)


def delay_read() -> ForgettingCurve:
    """The forgetting curve of a delay line of four steps."""
    made = delay_line(DELAY)
    stack = Stack("rnn_tanh", ((made.weights,),))
    return forgetting_curve(stack, made.vectors, rng(), longest=10).curves["hidden"]


def linear_memory() -> float:
    """Σ R² over all lags, of a delay line of six units too small for tanh to bend."""
    made = delay_line(5).weights
    small = replace(made, weight_ih=1e-4 * made.weight_ih, weight_hh=0.5 * made.weight_hh)
    curves = memory_function(Stack("rnn_tanh", ((small,),)), rng()).curves
    return float(curves["hidden"].score.sum())


KNOWN = (
    *(
        Known(
            f"hand-made {name}: wrong answers, lengths to 5,000",
            0,
            partial(wrong_answers, name),
            "its task",
        )
        for name in SOLVING
    ),
    Known(
        "hand-made gru_counter: largest n, torch.nn.GRU",
        saturates_at(float(torch.sigmoid(torch.tensor(5.0, dtype=torch.float64)))),
        counted_by_gru,
        "2zⁿ⁻¹ − z²ⁿ⁻¹ − 1 > (1 − z)/2",
    ),
    Known(
        "latch with gates ±5: steps it holds, less the formula",
        0,
        partial(latch_leaking, 5),
        "σ(s)ᵗ⁺¹ = artanh(3/(8 σ(s)))",
    ),
    *(
        Known(
            f"{cell}: saliency against finite differences, relative",
            0,
            partial(saliency_gap, cell),
            "central differences",
            tolerance=1e-7,
        )
        for cell in (*CELLS, *VARIED)
    ),
    Known(
        "generation at temperature 1: p of 2,000 draws",
        (0.001, 1.0),
        chi_square_of_draws,
        "chi-square, Pearson 1900",
        kind="range",
    ),
    Known(
        "delay line of 4: worst read-out, lags 0 to 4",
        1,
        lambda: float(delay_read().score[: DELAY + 1].min()),
        "its weights",
    ),
    Known(
        "delay line of 4: best read-out, lags 5 to 10",
        (0.45, 0.55),
        lambda: float(delay_read().score[DELAY + 1 :].max()),
        "guessing one of two",
        kind="range",
    ),
    Known(
        "linear delay line of 6 units: Σ R² over lags",
        6,
        linear_memory,
        "Jaeger 2001",
        tolerance=0.05,
    ),
)
