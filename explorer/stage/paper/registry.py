"""Registries: tables of what there is, by its name. A name that is not in one is an error."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def registered(table: Mapping[str, T], name: str, what: str) -> T:
    """Return the entry of a table; raises ValueError, saying what there is, for another name."""
    if name not in table:
        raise ValueError(f"unknown {what} {name!r}; choose from {', '.join(map(repr, table))}")
    return table[name]
