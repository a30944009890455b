"""The measure of two routes counts what it says, and near zero it waves nothing through."""

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ulps import ulps_apart

PRECISIONS = [torch.float32, torch.float64]
TINY = {torch.float32: 2.0**-149, torch.float64: 2.0**-1074}  # the smallest number above zero


def value(number, dtype=torch.float64):
    return torch.tensor([number], dtype=dtype)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(PRECISIONS))
def test_neighbours_are_one_unit_apart_or_half_of_one_below_a_power_of_two(number, dtype):
    here = value(number, dtype)
    above = torch.nextafter(here, value(math.inf, dtype))

    assume(here.isfinite() and above.isfinite())
    assert ulps_apart(here, above) == ulps_apart(above, here)
    assert ulps_apart(here, above) in (0.5, 1.0)
    assert ulps_apart(here, here) == 0


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_near_zero_the_unit_is_as_small_as_the_numbers(dtype):
    zero, tiny = value(0, dtype), value(TINY[dtype], dtype)

    assert ulps_apart(zero, -zero) == 0
    assert ulps_apart(zero, tiny) == 1
    assert ulps_apart(-tiny, tiny) == 2
    assert ulps_apart(zero, value(1e-30, dtype)) > 1e6
    assert ulps_apart(value(-1e-30, dtype), value(1e-30, dtype)) == pytest.approx(
        ulps_apart(value(-1, dtype), value(1, dtype)), rel=1
    )


def test_where_terms_of_one_cancel_their_own_unit_counts():
    left = value(1.0) + value(2.0**-52) - 1
    lost = value(1.0) + value(2.0**-53) - 1

    assert ulps_apart(left, lost) > 1e15
    assert ulps_apart(left, lost, at=1.0) == 1


def test_the_largest_distance_of_all_counts():
    one = torch.tensor([[1.0, 2.0], [-3.0, 4.0]], dtype=torch.float64)
    other = one.clone()
    other[1, 0] -= 3 * 2.0**-51

    assert ulps_apart(one, other) == 3
    assert ulps_apart(one[:0], other[:0]) == 0
    assert ulps_apart(one[1, 0], other[1, 0]) == 3


def test_what_is_not_finite_is_near_itself_alone():
    assert ulps_apart(value(math.inf), value(math.inf)) == 0
    assert ulps_apart(value(math.nan), value(math.nan)) == 0
    for other in (value(1.7e308), value(-math.inf), value(math.nan)):
        assert ulps_apart(value(math.inf), other) == math.inf
    assert ulps_apart(value(math.nan), value(0.0)) == math.inf
    assert ulps_apart(value(1e308), value(-1e308)) == math.inf


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.zeros(3), torch.zeros(2)),
        (torch.zeros(3), torch.zeros(3).double()),
        (torch.zeros(3).half(), torch.zeros(3).half()),
        (torch.zeros(3).long(), torch.zeros(3).long()),
    ],
)
def test_other_shapes_and_precisions_are_no_routes_to_one_number(one, other):
    with pytest.raises(ValueError, match="only floats of one shape and precision compare"):
        ulps_apart(one, other)
