"""The data to learn: their laws against scikit-learn's, closed forms, and exact counts."""

import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits, make_moons, make_swiss_roll
from sklearn.decomposition import PCA

from explorer.gans import shapes
from explorer.gans.data import Distribution
from explorer.gans.distributions import (
    DISTRIBUTIONS,
    GRID,
    MOONS,
    RING,
    SWISS_ROLL,
    digits,
    distribution,
    lines,
    ring_centres,
    stratified,
)
from explorer.transport import directions, wasserstein_by_quantiles

every_distribution = pytest.mark.parametrize("data", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@every_distribution
def test_equal_generators_draw_equal_points_and_leave_the_global_one_alone(data):
    before = torch.get_rng_state()

    first, again, other = (data.sample(300, rng(seed)) for seed in (5, 5, 6))

    assert first.equal(again)
    assert not first.equal(other)
    assert torch.get_rng_state().equal(before)


@every_distribution
def test_every_distribution_is_centred_near_zero_with_a_spread_near_one(data):
    points = data.sample(50_000, rng())

    assert points.dtype == torch.float32
    assert points.mean(dim=0).norm() < 0.3  # the roll ends on its right-hand side
    assert 0.5 < float(points.std(dim=0).amin()) <= float(points.std(dim=0).amax()) < 1.05


@every_distribution
def test_the_picture_shows_every_point_and_its_scale_is_the_same_both_ways(data):
    x0, x1, y0, y1 = data.extent
    x, y = data.sample(50_000, rng()).T

    assert ((x > x0) & (x < x1) & (y > y0) & (y < y1)).all()
    assert x1 - x0 == y1 - y0


def test_the_ring_has_eight_distinct_centres_at_equal_angles():
    assert len(RING.modes.unique(dim=0)) == 8
    torch.testing.assert_close(RING.modes.norm(dim=1), torch.full((8,), 2 / 1.414))
    neighbours = (RING.modes - RING.modes.roll(1, dims=0)).norm(dim=1)
    torch.testing.assert_close(neighbours, torch.full((8,), 2 * 2 / 1.414 * math.sin(math.pi / 8)))


def test_angles_with_both_ends_of_the_circle_give_seven_centres():
    angles = torch.linspace(0, 2 * math.pi, 8, dtype=torch.float64)
    both_ends = torch.stack([angles.cos(), angles.sin()], dim=1)

    assert len((both_ends * 1e6).round().unique(dim=0)) == 7
    assert len((ring_centres(8, 1.0) * 1e6).round().unique(dim=0)) == 8


def test_the_grid_is_five_by_five_at_forty_sigma():
    steps = torch.tensor([-4.0, -2.0, 0.0, 2.0, 4.0]) / 2.828
    expected = {(round(float(x), 5), round(float(y), 5)) for x in steps for y in steps}

    assert {(round(float(x), 5), round(float(y), 5)) for x, y in GRID.modes} == expected
    assert 2 / 2.828 / GRID.sigma == pytest.approx(40)
    assert 2 / 1.414 / RING.sigma == pytest.approx(100)


@pytest.mark.parametrize("data", [RING, GRID], ids=["ring", "grid"])
def test_a_mixture_visits_its_modes_equally_with_round_noise_of_its_sigma(data):
    n, count = 100_000, len(data.modes)
    points = data.sample(n, rng(1))
    mode = torch.cdist(points, data.modes).argmin(dim=1)
    noise = (points - data.modes[mode]).double()

    # Chi-squared of the visits has mean K - 1 and variance 2 (K - 1).
    visits = mode.bincount(minlength=count).double()
    chi_squared = float(((visits - n / count) ** 2 / (n / count)).sum())
    assert abs(chi_squared - (count - 1)) < 4 * math.sqrt(2 * (count - 1))
    # The covariance is sigma^2 times the identity, to four standard errors.
    covariance = noise.T @ noise / n / data.sigma**2
    torch.testing.assert_close(
        covariance, torch.eye(2, dtype=torch.float64), rtol=0, atol=4 * math.sqrt(2 / n)
    )


def sklearn_moons(n):
    points, _ = make_moons(n, noise=0.05, random_state=0)
    return (points - [0.5, 0.25]) / math.sqrt(0.75)


def sklearn_swiss_roll(n):
    points, _ = make_swiss_roll(n, noise=0.25, random_state=0)
    return points[:, [0, 2]] / 7.5


@pytest.mark.parametrize(
    ("data", "oracle"), [(MOONS, sklearn_moons), (SWISS_ROLL, sklearn_swiss_roll)]
)
def test_the_law_is_that_of_scikit_learn_in_every_direction(data, oracle):
    ours, theirs = data.sample(100_000, rng(2)).double(), torch.from_numpy(oracle(100_000))

    # On a line two samples of one law with spread s are about s sqrt(2 / n) = 0.0045 apart.
    for along in directions(8, 2, rng(3)):
        assert wasserstein_by_quantiles(ours @ along, theirs @ along) < 0.012


def test_the_points_lie_on_their_curve_but_for_noise_of_the_stated_size():
    n = 50_000
    # The moons lie on two unit circles, around (-1/2, -1/4) and (1/2, 1/4).
    x, y = (MOONS.sample(n, rng(9)).double() * math.sqrt(0.75)).T
    upper, lower = (x + 0.5).hypot(y + 0.25) - 1, (x - 0.5).hypot(y - 0.25) - 1
    off_the_moons = torch.where(upper.abs() < lower.abs(), upper, lower)
    # The roll lies at radius t in direction t; two turns are 2 pi apart, 25 times the noise.
    points = SWISS_ROLL.sample(n, rng(10)).double() * 7.5
    beyond = points.norm(dim=1) - torch.atan2(points[:, 1], points[:, 0])
    off_the_roll = beyond - 2 * math.pi * (beyond / (2 * math.pi)).round()

    # The radius also sees the noise along the roll, times 1/t: 0.8 % more in all.
    assert float(off_the_moons.std()) == pytest.approx(0.05, rel=0.03)
    assert float(off_the_roll.std()) == pytest.approx(0.25, rel=0.03)


def test_the_moons_have_the_moments_of_two_half_circles():
    points = MOONS.sample(200_000, rng(4)).double()

    # Of (cos t, sin t) and (1 - cos t, 1/2 - sin t), t uniform on [0, pi], by integration.
    variance_x, covariance = 3 / 4, 1 / 8 - 1 / math.pi
    variance_y = 5 / 8 - 1 / math.pi - 1 / 16
    noise = 0.05**2
    expected = torch.tensor([[variance_x + noise, covariance], [covariance, variance_y + noise]])

    torch.testing.assert_close(points.mean(dim=0), torch.zeros(2).double(), rtol=0, atol=0.01)
    torch.testing.assert_close(points.T.cov(), expected.double() / 0.75, rtol=0, atol=0.01)


def test_the_digits_are_the_principal_components_of_scikit_learn_sign_included():
    pixels, labels = load_digits(return_X_y=True)
    scores = PCA(2, svd_solver="full").fit_transform(pixels)

    stored = digits()

    np.testing.assert_allclose(stored.points, scores / scores.std(axis=0), atol=1e-5)
    np.testing.assert_array_equal(stored.labels, labels)
    np.testing.assert_array_equal(stored.images.reshape(-1, 64), pixels)


def test_the_digits_have_unit_variance_and_uncorrelated_components():
    points = digits().points.double()

    torch.testing.assert_close(
        points.T.cov(correction=0), torch.eye(2, dtype=torch.float64), rtol=0, atol=1e-6
    )


def test_sampled_digits_are_rows_of_the_finite_set_and_reach_all_of_it():
    stored = {tuple(point) for point in digits().points.tolist()}
    drawn = {tuple(point) for point in distribution("digits").sample(40_000, rng(6)).tolist()}

    assert len(stored) == 1_797
    assert drawn == stored  # a row is missed with probability 1797 exp(-40000 / 1797) < 1e-6


@pytest.mark.parametrize("n", [25, 1_000, 512, 8])
def test_a_stratified_sample_gives_every_mode_its_share_to_the_point(n):
    points = stratified(GRID, n, rng(7))

    counts = torch.cdist(points, GRID.modes).argmin(dim=1).bincount(minlength=25)
    assert len(points) == n
    assert int(counts.min()) == n // 25
    assert int(counts.max()) == -(-n // 25)


def test_the_points_left_over_by_stratifying_prefer_no_mode():
    repeats, generator = 4_000, rng(8)
    drawn = torch.cat([stratified(RING, 3, generator) for _ in range(repeats)])
    counts = torch.cdist(drawn, RING.modes).argmin(dim=1).bincount(minlength=8)

    # Each mode is among the three with probability 3/8.
    deviation = (counts - repeats * 3 / 8).abs()
    assert deviation.max() < 4 * math.sqrt(repeats * 3 / 8 * 5 / 8)


def test_only_a_distribution_with_modes_can_be_stratified():
    with pytest.raises(ValueError, match="distribution 'moons' has no modes to draw equally from"):
        stratified(MOONS, 100, rng())


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="unknown distribution 'rings'; choose from ") as refusal:
        distribution("rings")

    assert all(repr(name) in str(refusal.value) for name in DISTRIBUTIONS)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_every_distribution_is_found_under_its_own_name(name):
    assert distribution(name).name == name


@pytest.mark.parametrize(
    "data", [each for each in DISTRIBUTIONS.values() if each.classes], ids=lambda data: data.name
)
def test_labels_come_with_the_very_points_that_are_drawn_without(data):
    points, labels = data.sample_labelled(500, rng(12))

    assert points.equal(data.sample(500, rng(12)))
    assert labels.unique().tolist() == list(range(data.classes))


def test_a_mixtures_labels_are_its_modes_and_the_digits_labels_the_digits():
    points, labels = GRID.sample_labelled(1_000, rng(13))
    assert torch.cdist(points, GRID.modes).argmin(dim=1).equal(labels)

    stored = {
        (*point, digit)
        for point, digit in zip(digits().points.tolist(), digits().labels.tolist(), strict=True)
    }
    points, labels = distribution("digits").sample_labelled(1_000, rng(14))
    assert {(*p, d) for p, d in zip(points.tolist(), labels.tolist(), strict=True)} <= stored


def made(**changes):
    """A distribution with next to nothing known of it."""
    known = {
        "name": "half",
        "label": "half",
        "source": "this test",
        "formula": "x",
        "draw": shapes.sample_moons,
        "extent": RING.extent,
    }
    return Distribution(**{**known, **changes})


def test_a_reach_that_would_touch_two_modes_is_refused():
    with pytest.raises(ValueError, match=r"reach of 'half' must be less than 0\.5"):
        made(modes=ring_centres(2, 0.5), sigma=0.1, reach=0.6, held_fraction=0.2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"modes": RING.modes, "sigma": 0.1}, "needs modes, sigma, reach and held_fraction"),
        ({"dimensions": 3}, "'half' must have 1, 2, 64 coordinates a point, not 3"),
        ({"dimensions": 1}, "'half' lies on a line and needs log_density and cdf"),
        ({"needs": ("theta",)}, "'half' needs needs and made_with together"),
        ({"made_with": lines}, "'half' needs needs and made_with together"),
    ],
)
def test_what_does_not_go_together_is_refused_in_one_line(changes, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        made(**changes)
    assert "\n" not in str(refusal.value)


def test_points_without_labels_are_not_sampled_with_any():
    with pytest.raises(ValueError, match="distribution 'moons' has no labels"):
        MOONS.sample_labelled(3, rng())


def test_in_a_sentence_a_data_set_has_the_name_of_the_menu_unless_it_has_another():
    assert made().spoken == "half"
    assert MOONS.label == "moons"
    assert MOONS.spoken == "two moons"


def test_a_data_set_is_made_with_what_it_needs_and_with_nothing_else():
    wide = distribution("lines").given(theta=0.5, drawing="", points="")

    assert float(wide.sample(50, rng())[:, 0].abs().max()) == 0.25
    assert RING.given(theta=0.5, drawing="", points="") is RING
