"""The packed weights of one recurrent layer, in PyTorch's layout.

PyTorch stacks the gates of a cell as blocks of rows: i, f, g, o for the LSTM, r, z, n for the GRU,
one block for the plain RNN. Letters in the shapes: I inputs, H units, G rows of all gates together
(the number of gates times H).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Weights:
    """What one recurrent layer has learned, named as in `torch.nn.LSTM`, `GRU` and `RNN`.

    PyTorch keeps two biases for each gate; only their sum matters, except in the GRU's new gate,
    where the second one stands inside the reset gate's product.
    """

    weight_ih: Float[Tensor, "G I"]
    weight_hh: Float[Tensor, "G H"]
    bias_ih: Float[Tensor, " G"]
    bias_hh: Float[Tensor, " G"]

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
    def parameters(self) -> int:
        """How many numbers were learned: gates · H(I + H + 2), so a GRU has 3/4 of an LSTM's."""
        return sum(
            part.numel() for part in (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        )

    def to(self, dtype: torch.dtype) -> "Weights":
        """The same weights at another precision."""
        return Weights(
            self.weight_ih.to(dtype),
            self.weight_hh.to(dtype),
            self.bias_ih.to(dtype),
            self.bias_hh.to(dtype),
        )

    def state_dict(self, layer: int = 0) -> dict[str, Tensor]:
        """The weights under the names that the torch layer loads: `weight_ih_l0` and so on."""
        return {
            f"weight_ih_l{layer}": self.weight_ih,
            f"weight_hh_l{layer}": self.weight_hh,
            f"bias_ih_l{layer}": self.bias_ih,
            f"bias_hh_l{layer}": self.bias_hh,
        }

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor], layer: int = 0) -> "Weights":
        """Read one forward layer out of the state dict of a torch recurrent layer.

        A layer built with `bias=False` gets zeros. Raises `ValueError` naming the missing entry
        or the shape that does not fit.
        """
        missing = [
            name for name in (f"weight_ih_l{layer}", f"weight_hh_l{layer}") if name not in state
        ]
        if missing:
            given = ", ".join(sorted(state)) or "nothing"
            raise ValueError(f"no {missing[0]!r} among the weights; found {given}")
        weight_ih, weight_hh = (state[f"{name}_l{layer}"] for name in ("weight_ih", "weight_hh"))
        without = weight_hh.new_zeros(weight_hh.shape[:1])
        bias_ih, bias_hh = (
            state.get(f"{name}_l{layer}", without) for name in ("bias_ih", "bias_hh")
        )
        _check_shapes(weight_ih, weight_hh, bias_ih, bias_hh)
        return cls(weight_ih.detach(), weight_hh.detach(), bias_ih.detach(), bias_hh.detach())


def _check_shapes(weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor) -> None:
    if weight_hh.dim() != 2 or 0 in weight_hh.shape or weight_hh.shape[0] % weight_hh.shape[1]:
        raise ValueError(
            f"weight_hh must be square blocks on top of each other, not {_shape(weight_hh)}"
        )
    rows = weight_hh.shape[0]
    if weight_ih.dim() != 2 or weight_ih.shape[0] != rows:
        raise ValueError(f"weight_ih must have {rows} rows, not be {_shape(weight_ih)}")
    for name, bias in (("bias_ih", bias_ih), ("bias_hh", bias_hh)):
        if bias.shape != (rows,):
            raise ValueError(f"{name} must have {rows} numbers, not {_shape(bias)}")


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "a single number"
