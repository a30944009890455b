"""The picture of a watched training: all it names is there, and every panel has its place."""

import pytest
from torch import nn

from explorer.figures.gradients.watched import watched as scene_of
from explorer.figures.scene import Curve, Plot, Timeline
from explorer.labs.gradients.watched import recording
from tests.a_training import watched
from tests.figures.taking_apart import templates_in

RUNS = {
    "lstm": lambda: recording(watched(num_layers=2), forget_bias=1.0),
    "rnn": lambda: recording(watched(nn.RNN)),
    "many": lambda: recording(watched(nn.GRU, num_layers=4, bidirectional=True)),
    "odd name": lambda: recording(watched(name="{a} ⟦b⟧ <i>")),
}


@pytest.fixture(params=RUNS, scope="module")
def shown(request: pytest.FixtureRequest):
    return RUNS[request.param]()


def test_all_that_it_names_is_in_every_frame(shown):
    scene = scene_of(shown)
    plots = [panel for panel in scene.panels if isinstance(panel, Plot)]
    curves = [mark for plot in plots for mark in plot.marks if isinstance(mark, Curve)]
    maps = [panel.array for panel in scene.panels if isinstance(panel, Timeline)]
    histories = [m.scalar for plot in plots for m in plot.marks if hasattr(m, "scalar")]

    assert curves
    assert histories
    for frame in shown.frames:
        assert {*(curve.y for curve in curves), "t", *maps} <= frame.arrays.keys()
        assert {*histories, *templates_in(scene)} <= frame.scalars.keys()


def test_every_panel_has_its_place_in_both_grids(shown):
    scene = scene_of(shown)
    areas = {panel.area for panel in scene.panels}

    for grid in (scene.wide, scene.narrow):
        rows = [row.split() for row in grid.areas]
        assert {name for row in rows for name in row} == areas
        assert {len(row) for row in rows} == {len(grid.columns)}


def test_a_plain_network_has_no_gates_to_show():
    areas = {panel.area for panel in scene_of(RUNS["rnn"]()).panels}

    assert "gates" not in areas
    assert "map0" in areas


def test_the_twin_is_dashed_and_lies_beside_what_was_recorded():
    through = next(p for p in scene_of(RUNS["lstm"]()).panels if p.area == "through")
    dashed = {mark.y: mark.role for mark in through.marks if mark.dashed}

    assert dashed.keys() == {"layer0/twin", "layer1/twin"}
    assert dashed["layer1/twin"] == next(m.role for m in through.marks if m.y == "layer1/norm")
