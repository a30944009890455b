"""Known answers about networks that learn: baselines in closed form, and who learns what."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from scipy.stats import binomtest  # type: ignore[import-untyped]

from explorer.gradients.shares import wilson
from explorer.gradients.side_by_side import LearningSettings, SideBySide, outcome
from explorer.sequences.long_lags import PROBLEMS
from explorer.sequences.tasks import ADDING_BASELINE
from explorer.verify.draws import rng
from explorer.verify.known import Known

ADDING = LearningSettings(problem="adding", length=50, batch=50, seeds=5)
INDEPENDENT = "measured independently"
DRAWN = 100_000


def without_memory(name: str, length: int, symbols: int = 1) -> float:
    """The loss of the best answer without memory on many drawn sequences.

    Of numbers their mean; of classes how often each comes at each step, which is all that somebody
    knows who has seen the clock and nothing else.
    """
    problem = PROBLEMS[name]
    targets = problem.draw(DRAWN, length, symbols, rng()).targets
    if not problem.classes:
        return float((targets - problem.mean).square().mean())
    counts = torch.nn.functional.one_hot(targets, problem.classes).double().mean(1)
    return float(torch.special.entr(counts).sum(-1).mean())


def rnn_stays(rate: float) -> float:
    """Error of five tanh RNNs after 2,000 iterations, the middle one, against guessing.

    Both on the same 250 sequences: their own variance differs from 1/6 by a little.
    """
    alone = SideBySide(replace(ADDING, rate=rate), ("rnn_tanh",))
    for _ in range(2_000):
        alone.step()
    now = alone.standings()["rnn_tanh"]
    return float(np.median(now.error / (now.error + now.ahead)))


def solving(cell: str, length: int, limit: int = 2_000) -> float:
    """How many of five seeds solve the adding problem."""
    found = outcome(replace(ADDING, length=length), cell, limit)
    return float(sum(at >= 0 for at in found.solved_at))


def of_scipy(successes: int, trials: int, end: int) -> float:
    """An end of SciPy's interval of Wilson, less ours."""
    found = binomtest(successes, trials).proportion_ci(method="wilson")
    return float((found.low, found.high)[end] - wilson(successes, trials)[end])


def _copy(length: int, symbols: int, printed: float) -> Known:
    return Known(
        f"copy of {symbols} symbols over {length} blanks: the baseline",
        printed,
        lambda: PROBLEMS["copy"].baseline(length, symbols),
        "K ln 8 / (T + 2K), Arjovsky et al. 2016",
        tolerance=1e-4,
        kind="rel",
    )


LEARNING = (
    Known(
        "adding problem: the baseline",
        1 / 6,
        lambda: ADDING_BASELINE,
        "2 Var U[0, 1]",
        tolerance=1e-15,
    ),
    _copy(10, 10, 0.6931),
    _copy(100, 10, 0.1733),
    _copy(500, 10, 0.03999),
    *(
        Known(
            f"{PROBLEMS[name].label}, {length} steps: answering without memory",
            expected,
            partial(without_memory, name, length, symbols),
            source,
            tolerance=7e-3 if name == "sine" else 2e-3,  # its squares spread more
        )
        for name, length, symbols, expected, source in (
            ("adding", 10, 1, 1 / 6, "2 Var U[0, 1]"),
            (
                *("adding_1997", 50, 1, (2 - 1 / 10 - 0.9 / 24) / 48),
                "(2 − p) Var U[−1, 1] / 16; p: a mark at the first step",
            ),
            ("copy", 10, 3, 3 * math.log(8) / 16, "K ln 8 / (T + 2K)"),
            ("recall", 10, 3, math.log(8), "ln 8"),
            ("order", 20, 1, math.log(4), "ln 4"),
            ("parity", 10, 1, math.log(2), "ln 2"),
            ("sine", 12, 1, 0.5 + 0.09, "Var sin + Var noise"),
        )
    ),
    *(
        Known(
            f"interval of {successes} of {trials}, {which} end: SciPy − ours",
            0,
            partial(of_scipy, successes, trials, end),
            "scipy.stats, Wilson 1927",
            tolerance=1e-12,
        )
        for successes, trials in ((0, 5), (4, 5), (17, 32))
        for end, which in enumerate(("lower", "upper"))
    ),
    Known(
        "LSTM, adding over 50 steps: seeds of 5 that solve it",
        (4, 5),
        partial(solving, "lstm", 50),
        f"5 of 5 within 750 updates, {INDEPENDENT}",
        kind="range",
        slow=True,
    ),
    Known(
        "GRU, adding over 50 steps: seeds of 5 that solve it",
        (4, 5),
        partial(solving, "gru", 50),
        f"200 updates, {INDEPENDENT}",
        kind="range",
        slow=True,
    ),
    *(
        Known(
            f"tanh RNN, adding over 50 steps, rate {rate:g}: error / guessing, middle of 5",
            (0.9, 1.1),
            partial(rnn_stays, rate),
            f"it stays at 1/6, {INDEPENDENT}",
            kind="range",
            slow=True,
        )
        for rate in (1e-3, 3e-3, 1e-2)
    ),
)
