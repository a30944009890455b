"""A scene read back from the plain JSON that it travels as."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal

from explorer.figures.scene.whole import Scene


def from_json(told: Mapping[str, Any]) -> Scene:
    """Return the scene that `as_json` wrote as this; ValueError for what it never writes."""
    scene: Scene = _made(Scene, told)
    return scene


def _made(kind: Any, value: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return _part(kind, value)
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _row(typing.get_args(kind), value)
    if origin in (typing.Union, types.UnionType):
        return _one_of(typing.get_args(kind), value)
    return value


def _part(kind: type, value: Any) -> Any:
    known = _kinds(kind)
    if not isinstance(value, Mapping) or not value.keys() <= known.keys():
        raise ValueError(f"this is no {kind.__name__} of a scene")
    return kind(**{name: _made(known[name], part) for name, part in value.items()})


def _row(kinds: tuple[Any, ...], value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError("a row of a scene is told as a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_made(kinds[0], part) for part in value)
    return tuple(_made(kind, part) for kind, part in zip(kinds, value, strict=True))


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """Return a value of whichever of the kinds it says that it is."""
    if isinstance(value, Mapping):
        for kind in kinds:
            if is_dataclass(kind) and isinstance(kind, type) and _says(kind, value):
                return _part(kind, value)
        raise ValueError("a part of a scene is of no kind that there is")
    if isinstance(value, list | tuple):
        return _row(next(typing.get_args(k) for k in kinds if typing.get_origin(k) is tuple), value)
    return value


def _says(kind: type, value: Mapping[str, Any]) -> bool:
    """Return whether a part may be of a kind: by its names, and by the one that tells the kind."""
    known = _kinds(kind)
    signs = {n: typing.get_args(k) for n, k in known.items() if typing.get_origin(k) is Literal}
    alone = {name: words[0] for name, words in signs.items() if len(words) == 1}
    return value.keys() <= known.keys() and all(value.get(n) == word for n, word in alone.items())


@cache
def _kinds(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
