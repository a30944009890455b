"""Who reads what: a shipped network, an untrained one, or one that a visitor brought."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.labs.cells.settings import CellLab
from explorer.networks.recipes import Card, Network
from explorer.networks.series import digits, sunspots
from explorer.networks.shelf import kept
from explorer.networks.shipped import load_network, network_card
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.digits import DigitNetwork
from explorer.sequences.numbers import parse_numbers
from explorer.sequences.stack import Stack

MOST_CELLS_OF_A_TRACE = 256 * 1_000  # units times steps that a page records


@dataclass(frozen=True)
class Reader:
    """A stack of cells, the whole network around it if there is one, and what it is to read."""

    stack: Stack
    network: Network | None
    card: Card | None
    clock: str  # what one step reads: "character", "value", "row" or "step"
    tokens: tuple[str, ...]
    text: str = ""
    values: tuple[float, ...] = ()
    x: Tensor | None = None  # (T, I), where no network says how it is made

    @property
    def title(self) -> str:
        """Who reads, in a few words."""
        return self.card.sentence if self.card else described(self.stack)


def reader(settings: CellLab) -> Reader:
    """Return who reads what by these settings. Raises ValueError with one sentence."""
    if settings.reads == "yours":
        return _uploaded(settings)
    if settings.network_name is None:
        stack = Stack.draw(
            settings.cell,
            settings.inputs,
            settings.units,
            settings.layers,
            settings.both_ways,
            torch.Generator().manual_seed(settings.seed),
        )
        return _noise(stack, settings)
    network = load_network(settings.network_name)
    return _trained(network, network_card(settings.network_name), settings)


def _trained(network: Network, card: Card, settings: CellLab) -> Reader:
    """Return what a trained network is given to read: what its kind reads, from the dials."""
    if isinstance(network, CharacterNetwork):
        text = settings.typed
        return Reader(network.stack, network, card, "character", tuple(text), text=text)
    if isinstance(network, DigitNetwork):
        picture = digits().values[settings.digit]
        rows = tuple(f"row {row}" for row in range(1, 1 + len(picture)))
        return Reader(network.stack, network, card, "row", rows, x=picture)
    if settings.reads == "sunspots":
        series = sunspots()
        since = settings.first_year - series.first
        values = tuple(series.values[since:].tolist())
        years = tuple(str(settings.first_year + year) for year in range(len(values)))
        return Reader(network.stack, network, card, "year", years, values=values)
    numbers = parse_numbers(settings.numbers)
    return Reader(network.stack, network, card, "value", _written(numbers), values=numbers)


def described(stack: Stack) -> str:
    """Return a stack in a few words."""
    layers = f"{stack.depth} layers" if stack.depth > 1 else "one layer"
    ways = ", both ways" if stack.both_ways else ""
    return f"{stack.cell_name} of {stack.units} units, {layers}{ways}, {stack.parameters:,} weights"


def _uploaded(settings: CellLab) -> Reader:
    upload = kept(settings.upload)
    if upload is None:
        raise ValueError(
            "this server does not hold the uploaded network any more; upload the file again"
        )
    if upload.trained is not None:
        return _trained(upload.trained.network, upload.trained.card, settings)
    found = upload.found[min(settings.part, len(upload.found) - 1)]
    if found.stack.inputs == 1:
        numbers = parse_numbers(settings.numbers)
        x = torch.tensor(numbers, dtype=torch.float64)[:, None]
        return Reader(found.stack, None, None, "value", _written(numbers), x=x)
    return _noise(found.stack, settings)


def _noise(stack: Stack, settings: CellLab) -> Reader:
    """Normal numbers of a seed: an input that means nothing, to watch the cell itself."""
    if stack.units * settings.steps > MOST_CELLS_OF_A_TRACE:
        raise ValueError(f"steps must be at most {MOST_CELLS_OF_A_TRACE // stack.units:,} here")
    rng = torch.Generator().manual_seed(settings.seed + 1)
    x = torch.randn(settings.steps, stack.inputs, generator=rng, dtype=torch.float64)
    tokens = tuple(str(step + 1) for step in range(settings.steps))
    return Reader(stack, None, None, "step", tokens, x=x)


def _written(numbers: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{value:.3g}".replace("-", "−") for value in numbers)
