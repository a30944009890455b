"""The trained networks that ship with the project: how each is made, kept, and opened.

A file is safetensors, which holds numbers and text and can execute nothing. Its one metadata entry
is JSON: what kind of network it is, and its card.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from explorer.cells import CELLS, Weights
from explorer.runs.recipes import NETWORKS, Card, Network, Recipe
from explorer.sequences import (
    CharacterNetwork,
    FollowingUnit,
    NumberNetwork,
    TellingUnit,
    Vocabulary,
)
from explorer.sequences.training import Watch

ASSETS = Path(__file__).resolve().parents[2] / "assets"
LARGEST_FILE = 5_000_000  # bytes; 256 units need less than 2 MB
ENTRY = "explorer"
"""The one metadata entry: with several, safetensors would order them differently each time."""


R = TypeVar("R")


@dataclass(frozen=True)
class Trained:
    """A trained network with its card."""

    network: Network
    card: Card


def load_network(name: str) -> Network:
    """The shipped network of this name, opened once.

    Raises `ValueError` for an unknown name, and for a file that is missing or damaged.
    """
    return _shipped(name).network


def network_card(name: str) -> Card:
    """How the shipped network of this name was made, and how good it is. Raises as above."""
    return _shipped(name).card


def make_network(
    name: str,
    out: Path,
    updates: int | None = None,
    seed: int = 0,
    watch: Watch | None = None,
) -> Card:
    """Train a network of `NETWORKS` from scratch and write it to a file.

    The same name, updates and seed give the same file, byte for byte, with the same Python, torch
    and number of threads. The file appears only when it is complete.
    """
    recipe = _recipe(name)
    network, card = recipe.make(recipe.updates if updates is None else updates, seed, watch)
    save(Trained(network, card), out)
    return card


def make_networks(directory: Path = ASSETS, updates: int | None = None, seed: int = 0) -> None:
    """Train every network of `NETWORKS` and write each to `<name>.safetensors`."""
    for name in NETWORKS:
        make_network(name, directory / f"{name}.safetensors", updates, seed)


def save(trained: Trained, path: Path) -> None:
    """Write a network and its card to a safetensors file."""
    network = trained.network
    about: dict[str, Any] = {"cell": network.cell_name, "card": asdict(trained.card)}
    if isinstance(network, CharacterNetwork):
        about |= {"kind": "characters", "vocabulary": network.vocabulary.characters}
    else:
        about |= {"kind": "numbers", "reach": network.reach}
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(path.name + ".part")
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    save_file(tensors, growing, metadata={ENTRY: json.dumps(about, sort_keys=True)})
    growing.chmod(0o644)  # safetensors keeps its files to their owner
    growing.replace(path)


def open_network(path: Path) -> Trained:
    """Read a network from a safetensors file, trusting nothing in it.

    Raises `ValueError` with one sentence for whatever is wrong with the file.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE // 1_000_000} MB")
        with safe_open(path, framework="pt") as file:
            entry = (file.metadata() or {}).get(ENTRY)
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        if entry is None:
            raise ValueError("it does not say what it holds")
        about = json.loads(entry, parse_constant=_refuse)
        network = _network(about, tensors)
        return Trained(network, _card(about["card"], network))
    except KeyError as missing:
        raise ValueError(f"{path.name} is not a trained network: it has no {missing}") from None
    except (OSError, SafetensorError, ValueError, TypeError, AttributeError, RecursionError) as why:
        raise ValueError(f"{path.name} is not a trained network: {_sentence(why)}") from None


@cache
def _shipped(name: str) -> Trained:
    _recipe(name)
    path = ASSETS / f"{name}.safetensors"
    if not path.exists():
        raise ValueError(
            f"{path.name} is missing; make it with "
            f"python -m explorer train {name} --out assets/{path.name}"
        )
    return open_network(path)


def _recipe(name: str) -> Recipe:
    if name not in NETWORKS:
        raise ValueError(f"unknown network {name!r}; choose from {', '.join(map(repr, NETWORKS))}")
    return NETWORKS[name]


def _network(about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Network:
    for key, tensor in tensors.items():
        if tensor.dtype != torch.float32 or not tensor.isfinite().all():
            raise ValueError(f"{key} must be finite float32 numbers")
    cell, kind = about["cell"], about["kind"]
    if cell not in CELLS:
        raise ValueError(f"unknown cell {str(cell)[:20]!r}")
    weights = Weights.from_state_dict(
        {k.removeprefix("recurrent."): v for k, v in tensors.items() if k.startswith("recurrent.")}
    )
    CELLS[cell].check(weights)
    if kind == "numbers":
        if weights.inputs != 1:
            raise ValueError(f"it reads {weights.inputs} numbers a step instead of one")
        readout = _shaped(tensors, "readout.weight", 1, weights.units)
        bias = _shaped(tensors, "readout.bias", 1)
        return NumberNetwork(cell, weights, readout, bias, _typed("reach", about["reach"], float))
    if kind != "characters":
        raise ValueError(f"unknown kind {str(kind)[:20]!r}")
    vocabulary = Vocabulary(_typed("vocabulary", about["vocabulary"], str))
    return CharacterNetwork(
        cell,
        vocabulary,
        _shaped(tensors, "embedding.weight", len(vocabulary), weights.inputs),
        weights,
        _shaped(tensors, "readout.weight", len(vocabulary), weights.units),
        _shaped(tensors, "readout.bias", len(vocabulary)),
    )


def _card(told: Mapping[str, Any], network: Network) -> Card:
    telling = tuple(_record(TellingUnit, unit) for unit in _listed(told, "telling"))
    following = tuple(_record(FollowingUnit, unit) for unit in _listed(told, "following"))
    units = network.weights.units
    named = [found.unit for found in telling] + [found.unit for found in following]
    if not telling or not all(0 <= unit < units for unit in named):
        raise ValueError(f"its card must name units between 0 and {units - 1}")
    return _record(Card, told, telling=telling, following=following)


def _listed(told: Mapping[str, Any], name: str) -> list[Any]:
    return _typed(name, told[name], list)


def _record(kind: type[R], told: Mapping[str, Any], **known: Any) -> R:
    """A dataclass of plain fields from JSON, each of the type that it declares."""
    plain = {
        field.name: _typed(field.name, told[field.name], field.type)
        for field in fields(kind)  # type: ignore[arg-type]  # only dataclasses are asked for
        if field.name not in known
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


def _sentence(why: Exception) -> str:
    """The reason on one line, short enough to show."""
    return " ".join(str(why).split())[:200] or type(why).__name__
