"""The shipped records as sweeps: how far back networks reach, and how often predictions come true.

What lessons print of several seeds is carried out in the same way by `explorer.lessons.rates`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from explorer.gans import predictions
from explorer.labs.gradients import horizon
from explorer.runs.tasks import Task
from explorer.sweep import Sweep
from explorer.sweep.sheet import Key
from explorer.sweep.summary import Row, share


def came_true(prediction: str) -> list[bool]:
    """Return for each seed whether a prediction came true; all are trained together, as shipped."""
    import torch

    torch.set_num_threads(1)
    return list(predictions.rate(prediction).came_true)


class Predictions:
    """How often each prediction of the GAN lab came true: a row a seed."""

    keys = ("prediction", "seed")
    values = ("came_true",)

    def __init__(self, only: str | None = None) -> None:
        self._names = _chosen(only, list(predictions.PRESETS), "prediction")

    def runs(self) -> Sequence[Key]:
        """Return the keys of all rows."""
        return [(name, str(seed)) for name in self._names for seed in predictions.SEEDS]

    def missing(self, rows: Mapping[Key, Row]) -> int:
        """Return how many rows are still to come."""
        return len(self.runs()) - len(rows)

    def tasks(self, rows: Mapping[Key, Row]) -> list[Task]:
        """Return a task for each prediction that has not all its rows."""
        names = dict.fromkeys(key[0] for key in self.runs() if key not in rows)
        return [Task(_address(came_true), {"prediction": name}) for name in names]

    def after(self, task: Task, rows: Mapping[Key, Row]) -> list[Task]:
        """Return nothing: no prediction waits for another."""
        return []

    def rows(self, task: Task, value: Any) -> list[tuple[Key, Row]]:
        """Return the rows of a prediction."""
        name = task.arguments["prediction"]
        return [
            ((name, str(seed)), ((float(came),), ""))
            for seed, came in zip(predictions.SEEDS, value, strict=True)
        ]

    def summary(self, rows: Mapping[Key, Row]) -> list[str]:
        """Return how often each came true, beside what is shipped."""
        found = []
        for name in self._names:
            some = [rows[key][0][0] for key in self.runs() if key[0] == name and key in rows]
            shipped = predictions.PRESETS[name].measured
            if some:
                found.append(
                    f"{name:15} {share(int(sum(some)), len(some)):28} "
                    f"shipped: {shipped.hits} of {shipped.seeds}"
                )
        return found


class Reaches:
    """How far back each network learns to reach: longer and longer, until no seed solves it."""

    keys = ("learner", "length", "updates", "every")
    values = ("rate", "seeds", "solved")

    def __init__(self, only: str | None = None) -> None:
        self._names = _chosen(only, list(horizon.RATES), "network")

    def runs(self) -> Sequence[Key]:
        """Return the keys of all rows that there may be."""
        return [self._key(name, length) for name in self._names for length in horizon.LENGTHS]

    def missing(self, rows: Mapping[Key, Row]) -> int:
        """Return how many rows are still to come, at most."""
        return sum(len(self._left(name, rows)) for name in self._names)

    def tasks(self, rows: Mapping[Key, Row]) -> list[Task]:
        """Return the next length of each network."""
        return [task for name in self._names for task in self._next(name, rows)]

    def after(self, task: Task, rows: Mapping[Key, Row]) -> list[Task]:
        """Return the next length of the same network, unless no seed solved this one."""
        return self._next(task.arguments["learner"], rows)

    def rows(self, task: Task, value: Any) -> list[tuple[Key, Row]]:
        """Return the row of a network at a length."""
        row = float(value["rate"]), float(value["seeds"]), float(value["solved"])
        return [(self._key(value["learner"], value["length"]), (row, ""))]

    def summary(self, rows: Mapping[Key, Row]) -> list[str]:
        """Return the share of seeds that solved each length."""
        return [
            f"{key[0]:15} {key[1]:>4} steps: {share(int(rows[key][0][2]), int(rows[key][0][1]))}"
            for key in self.runs()
            if key in rows
        ]

    def _left(self, name: str, rows: Mapping[Key, Row]) -> list[int]:
        """Return the lengths that are still to be tried, the shortest first."""
        left = []
        for length in horizon.LENGTHS:
            known = rows.get(self._key(name, length))
            if known is None:
                left.append(length)
            elif not known[0][2]:
                break
        return left

    def _next(self, name: str, rows: Mapping[Key, Row]) -> list[Task]:
        return [
            Task(_address(horizon.best), {"learner": name, "length": length})
            for length in self._left(name, rows)[:1]
        ]

    @staticmethod
    def _key(name: str, length: int) -> Key:
        return name, str(length), str(horizon.LIMIT), str(horizon.EVERY)


RECORDS: dict[str, Callable[[str | None], Sweep]] = {
    "predictions": Predictions,
    "horizon": Reaches,
}


def _chosen(only: str | None, names: Sequence[str], kind: str) -> list[str]:
    asked = list(names) if only is None else only.split(",")
    for name in asked:
        if name not in names:
            known = ", ".join(map(repr, names))
            raise ValueError(f"unknown {kind} {name[:40]!r}; choose from {known}")
    return [name for name in names if name in asked]


def _address(function: Callable[..., Any]) -> str:
    return f"{function.__module__}:{function.__qualname__}"
