"""Whether the way back is the one that was gone: its weights' gradients against .grad."""

from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.gradients.watching.layers import Layer
from explorer.gradients.watching.way_back import WayBack, befores
from explorer.sequences.trace import Trace

ROWS = 512


@dataclass
class Audit:
    """One weight's gradient by the way back, and how far rounding may carry it."""

    name: str
    weight: Tensor
    gradient: Tensor
    allowed: Tensor


class Audits:
    """For every layer and direction, one weight: a bias, else W_hh.

    Its gradient is a sum over all steps and sequences, over every call of a layer and over all
    layers that share the weight, so nothing that came back can be missing or counted twice.
    """

    def __init__(self) -> None:
        self._found: dict[int, Audit] = {}

    def add(
        self, layer: Layer, place: tuple[int, int], dtype: torch.dtype, trace: Trace, back: WayBack
    ) -> None:
        """Take what one call adds to the gradient of a layer's weight."""
        name = layer.parameter_names(*place)[-1]
        weight = layer.parameter(name)
        deltas, states = back.to_past.flatten(0, 1), [back.hidden, back.cell]
        slack = sum(float(state.norm(1)) for state in states if state is not None)
        if name.startswith("bias"):
            gradient, size = deltas.sum(0), _sizes(deltas)
        else:
            before = (
                befores(trace.initial.hidden, trace.steps.hidden.detach()).flatten(0, 1).double()
            )
            gradient, size = deltas.T @ before, deltas.abs().T @ before.abs()
            slack *= float(before.abs().max())
        eps = torch.finfo(dtype).eps
        allowed = eps**0.5 * size + 100 * eps * slack
        known = self._found.get(id(weight))
        if known is None:
            self._found[id(weight)] = Audit(f"{layer.name}.{name}", weight, gradient, allowed)
        else:
            known.gradient = known.gradient + gradient
            known.allowed = known.allowed + allowed

    def check(self, before: dict[int, Tensor | None]) -> None:
        """Raise `RuntimeError` unless .grad is what was there before and what came back.

        What was there before may have been zeroed in between.
        """
        for audit in self._found.values():
            weight = audit.weight
            if not (weight.is_leaf and weight.requires_grad):
                continue
            if weight.grad is None:
                raise RuntimeError(
                    f"{audit.name} has no gradient any more: call step() after loss.backward() and "
                    "before zero_grad()"
                )
            grad = weight.grad.detach().to("cpu", torch.float64)
            held = before.get(id(weight))
            added = grad if held is None else grad - held.to("cpu", torch.float64)
            if not any(_fits(audit, found) for found in (added, grad)):
                raise RuntimeError(
                    f"the gradient of {audit.name} is not the one that came back through its layer "
                    f"({float(grad.norm()):.3g} against {float(audit.gradient.norm()):.3g}): call "
                    "step() right after loss.backward(), before gradients are clipped, unscaled or "
                    "zeroed, and without hooks that change them"
                )


def _sizes(rows: Tensor) -> Tensor:
    """The sum of absolute values over all rows, some rows at a time: they stay in the cache."""
    return torch.stack([some.abs().sum(0) for some in rows.split(ROWS)]).sum(0)


def _fits(audit: Audit, found: Tensor) -> bool:
    if not (torch.isfinite(found).all() and torch.isfinite(audit.gradient).all()):
        return True  # nothing to compare; the norms say that they are no numbers
    size = torch.finfo(audit.weight.dtype).eps ** 0.5 * found.abs()
    return bool(((found - audit.gradient).abs() <= audit.allowed + size).all())
