"""The floor of distances between samples: against other implementations, and its known rates."""

import math

import numpy as np
import ot
import pytest
import torch
from scipy import stats

from explorer.labs.transport import Sand
from explorer.labs.transport.samples import Samples
from explorer.transport.clouds import energy
from explorer.transport.floors import even_points, floors

SIZES = (8, 32, 128)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_samples_of_the_lab_are_those_of_its_settings():
    assert Sand(samples_d=3, samples_seeds=10, samples_seed=2).samples() == Samples(
        d=3, seeds=10, seed=2
    )


def test_the_floors_are_the_distances_of_the_samples_that_are_drawn():
    again = rng()
    here, there = even_points(20, 3, again), even_points(20, 3, again)

    found = floors(20, 3, rng())

    even = np.full(20, 1 / 20)
    assert found["w1"] == pytest.approx(
        ot.emd2(even, even, ot.dist(here.numpy(), there.numpy(), "euclidean"))
    )
    squared = ot.emd2(even, even, ot.dist(here.numpy(), there.numpy()))
    assert found["w2"] == pytest.approx(math.sqrt(squared))
    assert 0 < found["sliced"] < found["w2"]
    assert here.min() >= 0
    assert here.max() <= 1


def test_on_a_line_the_floors_are_those_of_scipy():
    again = rng(1)
    here, there = even_points(30, 1, again)[:, 0], even_points(30, 1, again)[:, 0]

    found = floors(30, 1, rng(1))

    assert found["w1"] == pytest.approx(stats.wasserstein_distance(here, there))
    assert found["energy"] == pytest.approx(stats.energy_distance(here, there))
    assert energy(here[:, None], there[:, None]) ** 0.5 == pytest.approx(found["energy"])


def test_the_floor_falls_more_slowly_in_more_dimensions_but_for_the_sliced_distance():
    flat, deep = (Samples(d=d, seeds=3).still(SIZES).scalars for d in (1, 8))

    assert -0.7 < flat["w1/rate"] < -0.35  # -1/2
    assert -0.2 < deep["w1/rate"] < -0.08  # -1/8
    assert deep["sliced/rate"] < -0.35
    assert (flat["theory"], deep["theory"]) == (-0.5, -0.125)


def test_the_lines_of_theory_go_through_the_last_point_with_their_slopes():
    arrays = Samples(d=5, seeds=2).still(SIZES).arrays

    for name, through, slope in (("rate", "w1", -0.2), ("half", "sliced", -0.5)):
        assert arrays[name][-1] == pytest.approx(arrays[through][-1])
        assert np.log(arrays[name][0] / arrays[name][-1]) / np.log(8 / 128) == pytest.approx(slope)


def test_the_band_is_two_standard_errors_of_the_mean():
    samples = Samples(d=2, seeds=4, seed=3)
    arrays = samples.still(SIZES).arrays
    drawn = [floors(8, 2, rng(3_000 + k))["w1"] for k in range(4)]

    assert arrays["w1"][0] == pytest.approx(np.mean(drawn))
    wide = 2 * np.std(drawn, ddof=1) / 2
    assert arrays["w1/high"][0] - arrays["w1"][0] == pytest.approx(wide)


def test_what_is_said_names_the_rate_that_theory_has_for_this_dimension():
    said = Samples(d=2, seeds=2).still(SIZES).sentences
    deep = Samples(d=8, seeds=2).still(SIZES).sentences

    assert "Two samples of 128 points" in said["says"]
    assert "theory says n^(−1/2), −0.5, up to a logarithm" in said["look"]
    assert "theory says n^(−1/d), −0.12, for large n" in deep["look"]
