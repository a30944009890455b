"""Data that somebody made: drawn or uploaded, and every way in which that can go wrong."""

import math

import numpy as np
import pytest
import torch

from explorer.gans.drawn import (
    BANDWIDTH,
    MOST_DRAWN,
    drawn,
    points_of_csv,
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


ROWS = [(1.5, 10.0), (2.5, 30.0), (-3.0, 20.0), (0.25, 25.0)]


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", "   ", ", "])
@pytest.mark.parametrize("header", [None, ("height", "weight")])
def test_any_separator_with_or_without_a_header_gives_the_same_points(separator, header):
    lines = [separator.join(map(str, row)) for row in ROWS]
    text = "\ufeff" + "\r\n".join([separator.join(header), *lines] if header else lines) + "\n\n"

    table = points_of_csv(text)

    given = np.array(ROWS)
    assert (table.rows, table.header) == (4, header)
    np.testing.assert_allclose(table.centre, given.mean(axis=0))
    np.testing.assert_allclose(table.scale, given.std(axis=0))
    np.testing.assert_allclose(table.points.mean(dim=0), 0, atol=1e-6)
    np.testing.assert_allclose(table.points.std(dim=0, correction=0), 1, rtol=1e-6)
    np.testing.assert_allclose(table.original(table.points), given, atol=1e-5)


def test_a_decimal_comma_is_read_beside_semicolons():
    table = points_of_csv("x;y\n1,5;2\n2,5;4\n")

    assert table.centre.tolist() == [2.0, 3.0]


def test_quoted_cells_are_cells():
    assert points_of_csv('"a","b"\n"1","2"\n"3","5"\n').centre.tolist() == [2.0, 3.5]


def test_of_two_hundred_thousand_rows_twenty_thousand_evenly_spaced_ones_are_kept():
    text = "x,y\n" + "\n".join(f"{i},{i % 7}" for i in range(200_000))

    table = points_of_csv(text)

    assert table.rows == 200_000
    assert len(table.points) == MOST_DRAWN
    assert table.kept[[0, -1]].tolist() == [0, 199_999]
    assert {*table.kept.diff().tolist()} <= {10, 11}
    torch.testing.assert_close(
        table.original(table.points)[:, 0], table.kept.double(), rtol=1e-5, atol=0.1
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the table is empty"),
        ("\n \n", "the table is empty"),
        ("x,y\n", "at least two rows of numbers, not 0"),
        ("1,2\n", "at least two rows of numbers, not 1"),
        ("x\n1\n2\n", "line 1 of the table has 1 column; two are needed"),
        ("1,2,3\n4,5,6\n", "line 1 of the table has 3 columns; two are needed"),
        ("1,2\n3\n", "line 2 of the table has 1 column"),
        ("x,y\n1,2\n3,four\n", "line 3 of the table holds 'four', which is not a number"),
        ("x,y\n1,2\n3,\n", "line 3 of the table holds '', which is not a number"),
        ("1,2\nnan,3\n", "line 2 of the table holds NaN or infinity"),
        ("1,2\n1e999,3\n", "line 2 of the table holds NaN or infinity"),
        ("1,2\n1,3\n", "column 1 of the table is the same in every row"),
        ("1,2\n2,2\n", "column 2 of the table is the same in every row"),
        ("1e308,1\n-1e308,2\n", "too large to take a mean of"),
        ("x,y\n" + "0,1\n1,0\n" * 6_000 + "1e9,0\n", "line 12002 of the table holds 1e.09, 110 st"),
        ("To be, or not\nThat is, the\nquestion, is\n", "line 2 of the table holds 'That is'"),
    ],
)
def test_a_bad_table_is_refused_in_one_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        points_of_csv(text)
    assert "\n" not in str(refusal.value)


def test_a_table_with_a_far_row_is_taken_while_the_picture_holds_it():
    """One of n rows at v has v/n standard deviations sqrt(n - 1) / n · v: sqrt(n - 1) of them."""
    spots = "".join(f"{k % 2 * 1e-3},{k % 3}\n" for k in range(9_999))

    table = points_of_csv(spots + "1e9,0\n")

    assert float(table.points.abs().max()) == pytest.approx(math.sqrt(9_999), rel=1e-6)
    assert drawn(table.points).extent[1] >= math.sqrt(9_999)


def test_a_cell_of_any_length_makes_a_short_sentence():
    with pytest.raises(ValueError) as refusal:
        points_of_csv("1,2\n3," + "x" * 10_000)
    assert len(str(refusal.value)) < 100


def test_an_uploaded_table_is_data_of_unit_scale():
    rows = "\n".join(f"{a},{1000 * b}" for a, b in torch.randn(300, 2, generator=rng(2)).tolist())

    data = drawn(points_of_csv(rows).points)

    spread = data.sample(20_000, rng(3)).double().std(dim=0)
    torch.testing.assert_close(spread, torch.ones(2).double(), rtol=0.03, atol=0)
