"""Many seeds of many networks, measured beforehand: what `recorded` is read from.

About six minutes of one core.
"""

import json
import platform
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from explorer.labs.sequences import recorded
from explorer.labs.sequences.augmenting import Augmenting
from explorer.labs.sequences.comparing import Compared
from explorer.labs.sequences.rounds import Rounds
from explorer.labs.sequences.starts import Starts
from explorer.labs.sequences.tasks import TASKS

Tell = Callable[[str], None]
SWEPT: Mapping[str, tuple[int, Mapping[str, tuple[str, ...]]]] = {
    "speech": (
        8,
        {
            "updates": ("vanilla", "both", "averaged", "wide", "gru"),
            "parameters": ("both", "gru"),
        },
    ),
    "vowel": (8, {"updates": ("vanilla", "both", "wide", "window"), "parameters": ("both",)}),
    "sunspots": (8, {"updates": ("vanilla", "gru", "window")}),
}
"""Of each task how many seeds, and which networks with what matched."""
STARTS = 32
AUGMENTED = 16


def networks() -> Iterator[tuple[Compared, int]]:
    """Every network that is recorded, as the first of a comparison, and of how many seeds."""
    for name, (seeds, by_match) in SWEPT.items():
        task = TASKS[name]
        for matched, kinds in by_match.items():
            for kind in kinds:
                other = next(one for one in task.line_up if one != kind)
                run = Compared(
                    task=name,
                    first=kind,
                    second=other,
                    third="",
                    units=task.units,
                    window=task.window,
                    rate=task.rate,
                    steps=task.updates,
                    matched=matched,
                )
                yield run, seeds


def sweep(tell: Tell = lambda said: None) -> Iterator[dict[str, Any]]:
    """Measure everything; a row for each lesson."""
    for run, seeds in networks():
        found = []
        for seed in range(seeds):
            found.append(run.measure(seed, {"a": run.steps, "b": 0})["a"])
        yield row(run, "a", found)
        tell(f"{run.task}, {run.labels['a']}, {run.matched}: {seeds} seeds")
    for whole, many in ((Starts(), STARTS), (Augmenting(), AUGMENTED)):
        yield from rounds(whole, many)
        tell(f"{type(whole).__name__}: {many} rounds")


def rounds(run: Rounds, many: int) -> Iterator[dict[str, Any]]:
    """Measure so many rounds; a row for each side."""
    found = [run.measure(number, run.goals()) for number in range(many)]
    for side in run.labels:
        yield row(run, side, [each[side] for each in found])


def row(run: Rounds, side: str, found: list[tuple[float, float]]) -> dict[str, Any]:
    """Return what is written of one side."""
    return {
        "lesson": run.lesson(side),
        "metric": [float(f"{metric:.6g}") for metric, _ in found],
        "seconds": [float(f"{seconds:.3g}") for _, seconds in found],
    }


def write(out: Path, tell: Tell = lambda said: None) -> None:
    """Measure everything and write the record."""
    rows = list(sweep(tell))
    record = {
        "command": recorded.COMMAND,
        "processor": processor(),
        "torch": torch.__version__,
        "rows": rows,
    }
    out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def processor() -> str:
    """Return what this machine's processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
