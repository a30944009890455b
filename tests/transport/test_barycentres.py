"""Barycentres of clouds: those that are known in closed form."""

import math

import numpy as np
import ot
import pytest
import torch

from explorer.transport import measure, wasserstein
from explorer.transport.barycentres import barycentre

LINE = torch.linspace(-1, 1, 6, dtype=torch.float64)
EVEN = torch.cartesian_prod(LINE, LINE)
WEIGHTS = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)


def test_the_barycentre_of_translates_is_the_translate_by_the_weighted_mean():
    moves = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, -5.0]], dtype=torch.float64)
    clouds = [measure("cloud", EVEN + move) for move in moves]

    found = barycentre(clouds, 4 * WEIGHTS)  # weights need not add up

    torch.testing.assert_close(found.points, EVEN + WEIGHTS @ moves)
    lengths = (moves - WEIGHTS @ moves).norm(dim=1)
    torch.testing.assert_close(found.distances, lengths)
    assert found.cost == pytest.approx(float(WEIGHTS @ lengths.square()))


def test_the_barycentre_of_gaussians_has_the_covariance_of_bures():
    shapes = [
        torch.tensor(shape, dtype=torch.float64)
        for shape in (
            [[1.0, 0.3], [0.3, 0.5]],
            [[0.4, -0.2], [-0.2, 1.2]],
            [[0.8, 0.0], [0.0, 0.3]],
        )
    ]
    clouds = [measure("cloud", EVEN @ shape) for shape in shapes]
    covariances = np.stack([np.cov(c.points.numpy().T, bias=True) for c in clouds])

    _, expected = ot.gaussian.bures_wasserstein_barycenter(
        np.zeros((3, 2)), covariances, weights=WEIGHTS.numpy(), num_iter=500, eps=1e-12
    )

    found = barycentre(clouds, WEIGHTS)
    ours = np.cov(found.points.numpy().T, bias=True)
    assert ours == pytest.approx(expected, rel=0.02, abs=0.01)


def test_with_all_weight_on_one_cloud_it_is_that_cloud():
    other = measure("other", torch.randn(36, 2, generator=torch.Generator().manual_seed(0)))

    found = barycentre([measure("one", EVEN), other], torch.tensor([0.0, 1.0]).double())

    assert wasserstein(found.points, other.points) == pytest.approx(0, abs=1e-9)
    assert float(found.distances[1]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("weights", [[1.0], [1.0, -0.1], [0.0, 0.0], [math.nan, 1.0]])
def test_weights_that_are_none_get_a_sentence(weights):
    clouds = [measure("one", EVEN), measure("two", EVEN)]
    with pytest.raises(ValueError, match="weights"):
        barycentre(clouds, torch.tensor(weights, dtype=torch.float64))
