"""How well what came some steps ago can be read out of a network: its forgetting curves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch

from explorer.labs.cells.readers import reader
from explorer.labs.cells.reading import READING
from explorer.labs.cells.settings import CellLab
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.probe import Forgetting, forgetting_curve, memory_function

SYMBOLS = "aeinorst"  # eight frequent letters: a guess is right once in eight
DRAWN = 8  # vectors, where a network has no letters
LONGEST = 20
MOST_UNITS = 256  # a read-out is fitted to all of them at each lag: minutes and gigabytes beyond


@dataclass(frozen=True)
class Curves:
    """The forgetting curves of one network: with one item to keep, and with several."""

    by_task: Mapping[str, Forgetting]  # "one item", "several items" or "a new number each step"
    scores: str  # what a score is: "share of right answers" or "R²"


def curves(settings: CellLab) -> Curves:
    """Return the forgetting curves of the network that reads by these settings.

    Raises ValueError, one sentence, for a network with too many units to fit a read-out to.
    """
    return _curves(CellLab(**{name: getattr(settings, name) for name in READING}))


@lru_cache(maxsize=16)
def _curves(settings: CellLab) -> Curves:
    who = reader(settings)
    if why := too_large(who.stack.units):
        raise ValueError(why)
    stack = who.stack.to(torch.float64)
    rng = torch.Generator().manual_seed(0)
    if stack.inputs == 1:
        return Curves({"a new number each step": memory_function(stack, rng, LONGEST)}, "R²")
    network, symbols = who.network, ""
    if isinstance(network, CharacterNetwork):
        symbols = "".join(c for c in SYMBOLS if c in network.vocabulary.characters)
    if isinstance(network, CharacterNetwork) and len(symbols) > 1:
        vectors = network.embedding[network.vocabulary.encode(symbols)].to(torch.float64)
    else:
        vectors = torch.randn(DRAWN, stack.inputs, generator=rng, dtype=torch.float64)
    several = forgetting_curve(stack, vectors, rng, "several", LONGEST)
    one = forgetting_curve(stack, vectors, rng, "one", LONGEST)
    return Curves({"one item": one, "several items": several}, "share of right answers")


def too_large(units: int) -> str:
    """Return why the curves of a network with so many units are not measured; empty if they are."""
    if units <= MOST_UNITS:
        return ""
    return f"a forgetting curve is measured of up to {MOST_UNITS} units, and there are {units:,}"


def told(found: Curves) -> str:
    """Return in words how far back each state tells what came."""
    said = []
    for what, curve in found.by_task.items():
        for state, scored in curve.curves.items():
            above = scored.score - 2 * scored.error > scored.baseline
            lasting = int(above.long().cumprod(dim=0).sum())  # lags in a row, from 0 on
            name = "c" if state == "cell" else "h"
            if lasting == len(scored.lags):
                said.append(f"{name} with {what}: beyond {scored.lags[-1]} steps")
            elif lasting:
                said.append(f"{name} with {what}: up to {scored.lags[lasting - 1]} steps")
            else:
                said.append(f"{name} with {what}: not at all")
    return "Better than guessing by two standard errors: " + "; ".join(said) + "."
