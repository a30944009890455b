"""A network that reads a small picture of a digit row by row, both ways, and names the digit.

Letters in the shapes: N pictures, R rows of P points (8 each), O outputs of both directions, B
pictures side by side.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, log_softmax

from explorer.cells import Cell, Weights
from explorer.sequences.learning import (
    Layers,
    Lesson,
    Pace,
    check_cell,
    check_range,
    fresh_readout,
)
from explorer.sequences.stack import Stack, StackTrace, read_stack
from explorer.sequences.trace import Surgery
from explorer.sequences.units import TellingUnit, telling_unit

DIGITS = 10
POINTS = 8  # of each row


@dataclass(frozen=True)
class Pictures:
    """Digits as pictures of 8×8 grey values between 0 and 1, with what they are.

    Those from number `learned` on are never trained on.
    """

    values: Float[Tensor, "N R P"]
    digits: Int64[Tensor, " N"]
    learned: int


@dataclass(frozen=True)
class Reading:
    """What a network did with a picture, in the order it did it."""

    picture: Float[Tensor, "R P"]
    trace: StackTrace
    log_probabilities: Float[Tensor, " K"]

    @property
    def probabilities(self) -> Float[Tensor, " K"]:
        """How likely the network finds each digit."""
        return self.log_probabilities.exp()

    @property
    def answer(self) -> int:
        """The likeliest digit."""
        return int(self.log_probabilities.argmax())


@dataclass(frozen=True)
class DigitNetwork:
    """Recurrent layers that read eight numbers a step, and a read-out of what each way saw last.

    h→ after the last row and h← after the first, side by side; logits = W (h→, h←) + b.
    """

    stack: Stack
    readout: Float[Tensor, "K O"]
    readout_bias: Float[Tensor, " K"]

    @property
    def cell_name(self) -> str:
        """The recurrent cell's name."""
        return self.stack.cell_name

    @property
    def cell(self) -> Cell:
        """The recurrent cell."""
        return self.stack.cell

    @property
    def weights(self) -> Weights:
        """Those of the first layer, forward."""
        return self.stack.weights

    @property
    def units(self) -> int:
        """H: units of each direction of each layer."""
        return self.stack.units

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return self.stack.parameters + self.readout.numel() + self.readout_bias.numel()

    def read(
        self,
        picture: Float[Tensor, "R P"],
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Reading:
        """Read a picture from its first row to its last, and back, in float64, keeping everything.

        A surgery is done at one layer and direction. Raises `ValueError` for one that does not fit.
        """
        values, double = picture.to(torch.float64), torch.float64
        with torch.no_grad():
            seen = read_stack(self.stack.to(double), values, surgery, at)
            ended = torch.cat([state.hidden for state in seen.last[-1]])
            logits = linear(ended, self.readout.to(double), self.readout_bias.to(double))
        return Reading(values, seen, log_softmax(logits, dim=-1))

    def state_dict(self) -> dict[str, Tensor]:
        """Everything learned, under the names of the torch modules that would hold it."""
        recurrent = {f"recurrent.{k}": v for k, v in self.stack.state_dict().items()}
        return {**recurrent, "readout.weight": self.readout, "readout.bias": self.readout_bias}


@dataclass(frozen=True)
class DigitTraining:
    """How a reader of digits is trained; equal settings on equal pictures give equal networks."""

    cell: str = "lstm"
    units: int = 24
    updates: int = 3_000
    batch: int = 64
    learning_rate: float = 1e-2  # Adam, falling to zero along half a cosine
    forget_bias: float = 1.0  # Jozefowicz et al. 2015
    clip: float = 1.0  # largest norm of the gradient
    noise: float = 0.2  # standard deviation of what is added to every grey value while learning
    seed: int = 0

    def __post_init__(self) -> None:
        check_cell(self.cell)
        check_range("units", self.units, 1, 256)
        check_range("updates", self.updates, 0, 1_000_000)
        check_range("batch", self.batch, 1, 4096)
        check_range("noise", self.noise, 0, 1)


class DigitLesson(Lesson[DigitNetwork]):
    """Naming digits drawn anew for each batch from those to learn from, by cross-entropy."""

    def __init__(self, pictures: Pictures, settings: DigitTraining) -> None:
        self.pace = Pace(settings.updates, settings.learning_rate, settings.clip)
        self.rng = torch.Generator().manual_seed(settings.seed)
        self._pictures, self._settings = pictures, settings
        points = pictures.values.shape[-1]
        stack = Stack.draw(settings.cell, points, settings.units, 1, True, self.rng)
        self._layers = Layers(stack.with_forget_bias(settings.forget_bias))
        self._readout, self._bias = fresh_readout(DIGITS, stack.outputs, self.rng)
        self.parameters = {
            **{f"recurrent.{name}": part for name, part in self._layers.parameters.items()},
            "readout.weight": self._readout,
            "readout.bias": self._bias,
        }

    def loss(self) -> Float[Tensor, ""]:
        """Nats a digit of the next batch, its pictures with noise."""
        many, settings = self._pictures.learned, self._settings
        drawn = torch.randint(many, (settings.batch,), generator=self.rng)
        x = self._pictures.values[drawn].transpose(0, 1)
        noise = torch.randn(x.shape, generator=self.rng)
        _, carried = self._layers(x + settings.noise * noise)
        ended = carried[0] if isinstance(carried, tuple) else carried
        assert ended is not None, "layers hand out their last state"
        both = torch.cat(ended.unbind(0), dim=-1)
        logits = linear(both, self._readout, self._bias)
        return cross_entropy(logits, self._pictures.digits[drawn])

    def network(self) -> DigitNetwork:
        """The network as it is now, its numbers copied."""
        readout, bias = self._readout.detach().clone(), self._bias.detach().clone()
        return DigitNetwork(self._layers.stack(), readout, bias)


@dataclass(frozen=True)
class Named:
    """How many digits never seen are named right, and by the nearest picture learned from.

    `telling` has, for every digit, the unit that tells it best from the others once everything is
    read; chosen on the pictures learned from.
    """

    right: float
    right_error: float  # standard error of the share
    nearest: float
    many: int
    telling: tuple[TellingUnit, ...]


def named(network: DigitNetwork, pictures: Pictures) -> Named:
    """Let a network name the pictures that it never saw."""
    with torch.no_grad():
        seen = read_stack(network.stack, pictures.values.transpose(0, 1))
        ended = torch.cat([state.hidden for state in seen.last[-1]], dim=-1)
        logits = linear(ended, network.readout, network.readout_bias)
    past, digits, both = pictures.learned, pictures.digits, ended.numpy()
    right = (logits.argmax(-1) == digits)[past:].double().mean().item()
    many = len(digits) - past
    return Named(
        right=right,
        right_error=(right * (1 - right) / many) ** 0.5,
        nearest=nearest_neighbour(pictures),
        many=many,
        telling=tuple(
            _two_ways(
                telling_unit(
                    f"a {digit}",
                    (both[:past], (digits == digit).numpy()[:past]),
                    (both[past:, None], (digits == digit).numpy()[past:, None]),
                ),
                network.units,
            )
            for digit in range(DIGITS)
        ),
    )


def nearest_neighbour(pictures: Pictures) -> float:
    """The share of unseen pictures whose nearest learned one, point by point, is the same digit."""
    flat, past = pictures.values.flatten(1), pictures.learned
    closest = torch.cdist(flat[past:], flat[:past]).argmin(dim=1)
    return (pictures.digits[closest] == pictures.digits[past:]).double().mean().item()


def _two_ways(found: TellingUnit, units: int) -> TellingUnit:
    return replace(found, way=found.unit // units, unit=found.unit % units)
