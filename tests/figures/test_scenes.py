"""The scenes of the cell lab: all that they name is there, and everything has its place."""

import numpy as np
import pytest

from explorer.figures.cells import (
    handmade_scene,
    memory_scene,
    patterns_scene,
    step_scene,
    training_scene,
    writing_scene,
)
from explorer.figures.scene import (
    NAMES,
    ORDER,
    Bars,
    Choice,
    Curve,
    Diagram,
    Dot,
    History,
    Number,
    Opening,
    Ranking,
    Rule,
    Sentence,
    Timeline,
    Tokens,
    Unfolding,
    Value,
    worded,
)
from explorer.networks.kinds import CHARACTERS
from explorer.networks.tasks import RECIPES
from explorer.stage.paper.picture import picture
from tests.figures.cells.shows import UNIT, Show, shows
from tests.figures.taking_apart import keys_in, numbers_in, parts, templates_in

SHOWS = shows()


@pytest.fixture(scope="module", params=list(SHOWS))
def show(request: pytest.FixtureRequest) -> Show:
    return SHOWS[request.param]()


def arrays_of(show: Show) -> set[str]:
    """Return the arrays that the panels of a scene read."""
    names: set[str] = set()
    for part in parts(show.scene):
        if isinstance(part, Timeline | Tokens):
            names |= {part.array, *(a for _, a in getattr(part, "orders", ()))}
            names.add(getattr(part, "marks", ""))
        elif isinstance(part, Unfolding):
            names |= {part.keep, part.written, part.total, part.before}
        elif isinstance(part, Ranking):
            names |= {part.values, part.indices}
        elif isinstance(part, Diagram):
            names |= numbers_in(part)
        assert not isinstance(part, Curve | Bars)
    return names - {""}


def scalars_of(show: Show) -> set[str]:
    """Return the scalars that the marks and cards of a scene read."""
    names: set[str] = set()
    for part in parts(show.scene):
        if isinstance(part, History | Number):
            names.add(part.scalar)
        elif isinstance(part, Rule) and isinstance(part.y, str):
            names.add(part.y)
    return names


def test_every_array_that_a_scene_reads_is_one_that_its_docstring_asks_for(show):
    assert arrays_of(show) <= {*show.frames[0].arrays, *show.still.arrays}


def test_every_scalar_that_a_scene_reads_is_one_that_its_docstring_asks_for(show):
    assert scalars_of(show) <= {*show.frames[0].scalars, *show.still.scalars}


def test_every_name_in_braces_is_a_number_that_is_there(show):
    frame, still = show.frames[0], show.still
    there = {*frame.arrays, *frame.scalars, *still.arrays, *still.scalars, "token"}

    assert templates_in(show.scene.panels) <= there


def test_every_sentence_is_said_in_the_frame_or_is_a_title(show):
    for part in parts(show.scene):
        if isinstance(part, Sentence):
            assert part.name in show.frames[0].sentences or (part.lead and not part.name)
            assert not part.against or part.against in show.frames[0].sentences


def test_every_panel_has_its_place_in_both_grids(show):
    areas = [panel.area for panel in show.scene.panels]
    assert len(areas) == len(set(areas))
    for grid in (show.scene.wide, show.scene.narrow):
        placed = {name for row in grid.areas for name in row.split()} - {"."}
        assert placed == set(areas)
        assert len(grid.rows) in (0, len(grid.areas))
        assert {len(row.split()) for row in grid.areas} == {len(grid.columns)}


def test_every_place_in_a_grid_is_a_rectangle(show):
    for grid in (show.scene.wide, show.scene.narrow):
        cells = np.array([row.split() for row in grid.areas])
        for name in set(cells.flat) - {"."}:
            rows, columns = np.nonzero(cells == name)
            assert (
                cells[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] == name
            ).all()


def test_all_texts_have_words_in_every_lexicon(show):
    scene = show.scene
    for lexicon in scene.lexicons:
        assert keys_in(scene.panels) <= {key for key, _ in lexicon.words}
    assert keys_in(worded(scene, len(scene.lexicons) - 1 if scene.lexicons else 0)) == set()


def test_every_choice_has_a_start_and_as_many_options_as_there_is_to_choose(show):
    starts = dict(show.scene.selects)
    for panel in show.scene.panels:
        if isinstance(panel, Choice):
            assert panel.select in starts
            if panel.select == NAMES:
                assert panel.options == tuple(lexicon.name for lexicon in show.scene.lexicons)
            if panel.select == ORDER:
                maps = [p for p in show.scene.panels if isinstance(p, Timeline)]
                assert maps
                assert all(tuple(label for label, _ in m.orders) == panel.options for m in maps)


def test_every_picture_has_a_text_alternative(show):
    for panel in show.scene.panels:
        if not isinstance(panel, Choice | Sentence) and panel.kind != "numbers":
            assert panel.alt, panel.area


@pytest.mark.parametrize("name", ["step gru_before", "memory lstm", "surgery gru", "handmade"])
def test_a_still_picture_of_a_scene_says_something_else_at_another_moment(name):
    show = SHOWS[name]()
    scene, size = worded(show.scene), (1000, 640)
    first, last = (picture(scene, show.still, show.frames, at, size=size) for at in (1, 4))

    assert first.tobytes() != last.tobytes()


def test_heat_maps_stand_in_the_order_of_pytorchs_gates():
    titles = {
        cell: [p.array for p in step_scene(cell, "ab", 3, "ab").panels if isinstance(p, Timeline)]
        for cell in ("lstm", "gru")
    }

    assert titles["lstm"][:4] == ["input", "forget", "candidate", "output"]
    assert titles["gru"][:3] == ["reset", "update", "new"]


def test_what_is_left_of_all_steps_adds_up_to_the_memory():
    show = SHOWS["memory lstm_peephole"]()
    for frame in show.frames:
        memory = float(frame.arrays["cell"][UNIT])
        assert frame.arrays["left"].sum() == pytest.approx(memory, abs=1e-12)


def test_tokens_of_the_unfolded_memory_and_of_saliency_are_tinted_by_the_present_frame():
    for name in ("memory gru", "writing"):
        tokens = [p for p in SHOWS[name]().scene.panels if isinstance(p, Tokens)]
        assert {panel.of for panel in tokens} == {"frame"}


def test_blanks_and_line_breaks_can_be_seen():
    panels = step_scene("lstm", " \n\tx", 3, "x", inputs=" x").panels
    opened = [p for panel in panels for p in parts(panel) if isinstance(p, Opening)]

    assert panels[0].tokens == ("␣", "↵", "⇥", "x")
    assert any(dot.names == ("␣", "x") for o in opened for dot in parts(o) if isinstance(dot, Dot))


def test_numbers_that_are_read_are_not_quoted():
    diagram = next(p for p in step_scene("gru", ["0.5"], 3).panels if isinstance(p, Diagram))
    texts = [part for part in parts(diagram) if isinstance(part, str)]

    assert not any("“" in text for text in texts)
    assert any(isinstance(part, Value) for part in parts(diagram))


# --------------------------------------------------------------------------------------- refusals


def test_a_cell_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(ValueError, match=r"^unknown cell 'rnn'; choose from 'rnn_tanh', .*'gru'"):
        step_scene("rnn", "ab", 3)


def test_a_unit_that_does_not_exist_is_named_with_the_range():
    with pytest.raises(ValueError, match=r"^unit must be between 0 and 2, not 3$"):
        step_scene("lstm", "ab", 3, unit=3)


def test_a_plain_rnn_has_nothing_to_unfold():
    with pytest.raises(ValueError, match=r"^rnn_tanh has no gate that keeps its memory"):
        memory_scene("rnn_tanh", "ab", 3)


def test_a_span_beyond_the_text_is_refused():
    with pytest.raises(ValueError, match=r"^a span must lie within 0 and 1, not 1 to 2$"):
        patterns_scene("lstm", "ab", 3, first=1, last=2)


def test_every_step_of_a_hand_made_cell_needs_its_answers():
    with pytest.raises(ValueError, match=r"^2 steps need as many answers, not 1 expected and 2"):
        handmade_scene("lstm", "ab", 1, "a", "ab")


@pytest.mark.parametrize("name", RECIPES)
def test_only_networks_that_write_show_what_they_write(name):
    goal = RECIPES[name].task.goal
    areas = {panel.area for panel in training_scene(name, goal).panels}

    assert ("sample" in areas) == bool(goal.prompt) == (RECIPES[name].task.kind is CHARACTERS)


def test_networks_side_by_side_are_as_many_as_asked_for():
    areas = [panel.area for panel in writing_scene(("gru",), "ab", "ab").panels]

    assert "gru_tokens" in areas
    assert not any(area.startswith("lstm") for area in areas)
