"""The labs that a lesson leads through: what their links are read into."""

from collections.abc import Callable
from typing import Any

from explorer.runs import links


def _cells() -> type[Any]:
    from explorer.labs.cells.settings import CellLab

    return CellLab


def _gradients() -> type[Any]:
    from explorer.labs.gradients import Flow

    return Flow


def _gans() -> type[Any]:
    from explorer.labs.gans.settings import GanLab

    return GanLab


def _sequences() -> type[Any]:
    from explorer.labs.sequences import SequenceLab

    return SequenceLab


def _transport() -> type[Any]:
    from explorer.labs.transport import Sand

    return Sand


# A function for each, for a lab takes its time to load.
ROOMS: dict[str, Callable[[], type[Any]]] = {
    "cells": _cells,
    "gradients": _gradients,
    "gans": _gans,
    "sequences": _sequences,
    "transport": _transport,
}


def opened(link: str) -> tuple[str, Any]:
    """Return the page of a link, and the configuration that it describes.

    Raises ValueError, one sentence, for anything wrong in it.
    """
    page, parameters = links.split(link)
    if page not in ROOMS:
        known = ", ".join(f"/{name}" for name in ROOMS)
        raise ValueError(f"there is no page {'/' + page[:40]!r}; choose from {known}")
    found = links.decode(ROOMS[page](), parameters)
    for problem in found.problems:
        said = problem.partition(". The default")[0].rstrip(".")
        raise ValueError(said.removesuffix("; it was ignored"))
    return page, found.settings
