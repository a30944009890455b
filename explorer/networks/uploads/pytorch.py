"""Recurrent layers out of PyTorch's state dicts, from `torch.save` or from safetensors."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from explorer.networks.trained import metadata
from explorer.networks.uploads import layers
from explorer.networks.uploads.alphabets import alphabets, in_words
from explorer.networks.uploads.found import Claim, Contents, Table
from explorer.networks.uploads.limits import (
    RefusedError,
    check_count,
    check_finite,
    check_numbers,
    entries,
    unpacked,
)
from explorer.networks.uploads.pickles import (
    DAMAGED,
    LARGEST_PICKLE,
    LONG,
    NEWER,
    Told,
    before_1_6,
    check_archive,
    told,
    with_code,
)
from explorer.networks.uploads.places import PRECISIONS, Named, named, places

TORCHSCRIPT = (
    "it is a TorchScript program; save the numbers alone with torch.save(model.state_dict(), path)"
)

_lock = threading.Lock()  # what torch may make is known to the whole process


class Unread:
    """What stands for everything in a file that is no plain part of a state dict."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take what the thing itself would have been made of, and do nothing with it."""

    def __setstate__(self, _: object) -> None:
        """Leave aside what the thing itself would have kept."""


class UnreadMapping:
    """What stands for a dictionary of a class that is not looked up: a plain one."""

    def __new__(cls, *_: object) -> dict[Any, Any]:  # type: ignore[misc]
        """An empty dictionary, which is filled from the file."""
        return {}


def saved(data: bytes) -> Contents:
    """What `torch.save` wrote: a state dict, or dictionaries around one; nothing is executed.

    Classes and functions of others are never looked up: what they would make stays unread. Raises
    `RefusedError` for a file with nothing else in it, and for what torch cannot read.
    """
    older = data[:4] != b"PK\x03\x04"
    found = before_1_6(data) if older else _listed(data)
    loaded = _loaded(data, found)
    tensors = named(loaded)
    source = "PyTorch state dict of before torch 1.6" if older else "PyTorch state dict"
    contents = recurrent(tensors, source)
    if not contents.claims and not contents.refused and found.strange:
        raise with_code(found.strange)
    return replace(contents, alphabets=alphabets(loaded))


def safe(data: bytes) -> Contents:
    """The tensors of a safetensors file. Raises `RefusedError` for what the library cannot read."""
    from safetensors.torch import load

    try:
        loaded = load(data)
    except Exception as why:
        raise RefusedError(DAMAGED) from why
    contents = recurrent(named(loaded), "safetensors with PyTorch's names")
    return replace(contents, alphabets=in_words(metadata(data)))


def recurrent(found: Named, source: str) -> Contents:
    """The recurrent layers among named tensors, and the matrices beside them."""
    check_numbers(tensor.shape for tensor in found.tensors.values())
    there, rest = places(found)
    check_count(len(there))
    if not there and found.optimizer:
        raise RefusedError(
            "it holds no network but the state of an optimizer; save model.state_dict() and upload "
            "that"
        )
    claims, refused = [], []
    for place in there:
        try:
            claims.append(layers.claim(place, source))
        except ValueError as why:
            refused.append(f"{place.name}: {why}" if place.path else str(why))
    refused += _spoiled(rest)
    embeddings, readouts = _tables(rest)
    readouts += tuple(_through(claims, readouts))
    aside = tuple(name for name, tensor in rest.items() if tensor.dim() > 0)
    return Contents(
        source, tuple(claims), embeddings, readouts, refused=tuple(refused), aside=aside
    )


def _through(claims: Sequence[Claim], readouts: Sequence[Table]) -> Iterator[Table]:
    """Readouts of what a layer hands out, as readouts of its h."""
    for claim in claims:
        for table in readouts if claim.handed is not None else ():
            if claim.handed is not None and table.weight.shape[1] == len(claim.handed):
                weight = table.weight.double() @ claim.handed
                yield replace(table, weight=weight.to(table.weight.dtype))


def _listed(data: bytes) -> Told:
    """What the pickle of an archive asks for, every number of which is in the archive."""
    listed = entries(data)
    pickles = {}
    if any(name.lower().endswith("constants.pkl") for name in listed):
        raise RefusedError(TORCHSCRIPT)
    for name, entry in listed.items():
        lower = name.lower()  # as torch looks them up
        if lower.endswith(".pkl"):
            if entry.file_size > LARGEST_PICKLE:
                raise RefusedError(LONG)
            pickles[name] = told(unpacked(data, entry, LARGEST_PICKLE))
            check_archive(listed, name, pickles[name])
    if len(pickles) != 1:
        raise RefusedError(DAMAGED)
    return next(iter(pickles.values()))


def _loaded(data: bytes, found: Told) -> Any:
    """What torch reads without running anything, `Unread` where it would have to."""
    stand_ins: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
        (UnreadMapping if name.lower().endswith("dict") else Unread, name) for name in found.strange
    ]
    try:
        with _lock, torch.serialization.safe_globals(stand_ins):
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as why:  # torch raises half a dozen kinds at a damaged file
        if "Unsupported operand" in str(why):
            raise RefusedError(NEWER) from why
        if found.strange:
            raise with_code(found.strange) from why
        raise RefusedError(DAMAGED) from why


def _at_least_float32(tensor: Tensor) -> Tensor:
    precision = torch.float64 if tensor.dtype == torch.float64 else torch.float32
    return tensor.to(precision).contiguous()


def _spoiled(beside: Mapping[str, Tensor]) -> Iterator[str]:
    """A sentence for each matrix beside the layers whose numbers cannot be used."""
    for name, tensor in beside.items():
        if tensor.dim() != 2 or not name.endswith("weight") or tensor.dtype not in PRECISIONS:
            continue
        if not bool(tensor.isfinite().all()):
            yield f"{name} is left out: it holds NaN or infinite numbers"


def _tables(beside: Mapping[str, Tensor]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Matrices that may be an embedding, which has no bias, or a readout, which may have one."""
    embeddings, readouts = [], []
    for name, weight in beside.items():
        if weight.dtype not in PRECISIONS or weight.layout != torch.strided:
            continue
        if weight.dim() != 2 or not name.endswith("weight") or weight.numel() == 0:
            continue
        try:
            bias = beside.get(name.removesuffix("weight") + "bias")
            if bias is not None and bias.shape != weight.shape[:1]:
                continue
            weight = _at_least_float32(weight)
            bias = None if bias is None else _at_least_float32(bias)
            check_finite(weight, bias)
        except RefusedError:
            continue
        table = Table(name, weight, bias)
        readouts.append(table)
        if bias is None:
            embeddings.append(table)
    return tuple(embeddings), tuple(readouts)
