"""How often what a lesson says came true: measured once over several seeds, and shipped.

``python -m explorer.lessons.rates`` measures what is missing, and all of it anew with ``--all``, on
all cores or on the Dask cluster that ``--scheduler tcp://…`` names; a match takes seconds a seed.
Made on one thread a task, with torch 2.13 and seeds from 0.
"""

import argparse
import json
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from explorer.lessons.lesson import LETTERS, Question, Range, Step
from explorer.lessons.measures import MEASURES
from explorer.lessons.rooms import opened
from explorer.runs import dask
from explorer.runs.tasks import Outcome, Task, outcomes

FILE = Path(__file__).with_name("rates.json")
ADDRESS = "explorer.lessons.rates:of_one"


def key(measure: str, link: str) -> str:
    """Return under which name the values of a measure of a link are kept."""
    return f"{measure} {link}"


@cache
def recorded() -> Mapping[str, tuple[float, ...]]:
    """Return the values of all seeds, by `key`."""
    return {name: tuple(some) for name, some in json.loads(FILE.read_text("utf-8")).items()}


def values_of(measure: str, link: str) -> tuple[float, ...]:
    """Return what each seed measured; empty where that was not recorded."""
    return recorded().get(key(measure, link), ())


def hits(values: tuple[float, ...], span: Range) -> int:
    """Return how many of some values lie in a range."""
    return sum(value in span for value in values)


def votes(question: Question, values: tuple[float, ...]) -> dict[str, int]:
    """Return how many seeds each choice of a question was right for, by its letter."""
    return {
        letter: hits(values, choice.range)
        for letter, choice in zip(LETTERS, question.choices, strict=False)
    }


def wanted(steps: Iterator[Step]) -> Iterator[tuple[str, Step, int]]:
    """Yield each measure that some steps want over seeds, the step, and over how many."""
    for step in steps:
        if step.claim is not None:
            yield step.claim.measure, step, step.claim.seeds
        if step.question is not None and step.question.seeds:
            yield step.question.measure, step, step.question.seeds


def seeds_of_one(settings: Any) -> int:
    """Return over how many seeds a configuration averages what it measures at once."""
    averaged = {"start": "seeds", "depth": "depth_seeds"}.get(settings.view, "")
    return int(getattr(settings, averaged, 1)) if averaged else 1


def of_seed(settings: Any, seed: int) -> Any:
    """Return a configuration with its k-th seed; where it averages some, with the k-th such set."""
    own = f"{settings.view}_seed"  # of a view whose draws are its own
    if hasattr(settings, own):
        return replace(settings, **{own: seed})
    return replace(settings, seed=seed * seeds_of_one(settings))


def measured(measure: str, step: Step, seeds: int) -> Iterator[float]:
    """Yield what each seed measures."""
    for seed in range(seeds):
        yield MEASURES[measure].value(of_seed(step.settings, seed))


def of_one(measure: str, link: str, seed: int) -> float:
    """Return what one seed measures behind a link, to four digits: a task on a cluster."""
    import torch

    torch.set_num_threads(1)
    _, settings = opened(link)
    return float(f"{MEASURES[measure].value(of_seed(settings, seed)):.4g}")


def main(arguments: list[str]) -> None:
    """Write the file; what it holds already stays, unless all is asked for.

    An interrupted one goes on where it stood: each link is written once its seeds are measured.
    """
    from explorer.lessons.reading import lessons

    asked = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    asked.add_argument("--all", action="store_true")
    asked.add_argument("--scheduler")
    given = asked.parse_args(arguments)
    known = {} if given.all or not FILE.exists() else dict(recorded())
    found: dict[str, tuple[float, ...]] = {}
    tasks: deque[Task] = deque()
    seeds_of: dict[str, int] = {}
    for lesson in lessons().values():
        for measure, step, seeds in wanted(iter(lesson.steps)):
            name = key(measure, step.link)
            if name in known:
                found[name] = known[name]
            elif name not in seeds_of:
                seeds_of[name] = seeds
                tasks += (
                    Task(ADDRESS, {"measure": measure, "link": step.link, "seed": seed})
                    for seed in range(seeds)
                )
    if tasks:
        with dask.cluster(given.scheduler) as client:
            for name, values in _by_name(outcomes(client, tasks), seeds_of):
                found[name] = values
                print(name, *values, flush=True)
                _write(found)
    _write(found)


def _by_name(
    ended: Iterator[Outcome | None], seeds_of: Mapping[str, int]
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield the values of each link in the order of its seeds, once all are there."""
    values: dict[str, dict[int, float]] = {name: {} for name in seeds_of}
    for outcome in ended:
        if outcome is None:
            continue
        if outcome.trouble:
            raise SystemExit(f"{outcome.task.arguments}: {outcome.trouble}")
        told = outcome.task.arguments
        name = key(told["measure"], told["link"])
        values[name][told["seed"]] = outcome.value
        if len(values[name]) == seeds_of[name]:
            yield name, tuple(values[name][seed] for seed in range(seeds_of[name]))


def _write(found: Mapping[str, tuple[float, ...]]) -> None:
    lines = (f"  {json.dumps(name)}: {json.dumps(list(found[name]))}" for name in sorted(found))
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (ValueError, OSError) as error:
        sys.exit(str(error))
