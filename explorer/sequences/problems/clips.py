"""Small films: a digit moves through the frame, and comes in again where it left it.

A digit begins anywhere and moves one point a frame to one of four sides, on a frame whose edges
meet. So every single frame is as likely for each direction, and the frames of a film without their
order are as likely for a direction as for its opposite: whatever looks at one frame is right about
the direction in a quarter of the films, whatever ignores the order in half of them at most.

Letters in the shapes: D pictures of R × R points, T frames, N films, S side of a frame, P = S²
points, C answers.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy, pad

from explorer.sequences.digits import DIGITS, Pictures
from explorer.sequences.kinds.kind import Shape
from explorer.sequences.problems.problem import Examples, Floor, Metric, Problem

WAYS: dict[str, tuple[int, int]] = {
    "right": (0, 1),
    "down": (1, 0),
    "left": (0, -1),
    "up": (-1, 0),
}
"""The directions, with the rows and columns that a digit moves on at every frame."""
SIDE, FRAMES, NOISE = 12, 8, 0.2
HELD_OUT = 256  # films
FITTED = 1_024  # films that the line is fitted to
RIDGE = 1e-3
Asks = Literal["way", "digit"]


@dataclass(frozen=True)
class Film:
    """Films with the digit that is in each and the number of the direction in `WAYS`."""

    frames: Float[Tensor, "T N S S"]
    digits: Int64[Tensor, " N"]
    ways: Int64[Tensor, " N"]


def filmed(
    pictures: Float[Tensor, "N R R"],
    digits: Int64[Tensor, " N"],
    rng: torch.Generator,
    frames: int = FRAMES,
    side: int = SIDE,
    noise: float = NOISE,
) -> Film:
    """A film of every picture: direction and first place drawn, then normal noise on each point.

    Raises `ValueError` for a frame that is smaller than the picture.
    """
    size, many = pictures.shape[-1], len(pictures)
    if side < size:
        raise ValueError(f"a frame must have a side of at least {size} points, not {side}")
    ways = torch.randint(len(WAYS), (many,), generator=rng)
    first = torch.randint(side, (2, many), generator=rng)
    moves = torch.tensor(list(WAYS.values()))[ways].T
    whole = pad(pictures, (0, side - size, 0, side - size))
    moved = first + torch.arange(frames)[:, None, None] * moves
    rows, columns = ((torch.arange(side) - moved[:, k, :, None]) % side for k in range(2))
    placed = whole[torch.arange(many)[:, None, None], rows[..., None], columns[..., None, :]]
    return Film(placed + noise * torch.randn(placed.shape, generator=rng), digits, ways)


class Clips(Problem):
    """Which digit, and which way it moves: both are learned, and ``asks`` says which is scored.

    Films are drawn anew for every batch from the pictures to learn from; the held-out ones are of
    other pictures.
    """

    def __init__(
        self,
        pictures: Pictures,
        asks: Asks = "way",
        noise: float = NOISE,
        batch: int = 64,
    ) -> None:
        """Pictures with their digits, to learn from and held out."""
        self.asks, self.batch, self._noise = asks, batch, noise
        (self._pictures, self._digits), (held_out, digits) = divided(pictures)
        self.shape = Shape(SIDE**2, DIGITS + len(WAYS), "end", FRAMES, side=SIDE)
        digits_of_ten = tuple(map(str, range(DIGITS)))
        self.names = {"way": tuple(WAYS), "digit": digits_of_ten}[asks]
        self.metric = Metric(
            {"way": "right directions", "digit": "right digits"}[asks], "high", "percent"
        )
        rng = torch.Generator().manual_seed(0)
        many = torch.arange(HELD_OUT) % len(digits)
        self.film = filmed(held_out[many], digits[many], rng, noise=noise)
        self.held_out = examples_of(self.film)
        self.floors = self._floors(rng)

    def chances(self, answers: Tensor) -> Tensor:
        """Those of what is asked for."""
        asked = {"way": slice(DIGITS, None), "digit": slice(DIGITS)}[self.asks]
        return answers[..., asked].softmax(-1)

    def right_answer(self, number: int) -> Int64[Tensor, " T"]:
        """That of what is asked for."""
        column = {"digit": 0, "way": 1}[self.asks]
        return self.held_out.targets[number : number + 1, column]

    def examples(self, rng: torch.Generator) -> Examples:
        """Films of pictures drawn with putting back."""
        return self._drawn(self.batch, rng)

    def _drawn(self, many: int, rng: torch.Generator) -> Examples:
        chosen = torch.randint(len(self._digits), (many,), generator=rng)
        film = filmed(self._pictures[chosen], self._digits[chosen], rng, noise=self._noise)
        return examples_of(film)

    def loss(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy of the digit and of the direction, in nats a film."""
        digits, ways = examples.targets.unbind(-1)
        return cross_entropy(answers[:, :DIGITS], digits) + cross_entropy(answers[:, DIGITS:], ways)

    def scores(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, " N"]:
        """1 for every film of which what is asked is right."""
        return self.right(answers, examples)[self.asks]

    def right(
        self, answers: Float[Tensor, "N C"], examples: Examples
    ) -> dict[str, Float[Tensor, " N"]]:
        """1 for every film whose direction, and whose digit, is right."""
        digits, ways = examples.targets.unbind(-1)
        return {
            "way": (answers[:, DIGITS:].argmax(-1) == ways).float(),
            "digit": (answers[:, :DIGITS].argmax(-1) == digits).float(),
        }

    def _floors(self, rng: torch.Generator) -> tuple[Floor, ...]:
        """Chance, what the order is worth, and a line through the points of the last frame."""
        if self.asks == "way":
            return (
                Floor("chance", "single frame", 1 / len(WAYS)),
                Floor("unordered", "bound without order", 0.5),
            )
        fitted, digits = self._drawn(FITTED, rng), self.held_out.targets[:, 0]
        said = least_squares(
            (fitted.inputs[-1], self.held_out.inputs[-1]), fitted.targets[:, 0], DIGITS
        )
        return (
            Floor("chance", "chance", 1 / DIGITS),
            Floor("line", "line on the last frame", float((said == digits).double().mean())),
        )


class Rows(Problem):
    """Which digit a picture is that is read row by row, from the first one down."""

    metric = Metric("right digits", "high", "percent")
    names = tuple(map(str, range(DIGITS)))

    def __init__(
        self,
        pictures: Pictures,
        batch: int = 32,
    ) -> None:
        """Pictures with their digits, to learn from and held out."""
        rows = pictures.values.shape[-1]
        self.shape, self.batch = Shape(rows, DIGITS, "end", rows), batch
        (learned, known), (held_out, asked) = divided(pictures)
        self._pictures, self._digits = learned, known
        self.held_out = Examples(held_out.transpose(0, 1).contiguous(), asked)
        ours, theirs = learned.flatten(1), held_out.flatten(1)
        nearest = known[torch.cdist(theirs, ours).argmin(1)]
        last = least_squares((learned[:, -1], held_out[:, -1]), known, DIGITS)
        self.floors = tuple(
            Floor(name, label, float((said == asked).double().mean()))
            for name, label, said in (
                ("last", "line on the last row", last),
                ("line", "line on all points", least_squares((ours, theirs), known, DIGITS)),
                ("nearest", "nearest picture", nearest),
            )
        )

    def examples(self, rng: torch.Generator) -> Examples:
        """Pictures drawn without putting any back."""
        drawn = torch.randperm(len(self._digits), generator=rng)[: self.batch]
        return Examples(self._pictures[drawn].transpose(0, 1), self._digits[drawn])

    def loss(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, ""]:
        """Cross-entropy in nats a picture."""
        return cross_entropy(answers, examples.targets)

    def scores(self, answers: Float[Tensor, "N C"], examples: Examples) -> Float[Tensor, " N"]:
        """1 for every picture that is named right."""
        return (answers.argmax(-1) == examples.targets).float()


def divided(pictures: Pictures) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Pictures and digits to learn from, and held out."""
    first = slice(pictures.learned)
    others = slice(pictures.learned, None)
    return (
        (pictures.values[first], pictures.digits[first]),
        (pictures.values[others], pictures.digits[others]),
    )


def least_squares(
    inputs: tuple[Float[Tensor, "N F"], Float[Tensor, "M F"]],
    targets: Int64[Tensor, " N"],
    classes: int,
) -> Int64[Tensor, " M"]:
    """The class whose line says most of each of the second inputs, fitted to 0 and 1 on the first.

    Ridge regression, (X'X + λ)⁻¹ X'y with λ = `RIDGE` times the inputs, the mean taken out.
    """
    mean = inputs[0].double().mean(0)
    learned, asked = (part.double() - mean for part in inputs)
    wanted = torch.nn.functional.one_hot(targets, classes).double()
    square = learned.T @ learned + RIDGE * len(learned) * torch.eye(learned.shape[1]).double()
    weight = torch.linalg.solve(square, learned.T @ (wanted - wanted.mean(0)))
    return (asked @ weight + wanted.mean(0)).argmax(1)


def examples_of(film: Film) -> Examples:
    """Frames as rows of points, with digit and direction to be said."""
    return Examples(film.frames.flatten(2), torch.stack([film.digits, film.ways], dim=1))
