"""A sweep over the runs of a lab: some of its dials varied, each combination with every seed."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from explorer.runs.tasks import Task
from explorer.sweep import measuring, summary
from explorer.sweep.grid import grid
from explorer.sweep.sheet import Key
from explorer.sweep.summary import Row

FUNCTION = f"{measuring.__name__}:{measuring.measured.__name__}"


class Runs:
    """All runs of a grid, and what is measured of them. Raises ValueError, one sentence.

    A row's key is what was varied, its seed, and the link that shows the run.
    """

    def __init__(
        self,
        what: str,
        vary: Sequence[str] = (),
        seeds: str | None = None,
        measure: str | None = None,
        rate: Sequence[str] = (),
        records: Sequence[str] = (),
    ) -> None:
        self.grid = grid(what, vary, seeds, records)
        rates = [summary.condition(text) for text in rate]
        asked = [name for name in (measure or "").split(",") if name]
        if not asked and not rates:
            raise ValueError("--measure says what is measured, such as held,w1")
        names = list(dict.fromkeys([*asked, *(each.name for each in rates)]))
        self.values = measuring.columns(self.grid, names)
        self.keys = (*self.grid.dials, "seed", "link")
        self.rates = [each.of(name) for each in rates for name in self._meant(each.name)]
        self._seeds_apart()
        self._runs = {
            (*point.varied, seed, link): point.varied for point, seed, link in self.grid.runs()
        }
        self._by_link = {key[-1]: key for key in self._runs}

    def runs(self) -> Sequence[Key]:
        """Return the keys of all runs, in the order of the file."""
        return list(self._runs)

    def missing(self, rows: Mapping[Key, Row]) -> int:
        """Return how many rows are still to come."""
        return len(self._runs) - len(rows)

    def tasks(self, rows: Mapping[Key, Row]) -> list[Task]:
        """Return a task for each run that has no row."""
        return [
            Task(FUNCTION, {"link": key[-1], "columns": self.values})
            for key in self._runs
            if key not in rows
        ]

    def after(self, task: Task, rows: Mapping[Key, Row]) -> list[Task]:
        """Return nothing: no run waits for another."""
        return []

    def rows(self, task: Task, value: Any) -> list[tuple[Key, Row]]:
        """Return the row of a run."""
        return [(self._by_link[task.arguments["link"]], (tuple(value["values"]), value["trouble"]))]

    def summary(self, rows: Mapping[Key, Row]) -> list[str]:
        """Return a table with a line for each combination."""
        points: dict[str, list[Row]] = {}
        for key, varied in self._runs.items():
            if key in rows:
                named = zip(self.grid.dials, varied, strict=True)
                points.setdefault(" ".join(f"{d}={v}" for d, v in named), []).append(rows[key])
        return summary.table(points, self.values, self.rates)

    def _meant(self, name: str) -> list[str]:
        return [name] if name in self.values else measuring.matching(name, self.values)

    def _seeds_apart(self) -> None:
        """Refuse seeds of which two runs share some: their rows would not be independent."""
        seeds = sorted(self.grid.seeds)
        least = min((later - seed for seed, later in pairwise(seeds)), default=0)
        most = measuring.together(self.grid, self.values) if least else 1
        if 0 < least < most:
            raise ValueError(
                f"one run here takes {most} neighbouring seeds together, so --seeds must lie "
                f"{most} apart for its rows to be independent, such as 0:{8 * most}:{most}"
            )
