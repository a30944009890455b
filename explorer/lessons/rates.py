"""How often what a lesson says came true: measured once over several seeds, and shipped.

``python -m explorer.lessons.rates`` measures what is missing, and all of it anew with ``--all``;
a match takes seconds a seed. Made on one thread, with torch 2.13 and seeds from 0.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from explorer.lessons.lesson import LETTERS, Question, Range, Step
from explorer.lessons.measures import MEASURES

FILE = Path(__file__).with_name("rates.json")


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


def of_seed(settings: Any, seed: int) -> Any:
    """Return a configuration with its k-th seed; where it averages some, with the k-th such set."""
    own = f"{settings.view}_seed"  # of a view whose draws are its own
    if hasattr(settings, own):
        return replace(settings, **{own: seed})
    together = getattr(settings, "seeds", 1) if settings.view == "start" else 1
    if settings.view == "depth" and hasattr(settings, "depth_seeds"):
        together = settings.depth_seeds
    return replace(settings, seed=seed * together)


def measured(measure: str, step: Step, seeds: int) -> Iterator[float]:
    """Yield what each seed measures."""
    for seed in range(seeds):
        yield MEASURES[measure].value(of_seed(step.settings, seed))


def main(arguments: list[str]) -> None:
    """Write the file; what it holds already stays, unless all is asked for."""
    from explorer.lessons.reading import lessons

    known = {} if "--all" in arguments or not FILE.exists() else dict(recorded())
    found: dict[str, list[float]] = {}
    for lesson in lessons().values():
        for measure, step, seeds in wanted(iter(lesson.steps)):
            name = key(measure, step.link)
            values = known.get(name) or [
                float(f"{value:.4g}") for value in measured(measure, step, seeds)
            ]
            found[name] = list(values)
            print(name, *values, flush=True)
    lines = (f"  {json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found))
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    main(sys.argv[1:])
