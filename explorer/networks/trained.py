"""A trained network as a file: numbers with names, and one entry of words.

A file is safetensors, which holds numbers and text and can execute nothing. Its one metadata entry
is JSON: what kind of network it is, and its card.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, NoReturn, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from safetensors.torch import save as as_bytes
from torch import Tensor

from explorer.cells import CELLS
from explorer.networks.cards import Card
from explorer.networks.recipes import Network
from explorer.sequences import (
    CharacterNetwork,
    FollowingUnit,
    NumberNetwork,
    Series,
    Stack,
    TellingUnit,
    Vocabulary,
)
from explorer.sequences.digits import DIGITS, POINTS, DigitNetwork
from explorer.sequences.numbers import MOST_NUMBERS
from explorer.sequences.stack import check_place

LARGEST_FILE = 5_000_000  # bytes; 256 units need less than 2 MB
ENTRY = "explorer"
"""The one metadata entry: with several, safetensors would order them differently each time."""
EXAMPLE = "example"
"""The tensor of a real series that a forecaster was made for, in float64."""

R = TypeVar("R")


@dataclass(frozen=True)
class Trained:
    """A trained network with its card."""

    network: Network
    card: Card


def packed(trained: Trained) -> bytes:
    """The content of the file of a network: equal networks with equal cards are equal bytes."""
    network = trained.network
    about: dict[str, Any] = {"cell": network.cell_name, "card": asdict(trained.card)}
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    if isinstance(network, CharacterNetwork):
        about |= {"kind": "characters", "vocabulary": network.vocabulary.characters}
    elif isinstance(network, DigitNetwork):
        about |= {"kind": "digits"}
    else:
        about |= {"kind": "numbers", "reach": network.reach}
        if network.example is not None:
            series = network.example
            about |= {"offset": network.offset, "scale": network.scale}
            about |= {"series": series.name, "first": series.first, "learned": series.learned}
            tensors[EXAMPLE] = series.values
    return as_bytes(tensors, metadata={ENTRY: json.dumps(about, sort_keys=True)})


def read_network(name: str, data: bytes) -> Trained:
    """Read a network from the content of a safetensors file; the name is for the errors.

    Raises `ValueError` with one sentence for whatever is wrong with it.
    """
    try:
        if len(data) > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE // 1_000_000} MB")
        tensors = load(data)
        entry = metadata(data).get(ENTRY)
        if entry is None:
            raise ValueError("it does not say what it holds")
        about = json.loads(entry, parse_constant=_refuse)
        network = _network(about, tensors)
        return Trained(network, _card(about["card"], network))
    except KeyError as missing:
        raise ValueError(f"{name} is not a trained network: it has no {missing}") from None
    except (SafetensorError, ValueError, TypeError, AttributeError, RecursionError) as why:
        raise ValueError(f"{name} is not a trained network: {sentence(why)}") from None


def metadata(data: bytes) -> dict[str, str]:
    """What a safetensors file says besides its numbers: JSON after eight bytes of its length."""
    length = int.from_bytes(data[:8], "little")
    told: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return told


def _network(about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Network:
    for key, tensor in tensors.items():
        kind = torch.float64 if key == EXAMPLE else torch.float32
        if tensor.dtype != kind or not tensor.isfinite().all():
            raise ValueError(f"{key} must be finite {str(kind).removeprefix('torch.')} numbers")
    cell, kind = about["cell"], about["kind"]
    if cell not in CELLS:
        raise ValueError(f"unknown cell {str(cell)[:20]!r}")
    stack = Stack.from_state_dict(
        cell,
        {k.removeprefix("recurrent."): v for k, v in tensors.items() if k.startswith("recurrent.")},
    )
    if kind not in KINDS:
        raise ValueError(f"unknown kind {str(kind)[:20]!r}")
    return KINDS[kind](about, tensors, stack)


def _numbers(about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack) -> Network:
    if stack.inputs != 1:
        raise ValueError(f"it reads {stack.inputs} numbers a step instead of one")
    return NumberNetwork(
        stack,
        _shaped(tensors, "readout.weight", 1, stack.units),
        _shaped(tensors, "readout.bias", 1),
        _typed("reach", about["reach"], float),
        _typed("offset", about.get("offset", 0.0), float),
        _typed("scale", about.get("scale", 1.0), float),
        _series(about, tensors[EXAMPLE]) if EXAMPLE in tensors else None,
    )


def _series(about: Mapping[str, Any], values: Tensor) -> Series:
    if values.dim() != 1 or len(values) > MOST_NUMBERS:
        raise ValueError(f"its series must be at most {MOST_NUMBERS} numbers in a row")
    return Series(
        _typed("series", about["series"], str),
        values,
        _typed("first", about["first"], int),
        _typed("learned", about["learned"], int),
    )


def _digits(about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack) -> Network:
    if stack.inputs != POINTS:
        raise ValueError(f"it reads {stack.inputs} numbers a step instead of {POINTS}")
    return DigitNetwork(
        stack,
        _shaped(tensors, "readout.weight", DIGITS, stack.outputs),
        _shaped(tensors, "readout.bias", DIGITS),
    )


def _characters(about: Mapping[str, Any], tensors: Mapping[str, Tensor], stack: Stack) -> Network:
    vocabulary = Vocabulary(_typed("vocabulary", about["vocabulary"], str))
    return CharacterNetwork(
        vocabulary,
        _shaped(tensors, "embedding.weight", len(vocabulary), stack.inputs),
        stack,
        _shaped(tensors, "readout.weight", len(vocabulary), stack.units),
        _shaped(tensors, "readout.bias", len(vocabulary)),
    )


KINDS = {"characters": _characters, "numbers": _numbers, "digits": _digits}


def _card(told: Mapping[str, Any], network: Network) -> Card:
    telling = tuple(_record(TellingUnit, unit) for unit in _listed(told, "telling"))
    following = tuple(_record(FollowingUnit, unit) for unit in _listed(told, "following"))
    stack = network.stack
    found: tuple[TellingUnit | FollowingUnit, ...] = (*telling, *following)
    if not telling or not all(0 <= each.unit < stack.units for each in found):
        raise ValueError(f"its card must name units between 0 and {stack.units - 1}")
    for each in found:
        check_place(stack, (each.layer, each.way))
    return _record(Card, told, telling=telling, following=following)


def _listed(told: Mapping[str, Any], name: str) -> list[Any]:
    return _typed(name, told[name], list)


def _record(kind: type[R], told: Mapping[str, Any], **known: Any) -> R:
    """A dataclass of plain fields from JSON, each of the type that it declares.

    A field that has a default may be missing, as it is in older files.
    """
    plain = {
        field.name: _typed(field.name, told[field.name], field.type)
        for field in fields(kind)  # type: ignore[arg-type]  # only dataclasses are asked for
        if field.name not in known and (field.name in told or field.default is MISSING)
    }
    return kind(**plain, **known)


def _typed(name: str, value: Any, kind: Any) -> Any:
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        raise ValueError(f"{name} must be a {kind.__name__}, not {str(value)[:20]!r}")
    return value


def _shaped(tensors: Mapping[str, Tensor], name: str, *shape: int) -> Tensor:
    if tensors[name].shape != shape:
        given, needed = ("×".join(map(str, sizes)) for sizes in (tensors[name].shape, shape))
        raise ValueError(f"{name} must be {needed}, not {given}")
    return tensors[name]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}")


def sentence(why: Exception) -> str:
    """The reason on one line, short enough to show."""
    return " ".join(str(why).split())[:200] or type(why).__name__
