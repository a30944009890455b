"""The exact critic and the optimal discriminator, where theory knows what must come out."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import t as student
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, LeaveOneOut
from sklearn.neighbors import KernelDensity

from explorer.gans.distributions import DISTRIBUTIONS, MOONS, RING, mixture
from explorer.gans.truth import (
    LOGIT_LIMIT,
    STUDENT,
    WIDTHS,
    agreement,
    critic_truth,
    discriminator_truth,
    fresh_gap,
    likeliest_width,
    penalised_critic,
    predicted_slope,
)
from explorer.transport import optimal_transport, wasserstein


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(n, seed, mean=(0.0, 0.0)):
    drawn = torch.randn(n, 2, generator=rng(seed), dtype=torch.float64)
    return drawn + torch.tensor(mean, dtype=torch.float64)


def test_agreement_is_correlation_and_regression():
    learned = normal(60, 0)[:, 0]
    truth = 0.4 * learned + 0.3 * normal(60, 1)[:, 0] - 2
    line = LinearRegression().fit(learned[:, None].numpy(), truth.numpy())
    residual = truth.numpy() - line.predict(learned[:, None].numpy())

    found = agreement(learned, truth)

    assert found.correlation == pytest.approx(np.corrcoef(learned, truth)[0, 1])
    assert (found.scale, found.offset) == pytest.approx((line.coef_[0], line.intercept_))
    assert found.rmse == pytest.approx(math.sqrt((residual**2).mean()))


def test_a_flat_critic_agrees_with_nothing():
    truth = normal(30, 2)[:, 0]

    found = agreement(torch.full((30,), 5.0), truth)

    assert math.isnan(found.correlation)
    assert found.scale == 0
    assert found.rmse == pytest.approx(float(truth.std(correction=0)))


def test_an_agreement_needs_finite_values():
    for learned in (torch.ones(1), torch.tensor([1.0, math.nan])):
        with pytest.raises(ValueError, match="at least two points with finite values"):
            agreement(learned, torch.ones(len(learned)))


def test_the_exact_critic_agrees_with_itself_and_its_gap_is_w1():
    real, fake = RING.sample(120, rng(3)), MOONS.sample(120, rng(4))
    solved = optimal_transport(real.double(), fake.double())
    at = normal(50, 5)

    found = critic_truth(lambda x: 3 * solved.kantorovich_potential(x) - 7, real, fake, at)

    assert found.agreement.correlation == pytest.approx(1, abs=1e-9)
    assert found.agreement.rmse < 1e-5  # the judge is asked in float32
    assert found.agreement.scale == pytest.approx(1 / 3, rel=1e-5)
    assert found.w1 == pytest.approx(wasserstein(real.double(), fake.double()))
    assert found.gap == pytest.approx(3 * found.w1, rel=1e-5)
    assert found.ratio == pytest.approx(3, rel=1e-5)
    torch.testing.assert_close(found.learned, found.potential, rtol=0, atol=1e-5)


def test_what_is_unique_is_the_drop_along_the_plan_whatever_each_island_stands_at():
    here, there = normal(40, 23), normal(40, 24)
    islands = torch.tensor([100.0, 0.0])
    real = torch.cat([here, here + islands])
    fake = torch.cat([there, there + islands])
    exact = optimal_transport(real, fake).kantorovich_potential

    found = critic_truth(lambda x: 2 * exact(x) + 50.0 * (x[:, 0] > 50), real, fake, real)

    assert found.along.correlation == pytest.approx(1, abs=1e-5)
    assert found.along.scale == pytest.approx(1 / 2, rel=1e-4)
    assert found.along.offset == 0
    assert found.ratio == pytest.approx(2, rel=1e-5)
    assert found.agreement.correlation < 0.9


@pytest.mark.parametrize("shift", [0.02, 0.3, 1.5])
def test_between_shifted_clouds_minus_x_is_exact_whatever_another_optimum_says(shift):
    cloud = RING.sample(256, rng(6)).double()
    found = critic_truth(lambda x: -x[:, 0], cloud, cloud + torch.tensor([shift, 0.0]), cloud)

    assert found.w1 == pytest.approx(shift, abs=1e-6)
    assert found.ratio == pytest.approx(1, abs=1e-4)
    assert found.along.correlation == pytest.approx(1, abs=1e-6)
    assert found.along.rmse < 1e-4 * shift
    if shift < 1:
        assert found.agreement.correlation < 0.6


def test_a_wrong_critic_that_is_rescaled_has_the_gap_of_an_exact_one_and_falls_elsewhere():
    cloud = RING.sample(256, rng(6)).double()
    moved = cloud + torch.tensor([0.3, 0.0])

    def wrong(x):
        return torch.sin(9 * x[:, 1]) - 0.01 * x[:, 0] + 0.2 * torch.sin(40 * x[:, 0])

    scale = 0.3 / float(wrong(cloud).mean() - wrong(moved).mean())
    found = critic_truth(lambda x: scale * wrong(x), cloud, moved, cloud)

    assert found.ratio == pytest.approx(1, abs=1e-3)
    assert abs(found.along.correlation) < 0.5


def test_the_fall_along_the_plan_is_weighed_by_the_mass_that_falls():
    real = torch.tensor([[0.0, 0.0], [10.0, 0.0]])
    fake = torch.tensor([[1.0, 0.0], [12.0, 0.0], [12.0, 0.0]])  # mass 1/3 and 2/3 against halves

    found = critic_truth(lambda x: -(x[:, 0] - 5).clamp_min(0), real, fake, real).along

    # 1/3 goes 1 and falls 0; 1/6 goes 12 and falls 7; 1/2 goes 2 and falls 2
    w, d, m = np.array([1 / 3, 1 / 6, 1 / 2]), np.array([0.0, 7.0, 2.0]), np.array([1.0, 12.0, 2.0])
    assert found.correlation == pytest.approx((w @ (d * m)) / math.sqrt(w @ d**2 * (w @ m**2)))
    assert found.scale == pytest.approx((w @ (d * m)) / (w @ d**2))


def test_a_critic_is_tried_afresh_with_the_interval_of_student():
    pairs = [(torch.full((2, 1), float(k)), torch.zeros(3, 1)) for k in (1, 2, 3, 4)]

    found = fresh_gap(lambda x: x[:, 0], pairs, [2.0, 2.0, 2.0, 2.0])

    ratios = np.array([0.5, 1.0, 1.5, 2.0])
    low, high = student.interval(0.95, 3, ratios.mean(), ratios.std(ddof=1) / 2)
    assert (found.ratio, found.gap, found.w1) == (1.25, 2.5, 2.0)
    assert found.band == pytest.approx((high - low) / 2, rel=1e-3)
    assert pytest.approx(student.ppf(0.975, 3), abs=1e-3) == STUDENT
    with pytest.raises(ValueError, match="tried on 4 pairs, not 3"):
        fresh_gap(lambda x: x[:, 0], pairs[:3], [1.0] * 3)


def bumps(share, count=1_200):
    """Masses of two bumps at ±1, σ = 0.2, on a grid."""
    at = torch.linspace(-2.2, 2.2, count, dtype=torch.float64)
    left, right = (torch.exp(-((at - c) ** 2) / 0.08) for c in (-1, 1))
    return at, share * left / left.sum() + (1 - share) * right / right.sum()


def test_the_best_critic_between_random_pairs_is_steeper_than_the_bound():
    at, real = bumps(0.5)
    _, fake = bumps(0.25)

    found = penalised_critic(at, real, fake, 0.1)

    assert found.w1 == pytest.approx(0.5, abs=1e-4)
    assert found.ratio == pytest.approx(4.83, abs=0.005)
    assert predicted_slope(found.w1, 0.1) == pytest.approx(3.5, abs=1e-3)
    assert float((real + fake) @ found.values) == pytest.approx(0, abs=1e-9)


def test_no_other_critic_is_worth_more_than_the_best_penalised_one():
    """The objective itself, on 200,000 random interpolates: E f(x) − E f(y) − λ E(|f'| − 1)²."""
    (at, real), weight, draws = bumps(0.5, 80), 0.1, rng(31)
    _, fake = bumps(0.25, 80)
    pairs = [
        torch.multinomial(mass, 200_000, replacement=True, generator=draws) for mass in (real, fake)
    ]
    mixing = torch.rand(200_000, generator=draws, dtype=torch.float64)
    between = mixing * at[pairs[0]] + (1 - mixing) * at[pairs[1]]
    where = torch.searchsorted(at, between).clamp(1, 79) - 1
    apart = pairs[0] != pairs[1]  # where both are one point there is no way between them

    def worth(values):
        slopes = values.diff() / at.diff()
        paid = ((slopes.abs()[where] - 1).square() * apart).mean()
        return float(real @ values - fake @ values - weight * paid)

    best = penalised_critic(at, real, fake, weight)
    most = worth(best.values)
    assert best.gap == pytest.approx(float(real @ best.values - fake @ best.values))
    for scale in (0.9, 1.1):
        assert worth(scale * best.values) < most
    for k in range(8):
        bent = best.values + 0.03 * torch.sin((k + 1) * at + k)
        assert worth(bent) < most, k


def test_between_two_points_the_best_critic_has_the_slope_of_the_bound():
    at = torch.tensor([0.0, 0.2, 0.5], dtype=torch.float64)
    real, fake = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]], dtype=torch.float64)

    found = penalised_critic(at, real, fake, 0.1)

    assert found.slopes.tolist() == pytest.approx([3.5, 3.5])
    assert (found.w1, found.gap) == pytest.approx((0.5, 1.75))
    assert math.isnan(penalised_critic(at, real, real, 0.1).ratio)
    with pytest.raises(ValueError, match="penalty must be positive, not 0"):
        penalised_critic(at, real, fake, 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_no_best_critic_has_a_narrower_gap_than_the_bound(seed):
    draws = rng(40 + seed)
    at = torch.randn(30, generator=draws, dtype=torch.float64).sort().values
    real, fake = torch.rand(2, 30, generator=draws, dtype=torch.float64)

    found = penalised_critic(at, real, fake, 0.3)

    assert found.ratio >= predicted_slope(found.w1, 0.3) * (1 - 1e-12)


def test_the_sign_of_the_critic_is_higher_on_real_points():
    real, fake = normal(60, 7, (3.0, 0.0)), normal(60, 8, (-3.0, 0.0))

    found = critic_truth(lambda x: x[:, 0], real, fake, torch.tensor([[3.0, 0.0], [-3.0, 0.0]]))

    assert found.agreement.correlation > 0.9
    assert float(found.potential[0]) > float(found.potential[1])


@pytest.mark.parametrize("weight", [0.1, 1.0, 10.0])
def test_the_predicted_slope_is_where_gain_less_penalty_is_largest(weight):
    w1 = 0.5
    slopes = torch.linspace(0, 10, 1_000_001, dtype=torch.float64)
    best = float(slopes[(slopes * w1 - weight * (slopes - 1) ** 2).argmax()])

    assert predicted_slope(w1, weight) == pytest.approx(best, abs=2e-5)


def test_without_a_penalty_no_slope_is_too_steep():
    assert predicted_slope(0.5, 0.0) == math.inf


def gaussian(name, mean=(0.0, 0.0)):
    return mixture(
        name,
        name,
        torch.tensor([mean]),
        sigma=1.0,
        extent=RING.extent,
        reach=0.5,
        held_fraction=0.2,
        source="this test",
        formula=r"x = \varepsilon",
    )


GAUSSIAN = gaussian("one")


def other_log_density(points, mean=1.0):
    square = (points[:, 0] - mean).square() + points[:, 1].square()
    return -square / 2 - math.log(2 * math.pi)


def test_with_both_densities_exact_the_optimal_discriminator_agrees_with_itself():
    real, fake = normal(400, 9), normal(400, 10, (1.0, 0.0))
    at = normal(30, 11)

    found = discriminator_truth(
        lambda x: 0.5 - x[:, 0], GAUSSIAN, real, fake, at, fake_log_density=other_log_density
    )

    assert found.agreement.correlation == pytest.approx(1, abs=1e-6)
    assert found.rmse < 1e-5
    torch.testing.assert_close(found.probability, torch.sigmoid(0.5 - at[:, 0]))


def test_a_judge_that_is_known_up_to_a_constant_is_compared_without_it():
    real, fake = normal(400, 9), normal(400, 10, (1.0, 0.0))

    def asked(free_constant):
        return discriminator_truth(
            lambda x: 40.5 - x[:, 0],  # log p/q and 40
            GAUSSIAN,
            real,
            fake,
            real,
            fake_log_density=other_log_density,
            free_constant=free_constant,
        )

    free, bound = asked(True), asked(False)
    assert free.agreement.correlation == pytest.approx(1, abs=1e-6)
    assert free.rmse < 1e-4  # the judge is asked in float32, where 40 has five digits behind it
    assert math.isnan(bound.agreement.correlation)  # beyond ±8 all of its logits are one


def test_estimated_and_exact_generators_give_nearly_the_same_optimum():
    real, fake = normal(300, 12), normal(3_000, 13, (1.0, 0.0))
    at = normal(100, 14).clamp(-1.5, 1.5)

    found = discriminator_truth(lambda x: 0.5 - x[:, 0], GAUSSIAN, real, fake, at, bandwidth=0.3)

    assert found.agreement.correlation > 0.97
    # A kernel of width 0.3 widens both Gaussians alike: the logit shrinks by 1 / 1.09.
    assert found.rmse < 0.35
    assert float((found.probability - torch.sigmoid(0.5 - at[:, 0])).abs().max()) < 0.1


def test_the_estimate_is_scikit_learns_and_leaves_each_point_out_of_its_own():
    real, fake, at = normal(5, 17), normal(7, 15), normal(20, 16)
    width = 0.5

    def estimated(sample, points):
        return torch.from_numpy(
            KernelDensity(bandwidth=width).fit(sample.numpy()).score_samples(points.numpy())
        )

    def widened(points):
        variance = 1 + width**2
        return -points.square().sum(dim=1) / (2 * variance) - math.log(2 * math.pi * variance)

    found = discriminator_truth(lambda x: x[:, 0], GAUSSIAN, real, fake, at, width)

    torch.testing.assert_close(found.probability, torch.sigmoid(widened(at) - estimated(fake, at)))
    others = [torch.cat([fake[:k], fake[k + 1 :]]) for k in range(7)]
    left_out = torch.cat([estimated(others[k], fake[k : k + 1]) for k in range(7)])
    truth = torch.cat([widened(real) - estimated(fake, real), widened(fake) - left_out])
    error = torch.cat([real, fake])[:, 0] - truth.clamp(-LOGIT_LIMIT, LOGIT_LIMIT)
    assert found.rmse == pytest.approx(float(error.square().mean().sqrt()), rel=1e-6)


def test_the_width_of_the_kernel_is_that_of_scikit_learns_search():
    sample = RING.sample(60, rng(33)).double()
    search = GridSearchCV(KernelDensity(), {"bandwidth": list(WIDTHS)}, cv=LeaveOneOut())

    expected = search.fit(sample.numpy()).best_params_["bandwidth"]

    assert likeliest_width(sample) == expected
    assert likeliest_width(torch.cat([sample, sample])) == expected  # copies of itself do not count
    assert likeliest_width(sample[:1].expand(5, 2)) == WIDTHS[-1]


def widened(width, seed, count=256):
    """The ring with modes of another width: points, and their density."""
    draws = rng(seed)
    assert RING.modes is not None
    centres = RING.modes.double()
    which = torch.randint(8, (count,), generator=draws)
    points = centres[which] + width * torch.randn(count, 2, generator=draws, dtype=torch.float64)

    def log_density(x):
        far = torch.cdist(x.double(), centres).square() / (-2 * width**2)
        return torch.logsumexp(far, dim=1) - math.log(8 * 2 * math.pi * width**2)

    return points, log_density


@pytest.mark.parametrize("width", [3 * 0.02 / 1.414, 0.1])
def test_the_exact_optimum_agrees_with_the_fine_estimate_and_not_with_the_blunt_one(width):
    real = RING.sample(256, rng(34))
    fake, log_q = widened(width, 35)

    def exact(x):
        return RING.log_density(x.double(), 0.0) - log_q(x)

    def correlation(**how):
        return discriminator_truth(exact, RING, real, fake, real, **how).agreement.correlation

    assert correlation(fake_log_density=log_q) == pytest.approx(1, abs=1e-6)
    assert correlation() > 0.99
    assert correlation(bandwidth=0.1) < 0.7


def test_at_modes_of_the_right_width_the_optimum_is_undecided():
    real = RING.sample(256, rng(36))
    fake, log_q = widened(0.02 / 1.414, 37)

    found = discriminator_truth(
        lambda x: 0 * x[:, 0], RING, real, fake, real, fake_log_density=log_q
    )

    torch.testing.assert_close(found.probability, torch.full_like(found.probability, 0.5))
    assert found.rmse < 1e-3
    assert (found.width, len(found.optimal)) == (0.0, 512)


def test_a_perfect_generator_leaves_the_optimal_discriminator_undecided():
    for name in ("ring", "moons", "digits"):
        data = DISTRIBUTIONS[name]
        real, fake = data.sample(1_500, rng(18)), data.sample(1_500, rng(19))
        found = discriminator_truth(lambda x: 0 * x[:, 0], data, real, fake, real[:200], 0.2)

        assert float((found.probability - 0.5).abs().mean()) < 0.08, name


def test_separated_clouds_are_told_apart_for_log_two():
    real, fake = normal(200, 20, (-9.0, 0.0)), normal(200, 21, (9.0, 0.0))
    far = gaussian("far", (-9.0, 0.0))

    found = discriminator_truth(lambda x: -x[:, 0], far, real, fake, real, 0.1)

    assert float(found.probability.min()) > 0.999  # asked at real points
    assert found.agreement.correlation > 0.99


def test_the_optimum_needs_a_kernel_and_an_exact_generator_exact_data():
    real = normal(10, 22)
    with pytest.raises(ValueError, match="bandwidth must be positive, not 0"):
        discriminator_truth(lambda x: x[:, 0], RING, real, real, real, 0.0)
    with pytest.raises(ValueError, match="the density of 'digits' has no formula"):
        discriminator_truth(
            lambda x: x[:, 0],
            DISTRIBUTIONS["digits"],
            real,
            real,
            real,
            fake_log_density=other_log_density,
        )
