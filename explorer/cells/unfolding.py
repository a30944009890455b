"""The memory taken apart: what each earlier step wrote, and how much of it is left.

A memory c = f · c₋₁ + w, with w = i · g in the LSTM and (1 − z) · n in the GRU, unrolls into

    c_t = (f_1 … f_t) c_0  +  Σ_s (f_{s+1} … f_t) w_s

an identity and no attribution: the parts sum to the memory. What the gates themselves owe to
earlier steps is not in it; that is the gradient's business.

Letters in the shapes: T steps, S = T + 1 sources, H units; `*batch` any axes between.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells.cell import Cell, Step


def unfolded(
    initial: Float[Tensor, "*batch H"],
    kept_share: Float[Tensor, "T *batch H"],
    written: Float[Tensor, "T *batch H"],
) -> Float[Tensor, "T S *batch H"]:
    """What is left of every source after every step: entry [t, s] of the parts of the memory c_t.

    Source 0 is the initial state, source s + 1 what step s wrote; later sources are zero. Summed
    over sources it is the memory, up to rounding. No gradients. These are T(T + 1)H numbers: 20 MB
    for 200 steps of 64 units, but 2 GB for 1,000 of 256; of a long trace give some units only.
    """
    steps, *rest = kept_share.shape
    parts = kept_share.new_zeros(steps, steps + 1, *rest)
    with torch.no_grad():
        before = initial[None]
        for step, (keep, new) in enumerate(zip(kept_share, written, strict=True)):
            torch.mul(before, keep, out=parts[step, : step + 1])
            parts[step, step + 1] = new
            before = parts[step, : step + 2]
    return parts


def keeping_share(cell: Cell, step: Step) -> Float[Tensor, "*batch H"]:
    """The share of the memory that a step kept: forget gate or update gate.

    Raises `ValueError` for a plain RNN, which rewrites its state at every step.
    """
    if cell.keeping_gate is None:
        raise ValueError(f"{cell.name} has no gate that keeps its memory")
    share: Tensor = getattr(step, cell.keeping_gate)
    return share


def written_share(cell: Cell, step: Step) -> Float[Tensor, "*batch H"]:
    """What a step put into the memory: the memory less what it kept, so i · g or (1 − z) · n.

    Where surgery set the memory itself, the step is held to have written the difference.
    Raises `ValueError` for a plain RNN.
    """
    if cell.keeping_gate is None:
        raise ValueError(f"{cell.name} has no gate that keeps its memory")
    memory: Tensor = getattr(step, cell.memory)
    kept: Tensor = getattr(step, "kept")  # noqa: B009  # every gated step has it
    return memory - kept
