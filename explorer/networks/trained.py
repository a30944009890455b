"""A trained network as a file: numbers with names, and one entry of words.

A file is safetensors, which holds numbers and text and can execute nothing. Its one metadata entry
is JSON: what kind of network it is, and its card.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, NoReturn, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from safetensors.torch import save as as_bytes
from torch import Tensor

from explorer.cells import CELLS
from explorer.networks.cards import Card, Tells
from explorer.networks.kinds import Kind, Network, typed
from explorer.networks.tasks import KINDS, TASKS
from explorer.sequences import FollowingUnit, Stack, TellingUnit
from explorer.sequences.stack import check_place

LARGEST_FILE = 5_000_000  # bytes; 256 units need less than 2 MB
ENTRY = "explorer"
"""The one metadata entry: with several, safetensors would order them differently each time."""

R = TypeVar("R")


@dataclass(frozen=True)
class Trained:
    """A trained network with its kind and its card."""

    network: Network
    kind: Kind[Any]
    card: Card


def packed(trained: Trained) -> bytes:
    """The content of the file of a network: equal networks with equal cards are equal bytes."""
    network, kind = trained.network, trained.kind
    about: dict[str, Any] = {
        "kind": kind.name,
        "cell": network.cell_name,
        "card": trained.card.written,
        **kind.described(network),
    }
    tensors = {key: value.contiguous() for key, value in kind.tensors(network).items()}
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
        if not isinstance(about, dict) or not isinstance(about.get("card", {}), dict):
            raise ValueError("it does not say what it holds")
        kind = _kind(about, tensors)
        network = _network(kind, about, tensors)
        return Trained(network, kind, _card(about["card"], kind, network))
    except KeyError as missing:
        raise ValueError(f"{name} is not a trained network: it has no {missing}") from None
    except (SafetensorError, ValueError, TypeError, AttributeError, RecursionError) as why:
        raise ValueError(f"{name} is not a trained network: {sentence(why)}") from None


def metadata(data: bytes) -> dict[str, str]:
    """What a safetensors file says besides its numbers: JSON after eight bytes of its length."""
    length = int.from_bytes(data[:8], "little")
    told: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return told


def _kind(about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Kind[Any]:
    """The kind that a file says it is; of one that does not say, the one that it is laid out as."""
    if "kind" in about:
        named = about["kind"]
        if not isinstance(named, str) or named not in KINDS:
            names = ", ".join(map(repr, KINDS))
            raise ValueError(f"unknown kind {str(named)[:20]!r}; choose from {names}")
        return KINDS[named]
    fitting = [kind for kind in KINDS.values() if kind.recognises(about, tensors)]
    if len(fitting) != 1:
        names = " and ".join(kind.name for kind in fitting) or f"none of {', '.join(KINDS)}"
        parts = {key.split(".")[0] for key in tensors} | (about.keys() - {"card"})
        found = ", ".join(sorted(parts))
        raise ValueError(
            f"it does not say its kind, and what it holds ({found[:80]}) is that of {names}"
        )
    return fitting[0]


def _network(kind: Kind[Any], about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Network:
    for key, tensor in tensors.items():
        precision = torch.float64 if key in kind.precise else torch.float32
        if tensor.dtype != precision or not tensor.isfinite().all():
            raise ValueError(
                f"{key} must be finite {str(precision).removeprefix('torch.')} numbers"
            )
    cell = about["cell"]
    if cell not in CELLS:
        raise ValueError(f"unknown cell {str(cell)[:20]!r}")
    stack = Stack.from_state_dict(
        cell,
        {k.removeprefix("recurrent."): v for k, v in tensors.items() if k.startswith("recurrent.")},
    )
    network: Network = kind.opened(about, tensors, stack)
    return network


def _card(told: Mapping[str, Any], kind: Kind[Any], network: Network) -> Card:
    telling = tuple(_record(TellingUnit, unit) for unit in _listed(told, "telling"))
    amounts = _listed(told, "following") if "following" in told else []  # none in the oldest files
    following = tuple(_record(FollowingUnit, unit) for unit in amounts)
    stack = network.stack
    found: tuple[TellingUnit | FollowingUnit, ...] = (*telling, *following)
    if not telling or not all(0 <= each.unit < stack.units for each in found):
        raise ValueError(f"its card must name units between 0 and {stack.units - 1}")
    for each in found:
        check_place(stack, (each.layer, each.way))
    return _record(Card, told, telling=telling, following=following, tells=_tells(kind, telling))


def _tells(kind: Kind[Any], telling: tuple[TellingUnit, ...]) -> Tells:
    """The words of the first task of this kind that asks all that a card answers."""
    asked = {found.question for found in telling}
    for task in TASKS.values():
        if task.kind is kind and asked <= task.tells.keys():
            return task.tells
    questions = ", ".join(sorted(map(repr, asked)))
    raise ValueError(f"no task of the kind {kind.name} asks what its card answers: {questions}")


def _listed(told: Mapping[str, Any], name: str) -> list[Any]:
    found: list[Any] = typed(name, told[name], list)
    return found


def _record(kind: type[R], told: Mapping[str, Any], **known: Any) -> R:
    """A dataclass of plain fields from JSON, each of the type that it declares.

    A field that has a default may be missing, as it is in older files.
    """
    plain = {
        field.name: typed(field.name, told[field.name], field.type)
        for field in fields(kind)  # type: ignore[arg-type]  # only dataclasses are asked for
        if field.name not in known and (field.name in told or field.default is MISSING)
    }
    return kind(**plain, **known)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}")


def sentence(why: Exception) -> str:
    """The reason on one line, short enough to show."""
    return " ".join(str(why).split())[:200] or type(why).__name__
