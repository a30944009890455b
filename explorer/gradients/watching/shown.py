"""Who writes a recording down and draws it: somebody upstairs, whom nobody here knows."""

from importlib import import_module
from typing import Protocol, cast, runtime_checkable

import explorer


@runtime_checkable
class Writer(Protocol):
    """What can be done with a `Watching` once it has recorded something."""

    def save(self, watching: object, path: str, forget_bias: float | None) -> None:
        """Write it to a file; with a forget bias, its twin beside it."""

    def as_html(self, watching: object) -> str:
        """Return it as HTML that a notebook shows."""


def writer() -> Writer:
    """The writer that hangs at the door of the house (`explorer.UPSTAIRS`)."""
    return cast(Writer, import_module(explorer.UPSTAIRS["watching"]))
