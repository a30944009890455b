"""What was found in an uploaded file: the recurrent layers, how they were kept, and the proof.

Letters in the shapes: V words or characters known, N numbers for each of them; `O` numbers of h
in all directions, J of what the layer makes of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from torch import Tensor

from explorer.networks.enclosed import Enclosed
from explorer.networks.trained import Trained
from explorer.networks.uploads.alphabets import Told
from explorer.sequences.stack import Stack


@dataclass(frozen=True)
class Convention:
    """How a file kept its recurrent layers.

    `reset` is "after" or "before" the matrix product, or empty where the cell has no reset gate;
    `biases` counts those of each gate. `told_by` says what each fact was read from.
    """

    source: str
    gates: tuple[str, ...]  # the names of this laboratory, in the order of the file
    letters: tuple[str, ...]  # what the format calls them
    reset: str
    biases: int
    peepholes: bool
    directions: str  # "forward", "backward" or "both"
    told_by: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The facts as sentences, then what they were read from."""
        order = ", ".join(self.letters)
        biases = ("No biases", "One bias for each gate", "Two biases for each gate")[self.biases]
        facts = [f"{self.source}: gates packed {order}." if len(self.letters) > 1 else self.source]
        if self.reset:
            facts.append(f"The reset gate acts {self.reset} the matrix product.")
        peepholes = ", with peepholes" if self.peepholes else ""
        facts.append(f"{biases}{peepholes}.")
        facts.append(
            {
                "forward": "Reads forward.",
                "backward": "Reads from the end; opened as a network that is given the reverse.",
                "both": "Reads both ways.",
            }[self.directions]
        )
        return (*(fact if fact.endswith(".") else f"{fact}." for fact in facts), *self.told_by)


@dataclass(frozen=True)
class Table:
    """A matrix with a row for each word or character: what it becomes, or what speaks for it."""

    name: str
    weight: Float[Tensor, "V N"]
    bias: Float[Tensor, " V"] | None = None


@dataclass(frozen=True)
class Claim:
    """Recurrent layers as a reader understood them, before anything is proved.

    `oracle` computes the hidden states of the top layer from x, (T, batch, I), with the arrays of
    the file in the order of the file; `against` says who computes. `exact` is false where the
    oracle knows only float32. `assumed` is a sentence for everything that changes what is computed
    and that the file does not say: the oracle rests on it too, so the proof cannot show it.
    `handed` is the matrix that the layer multiplies its h with before it hands it out, if it does.
    `instead` are the other ways to read the same numbers, where the file leaves the choice.
    """

    name: str
    stack: Stack
    convention: Convention
    oracle: Callable[[np.ndarray], np.ndarray]
    against: str
    exact: bool
    assumed: tuple[str, ...] = ()
    handed: Float[Tensor, "J O"] | None = None
    instead: tuple["Claim", ...] = ()


@dataclass(frozen=True)
class Contents:
    """What a reader took out of a file: layers, matrices beside them, and what it left alone.

    `aside` are the names of all arrays that belong to no recurrent layer.
    """

    source: str
    claims: tuple[Claim, ...]
    embeddings: tuple[Table, ...] = ()
    readouts: tuple[Table, ...] = ()
    refused: tuple[str, ...] = ()
    alphabets: tuple[Told, ...] = ()
    aside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One recurrent network of a file, in the order of this laboratory, with its proof.

    `difference` is the largest distance of the hidden states on a random input, in units of the
    larger of 1 and the largest hidden state; below `tolerance` it `agrees`. Embedding and readout
    are there when exactly one matrix of the file fits this network and no other in it. `assumed` is
    what the proof rests on and the file does not say, in sentences, and `instead` the other ways
    to read the same numbers where the file leaves the choice.
    """

    name: str
    stack: Stack
    convention: Convention
    difference: float
    tolerance: float
    against: str
    embedding: Table | None
    readout: Table | None
    assumed: tuple[str, ...] = ()
    instead: tuple["Found", ...] = ()

    @property
    def squashes(self) -> tuple[str, ...]:
        """The activations to choose from, the assumed one first; none where there is no choice."""
        found = (self, *self.instead) if self.instead else ()
        return tuple(each.stack.cell_name.removeprefix("rnn_") for each in found)

    def squashed(self, squash: str) -> "Found":
        """The same numbers read with this activation; itself where there is no choice."""
        if squash not in self.squashes:
            return self
        return (self, *self.instead)[self.squashes.index(squash)]

    @property
    def agrees(self) -> bool:
        """Whether what differs is rounding."""
        return self.difference < self.tolerance

    @property
    def verdict(self) -> str:
        """What was proved, in one line: that it agrees only where nothing was assumed."""
        how = f"to {self.difference:.0e}" if self.difference else "exactly"
        if not self.agrees:
            return f"differs from {self.against}, {how.removeprefix('to ')}"
        if not self.assumed:
            return f"agrees with {self.against} {how}"
        return f"as {self.against} {how}; part is assumed"


@dataclass(frozen=True)
class Upload:
    """An opened file. `trained` is there for a file that this project wrote, card and all.

    `enclosed` is there for a network that learned in the sequence lab, one for each of its found
    recurrent parts.

    `refused` holds a sentence for each recurrent layer that is not computed here. The matrices and
    the alphabets are all that may belong to one of the networks: `lettered` says which do. `aside`
    are the names of all arrays that belong to no recurrent layer.
    """

    name: str
    source: str
    found: tuple[Found, ...]
    refused: tuple[str, ...] = ()
    trained: Trained | None = None
    embeddings: tuple[Table, ...] = ()
    readouts: tuple[Table, ...] = ()
    alphabets: tuple[Told, ...] = ()
    aside: tuple[str, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()

    @property
    def numbers(self) -> int:
        """How many numbers it holds, those of a matrix twice that may be two things."""
        layers = sum(found.stack.parameters for found in self.found)
        beside = sum(table.weight.numel() for table in (*self.embeddings, *self.readouts))
        return layers + beside + (self.trained.network.parameters if self.trained else 0)
