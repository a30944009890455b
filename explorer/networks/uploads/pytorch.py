"""Recurrent layers out of PyTorch's state dicts, from `torch.save` or from safetensors."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.cells.conventions import packing
from explorer.networks.uploads.found import Claim, Contents, Convention, Table
from explorer.networks.uploads.limits import (
    MOST_ENTRIES,
    RefusedError,
    check_count,
    check_finite,
    check_numbers,
    check_sizes,
    entries,
    unpacked,
)
from explorer.sequences.stack import Stack

NAME = re.compile(
    r"(?P<place>(?:.*\.)?)(?P<part>weight|bias)_(?P<side>ih|hh|hr)"
    r"(?:_l(?P<layer>\d{1,3}))?(?P<back>_reverse)?"
)
BY_BLOCKS: dict[int, tuple[str, Callable[..., nn.RNNBase]]] = {
    4: ("lstm", nn.LSTM),
    3: ("gru", nn.GRU),
    1: ("rnn_tanh", nn.RNN),
}
"""Blocks of rows in weight_hh: the cell, and the layer of torch."""
PRECISIONS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
LARGEST_PICKLE = 1_000_000  # bytes; the names and shapes of thousands of tensors take less
DEEPEST = 4  # dictionaries within each other


def saved(data: bytes) -> Contents:
    """What `torch.save` wrote: a state dict, or dictionaries around one; nothing is executed.

    Raises `RefusedError` for pickled code and for what torch cannot read.
    """
    listed = entries(data)
    for name, entry in listed.items():
        name = name.lower()  # as torch looks them up
        if name.endswith("constants.pkl"):
            raise RefusedError(
                "it is a TorchScript program; save the numbers alone with "
                "torch.save(model.state_dict(), path)"
            )
        if name.endswith(".pkl") and entry.file_size > LARGEST_PICKLE:
            raise RefusedError("it lists too much; save model.state_dict() alone")
        if name.endswith(".pkl") and b"bytearray" in unpacked(data, entry):
            # the one thing that torch fills at any size a file asks for
            raise RefusedError("it makes arrays besides tensors; save model.state_dict() alone")
    try:
        loaded = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as why:  # torch raises half a dozen kinds at a damaged file
        if "Unsupported" in str(why):
            raise RefusedError(
                "it holds pickled code besides numbers, which is never run here; save the numbers "
                "alone with torch.save(model.state_dict(), path)"
            ) from why
        raise RefusedError("it is damaged or cut short; save and upload it again") from why
    return recurrent(dict(_tensors(loaded)), "PyTorch state dict")


def safe(data: bytes) -> Contents:
    """The tensors of a safetensors file. Raises `RefusedError` for what the library cannot read."""
    from safetensors.torch import load

    try:
        loaded = load(data)
    except Exception as why:
        raise RefusedError("it is damaged or cut short; save and upload it again") from why
    return recurrent(dict(_tensors(loaded)), "safetensors with PyTorch's names")


def recurrent(tensors: Mapping[str, Tensor], source: str) -> Contents:
    """The recurrent layers among named tensors, and the matrices beside them."""
    check_numbers(tensor.shape for tensor in tensors.values())
    places: dict[tuple[str, bool], dict[str, Tensor]] = {}
    beside: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        match = NAME.fullmatch(name)
        if match is None:
            beside[name] = tensor
            continue
        plain = f"{match['part']}_{match['side']}_l{int(match['layer'] or 0)}{match['back'] or ''}"
        places.setdefault((match["place"], match["layer"] is None), {})[plain] = tensor
    check_count(len(places))
    claims, refused = [], []
    for (place, single), state in places.items():
        name = place.rstrip(".") or "the network"
        try:
            claims.append(_claim(name, single, state, source))
        except ValueError as why:
            refused.append(f"{name}: {why}" if place else str(why))
    embeddings, readouts = _tables(beside)
    return Contents(source, tuple(claims), embeddings, readouts, refused=tuple(refused))


def _tensors(found: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    """Every plain tensor of dictionaries within each other, with its names joined by dots."""
    if isinstance(found, Tensor):
        plain = found.layout == torch.strided and found.device.type == "cpu"
        if plain and found.dtype in PRECISIONS:
            yield place, found.detach()
    elif isinstance(found, Mapping) and depth < DEEPEST:
        for count, (name, value) in enumerate(found.items()):
            if count >= MOST_ENTRIES:
                raise RefusedError(
                    "it lists far more than a network; save model.state_dict() alone"
                )
            yield from _tensors(value, f"{place}.{name}" if place else str(name), depth + 1)


def _claim(name: str, single: bool, state: dict[str, Tensor], source: str) -> Claim:
    if any(key.startswith("weight_hr") for key in state):
        raise RefusedError("it projects its hidden state (proj_size), which is not computed here")
    hidden = state.get("weight_hh_l0")
    if hidden is None or hidden.dim() != 2 or 0 in hidden.shape:
        raise RefusedError("its weight_hh_l0 is missing or no matrix; upload the whole state dict")
    blocks, left = divmod(hidden.shape[0], hidden.shape[1])
    if left or blocks not in BY_BLOCKS:
        raise RefusedError(
            f"its weight_hh of {'×'.join(map(str, hidden.shape))} is neither 4 square blocks "
            f"(LSTM) nor 3 (GRU) nor 1 (RNN)"
        )
    cell_name, kind = BY_BLOCKS[blocks]
    check_sizes(hidden.shape[1], sum(k.startswith("weight_hh") for k in state if "rev" not in k))
    precise = {key: _at_least_float32(value) for key, value in state.items()}
    check_finite(*precise.values())
    stack = Stack.from_state_dict(cell_name, precise)
    if strange := sorted(precise.keys() - stack.state_dict().keys()):
        raise RefusedError(f"its {strange[0]} belongs to no layer; upload the whole state dict")
    biased = sum(key.startswith("bias") for key in state)
    if biased not in (0, sum(key.startswith("weight") for key in state)):
        raise RefusedError("some of its biases are missing; upload the whole state dict")
    convention = _convention(cell_name, stack, single, bool(biased), source)
    oracle = _layer(kind, stack, precise, bool(biased))
    return Claim(name, stack, convention, oracle, against=f"torch.nn.{kind.__name__}", exact=True)


def _convention(
    cell_name: str, stack: Stack, single: bool, biased: bool, source: str
) -> Convention:
    packed = packing("pytorch", cell_name)
    told = [f"weight_hh has {len(packed.gates)} × {stack.units} rows"]
    told[0] += {4: ": an LSTM.", 3: ": a GRU.", 1: ": a plain RNN."}[len(packed.gates)]
    if cell_name == "rnn_tanh":
        told.append("Nothing says tanh or relu; tanh is assumed, PyTorch's default.")
    if single:
        told.append("Named as one cell, without layer numbers.")
    if not biased:
        told.append("Saved without biases; zeros stand for them.")
    return Convention(
        source=source,
        gates=packed.gates,
        letters=packed.letters,
        reset="after" if cell_name == "gru" else "",
        biases=2 if biased else 0,
        peepholes=False,
        directions="both" if stack.both_ways else "forward",
        told_by=tuple(told),
    )


def _layer(
    kind: Callable[..., nn.RNNBase], stack: Stack, state: Mapping[str, Tensor], biased: bool
) -> Callable[[np.ndarray], np.ndarray]:
    """Torch's own layer with the tensors of the file, in float64."""

    def hidden(x: np.ndarray) -> np.ndarray:
        layer = kind(
            stack.inputs,
            stack.units,
            num_layers=stack.depth,
            bias=biased,
            bidirectional=stack.both_ways,
            device="meta",  # drawing weights would move the global generator
            dtype=torch.float64,
        ).to_empty(device="cpu")
        layer.load_state_dict(dict(state))
        with torch.no_grad():
            read: Tensor = layer(torch.from_numpy(x))[0]
        return read.numpy()

    return hidden


def _at_least_float32(tensor: Tensor) -> Tensor:
    precision = torch.float64 if tensor.dtype == torch.float64 else torch.float32
    return tensor.to(precision).contiguous()


def _tables(beside: Mapping[str, Tensor]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Matrices that may be an embedding, which has no bias, or a readout, which may have one."""
    embeddings, readouts = [], []
    for name, weight in beside.items():
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
