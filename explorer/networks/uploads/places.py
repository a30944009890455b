"""Which of a file's tensors make up which recurrent layer, by their names.

A name is the path of a module and what the module calls the tensor. What has its path below a
recurrent layer belongs to that layer, known or not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from explorer.networks.uploads.limits import MOST_ENTRIES, RefusedError

DEEPEST = 4  # dictionaries within each other
WEIGHT = r"(?:weight|bias)_(?:ih|hh|hr)(?:_l\d{1,3})?(?:_reverse)?"
NAME = re.compile(
    rf"(?P<place>(?:.*\.)?)(?:(?P<plain>{WEIGHT})(?P<form>_raw|_g|_v|_u|_orig|_mask)?"
    rf"|parametrizations\.(?P<named>{WEIGHT})\.(?P<kept>.+))"
)
FULL = ("", "_raw", "_v", "_orig", "original", "original1")
"""The forms of a weight that have all of its rows and columns."""
WRAPPERS = re.compile(r"((module|_orig_mod)\.)*")
"""What DataParallel and torch.compile put before every name."""
OPTIMIZERS = re.compile(
    r"\w*optim(izers?|s)?(_states?)?|\w*schedulers?|grads?|gradients?|exp_avg\w*|momentum\w*"
)
"""What the tensors of an optimizer are kept under, which have the names and shapes of weights."""


@dataclass(frozen=True)
class Named:
    """All tensors of a file by their names, dictionaries within each other joined by dots.

    `homes` says for each name how much of it is the dictionary that the tensor is in. `optimizer`
    tells whether tensors of an optimizer were left aside.
    """

    tensors: dict[str, Tensor] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    optimizer: bool = False


@dataclass(frozen=True)
class Place:
    """The tensors of one recurrent layer: for each of its weights the forms it is kept in.

    `strange` are the modules and tensors that belong to it besides, `beside` those that stand with
    it in one dictionary or module, so that only a guess says whether they belong to it.
    """

    path: str  # ends with a dot, or is empty
    weights: dict[str, dict[str, Tensor]]
    strange: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the layer is called."""
        return self.path.rstrip(".") or "the network"


def named(loaded: Any) -> Named:
    """Every tensor in dictionaries and lists within each other, but for an optimizer's.

    Raises `RefusedError` for more entries than a network has.
    """
    tensors: dict[str, Tensor] = {}
    homes: dict[str, str] = {}
    skipped = []
    for home, name, tensor in _tensors(loaded, "", 0):
        if tensor is None:
            skipped.append(name)
        elif home + name in tensors:
            raise RefusedError(
                f"it holds two tensors called {(home + name)[:60]}; save one network alone"
            )
        else:
            tensors[home + name] = tensor
            homes[home + name] = home
    return Named(tensors, homes, bool(skipped))


def _tensors(found: Any, home: str, depth: int) -> Iterator[tuple[str, str, Tensor | None]]:
    """The dictionary, the name in it, and the tensor, or None in place of an optimizer's."""
    if isinstance(found, list | tuple):
        found = dict(enumerate(found))
    if not isinstance(found, Mapping) or depth >= DEEPEST:
        return
    if "param_groups" in found:
        yield home, "", None
        return
    if len(found) > MOST_ENTRIES:
        raise RefusedError("it lists far more than a network; save model.state_dict() alone")
    for name, value in found.items():
        if isinstance(value, Tensor):
            yield home, str(name), value.detach()
        elif isinstance(value, Mapping | list | tuple):
            if OPTIMIZERS.fullmatch(str(name).lower()):
                yield home, str(name), None
            else:
                yield from _tensors(value, f"{home}{name}.", depth + 1)


def places(found: Named) -> tuple[list[Place], dict[str, Tensor]]:
    """The recurrent layers, and the tensors that belong to none of them."""
    weights: dict[str, dict[str, dict[str, Tensor]]] = {}
    owners: dict[str, str] = {}  # the layer that a tensor is a weight of
    homes: dict[str, str] = {}
    for name, tensor in found.tensors.items():
        if match := NAME.fullmatch(name):
            place, plain = match["place"], match["plain"] or match["named"]
            form = match["form"] or match["kept"] or ""
            weights.setdefault(place, {}).setdefault(plain, {})[form] = tensor
            owners[name] = place
            homes.setdefault(place, found.homes[name])
    _beside_their_module(weights)
    below: dict[str, list[str]] = {place: [] for place in weights}
    rest = {name: tensor for name, tensor in found.tensors.items() if name not in owners}
    for name in found.tensors:
        for place in _above(name):
            if place in below and owners.get(name) != place:
                below[place].append(name)
    found_places = [
        _place(path, homes[path], weights[path], below[path], found) for path in weights
    ]
    return found_places, rest


def _place(
    path: str,
    home: str,
    weights: dict[str, dict[str, Tensor]],
    below: list[str],
    found: Named,
) -> Place:
    """One layer, with what else is below its path: its own, or perhaps only beside it.

    Where the path is the whole of a dictionary, what is in it besides may be the rest of a model:
    it may if it is in a dictionary of its own, or is a matrix around the layer. A module inside a
    recurrent module, and a tensor in it that torch does not have, are its own.
    """
    whole = path.startswith(home) and WRAPPERS.fullmatch(path.removeprefix(home)) is not None
    sizes = _sizes(weights)
    strange, beside = dict[str, None](), dict[str, None]()
    for name in below:
        apart = found.homes[name] != home or _around(found.tensors, name, sizes)
        (beside if whole and apart else strange)[name.removeprefix(path).partition(".")[0]] = None
    return Place(path, weights, tuple(strange), tuple(beside))


@dataclass(frozen=True)
class _Sizes:
    """How many numbers a layer may read or hand out, and how many its gates have."""

    outside: set[int]
    inside: set[int]


def _sizes(weights: Mapping[str, Mapping[str, Tensor]]) -> _Sizes:
    sizes = _Sizes(set(), set())
    for name, forms in weights.items():
        for form, tensor in forms.items():
            if form not in FULL or tensor.dim() != 2:
                continue
            rows, columns = tensor.shape
            if name.startswith("weight_ih"):
                sizes.outside.add(columns)
            elif name.startswith("weight_hh"):
                sizes.outside.update((columns, 2 * columns))
                sizes.inside.update((rows, columns))
    return sizes


def _around(tensors: Mapping[str, Tensor], name: str, sizes: _Sizes) -> bool:
    """Whether a tensor is a matrix that reads h or is looked up for x, or the bias of one.

    One with as many rows as there are units or gates may as well be inside the cell.
    """
    stem, dot, last = name.rpartition(".")
    weight, bias = tensors.get(f"{stem}.weight"), tensors.get(f"{stem}.bias")
    if not dot or last not in ("weight", "bias") or weight is None or weight.dim() != 2:
        return False
    rows, columns = weight.shape
    fits = columns in sizes.outside and rows not in sizes.inside
    return fits and (bias is None or bias.shape == (rows,))


def _above(name: str) -> Iterator[str]:
    """The paths of all modules that a tensor is in, the file itself first."""
    yield ""
    for place, letter in enumerate(name):
        if letter == ".":
            yield name[: place + 1]


def _beside_their_module(weights: dict[str, dict[str, dict[str, Tensor]]]) -> None:
    """Give raw weights that a wrapper keeps to the layer that it wraps, called `module`."""
    for place in list(weights):
        inner = weights.get(f"{place}module.")
        if inner is not None and all(set(forms) == {"_raw"} for forms in weights[place].values()):
            for name, forms in weights.pop(place).items():
                inner.setdefault(name, {}).update(forms)


def readable(tensor: Tensor) -> str:
    """Why a tensor cannot be read as numbers of a network; empty where it can."""
    kind = str(tensor.dtype).removeprefix("torch.")
    if tensor.is_quantized or kind.startswith(("int", "uint", "q")):
        return f"is quantised ({kind}); save the network as it was before"
    if tensor.layout != torch.strided or tensor.device.type != "cpu":
        return "is sparse or kept without its numbers; save it as a plain tensor"
    if tensor.dtype not in PRECISIONS:
        return f"is kept as {kind}, which is not read here; save it as float32"
    return ""


PRECISIONS = {
    torch.float32: "",
    torch.float64: "double precision (float64)",
    torch.float16: "half precision (float16)",
    torch.bfloat16: "half precision (bfloat16)",
}
"""How numbers may be kept, and what that is called where it is not the usual way."""
