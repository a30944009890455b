"""How far two routes to one number are apart, in units in the last place.

Bits are promised where the same configuration is computed twice by the same route: the same calls
on operands of the same shapes, strides and precision. Two routes (a sigmoid of a slice and a slice
of a sigmoid, one product for a batch and one for each row, a fused layer and its equations) round
at other places, and every processor has its own. A test of two routes says by how many units.

One IEEE operation alone (a sum, difference, product or quotient of the same two numbers), and
whatever copies, picks or reorders numbers, has the same bits by every route.
"""

import numpy as np
import torch
from torch import Tensor

PRECISIONS = {torch.float32: (24, -149), torch.float64: (53, -1074)}
"""Binary digits of a number, and the exponent of the smallest one above zero."""


def ulps_apart(one: Tensor, other: Tensor, at: float | None = None) -> float:
    """The largest distance of two tensors of one shape and precision, in units in the last place.

    The unit is that of the larger of each two numbers, near zero too: 0 and the smallest number are
    one apart, and ±1e-300 are as far apart as ±1. Where terms of size ``at`` cancel, so small a
    unit says nothing about the route, and the unit of numbers of that size counts instead. Equal
    infinities, and NaN on both sides, are no distance; NaN on one side is an infinite one.
    """
    if one.shape != other.shape or one.dtype != other.dtype or one.dtype not in PRECISIONS:
        given = " and ".join(f"{tuple(each.shape)} of {each.dtype}" for each in (one, other))
        raise ValueError(f"only floats of one shape and precision compare, not {given}")
    digits, least = PRECISIONS[one.dtype]
    a, b = (each.detach().to(torch.float64).numpy() for each in (one, other))
    larger = np.maximum(abs(a), abs(b)) if at is None else np.full_like(a, at)
    unit = np.ldexp(1.0, np.maximum(np.frexp(larger)[1] - digits, least))
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(a - b) / unit
    alike = (a == b) | (np.isnan(a) & np.isnan(b))
    return float(np.where(alike, 0, np.where(np.isnan(apart), np.inf, apart)).max(initial=0))
