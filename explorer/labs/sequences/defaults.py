"""What the default example of every task reaches, and how long that takes: measured and kept.

Seconds are those of the process, of one thread, for all networks of the line-up together, frames
and held-out scores included; others' work beside it does not count. Made by::

    python -m explorer.labs.sequences.defaults assets/defaults.json
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import torch

from explorer.labs.prose import listing, spoken
from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.tasks import TASKS
from explorer.networks.recipes import ASSETS
from explorer.sequences.kinds import KINDS

FILE = ASSETS / "defaults.json"
SLOTS = ("first", "second", "third", "fourth")


@dataclass(frozen=True)
class Reached:
    """How a default example ended: updates, seconds, and the metric of every kind with its name."""

    steps: int
    seconds: float
    metric: str
    form: str
    metrics: Mapping[str, float]

    def said(self) -> str:
        """It in a sentence."""
        percent = self.form == "percent"
        ends = [
            f"{KINDS[kind].label} {f'{100 * value:.1f} %' if percent else spoken(value)}"
            for kind, value in self.metrics.items()
        ]
        took = f"{self.steps:,} updates in {self.seconds:.0f} s"
        return f"Measured on one core, all together: {took}; {self.metric}: {listing(ends)}."


def line_up(name: str) -> dict[str, str | float | int]:
    """The settings that a task turns with it: who meets on it, for how long, how fast."""
    task = TASKS[name]
    kinds = [*task.line_up, "", ""][: len(SLOTS)]
    return {
        **dict(zip(SLOTS, kinds, strict=True)),
        "steps": task.updates,
        "rate": task.rate,
        "window": task.window,
        "units": task.units,
    }


@cache
def reached() -> Mapping[str, Reached]:
    """What was measured, by task. Raises `ValueError` where the file is missing."""
    if not FILE.exists():
        raise ValueError(f"{FILE.name} is missing; the docstring of {__name__} says how to make it")
    return {name: Reached(**found) for name, found in json.loads(FILE.read_text()).items()}


def measured(name: str) -> Reached:
    """The default example of a task, run now."""
    training = SideBySide(task=name, **line_up(name))  # type: ignore[arg-type]
    training.still()
    began = time.process_time()
    *_, last = training.stream()
    seconds = round(time.process_time() - began, 1)
    found = {
        kind: round(last.scalars[f"{side}/metric"], 4) for side, kind in training.sides.items()
    }
    metric = training.problem.metric
    return Reached(training.steps, seconds, metric.label, metric.form, found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    known = {}
    for each in sys.argv[2:] or TASKS:
        known[each] = asdict(measured(each))
        print(each, known[each], flush=True)
    Path(sys.argv[1]).write_text(json.dumps(known, indent=1) + "\n")
