"""The 8×8 digits as images to generate, and the small classifier that says which one a tile is.

In 64 dimensions transport distances of a few hundred points are noise (n^(-1/64)): what was
learned is told by a classifier, by neighbours, and by class counts.

Letters: n images, N stored ones, C = 10 classes.
"""

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Bool, Float, Float32, Float64, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy

from explorer.gans.data import Distribution
from explorer.gans.distributions import digits
from explorer.gans.learned import neighbour_coverage, reverse_kl, reverse_kl_bias

CLASSES = 10
HELD_OUT_EVERY = 4  # every fourth stored digit trains nothing
CONFIDENT = 0.9  # the least probability at which a tile counts as a digit
HELD_FRACTION = 0.2  # of its fair share of all tiles
NEIGHBOURS = 5
WIDTH = 64
STEPS = 300
RATE = 1e-2


@dataclass(frozen=True, eq=False)
class DigitImages:
    """Grey values from −1 to 1 and the digit each image is."""

    pixels: Float32[Tensor, "N 64"]
    labels: Int64[Tensor, " N"]


def _part(keep: Bool[Tensor, " M"]) -> DigitImages:
    stored = digits()
    return DigitImages(stored.images.flatten(1)[keep] / 8 - 1, stored.labels[keep])


def _held_out() -> Bool[Tensor, " M"]:
    return torch.arange(len(digits().labels)) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1


@cache
def training_images() -> DigitImages:
    """1,348 images: what generators and the classifier learn from."""
    return _part(~_held_out())


@cache
def held_out_images() -> DigitImages:
    """449 images, every fourth as stored, which neither has seen."""
    return _part(_held_out())


def sample_images(
    n: int, rng: torch.Generator
) -> tuple[Float32[Tensor, "n 64"], Int64[Tensor, " n"]]:
    """Training images drawn with replacement, and the digit that each one is."""
    stored = training_images()
    which = torch.randint(len(stored.labels), (n,), generator=rng)
    return stored.pixels.index_select(0, which), stored.labels.index_select(0, which)


DIGIT_IMAGES = Distribution(
    name="images",
    label="images of digits",
    spoken="8 × 8 digits",
    source="Alpaydin & Kaynak 1998",
    formula=r"x \in [-1, 1]^{64}, \quad \text{a stored digit}",
    draw=sample_images,
    extent=(-1.0, 1.0, -1.0, 1.0),
    classes=CLASSES,
    dimensions=64,
)

IMAGES = {DIGIT_IMAGES.name: DIGIT_IMAGES}
"""Every data set of images, in the order of the menus."""


@dataclass(frozen=True, eq=False)
class Perceptron:
    """One hidden layer of rectifiers, from pixels to ten classes."""

    hidden: Float32[Tensor, "64 64"]
    hidden_bias: Float32[Tensor, " 64"]
    readout: Float32[Tensor, "10 64"]
    readout_bias: Float32[Tensor, " 10"]

    def logits(self, images: Float[Tensor, "n 64"]) -> Float[Tensor, "n 10"]:
        """W₂ relu(W₁ x + b₁) + b₂."""
        below = torch.relu(images.float() @ self.hidden.T + self.hidden_bias)
        return below @ self.readout.T + self.readout_bias


@dataclass(frozen=True, eq=False)
class Classifier:
    """A small perceptron, with what it is worth on images that it never saw."""

    network: Perceptron
    accuracy: float  # on the held-out images
    held_out: int  # how many they are

    def probabilities(self, images: Float[Tensor, "n 64"]) -> Float[Tensor, "n 10"]:
        """Softmax of the logits. An image that is no digit is classified as well."""
        return self.network.logits(images).softmax(dim=1)


@cache
def classifier() -> Classifier:
    """64-64-10, ReLU, 300 steps of Adam at 1e-2 on all training images at once, from seed 0.

    Takes about half a second, and gives the same weights every time. Its accuracy is that on the
    held-out images, of which it never saw one; but writers occur in both parts, so that digits of
    other hands would be harder.
    """
    rng = torch.Generator().manual_seed(0)
    bound = 64**-0.5  # both layers have 64 inputs; as in torch.nn.Linear
    shapes = ((WIDTH, 64), (WIDTH,), (CLASSES, WIDTH), (CLASSES,))
    parameters = [
        torch.empty(*shape).uniform_(-bound, bound, generator=rng).requires_grad_()
        for shape in shapes
    ]
    adam = torch.optim.Adam(parameters, lr=RATE)
    learned = training_images()
    with torch.enable_grad():
        for _ in range(STEPS):
            loss = cross_entropy(Perceptron(*parameters).logits(learned.pixels), learned.labels)
            adam.zero_grad()
            loss.backward()
            adam.step()
    network = Perceptron(*[parameter.detach() for parameter in parameters])
    unseen = held_out_images()
    answers = network.logits(unseen.pixels).argmax(dim=1)
    right = float((answers == unseen.labels).double().mean())
    return Classifier(network, accuracy=right, held_out=len(unseen.labels))


@cache
def confident_ceiling() -> float:
    """The share of the held-out images of which the classifier is sure."""
    confidence = classifier().probabilities(held_out_images().pixels).amax(dim=1)
    return float((confidence >= CONFIDENT).double().mean())


@dataclass(frozen=True, eq=False)
class ClassReport:
    """Which digits a generator makes, by the classifier, and how much of each it covers."""

    answers: Int64[Tensor, " n"]  # the most probable digit of each tile
    confidence: Float[Tensor, " n"]  # its probability
    counts: Int64[Tensor, " C"]
    shares: Float64[Tensor, " C"]
    captured: Bool[Tensor, " C"]  # one confident tile suffices
    held: Bool[Tensor, " C"]  # confident tiles are a fifth of the fair share at least
    confident_share: float  # real digits reach `confident_ceiling`
    reverse_kl: float  # nats, of `counts` to even counts; real digits are even to 1 %
    reverse_kl_bias: float
    coverage: Float64[Tensor, " C"]  # share of each class's real images that a tile comes near
    density: float
    agreement: float | None  # tiles that are the digit they were asked for; None without labels


def class_report(
    images: Float[Tensor, "n 64"], wanted: Int64[Tensor, " n"] | None = None
) -> ClassReport:
    """What generated tiles show, held against the held-out images.

    Coverage and density are those of Naeem et al. 2020 with k = 5 over the pixels, the balls
    around held-out images, averaged by class. ValueError for tiles that are NaN or infinite.
    """
    unseen, judge = held_out_images(), classifier()
    near = neighbour_coverage(unseen.pixels, images, NEIGHBOURS)
    confidence, answers = judge.probabilities(images).max(dim=1)
    sure = answers[confidence >= CONFIDENT].bincount(minlength=CLASSES)
    counts = answers.bincount(minlength=CLASSES)
    of_class = unseen.labels.bincount(minlength=CLASSES)
    met = unseen.labels[near.covered].bincount(minlength=CLASSES)
    return ClassReport(
        answers=answers,
        confidence=confidence,
        counts=counts,
        shares=counts.double() / len(images),
        captured=sure > 0,
        held=sure * CLASSES >= HELD_FRACTION * len(images),
        confident_share=int(sure.sum()) / len(images),
        reverse_kl=reverse_kl(counts),
        reverse_kl_bias=reverse_kl_bias(CLASSES, len(images)),
        coverage=met.double() / of_class,
        density=near.density,
        agreement=None if wanted is None else float((answers == wanted).double().mean()),
    )
