"""The scene of networks side by side: what it names is there, and its boxes add up."""

import pytest

from explorer.figures.scene import Flow, Grid, History, Rule, as_json
from explorer.figures.scene.told import from_json
from explorer.figures.sequences import learning, opening
from explorer.figures.sequences.architecture import in_columns
from explorer.labs.sequences import TASKS, SequenceLab, SideBySide
from tests.figures.taking_apart import parts, templates_in

LINE_UPS = {
    "default": SideBySide(units=4),
    "four": SideBySide(units=4, fourth="stacked", layers=3),
    "forecast": SideBySide(task="sunspots", units=4, second="rnn", window=12),
    "speech": SideBySide(task="speech", third="averaged", units=4),
    "film": SideBySide(task="way", second="frames", third="last_frame", units=4),
    "rows": SideBySide(task="rows", units=4),
    "review": SideBySide(task="products", third="unordered", units=4),
    "writing": SideBySide(task="english", units=4),
    "translation": SideBySide(
        task="sums", first="translator", second="attending", third="reversed", units=4
    ),
}


@pytest.mark.parametrize("training", LINE_UPS.values(), ids=LINE_UPS)
def test_all_that_the_scene_names_is_in_its_frames(training):
    scene, still, first = learning(training), training.still(), next(training.stream())
    scalars = still.scalars | first.scalars
    arrays = still.arrays | first.arrays
    sentences = still.sentences | first.sentences

    for part in parts(scene):
        if isinstance(part, History):
            assert part.scalar in scalars or part.scalar.endswith("/loss")
        elif isinstance(part, Rule):
            assert part.y in scalars
        for field in ("array", "active", "x", "y"):
            named = getattr(part, field, "")
            if isinstance(named, str) and "/" in named and not isinstance(part, Rule):
                assert named in arrays
        if getattr(part, "kind", "") == "sentence":
            assert part.name in sentences
            assert not part.against or part.against in sentences
    assert templates_in(scene) <= scalars.keys()
    assert from_json(as_json(scene)) == scene


@pytest.mark.parametrize("training", LINE_UPS.values(), ids=LINE_UPS)
def test_every_panel_has_a_place_and_every_place_a_panel(training):
    scene = learning(training)
    areas = {panel.area for panel in scene.panels}

    for grid in (scene.wide, scene.narrow):
        assert isinstance(grid, Grid)
        assert {name for row in grid.areas for name in row.split()} == areas


def test_the_boxes_of_a_layer_of_both_ways_stand_under_each_other_and_join_the_next():
    flow = next(p for p in learning(LINE_UPS["four"]).panels if isinstance(p, Flow))
    both = [node for node in flow.nodes if node.role == "network_b"]

    assert [(node.column, node.text[-1]) for node in both if "LSTM" in node.text] == [
        (1, "→"),
        (1, "←"),
    ]
    assert ("b10", "b20") in flow.links
    assert ("b11", "b20") in flow.links
    assert len({(node.column, node.row) for node in flow.nodes}) == len(flow.nodes)
    stacked = LINE_UPS["four"].drawn()["d"]
    assert len(in_columns(stacked.parts())) == 5


def test_the_switch_draws_every_forecast_one_step_earlier_and_the_truth_where_it_is():
    training = LINE_UPS["forecast"]
    still = training.still()

    for shift, axis in ((False, "time"), (True, "time_before")):
        ahead = next(p for p in learning(training, shift).panels if p.area == "sample_ahead")
        assert [mark.x for mark in ahead.marks] == ["time", axis, axis, axis]
    assert (still.arrays["time"] - still.arrays["time_before"] == 1).all()
    assert still.arrays["time"][0] == 20


def test_an_opening_is_the_first_frame_of_the_very_run():
    lab = SequenceLab(task="speech", units=4)

    answer = opening(lab, moving=True)

    assert answer.frames[0].scalars == next(lab.side_by_side().stream()).scalars
    assert TASKS["speech"].label in as_json(learning(lab.side_by_side()))["alt"]
