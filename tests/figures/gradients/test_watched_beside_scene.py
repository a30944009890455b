"""The picture of watched trainings side by side: all it names is there, each panel has a place."""

import pytest
from torch import nn

from explorer.figures.gradients.watched_beside import BELOW, answer, beside_scene
from explorer.figures.scene import Curve, History, Plot, Timeline
from explorer.labs.gradients import Flow
from explorer.labs.gradients import watched_beside as lab
from explorer.labs.gradients.watched_file import as_file
from explorer.labs.gradients.watched_shelf import keep
from tests.a_training import watched
from tests.figures.taking_apart import templates_in


@pytest.fixture(params=["shipped", "several layers", "plain"], scope="module")
def found(request: pytest.FixtureRequest) -> lab.Beside:
    kind = {"several layers": nn.GRU, "plain": nn.RNN}.get(request.param)
    if kind is None:
        return lab.beside(lab.WatchedBeside())
    layers = 2 if kind is nn.GRU else 1
    mark = keep("run.frames", as_file(watched(kind, num_layers=layers)))
    return lab.beside(lab.WatchedBeside(first=mark))


@pytest.mark.parametrize("below", BELOW)
def test_all_that_it_names_is_there_and_every_panel_has_its_place(found: lab.Beside, below: str):
    scene = beside_scene(found, below)
    plots = [panel for panel in scene.panels if isinstance(panel, Plot)]
    marks = [mark for plot in plots for mark in plot.marks]
    arrays = {name for m in marks if isinstance(m, Curve) for name in (m.y, m.x)}
    arrays |= {panel.array for panel in scene.panels if isinstance(panel, Timeline)}
    numbers = {mark.scalar for mark in marks if isinstance(mark, History)} | {*templates_in(scene)}

    for frame in found.frames:
        assert arrays <= frame.arrays.keys() | found.still.arrays.keys()
        assert numbers <= frame.scalars.keys() | found.still.scalars.keys()
    areas = {panel.area for panel in scene.panels}
    for grid in (scene.wide, scene.narrow):
        assert {name for row in grid.areas for name in row.split()} == areas


def test_the_pictures_on_offer_are_those_of_the_laboratory():
    assert tuple(BELOW) == tuple(lab.BELOW)


def test_dragging_the_bias_of_the_twin_leaves_the_scene_and_the_frames_as_they_are():
    one, other = (answer(Flow(watched_bias=bias), moving=True) for bias in (3.0, 1.0))

    assert one.scene == other.scene
    assert [frame.step for frame in one.frames] == [frame.step for frame in other.frames]
    assert (one.still.arrays["a/layer0/twin"] > other.still.arrays["a/layer0/twin"])[:50].all()
