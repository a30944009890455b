"""How far back each network learns to reach: a long sweep over lengths, recorded and shipped.

Every network learned the adding problem at growing lengths, ten seeds each, until no seed solved
one. Where several rates are named each was tried and the best one counts. The
record lies in ``assets/horizon.csv`` and is what

    python -m explorer sweep horizon --out assets/horizon.csv

writes, a row a network and length; each is trained on one thread.
"""

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from explorer.gradients import LearningSettings, outcome, wilson
from explorer.runs.worker import arithmetic_of_a_trainer

SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "horizon.csv"
COMMAND = "python -m explorer sweep horizon --out assets/horizon.csv"
SETTINGS = LearningSettings(problem="adding", width=32, batch=20, seeds=10, seed=0)
LIMIT, EVERY = 2_000, 50  # updates at most, and between two looks
LENGTHS = (5, 10, 15, 20, 30, 50, 100)
RATES: Mapping[str, tuple[float, ...]] = {
    "rnn_tanh": (1e-2, 3e-3),
    "irnn": (1e-2,),
    "lstm": (1e-2,),
    "lstm_peephole": (1e-2,),
    "gru": (1e-2,),
}


@dataclass(frozen=True)
class Tried:
    """One network at one length: at which rate, and how many of its seeds solved it."""

    learner: str
    length: int
    rate: float
    seeds: int
    solved: int


@arithmetic_of_a_trainer()
def best(learner: str, length: int) -> dict[str, Any]:
    """Train one network's seeds at one length with each of its rates; the best one counts."""
    found = (tried(learner, length, rate) for rate in RATES[learner])
    return asdict(max(found, key=lambda each: each.solved))


def tried(learner: str, length: int, rate: float) -> Tried:
    """Train one network's seeds at one length."""
    settings = LearningSettings(**asdict(SETTINGS) | {"length": length, "rate": rate})
    found = outcome(settings, learner, LIMIT, EVERY)
    return Tried(learner, length, rate, settings.seeds, sum(at >= 0 for at in found.solved_at))


@cache
def recorded() -> tuple[Tried, ...]:
    """What the shipped record says; nothing where the file is not there."""
    if not SHIPPED.exists():
        return ()
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return tuple(
            Tried(
                row["learner"],
                int(row["length"]),
                float(row["rate"]),
                int(row["seeds"]),
                int(row["solved"]),
            )
            for row in csv.DictReader(file)
        )


def course(learner: str) -> dict[str, np.ndarray]:
    """The shares of one network over the lengths, with the 95 % interval of each (Wilson 1927)."""
    rows = [each for each in recorded() if each.learner == learner]
    ends = np.array([wilson(each.solved, each.seeds) for each in rows]).reshape(-1, 2)
    return {
        "length": np.array([each.length for each in rows], dtype=np.float32),
        "share": np.array([each.solved / each.seeds for each in rows], dtype=np.float32),
        "low": ends[:, 0].astype(np.float32),
        "high": ends[:, 1].astype(np.float32),
    }


def reach(learner: str) -> int:
    """The longest length up to which at least half of the seeds solved every one; 0 for none."""
    longest = 0
    for each in recorded():
        if each.learner == learner:
            if 2 * each.solved < each.seeds:
                break
            longest = each.length
    return longest
