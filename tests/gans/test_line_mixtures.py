"""Mixtures on a line: density, distribution function and samples tell one story."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import kstest, norm

from explorer.gans.learned import good_ceiling, mode_report
from explorer.gans.line_mixtures import LINE_MIXTURES, line_mixture
from explorer.transport import wasserstein_by_quantiles

every_mixture = pytest.mark.parametrize("data", LINE_MIXTURES.values(), ids=LINE_MIXTURES)
PARTS = ((0.7, -0.8, 0.25), (0.25, 0.8, 0.15), (0.05, 2.2, 0.1))  # of "uneven"


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@every_mixture
def test_the_distribution_function_is_the_integral_of_the_density(data):
    low, high = data.extent[0] - 1, data.extent[1] + 1
    at = torch.linspace(low, high, 40_001, dtype=torch.float64)[:, None]
    density = data.log_density(at, 0.0).exp()

    area = torch.cumulative_trapezoid(density, at[:, 0])

    torch.testing.assert_close(area, data.cdf(at)[1:] - data.cdf(at)[0], rtol=0, atol=1e-6)
    assert float(area[-1]) == pytest.approx(1, abs=1e-6)
    assert float(density.max()) < data.extent[3] < 1.2 * float(density.max())


@every_mixture
def test_samples_follow_the_distribution_function(data):
    points = data.sample(20_000, rng()).double()

    assert points.shape == (20_000, data.dimensions)
    found = kstest(points[:, 0].numpy(), lambda x: data.cdf(torch.tensor(x)[:, None]).numpy())
    assert found.pvalue > 1e-3


def test_density_and_distribution_function_are_those_of_scipy():
    x = np.linspace(-2, 3, 50)
    data, at = LINE_MIXTURES["uneven"], torch.from_numpy(x)[:, None]

    np.testing.assert_allclose(
        data.log_density(at, 0.0).exp(), sum(s * norm.pdf(x, c, w) for s, c, w in PARTS), rtol=1e-9
    )
    np.testing.assert_allclose(
        data.cdf(at), sum(s * norm.cdf(x, c, w) for s, c, w in PARTS), rtol=1e-9
    )
    np.testing.assert_allclose(
        data.log_density(at, 0.4).exp(),
        sum(s * norm.pdf(x, c, math.hypot(w, 0.4)) for s, c, w in PARTS),
        rtol=1e-9,
    )


def test_labels_are_the_parts_with_their_shares():
    points, labels = LINE_MIXTURES["uneven"].sample_labelled(40_000, rng(1))

    shares = labels.bincount().double() / 40_000
    torch.testing.assert_close(
        shares, torch.tensor([0.7, 0.25, 0.05], dtype=torch.float64), rtol=0, atol=0.01
    )
    for label, (_, centre, sigma) in enumerate(PARTS):
        part = points[labels == label].double()
        assert float(part.mean()) == pytest.approx(centre, abs=0.02)
        assert float(part.std()) == pytest.approx(sigma, rel=0.06)


def test_even_mixtures_have_modes_to_count_and_uneven_ones_have_none():
    comb = LINE_MIXTURES["comb"]
    report = mode_report(comb.sample(20_000, rng(2)), comb)

    assert report.modes_held == report.modes_captured == 5
    assert report.good_share == pytest.approx(good_ceiling(1), abs=0.002)
    assert LINE_MIXTURES["uneven"].modes is None
    assert LINE_MIXTURES["needle"].modes is None


def test_a_sample_is_as_far_from_its_quantiles_as_three_routes_say():
    data = LINE_MIXTURES["two_bumps"]
    ours, theirs = data.sample(4_000, rng(3))[:, 0], data.sample(4_000, rng(4))[:, 0]
    at = torch.linspace(-3, 3, 20_001, dtype=torch.float64)[:, None]

    between = float((data.cdf(at) - data.cdf(at + 0.25)).abs().sum() * 6 / 20_000)

    # Moving the mixture by 1/4 moves all its mass by as much.
    assert between == pytest.approx(0.25, abs=1e-3)
    assert wasserstein_by_quantiles(ours, theirs - 0.25) == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize(
    "parts", [((0.5, 0.0, 1.0),), ((1.5, 0.0, 1.0), (-0.5, 0.0, 1.0)), ((1.0, 0.0, 0.0),)]
)
def test_shares_must_add_to_one_and_widths_be_positive(parts):
    with pytest.raises(ValueError, match="shares of 'bad' must add to one, and every width"):
        line_mixture("bad", "bad", parts)
