"""Networks that read one number a step and forecast the next."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from explorer.networks.kinds.kind import Given, Kind, Response, shaped, typed
from explorer.sequences.numbers import MOST_NUMBERS, NumberNetwork
from explorer.sequences.series import Series
from explorer.sequences.stack import Stack
from explorer.sequences.trace import Surgery

EXAMPLE = "example"
"""The tensor of a real series that a forecaster was made for."""


class Numbers(Kind[NumberNetwork]):
    """One input and one output; its scale, and its series where it was made for a real one."""

    name = "numbers"
    precise = frozenset({EXAMPLE})

    def described(self, network: NumberNetwork) -> dict[str, Any]:
        """How far its numbers reach, and of a real series its scale, name and years."""
        if network.example is None:
            return {"reach": network.reach}
        series = network.example
        return {
            "reach": network.reach,
            "offset": network.offset,
            "scale": network.scale,
            "series": series.name,
            "first": series.first,
            "learned": series.learned,
        }

    def tensors(self, network: NumberNetwork) -> dict[str, Tensor]:
        """What was learned, and the real series."""
        learned = network.state_dict()
        if network.example is None:
            return learned
        return learned | {EXAMPLE: network.example.values}

    def opened(
        self, about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack
    ) -> NumberNetwork:
        """The network of a file. Raises as `Kind.opened` does."""
        if stack.inputs != 1:
            raise ValueError(f"it reads {stack.inputs} numbers a step instead of one")
        return NumberNetwork(
            stack=stack,
            readout=shaped(tensors, "readout.weight", 1, stack.units),
            readout_bias=shaped(tensors, "readout.bias", 1),
            reach=typed("reach", about["reach"], float),
            offset=typed("offset", about.get("offset", 0.0), float),
            scale=typed("scale", about.get("scale", 1.0), float),
            example=_series(about, tensors[EXAMPLE]) if EXAMPLE in tensors else None,
        )

    def recognises(self, about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> bool:
        """Whether it says how far its numbers reach, and has a single output."""
        readout = tensors.get("readout.weight")
        return "reach" in about and readout is not None and len(readout) == 1

    def respond(
        self,
        network: NumberNetwork,
        given: Given,
        surgery: Surgery | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Response:
        """What it forecasts after every number, in the units of the series."""
        reading = network.read(given.values, surgery, at)
        scalars = {
            "input/value": reading.values.numpy(),
            "prediction": reading.predictions.numpy(),
        }
        return Response(reading.trace, None, scalars)


NUMBERS = Numbers()


def _series(about: Mapping[str, Any], values: Tensor) -> Series:
    if values.dim() != 1 or len(values) > MOST_NUMBERS:
        raise ValueError(f"its series must be at most {MOST_NUMBERS} numbers in a row")
    return Series(
        typed("series", about["series"], str),
        values,
        typed("first", about["first"], int),
        typed("learned", about["learned"], int),
    )
