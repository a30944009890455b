"""Distances between clouds: brute force, SciPy, POT's closed forms, and moved clouds."""

import itertools
import math

import ot
import pytest
import torch
from scipy.stats import energy_distance as energy_on_a_line

from explorer.gans.distances import (
    discriminator_accuracy,
    energy_distance,
    fixed_directions,
    js_by_discriminator,
    mmd_squared,
    nearest_neighbour_accuracy,
    sliced_w2,
    w1,
    w2,
)
from explorer.gans.distributions import MOONS, RING

ALL = [w1, w2, sliced_w2, energy_distance, mmd_squared, nearest_neighbour_accuracy]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def cloud(n, seed, dimensions=2):
    return torch.randn(n, dimensions, generator=rng(seed), dtype=torch.float64)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_no_distance_is_measured_to_points_that_are_not_numbers(metric, bad):
    broken = cloud(20, 0)
    broken[3, 1] = bad

    with pytest.raises(ValueError, match="1 of 20 points are NaN or infinite"):
        metric(cloud(20, 1), broken)


@pytest.mark.parametrize("metric", [w1, w2])
def test_a_moved_cloud_is_as_far_as_it_was_moved(metric):
    points = cloud(100, 2)

    assert metric(points, points + torch.tensor([3.0, 4.0])) == pytest.approx(5, abs=1e-9)


def test_sliced_distance_is_pots_along_the_same_directions_at_every_call():
    real, fake = cloud(60, 3), MOONS.sample(60, rng(4)).double()
    theirs = ot.sliced_wasserstein_distance(
        real.numpy(), fake.numpy(), projections=fixed_directions(2).T.numpy()
    )

    assert sliced_w2(real, fake) == pytest.approx(theirs)
    assert sliced_w2(real, fake) == sliced_w2(real, fake)


def test_energy_distance_on_a_line_is_the_square_of_scipys():
    real, fake = cloud(50, 5, 1), 0.5 * cloud(70, 6, 1) + 1

    expected = energy_on_a_line(real[:, 0].numpy(), fake[:, 0].numpy()) ** 2
    assert energy_distance(real, fake) == pytest.approx(expected)
    assert energy_distance(real, real) == pytest.approx(0, abs=1e-12)


def test_mmd_is_its_three_sums_without_a_point_beside_itself():
    real, fake, widths = cloud(7, 7), cloud(5, 8) + 0.3, (0.5, 1.0)

    def k(a, b):
        square = float((a - b).square().sum())
        return sum(math.exp(-square / (2 * width**2)) for width in widths) / len(widths)

    within = [
        sum(k(a, b) for a, b in itertools.permutations(each, 2)) / (len(each) * (len(each) - 1))
        for each in (real, fake)
    ]
    across = sum(k(a, b) for a in real for b in fake) / 35

    found = mmd_squared(real, fake, widths)

    assert found == pytest.approx(sum(within) - 2 * across)


def test_unbiased_mmd_of_one_law_is_zero_in_the_mean_and_negative_at_times():
    generator = rng(9)
    values = torch.tensor(
        [mmd_squared(MOONS.sample(60, generator), MOONS.sample(80, generator)) for _ in range(150)]
    )

    assert float(values.mean().abs()) < 4 * float(values.std()) / math.sqrt(150)
    assert 30 < int((values < 0).sum()) < 120


def test_a_wide_bandwidth_is_blind_to_the_shape_of_a_mode():
    real, point_modes = RING.sample(500, rng(10)), RING.modes.repeat(62, 1)

    wide, narrow = (mmd_squared(real, point_modes, (b,)) for b in (1.0, 0.01))

    assert narrow > 20 * abs(wide)


def test_neighbours_tell_what_they_can_and_no_more():
    generator = rng(11)
    values = torch.tensor(
        [
            nearest_neighbour_accuracy(MOONS.sample(80, generator), MOONS.sample(60, generator))
            for _ in range(120)
        ]
    )
    error = float(values.std()) / math.sqrt(120)
    expected = (80 * 79 + 60 * 59) / (140 * 139)  # any of the other 139 points is the nearest
    assert float(values.mean()) == pytest.approx(expected, abs=4 * error)

    points = cloud(50, 12)
    assert nearest_neighbour_accuracy(points, points + 100) == 1
    assert nearest_neighbour_accuracy(points, points + 1e-6) == 0  # memorised
    assert nearest_neighbour_accuracy(points[:1].expand(9, 2), points[:1].expand(9, 2)) == 0.5


@pytest.mark.parametrize("metric", [mmd_squared, nearest_neighbour_accuracy])
def test_a_single_point_has_no_other(metric):
    with pytest.raises(ValueError, match="at least two points on either side"):
        metric(cloud(1, 0), cloud(5, 1))


def test_accuracy_is_of_a_discriminator_only():
    on_real, on_fake = torch.tensor([2.0, -1.0, 0.5, 3.0]), torch.tensor([-1.0, 1.0])

    assert discriminator_accuracy("minimax", on_real, on_fake) == (0.75, 0.5)
    # right by a hair is right: D = 0.57 is more than one half
    near = torch.tensor([0.3, -0.3, 0.3])
    assert discriminator_accuracy("minimax", near, -near) == pytest.approx((2 / 3, 2 / 3))
    with pytest.raises(ValueError, match="the judge of 'wasserstein_gp' gives no probability"):
        discriminator_accuracy("wasserstein_gp", on_real, on_fake)


def test_js_by_a_discriminator_is_zero_when_undecided_and_log_two_when_sure_and_right():
    undecided, sure = torch.zeros(10), torch.full((10,), 50.0)

    assert js_by_discriminator(undecided, undecided) == pytest.approx(0, abs=1e-12)
    assert js_by_discriminator(sure, -sure) == pytest.approx(math.log(2))
    assert js_by_discriminator(-sure, sure) < -40  # wrong and sure: a bound, not a divergence


def test_the_optimal_logits_of_two_gaussians_give_their_js_by_integration():
    n, shift = 200_000, 1.0
    real = torch.randn(n, generator=rng(13), dtype=torch.float64)
    fake = torch.randn(n, generator=rng(14), dtype=torch.float64) + shift

    def logit(x):  # log p - log q
        return -shift * x + shift**2 / 2

    x = torch.linspace(-12, 13, 50_001, dtype=torch.float64)
    p, q = ((-(x - m).square() / 2).exp() / math.sqrt(2 * math.pi) for m in (0.0, shift))
    middle = (p + q) / 2
    js = float(torch.trapezoid((p * (p / middle).log() + q * (q / middle).log()) / 2, x))

    assert js_by_discriminator(logit(real), logit(fake)) == pytest.approx(js, abs=3e-3)
    assert js_by_discriminator(0.3 * logit(real), 0.3 * logit(fake)) < js - 0.01
