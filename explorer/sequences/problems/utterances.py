"""Who speaks: utterances of unequal length, a class each, and what is reached without reading on.

Letters in the shapes: T frames, N utterances, I numbers a frame, F features, C classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.sequences.kinds.kind import Network, Shape
from explorer.sequences.padded import padded
from explorer.sequences.problems.problem import Examples, Floor, Metric, Problem

MOST_PASSES = 100  # of the fit of a line


class Utterances(Problem):
    """A class of every sequence, read at its own end; channels are standardised.

    Mean and spread of each channel are those of the frames that are learned from.
    """

    metric = Metric("right speakers", "high", "percent")

    def __init__(
        self,
        learned: tuple[Sequence[Tensor], Int64[Tensor, " N"]],
        held_out: tuple[Sequence[Tensor], Int64[Tensor, " M"]],
        classes: int,
        batch: int = 32,
    ) -> None:
        """Utterances (T, I) with their classes: to learn from, and held out."""
        frames = torch.cat(list(learned[0]))
        self.mean, self.spread = frames.mean(0), frames.std(0).clamp(min=1e-6)
        ours, theirs = (
            [(each - self.mean) / self.spread for each in part[0]] for part in (learned, held_out)
        )
        self._inputs, self._lengths = padded(ours)
        self._targets = learned[1]
        inputs, lengths = padded(theirs)
        self.held_out = Examples(inputs, held_out[1], lengths)
        self.shape = Shape(frames.shape[1], classes, "end", len(inputs))
        self.batch = min(batch, len(ours))
        self.names = tuple(f"speaker {number + 1}" for number in range(classes))
        self.floors = speaker_floors(
            Examples(self._inputs, self._targets, self._lengths), self.held_out, classes
        )

    def all_learned(self) -> Examples:
        """All utterances that are learned from, in one batch."""
        return Examples(self._inputs, self._targets, self._lengths)

    def scale(self) -> dict[str, list[float]]:
        """Of every channel."""
        return {"mean": self.mean.tolist(), "spread": self.spread.tolist()}

    def examples(self, rng: torch.Generator) -> Examples:
        """Utterances drawn without putting any back, cut to the longest of them."""
        drawn = torch.randperm(len(self._targets), generator=rng)[: self.batch]
        lengths = self._lengths[drawn]
        inputs = self._inputs[: int(lengths.max()), drawn]
        return Examples(inputs, self._targets[drawn], lengths)

    def loss(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats an utterance."""
        return cross_entropy(answers, examples.targets)

    def scores(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, " N"]:
        """1 for every utterance whose speaker is recognised."""
        return (answers.argmax(-1) == examples.targets).float()


def read_behind(network: Network, examples: Examples, frames: int) -> Float[Tensor, "N C"]:
    """What a network says that is read so many frames of padding behind each utterance's own end.

    It runs over zeros, the mean of every channel, as if they had been spoken.
    """
    lengths = examples.lengths
    assert lengths is not None, "utterances have lengths"
    inputs = torch.nn.functional.pad(examples.inputs, (0, 0, 0, 0, 0, frames))
    with torch.no_grad():
        return network(inputs, lengths + frames)


def after_each(network: Network, utterance: Float[Tensor, "T I"]) -> Float[Tensor, "T C"]:
    """The probability of every class once so many frames have been heard, the first one onwards."""
    steps = len(utterance)
    prefixes = utterance[:, None].expand(-1, steps, -1).contiguous()
    with torch.no_grad():
        return network(prefixes, torch.arange(1, steps + 1)).softmax(-1)


def speaker_floors(learned: Examples, held_out: Examples, classes: int) -> tuple[Floor, ...]:
    """The largest class, the nearest mean frame, a line on the mean, and on mean and spread."""
    (ours, our_spread), (theirs, their_spread) = features(learned), features(held_out)
    means = ours, theirs
    both = torch.cat((ours, our_spread), -1), torch.cat((theirs, their_spread), -1)
    nearest = torch.cdist(means[1], means[0]).argmin(1)
    largest = (held_out.targets == held_out.targets.bincount().argmax()).double().mean()
    return (
        Floor("largest", "largest class", float(largest)),
        Floor("nearest", "nearest mean frame", _right(learned.targets[nearest], held_out)),
        Floor("mean", "line on the mean", _right(line(means, learned.targets, classes), held_out)),
        Floor(
            "spread",
            "line on mean and spread",
            _right(line(both, learned.targets, classes), held_out),
        ),
    )


def features(examples: Examples) -> tuple[Float[Tensor, "N I"], Float[Tensor, "N I"]]:
    """Mean and standard deviation of every channel over each utterance's own frames."""
    lengths = examples.lengths
    assert lengths is not None, "utterances have lengths"
    own = [examples.inputs[:length, k].double() for k, length in enumerate(lengths.tolist())]
    mean = torch.stack([each.mean(0) for each in own])
    spread = torch.stack([each.std(0, correction=0) for each in own])
    return mean, spread


def line(
    inputs: tuple[Float[Tensor, "N F"], Float[Tensor, "M F"]],
    targets: Int64[Tensor, " N"],
    classes: int,
) -> Int64[Tensor, " M"]:
    """The classes of the second inputs by multinomial logistic regression on the first.

    The loss is the summed cross-entropy plus half the squared weights, scikit-learn's default: it
    has one minimum.
    """
    learned, asked = inputs
    weight = torch.zeros(classes, learned.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=MOST_PASSES, line_search_fn="strong_wolfe"
    )

    def closure() -> float:
        optimizer.zero_grad()
        fit = cross_entropy(learned @ weight.T + bias, targets, reduction="sum")
        loss = fit + weight.square().sum() / 2
        loss.backward()
        return loss.item()

    with torch.enable_grad():
        optimizer.step(closure)
    with torch.no_grad():
        return (asked @ weight.T + bias).argmax(1)


def _right(said: Int64[Tensor, " N"], examples: Examples) -> float:
    return float((said == examples.targets).double().mean())
