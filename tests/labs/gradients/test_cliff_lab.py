"""The cliff without its page: its sentences agree with its numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.gradients.cliff import (
    WALL_FROM,
    attractor,
    course,
    descend,
    mean_errors,
    wall,
    wall_width,
)
from explorer.labs.gradients import Cliff, Flow
from explorer.labs.gradients.cliff import RUNS, B, W, X
from explorer.labs.gradients.cliff_words import ARRIVED, Leap, _times, longest_so_far
from explorer.runs.frames import pack

ON = Cliff(w=5.0, b=-2.6123)
SMALL = Cliff(w=5.0, b=-3.0, rate=0.05)
FINE = Cliff(w=5.0, b=-2.4)


def test_the_point_of_the_lab_is_the_point_of_its_settings():
    flow = Flow(cliff_w=4.5, cliff_b=-2.25, cliff_rate=0.1, cliff_clip=3.0, cliff_steps=20)

    assert flow.cliff() == Cliff(w=4.5, b=-2.25, rate=0.1, clip=3.0, steps=20)


@pytest.mark.parametrize(
    ("name", "given"),
    [("w", 2.99), ("b", 0.0), ("rate", math.nan), ("clip", 0.0), ("steps", 9), ("w", math.inf)],
)
def test_what_the_cliff_is_not_made_for_gets_a_sentence(name: str, given: float):
    with pytest.raises(ValueError, match=rf"^{name} must be "):
        replace(Cliff(), **{name: given})


# ------------------------------------------------------------------------------- the numbers


def test_the_numbers_of_the_point_are_those_of_its_course():
    numbers = SMALL.still().scalars
    known = course(5.0, -3.0)

    assert numbers["error"] == float(known.error)
    assert numbers["norm"] == float(known.norm)
    assert numbers["by_start"] == float(known.by_start)
    assert numbers["above"] == pytest.approx(-3.0 + 2.6122967, abs=1e-6)
    assert math.isnan(Cliff(w=4.2).still().scalars["above"])


def test_every_frame_has_the_errors_and_gradients_of_its_own_step():
    cliff = replace(SMALL, steps=60)
    frames = cliff.frames()
    plain, clipped = descend(5.0, -3.0, 0.05, None, 60), descend(5.0, -3.0, 0.05, 1.0, 60)

    assert [frame.step for frame in frames] == list(range(61))
    for step, frame in enumerate(frames):
        found = frame.scalars
        assert found["plain/error"] == plain.errors[step]
        assert found["clipped/error"] == clipped.errors[step]
        assert found["plain/norm"] == plain.norms[step]
        assert found["clipped/norm"] == clipped.norms[step]
        assert found["clipped/taken"] == min(1.0, clipped.norms[step])
    paths = cliff.still().arrays
    assert (paths["clipped/path"] == clipped.places[:, ::-1]).all()
    assert (paths["clipped/b"] == clipped.places[:, 1]).all()
    assert (paths["clipped/w"] == clipped.places[:, 0]).all()


def test_what_is_thrown_far_away_is_drawn_no_further_than_can_be_drawn():
    cliff = replace(ON, rate=10.0)

    assert np.abs(cliff.descents()["plain"].places).max() > 1e3
    assert np.abs(cliff.still().arrays["plain/path"]).max() == 1e3


def test_the_surface_is_the_root_of_the_mean_error_with_b_across_and_w_upwards():
    found = Cliff().still().arrays["surface"]
    w, b = (np.linspace(*ends, 121) for ends in (W, B))

    assert found.shape == (120, 120)
    assert found[:2] == pytest.approx(np.sqrt(mean_errors(w[:3], b)))
    assert found[100, 3] > 0.5 > found[100, 100]  # a large weight: a deep tint left of the wall


def test_the_wall_is_drawn_from_its_formula_and_no_further_than_it_goes():
    arrays = Cliff().still().arrays

    assert arrays["wall/w"] == pytest.approx([WALL_FROM, 7.0])
    assert arrays["wall/b"] == pytest.approx([0.5 - 0.6224593 * w for w in arrays["wall/w"]])


def test_the_orbit_stands_in_the_map_of_fixed_points_at_the_bias_of_the_point():
    arrays = ON.still().arrays

    assert (arrays["orbit/at"][:, 0] == ON.b).all()
    assert (arrays["orbit/at"][:, 1] == arrays["orbit/x"]).all()
    assert arrays["orbit/end"].tolist() == [[ON.b, arrays["orbit/x"][-1]]]
    assert arrays["orbit/beside_low"][-1] < 0 < arrays["orbit/beside_high"][-1]  # either attractor


def test_the_map_of_fixed_points_marks_where_two_attract_and_has_gaps_between_its_branches():
    arrays = FINE.still().arrays

    assert arrays["bistable/b"] == pytest.approx([-2.65561, -2.34439], abs=1e-5)
    for name in ("stable", "unstable"):
        b, x = arrays[f"{name}/b"], arrays[f"{name}/x"]
        assert (np.isnan(b) == np.isnan(x)).all()
        drawn = ~np.isnan(x)
        assert b[drawn] == pytest.approx(x[drawn] - 5 / (1 + np.exp(-x[drawn])))
    assert np.isnan(arrays["stable/x"]).sum() == 2
    single = Cliff(w=3.5).still().arrays
    assert np.isnan(single["unstable/x"]).all()
    assert (single["bistable/b"] < B[0]).all()  # outside of the picture
    assert (single["stable/x"][0], single["stable/x"][-2]) == X


def test_the_cut_shows_how_steep_it_is_on_the_wall():
    arrays = Cliff(w=6.0, b=-3.0).still().arrays

    assert arrays["cut/norm"].max() > 1e6
    assert (arrays["cut/b"][0], arrays["cut/b"][-1]) == B
    assert arrays["cut/error"] == pytest.approx(course(6.0, arrays["cut/b"]).error)


def test_equal_points_give_equal_pictures_bit_for_bit():
    one, two = (pack(replace(SMALL).still(), -1, {}) for _ in range(2))

    assert one == two


# ------------------------------------------------------------------------------- the sentences


@pytest.mark.parametrize("w", [4.3, 5.0, 6.5])
@pytest.mark.parametrize("beside", [-0.3, -0.01, 0.01, 0.3])
def test_the_side_of_the_wall_and_the_way_that_x_takes_are_said_as_they_are(w, beside):
    cliff = Cliff(w=w, b=wall(w) + beside)
    said = cliff.still().sentences["says"]
    side = "Above" if beside > 0 else "Below"

    on = 2 * abs(beside) <= wall_width(w)
    assert on == (w == 4.3 and abs(beside) < 0.29)  # there it is 0.6 wide
    assert said.startswith("**On the wall.**" if on else f"**{side} the wall by {abs(beside):g}.**")
    assert ("climbs to" in said) == (attractor(w, cliff.b) > 0.5)
    both = "two attractors" in said
    assert both == ("both exist for b from" in said) == (abs(cliff.b + w / 2) < _half(w))


def _half(w: float) -> float:
    """Half of the interval with two attractors around b = −w/2."""
    root = math.sqrt(1 - 4 / w)
    return w * root / 2 - math.log((1 + root) / (1 - root))


def test_on_the_wall_x_is_said_to_be_still_on_its_way():
    said = ON.still().sentences["says"]

    assert said.startswith("**On the wall.** At w = 5 it stands at b* = −2.61230")
    assert "x₅₀ is still" not in FINE.still().sentences["says"]
    assert "(x₅₀ is still 0." in said


def test_below_the_least_weight_it_is_said_that_there_is_no_wall():
    said = Cliff(w=4.1, b=-2.05).still().sentences["says"]

    assert said.startswith("**No wall at w = 4.1:** it begins at w = 4.2553.")
    assert "the upper of two attractors" in said


def test_the_runs_of_the_menu_end_as_they_are_called():
    ends = {name: Cliff(**run.turns()).still().sentences["ends"] for name, run in RUNS.items()}

    assert ends["thrown"].startswith("**Clipping saves this descent.** Without clipping step 22 ")
    leap = "a gradient of 393 and leaps 196 far: it ends at (107.7, 164.8) with E = 0.09, where"
    assert leap in ends["thrown"]
    assert "none arrive (E < 0.01) without clipping" in ends["small"]
    assert "meets a gradient of 454 and leaps 22.7 far" in ends["small"]
    assert ends["fine"].startswith("**This start does not need clipping.**")
    assert "nine arrive (E < 0.01) without clipping" in ends["fine"]
    assert "step 1 meets a gradient of 1,030" in ends["on"]


@pytest.mark.parametrize(
    ("plain", "clipped", "says"),
    [
        (9, 9, "This start does not need clipping."),
        (9, 0, "Here clipping is in the way."),
        (0, 9, "Clipping saves this descent."),
        (0, 0, "Neither arrives in so many steps."),
        (0, 5, "Clipping helps here, and the last digits decide."),
        (4, 9, "Clipping helps here, and the last digits decide."),
        (5, 5, "Here the last digits decide, not the clip."),
        (5, 2, "Here the last digits decide, not the clip."),
    ],
)
def test_the_verdict_is_that_of_nine_starts(monkeypatch, plain: int, clipped: int, says: str):
    monkeypatch.setattr(Cliff, "arrivals", lambda _: {"plain": plain, "clipped": clipped})

    assert SMALL.still().sentences["ends"].startswith(f"**{says}**")


def test_who_arrives_is_counted_among_nine_starts_a_billionth_apart():
    found = SMALL.arrivals()

    beside = [5.0 + k * 1e-9 for k in range(-4, 5)]
    for name, clip in (("plain", None), ("clipped", 1.0)):
        ends = [descend(w, -3.0, 0.05, clip).errors[-1] for w in beside]
        assert found[name] == sum(end < ARRIVED for end in ends)


def test_where_the_clip_never_bites_both_descents_are_said_to_be_one():
    cliff = replace(FINE, clip=100.0)
    said = cliff.still().sentences["ends"]

    assert said.startswith("**The clip never bites:** no gradient on this way is longer than 100")
    plain, clipped = cliff.descents().values()
    assert (plain.places == clipped.places).all()


def test_times_are_said_as_people_say_them():
    assert [_times(count) for count in (0, 1, 2, 3, 25)] == [
        *("never", "once", "twice", "three times", "25 times")
    ]


def test_what_a_step_shows_is_what_lies_behind_it_and_nothing_that_is_yet_to_come():
    frames = Cliff().frames()

    assert "one of them clipped at 1" in frames[0].sentences["look"]
    assert "met a gradient" not in frames[21].sentences["look"]
    assert "Step 22 met a gradient of 393 and went 196 far." in frames[22].sentences["look"]
    assert frames[1].sentences["look"].startswith("After 1 step E = ")
    bites = [int((Cliff().descents()["clipped"].norms[:k] >= 1.0).sum()) for k in range(301)]
    for step in range(1, 301):
        many = {0: "no step", 1: "1 step"}.get(bites[step], f"{bites[step]} steps")
        assert frames[step].sentences["look"].endswith(f"has shortened {many} so far.")


def test_the_longest_step_so_far_is_the_first_of_the_longest():
    run = descend(5.2, -2.5, 0.5, steps=30)
    found = longest_so_far(run)

    assert found[0] == Leap(0, 0.0, 0.0)
    for step in range(1, 31):
        longest = int(run.lengths[:step].argmax())
        assert found[step].step == longest + 1
        assert (found[step].length, found[step].norm) == (run.lengths[longest], run.norms[longest])


def test_while_a_hand_moves_nothing_is_said_of_an_end_that_was_not_reached():
    whole, part = Cliff(), Cliff().still(100)

    assert "ends" not in part.sentences
    assert not {name for name in part.scalars if name.endswith(("/end", "/most", "/bites"))}
    assert part.sentences["says"] == whole.still().sentences["says"]
    assert part.arrays["plain/path"].shape == (101, 2)
    assert len(whole.frames(100)) == 101
    assert [f.scalars for f in whole.frames(100)] == [f.scalars for f in whole.frames()[:101]]
    assert "ends" in Cliff(steps=100).still(100).sentences
