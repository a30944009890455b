"""What noise allows to be said."""

import math

import pytest
import torch

from explorer.gans.bands import Band, band, band_of, certain_lead, compare
from explorer.gans.distances import energy_distance, mmd_squared, nearest_neighbour_accuracy, w1
from explorer.gans.distributions import DISTRIBUTIONS, GRID, MOONS, RING, stratified
from explorer.gans.learned import neighbour_coverage, w1_floor


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


MEASURES = {
    "w1": w1,
    "energy": energy_distance,
    "mmd_squared": mmd_squared,
    "density": lambda x, y: neighbour_coverage(x, y).density,
    "coverage": lambda x, y: neighbour_coverage(x, y).coverage,
    "neighbour": nearest_neighbour_accuracy,
}


def flat(mean, std):
    return Band(
        torch.tensor([mean], dtype=torch.float64), mean, std, mean - 2 * std, mean + 2 * std
    )


def test_a_band_is_mean_and_spread_of_real_against_real():
    found = band(lambda x, y: float(y[0, 0] - x[0, 0]), MOONS, 3, 50, rng())
    values = found.values

    mean = sum(values.tolist()) / 50
    std = math.sqrt(sum((value - mean) ** 2 for value in values.tolist()) / 49)
    assert (found.mean, found.std) == (pytest.approx(mean), pytest.approx(std))
    ordered = sorted(values.tolist())
    assert (found.low, found.high) == (ordered[0], ordered[-1])  # 1 - 2/51 is 96 %
    assert found.mean in found
    assert found.high + 1e-6 not in found


def test_equal_generators_measure_equal_bands():
    first, again = (band(energy_distance, RING, 60, 4, rng(1)) for _ in range(2))

    assert first.values.equal(again.values)


@pytest.mark.parametrize("repeats", [8, 19, 39, 119])
def test_the_next_value_of_a_perfect_generator_is_in_the_band_in_95_percent_of_all_cases(repeats):
    draws = torch.randn(1_500, repeats + 1, generator=rng(4), dtype=torch.float64)

    inside = sum(float(row[-1]) in band_of(row[:-1]) for row in draws) / 1_500

    assert inside == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 1_500))


def test_with_forty_values_the_share_needs_no_bell_curve():
    draws = torch.rand(1_500, 120, generator=rng(5), dtype=torch.float64).log().neg().pow(3)

    inside = sum(float(row[-1]) in band_of(row[:-1]) for row in draws) / 1_500

    assert inside == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 1_500))


def test_eight_values_reach_as_far_as_students_distribution_says():
    """t₇ at 97.5 % is 2.3646 (any table), and the mean of eight is uncertain too: sqrt(1 + 1/8)."""
    values = torch.tensor([1.0, 2, 3, 4, 5, 6, 7, 8], dtype=torch.float64)

    found = band_of(values)

    assert (found.high - found.mean) / found.std == pytest.approx(2.3646 * math.sqrt(9 / 8), 1e-4)


def test_looking_often_asks_for_a_larger_lead():
    """Quantiles of the normal distribution and of t₁₄ from tables; 0.05 / 2 / 80 = 0.0003125."""
    assert certain_lead() == pytest.approx(1.95996, abs=1e-5)
    assert certain_lead(degrees=14) == pytest.approx(2.14479, abs=1e-5)
    assert certain_lead(80) == pytest.approx(3.4205, abs=1e-3)
    with pytest.raises(ValueError, match="looks must be at least 1"):
        certain_lead(0)


def test_two_equal_games_that_are_looked_at_often_get_a_winner_in_few_runs():
    noise = Band(torch.zeros(10_000, dtype=torch.float64), 0.0, 1.0, -9.0, high=-9.0)
    pairs = torch.randn(400, 20, 2, generator=rng(6), dtype=torch.float64).tolist()

    def named(looks: int) -> float:
        runs = [any(compare([a], [b], noise, looks=looks).winner for a, b in run) for run in pairs]
        return sum(runs) / len(runs)

    assert named(20) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)
    assert named(1) > 0.5  # 1 - 0.95^20 is 0.64


def test_the_band_of_w1_is_its_floor():
    reference = stratified(RING, 120, rng(2))

    found = band(w1, RING, 120, 5, rng(3), reference)

    torch.testing.assert_close(
        found.values, w1_floor(RING, 120, 5, rng(3), reference).distances, rtol=1e-9, atol=0
    )


def test_a_second_sample_of_the_data_falls_into_nearly_every_band():
    outside = []
    for name in ("ring", "moons"):
        data = DISTRIBUTIONS[name]
        reference = data.sample(150, rng(4))
        for what, measure in MEASURES.items():
            found = band(measure, data, 150, 12, rng(5), reference)
            fresh = [measure(reference, data.sample(150, rng(seed))) for seed in (6, 7, 8)]
            outside += [
                (name, what)
                for value in fresh
                if not found.low - 1e-9 <= value <= found.high + 1e-9
            ]

    # 48 values, each outside with a probability near 5 %, the band's own noise included.
    assert len(outside) <= 8, outside


@pytest.mark.parametrize(
    ("what", "ideal", "tolerance"),
    [
        ("density", 1.0, 0.06),
        ("coverage", 1 - 2**-5, 0.02),  # of five neighbours, each as likely real as generated
        ("neighbour", 0.5, 0.05),
        ("mmd_squared", 0.0, 0.002),
    ],
)
def test_real_data_against_real_data_shows_the_ideal_with_many_points(what, ideal, tolerance):
    real, fake = GRID.sample(1_500, rng(9)), GRID.sample(1_500, rng(10))

    assert MEASURES[what](real, fake) == pytest.approx(ideal, abs=tolerance)


def test_a_lead_that_single_values_of_the_bands_noise_explain_names_nobody():
    noise = flat(0.1, 0.02)
    # The standard error of a difference of two single values is 0.02 sqrt(2) = 0.0283.
    assert compare([0.30], [0.35], noise).verdict == "noise"
    assert compare([0.30], [0.36], noise).verdict == "a"
    assert compare([0.36], [0.30], noise).winner == "b"
    assert compare([0.30], [0.35], noise).winner is None
    assert compare([0.30], [0.35], noise).error == pytest.approx(0.02 * math.sqrt(2))


def test_more_seeds_sharpen_the_verdict():
    noise = flat(0.1, 0.02)

    assert compare([0.30] * 8, [0.33] * 8, noise).verdict == "a"
    assert compare([0.30] * 2, [0.33] * 2, noise).verdict == "noise"


def test_the_games_own_spread_counts_where_it_exceeds_the_bands():
    found = compare([0.2, 0.6, 0.4, 0.4], [0.5, 0.5, 0.5, 0.5], flat(0.1, 0.01))
    spread = math.sqrt(0.08 / 3)

    assert found.error == pytest.approx(math.hypot(spread / 2, 0.01 / 2))
    assert found.verdict == "noise"


def test_two_games_at_the_floor_are_equally_good_however_they_differ():
    assert compare([0.10] * 100, [0.13] * 100, flat(0.1, 0.02)).verdict == "floor"
    assert compare([0.95] * 100, [0.99] * 100, flat(0.97, 0.02), better="high").verdict == "floor"
    # Beyond the good end is at the floor too.
    assert compare([0.0] * 100, [0.13] * 100, flat(0.1, 0.02)).verdict == "floor"


def test_high_and_middle_are_read_their_own_way():
    assert compare([0.5], [0.9], flat(0.97, 0.01), better="high").winner == "b"
    middle = flat(0.99, 0.002)
    assert compare([0.999], [0.90], middle, "middle", 0.9889).winner == "a"
    assert compare([0.95], [1.0], flat(0.98, 0.001), "middle", 0.98).winner == "b"


def test_a_game_that_diverged_loses_to_one_that_did_not():
    noise = flat(0.1, 0.02)

    assert compare([math.nan], [5.0], noise).winner == "b"
    assert compare([0.3], [0.3, math.inf], noise).winner == "a"
    assert compare([math.nan], [math.nan], noise).winner is None


def test_real_data_against_real_data_has_no_winner_but_a_collapsed_game_loses():
    generator = rng(11)
    reference = stratified(RING, 128, generator)
    noise = band(w1, RING, 128, 8, generator, reference)
    perfect, again = (
        [w1(reference, RING.sample(128, generator)) for _ in range(3)] for _ in range(2)
    )
    one_mode = [w1(reference, RING.modes[:1].repeat(128, 1)) for _ in range(3)]

    assert compare(perfect, again, noise).winner is None
    assert compare(perfect, one_mode, noise).winner == "a"


def test_bands_and_comparisons_need_values():
    with pytest.raises(ValueError, match="repeats must be at least 2 for a spread, not 1"):
        band(w1, RING, 10, 1, rng())
    with pytest.raises(ValueError, match="at least one value of each game"):
        compare([], [1.0], flat(0.1, 0.02))
