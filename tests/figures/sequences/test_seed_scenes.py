"""The scenes of views that count over seeds: what they name is there, and has a place."""

import pytest

from explorer.figures.scene import Grid, History, Rule, as_json
from explorer.figures.scene.told import from_json
from explorer.figures.sequences import opening, scene_of
from explorer.labs.sequences import SequenceLab
from tests.figures.taking_apart import parts, templates_in

LABS = {
    "comparing": SequenceLab(view="comparing", task="speech", third="", units=4, steps=10, seeds=2),
    "starts": SequenceLab(view="starts", starts_units=4, starts_steps=20, starts=2),
    "overfit": SequenceLab(view="overfit", few_units=4, few_steps=10, few_seeds=2),
    "augmenting": SequenceLab(
        view="augmenting", made_units=4, made_steps=15, made_taught=10, made_trials=2
    ),
}


@pytest.mark.parametrize("lab", LABS.values(), ids=LABS)
def test_all_that_a_scene_names_is_in_its_last_frame_and_has_a_place(lab):
    run = lab.experiment()
    scene, still, last = scene_of(run), run.still(), list(run.stream())[-1]
    scalars, arrays = still.scalars | last.scalars, still.arrays | last.arrays

    for part in parts(scene):
        if isinstance(part, History):
            assert part.scalar in scalars
        elif isinstance(part, Rule):
            assert part.y in scalars or isinstance(part.y, float)
        for field in ("array", "x", "y", "low", "high"):
            named = getattr(part, field, "")
            if isinstance(named, str) and named and not isinstance(part, Rule):
                assert named in arrays
        if getattr(part, "kind", "") == "sentence":
            assert last.sentences[part.name]
    assert templates_in(scene) <= scalars.keys()
    assert from_json(as_json(scene)) == scene
    areas = {panel.area for panel in scene.panels}
    for grid in (scene.wide, scene.narrow):
        assert isinstance(grid, Grid)
        assert {name for row in grid.areas for name in row.split()} == areas


def test_an_opening_of_each_view_is_the_first_frame_of_its_run():
    lab = LABS["starts"]

    answer = opening(lab, moving=True)

    assert answer.frames[0].sentences == next(lab.experiment().stream()).sentences
