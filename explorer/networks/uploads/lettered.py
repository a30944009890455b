"""A network of a file that reads letters: its alphabet, its embedding, its readout, put together.

Which matrices belong to a network is decided by their sizes and names; what was assumed is said.

Letters in the shapes: V codes of the alphabet, E numbers that stand for a letter, H units.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.networks.kinds import CHARACTERS, Kind
from explorer.networks.uploads.alphabets import fitted, typed
from explorer.networks.uploads.found import Found, Table, Upload
from explorer.networks.uploads.layers import listed
from explorer.networks.uploads.limits import MOST_LETTERS
from explorer.sequences import CharacterNetwork
from explorer.sequences.alphabet import Alphabet

EMBEDS = re.compile(r"emb|encoder|lookup|wte|gather", re.IGNORECASE)
SPEAKS = re.compile(
    r"(?:^|[._/])(?:fc\d*|out\w*|decoder|linear\d*|lin\d*|head|readout|proj\w*|dense\w*|"
    r"classifier|logits\w*|lm_head|h2o|generator|final\w*)(?:[._/]|$)",
    re.IGNORECASE,
)
MOST_WIRINGS = 16


@dataclass(frozen=True)
class Wiring:
    """An embedding and a readout that could belong to a network; no embedding: letters one-hot."""

    embedding: Table | None
    readout: Table

    @property
    def rows(self) -> int:
        """V: how many codes go in and come out."""
        return len(self.readout.weight)

    @property
    def label(self) -> str:
        """What goes in by which matrix, and out by which, in a few words."""
        reads = "one-hot" if self.embedding is None else self.embedding.name
        return f"{reads}, then {self.readout.name}"

    @property
    def sentence(self) -> str:
        """The same as a sentence, with sizes."""
        bias = "with its bias" if self.readout.bias is not None else "without a bias"
        if self.embedding is None:
            reads = f"Letters go in one-hot, {self.rows} of them"
        else:
            rows, numbers = self.embedding.weight.shape
            reads = f"Letters go in by {self.embedding.name}, {rows:,} × {numbers:,}"
        return f"{reads}; what it expects comes out by {self.readout.name}, {bias}."


@dataclass(frozen=True)
class Lettered:
    """A network that reads letters, as its file and its owner say.

    `assumed` are sentences: by which matrices, by which alphabet, and what stands for what.
    """

    network: CharacterNetwork
    alphabet: Alphabet
    assumed: tuple[str, ...]
    kind: ClassVar[Kind[Any]] = CHARACTERS
    card: ClassVar[None] = None


def wirings(upload: Upload, found: Found) -> tuple[Wiring, ...]:
    """What could embed and read out this network, likeliest first; the same file, the same order.

    Sizes must fit: the embedding makes what the first layer reads, the readout reads what the last
    one hands out, and both know equally many codes. Names and places of the matrices rank them.
    """
    if found.stack.both_ways:
        return ()
    some = sorted(_fitting(upload, found), key=lambda each: -_score(each, found.name))
    return tuple(some[:MOST_WIRINGS])


def lettered(upload: Upload, part: int, alphabet: str = "", wiring: int = -1) -> Lettered | str:
    """The network of a part of a file as it reads letters, or why it does not and what is needed.

    `alphabet` is what was typed in, for want of one in the file or in place of it; `wiring` is a
    place among the `wirings`, -1 for the likeliest.
    """
    found = upload.found[part]
    some = wirings(upload, found)
    if not some:
        return _unwired(upload, found)
    told = [typed(alphabet)] if alphabet else list(upload.alphabets)
    if not told:
        rows = " or ".join(f"{rows:,}" for rows in dict.fromkeys(each.rows for each in some))
        return (
            f"it has what reads and what expects {rows} codes, and the file does not say which "
            f"letters they are: type its alphabet, one letter for each code in their order"
        )
    tried = [some[wiring]] if 0 <= wiring < len(some) else list(some)
    why = ""
    for each in tried:
        for one in told:
            try:
                letters = fitted(one, each.rows)
            except ValueError as no:
                why = why or str(no)
                continue
            assumed = (
                *(each.sentence, *_also(some, each), *_aside(upload, part, each)),
                *_of_letters(one.name, letters),
            )
            return Lettered(wired(found, each, letters), letters, assumed)
    return why if alphabet else f"{why}; type its alphabet, one letter for each code in their order"


def wired(found: Found, wiring: Wiring, alphabet: Alphabet) -> CharacterNetwork:
    """The whole network. Codes that go in one-hot have the identity for an embedding."""
    precision = found.stack.weights.weight_hh.dtype
    readout = wiring.readout.weight.to(precision)
    bias = wiring.readout.bias
    embedding: Float[Tensor, "V E"] = (
        torch.eye(wiring.rows, dtype=precision)
        if wiring.embedding is None
        else wiring.embedding.weight.to(precision)
    )
    return CharacterNetwork(
        alphabet,
        embedding,
        found.stack,
        readout,
        readout_bias=readout.new_zeros(len(readout)) if bias is None else bias.to(precision),
    )


def _fitting(upload: Upload, found: Found) -> Iterator[Wiring]:
    stack = found.stack
    reading = [table for table in upload.embeddings if table.weight.shape[1] == stack.inputs]
    for readout in upload.readouts:
        rows, width = readout.weight.shape
        if width != stack.outputs or not 2 <= rows <= MOST_LETTERS:
            continue
        for embedding in reading:
            if len(embedding.weight) == rows:
                yield Wiring(embedding, readout)
        if stack.inputs == rows:
            yield Wiring(None, readout)


def _score(wiring: Wiring, network: str) -> float:
    """How likely a wiring is, by the names and places of its matrices."""
    embedding, readout = wiring.embedding, wiring.readout
    score = 4.0 * bool(SPEAKS.search(readout.name)) - 4.0 * bool(EMBEDS.search(readout.name))
    score += 2.0 * (readout.bias is not None) + _near(readout.name, network)
    if embedding is None:
        return score + 1.0
    score += 4.0 * bool(EMBEDS.search(embedding.name)) - 4.0 * bool(SPEAKS.search(embedding.name))
    return score + _near(embedding.name, network) - 3.0 * (embedding.name == readout.name)


def _near(name: str, network: str) -> float:
    """How much of the way to a matrix is the way to the network: 1 for all of it, 0 for none."""
    parts, place = re.split(r"[./]", name)[:-1], re.split(r"[./]", network)[:-1]
    same = 0
    for one, other in zip(parts, place, strict=False):
        if one != other:
            break
        same += 1
    return same / len(place) if place else 0.0


def _also(some: tuple[Wiring, ...], taken: Wiring) -> tuple[str, ...]:
    """What else would fit, where something would."""
    others = [each.label for each in some if each is not taken]
    if not others:
        return ()
    return (f"By its sizes it could also be: {'; '.join(others[:3])}.",)


def _aside(upload: Upload, part: int, taken: Wiring) -> tuple[str, ...]:
    """What else is in the file, which may stand between the network and its letters."""
    tables = (taken.readout,) if taken.embedding is None else (taken.embedding, taken.readout)
    used = {_module(table.name) for table in tables}
    layers = [_module(name) for name in upload.aside]
    others = [other.name for at, other in enumerate(upload.found) if at != part]
    left = [each for each in dict.fromkeys([*others, *layers]) if each not in used]
    if not left:
        return ()
    are, none = ("is", "it does not stand") if len(left) == 1 else ("are", "none of them stands")
    return (
        f"{listed(left)} {are} in the file as well, and left aside: that {none} between the "
        f"network and its letters is assumed.",
    )


def _module(name: str) -> str:
    """The layer that an array belongs to, by its name."""
    return re.sub(r"(/vars)?[./][^./]+$", "", name)


def _of_letters(name: str, alphabet: Alphabet) -> tuple[str, ...]:
    said = [f"{len(alphabet):,} letters, by {name}."]
    if alphabet.called:
        named = ", ".join(f"{sign} for {what}" for sign, what in alphabet.called[:8])
        said.append(f"In texts stands {named}{' …' if len(alphabet.called) > 8 else ''}.")
    return tuple(said)


def _unwired(upload: Upload, found: Found) -> str:
    """Why nothing embeds and reads out a network, and what would."""
    stack = found.stack
    if stack.both_ways:
        return "it reads both ways, so it would see the letter that it is to expect"
    width = f"{stack.outputs:,} columns"
    speaking = [t for t in upload.readouts if t.weight.shape[1] == stack.outputs]
    if not speaking:
        return f"a network of letters has a readout: a matrix of {width}, a row for each letter"
    return (
        f"a network of letters also has an embedding, {stack.inputs:,} numbers for each letter, "
        f"with as many rows as its readout; save the whole state dict"
    )
