"""Two clouds in the plane, without the page: its numbers, its pictures and its words agree."""

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.labs.transport import Sand
from explorer.labs.transport.plane import CLOUDS, FEW, MOMENTS, Plane
from explorer.transport import wasserstein

SMALL = Plane(count=20)


def test_the_clouds_of_the_lab_are_those_of_its_settings():
    sand = Sand(plane_source="moons", plane_count=50, plane_method="sinkhorn", plane_blur=0.5)

    assert sand.plane() == Plane(source="moons", count=50, method="sinkhorn", blur=0.5)


def test_every_plane_distribution_of_the_gan_lab_is_a_cloud():
    assert {"ring", "grid", "swiss_roll", "moons", "digits", "drawn"} <= CLOUDS.keys()
    assert len(Plane(source="drawn", count=5).clouds[0].points) == 5


@pytest.mark.parametrize(
    ("given", "why"),
    [({"count": 0}, "count"), ({"count": 10**6}, "count"), ({"blur": math.nan}, "blur"),
     ({"source": "csv"}, "no table yet"),
     ({"source": "csv", "upload": "0" * 16}, "not here any more"),
     ({"source": "drawn", "drawing": ""}, "drawing|stroke|draw")],
)  # fmt: skip
def test_what_is_no_cloud_gets_a_sentence(given, why):
    with pytest.raises(ValueError, match=why):
        Plane(**given)


def test_one_point_goes_to_the_other_one():
    plane = replace(SMALL, count=1)
    here, there = (one.points for one in plane.clouds)

    assert plane.still().scalars["exact"] == pytest.approx(float((here - there).norm()))


@pytest.mark.parametrize(("ground", "order"), [("l2", 1), ("squared", 2)])
def test_the_distance_is_the_root_of_the_cost_and_no_projection_is_above_it(ground, order):
    plane = replace(SMALL, ground=ground, right=0.5)
    here, there = plane.clouds

    scalars = plane.still().scalars

    assert scalars["exact"] == pytest.approx(wasserstein(here.points, there.points, order))
    assert scalars["sliced"] <= scalars["worst"] <= scalars["exact"]


def test_the_sand_starts_at_the_source_and_ends_where_the_plan_takes_it():
    plane = replace(SMALL, right=1.0)
    frames, still = plane.frames(), plane.still()

    assert len(frames) == MOMENTS + 1
    assert np.array_equal(frames[0].arrays["moving"], still.arrays["source"])
    ends = {tuple(point) for point in frames[-1].arrays["moving"].round(6)}
    assert ends == {tuple(point) for point in still.arrays["target"].round(6)}
    middle = (frames[0].arrays["moving"] + frames[-1].arrays["moving"]) / 2
    assert frames[MOMENTS // 2].arrays["moving"] == pytest.approx(middle)
    lengths = np.linalg.norm(still.arrays["ways"], axis=1)
    assert lengths.mean() == pytest.approx(still.scalars["exact"])


def test_a_shift_of_the_source_moves_its_points():
    here, there = SMALL.clouds[0].points, replace(SMALL, right=1.0, up=-0.5).clouds[0].points

    assert (there - here).numpy() == pytest.approx(np.tile([1.0, -0.5], (20, 1)))


def test_what_is_said_of_each_method_agrees_with_its_numbers():
    exact = SMALL.still()
    blurred = replace(SMALL, method="sinkhorn", blur=1.0).still()
    left = replace(SMALL, method="unbalanced", price=0.1).still()
    squares = replace(SMALL, ground="squared").still()

    assert exact.sentences["says"].startswith(f"**W₁ = {exact.scalars['exact']:.3g}**")
    assert squares.sentences["says"].startswith(
        f"**W₂ = {squares.scalars['exact']:.3g}**, the root"
    )
    assert blurred.scalars["plan"] > blurred.scalars["exact"]
    assert f"Debiased it is {blurred.scalars['debiased']:.3g}" in blurred.sentences["says"]
    assert left.scalars["moved"] < 0.95
    assert "of the sand is moved" in left.sentences["says"]
    assert math.isnan(exact.scalars["debiased"])


def test_single_points_stand_where_the_text_says_and_move_with_the_whole_cloud():
    plain = replace(SMALL, right=0.5)
    moved = replace(plain, moved="3x:1.25;3y:-0.5 0y:2")

    before, after = (one.clouds[0].points for one in (plain, moved))
    assert after[3].tolist() == [1.75, -0.5]
    assert after[0].tolist() == [before[0, 0].item(), 2.0]
    others = [k for k in range(20) if k not in (0, 3)]
    assert (after[others] == before[others]).all()
    assert (moved.still().arrays["unmoved"][3] == [1.25, -0.5]).all()
    assert (replace(moved, moved="20x:1").clouds[0].points == before).all()  # there is none


@pytest.mark.parametrize(
    ("text", "why"), [("3x", "must read"), ("3z:1", "must read"), ("3x:nan", "must read"),
                      ("3x:99", "within 10"), ("-1x:0", "must read"), ("3x:1e3", "must read")],
)  # fmt: skip
def test_a_text_of_moved_points_that_is_none_gets_a_sentence(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        replace(SMALL, moved=text)


def test_of_many_points_a_moving_hand_sees_the_first_ones_where_they_are():
    many = replace(SMALL, count=400)

    few, all_of_them = many.few().clouds[0].points, many.clouds[0].points
    assert len(few) == 300
    assert (few == all_of_them[:300]).all()


def test_a_hand_that_moves_is_answered_with_fewer_points_where_the_solver_is_slow():
    assert SMALL.few() == SMALL
    assert replace(SMALL, count=1_000).few().shown == 300
    assert replace(SMALL, count=1_000, method="sinkhorn").few().shown == FEW
