"""What was measured of many seeds beforehand, and is shipped.

``assets/compared.json`` was written by the command below on one thread; the command writes it
again (`sweep`). Seconds in it are those of the processor that it names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "compared.json"
COMMAND = "python -m explorer train compared --out assets/compared.json"


@dataclass(frozen=True)
class Recorded:
    """What seeds 0, 1, 2, … of one lesson came to: the held-out metric, and seconds of training."""

    lesson: Mapping[str, Any]
    metric: tuple[float, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Shelf:
    """All that was recorded, and on which processor: nothing where the file is not there."""

    processor: str = ""
    rows: tuple[Recorded, ...] = ()

    def found(self, lesson: Mapping[str, Any]) -> Recorded | None:
        """Return what was recorded of a lesson, if it was."""
        return next((row for row in self.rows if row.lesson == lesson), None)


@cache
def shelf() -> Shelf:
    """Return what is shipped."""
    if not SHIPPED.exists():
        return Shelf()
    kept = json.loads(SHIPPED.read_text(encoding="utf-8"))
    rows = (
        Recorded(row["lesson"], tuple(row["metric"]), tuple(row["seconds"])) for row in kept["rows"]
    )
    return Shelf(kept["processor"], tuple(rows))
