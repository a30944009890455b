"""Units that switch on together: against brute force, and whatever the units' scales."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist

from explorer.sequences.patterns import (
    activity_order,
    cluster_order,
    levels,
    places,
    switched_on,
)


def noise(seed, steps=40, units=6):
    """Values that often change sign and size, so that units switch on and off all the time."""
    return np.random.default_rng(seed).normal(size=(steps, units)).cumsum(axis=0) % 4 - 2


def on_with_sign(values, unit, sign, threshold, step):
    return sign * values[step, unit] >= threshold * np.abs(values[:, unit]).max()


@given(st.integers(0, 500), st.integers(0, 39), st.integers(0, 4), st.booleans())
def test_a_unit_is_switched_on_exactly_if_a_loop_over_steps_says_so(seed, first, more, strict):
    values, last = noise(seed), min(first + more, 39)

    found = switched_on(values, first, last, 0.4, strict)

    expected = {}
    for unit in range(values.shape[1]):
        for sign in (-1, 1):
            on = [on_with_sign(values, unit, sign, 0.4, step) for step in range(40)]
            beside = [on[step] for step in (first - 1, last + 1) if 0 <= step < 40]
            if all(on[first : last + 1]) and not (strict and any(beside)):
                expected[unit] = sign
    assert dict(zip(found.units, found.signs, strict=True)) == expected


def test_strict_wants_the_unit_off_before_and_after_and_relaxed_does_not():
    values = np.zeros((9, 3))
    values[3:6, 0] = 1  # exactly the span
    values[2:6, 1] = 1  # on a step too early
    values[3:7, 2] = 1  # on a step too long

    assert switched_on(values, 3, 5).units == (0,)
    assert switched_on(values, 3, 5, strict=False).units == (0, 1, 2)


def test_a_unit_that_swings_from_minus_one_to_one_is_found_with_its_sign():
    values = -np.ones((9, 2))
    values[3:6, 0] = 1
    values[:3, 1] = values[6:, 1] = 1

    found = switched_on(values, 3, 5, 0.9)

    assert (found.units, found.signs) == ((0, 1), (1, -1))


@given(st.integers(0, 200), st.lists(st.floats(1e-6, 1e6), min_size=6, max_size=6))
def test_the_scale_of_a_unit_does_not_matter(seed, scales):
    values, scaled = noise(seed), noise(seed) * np.array(scales)

    here, there = (switched_on(each, 10, 12, 0.37, strict=False) for each in (values, scaled))

    assert here == there
    assert places(values, here) == places(scaled, there)


def test_units_that_never_move_or_are_not_numbers_are_never_on():
    values = noise(1)
    values[:, 1], values[:, 2] = 3.0, 0.0
    values[7, 3], values[9, 4] = np.nan, np.inf

    assert not {1, 2, 3, 4} & set(switched_on(values, 5, 5, 0.01, strict=False).units)
    assert np.isfinite(levels(values)).all()
    for order in (activity_order(values), cluster_order(values)):
        assert sorted(order) == list(range(6))


def test_a_pattern_planted_elsewhere_is_found_first_and_whole():
    values = np.random.default_rng(0).uniform(-0.3, 0.3, size=(60, 8))
    for first, units in ((10, (1, 4, 6)), (30, (1, 4)), (45, (1, 4, 6))):
        values[first : first + 5, units] = 1.0
    pattern = switched_on(values, 10, 14)

    found = places(values, pattern)

    assert pattern.units == (1, 4, 6)
    assert [(p.first, p.last, p.units) for p in found] == [
        (45, 49, (1, 4, 6)),
        (30, 34, (1, 4)),
    ]


@given(st.integers(0, 300), st.integers(1, 4))
def test_places_are_as_long_as_their_units_stay_on_and_none_is_missed(seed, length):
    values = noise(seed, units=3)
    pattern = switched_on(values, 20, 20, 0.3, strict=False)

    found = places(values, pattern, length, most=100)

    def together(first, last, units):
        signs = dict(zip(pattern.units, pattern.signs, strict=True))
        return all(
            on_with_sign(values, unit, signs[unit], 0.3, step)
            for unit in units
            for step in range(first, last + 1)
        )

    covered = {20}
    for place in found:
        assert place.last - place.first + 1 >= length
        assert together(place.first, place.last, place.units)
        assert place.first == 0 or not together(place.first - 1, place.first - 1, place.units)
        assert place.last == 39 or not together(place.last + 1, place.last + 1, place.units)
        steps = set(range(place.first, place.last + 1))
        assert not steps & covered
        covered |= steps
    counts = [len(place.units) for place in found]
    assert counts == sorted(counts, reverse=True)
    if len(pattern.units) == 3 and found:  # wherever all three are on, the best places lie
        windows = [s for s in range(41 - length) if together(s, s + length - 1, pattern.units)]
        best = [p for p in found if len(p.units) == 3]
        own = {s for s in range(40) if together(min(s, 20), max(s, 20), pattern.units)}
        assert all(s in own or any(p.first <= s <= p.last for p in best) for s in windows)


def test_of_equally_many_units_the_place_as_long_as_the_pattern_comes_first():
    values = np.zeros((40, 1))
    for first, last in ((2, 4), (10, 10), (20, 23), (30, 36)):
        values[first : last + 1] = 1.0

    found = places(values, switched_on(values, 2, 4))

    assert [(p.first, p.last) for p in found] == [(20, 23), (10, 10), (30, 36)]


def test_the_order_by_activity_is_that_of_the_mean_magnitude():
    values = noise(3)

    order = activity_order(values)

    means = [np.abs(values[:, unit]).sum() for unit in order]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_no_order_of_the_leaves_that_the_tree_allows_has_neighbours_more_alike(seed):
    values = noise(seed, steps=50, units=8)
    apart = 1 - np.corrcoef(values.T)

    order = cluster_order(values)

    allowed = [
        tuple(leaves) for leaves in orders(linkage(pdist(values.T, "correlation"), "average"))
    ]
    assert order in allowed
    assert length(apart, order) == pytest.approx(min(length(apart, each) for each in allowed))


def orders(tree):
    """Every order of the leaves: at each joint of the tree the two branches can be swapped."""
    leaves = len(tree) + 1
    found = {leaf: [[leaf]] for leaf in range(leaves)}
    for number, row in enumerate(tree):
        left, right = found[int(row[0])], found[int(row[1])]
        found[leaves + number] = [a + b for x in left for y in right for a, b in ((x, y), (y, x))]
    return found[2 * leaves - 2]


def length(apart, order):
    return sum(apart[a, b] for a, b in pairwise(order))


def test_units_that_move_together_stand_side_by_side_though_packed_apart():
    rng = np.random.default_rng(4)
    two = rng.normal(size=(80, 2))
    values = two[:, [0, 1] * 5] * rng.uniform(0.1, 5, 10) + 0.01 * rng.normal(size=(80, 10))

    order = cluster_order(values)

    assert {frozenset(order[:5]), frozenset(order[5:])} == {
        frozenset(range(0, 10, 2)),
        frozenset(range(1, 10, 2)),
    }


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ((3, 2, 0.5), "within steps 0 to 39, not be 3 to 2"),
        ((0, 40, 0.5), "within steps 0 to 39, not be 0 to 40"),
        ((-1, 4, 0.5), "not be -1 to 4"),
        ((0, 1, 0.0), "above 0 and be at most 1, not 0.0"),
        ((0, 1, 1.1), "not 1.1"),
        ((0, 1, float("nan")), "not nan"),
    ],
)
def test_spans_and_thresholds_of_no_use_are_refused_in_one_line(asked, complaint):
    with pytest.raises(ValueError, match=complaint):
        switched_on(noise(0), *asked)


def test_no_units_are_nowhere_on_together():
    values = noise(0)

    assert places(values, switched_on(np.zeros((40, 6)), 3, 4)) == ()
    with pytest.raises(ValueError, match="at least 1"):
        places(values, switched_on(values, 3, 4), length=0)
