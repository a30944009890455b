"""The speed claims of the project, each measured against something in the same run.

``python -m explorer bench`` prints them as a table.
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from explorer.bench import app
from explorer.bench.rows import FULL, QUICK, Effort, Row
from explorer.runs.export import check_place

__all__ = ["ASKED", "Row", "bench", "benchmark", "claims"]

ASKED = {
    "wgan-gp/width=16": 5.0,
    "wgan-gp/width=32": 3.5,
    "wgan-gp/width=64": 2.2,
    "wgan-gp/width=128": 1.6,
    "wgan-gp/width=16/seeds=32": 7.0,
    "digit images/width=128": 1.5,
    "digit images/width=256": 1.5,
    "watched/rnn/every=10": 0.8,  # a quarter more for the same training
    "watched/lstm/every=10": 0.8,
    "watched/gru/every=10": 0.8,
    "population/lstm/width=32/batch=50/seeds=20": 4.0,
    "population/gru/width=32/batch=50/seeds=20": 4.0,
    "population/rnn/width=32/batch=50/seeds=20": 4.0,
    "sequences/vanilla": 0.8,  # at most 1.25 times the time
    "sequences/both": 0.8,
    "page/first": 1 / 1.6,
    "stage/painted": 0.75,
    "stage/replayed": 0.75,
    "stage/painted/viewers=30": 0.75,
    "room/cpu/followers=30": 10.0,  # at most a tenth of a core
    "room/lag/followers=30": 1.0,
}
"""The ratio that is asked for, to the textbook loop or the barest page; to a "target" it is 1."""

Measure = Callable[[Effort], Iterable[Row]]


def claims() -> dict[str, Measure]:
    """All claims by name but those about the running app, which are measured together."""
    found: dict[str, Measure] = {}
    for part in ("games", "recurrent", "watched", "kinds"):
        found |= importlib.import_module(f"explorer.bench.{part}").ROWS
    return found


def benchmark(
    only: str | None = None, quick: bool = False, browser: bool = False, out: Path | None = None
) -> Callable[[], int]:
    """Return the measurements, ready to go: calling it prints them and returns the status.

    With ``browser`` the running app is measured too. Raises ValueError when no claim's name
    contains ``only``, OSError for a file that cannot be written.
    """
    known, of_the_app = claims(), app.NAMES if browser else ()
    chosen = {name: measure for name, measure in known.items() if (only or "") in name}
    if names := [name for name in of_the_app if (only or "") in name]:
        chosen["the running app"] = partial(app.measure, names)
    if not chosen:
        there = ", ".join([*known, *of_the_app])
        raise ValueError(f"no row is named like {only!r}; there are {there}")
    if out is not None:
        check_place(out)
    return partial(bench, chosen, quick, out)


def bench(chosen: dict[str, Measure], quick: bool = False, out: Path | None = None) -> int:
    """Measure, print each row as soon as it is known, and write all rows to a file if asked to.

    Returns 0: a speed that is not reached on this machine is reported, not an error.
    """
    import torch

    torch.set_num_threads(1)
    rows: list[Row] = []
    width = max(map(len, [*chosen, *app.NAMES]))
    print(
        f"{'':{width}} {'ours':>10} {'other':>10} {'unit':13} {'against':17} {'ratio':>6}  spread"
    )
    for measure in chosen.values():
        for row in measure(QUICK if quick else FULL):
            rows.append(row)
            print(_line(row, width))
            sys.stdout.flush()
    if out is not None:
        out.write_text(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
    return 0


def _line(row: Row, width: int) -> str:
    asked = 1.0 if row.against == "target" else None
    if row.against in ("textbook", *app.FLOORS):
        asked = ASKED.get(row.name)
    verdict = ""
    if asked is not None:
        verdict = f"asked {asked:.3g}: {'reached' if row.ratio >= asked else 'missed'}"
    return (
        f"{row.name:{width}} {row.ours:10.4g} {row.other:10.4g} {row.unit:13} {row.against:17} "
        f"{row.ratio:6.2f}  {row.spread:5.0%}   {verdict}"
    ).rstrip()
