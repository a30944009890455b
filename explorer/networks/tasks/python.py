"""Expecting the next character of Python source: the standard library's own."""

import sys
import sysconfig
import zlib
from functools import cache
from pathlib import Path

from explorer.networks.recipes import Recipe
from explorer.networks.texts import Text, parted, text_task, typed
from explorer.sequences.syntax import syntax
from explorer.sequences.training import CharacterTraining

SKIPPED = {"test", "tests", "idlelib", "lib2to3", "turtledemo", "encodings", "pydoc_data"}
"""Tests, an editor, a code converter, demos, tables and generated text: not everyday Python."""
STDLIB = sys.stdlib_module_names


@cache
def python_source() -> Text:
    """The source of the standard library, about eight million characters.

    It differs between versions of Python, so the version and a SHA-256 of all parts go with it.
    Of every twenty files about one is held out to choose units on and one to score on, picked by
    a checksum of its name: a file added elsewhere moves no other.
    """
    root = Path(sysconfig.get_path("stdlib"))
    parts: dict[str, list[str]] = {"learned": [], "choosing": [], "scoring": []}
    for name, path in _modules(root):
        parts[_part(name)].append(path.read_text(encoding="utf-8"))
    return parted("source of the Python standard library", parts, "files", syntax)


@cache
def python_excerpt(learned: int, held_out: int) -> tuple[str, str]:
    """The first so many characters of what is learned from, and of what is held out to score on.

    Those of `python_source`, of which no more is read than this takes.
    """
    wanted, found = {"learned": learned, "scoring": held_out}, {"learned": "", "scoring": ""}
    for name, path in _modules(Path(sysconfig.get_path("stdlib"))):
        part = _part(name)
        if part in wanted and len(found[part]) < wanted[part]:
            found[part] += path.read_text(encoding="utf-8")
        elif all(len(found[each]) >= wanted[each] for each in wanted):
            break
    return found["learned"][:learned], found["scoring"][:held_out]


def _part(name: str) -> str:
    """The part that a file belongs to, by a checksum of its name."""
    return {0: "choosing", 1: "scoring"}.get(zlib.crc32(name.encode()) % 20, "learned")


def _modules(root: Path) -> list[tuple[str, Path]]:
    """Every module by its path below the library, sorted; no third-party or machine-made ones."""
    # Other packages lie below the library too, far more files than its own: nobody goes there.
    ours = [top for top in root.iterdir() if top.name.removesuffix(".py") in STDLIB]
    paths = [path for top in ours for path in (top.rglob("*.py") if top.is_dir() else [top])]
    named = [(path.relative_to(root), path) for path in paths if path.suffix == ".py"]
    kept = [
        (relative.as_posix(), path)
        for relative, path in named
        if not SKIPPED.intersection(relative.parts)
        and not relative.name.startswith("_sysconfigdata")
    ]
    return sorted(kept)


TASK = text_task(
    "python",
    "Python source",
    python_source,
    place=1,
    prompt="def ",
    material=typed("text", 'print("gate", f(x[0]))  # done'),
    tells={
        "brackets": ("inside brackets", "outside"),
        "quotes": ("inside quotes", "outside"),
        "a comment": ("inside a comment", "outside"),
    },
)


def _reader(cell: str, updates: int, words: str, rate: float = 1.6e-2) -> Recipe:
    return Recipe(
        f"characters-{cell}",
        f"{words} that reads Python source character by character",
        TASK,
        CharacterTraining(cell, updates=updates, learning_rate=rate),
    )


RECIPES = (
    _reader("lstm", 10_000, "an LSTM"),
    _reader("gru", 6_000, "a GRU"),
    # A plain RNN loses its footing at the rate of the gated cells.
    _reader("rnn_tanh", 8_000, "a plain RNN", rate=4e-3),
    _reader("lstm_peephole", 5_000, "an LSTM with peepholes"),
    _reader("lstm_coupled", 5_000, "an LSTM with coupled gates"),
    _reader("gru_before", 5_000, "a GRU that resets before the product"),
)
