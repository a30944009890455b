"""Which layer reads which, where a file of Keras holds weights alone and says nothing of it.

Layers stand on each other only where the file leaves nothing else: in a model that is a plain
sequence, with nothing between them that changes what one hands to the other.
"""

import re
from collections.abc import Mapping, Sequence

from torch import Tensor

from explorer.networks.uploads.hdf5 import Arrays
from explorer.networks.uploads.kernels import natural

PASSING = {
    "dropout", "spatial_dropout1d", "gaussian_dropout", "gaussian_noise", "alpha_dropout",
    "activity_regularization",
}  # fmt: skip
MAPPING = {
    "dense": 2, "embedding": 2, "conv1d": 3, "layer_normalization": 1, "batch_normalization": 1,
}  # fmt: skip
"""Layers with weights of which the first array tells what they take and hand out, and its axes."""
ENDING = {"flatten", "global_average_pooling1d", "global_max_pooling1d", "masking"}
"""Layers without weights after which, or in front of which only, a recurrent layer stands."""


def neighbours(found: Arrays, places: Sequence[str]) -> dict[str, str]:
    """For the place of a recurrent layer the place of the one whose sequence it must be reading.

    Left out is every layer of which the file does not prove it.
    """
    if "" in found.orders:
        return _stacked(places) | _listed(found, places)
    proved = _stacked(places)
    for container in {_container(place) for place in places}:
        proved |= _numbered(found, container, [p for p in places if _container(p) == container])
    return proved


def _stacked(places: Sequence[str]) -> dict[str, str]:
    """Cells that one layer stacks: of one class their numbers are their order."""
    groups: dict[str, list[str]] = {}
    for place in places:
        if match := re.match(r"(.*(?:/cell/cells|/stacked_rnn_cells))/[^/]+", place):
            groups.setdefault(match[1], []).append(place)
    proved: dict[str, str] = {}
    for group in groups.values():
        if len({_base(place) for place in group}) == 1:
            ordered = sorted(group, key=natural)
            proved |= dict(zip(ordered[1:], ordered, strict=False))
    return proved


def _listed(found: Arrays, places: Sequence[str]) -> dict[str, str]:
    """By the list of layers that older versions keep, in the order of the model.

    A model of several branches lists its inputs too, a sequence does not.
    """
    order = found.orders[""]
    silent = [name for name in order if not found.orders.get(name)]
    if any(_base(name) not in PASSING | ENDING for name in silent):
        return {}
    proved: dict[str, str] = {}
    below = ""
    for name in order:
        here = [place for place in places if place.startswith(f"{name}/")]
        if len(here) == 1:
            if below:
                proved[here[0]] = below
            below = here[0]
        elif _base(name) not in PASSING:
            below = ""
    return proved


def _numbered(found: Arrays, container: str, places: Sequence[str]) -> dict[str, str]:
    """By the numbers that Keras 3 gives to layers of one class within one container.

    A container that holds its input layer may have branches. All others are looked at: one without
    weights may stand anywhere unless it hands on what it reads, one with weights only where it
    takes as many numbers as it is given.
    """
    if not container:
        return {}
    depth = container.count("/") + 1
    inside = {g.split("/")[depth] for g in found.groups if g.startswith(f"{container}/")}
    own = {place.split("/")[depth] for place in places}
    widths: list[tuple[int, int]] = []
    for name in inside - own - {"vars"}:
        if _base(name) in PASSING:
            continue
        shape = _widths(found.tensors, f"{container}/{name}")
        if shape is None:
            return {}
        widths.append(shape)
    proved: dict[str, str] = {}
    for place in places:
        name = place.split("/")[depth]
        base, _, number = name.rpartition("_")
        if not number.isdigit():
            continue
        before = base if number == "1" else f"{base}_{int(number) - 1}"
        below = next((p for p in places if p.split("/")[depth] == before), "")
        others = widths + [
            _cell_widths(found.tensors, p) for p in places if p not in (place, below)
        ]
        if below and not _returns(_cell_widths(found.tensors, below)[1], others):
            proved[place] = below
    return proved


def _container(place: str) -> str:
    """The list of layers that a place is in; empty where it is in none."""
    match = re.match(r"(.*?layers)/[^/]+(?:/(?:forward_layer|backward_layer))?/cell", place)
    return match[1] if match else ""


def _widths(tensors: Mapping[str, Tensor], layer: str) -> tuple[int, int] | None:
    """How many numbers a layer takes and hands out, by its first array; None where unknown."""
    first = tensors.get(f"{layer}/vars/0")
    dimensions = MAPPING.get(_base(layer.rsplit("/", 1)[-1]))
    if first is None or first.dim() != dimensions:
        return None
    return int(first.shape[0 if first.dim() < 3 else 1]), int(first.shape[-1])


def _cell_widths(tensors: Mapping[str, Tensor], place: str) -> tuple[int, int]:
    ways = 2 if "/forward_layer/" in place else 1
    kernel, recurrent = (tensors[f"{place}/vars/{number}"] for number in "01")
    return len(kernel), ways * len(recurrent)


def _returns(width: int, others: Sequence[tuple[int, int]]) -> bool:
    """Whether some of the others in a row take so many numbers and hand out as many."""
    reached, grown = {width}, True
    while grown:
        fresh = {made for taken, made in others if taken in reached}
        if width in fresh:
            return True
        grown = bool(fresh - reached)
        reached |= fresh
    return False


def _base(name: str) -> str:
    return re.sub(r"_\d+$", "", name)
