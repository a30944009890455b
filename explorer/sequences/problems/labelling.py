"""A label for every character of a text: by networks, and by a table of the last few characters.

Letters in the shapes: T steps, N windows, C labels, L and M characters of a text.
"""

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.sequences.kinds.kind import Shape
from explorer.sequences.problems.problem import UNKNOWN, Examples, Floor, Metric, Problem

SEEN = (0, 1, 3)  # characters that the tables see


class Labelling(Problem):
    """The label of every character of a window that was cut out of a text at a random place.

    A label is what lies after its character, often beyond the window: nobody can know it there.
    """

    metric = Metric("right labels", "high", "percent")

    def __init__(
        self,
        codes: tuple[Int64[np.ndarray, " L"], Int64[np.ndarray, " M"]],
        labels: tuple[Int64[np.ndarray, " L"], Int64[np.ndarray, " M"]],
        symbols: int,
        classes: int,
        length: int = 64,
        batch: int = 32,
        windows: int = 128,
        signs: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
    ) -> None:
        """Codes and labels of the text that is learned from, and of the one held out.

        Raises `ValueError` for a text that is shorter than the windows cut out of it.
        """
        self.shape = Shape(1, classes, "every", length, symbols)
        self.batch, self.signs, self.names = batch, signs, names
        for text in codes:
            if len(text) < length:
                raise ValueError(
                    f"the text must have at least {length} characters, not {len(text)}"
                )
        self._codes, held_codes = (torch.from_numpy(part) for part in codes)
        self._labels, held_labels = (torch.from_numpy(part) for part in labels)
        self._ahead = torch.arange(length)[:, None]
        starts = torch.linspace(0, len(held_codes) - length, windows).long()
        places = starts + self._ahead
        self.held_out = Examples(held_codes[places], held_labels[places])
        self.floors = tuple(
            floor(seen, codes, labels, symbols, classes, places.numpy()) for seen in SEEN
        )

    def examples(self, rng: torch.Generator) -> Examples:
        """Windows from random places of the text."""
        starts = torch.randint(
            len(self._codes) - len(self._ahead) + 1, (self.batch,), generator=rng
        )
        places = starts + self._ahead
        return Examples(self._codes[places], self._labels[places])

    def loss(self, answers: Float[Tensor, "T N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats a character that has a label."""
        return cross_entropy(
            answers.flatten(0, 1), examples.targets.flatten(), ignore_index=UNKNOWN
        )

    def scores(self, answers: Float[Tensor, "T N C"], examples: Examples) -> Float[Tensor, " N"]:
        """The share of right labels in every window, among the characters that have one.

        Weighted so that the mean over windows is the share of all characters.
        """
        known = examples.targets != UNKNOWN
        right = (answers.argmax(-1) == examples.targets) & known
        return right.sum(0) / (known.sum() / known.shape[1])


def floor(
    seen: int,
    codes: tuple[Int64[np.ndarray, " L"], Int64[np.ndarray, " M"]],
    labels: tuple[Int64[np.ndarray, " L"], Int64[np.ndarray, " M"]],
    symbols: int,
    classes: int,
    places: Int64[np.ndarray, "T N"],
) -> Floor:
    """How often the most frequent label after the last few characters is right, held out."""
    table = frequent(contexts(codes[0], seen, symbols), labels[0], symbols**seen, classes)
    fallback = frequent(np.zeros_like(codes[0]), labels[0], 1, classes)[0]
    said = table[contexts(codes[1], seen, symbols)]
    said = np.where(said == UNKNOWN, fallback, said)[places]
    true = labels[1][places]
    known = true != UNKNOWN
    share = float((said == true)[known].mean()) if known.any() else 0.0
    name = ("chance", "one", "", "three")[seen]
    label = ("always the same", "table of one sign", "", "table of three signs")[seen]
    return Floor(name, label, share)


def contexts(codes: Int64[np.ndarray, " L"], seen: int, symbols: int) -> Int64[np.ndarray, " L"]:
    """A number for the last ``seen`` characters at every place, the present one included."""
    found = np.zeros_like(codes)
    for back in range(seen):
        earlier = np.concatenate((np.zeros(back, dtype=codes.dtype), codes[: len(codes) - back]))
        found += earlier * symbols**back
    return found


def frequent(
    context: Int64[np.ndarray, " L"], labels: Int64[np.ndarray, " L"], contexts: int, classes: int
) -> Int64[np.ndarray, " K"]:
    """The most frequent label of every context; `UNKNOWN` for one that never occurs."""
    known = labels != UNKNOWN
    counts = np.bincount(context[known] * classes + labels[known], minlength=contexts * classes)
    table = counts.reshape(contexts, classes)
    return np.where(table.sum(1) > 0, table.argmax(1), UNKNOWN)
