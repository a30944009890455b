"""What is measured of a run: the numbers of its last frame, and what lessons measure by name.

``a/held`` is a number of a frame; ``held`` is that of every game that has one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from explorer.labs.presets import RUNS
from explorer.lessons.measures import MEASURES, Measure
from explorer.lessons.rates import seeds_of_one
from explorer.runs import links
from explorer.runs.experiments import Experiment, digest
from explorer.runs.frames import Frame
from explorer.runs.worker import arithmetic_of_a_trainer, line
from explorer.sweep.grid import Grid, configuration

LATER = 12  # frames after which every number of a run has been measured once


@arithmetic_of_a_trainer()
def measured(link: str, columns: Sequence[str]) -> dict[str, Any]:
    """Return what one run measures at its end, in the order of the columns, and its trouble.

    A number that the run does not have is NaN, and all are where it came to no end.
    """
    page, parameters = links.split(link)
    settings = configuration(page, parameters)
    nothing = [math.nan] * len(columns)
    ends: dict[str, Frame] = {}

    def value(name: str) -> float:
        known = _named(page, name)
        if known is None:
            return float(_end(behind(page, settings), ends).scalars.get(name, math.nan))
        if known.of is not None:
            return float(known.of(settings))
        assert known.run is not None
        assert known.of_frame is not None
        run = known.run(settings)
        return float(known.of_frame(_end(run, ends), run))

    try:
        return {"values": [value(name) for name in columns], "trouble": ""}
    except (ValueError, ArithmeticError) as error:
        return {"values": nothing, "trouble": line(error)}


@arithmetic_of_a_trainer()
def columns(grid: Grid, asked: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers that some names stand for, of all runs together.

    Raises ValueError, one sentence that lists what there is, for a name that stands for none.
    """
    found: dict[str, None] = {}
    seen: dict[str, None] = {}
    if any(_named(grid.page, name) is None for name in asked) and grid.page in RUNS:
        seen = _seen(grid, asked)
    for name in asked:
        if _named(grid.page, name) is not None:
            found[name] = None
            continue
        of_it = matching(name, seen)
        if not of_it:
            raise ValueError(f"unknown measure {name[:60]!r}; choose from {_offered(grid, seen)}")
        found |= dict.fromkeys(of_it)
    return tuple(found)


def matching(name: str, seen: Iterable[str]) -> list[str]:
    """Return the numbers of frames that a name stands for: itself, or that of every game."""
    every = list(seen)
    return [name] if name in every else [each for each in every if each.partition("/")[2] == name]


def together(grid: Grid, names: Sequence[str]) -> int:
    """Return how many neighbouring seeds one run of a sweep takes in, at most."""
    most = 1
    for point in grid.points:
        settings = point.settings
        for name in names:
            known = _named(grid.page, name)
            if known is not None and known.of is not None:
                most = max(most, seeds_of_one(settings))
            else:
                run = known.run(settings) if known and known.run else behind(grid.page, settings)
                most = max(most, getattr(run, "seeds", 1))
    return most


def behind(page: str, settings: Any) -> Experiment:
    """Return the run that a configuration stands for. Raises ValueError where it has none."""
    return RUNS[page]()[1](settings)


def _named(page: str, name: str) -> Measure | None:
    """Return the measure of a page that lessons call so."""
    known = MEASURES.get(name)
    return known if known is not None and known.page == page else None


def _end(run: Experiment, ends: dict[str, Frame]) -> Frame:
    """Return the last frame of a run, which is run once. Raises ValueError with its trouble."""
    key = digest(run)
    if key not in ends:
        last = Frame(0)
        for frame in run.stream():
            last = frame
        ends[key] = last
    if ends[key].trouble:
        raise ValueError(ends[key].trouble)
    return ends[key]


def _seen(grid: Grid, asked: Sequence[str]) -> dict[str, None]:
    """Return the numbers of the runs' frames: of the first run, and of each with one dial turned.

    Some are not there from the first frame on; what is asked for and not there is waited for.
    """
    first = grid.points[0].varied
    probes = [
        behind(grid.page, point.settings)
        for point in grid.points
        if sum(one != other for one, other in zip(point.varied, first, strict=True)) <= 1
    ]
    for point in grid.points:
        behind(grid.page, point.settings)  # each has a run, or says why not
    seen: dict[str, None] = {}
    for probe in probes:
        stream = probe.stream()
        seen |= dict.fromkeys(next(stream).scalars)
        games = {name.partition("/")[0] for name in seen if "/" in name}
        if any(len(matching(name, seen)) < max(1, len(games)) for name in asked):
            for frame in islice(stream, LATER):
                seen |= dict.fromkeys(frame.scalars)
    return seen


def _offered(grid: Grid, seen: Mapping[str, None]) -> str:
    """Return what may be measured: names of frames without their game, and those of lessons."""
    short = dict.fromkeys(
        name.partition("/")[2] or name
        for name in seen
        if not any(part.isdigit() for part in name.split("/"))
    )
    named = [name for name, known in MEASURES.items() if known.page == grid.page]
    return ", ".join([*short, *named])
