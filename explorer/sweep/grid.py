"""Which runs a sweep has: every combination of the values that are varied, each with every seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

from explorer.dials import values
from explorer.labs.presets import PRESETS, RUNS
from explorer.lessons.rooms import ROOMS
from explorer.runs import links

MOST = 100_000  # runs of a sweep
SHOWN = 60  # characters of a wrong word that its message repeats


@dataclass(frozen=True)
class Point:
    """One combination: what was varied, as a link writes it, and the whole configuration."""

    varied: tuple[str, ...]
    settings: Any


@dataclass(frozen=True)
class Grid:
    """All combinations of a sweep on one page; without ``seeds``, with the seed of the link."""

    page: str
    dials: tuple[str, ...]
    points: tuple[Point, ...]
    seeds: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.points) * max(1, len(self.seeds))

    def runs(self) -> Iterator[tuple[Point, str, str]]:
        """Yield every run: its point, its seed as a link writes it, and its link."""
        for point in self.points:
            written = links.encode(point.settings)
            known = values(point.settings)
            start = str(values(type(point.settings)()).get("seed", ""))
            for seed in map(str, self.seeds or [known.get("seed", "")]):
                told = written | {"seed": seed}
                if seed == start:
                    del told["seed"]
                query = urlencode({name: told[name] for name in known if name in told})
                yield point, seed, f"/{self.page}" + (f"?{query}" if query else "")


def grid(what: str, vary: Sequence[str], seeds: str | None, records: Sequence[str] = ()) -> Grid:
    """Return all runs of a sweep. Raises ValueError, one sentence, for anything wrong in it."""
    page, parameters = parsed(what, records)
    base = configuration(page, parameters)
    varied = variations(vary)
    known = values(base)
    for name in varied:
        if name not in known:
            raise ValueError(f"unknown setting {name[:SHOWN]!r}; choose from {', '.join(known)}")
    chosen = () if seeds is None else numbers(seeds)
    if chosen and "seed" not in known:
        raise ValueError(f"/{page} has no seed, so --seeds cannot be given")
    if chosen and "seed" in varied:
        raise ValueError("seed is varied by --seeds; leave it out of --vary")
    count = max(1, len(chosen))
    for some in varied.values():
        count *= len(some)
    if count > MOST:
        raise ValueError(f"these are {count:,} runs; a sweep has at most {MOST:,}")
    points = tuple(
        Point(some, configuration(page, {**parameters, **dict(zip(varied, some, strict=True))}))
        for some in product(*varied.values())
    )
    for seed in {min(chosen), max(chosen)} if chosen else ():
        configuration(page, {**parameters, "seed": str(seed)})
    return Grid(page, tuple(varied), points, chosen)


def parsed(what: str, records: Sequence[str] = ()) -> tuple[str, Mapping[str, str]]:
    """Return page and parameters of a preset or link. Raises ValueError for what is none.

    Its sentence names the ``records`` too, which might have been meant.
    """
    link = PRESETS[what].link if what in PRESETS else what
    if not any(sign in link for sign in "/?="):
        known = ", ".join(map(repr, [*PRESETS, *records]))
        raise ValueError(f"unknown preset {link[:SHOWN]!r}; choose from {known}, or give a link")
    try:
        return links.split(link)
    except ValueError as error:
        raise ValueError(f"{link[:SHOWN]!r} is not a link: {error}") from None


def configuration(page: str, parameters: Mapping[str, str]) -> Any:
    """Return the settings of a page; raises ValueError, one sentence, for anything wrong."""
    if page not in RUNS and page not in ROOMS:
        pages = ", ".join(repr(f"/{known}") for known in {**RUNS, **ROOMS})
        raise ValueError(f"nothing is measured behind {'/' + page[:SHOWN]!r}; choose from {pages}")
    kind = RUNS[page]()[0] if page in RUNS else ROOMS[page]()
    known = values(kind())
    for name in parameters.keys() - known.keys():
        raise ValueError(f"unknown setting {name[:SHOWN]!r}; choose from {', '.join(known)}")
    opened = links.decode(kind, parameters)
    for problem in opened.problems:
        raise ValueError(problem.partition(". The default")[0].removeprefix("In the link: "))
    return opened.settings


def variations(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values of each dial that is varied: ``width=16,32`` has two."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, sign, listed = word.partition("=")
        some = tuple(listed.split(","))
        if not (sign and name and all(some)):
            raise ValueError(f"--vary takes dials such as width=16,32, not {word[:SHOWN]!r}")
        if name in found:
            raise ValueError(f"{name} is varied twice; give all its values at once")
        if len(set(some)) < len(some):
            raise ValueError(f"a value of {name} is given twice: {listed[:SHOWN]}")
        found[name] = some
    return found


def numbers(text: str) -> tuple[int, ...]:
    """Return seeds: ``0:64`` are 0 to 63, ``0:320:5`` every fifth, ``1,4,9`` these three."""
    found: list[int] = []
    for part in text.split(","):
        ends = part.split(":")
        if len(ends) > 3 or not all(
            end.isascii() and end.isdigit() and len(end) < 10 for end in ends
        ):
            raise ValueError(f"--seeds takes 0:64, 0:320:5 or 1,4,9, not {text[:SHOWN]!r}")
        first, *rest = map(int, ends)
        some = range(first, *rest) if rest and rest[-1] else range(first, first + (not rest))
        if len(some) == 0 or len(some) > MOST:
            raise ValueError(f"--seeds {text[:SHOWN]} are {len(some):,} seeds; give 1 to {MOST:,}")
        found += some
    if len(set(found)) < len(found):
        raise ValueError(f"a seed is given twice: {text[:SHOWN]}")
    return tuple(found)
