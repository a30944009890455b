"""The trained networks that ship with the project: made, kept, and opened."""

from functools import cache
from pathlib import Path

from explorer.networks.cards import Card
from explorer.networks.kinds import Network
from explorer.networks.recipes import ASSETS
from explorer.networks.tasks import recipe_of
from explorer.networks.trained import LARGEST_FILE, Trained, packed, read_network, sentence
from explorer.sequences.learning import Watch

__all__ = [
    "ASSETS",
    "Trained",
    "asset",
    "load_network",
    "make_network",
    "network_card",
    "open_network",
    "save",
    "shipped",
    "trouble",
]


def load_network(name: str) -> Network:
    """The shipped network of this name, opened once.

    Raises `ValueError` for an unknown name, and for a file that is missing or damaged.
    """
    return shipped(name).network


def network_card(name: str) -> Card:
    """How the shipped network of this name was made, and how good it is. Raises as above."""
    return shipped(name).card


def shipped(name: str) -> Trained:
    """The shipped network of this name with its kind and its card. Raises as above."""
    recipe, path = recipe_of(name), asset(name)
    if not path.exists():
        raise ValueError(f"{path.name} is missing; make it with {recipe.command()}")
    trained = _opened(path)
    if trained.kind is not recipe.task.kind:
        raise ValueError(
            f"{path.name} holds a network of the kind {trained.kind.name}, not "
            f"{recipe.task.kind.name}; make it anew with {recipe.command()}"
        )
    return trained


def asset(name: str) -> Path:
    """The file of the shipped network of this name, whether it is there or not."""
    return ASSETS / f"{name}.safetensors"


def trouble(name: str) -> str:
    """Why the shipped network of this name cannot be opened, in one sentence; empty if it can."""
    try:
        shipped(name)
    except ValueError as why:
        return str(why)
    return ""


def make_network(
    name: str,
    out: Path,
    updates: int | None = None,
    seed: int = 0,
    watch: Watch | None = None,
) -> Card:
    """Train a network of `RECIPES` from scratch and write it to a file.

    The same name, updates and seed give the same file, byte for byte, with the same Python, torch
    and number of threads. The file appears only when it is complete.
    """
    recipe = recipe_of(name)
    network, card = recipe.make(updates, seed, watch)
    save(Trained(network, recipe.task.kind, card), out)
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


_opened = cache(open_network)
