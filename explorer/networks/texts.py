"""Real text that ships with every Python: the library's own source, and English about it."""

import hashlib
import platform
import sys
import sysconfig
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pydoc_data.topics import topics

SKIPPED = {"test", "tests", "idlelib", "lib2to3", "turtledemo", "encodings", "pydoc_data"}
"""Tests, an editor, a code converter, demos, tables and generated text: not everyday Python."""


PARAGRAPH = 60  # characters; shorter ones, such as headings, are no sign of a repeated topic


@dataclass(frozen=True)
class Text:
    """A text in three parts by whole files: to learn from, to choose on, to score on."""

    name: str
    learned: str
    choosing: str
    scoring: str
    files: int
    python: str
    sha256: str
    whole: str = "files"  # what was held out whole
    language: str = "python"  # a key of `LANGUAGES`


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
        share = zlib.crc32(name.encode()) % 20
        part = {0: "choosing", 1: "scoring"}.get(share, "learned")
        parts[part].append(path.read_text(encoding="utf-8"))
    return _text("source of the Python standard library", parts, "files", "python")


@cache
def english() -> Text:
    """The prose of Python's built-in help, which `help()` shows: about 370,000 characters.

    Many topics repeat others; one that stands to more than half in larger ones is left out, so
    that nothing is held out that was learned. Of every eight topics, largest first, the sixth is
    held out to choose units on and the seventh to score on.
    """
    told: set[str] = set()
    parts: dict[str, list[str]] = {"learned": [], "choosing": [], "scoring": []}
    for name in sorted(topics, key=lambda name: (-len(topics[name]), name)):
        text = topics[name].strip("\n") + "\n\n"
        paragraphs = {part for part in text.split("\n\n") if len(part) >= PARAGRAPH}
        known = sum(map(len, paragraphs & told))
        if 2 * known > sum(map(len, paragraphs)):
            continue
        told |= paragraphs
        place = sum(map(len, parts.values())) % 8
        parts[{5: "choosing", 6: "scoring"}.get(place, "learned")].append(text)
    return _text("topics of Python's built-in help", parts, "topics", "english")


def _text(name: str, parts: dict[str, list[str]], whole: str, language: str) -> Text:
    joined = {part: "".join(texts) for part, texts in parts.items()}
    everything = "\0".join(joined.values()).encode()
    return Text(
        name=name,
        files=sum(map(len, parts.values())),
        python=platform.python_version(),
        sha256=hashlib.sha256(everything).hexdigest(),
        whole=whole,
        language=language,
        **joined,
    )


def _modules(root: Path) -> list[tuple[str, Path]]:
    """Every module by its path below the library, sorted; no third-party or machine-made ones."""
    named = [(path.relative_to(root), path) for path in root.rglob("*.py")]
    kept = [
        (relative.as_posix(), path)
        for relative, path in named
        if relative.parts[0].removesuffix(".py") in sys.stdlib_module_names
        and not SKIPPED.intersection(relative.parts)
        and not relative.name.startswith("_sysconfigdata")
    ]
    return sorted(kept)
