"""What all unrolled layers have in common.

Letters in the shapes: T steps, I inputs, H units, B samples, G rows of all gates together,
K = H + I + 1 columns; `*S` is one axis of networks side by side, or none.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import repeat
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.cells import Cell, Weights
from explorer.gradients.averages import AverageStep, Fresh

sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input  # (∂, y) -> ∂ · y (1 − y)
tanh_backward = torch.ops.aten.tanh_backward.grad_input  # (∂, y) -> ∂ · (1 − y²)


OuterProduct = tuple[Float[Tensor, "T *S R B"], Float[Tensor, "T *S C B"]]
"""δ of some rows at every step, and what these rows multiply there: δ sᵀ, sample by sample."""


PEEPHOLES = "peepholes"
"""A last block of rows without a preactivation of its own."""
LEGEND = 16  # characters of a name that fit beside a curve


class Unrolled(ABC):
    """One recurrent layer over a fixed number of steps, with room for all that it computes.

    `forward` reads what `read` has put into place, from a zero state, and leaves every hidden state
    in `states` and every memory c, where there is one, in `memories`; `backward` fills
    `hidden_gradients` (and `cell_gradients`) with the gradient of the loss with respect to every
    state, the initial one (index 0) included; `differentiate` sums up the weights' gradient.
    The matrix may change from one iteration to the next; it is never copied. What theory says of
    the layer before training stands here too, where there is a theory.
    """

    cell: ClassVar[Cell | None] = None
    """The cell of the laboratory; the linear network is none."""
    label: ClassVar[str]
    """What it is called in legends and sentences: as its cell is, if nothing else."""
    legend: ClassVar[str]
    """What it is called beside a curve: its label, or the short name where that is a phrase."""
    rows: ClassVar[tuple[str, ...]]
    """Blocks of H rows in the matrix: the gates of the cell in PyTorch's order, if nothing else."""
    candidate: ClassVar[str] = "hidden"
    """The block whose recurrent weights say what would be written."""
    has_theory: ClassVar[bool] = False
    """Whether somebody has worked out what a step does `on_average`."""
    follows_its_matrix: ClassVar[bool] = False
    """Whether the powers of the very matrix lie closer than those of a wide one."""
    drawn_as: ClassVar[str] = ""
    """The only recurrent matrix that it is drawn with, at gain 1; empty: any."""
    input_spread: ClassVar[float | None] = None
    """Its input weights' standard deviation, normal; None: uniform in ±1/√H, as all others'."""
    fills: ClassVar[bool] = False
    """Whether the memory grows with what is kept, until few of its units carry the gradient."""

    def __init_subclass__(cls) -> None:
        """Take names and blocks from the cell, where the class does not say otherwise."""
        kinds = [kind for kind in cls.__mro__ if kind is not Unrolled]
        if "has_theory" not in cls.__dict__:
            cls.has_theory = any("on_average" in vars(kind) for kind in kinds)
        if cls.cell is None:
            cls.legend = getattr(cls, "label", "")
            return
        if "label" not in cls.__dict__:
            cls.label = cls.cell.label
        cls.legend = cls.label if len(cls.label) <= LEGEND else cls.cell.short
        if "rows" not in cls.__dict__:
            cls.rows = cls.cell.gates
        if "candidate" not in cls.__dict__:
            cls.candidate = cls.cell.candidate.field

    @classmethod
    def is_gated(cls) -> bool:
        """Whether a gate keeps its memory, so that there is a forget bias."""
        return cls.cell is not None and cls.cell.keeping_gate is not None

    @classmethod
    def keeping_block(cls) -> tuple[int, int]:
        """The block whose bias is the forget bias, and the sign of it there.

        Raises `ValueError` for a layer without a gate that keeps.
        """
        if cls.cell is None:
            raise ValueError(f"a {cls.label} has no gate that keeps its memory")
        gate, sign = cls.cell.forget_bias
        return cls.rows.index(gate), sign

    @classmethod
    def settled(
        cls,
        matrix: Float[Tensor, "blocks H K"],
        biases: Float[Tensor, "2 blocks H"] | None,
    ) -> Float[Tensor, "blocks H K"]:
        """A drawn matrix made fit for the layer; both biases were drawn, or none."""
        return matrix

    @classmethod
    def weights(cls, matrix: Float[Tensor, "G K"]) -> Weights:
        """The same weights in PyTorch's layout; the second bias is zero."""
        H = matrix.shape[0] // len(cls.rows)
        second = matrix.new_zeros(len(matrix))
        return Weights(
            matrix[:, H:-1].clone(), matrix[:, :H].clone(), matrix[:, -1].clone(), second
        )

    @classmethod
    def on_average(cls, fresh: Fresh) -> Iterator[AverageStep]:
        """What each step of fresh networks does on average, from the zero state on (`mean_field`).

        Raises `ValueError` where there is no theory of the layer yet.
        """
        raise ValueError(f"there is no theory of the {cls.label} yet")

    @classmethod
    def departs(
        cls, hop: Float[np.ndarray, " T"], too_many_hops: Bool[np.ndarray, " L"]
    ) -> Bool[np.ndarray, " L"]:
        """At which lags the powers of the drawn matrix are no longer claimed to be the theory.

        `hop` is the average step's, `too_many_hops` says where a wide matrix would be left.
        """
        return too_many_hops | cls.tires(hop)

    @classmethod
    def tires(cls, hop: Float[np.ndarray, " T"]) -> Bool[np.ndarray, " L"]:
        """At which lags averaged slopes are no longer claimed, whatever the matrix: never."""
        return np.zeros(len(hop) + 1, dtype=bool)

    def __init__(self, matrix: Float[Tensor, "*S G K"], steps: int, batch: int) -> None:
        *lead, rows, columns = matrix.shape
        blocks = len(self.rows)
        if len(lead) > 1 or rows % blocks or columns <= rows // blocks:
            raise ValueError(
                f"the matrix must have {blocks} blocks of H rows and more than H columns, "
                f"not {rows}×{columns}"
            )
        self.matrix = matrix
        self.steps, self.batch, self.lead = steps, batch, tuple(lead)
        self.units = H = rows // blocks
        self.product = torch.bmm if lead else torch.mm
        self.states = self._room(steps + 1, columns)
        self.states[:, ..., -1:, :] = 1
        self.states[0, ..., :H, :] = 0
        self.hidden = self.states[1:, ..., :H, :]
        self.deltas = self._room(steps, H * (blocks - (self.rows[-1] == PEEPHOLES)))
        self.hidden_gradients = self._room(steps + 1, H)
        self.memories: Tensor | None = None
        self.cell_gradients: Tensor | None = None
        self._at_each_step: Tensor | None = None

    def read(self, inputs: Float[Tensor, "T *S I B"]) -> None:
        """Put a sequence in place for the next passes."""
        self.states[:-1, ..., self.units : -1, :] = inputs

    @abstractmethod
    def forward(self) -> Float[Tensor, "*S H B"]:
        """Run through time; the last hidden state."""

    @abstractmethod
    def backward(self, last: Float[Tensor, "... H B"], every: bool = False) -> None:
        """Run back from the direct term of dL/dh, at the last step or the same at `every` one.

        With one axis more in front, `last` holds the terms of so many last steps, one for each.
        What the loss does not see has none, and the initial state never has.
        """

    def differentiate(self, gradient: Float[Tensor, "*S G K"]) -> None:
        """Write dL/dmatrix = Σ_t δ_t [h₋₁; x; 1]ᵀ, δ being the preactivations' gradient."""
        if self._at_each_step is None:
            shape = (self.steps, *self.lead, *gradient.shape[-2:])
            self._at_each_step = torch.empty(shape, dtype=gradient.dtype)
        networks = len(self.lead)
        torch.bmm(
            self.deltas.flatten(0, networks),
            self.states[:-1].flatten(0, networks).mT,
            out=self._at_each_step.flatten(0, networks),
        )
        torch.sum(self._at_each_step, 0, out=gradient)

    def input_gradients(self) -> Float[Tensor, "T *S I B"]:
        """dL/dx at every step: an input reaches the loss through the preactivations alone."""
        return self.matrix[..., self.units : -1].mT @ self.deltas

    def outer_products(self) -> list[OuterProduct]:
        """What each step adds to dL/dmatrix, by blocks of rows: δ and what its rows multiply."""
        return [(self.deltas, self.states[:-1])]

    def products_by_unit(self) -> list[OuterProduct]:
        """What it adds to the gradient of weights that are each one unit's own: δ, and what it saw.

        None but peepholes are.
        """
        return []

    def _direct(self, last: Float[Tensor, "... H B"], every: bool) -> Iterator[Tensor | None]:
        """What the loss adds to dL/dh of its own, from the last step back.

        The one term of a loss at the last step alone is put into its place, and nothing is left.
        """
        own = last.dim() > len(self.lead) + 2
        self.hidden_gradients[-1] = 0 if every or own else last
        if own:
            yield from last.flip(0).unbind(0)
        yield from repeat(last if every else None)

    def _room(self, steps: int, rows: int) -> Tensor:
        """Room for so many steps; a sample lies in one piece in double precision.

        So lying products take half the time and less there; in single precision they gain little,
        and what is done to every number loses more.
        """
        dtype = self.matrix.dtype
        if dtype == torch.float64:
            return torch.empty(steps, *self.lead, self.batch, rows, dtype=dtype).mT
        return torch.empty(steps, *self.lead, rows, self.batch, dtype=dtype)

    def _blocks(self, gates: Tensor) -> tuple[Tensor, ...]:
        return gates.split(self.units, -2)

    def _transposed(self, rows: int) -> Tensor:
        """W_hhᵀ of the first rows, contiguous: the products of the backward pass are quicker."""
        return self.matrix[..., :rows, : self.units].mT.contiguous()
