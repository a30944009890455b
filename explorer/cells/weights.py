"""The packed weights of one recurrent layer, in PyTorch's layout.

PyTorch stacks the gates of a cell as blocks of rows: i, f, g, o for the LSTM, i, g, o where its
gates are coupled, r, z, n for the GRU, one block for the plain RNN. Letters in the shapes: I
inputs, H units, G rows of all gates together (the number of gates times H).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Weights:
    """What one recurrent layer has learned, named as in `torch.nn.LSTM`, `GRU` and `RNN`.

    PyTorch keeps two biases for each gate; only their sum matters, except in the GRU's new gate
    with reset after the product, where the second one stands inside the reset gate's product.
    Peepholes, which PyTorch does not have, are the diagonals of three matrices, rows i, f, o.
    """

    weight_ih: Float[Tensor, "G I"]
    weight_hh: Float[Tensor, "G H"]
    bias_ih: Float[Tensor, " G"]
    bias_hh: Float[Tensor, " G"]
    peepholes: Float[Tensor, "3 H"] | None = None

    @property
    def inputs(self) -> int:
        """I: how many numbers the cell reads at each step."""
        return self.weight_ih.shape[1]

    @property
    def units(self) -> int:
        """H: how many numbers the cell remembers."""
        return self.weight_hh.shape[1]

    @property
    def gates(self) -> int:
        """Blocks of rows: 4 for the LSTM, 3 for the GRU, 1 for the plain RNN."""
        return self.weight_hh.shape[0] // self.units

    @property
    def parts(self) -> dict[str, Tensor]:
        """The matrices and vectors there are, by name."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: part for name, part in every.items() if part is not None}

    @property
    def parameters(self) -> int:
        """How many numbers were learned: gates · H(I + H + 2), and 3H with peepholes."""
        return sum(part.numel() for part in self.parts.values())

    def to(self, dtype: torch.dtype) -> "Weights":
        """The same weights at another precision."""
        return Weights(**{name: part.to(dtype) for name, part in self.parts.items()})

    def state_dict(self, layer: int = 0, backward: bool = False) -> dict[str, Tensor]:
        """The weights under the names that the torch layer loads: `weight_ih_l0` and so on.

        The way back through the sequence is `weight_ih_l0_reverse`; peepholes are named alike.
        """
        ending = _ending(layer, backward)
        return {name + ending: part for name, part in self.parts.items()}

    @classmethod
    def from_state_dict(
        cls, state: Mapping[str, Tensor], layer: int = 0, backward: bool = False
    ) -> "Weights":
        """Read one layer, in one direction, out of the state dict of a torch recurrent layer.

        A layer built with `bias=False` gets zeros. Raises `ValueError` naming the missing entry
        or the shape that does not fit.
        """
        ending = _ending(layer, backward)
        found = {
            field.name: state[field.name + ending].detach()
            for field in fields(cls)
            if field.name + ending in state
        }
        for name in ("weight_ih", "weight_hh"):
            if name not in found:
                given = ", ".join(sorted(state)) or "nothing"
                raise ValueError(f"no {name + ending!r} among the weights; found {given}")
        for name in ("bias_ih", "bias_hh"):
            found.setdefault(name, found["weight_hh"].new_zeros(found["weight_hh"].shape[:1]))
        _check_shapes(found)
        return cls(**found)


def _ending(layer: int, backward: bool) -> str:
    return f"_l{layer}_reverse" if backward else f"_l{layer}"


def _check_shapes(parts: Mapping[str, Tensor]) -> None:
    weight_ih, weight_hh = parts["weight_ih"], parts["weight_hh"]
    if weight_hh.dim() != 2 or 0 in weight_hh.shape or weight_hh.shape[0] % weight_hh.shape[1]:
        raise ValueError(
            f"weight_hh must be square blocks on top of each other, not {_shape(weight_hh)}"
        )
    rows, units = weight_hh.shape
    if weight_ih.dim() != 2 or weight_ih.shape[0] != rows:
        raise ValueError(f"weight_ih must have {rows} rows, not be {_shape(weight_ih)}")
    for name in ("bias_ih", "bias_hh"):
        if parts[name].shape != (rows,):
            raise ValueError(f"{name} must have {rows} numbers, not {_shape(parts[name])}")
    if "peepholes" in parts and parts["peepholes"].shape != (3, units):
        raise ValueError(f"peepholes must be 3×{units}, not {_shape(parts['peepholes'])}")


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "a single number"
