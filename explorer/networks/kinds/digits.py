"""Networks that read a small picture of a digit row by row and name the digit."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from explorer.networks.kinds.kind import Given, Kind, Response, shaped
from explorer.sequences import digits
from explorer.sequences.digits import POINTS, DigitNetwork
from explorer.sequences.stack import Stack
from explorer.sequences.trace import Surgery


class Digits(Kind[DigitNetwork]):
    """Eight points of a row a step; ten logits of what both directions saw last."""

    name = "digits"
    classes = tuple(map(str, range(digits.DIGITS)))

    def described(self, network: DigitNetwork) -> dict[str, Any]:
        """Nothing: the numbers say it all."""
        return {}

    def opened(
        self, about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack
    ) -> DigitNetwork:
        """The network of a file. Raises as `Kind.opened` does."""
        if stack.inputs != POINTS:
            raise ValueError(f"it reads {stack.inputs} numbers a step instead of {POINTS}")
        return DigitNetwork(
            stack,
            shaped(tensors, "readout.weight", digits.DIGITS, stack.outputs),
            shaped(tensors, "readout.bias", digits.DIGITS),
        )

    def recognises(self, about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> bool:
        """Whether nothing stands before the layers, and ten outputs behind them."""
        readout = tensors.get("readout.weight")
        alone = "embedding.weight" not in tensors and "reach" not in about
        return alone and readout is not None and len(readout) == digits.DIGITS

    def respond(
        self,
        network: DigitNetwork,
        given: Given,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Response:
        """How likely each digit is: one answer for all rows, as both ways know the whole."""
        if given.x is None:
            raise ValueError("a digit is read from the grey values of a picture")
        reading = network.read(given.x, surgery, at)
        return Response(reading.trace, reading.probabilities.expand(len(given.tokens), -1))

    def inputs(self, network: DigitNetwork) -> tuple[str, ...]:
        """The points of a row."""
        return tuple(f"pixel {k + 1}" for k in range(network.stack.inputs))


DIGITS = Digits()
