"""The whole scene: its panels on their grids, the words it is told in, and all of it as JSON."""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from explorer.figures.scene.panels import Panel

NAMES = "names"  # the selection that chooses among the lexicons of a scene
LAPTOP = 640  # px of width that a stage has in a window of 933: a laptop at 150 %
ORDER = "order"  # the selection that chooses among the orders of its heat maps


@dataclass(frozen=True)
class Lexicon:
    """One way to call things: the word for every key that the scene writes as ⟦key⟧."""

    name: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A CSS grid: column and row sizes, and the area names row by row (a dot is an empty cell).

    The first ``fold`` rows fit the window together with the time bar (0: all of them do); the
    others follow below, while the time bar stays in view.
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    areas: tuple[str, ...]  # one string a row, names separated by blanks
    fold: int = 0


@dataclass(frozen=True)
class Scene:
    """A whole live picture. ``narrow`` is the grid below ``wide_from`` px of width.

    ``clock`` names what the time bar counts ("step", "character"). ``selects`` gives the start
    value of every selection (row of a heat map, unit of a cell). ``lexicons`` are the ways to call
    things; the selection `NAMES` chooses one. A scene with a `Diagram` steps
    through its stages inside each frame. ``loop`` plays a recording over and over, without
    controls, for small pictures that lead somewhere.
    """

    panels: tuple[Panel, ...]
    wide: Grid
    narrow: Grid
    clock: str = "step"
    selects: tuple[tuple[str, int], ...] = ()
    loop: bool = False
    alt: str = ""
    lexicons: tuple[Lexicon, ...] = ()
    wide_from: int = 760


T = TypeVar("T")
KEY = re.compile("⟦([^⟦⟧]*)⟧")


def worded(scene: Scene, index: int = 0) -> Scene:
    """Return the scene in the words of one of its lexicons, for pictures that nobody can switch.

    A key without a word stands as itself. Raises IndexError where the scene has lexicons but not
    that one.
    """
    words = dict(scene.lexicons[index].words) if scene.lexicons else {}
    return _put(replace(scene, lexicons=()), words)


def _put(thing: T, words: dict[str, str]) -> T:
    if isinstance(thing, str):
        return KEY.sub(lambda key: words.get(key[1], key[1]), thing)  # type: ignore[return-value]
    if isinstance(thing, tuple):
        return tuple(_put(item, words) for item in thing)  # type: ignore[return-value]
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(
            thing, **{f.name: _put(getattr(thing, f.name), words) for f in fields(thing)}
        )
    return thing


def as_json(thing: Any) -> Any:
    """Return a scene, or any part of it, as plain JSON values, without the fields that are None."""
    if thing is None or isinstance(thing, str | int | float):
        return thing
    if isinstance(thing, tuple | list):
        return [as_json(item) for item in thing]
    if isinstance(thing, dict):
        return {str(key): as_json(value) for key, value in thing.items()}
    kind: type = type(thing)
    pairs = ((name, getattr(thing, name)) for name in _names(kind))
    return {name: as_json(value) for name, value in pairs if value is not None}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
