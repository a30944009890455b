"""The scene of the cliff: all that it names is there, and what is dragged is what is shown."""

import numpy as np
import pytest

from explorer.figures import theme
from explorer.figures.gradients import cliff
from explorer.figures.gradients.relief import from_the_side
from explorer.figures.scene import (
    Curve,
    History,
    Number,
    Plot,
    PointHandle,
    Points,
    Rule,
    RuleHandle,
    Scene,
    Sentence,
    Surface,
    as_json,
)
from explorer.gradients.cliff import wall
from explorer.labs.gradients import Flow
from explorer.labs.gradients.cliff import B, W, X, relief
from explorer.runs.frames import Frame
from explorer.stage.paper.picture import picture
from tests.figures.taking_apart import parts, templates_in

POINTS = {
    "thrown": Flow(),
    "no wall": Flow(cliff_w=3.5, cliff_b=-1.7),
    "on the wall": Flow(cliff_w=5.0, cliff_b=-2.6123),
    "brief": Flow(cliff_steps=10),
}


def panel(scene: Scene, area: str) -> Plot:
    return next(each for each in scene.panels if each.area == area)


@pytest.fixture(scope="module", params=list(POINTS))
def show(request: pytest.FixtureRequest) -> tuple[Scene, Frame, list[Frame]]:
    flow = POINTS[request.param]
    return cliff.scene(flow.cliff_steps), flow.cliff().still(), flow.cliff().frames()


def test_every_array_and_number_that_the_scene_reads_is_in_its_frames(show):
    scene, still, frames = show
    scalars = {*still.scalars, *frames[0].scalars}

    for part in parts(scene):
        if isinstance(part, Curve):
            assert {part.y, part.x, part.low, part.high} - {""} <= still.arrays.keys()
        elif isinstance(part, Surface | Points):
            assert part.array in still.arrays
        elif isinstance(part, History):
            assert part.scalar in frames[0].scalars
        elif isinstance(part, Number):
            assert part.scalar in scalars
        elif isinstance(part, Rule) and isinstance(part.y, str):
            assert part.y in scalars
        elif isinstance(part, Sentence):
            assert all(part.name in {*still.sentences, *each.sentences} for each in frames)
    assert templates_in(scene.panels) <= scalars


def test_every_panel_has_one_place_in_either_grid():
    scene = cliff.scene(300)

    for grid in (scene.wide, scene.narrow):
        rows = [row.split() for row in grid.areas]
        assert {len(row) for row in rows} == {len(grid.columns)}
        assert {area for row in rows for area in row} == {each.area for each in scene.panels}
    assert len(scene.wide.rows) == len(scene.wide.areas)


def test_the_ring_turns_bias_and_weight_where_the_surface_has_them():
    plot = panel(cliff.scene(300), "surface")
    (ring,) = plot.handles
    (surface,) = (mark for mark in plot.marks if isinstance(mark, Surface))

    assert isinstance(ring, PointHandle)
    assert (ring.x.setting, ring.y.setting) == ("cliff_b", "cliff_w")
    assert (ring.x.low, ring.x.high) == B == (plot.x.low, plot.x.high) == surface.extent[:2]
    assert (ring.y.low, ring.y.high) == W == (plot.y.low, plot.y.high) == surface.extent[2:]


@pytest.mark.parametrize("area", ["fixed", "cut", "slope"])
def test_the_bias_is_taken_hold_of_wherever_it_is_an_axis(area: str):
    plot = panel(cliff.scene(300), area)
    (line,) = plot.handles

    assert isinstance(line, RuleHandle)
    assert (line.grip.setting, line.axis) == ("cliff_b", "x")
    assert (plot.x.low, plot.x.high) == B
    if area == "fixed":
        assert (plot.y.low, plot.y.high) == X


def test_the_trails_run_over_their_own_paths():
    plot = panel(cliff.scene(300), "surface")
    trails = [mark for mark in plot.marks if isinstance(mark, Points)]

    assert {mark.array for mark in trails} == {"plain/path", "clipped/path"}
    assert all(mark.window for mark in trails)
    assert {mark.role for mark in trails} == {"unclipped", "clipped"}


def test_a_point_that_moves_leaves_the_scene_as_it_is():
    scenes = [
        cliff.answer(flow, moving).scene
        for flow in (Flow(), Flow(cliff_w=4.0, cliff_b=-1.5, cliff_clip=3.0))
        for moving in (False, True)
    ]

    assert all(each == scenes[0] == as_json(cliff.scene(300)) for each in scenes)


@pytest.mark.parametrize(("steps", "coarse"), [(300, True), (101, True), (100, False)])
def test_while_a_hand_moves_the_descents_are_shorter_and_it_is_said(steps: int, coarse: bool):
    flow = Flow(cliff_steps=steps)
    moving, whole = cliff.answer(flow, True), cliff.answer(flow, False)

    assert len(whole.frames) == steps + 1
    assert whole.coarse == ""
    assert len(moving.frames) == min(steps, 100) + 1
    assert moving.coarse == (f"while it moves: 100 of {steps} steps down" if coarse else "")


def test_it_can_be_put_on_paper(show):
    scene, still, frames = show

    drawn = picture(scene, still, frames, len(frames) - 1)
    assert drawn.size[0] > 0


def test_from_the_side_the_wall_stands_upright_between_both_sides_of_it():
    ground = relief()
    row = int(np.abs(ground.w - 6.0).argmin())
    w, b, e = float(ground.w[row]), ground.b[row], ground.error[row]
    foot, top = 30, 29  # the columns to both sides

    assert b[top] < wall(w) < b[foot]
    assert b[foot] - b[top] < 1e-5
    assert e[top] > 0.3
    assert e[foot] < 0.1
    assert (np.diff(b) > 0).all()
    assert (b[0], b[-1]) == pytest.approx(B)


def test_a_descent_is_drawn_on_the_landscape_until_it_is_thrown_off():
    figure = from_the_side(Flow().cliff())
    drawn = {trace.name: trace for trace in figure.data if trace.name}

    plain = Flow().cliff().descents()["plain"]
    assert len(drawn["unclipped"].x) == 22  # step 22 goes 196 far
    assert drawn["unclipped"].y == pytest.approx(plain.places[:22, 0])
    assert len(drawn["clipped"].x) == 301
    assert drawn["the wall"].x == pytest.approx([wall(w) for w in drawn["the wall"].y])
    assert (drawn["start"].x[0], drawn["start"].y[0]) == (-2.5, 5.2)
    assert figure.data[0].z.shape == relief().b.shape


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK])
def test_both_descents_differ_from_each_other_in_colour_and_dash(palette: dict[str, str]):
    assert len({palette[role] for role in ("clipped", "unclipped", "error", "accent")}) == 4
    assert theme.DASH["clipped"] != theme.DASH["unclipped"]
