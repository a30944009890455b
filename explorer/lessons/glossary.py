"""What words mean: one file, a term after the other, each with its source.

A term is a heading; below it stand other forms of it, where it comes from, and what it means::

    ## forget gate
    - also: forget gates
    - source: Gers, Schmidhuber & Cummins 2000

    A factor between 0 and 1 …
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("glossary.md")


@dataclass(frozen=True)
class Term:
    """A word of the field: its other forms, what it means, and where that is from."""

    name: str
    also: tuple[str, ...]
    meaning: str
    source: str


@dataclass(frozen=True)
class Piece:
    """A piece of a text: plain, or a term where it first appears."""

    text: str
    term: Term | None = None


@cache
def terms() -> dict[str, Term]:
    """Return all terms by their names. Raises ValueError, one sentence with the line."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> dict[str, Term]:
    """Return the terms of a file's text by their names. Raises ValueError with the line."""
    found: dict[str, Term] = {}
    forms: dict[str, str] = {}
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]:
        line = text[: text.index(part)].count("\n") + 1
        heading, *rest = part.splitlines()
        name = heading.removeprefix("## ").strip()
        items = dict(re.findall(r"^- (\w+): (.+)$", part, flags=re.MULTILINE))
        meaning = " ".join(" ".join(each for each in rest if not each.startswith("- ")).split())
        if not items.get("source") or not meaning or items.keys() - {"also", "source"}:
            raise ValueError(
                f"{FILE.name}, line {line}: {name!r} needs its meaning and a line '- source: …'."
            )
        also = tuple(filter(None, (each.strip() for each in items.get("also", "").split(","))))
        for form in (name, *also):
            if form.lower() in forms:
                raise ValueError(f"{FILE.name}, line {line}: {form!r} is explained twice.")
            forms[form.lower()] = name
        found[name] = Term(name, also, meaning, items["source"])
    return found


def marked(text: str, known: set[str] | None = None) -> Iterator[Piece]:
    """Yield a text in pieces: each term where it first appears, and what lies between.

    Terms whose names are ``known`` already are plain; those that appear become known.
    """
    seen = set() if known is None else known
    by_form, pattern = _forms()
    at = 0
    for match in pattern.finditer(text):
        term = by_form[match[0].lower()]
        if term.name in seen:
            continue
        seen.add(term.name)
        if match.start() > at:
            yield Piece(text[at : match.start()])
        yield Piece(match[0], term)
        at = match.end()
    if at < len(text):
        yield Piece(text[at:])


@cache
def _forms() -> tuple[dict[str, Term], re.Pattern[str]]:
    by_form = {form.lower(): term for term in terms().values() for form in (term.name, *term.also)}
    longest_first = sorted(by_form, key=len, reverse=True)
    alternatives = "|".join(map(re.escape, longest_first))
    return by_form, re.compile(rf"(?<![\w/-])(?:{alternatives})(?![\w-])", re.IGNORECASE)
