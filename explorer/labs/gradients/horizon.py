"""How far back each network learns to reach: a long sweep over lengths, recorded and shipped.

Every network learned the adding problem at growing lengths, ten seeds each, until no seed solved
one. Where several rates are named each was tried and the best one counts. The
record lies in ``assets/horizon.json`` and was written by

    python -m explorer train horizon --out assets/horizon.json

on one thread; the command writes it again.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from explorer.gradients import LEARNERS, LearningSettings, outcome, wilson

SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "horizon.json"
COMMAND = "python -m explorer train horizon --out assets/horizon.json"
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


def sweep(tell: Callable[[str], None] = lambda said: None) -> Iterator[Tried]:
    """Measure every network at every length, the shortest first; it takes about ten minutes."""
    for learner, rates in RATES.items():
        for length in LENGTHS:
            best = max((tried(learner, length, rate) for rate in rates), key=lambda t: t.solved)
            tell(f"{LEARNERS[learner].label}, {length} steps: {best.solved} of {best.seeds}")
            yield best
            if not best.solved:
                break


def tried(learner: str, length: int, rate: float) -> Tried:
    """Train one network's seeds at one length."""
    settings = LearningSettings(**asdict(SETTINGS) | {"length": length, "rate": rate})
    found = outcome(settings, learner, LIMIT, EVERY)
    return Tried(learner, length, rate, settings.seeds, sum(at >= 0 for at in found.solved_at))


def write(out: Path, tell: Callable[[str], None] = lambda said: None) -> None:
    """Measure everything and write the record."""
    rows = [asdict(each) for each in sweep(tell)]
    record = {
        "command": COMMAND,
        "settings": asdict(SETTINGS) | {"limit": LIMIT, "every": EVERY, "rates": dict(RATES)},
        "rows": rows,
    }
    out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


@cache
def recorded() -> tuple[Tried, ...]:
    """What the shipped record says; nothing where the file is not there."""
    if not SHIPPED.exists():
        return ()
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["rows"]
    return tuple(Tried(**row) for row in rows)


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
