"""Transport on a line: three routes to one number, and the mean over many lines."""

import math

import numpy as np
import ot
import pytest
import torch
from scipy import stats

from explorer.transport import (
    directions,
    optimal_transport,
    sliced_wasserstein,
    wasserstein,
    wasserstein_by_cdf_area,
    wasserstein_by_quantiles,
)


def drawn(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize(("n", "m"), [(50, 50), (50, 31), (1, 40)])
def test_quantiles_cdf_area_and_linear_program_agree_on_a_line(n, m):
    source, target = drawn(n, seed=0), 1.5 * drawn(m, seed=1) - 0.7

    by_quantiles = wasserstein_by_quantiles(source, target)

    assert wasserstein_by_cdf_area(source, target) == pytest.approx(by_quantiles, rel=1e-12)
    assert wasserstein(source[:, None], target[:, None]) == pytest.approx(by_quantiles, rel=1e-12)
    assert stats.wasserstein_distance(source, target) == pytest.approx(by_quantiles, rel=1e-12)


def test_the_three_routes_agree_for_piles_of_unequal_mass():
    source, target = drawn(20, seed=2), drawn(30, seed=3)
    a, b = drawn(20, seed=4).exp(), drawn(30, seed=5).exp()
    b *= a.sum() / b.sum()
    b[7] = 0
    a, b = a / a.sum(), b / b.sum()

    by_quantiles = wasserstein_by_quantiles(source, target, source_mass=a, target_mass=b)
    by_area = wasserstein_by_cdf_area(source, target, source_mass=a, target_mass=b)
    by_program = optimal_transport(
        source[:, None], target[:, None], source_mass=a, target_mass=b
    ).cost

    assert by_area == pytest.approx(by_quantiles, rel=1e-12)
    assert by_program == pytest.approx(by_quantiles, rel=1e-12)
    assert stats.wasserstein_distance(source, target, a, b) == pytest.approx(by_quantiles)


@pytest.mark.parametrize("order", [1, 1.5, 2, 4])
def test_equal_quantiles_meet_whatever_the_order(order):
    source, target = drawn(40, seed=6), 2 * drawn(30, seed=7)

    expected = ot.wasserstein_1d(source.numpy(), target.numpy(), p=order) ** (1 / order)

    assert wasserstein_by_quantiles(source, target, order) == pytest.approx(expected)


def test_ties_and_repeated_points_cost_nothing_to_match():
    source = torch.tensor([0.0, 0.0, 1.0, 1.0])
    target = torch.tensor([1.0, 0.0])

    assert wasserstein_by_quantiles(source, target) == pytest.approx(0, abs=1e-15)
    assert wasserstein_by_cdf_area(source, target) == pytest.approx(0, abs=1e-15)


def test_the_line_refuses_what_the_plane_refuses():
    broken, fine = torch.tensor([0.0, math.nan]), torch.tensor([0.0, 1.0])

    for route in (wasserstein_by_quantiles, wasserstein_by_cdf_area):
        with pytest.raises(ValueError, match="the target has NaN or infinity in 1 of its 2"):
            route(fine, broken)
        with pytest.raises(ValueError, match="same total mass"):
            route(fine, fine, source_mass=torch.tensor([1.0, 1.0]))
    with pytest.raises(ValueError, match=r"order must be at least 1, not 0\.5"):
        wasserstein_by_quantiles(fine, fine, order=0.5)


@pytest.mark.parametrize("m", [80, 57])
def test_slices_agree_with_pot_on_the_same_directions(m):
    source, target = drawn(80, 2, seed=8), 1 + 0.5 * drawn(m, 2, seed=9)
    along = directions(32, 2, torch.Generator().manual_seed(0))

    expected = ot.sliced_wasserstein_distance(
        source.numpy(), target.numpy(), projections=along.T.numpy()
    )

    assert sliced_wasserstein(source, target, along) == pytest.approx(expected)


def test_a_shift_seen_through_all_directions_shrinks_by_the_root_of_the_dimension():
    source, shift = drawn(50, 2, seed=10), torch.tensor([3.0, 4.0], dtype=torch.float64)
    angles = np.pi * torch.arange(16, dtype=torch.float64) / 16  # evenly over the half circle
    along = torch.stack([angles.cos(), angles.sin()], dim=1)

    assert sliced_wasserstein(source, source + shift, along) == pytest.approx(5 / math.sqrt(2))


def test_directions_have_length_one_and_no_preference():
    along = directions(20_000, 2, torch.Generator().manual_seed(1))

    torch.testing.assert_close(along.norm(dim=1), torch.ones(20_000, dtype=torch.float64))
    # Uniform on the circle: all four moments below vanish within 5 / sqrt(2 n) of their mean.
    x, y = along.T
    moments = torch.stack([x.mean(), y.mean(), (x * x - y * y).mean(), 2 * (x * y).mean()])
    assert (moments.abs() < 5 / math.sqrt(2 * 20_000)).all()
