"""The colours of one picture carried to those of another: a plan between two samples of pixels,
and what it says of all the others.

Shapes: n pixels of the picture, k sampled pixels, c = 3 channels from 0 to 1.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.transport.couplings import GROUNDS, Coupling, blurred, carried, exact
from explorer.transport.measures import measure

AT_ONCE = 4_096  # pixels that look for their nearest sample together


@dataclass(frozen=True, eq=False)
class ColourMap:
    """What becomes of sampled colours: ``sample[i]`` goes to ``moved[i]``, in the mean of its row.

    ``coupling`` is the plan for squared distances of colours, and ``distance`` the root of its
    cost.
    """

    sample: Float64[Tensor, "k c"]
    moved: Float64[Tensor, "k c"]
    coupling: Coupling

    @property
    def distance(self) -> float:
        """W2 between both samples where the plan is exact, else what the blurred plan costs."""
        return self.coupling.cost**0.5

    def carried(self, pixels: Float64[Tensor, "n c"]) -> Float64[Tensor, "n c"]:
        """Each pixel, moved as the sampled colour nearest to it is: x + T(x_i) - x_i.

        Ferradans, Papadakis, Peyré & Aujol 2014. A sampled pixel goes where the plan takes it; one
        far from all of them keeps its distance to the nearest. Channels may leave 0 to 1.
        """
        moves = self.moved - self.sample
        nearest = [torch.cdist(some, self.sample).argmin(1) for some in pixels.split(AT_ONCE)]
        return pixels + moves[torch.cat(nearest)]


def colour_map(
    source: Float64[Tensor, "k c"], target: Float64[Tensor, "m c"], blur: float = 0.0
) -> ColourMap:
    """The cheapest way from colours to colours, or with a ``blur`` Sinkhorn's (entropy × blur²).

    ValueError for no colours, for what is no number, and for a blur below 0.
    """
    if not blur >= 0:
        raise ValueError(f"the blur must not be below 0, not {blur:g}")
    here, there = measure("source", source), measure("target", target)
    costs = GROUNDS["squared"].costs(here.points, there.points)
    coupling = blurred(here, there, costs, blur**2) if blur else exact(here, there, costs)
    return ColourMap(here.points, carried(coupling, there), coupling)
