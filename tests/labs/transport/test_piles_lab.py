"""Two piles on a line, without the page: what the pictures show agrees with what the plan costs."""

import math

import numpy as np
import pytest

from explorer.labs.transport import Sand
from explorer.labs.transport.line import MOMENTS, TOP, Line
from explorer.labs.transport.line_words import Looks
from explorer.labs.transport.shapes import MOST_BINS, SHAPES, heights_of, text_of
from explorer.transport import wasserstein_by_cdf_area, wasserstein_by_quantiles

LINE = Line(source="0 3 0 2 1", target="5 0 1 4", shift=0.5)


def area(x, low, high):
    """Return the area between two step functions given at doubled places."""
    return float((np.abs(low - high)[:-1] * np.diff(x)).sum())


def test_the_piles_of_the_lab_are_those_of_its_settings():
    sand = Sand(line_source="1 2", line_target="3 4", shift=1.0, cost="square")

    assert sand.line() == Line(source="1 2", target="3 4", shift=1.0, cost="square")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no bins"),
        ("0 0", "no sand"),
        ("1 -2", "negative height"),
        ("1 nan", "no finite number"),
        ("1 inf", "no finite number"),
        ("1 x", "must be a number, not 'x'"),
        ("1 " * (MOST_BINS + 1), f"{MOST_BINS} bins"),
    ],
)
def test_what_is_no_pile_gets_a_sentence_that_names_it(text: str, why: str):
    with pytest.raises(ValueError, match=f"target.*{why}|{why}.*target"):
        Line(target=text)


def test_heights_may_be_parted_by_any_of_the_usual_signs():
    assert heights_of("source", "1, 2;3\n4").tolist() == [1, 2, 3, 4]
    assert text_of(np.array([0.5, 0.25])) == "100 50"
    for shape in SHAPES.values():
        assert Line(source=shape.text()).piles[0].mass.sum() == pytest.approx(1)


@pytest.mark.parametrize("cost", ["distance", "square"])
def test_what_the_journey_spends_is_what_the_cheapest_plan_costs(cost: str):
    line = Line(source=LINE.source, target=LINE.target, shift=0.5, cost=cost)
    source, target = line.piles
    frames = line.frames()
    order = 1 if cost == "distance" else 2

    expected = wasserstein_by_quantiles(
        source.middles, target.middles, order, source.mass, target.mass
    )

    assert len(frames) == MOMENTS + 1
    spent = [frame.scalars["spent"] for frame in frames]
    assert spent[0] == 0
    assert spent == sorted(spent)
    assert spent[-1] == pytest.approx(expected**order, rel=1e-12)
    assert line.still().scalars["gap"] == pytest.approx(expected**order, abs=1e-12)
    assert frames[-1].scalars["there"] == pytest.approx(1)


def test_the_grains_go_from_their_bins_down_to_the_others_and_none_is_lost():
    frames = LINE.frames()
    first, half, last = (frames[k].arrays for k in (0, MOMENTS // 2, MOMENTS))

    assert (first["grains"][:, 1] == TOP).all()
    assert (last["grains"][:, 1] == 0).all()
    assert 0 < half["grains"][:, 1].mean() < TOP
    assert first["left/y"] == pytest.approx([0, 0, 0, 3, 3, 0, 0, 2, 2, 1, 1, 0])
    assert first["arrived/y"] == pytest.approx([0] * 10)
    assert last["left/y"] == pytest.approx([0] * 12, abs=1e-12)
    assert last["arrived/y"] == pytest.approx([0, 5, 5, 0, 0, 1, 1, 4, 4, 0])
    inside = LINE.piles[0].edges
    assert float(inside[0]) <= first["grains"][:, 0].min()
    assert first["grains"][:, 0].max() <= float(inside[-1])


def test_a_ribbon_is_as_wide_as_the_share_of_its_bin_that_goes_there():
    arrays = LINE.still().arrays
    both = np.concatenate([arrays["right"], arrays["left"], arrays["rest"]])
    source, target = LINE.piles

    for ends, pile in ((both[:, :2], source), (both[:, 2:], target)):
        widths = ends[:, 1] - ends[:, 0]
        bins = np.searchsorted(pile.edges.numpy(), ends.mean(axis=1)) - 1
        held = pile.mass.numpy() > 0
        whole = np.bincount(bins, widths, len(held))[held]
        assert whole == pytest.approx(np.full(held.sum(), pile.width))
    assert (arrays["right"][:, 2] > arrays["right"][:, 0]).all()


def test_the_area_between_the_drawn_curves_is_w1():
    arrays, scalars = LINE.still().arrays, LINE.still().scalars
    source, target = LINE.piles

    by_area = wasserstein_by_cdf_area(source.middles, target.middles, source.mass, target.mass)

    drawn = area(arrays["cdf/x"], arrays["cdf/source"], arrays["cdf/target"])
    assert drawn == pytest.approx(by_area)
    assert scalars["w1"] == pytest.approx(by_area)


def test_the_potential_never_rises_faster_than_the_way_and_its_gap_is_w1():
    still = LINE.still()
    source, target = LINE.piles
    phi = np.interp(source.middles, still.arrays["potential/x"], still.arrays["phi"])
    there = np.interp(target.middles, still.arrays["potential/x"], still.arrays["phi"])

    assert still.scalars["steepest"] <= 1 + 1e-9
    gap = float(source.mass.numpy() @ phi - target.mass.numpy() @ there)
    assert gap == pytest.approx(still.scalars["w1"], abs=0.05)  # read off a drawn line


@pytest.mark.parametrize("cost", ["distance", "square"])
def test_sand_lies_only_where_there_is_no_slack_and_the_curves_touch_there(cost: str):
    line = Line(source=LINE.source, target=LINE.target, shift=0.5, cost=cost)
    arrays = line.still().arrays

    assert arrays["slack"].min() >= 0
    assert arrays["slack"][arrays["plan"] > 0].max() < 1e-6
    assert arrays["slack"].max() > 0.1
    assert (arrays["plan"] ** 2).sum(1) == pytest.approx(line.piles[0].mass.numpy())
    assert (arrays["plan"] ** 2).sum(0) == pytest.approx(line.piles[1].mass.numpy())
    assert len(arrays["used"]) == (arrays["plan"] > 1e-6).sum()
    on_curve = np.interp(arrays["touch/source"][:, 0], arrays["potential/x"], arrays["phi"])
    assert arrays["touch/source"][:, 1] == pytest.approx(on_curve, abs=0.05)
    on_other = np.interp(arrays["touch/target"][:, 0], arrays["potential/x"], arrays["psi"])
    assert arrays["touch/target"][:, 1] == pytest.approx(on_other, abs=0.05)


def test_what_is_said_agrees_with_what_overlaps():
    apart = Line(source="1 0 0 0 0", target="0 0 0 0 1").still()
    same = Line(source="1 2", target="1 2").still()
    square = Line(source="1 0 0 0 0", target="0 0 0 0 1", cost="square").still()
    part = Line(source="1 1 0", target="1 1 1").still()

    assert apart.scalars["w1"] == pytest.approx(8)
    assert "**W₁ = 8**" in apart.sentences["says"]
    assert "Nothing overlaps" in apart.sentences["says"]
    assert math.isinf(apart.scalars["kl"])
    assert "both piles are one" in same.sentences["says"]
    assert "**W₂ = 8** is the root of 64" in square.sentences["says"]
    assert "67 % of the sand overlaps; KL is 0.405" in part.sentences["says"]  # log 1.5


def test_the_journey_says_what_it_has_spent():
    looks = Looks(distance=2.0, cost=4.0, order=2)

    assert looks.at(0, 40, 0.0, 0.0).startswith("Draw on either pile")
    assert looks.at(20, 40, 1.5, 0.25) == "25 % has arrived, for 1.5 (mass × way²)."
    assert looks.at(40, 40, 4.0, 1.0).endswith("Its root is W₂ = 2; no other plan is cheaper.")
    assert Looks(2.0, 2.0, 1).at(40, 40, 2.0, 1.0).endswith("That is W₁; no other plan is cheaper.")


def test_piles_of_two_hundred_bins_are_solved_like_others():
    line = Line(source="1 " * 200, target="0 " * 100 + "1 " * 100)

    assert line.still().scalars["w1"] == pytest.approx(2.5)
    assert line.frames()[-1].scalars["spent"] == pytest.approx(2.5)
