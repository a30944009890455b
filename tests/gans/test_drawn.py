"""Data that somebody made: drawn or uploaded, and every way in which that can go wrong."""

import math

import pytest
import torch

from explorer.gans.drawn import (
    BANDWIDTH,
    MOST_DRAWN,
    drawn,
    points_of_strokes,
)

TRIANGLE = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_drawing_is_resampled_around_its_points_with_the_stated_noise():
    data = drawn(TRIANGLE)
    points = data.sample(30_000, rng()).double()
    centres = torch.tensor(TRIANGLE, dtype=torch.float64)
    nearest = torch.cdist(points, centres).argmin(dim=1)

    assert nearest.bincount().double().sub(10_000).abs().max() < 4 * math.sqrt(30_000 * 2 / 9)
    noise = points - centres[nearest]
    assert float(noise.std()) == pytest.approx(BANDWIDTH, rel=0.02)
    assert points.equal(data.sample(30_000, rng()).double())


def test_the_density_of_a_drawing_is_its_kernel_estimate():
    at = torch.tensor([[0.02, -0.01], [0.5, 0.5]], dtype=torch.float64)
    squares = (at[:, None] - torch.tensor(TRIANGLE, dtype=torch.float64)).square().sum(dim=2)
    kernels = (-squares / (2 * BANDWIDTH**2)).exp() / (2 * math.pi * BANDWIDTH**2)

    torch.testing.assert_close(drawn(TRIANGLE).log_density(at, 0.0), kernels.mean(dim=1).log())


def test_the_picture_holds_the_whole_drawing():
    data = drawn([[3.0, 1.0], [-1.0, 0.5]])
    x0, x1, y0, y1 = data.extent

    assert float(data.sample(10_000, rng(1)).abs().max()) < x1
    assert x1 - x0 == y1 - y0


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ([], "the drawing is empty: draw at least two different points"),
        (torch.empty(0, 2), "the drawing is empty"),
        ([[0.3, 0.4]], "the drawing is a single point"),
        ([[0.3, 0.4]] * 5, "all 5 points of the drawing are the same"),
        ([[0.0, 1.0], [math.nan, 1.0], [1.0, math.inf]], "NaN or infinity in 2 of its 3 points"),
        (torch.zeros(MOST_DRAWN + 1, 2), "a drawing has at most 20000 points, not 20001"),
        ([[0.0], [1.0]], "a drawing needs two numbers a point"),
        ([[0.0, 0.0], [1e5, 0.0]], "farther out than 100"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_one_sentence(points, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        drawn(points)
    assert "\n" not in str(refusal.value)


def test_a_bandwidth_must_blur():
    with pytest.raises(ValueError, match="bandwidth must be above 0 and at most 1, not 0"):
        drawn(TRIANGLE, bandwidth=0.0)


def test_points_along_a_stroke_are_evenly_spaced_however_slow_the_hand():
    crowded = [[0.0, 0.0], [0.001, 0.0], [0.002, 0.0], [0.6, 0.0], [0.6, 0.4]]

    points = points_of_strokes([crowded]).double()

    assert len(points) == 51  # a length of one in steps of 0.02, both ends included
    torch.testing.assert_close(points[[0, -1]], torch.tensor([[0, 0], [0.6, 0.4]]).double())
    steps = points.diff(dim=0).norm(dim=1)
    torch.testing.assert_close(steps, torch.full((50,), 0.02).double(), rtol=0, atol=1e-6)


def test_a_dot_is_a_stroke_and_an_empty_drawing_has_no_points():
    points = points_of_strokes([[[0.1, 0.2]], [], [[0.5, 0.5]] * 3])
    assert points.equal(torch.tensor([[0.1, 0.2], [0.5, 0.5]]))
    with pytest.raises(ValueError, match="the drawing is empty"):
        drawn(points_of_strokes([]))


@pytest.mark.parametrize(
    ("strokes", "sentence"),
    [
        ([[[0.0, 0.0], [math.nan, 1.0]]], "two finite numbers"),
        ([[[0.0], [1.0]]], "two finite numbers"),
        ([[[0.0, 0.0], [1e6, 0.0]]], "more than 20000 points"),
    ],
)
def test_bad_strokes_are_refused(strokes, sentence):
    with pytest.raises(ValueError, match=sentence):
        points_of_strokes(strokes)


def test_labels_of_a_drawing_are_those_of_the_points_that_were_drawn():
    labels = torch.tensor([0, 1, 1])
    data = drawn([*TRIANGLE, [5.0, 5.0]][1:], labels=labels, classes=2)

    points, drawn_labels = data.sample_labelled(3_000, rng(4))

    assert points.equal(drawn([*TRIANGLE, [5.0, 5.0]][1:]).sample(3_000, rng(4)))
    assert (points[drawn_labels == 0].norm(dim=1) < 1.5).all()  # the first point is (1, 0)
    assert data.shares == (1 / 3, 2 / 3)
    assert float((drawn_labels == 1).double().mean()) == pytest.approx(2 / 3, abs=0.03)


def test_points_on_a_line_have_the_density_and_distribution_function_of_their_kernels():
    data = drawn([[0.0], [2.0], [2.5]], bandwidth=0.2, dimensions=1)
    at = torch.linspace(-2, 5, 7_001, dtype=torch.float64)[:, None]
    normal = torch.distributions.Normal(torch.tensor([0.0, 2.0, 2.5]).double(), 0.2)

    torch.testing.assert_close(data.cdf(at), normal.cdf(at).mean(dim=1))
    torch.testing.assert_close(
        data.log_density(at, 0.0).exp(), normal.log_prob(at).exp().mean(dim=1)
    )
    assert data.kind == "line"
    low, high, _, peak = data.extent
    assert low < -0.8
    assert high > 3.3
    assert peak > float(data.log_density(at, 0.0).exp().max())
