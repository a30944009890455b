"""What networks are trained to do here: one module a task, with all that is known of it.

A module holds the data of a task with their source, its lesson, how it is measured while it is
learned and examined for the card, what its networks are given to read, and ``RECIPES``: the
networks that are made of it. That it lies in this folder is its entry; the menus, the commands,
`verify` and the tests read the three registries below.
"""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, TypeVar, runtime_checkable

from explorer.networks.kinds import Kind
from explorer.networks.recipes import Recipe, Task

__all__ = ["KINDS", "RECIPES", "TASKS", "recipe_of"]


@runtime_checkable
class _Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


def by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by their names. Raises `ValueError` where two share one."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if found.setdefault(entry.name, entry) is not entry:
            raise ValueError(f"two different entries are called {entry.name!r}")
    return found


def _gathered() -> list[Recipe]:
    """The recipes of every module of this folder, in the order of their tasks."""
    found: list[Recipe] = []
    for module in iter_modules(__path__):
        found += import_module(f"{__name__}.{module.name}").RECIPES
    return sorted(found, key=lambda recipe: recipe.task.place)


RECIPES: dict[str, Recipe] = by_name(_gathered())
"""Every network that can be made, by its name in commands and files."""
TASKS: dict[str, Task] = by_name(recipe.task for recipe in RECIPES.values())
"""Every task by the name that links call what is read, in the order of menus."""
KINDS: dict[str, Kind[Any]] = by_name(task.kind for task in TASKS.values())
"""Every kind of network by the name that it has in files."""


def recipe_of(name: str) -> Recipe:
    """The recipe of this name. Raises `ValueError` that lists the names where there is none."""
    if name not in RECIPES:
        names = ", ".join(map(repr, RECIPES))
        raise ValueError(f"unknown network {name[:40]!r}; choose from {names}")
    return RECIPES[name]
