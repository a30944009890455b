"""Densities of curves and figures: against their own samples, integration, and SciPy."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import multivariate_normal
from sklearn.datasets import make_circles

from explorer.gans import shapes
from explorer.gans.distributions import CIRCLES, DISTRIBUTIONS, PINWHEEL, SPIRAL, lines
from explorer.transport import directions, wasserstein_by_quantiles

WITH_DENSITY = [each for each in DISTRIBUTIONS.values() if each.log_density is not None]
FIGURES = [each for each in WITH_DENSITY if each.modes is None]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def middles(edge, count):
    steps = (torch.arange(count, dtype=torch.float64) + 0.5) / count * 2 * edge - edge
    return torch.cartesian_prod(steps, steps), (2 * edge / count) ** 2


@pytest.mark.parametrize("data", FIGURES, ids=lambda data: data.name)
def test_a_blurred_density_holds_one_in_all(data):
    points, area = middles(data.extent[1] + 0.4, 45)

    total = float(data.log_density(points, 0.1).exp().sum()) * area

    assert total == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize(
    "data", [each for each in FIGURES if each.name != "checkerboard"], ids=lambda data: data.name
)
def test_samples_are_as_surprising_as_the_entropy_of_their_density(data):
    n = 4_000
    surprise = -data.log_density(data.sample(n, rng(20)), 0.0)
    cells, area = middles(data.extent[1] + 0.2, 100)
    density = data.log_density(cells, 0.0).exp()

    entropy = -float(torch.special.xlogy(density, density).sum()) * area

    # Without its noise a curve would be less surprising by one half a coordinate.
    error = float(surprise.std()) / math.sqrt(n)
    assert float(surprise.mean()) == pytest.approx(entropy, abs=4 * error + 0.01)


@pytest.mark.parametrize("data", WITH_DENSITY, ids=lambda data: data.name)
def test_a_box_of_the_picture_holds_as_many_points_as_the_density_says(data):
    n, edge, blur = 40_000, data.extent[1], 0.1
    points = data.sample(n, rng()).double()
    points += blur * torch.randn(n, 2, generator=rng(1), dtype=torch.float64)
    cells, area = middles(edge, 60)
    density = data.log_density(cells, blur).exp() * area

    for box in ((-edge, 0.0, -edge, 0.0), (0.1, 0.8, -0.3, 1.2), (-1.5, -0.4, 0.2, 0.9)):
        x0, x1, y0, y1 = box
        inside = (
            (points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
        )
        held = (cells[:, 0] > x0) & (cells[:, 0] < x1) & (cells[:, 1] > y0) & (cells[:, 1] < y1)
        expected = float(density[held].sum())
        # A cell's width at the rim of the box belongs to neither side.
        rim = float(density.max()) / area * 2 * edge / 60 * (x1 - x0 + y1 - y0)
        assert float(inside.double().mean()) == pytest.approx(
            expected, abs=min(0.02, rim) + 4 * math.sqrt(0.25 / n)
        )


def test_the_density_of_the_moons_is_the_integral_along_them():
    sigma, scale = 0.05 * 2 / math.sqrt(3), 2 / math.sqrt(3)
    for x, y in ((0.1, 0.9), (-1.2, -0.3), (0.5, 0.5)):

        def along(t, x=x, y=y):
            u, v = scale * (math.cos(t) - 0.5), scale * (math.sin(t) - 0.25)
            one = multivariate_normal.pdf([x, y], [u, v], sigma**2)
            other = multivariate_normal.pdf([x, y], [-u, -v], sigma**2)
            return (one + other) / (2 * math.pi)

        expected = quad(along, 0, math.pi, limit=400, epsabs=1e-12)[0]
        found = shapes.moons_log_density(torch.tensor([[x, y]], dtype=torch.float64))
        assert float(found.exp()) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_the_density_of_the_roll_is_the_integral_along_it():
    sigma = 0.25 / 7.5
    for x, y in ((0.0, -0.65), (1.8, 0.1), (0.3, 0.2)):

        def along(t, x=x, y=y):
            at = [t * math.cos(t) / 7.5, t * math.sin(t) / 7.5]
            return multivariate_normal.pdf([x, y], at, sigma**2) / (3 * math.pi)

        edges = np.linspace(1.5 * math.pi, 4.5 * math.pi, 40)
        expected = sum(quad(along, a, b, epsabs=1e-13)[0] for a, b in pairwise(edges))
        found = shapes.swiss_roll_log_density(torch.tensor([[x, y]], dtype=torch.float64))
        assert float(found.exp()) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_circles_have_the_law_of_scikit_learns():
    drawn, _ = make_circles(60_000, noise=0.05, factor=0.5, random_state=0)
    theirs = torch.from_numpy(drawn / math.sqrt(0.3125))
    ours = CIRCLES.sample(60_000, rng(2)).double()

    for along in directions(6, 2, rng(3)):
        assert wasserstein_by_quantiles(ours @ along, theirs @ along) < 0.015


def test_turning_by_the_radius_keeps_the_pinwheels_distances_from_the_middle():
    n = 60_000
    straight = np.random.default_rng(0).normal([1, 0], [0.3, 0.1], (n, 2))
    radius = torch.from_numpy(np.hypot(*straight.T)) / math.sqrt(1.1 / 2)

    ours = PINWHEEL.sample(n, rng(4)).double().norm(dim=1)

    assert wasserstein_by_quantiles(ours, radius) < 0.012


def test_a_fifth_of_a_turn_leaves_the_pinwheel_as_it_is():
    turn = 2 * math.pi / 5
    matrix = torch.tensor(
        [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]], dtype=torch.float64
    )
    points = 3 * torch.rand(200, 2, generator=rng(5), dtype=torch.float64) - 1.5

    torch.testing.assert_close(
        PINWHEEL.log_density(points, 0.0), PINWHEEL.log_density(points @ matrix.T, 0.0)
    )


def test_one_arm_of_the_spirals_is_the_other_turned_by_half_a_circle_and_even_in_length():
    points = torch.rand(300, 2, generator=rng(6), dtype=torch.float64) * 4 - 2
    torch.testing.assert_close(SPIRAL.log_density(points, 0.0), SPIRAL.log_density(-points, 0.0))

    # t = 3 pi sqrt(U): a half of all points is outside t = 3 pi / sqrt(2).
    outside = SPIRAL.sample(40_000, rng(7)).norm(dim=1) > math.sqrt(2)
    assert float(outside.double().mean()) == pytest.approx(0.5, abs=0.012)


def test_the_checkerboard_is_even_on_dark_squares_and_nowhere_else():
    points = DISTRIBUTIONS["checkerboard"].sample(20_000, rng(8))
    column, row = ((points / 0.8).floor().long() + 2).T

    assert ((column + row) % 2 == 0).all()
    counts = (column * 4 + row).bincount(minlength=16)
    assert int((counts > 0).sum()) == 8
    even = counts[counts > 0].double()
    assert float(((even - 2_500) ** 2 / 2_500).sum()) < 7 + 4 * math.sqrt(14)
    dark, light = torch.tensor([[-1.2, -1.2]]), torch.tensor([[-1.2, -0.4]])
    density = DISTRIBUTIONS["checkerboard"].log_density
    assert float(density(dark, 0.0).exp()) == pytest.approx(1 / (8 * 0.64))
    assert float(density(light, 0.0)) == -math.inf


def test_a_mixtures_density_is_that_of_scipy():
    data = DISTRIBUTIONS["grid"]
    points = data.sample(20, rng(9)).double()
    expected = sum(
        multivariate_normal.pdf(points.numpy(), centre.double().numpy(), data.sigma**2) / 25
        for centre in data.modes
    )

    np.testing.assert_allclose(data.log_density(points, 0.0).exp(), expected, rtol=1e-9)


def test_a_blur_by_gauss_and_hermite_is_the_blur_of_a_gaussian():
    points = torch.randn(30, 2, generator=rng(10), dtype=torch.float64)
    centre = torch.zeros(1, 2, dtype=torch.float64)

    found = shapes.blurred(lambda at: shapes.mixture_log_density(at, centre, 0.5), points, 0.3)

    exact = shapes.mixture_log_density(points, centre, math.hypot(0.5, 0.3))
    torch.testing.assert_close(found, exact, rtol=0, atol=1e-4)


@pytest.mark.parametrize("theta", [0.0, -0.5, 1.4])
def test_two_lines_stand_theta_apart_and_are_labelled(theta):
    points, labels = lines(theta).sample_labelled(4_000, rng(11))

    torch.testing.assert_close(points[:, 0], (labels - 0.5) * theta)
    assert float(points[:, 1].abs().max()) <= 1
    assert float(points[:, 1].double().var()) == pytest.approx(1 / 3, abs=0.02)
    assert float(labels.double().mean()) == pytest.approx(0.5, abs=0.04)


def test_lines_too_far_apart_are_refused():
    with pytest.raises(ValueError, match="theta must be between -4 and 4, not 5"):
        lines(5.0)
    with pytest.raises(ValueError, match="theta must be between -4 and 4, not nan"):
        lines(math.nan)
