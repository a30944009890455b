"""Columns of a table as sand, held against NumPy's own counts and distances."""

import numpy as np
import pytest
import torch

from explorer.labs.gans import tables
from explorer.labs.gans.tables import Reading
from explorer.labs.gans.tables.reading import ALONE
from explorer.labs.transport.columns import piled, rows_of
from explorer.labs.transport.line import Line
from explorer.labs.transport.plane import EDGE, Plane
from explorer.labs.transport.shapes import BINS


def table(columns: dict[str, np.ndarray]) -> str:
    names, values = ",".join(columns), np.stack(list(columns.values()), axis=1)
    return tables.keep("\n".join([names, *(",".join(f"{v:.9g}" for v in row) for row in values)])
                       .encode())  # fmt: skip


def read(mark: str, **reading: int):
    found = tables.read(mark, Reading(**reading))
    assert found is not None
    return found


def test_a_column_is_a_pile_with_as_many_grains_in_each_bin_as_rows():
    values = np.random.default_rng(1).normal(3, 2, 300)
    mark = table({"weight": values})

    found = piled(read(mark))

    (text,) = found.heights
    expected, _ = np.histogram(values, BINS, (values.min(), values.max()))
    assert [int(word) for word in text.split()] == expected.tolist()
    assert found.low == pytest.approx(values.min())
    assert "300 rows of weight" in found.told


def test_two_columns_share_an_axis_so_that_w1_is_theirs_up_to_a_bin():
    """One is the other moved by a multiple of a bin; the longer axis would hide that."""
    values = np.linspace(0, 6, 61)
    moved = values + 4.0  # the axis goes from 0 to 10, a bin is a quarter wide

    found = piled(read(table({"here": values, "there": moved})))

    source, target = found.heights
    w1 = Line(source=source, target=target).still().scalars["w1"] * found.unit
    assert w1 == pytest.approx(4.0, abs=0.26)
    assert (found.low, found.high) == (0.0, 10.0)


def test_numbers_that_have_no_mean_get_a_sentence():
    with pytest.raises(ValueError, match="too large"):
        piled(read(table({"x": np.array([-1e308, -1e307, 1e308, 0.0])}), y=ALONE))


def test_rows_are_taken_once_each_before_any_comes_twice():
    mark = table({"a": np.arange(6.0), "b": np.arange(6.0) ** 2})
    points = tables.points(mark, Reading())

    once, more = rows_of(points, 6, seed=3), rows_of(points, 9, seed=3)

    assert len(torch.unique(once, dim=0)) == 6
    assert torch.equal(more[:6], once)
    assert len(torch.unique(more[6:], dim=0)) == 3


def test_two_columns_are_a_cloud_and_the_picture_reaches_as_far_as_its_rows():
    values = np.array([0.0, 0, 0, 0, 0, 0, 0, 0, 0, 20.0])
    mark = table({"a": values, "b": np.arange(10.0)})
    plane = Plane(source="csv", target="ring", upload=mark, count=10)

    here, _ = plane.clouds
    assert sorted(here.points[:, 0].tolist()) == pytest.approx(
        sorted((values - values.mean()) / values.std()), abs=2e-3
    )
    assert plane.edge > 3.0  # (20 - 2) / 6
    assert Plane().edge == EDGE


def test_one_column_is_no_cloud_and_a_constant_one_no_pile():
    one = table({"a": np.arange(5.0)})
    with pytest.raises(ValueError, match="two columns"):
        Plane(source="csv", upload=one)
    with pytest.raises(ValueError, match="the same in every row"):
        piled(read(table({"a": np.ones(5)})))
