"""What real data has against real data: the floors and ceilings of every number that is shown."""

from functools import lru_cache

import torch

from explorer.gans import distances
from explorer.gans.bands import Band, Measure, band, band_of
from explorer.gans.distributions import Distribution
from explorer.gans.images import CLASSES, classifier, confident_ceiling
from explorer.gans.learned import (
    expected_coverage,
    good_ceiling,
    good_spread,
    mode_report,
    neighbour_coverage,
    reverse_kl_bias,
)
from explorer.labs.gans.data import DATA, SHOWN, reference_points
from explorer.labs.gans.floors import shipped_floors

MEASURED = 2_500  # samples behind modes and shares, as in Srivastava et al. 2017
FEWER = 256  # points a side in what is slow and only looked at now and then
NEIGHBOURS = 5  # of coverage and density, as in Naeem et al. 2020
REPEATS = 19  # where no floor is shipped: a drawing, a table, lines at another distance
OF_A_SEED = "seed_w1"  # exact W1 of the few points that are taken of each of many seeds

NEAR: dict[str, Measure] = {
    "w1": distances.w1,
    "density": lambda real, fake: neighbour_coverage(real, fake, NEIGHBOURS).density,
    "coverage": lambda real, fake: neighbour_coverage(real, fake, NEIGHBOURS).coverage,
}
"""Measured every 20 steps, of 512 points a side."""
FAR: dict[str, Measure] = {
    "w2": distances.w2,
    "sliced": distances.sliced_w2,
    "energy": distances.energy_distance,
    "mmd": distances.mmd_squared,
    "nn": distances.nearest_neighbour_accuracy,
}
"""Measured every 100 steps, of 256 points a side."""


@lru_cache(maxsize=32)
def reference(data: Distribution, count: int = SHOWN) -> torch.Tensor:
    """`data.reference_points`, remembered."""
    return reference_points(data, count)


@lru_cache(maxsize=256)
def standard(data: Distribution, name: str) -> Band:
    """The band of one number: samples of the data against the picture's own points.

    Of what is built in, from the 119 that are shipped (`floors`); of other data, from 19 made now.
    """
    known = shipped_floors().get(f"{data.name}/{name}") if DATA.get(data.name) is data else None
    return measured_now(data, name, REPEATS) if known is None else band_of(known)


def measured_now(data: Distribution, name: str, repeats: int, seed: int = 1) -> Band:
    """The band of one number from so many samples of the data."""
    rng = torch.Generator().manual_seed(seed)
    if name in NEAR:
        return band(NEAR[name], data, SHOWN, repeats, rng, reference(data))
    if name in FAR:
        return band(FAR[name], data, FEWER, repeats, rng, reference(data, FEWER))
    if name == OF_A_SEED:
        return band(distances.w1, data, FEWER, repeats, rng, reference(data, FEWER))
    shares: dict[str, Measure] = {
        "held": lambda _, fake: mode_report(fake, data).modes_held,
        "captured": lambda _, fake: mode_report(fake, data).modes_captured,
        "good": lambda _, fake: mode_report(fake, data).good_share,
        "reverse_kl": lambda _, fake: mode_report(fake, data).reverse_kl,
        "spread": lambda _, fake: float(mode_report(fake, data).spread.nanmean()),
    }
    return band(shares[name], data, MEASURED, repeats, rng, reference(data))


def measured(data: Distribution) -> tuple[str, ...]:
    """The numbers that have a band: those of modes only where there are modes; none of images."""
    if data.kind == "image":
        return ()
    modes = ("held", "captured", "good", "reverse_kl", "spread") if data.modes is not None else ()
    return (*modes, *NEAR, *FAR)


def standards(data: Distribution) -> dict[str, float]:
    """All floors and ceilings of one data set, by the names that frames use."""
    found: dict[str, float] = {}
    for name in measured(data):
        one = standard(data, name)
        low = one.low if name == "mmd" else max(0.0, one.low)
        found |= {
            f"{name}/floor": one.mean,
            f"{name}/noise": one.std,
            f"{name}/floor_low": low,
            f"{name}/floor_high": one.high,
        }
    if data.kind == "image":
        return found | {
            "held/ceiling": CLASSES,
            "captured/ceiling": CLASSES,
            "good/ceiling": confident_ceiling(),
            "classifier/accuracy": classifier().accuracy,
        }
    found["coverage/ceiling"] = expected_coverage(SHOWN, SHOWN, NEIGHBOURS)
    found |= {"density/ceiling": 1.0, "nn/ideal": 0.5}
    if data.modes is not None:
        count = len(data.modes)
        found |= {
            "held/ceiling": count,
            "captured/ceiling": count,
            "good/ceiling": good_ceiling(data.dimensions),
            "spread/ideal": good_spread(data.dimensions),
            "reverse_kl/bias": reverse_kl_bias(count, MEASURED),
        }
    return found
