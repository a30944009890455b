"""What a generator learned: perfect and imperfect samplers with known answers."""

import math
import subprocess
import sys

import pytest
import torch
from scipy.stats import binom, chi2, truncnorm
from sklearn.neighbors import NearestNeighbors

from explorer.gans.distributions import DISTRIBUTIONS, GRID, MOONS, RING, SWISS_ROLL, stratified
from explorer.gans.learned import (
    expected_coverage,
    good_ceiling,
    good_spread,
    mode_report,
    neighbour_coverage,
    reverse_kl,
    reverse_kl_bias,
    total_variation,
    total_variation_bias,
    w1_floor,
)

with_modes = pytest.mark.parametrize("data", [RING, GRID], ids=["ring", "grid"])


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def around(data, counts, offset=(0.0, 0.0)):
    """Points exactly at the centres, counts[k] at the k-th, all moved by the same offset."""
    which = torch.arange(len(data.modes)).repeat_interleave(torch.tensor(counts))
    return data.modes[which] + torch.tensor(offset)


@with_modes
def test_a_perfect_generator_holds_and_captures_every_mode(data):
    report = mode_report(data.sample(2_500, rng()), data)

    assert report.modes_held == report.modes_captured == len(data.modes)


@with_modes
def test_a_perfect_generator_scores_98_89_per_cent_good(data):
    n, ceiling = 100_000, 1 - math.exp(-9 / 2)
    sampling_error = math.sqrt(ceiling * (1 - ceiling) / n)

    report = mode_report(data.sample(n, rng(1)), data)

    assert round(100 * ceiling, 2) == 98.89
    assert abs(report.good_share - ceiling) < 4 * sampling_error


@pytest.mark.parametrize("dimensions", [1, 2, 3, 64])
def test_the_ceiling_of_good_points_is_a_chi_squared(dimensions):
    assert good_ceiling(dimensions) == pytest.approx(chi2.cdf(9, dimensions), rel=1e-9)


def test_good_points_of_a_perfect_generator_are_narrower_than_sigma_by_what_is_cut_off():
    assert good_spread(1) == pytest.approx(truncnorm(-3, 3).std())
    assert good_spread(2) == pytest.approx(
        math.sqrt(1 - 4.5 * math.exp(-4.5) / (1 - math.exp(-4.5)))
    )
    assert round(good_spread(2), 3) == 0.974


@with_modes
def test_the_spread_of_a_perfect_generator_is_0_974_in_every_mode(data):
    n = 100_000
    spread = mode_report(data.sample(n, rng(20)), data).spread

    error = 1 / math.sqrt(4 * n / len(data.modes))  # of a standard deviation of 2 n / K numbers
    assert float((spread - good_spread(2)).abs().max()) < 4 * error


def test_the_spread_of_a_mode_is_the_standard_deviation_of_its_good_points():
    points = RING.sample(300, rng(21)).double()
    report = mode_report(points, RING)
    far = torch.cdist(points, RING.modes.double())
    for k in range(8):
        good = points[far[:, k] <= 3 * RING.sigma]
        expected = good.var(dim=0).mean().sqrt() / RING.sigma
        assert float(report.spread[k]) == pytest.approx(float(expected))

    thin = mode_report(around(RING, [2, 1, 0, 5, 5, 5, 5, 5]), RING).spread
    assert thin[0] == 0
    assert thin[1:3].isnan().all()


def test_a_mode_is_held_from_two_per_cent_of_the_ring_and_from_eight_per_mille_of_the_grid():
    at_the_line = around(RING, [2_150, 50, 49, 51, 50, 50, 50, 50])
    assert mode_report(at_the_line, RING).held.tolist() == [True] * 2 + [False] + [True] * 5

    at_the_line = around(GRID, [2_040, 20, 19, 1, *([20] * 21)])
    assert mode_report(at_the_line, GRID).held.tolist() == [True] * 2 + [False] * 2 + [True] * 21


@with_modes
def test_points_beyond_the_reach_of_a_mode_do_not_hold_it(data):
    even = [100] * len(data.modes)

    inside = mode_report(around(data, even, offset=(0.0, 0.249)), data)
    outside = mode_report(around(data, even, offset=(0.0, 0.251)), data)

    assert inside.modes_held == len(data.modes)
    assert outside.modes_held == 0
    assert outside.shares.sum() == 0
    assert int(outside.nearest.sum()) == 100 * len(data.modes)


@with_modes
def test_one_good_point_captures_a_mode_and_good_ends_at_three_sigma_of_a_disc(data):
    lonely = [2_500] + [1] * (len(data.modes) - 1)
    assert mode_report(around(data, lonely), data).modes_captured == len(data.modes)

    even = [1] * len(data.modes)
    for corner, captured in ((2.99, len(data.modes)), (3.01, 0)):
        # Diagonally, so that a box of three sigma would take both.
        step = corner * data.sigma / math.sqrt(2)
        report = mode_report(around(data, even, offset=(step, step)), data)
        assert report.modes_captured == captured
        assert report.good_share == captured / len(data.modes)


def test_counts_and_shares_belong_to_the_mode_they_stand_at():
    counts = [10, 20, 30, 40, 0, 50, 60, 40]

    report = mode_report(around(RING, counts), RING)

    assert report.nearest.tolist() == counts
    assert report.good.tolist() == counts
    torch.testing.assert_close(report.shares, torch.tensor(counts, dtype=torch.float64) / 250)


@with_modes
def test_losing_a_mode_lifts_reverse_kl_from_zero_to_log_k_over_k_less_one(data):
    count = len(data.modes)

    assert mode_report(around(data, [100] * count), data).reverse_kl == pytest.approx(0, abs=1e-12)
    one_lost = mode_report(around(data, [100] * (count - 1) + [0]), data)
    assert one_lost.reverse_kl == pytest.approx(math.log(count / (count - 1)))
    one_left = mode_report(around(data, [0] * (count - 1) + [100]), data)
    assert one_left.reverse_kl == pytest.approx(math.log(count))


@with_modes
def test_the_bias_of_reverse_kl_is_what_a_perfect_generator_shows_in_the_mean(data):
    generator, repeats, n = rng(2), 400, 1_000
    reports = [mode_report(data.sample(n, generator), data) for _ in range(repeats)]

    mean = sum(report.reverse_kl for report in reports) / repeats

    # 2 n KL is nearly chi-squared with K - 1 degrees of freedom.
    error = math.sqrt(2 * (len(data.modes) - 1)) / (2 * n) / math.sqrt(repeats)
    assert mean == pytest.approx(reverse_kl_bias(len(data.modes), n), abs=4 * error)
    assert {report.reverse_kl_bias for report in reports} == {reverse_kl_bias(len(data.modes), n)}


def test_reverse_kl_sees_a_lost_mode_of_25_far_above_its_noise():
    generator, n = rng(3), 1_000
    perfect = mode_report(GRID.sample(n, generator), GRID)
    missing = GRID.sample(2 * n, generator)
    missing = missing[(missing - GRID.modes[7]).norm(dim=1) > 0.3][:n]

    assert mode_report(missing, GRID).reverse_kl > 2.5 * perfect.reverse_kl
    report = mode_report(missing, GRID)
    lost = report.reverse_kl - report.reverse_kl_bias
    assert lost == pytest.approx(math.log(25 / 24), abs=0.015)


def test_reverse_kl_is_the_relative_entropy_to_even_counts():
    counts = torch.tensor([5, 1, 0, 4])
    q = counts.double() / 10
    entropy = float(torch.distributions.Categorical(probs=q).entropy())

    assert reverse_kl(counts) == pytest.approx(math.log(4) - entropy, abs=1e-6)


def test_total_variation_is_the_mass_that_would_have_to_move():
    assert total_variation(torch.tensor([5, 5, 5, 5])) == 0
    assert total_variation(torch.tensor([20, 0, 0, 0])) == pytest.approx(3 / 4)
    assert total_variation(torch.tensor([6, 4, 5, 5])) == pytest.approx(1 / 20)
    report = mode_report(around(RING, [2, 1, 1, 1, 1, 1, 1, 0]), RING)
    assert report.total_variation == pytest.approx(1 / 8)
    assert report.total_variation_bias == total_variation_bias(8, 8)


@pytest.mark.parametrize(("modes", "points"), [(25, 1_000), (8, 2_500), (3, 7), (8, 8), (1, 5)])
def test_the_bias_of_total_variation_is_the_binomial_mean_deviation(modes, points):
    counts = range(points + 1)
    expected = sum(binom.pmf(k, points, 1 / modes) * abs(k / points - 1 / modes) for k in counts)

    assert total_variation_bias(modes, points) == pytest.approx(modes * expected / 2, abs=1e-12)


def test_modes_cannot_be_counted_where_there_are_none():
    with pytest.raises(ValueError, match="distribution 'moons' has no modes to count"):
        mode_report(MOONS.sample(10, rng()), MOONS)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_points_of_a_diverged_generator_are_refused_in_one_sentence(bad):
    broken, fine = RING.sample(100, rng()), RING.sample(100, rng(1))
    broken[3, 0] = broken[7, 1] = bad

    with pytest.raises(ValueError, match=r"^2 of 100 points are NaN or infinite$"):
        mode_report(broken, RING)
    with pytest.raises(ValueError, match=r"^2 of 100 points are NaN or infinite$"):
        neighbour_coverage(fine, broken)
    with pytest.raises(ValueError, match="there are no points to measure"):
        mode_report(fine[:0], RING)


def test_points_so_far_out_that_their_squares_overflow_are_still_measured():
    report = mode_report(torch.full((10, 2), 3e38), RING)
    assert report.modes_held == report.modes_captured == 0

    real, fake = SWISS_ROLL.sample(100, rng()), MOONS.sample(100, rng())
    near, far = neighbour_coverage(real, fake), neighbour_coverage(1e30 * real, 1e30 * fake)
    assert (far.density, far.coverage) == pytest.approx((near.density, near.coverage), abs=0.01)


@pytest.mark.parametrize("name", ["ring", "grid", "moons", "swiss_roll"])
def test_a_perfect_generator_has_density_one_and_coverage_at_its_ceiling(name):
    data, generator, repeats = DISTRIBUTIONS[name], rng(4), 40
    measured = [
        neighbour_coverage(data.sample(200, generator), data.sample(150, generator))
        for _ in range(repeats)
    ]

    for values, expected in (
        (torch.tensor([each.coverage for each in measured]), expected_coverage(200, 150, 5)),
        (torch.tensor([each.density for each in measured]), 1.0),
    ):
        error = float(values.std()) / math.sqrt(repeats)
        assert abs(float(values.mean()) - expected) < 4 * error


def test_the_ceiling_of_coverage_is_0_969_at_five_neighbours():
    assert expected_coverage(1_000, 1_000, 5) == pytest.approx(0.969, abs=5e-4)
    assert expected_coverage(10**9, 10**9, 5) == pytest.approx(1 - 2**-5)
    # Of the two others that a real point sees, the nearer is the generated one half of the time.
    assert expected_coverage(2, 1, 1) == pytest.approx(1 / 2)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_density_and_coverage_agree_with_scikit_learns_neighbours(k):
    real, fake = SWISS_ROLL.sample(120, rng(5)).double(), MOONS.sample(80, rng(6)).double()
    radii = NearestNeighbors(n_neighbors=k).fit(real.numpy()).kneighbors()[0][:, -1]
    balls = list(zip(real, radii, strict=True))
    inside = [[(centre - y).norm() <= radius for y in fake] for centre, radius in balls]

    found = neighbour_coverage(real, fake, k)

    torch.testing.assert_close(found.radii, torch.from_numpy(radii))
    assert found.density == pytest.approx(sum(map(sum, inside)) / (k * 80))
    assert found.coverage == pytest.approx(sum(map(any, inside)) / 120)


@pytest.mark.parametrize("k", [1, 3, 9])
def test_the_balls_of_coverage_are_closed_so_that_points_that_repeat_meet_their_copies(k):
    """An open ball around a point with k copies of itself is empty: nothing would be covered."""
    copies = torch.arange(4.0, dtype=torch.float64)[:, None].repeat(k + 1, 1)
    lattice = torch.cartesian_prod(*2 * [torch.arange(6, dtype=torch.float64)])
    apart = torch.cdist(lattice, lattice[:20])
    nearest = torch.cdist(lattice, lattice).sort(dim=1).values[:, k]

    assert neighbour_coverage(copies, copies, k).coverage == 1
    found = neighbour_coverage(lattice, lattice[:20], k)
    assert found.coverage == pytest.approx(
        float((apart <= nearest[:, None]).any(1).double().mean())
    )
    assert float((apart == nearest[:, None]).sum()) > 0  # points that only a closed ball holds


def test_coverage_falls_by_the_part_of_the_data_that_is_missing():
    real = stratified(RING, 800, rng(7))
    fake = stratified(RING, 1_600, rng(8))
    half = fake[fake[:, 0] > 0.1]  # three of the eight modes lie there

    found = neighbour_coverage(real, half)

    assert found.coverage == pytest.approx(3 / 8, abs=0.02)


def test_the_covered_points_are_those_with_a_neighbour_and_dimensions_may_be_many():
    real, fake = torch.randn(80, 5, generator=rng(22)), torch.randn(60, 5, generator=rng(23))

    found = neighbour_coverage(real, fake, 3)

    near = torch.cdist(real.double(), fake.double()).amin(dim=1) <= found.radii
    assert found.covered.equal(near)
    assert found.coverage == pytest.approx(float(near.double().mean()))


def test_generated_points_in_one_heap_have_density_and_no_coverage():
    real = RING.sample(400, rng(9))
    heap = real[:1].expand(400, 2)

    found = neighbour_coverage(real, heap)

    assert found.density > 0.5
    assert found.coverage < 0.05


@pytest.mark.parametrize(("k", "n"), [(0, 10), (10, 10), (12, 10)])
def test_neighbours_must_be_fewer_than_the_points(k, n):
    points = MOONS.sample(n, rng())

    with pytest.raises(ValueError, match=f"k must be between 1 and 9 for 10 real points, not {k}"):
        neighbour_coverage(points, points, k)


def test_a_generator_that_returns_the_real_points_covers_all_of_them():
    points = DISTRIBUTIONS["digits"].sample(300, rng(10))

    assert neighbour_coverage(points, points).coverage == 1


def test_the_floor_summarises_its_distances():
    floor = w1_floor(MOONS, 60, 5, rng(12))
    values = floor.distances.tolist()

    mean = sum(values) / 5
    assert floor.mean == pytest.approx(mean)
    assert floor.std == pytest.approx(math.sqrt(sum((value - mean) ** 2 for value in values) / 4))
    assert len(set(values)) == 5


def test_the_floor_falls_with_the_number_of_points():
    few, many = (w1_floor(SWISS_ROLL, n, 6, rng(13)) for n in (50, 400))

    assert many.mean < 0.6 * few.mean


def test_a_floor_needs_two_distances():
    with pytest.raises(ValueError, match="repeats must be at least 2 for a spread, not 1"):
        w1_floor(MOONS, 50, 1, rng())


def test_measuring_can_be_imported_without_waiting_for_the_solver_or_the_digits():
    loaded = "import sys, explorer.gans.learned; print({'ot', 'sklearn'} & set(sys.modules))"

    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)

    assert answer.stdout.strip() == b"set()"
