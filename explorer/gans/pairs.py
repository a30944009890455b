"""Which generated point stands against which real one.

Letters: B points in a batch, D coordinates of a point.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from explorer.transport import optimal_transport


@dataclass(frozen=True)
class Pairing:
    """A way to put generated points against real ones."""

    label: str


PAIRS = {"random": Pairing("any pair"), "optimal": Pairing("matched")}


def optimal_pairs(
    real: Float[Tensor, "B D"],
    fake: Float[Tensor, "B D"],
    labels: Int64[Tensor, " B"] | None = None,
) -> Int64[Tensor, " B"]:
    """For each real point the index of the generated one that exact W1 transport pairs it with.

    Between equally many points of equal mass an optimal plan is a permutation (Birkhoff 1946).
    The optimal critic has slope 1 on the lines between such pairs (Gulrajani et al. 2017,
    proposition 1), not between random ones. With ``labels``, which both points of a row share,
    only points of one class are paired. Points that are not finite keep their order.
    """
    order = torch.arange(len(real))
    if not (real.isfinite().all() and fake.isfinite().all()):
        return order
    together = torch.zeros_like(order) if labels is None else labels
    for label in together.unique():
        rows = (together == label).nonzero().squeeze(1)
        plan = optimal_transport(real[rows], fake[rows], keep_plan=True).plan
        assert plan is not None
        order[rows] = rows[plan.argmax(dim=1)]
    return order
