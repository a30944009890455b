"""Reviews of films and products, each with its mean rating (Hutto and Gilbert 2014, MIT).

10,605 film snippets, after Pang and Lee (2004), and 3,708 of products, after Hu and Liu (2004),
rated from −4 to 4 by twenty people each; and VADER's lexicon, of the words that occur in them.
Shipped as a small file, made of the source archive of the PyPI package vaderSentiment by::

    pip download --no-binary :all: --no-deps vaderSentiment==3.3.2
    python -m explorer.labs.sequences.tasks.snippets vaderSentiment-3.3.2.tar.gz
"""

import io
import lzma
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from explorer.networks.recipes import ASSETS
from explorer.sequences.words import words

FILE = ASSETS / "reviews.tsv.xz"
LICENCE = "MIT"
SOURCE = "Hutto and Gilbert (2014), the source archive of vaderSentiment 3.3.2"
INNER = "additional_resources/hutto_ICWSM_2014.tar.gz"
PARTS = {
    "film": "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
    "product": "hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt",
}
LEXICON = "vaderSentiment/vader_lexicon.txt"


@dataclass(frozen=True)
class Snippet:
    """What was written, and the mean of twenty ratings from −4 to 4."""

    rating: float
    text: str


@dataclass(frozen=True)
class Snippets:
    """The reviews by what they are about, and what the lexicon says of words, from −4 to 4."""

    reviews: Mapping[str, tuple[Snippet, ...]]
    lexicon: Mapping[str, float]


def parsed(text: str) -> tuple[Snippet, ...]:
    """The snippets of a file of lines of number, mean rating and text, tabs between."""
    found = []
    for line in text.splitlines():
        _, rating, said = line.split("\t", 2)
        found.append(Snippet(round(float(rating), 2), " ".join(said.split())))
    return tuple(found)


@cache
def snippets() -> Snippets:
    """The reviews and the lexicon, as shipped. Raises `ValueError` where the file is missing."""
    if not FILE.exists():
        raise ValueError(f"{FILE.name} is missing; the docstring of {__name__} says how to make it")
    reviews: dict[str, list[Snippet]] = {name: [] for name in PARTS}
    lexicon: dict[str, float] = {}
    for line in lzma.decompress(FILE.read_bytes()).decode().splitlines():
        if line.startswith("#"):
            continue
        kind, number, text = line.split("\t")
        if kind == "word":
            lexicon[text] = float(number)
        else:
            reviews[kind].append(Snippet(float(number), text))
    return Snippets({name: tuple(rows) for name, rows in reviews.items()}, lexicon)


def make(archive: Path) -> None:
    """Write the shipped file, from the source archive of vaderSentiment."""
    root = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as outer:
        inner = io.BytesIO(_read(outer, f"{root}/{INNER}"))
        lexicon = _read(outer, f"{root}/{LEXICON}").decode()
    with tarfile.open(fileobj=inner) as papers:
        reviews = {name: parsed(_read(papers, path).decode()) for name, path in PARTS.items()}
    rows = [f"# {SOURCE}; {LICENCE}"]
    for name, several in reviews.items():
        rows += [f"{name}\t{each.rating:g}\t{each.text}" for each in several]
    occurring = {word for several in reviews.values() for each in several for word in _of(each)}
    for line in lexicon.splitlines():
        word, valence, *_ = line.split("\t")
        if word in occurring:
            rows.append(f"word\t{float(valence):g}\t{word}")
    packed = lzma.compress("\n".join(rows).encode() + b"\n", preset=9 | lzma.PRESET_EXTREME)
    FILE.write_bytes(packed)


def _of(snippet: Snippet) -> tuple[str, ...]:
    try:
        return words(snippet.text)
    except ValueError:
        return ()  # numbers and signs alone


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file")
    return file.read()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
