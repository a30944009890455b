"""Optimal transport: how far one cloud of points is from another, and by which way.

`optimal_transport` solves the plane exactly and keeps the potentials; `wasserstein` is its
distance alone; on a line sorting does the same twice over; `sliced_wasserstein` looks at a plane
through many lines. `piles` are mass in bins of a line, `transport_on_line` takes them there by
sorting, and `distances` compares them in seven ways.
"""

from explorer.transport.clouds import energy, pairwise_distances
from explorer.transport.line import (
    directions,
    sliced_wasserstein,
    wasserstein_by_cdf_area,
    wasserstein_by_quantiles,
)
from explorer.transport.measures import Measure, measure
from explorer.transport.plans import OptimalTransport, optimal_transport, wasserstein
from explorer.transport.stairs import transport_on_line

__all__ = [
    "Measure",
    "OptimalTransport",
    "directions",
    "energy",
    "measure",
    "optimal_transport",
    "pairwise_distances",
    "sliced_wasserstein",
    "transport_on_line",
    "wasserstein",
    "wasserstein_by_cdf_area",
    "wasserstein_by_quantiles",
]
