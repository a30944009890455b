"""Columns as points: standardised by all rows, thinned with a fixed seed, or refused."""

import math

import numpy as np
import pytest
import torch

from explorer.gans.drawn import drawn
from explorer.gans.table import MOST_LEARNED, standardised


def columns(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_points_have_mean_zero_and_unit_spread_and_go_back_to_the_units_of_the_file():
    given = columns((1.5, 10.0), (2.5, 30.0), (-3.0, 20.0), (0.25, 25.0))
    table = standardised(given, ("height", "weight"))

    np.testing.assert_allclose(table.centre, given.numpy().mean(axis=0))
    np.testing.assert_allclose(table.scale, given.numpy().std(axis=0))
    np.testing.assert_allclose(table.points.mean(dim=0), 0, atol=1e-6)
    np.testing.assert_allclose(table.points.std(dim=0, correction=0), 1, rtol=1e-6)
    np.testing.assert_allclose(table.original(table.points), given, atol=1e-5)


def test_many_rows_are_thinned_at_random_and_the_same_each_time():
    """Every second row is another cluster: evenly spaced rows would see one of them alone."""
    count = 2 * MOST_LEARNED
    given = torch.stack([torch.arange(count) % 2, torch.arange(count) % 5], dim=1).double()
    labels = torch.arange(count) % 2

    table = standardised(given, ("a", "b"), labels, ("even", "odd"))
    again = standardised(given, ("a", "b"), labels, ("even", "odd"))

    assert (table.rows, len(table.points)) == (count, MOST_LEARNED)
    assert table.kept.equal(again.kept)
    assert (table.kept.diff() > 0).all()
    assert abs(float((table.labels == 1).double().mean()) - 0.5) < 4 * 0.5 / math.sqrt(MOST_LEARNED)
    assert table.labels.equal(labels[table.kept])
    assert table.centre[0] == 0.5


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([(1.0, 2.0)], "at least two rows of numbers, not 1"),
        ([(1.0, 2.0), (1.0, 3.0)], "x is the same in every row: choose another column"),
        ([(1.0, 2.0), (2.0, 2.0)], "y is the same in every row"),
        ([(1e308, 1.0), (-1e308, 2.0)], "too large to take a mean of"),
        ([(0.0, 1.0), (1.0, 0.0)] * 6_000 + [(1e9, 0.0)], "the column x holds 1e.09, 110 standard"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_one_sentence(rows, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        standardised(columns(*rows), ("x", "y"))
    assert "\n" not in str(refusal.value)


def test_a_far_row_is_taken_while_the_picture_holds_it():
    """One of n rows at v has v/n standard deviations sqrt(n - 1) / n · v: sqrt(n - 1) of them."""
    rows = [(k % 2 * 1e-3, float(k % 3)) for k in range(9_999)]

    given = columns(*rows, (1e9, 0.0))
    table = standardised(given, ("x", "y"))

    farthest = float(((given - table.centre) / table.scale).abs().max())
    assert farthest == pytest.approx(math.sqrt(9_999), rel=1e-6)


def test_a_table_is_data_of_unit_scale():
    rng = torch.Generator().manual_seed(2)
    given = torch.randn(300, 2, generator=rng, dtype=torch.float64) * torch.tensor([1.0, 1000.0])

    data = drawn(standardised(given, ("a", "b")).points)

    spread = data.sample(20_000, torch.Generator().manual_seed(3)).double().std(dim=0)
    torch.testing.assert_close(spread, torch.ones(2).double(), rtol=0.03, atol=0)
