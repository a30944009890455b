"""The scenes of the transport lab: what they read is there, and they are steady in a hand."""

import math
from collections.abc import Iterator

import pytest

from explorer.figures.scene import (
    Arrows,
    Axis,
    Bars,
    CloudHandle,
    Curve,
    History,
    Number,
    PenHandle,
    Points,
    Ribbons,
    Rule,
    Scene,
    Sentence,
    Surface,
    Tiles,
    from_json,
)
from explorer.figures.transport import colours, guess, line, mean, plane, samples, sliding
from explorer.labs.transport import Sand
from explorer.runs.answers import Answer, packed
from explorer.stage.paper.picture import picture
from tests.figures.taking_apart import parts, templates_in

SETTINGS = {
    "line": (line.answer, Sand()),
    "line, squares": (line.answer, Sand(cost="square", shift=1.5)),
    "sliding": (sliding.answer, Sand(view="sliding")),
    "plane": (plane.answer, Sand(plane_count=20)),
    "plane, blurred": (plane.answer, Sand(plane_count=20, plane_method="sinkhorn")),
    "plane, unbalanced": (plane.answer, Sand(plane_count=20, plane_method="unbalanced")),
    "samples": (samples.answer, Sand(samples_seeds=2, samples_d=2)),
    "mean": (mean.answer, Sand(mean_count=10)),
    "colours": (colours.answer, Sand(colours_count=20)),
    "guess": (guess.answer, Sand()),
    "line, one pile": (line.answer, Sand(line_source="0 1", line_target="0 1")),
}


@pytest.fixture(scope="module", params=SETTINGS)
def shown(request: pytest.FixtureRequest) -> tuple[Scene, Answer]:
    answer, sand = SETTINGS[request.param]
    found = answer(sand, False)
    return from_json(found.scene), found


def arrays_read(scene: Scene) -> Iterator[str]:
    for part in parts(scene):
        if isinstance(part, Curve):
            yield from filter(None, (part.y, part.x, part.low, part.high))
        elif isinstance(part, Surface | Points | Ribbons | Bars | Tiles | CloudHandle):
            yield part.array
        elif isinstance(part, Arrows):
            yield from (part.tails, part.vectors)


def scalars_read(scene: Scene) -> Iterator[str]:
    yield from templates_in(scene)
    for part in parts(scene):
        if isinstance(part, History | Number):
            yield part.scalar
        elif isinstance(part, Rule) and isinstance(part.y, str):
            yield part.y


def test_all_that_a_scene_reads_is_in_its_frames(shown):
    scene, found = shown
    for frame in found.frames:
        assert set(arrays_read(scene)) <= {*found.still.arrays, *frame.arrays}
        assert set(scalars_read(scene)) <= {*found.still.scalars, *frame.scalars}
        sentences = {part.name for part in parts(scene) if isinstance(part, Sentence)}
        assert sentences <= {*found.still.sentences, *frame.sentences}


def test_all_that_is_sent_is_read_and_can_be_sent(shown):
    scene, found = shown

    assert {*found.still.arrays, *found.frames[0].arrays} <= set(arrays_read(scene))
    assert packed(found).size < 2_000_000


def test_the_marks_of_a_plot_lie_within_its_axes(shown):
    scene, found = shown
    for panel in (p for p in scene.panels if p.kind == "plot"):
        for mark in panel.marks:
            if isinstance(mark, Curve) and panel.y.high is not None and not panel.y.log:
                values = found.still.arrays.get(mark.y, found.frames[0].arrays.get(mark.y))
                known = values[~(values != values)]
                assert known.max(initial=-math.inf) <= panel.y.high + 1e-9, mark.y


def test_a_scene_can_be_drawn_on_paper(shown):
    scene, found = shown

    drawn = picture(scene, found.still, list(found.frames), at=len(found.frames) - 1)

    assert drawn.getbbox() if hasattr(drawn, "getbbox") else drawn


def pens(scene: Scene) -> dict[str, PenHandle]:
    plots = [panel for panel in scene.panels if panel.kind == "plot"]
    found = [(p.area, h) for p in plots for h in p.handles if isinstance(h, PenHandle)]
    return dict(found)


def test_the_scene_of_piles_stays_the_same_while_sand_is_drawn_and_moved():
    one = line.answer(Sand(shift=0.5), True).scene

    assert line.answer(Sand(shift=0.5, line_target="0 1 2 3"), True).scene == one
    assert line.answer(Sand(shift=-0.5), True).scene == one


def test_each_pile_is_drawn_with_a_pen_of_its_own_that_moves_with_it():
    found = pens(from_json(line.answer(Sand(line_target="0 1 2 500"), False).scene))

    assert found["source"].grip.setting == "line_source"
    assert found["source"].shift == "shift"
    assert found["target"].grip.setting == "line_target"
    assert found["target"].shift == ""
    assert (found["source"].grip.high, found["target"].grip.high) == (100, 500)


def test_a_bare_axis_is_one_of_the_plan_alone():
    scene = from_json(line.answer(Sand(), False).scene)

    bare = {p.area for p in scene.panels if p.kind == "plot" and (p.x.bare or p.y.bare)}
    assert bare == {"plan"}
    assert Axis().bare is False


@pytest.mark.parametrize("name", ["line", "plane"])
def test_while_a_hand_moves_some_moments_are_left_out_and_the_others_are_the_same(name: str):
    answer, sand = SETTINGS[name]
    whole, moving = answer(sand, False), answer(sand, True)

    assert moving.coarse
    assert not whole.coarse
    assert moving.scene == whole.scene
    assert len(moving.frames) > 2
    assert (len(moving.frames) - 1) * moving.every == len(whole.frames) - 1  # the end is there
    for place, frame in enumerate(moving.frames):
        same = whole.frames[place * moving.every]
        assert frame.step == same.step
        assert frame.scalars == same.scalars
        assert all((frame.arrays[key] == same.arrays[key]).all() for key in same.arrays)
