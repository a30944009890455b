"""Optimal transport: how far one cloud of points is from another, and by which way.

`optimal_transport` solves the plane exactly and keeps the potentials; `wasserstein` is its
distance alone; on a line sorting does the same twice over; `sliced_wasserstein` looks at a plane
through many lines.
"""

from explorer.transport.line import (
    directions,
    sliced_wasserstein,
    wasserstein_by_cdf_area,
    wasserstein_by_quantiles,
)
from explorer.transport.measures import Measure, measure
from explorer.transport.plans import OptimalTransport, optimal_transport, wasserstein

__all__ = [
    "Measure",
    "OptimalTransport",
    "directions",
    "measure",
    "optimal_transport",
    "sliced_wasserstein",
    "wasserstein",
    "wasserstein_by_cdf_area",
    "wasserstein_by_quantiles",
]
