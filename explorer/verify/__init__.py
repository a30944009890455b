"""Every known answer of the project, held against what is computed here.

``python -m explorer verify`` prints the table; its exit status is 1 when an answer fails.
"""

import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from explorer.runs.export import check_place
from explorer.verify.known import Known, Verdict, judge
from explorer.verify.table import Table

__all__ = ["ROOMS", "Known", "Verdict", "judge", "known_answers", "verification", "verify"]

ROOMS = (
    "cells",
    "sequences",
    "kinds",
    "questions",
    "gradients",
    "transport",
    "gans",
    "runs",
    "uploads",
)
"""The rooms, each with a module of its name here that holds its answers as ``KNOWN``."""


def known_answers(room: str) -> tuple[Known, ...]:
    """The known answers of one room. ValueError that lists the rooms when there is none."""
    if room not in ROOMS:
        raise ValueError(f"unknown room {room[:40]!r}; choose from {', '.join(map(repr, ROOMS))}")
    found: tuple[Known, ...] = importlib.import_module(f"explorer.verify.{room}").KNOWN
    return found


def verification(
    only: str | None = None, quick: bool = False, out: Path | None = None
) -> Callable[[], int]:
    """Return the verification, ready to go: calling it prints the table and returns the status.

    Raises ValueError for an unknown room, OSError for a file that cannot be written.
    """
    asked = {room: known_answers(room) for room in ([only] if only else ROOMS)}
    if out is not None:
        check_place(out)
    return partial(verify, asked, quick, out)


def verify(
    asked: Mapping[str, Sequence[Known]], quick: bool = False, out: Path | None = None
) -> int:
    """Judge the known answers of some rooms, print each as soon as it is known, and count.

    Returns 0 when all hold and 1 otherwise; an empty table proves nothing and returns 1 as well.
    """
    import torch

    torch.set_num_threads(1)
    table = Table([known for answers in asked.values() for known in answers])
    verdicts: list[Verdict] = []
    print(table.head())
    for room, answers in asked.items():
        print(room)
        for known in answers:
            if quick and known.slow:
                continue
            verdicts.append(judge(room, known))
            print(table.line(verdicts[-1]))
            sys.stdout.flush()
    failed = sum(not verdict.holds for verdict in verdicts)
    skipped = sum(map(len, asked.values())) - len(verdicts)
    seconds = sum(verdict.seconds for verdict in verdicts)
    print(
        f"{len(verdicts)} known answers: {len(verdicts) - failed} hold, {failed} fail"
        + (f", {skipped} slow ones skipped" if skipped else "")
        + f"; {seconds:.0f} s"
    )
    if out is not None:
        out.write_text(json.dumps([verdict.row() for verdict in verdicts], indent=1) + "\n")
    return 1 if failed or not verdicts else 0
