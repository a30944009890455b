"""Sweeps: every combination of some dials over many seeds, on all cores or on a cluster.

A sweep has runs, each with a key; its tasks measure them, and its rows go to a file as they come.
The shipped records are sweeps too (`records`).
"""

import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from explorer.runs import dask
from explorer.runs.tasks import GoneError, Outcome, Task, outcomes
from explorer.sweep.sheet import Key, Sheet
from explorer.sweep.summary import Row
from explorer.train.progress import Progress, interruptible

DONE, FAILED, INTERRUPTED = 0, 1, 130


@runtime_checkable
class Sweep(Protocol):
    """What is to be measured: its runs by key, its columns, and the tasks that measure them."""

    @property
    def keys(self) -> Sequence[str]:
        """The columns that tell the runs apart."""
        ...

    @property
    def values(self) -> Sequence[str]:
        """The columns of numbers."""
        ...

    def runs(self) -> Sequence[Key]:
        """Return the keys of all runs that there may be, in the order of the file."""
        ...

    def missing(self, rows: Mapping[Key, Row]) -> int:
        """Return how many rows are still to come, as far as is known."""
        ...

    def tasks(self, rows: Mapping[Key, Row]) -> list[Task]:
        """Return the tasks that may begin, of those that have no row."""
        ...

    def after(self, task: Task, rows: Mapping[Key, Row]) -> list[Task]:
        """Return the tasks that may begin because this one has its rows."""
        ...

    def rows(self, task: Task, value: Any) -> list[tuple[Key, Row]]:
        """Return the rows that the value of a task is."""
        ...

    def summary(self, rows: Mapping[Key, Row]) -> list[str]:
        """Return what the rows have in common, as lines."""
        ...


def sweeping(
    what: str,
    out: Path,
    vary: Sequence[str] = (),
    seeds: str | None = None,
    measure: str | None = None,
    rate: Sequence[str] = (),
    only: str | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
) -> Callable[[], int]:
    """Return a sweep, ready to go: calling it fills the file and returns the exit status.

    Raises ValueError or OSError with one sentence where it cannot be.
    """
    dask.needed()
    if scheduler is not None:
        dask.checked(scheduler)
        if workers is not None:
            raise ValueError("--workers are this machine's; a scheduler has its own")
    from explorer.sweep import records, runs

    if what in records.RECORDS:
        given = {"--vary": vary, "--seeds": seeds, "--measure": measure, "--rate": rate}
        if wrong := [name for name, value in given.items() if value]:
            raise ValueError(f"{' and '.join(wrong)} cannot be given for {what}: it is recorded so")
        sweep: Sweep = records.RECORDS[what](only)
    elif only is not None:
        raise ValueError(f"--only is for the records: {', '.join(map(repr, records.RECORDS))}")
    else:
        sweep = runs.Runs(what, vary, seeds, measure, rate, tuple(records.RECORDS))
    sheet = Sheet(out, sweep.keys, sweep.values, sweep.runs())
    return partial(carry_out, sweep, sheet, scheduler, workers)


def carry_out(sweep: Sweep, sheet: Sheet, scheduler: str | None, workers: int | None) -> int:
    """Fill the file with what is missing, say what came of it, and return the exit status."""
    status = DONE
    try:
        with sheet:
            if sweep.missing(sheet.rows):
                status = _fill(sweep, sheet, scheduler, workers)
            if not (missing := sweep.missing(sheet.rows)):
                sheet.sort()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return FAILED
    for line in sweep.summary(sheet.rows):
        print(line)
    left = f"; {missing:,} are missing, and the same command goes on" if missing else ""
    print(f"{sheet.out}: {len(sheet.rows):,} rows{left}", file=sys.stderr)
    return status


def _fill(sweep: Sweep, sheet: Sheet, scheduler: str | None, workers: int | None) -> int:
    with interruptible() as asked_to_stop, dask.cluster(scheduler, workers) as client:
        before, failed, status = len(sheet.rows), 0, DONE
        if before:
            print(f"{sheet.out}: {before:,} rows are there already", file=sys.stderr)
        progress = Progress("row")

        def tell() -> None:
            done = len(sheet.rows) - before
            progress.tell(done, done / (done + sweep.missing(sheet.rows) or 1))

        tell()
        tasks = deque(sweep.tasks(sheet.rows))
        try:
            for outcome in outcomes(client, tasks, asked_to_stop.is_set):
                if outcome is not None and outcome.trouble:
                    failed += 1
                    _say_failed(outcome)
                elif outcome is not None:
                    for key, (values, trouble) in sweep.rows(outcome.task, outcome.value):
                        sheet.add(key, values, trouble)
                    tasks += sweep.after(outcome.task, sheet.rows)
                tell()
        except GoneError:
            print(f"\nThe scheduler at {scheduler or 'this machine'} is gone.", file=sys.stderr)
            status = FAILED
        progress.close()
        if asked_to_stop.is_set():
            return INTERRUPTED
        return FAILED if failed else status


def _say_failed(outcome: Outcome) -> None:
    told = ", ".join(str(value) for value in outcome.task.arguments.values())
    print(f"\n{told}: {outcome.trouble}", file=sys.stderr)
