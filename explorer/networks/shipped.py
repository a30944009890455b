"""The trained networks that ship with the project: how each is made, kept, and opened.

A file is safetensors, which holds numbers and text and can execute nothing. Its one metadata entry
is JSON: what kind of network it is, and its card.
"""

from functools import cache
from pathlib import Path

from explorer.networks.recipes import NETWORKS, Card, Network, Recipe
from explorer.networks.trained import (
    LARGEST_FILE,
    Trained,
    metadata,
    packed,
    read_network,
    sentence,
)
from explorer.sequences.learning import Watch

__all__ = [
    "NETWORKS",
    "Trained",
    "load_network",
    "make_network",
    "metadata",
    "network_card",
    "open_network",
    "packed",
    "read_network",
    "save",
]

ASSETS = Path(__file__).resolve().parents[2] / "assets"


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
    network, card = recipe.make(updates, seed, watch)
    save(Trained(network, card), out)
    return card


def save(trained: Trained, path: Path) -> None:
    """Write a network and its card to a safetensors file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(path.name + ".part")
    growing.write_bytes(packed(trained))
    growing.replace(path)


def open_network(path: Path) -> Trained:
    """Read a network from a safetensors file, trusting nothing in it.

    Raises `ValueError` with one sentence for whatever is wrong with the file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as why:
        raise ValueError(f"{path.name} is not a trained network: {sentence(why)}") from None
    return read_network(path.name, data)


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
