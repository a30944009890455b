"""PyTorch's recurrent layers out of the tensors that belong to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from explorer.cells.conventions import packing
from explorer.networks.uploads.found import Claim, Convention
from explorer.networks.uploads.limits import RefusedError, check_finite, check_sizes
from explorer.networks.uploads.places import PRECISIONS, Place, readable
from explorer.networks.uploads.rebuilt import rebuilt
from explorer.sequences.stack import Stack

BY_BLOCKS: dict[int, tuple[str, Callable[..., nn.RNNBase]]] = {
    4: ("lstm", nn.LSTM),
    3: ("gru", nn.GRU),
    1: ("rnn_tanh", nn.RNN),
}
"""Blocks of rows in weight_hh: the cell, and the layer of torch."""
OTHERWISE = {"rnn_tanh": ("rnn_relu",)}
"""The cells whose weights look the same."""
SQUASH = "The file does not say tanh or relu; {} is assumed."


@dataclass(frozen=True)
class State:
    """The state dict of one torch layer: as the file keeps it, and what it was read from.

    `theirs` is the same with parametrised weights rebuilt by torch's own code.
    """

    ours: dict[str, Tensor]
    theirs: dict[str, Tensor]
    told: tuple[str, ...]
    assumed: tuple[str, ...]
    single: bool  # named as a cell, without numbers of layers


def claim(place: Place, source: str) -> Claim:
    """The layer at a place. Raises `RefusedError`, or `ValueError` for weights that do not fit."""
    if place.strange:
        belong = "belongs" if len(place.strange) == 1 else "belong"
        raise RefusedError(
            f"{listed(place.strange)} {belong} to the cell as well, which no LSTM, GRU or RNN of "
            f"PyTorch has, so that it computes something else; upload a network without"
        )
    state = _state(place)
    cell_name, kind, units = _kind(state.ours)
    depth = sum(key.startswith("weight_hh") and "reverse" not in key for key in state.ours)
    check_sizes(units, depth)
    check_finite(*state.ours.values())
    plain, handed = _unprojected(state.ours, units)
    stack = Stack.from_state_dict(cell_name, plain)
    if strange := sorted(plain.keys() - stack.state_dict().keys()):
        raise RefusedError(f"its {strange[0]} belongs to no layer; upload the whole state dict")
    biased = sum(key.startswith("bias") for key in state.ours)
    if biased not in (0, 2 * stack.depth * (1 + stack.both_ways)):
        raise RefusedError("some of its biases are missing; upload the whole state dict")
    told = [*_told(state, stack, handed), *state.told, *_precision(place)]
    oracle = _Torch(kind, stack, state.theirs, bool(biased), None if handed is None else handed[0])
    made = Claim(
        place.name,
        stack,
        _convention(stack, state, bool(biased), source, told),
        oracle,
        against=f"torch.nn.{kind.__name__}",
        exact=True,
        assumed=(*_beside(place), *state.assumed),
        handed=None if handed is None else handed[1],
    )
    if cell_name not in OTHERWISE:
        return made
    others = tuple(_squashed(made, oracle, other) for other in OTHERWISE[cell_name])
    return replace(_squashed(made, oracle, cell_name), instead=others)


@dataclass(frozen=True)
class _Torch:
    """Torch's own layer with the tensors of the file, in float64."""

    kind: Callable[..., nn.RNNBase]
    stack: Stack
    state: Mapping[str, Tensor]
    biased: bool
    projected: int | None = None
    nonlinearity: str = ""

    def __call__(self, x: np.ndarray) -> np.ndarray:
        options: dict[str, object] = {}
        if self.projected is not None:
            options["proj_size"] = self.projected
        if self.nonlinearity:
            options["nonlinearity"] = self.nonlinearity
        layer = self.kind(
            self.stack.inputs,
            self.stack.units,
            num_layers=self.stack.depth,
            bias=self.biased,
            bidirectional=self.stack.both_ways,
            device="meta",  # drawing weights would move the global generator
            dtype=torch.float64,
            **options,
        ).to_empty(device="cpu")
        layer.load_state_dict(dict(self.state))
        with torch.no_grad():
            read: Tensor = layer(torch.from_numpy(x))[0]
        return read.numpy()


def _squashed(made: Claim, oracle: _Torch, cell_name: str) -> Claim:
    """A plain RNN read with one of its two activations."""
    squash = cell_name.removeprefix("rnn_")
    return replace(
        made,
        stack=Stack(cell_name, made.stack.layers),
        oracle=replace(oracle, nonlinearity=squash),
        assumed=(SQUASH.format(squash), *made.assumed),
    )


def _state(place: Place) -> State:
    """All weights of a place as torch's layer names them, rebuilt where they are parametrised."""
    numbered = {"_l" in name for name in place.weights}
    if len(numbered) > 1:
        raise RefusedError("it is named as one cell and as layers at once")
    ours, theirs = {}, {}
    told: dict[str, list[str]] = {}
    assumed = []
    for name, forms in place.weights.items():
        for form, tensor in forms.items():
            if why := readable(tensor):
                raise RefusedError(f"its {name}{form if form.startswith('_') else ''} {why}")
        found = rebuilt(name, forms)
        key = name if True in numbered else f"{name}_l0"
        ours[key], theirs[key] = found.weight, found.theirs
        if found.told:
            told.setdefault(found.told, []).append(name)
        if found.assumed:
            assumed.append(f"{found.assumed}: {name}")
    precise = bool(told) or any(key.startswith("weight_hr") for key in ours)
    return State(
        {key: _precise(tensor, precise) for key, tensor in ours.items()},
        {key: _precise(tensor, precise) for key, tensor in theirs.items()},
        tuple(f"{how}: {listed(names)}." for how, names in told.items()),
        tuple(f"{one}." for one in assumed),
        single=False in numbered,
    )


def _precise(tensor: Tensor, double: bool) -> Tensor:
    """In float64 where it was or where something is computed from it, else in float32."""
    precision = torch.float64 if double or tensor.dtype == torch.float64 else torch.float32
    return tensor.to(precision).contiguous()


def _kind(state: Mapping[str, Tensor]) -> tuple[str, Callable[..., nn.RNNBase], int]:
    """The cell, the layer of torch, and how many units it has, by the blocks of weight_hh."""
    hidden, projection = state.get("weight_hh_l0"), state.get("weight_hr_l0")
    if hidden is None:
        raise RefusedError("its weight_hh_l0 is missing; upload the whole state dict")
    if hidden.dim() != 2 or 0 in hidden.shape:
        raise RefusedError(
            f"its weight_hh of {'×'.join(map(str, hidden.shape)) or 'one number'} is no matrix, "
            f"as that of an LSTM, GRU or RNN is"
        )
    units = hidden.shape[1]
    if projection is not None:
        if projection.dim() != 2 or len(projection) != units or 0 in projection.shape:
            raise RefusedError("its weight_hr_l0 does not fit its weight_hh_l0")
        units = projection.shape[1]
    blocks, left = divmod(hidden.shape[0], units)
    if left or blocks not in BY_BLOCKS or (projection is not None and blocks != 4):
        raise RefusedError(
            f"its weight_hh of {'×'.join(map(str, hidden.shape))} is neither 4 square blocks "
            f"(LSTM) nor 3 (GRU) nor 1 (RNN)"
        )
    return *BY_BLOCKS[blocks], units


def _unprojected(
    state: dict[str, Tensor], units: int
) -> tuple[dict[str, Tensor], tuple[int, Float[Tensor, "J O"]] | None]:
    """An LSTM without projections that computes the same, and what it hands out of its h.

    With h = W_hr m and m = o · tanh c (Sak et al. 2014, eq. 6 and 7), W_hh h is (W_hh W_hr) m, and
    so for the layer above: m takes the place of h everywhere. Returns the new state dict, and the
    size P of the projection with the matrix that makes the layer's output of m.
    """
    projections = {
        (number, way): tensor
        for key, tensor in state.items()
        for stem, number, way in [_parts(key)]
        if stem == "weight_hr"
    }
    if not projections:
        return state, None
    size = len(projections[0, ""])
    if any(projection.shape != (size, units) for projection in projections.values()):
        raise RefusedError("its weight_hr are not all of one size; upload the whole state dict")
    plain = {}
    for key, tensor in state.items():
        stem, number, way = _parts(key)
        if stem == "weight_hh":
            plain[key] = _times(tensor, [projections.get((number, way))])
        elif stem == "weight_ih" and number > 0:
            ways = sorted(way for below, way in projections if below == number - 1)
            plain[key] = _times(tensor, [projections[number - 1, way] for way in ways])
        elif stem != "weight_hr":
            plain[key] = tensor
    top = max(number for number, _ in projections)
    handed = [projections[top, way] for number, way in sorted(projections) if number == top]
    return plain, (size, torch.block_diag(*handed))


def _parts(key: str) -> tuple[str, int, str]:
    """What a weight is, the number of its layer, and "_reverse" or nothing."""
    stem, _, numbered = key.partition("_l")
    number, _, way = numbered.partition("_")
    return stem, int(number), way and f"_{way}"


def _times(weight: Tensor, projections: list[Tensor | None]) -> Tensor:
    """A matrix that reads projected states, as one that reads them before the projection."""
    found = [each for each in projections if each is not None]
    together = torch.block_diag(*found) if found else torch.empty(0, 0)
    if len(found) < len(projections) or weight.shape[1:] != together.shape[:1]:
        raise RefusedError(
            "its weight_hr do not fit its other weights; upload the whole state dict"
        )
    return weight @ together


def _beside(place: Place) -> tuple[str, ...]:
    if not place.beside:
        return ()
    many = len(place.beside) > 1
    stands, it_does = ("stand", "they do") if many else ("stands", "it does")
    return (
        f"{listed(place.beside)} {stands} in one place with the layer; that {it_does} not belong "
        f"to the cell is assumed.",
    )


def _told(state: State, stack: Stack, handed: tuple[int, Tensor] | None) -> tuple[str, ...]:
    gates = len(packing("pytorch", stack.cell_name).gates)
    kind = {4: "an LSTM", 3: "a GRU", 1: "a plain RNN"}[gates]
    told = [f"weight_hh has {gates} × {stack.units} rows: {kind}."]
    if state.single:
        told.append("Named as one cell, without layer numbers.")
    if handed is not None:
        told.append(
            f"It projects its h to {handed[0]} numbers (proj_size): its units are shown as they "
            f"are before that, and W_hh · W_hr is their recurrent matrix, which computes the same."
        )
    return tuple(told)


def _precision(place: Place) -> tuple[str, ...]:
    """How precisely the numbers were kept, where it is not the usual way."""
    kept = {t.dtype for forms in place.weights.values() for t in forms.values()}
    unusual = [PRECISIONS[dtype] for dtype in PRECISIONS if dtype in kept and PRECISIONS[dtype]]
    if not unusual:
        return ()
    some = "Some of its" if len(kept) > 1 else "Its"
    return (f"{some} numbers are kept in {listed(unusual)}.",)


def _convention(
    stack: Stack, state: State, biased: bool, source: str, told: list[str]
) -> Convention:
    packed = packing("pytorch", stack.cell_name)
    if not biased:
        told.append("Saved without biases; zeros stand for them.")
    return Convention(
        source=source,
        gates=packed.gates,
        letters=packed.letters,
        reset="after" if stack.cell_name == "gru" else "",
        biases=2 if biased else 0,
        peepholes=False,
        directions="both" if stack.both_ways else "forward",
        told_by=tuple(told),
    )


def listed(names: tuple[str, ...] | list[str], most: int = 4) -> str:
    """Names in a row, the last ones counted where they are many."""
    shown = [name[:40] for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1])] * (len(shown) > 1) + shown[-1:])
