"""The circuits and the scene of the cell lab: all they name exists, and nothing is left out."""

import re

import pytest

from explorer.figures.cells import CELLS, scene
from explorer.figures.scene import Diagram, Layout, Term, Value, as_json
from tests.stage.recordings import gru_frames, lstm_frames

FRAMES = {"lstm": lstm_frames, "gru": gru_frames}
NAMES = re.compile(r"\{([^{}:]+)(?::\w+)?\}")


@pytest.fixture(params=sorted(CELLS))
def cell(request: pytest.FixtureRequest) -> str:
    return request.param


def layouts(diagram: Diagram) -> list[Layout | Diagram]:
    assert diagram.narrow is not None
    return [diagram, diagram.narrow]


def values_in(thing: object) -> set[str]:
    """Return the names of all numbers anywhere in a part of a scene."""
    if isinstance(thing, Value):
        return {thing.name}
    if isinstance(thing, tuple):
        return set().union(*map(values_in, thing))
    if hasattr(thing, "__dataclass_fields__"):
        return set().union(*(values_in(getattr(thing, f)) for f in thing.__dataclass_fields__))
    return set()


def templates_in(thing: object) -> set[str]:
    """Return the names in braces anywhere in the texts of a part of a scene."""
    if isinstance(thing, str):
        return set() if thing.startswith("wire/") else set(NAMES.findall(thing))
    if isinstance(thing, dict):
        thing = [text for key, text in thing.items() if key != "symbols"]
    if isinstance(thing, list):
        return set().union(*map(templates_in, thing))
    return set()


def test_every_number_of_a_circuit_is_an_array_of_the_reading(cell):
    diagram, frame = CELLS[cell](), FRAMES[cell]()[0]

    assert values_in(diagram) <= set(frame.arrays)


def test_every_name_in_a_sentence_is_an_array_of_the_reading(cell):
    diagram, frame = CELLS[cell](tokens=["a"]), FRAMES[cell]()[0]

    assert templates_in(as_json(diagram)) <= {*frame.arrays, "token"}


def test_every_array_of_a_step_is_a_number_in_the_circuit_or_in_the_equations(cell):
    diagram, frame = CELLS[cell](), FRAMES[cell]()[0]
    told = values_in(diagram) | templates_in(as_json(diagram))

    assert {name for name in frame.arrays if not name.startswith("next/")} <= told


def test_wide_and_narrow_circuits_have_the_same_parts(cell):
    wide, narrow = layouts(CELLS[cell]())

    assert [n.name for n in wide.nodes] == [n.name for n in narrow.nodes]
    assert [w.name for w in wide.wires] == [w.name for w in narrow.wires]


def test_stages_light_parts_that_exist_and_together_light_all_of_them(cell):
    diagram = CELLS[cell]()
    parts = {n.name for n in diagram.nodes} | {w.name for w in diagram.wires}
    lit = {part for stage in diagram.stages for part in stage.parts}

    assert lit == parts


def test_wires_join_nodes_that_exist_and_begin_and_end_where_those_lie(cell):
    for layout in layouts(CELLS[cell]()):
        places = {node.name: (node.x, node.y) for node in layout.nodes}
        for wire in layout.wires:
            assert {wire.start, wire.end} <= {*places, ""}
            if wire.end:
                assert wire.points[-1][:2] == places[wire.end], wire.name


def test_everything_lies_inside_its_layout(cell):
    for layout in layouts(CELLS[cell]()):
        points = [(n.x, n.y) for n in layout.nodes] + [p for w in layout.wires for p in w.points]
        assert all(0 <= p[0] <= layout.width and 0 <= p[1] <= layout.height for p in points)


def test_the_numbers_in_an_equation_end_with_its_result(cell):
    for stage in CELLS[cell]().stages:
        last = stage.equation[-1]
        assert isinstance(last, Term)
        assert last.value is not None
        assert last.strong


def test_heat_maps_stand_in_the_order_of_pytorchs_gates():
    titles = {
        c: [p.array for p in scene(c, "ab", 3, "ab").panels if p.kind == "timeline"] for c in CELLS
    }

    assert titles["lstm"][:4] == ["input", "forget", "candidate", "output"]
    assert titles["gru"][:3] == ["reset", "update", "new"]


def test_every_panel_has_its_place_in_both_grids(cell):
    for vocabulary in ("ab", None):
        picture = scene(cell, "ab", 3, vocabulary)
        areas = {panel.area for panel in picture.panels}
        for grid in (picture.wide, picture.narrow):
            assert {name for row in grid.areas for name in row.split()} == areas
            assert len(grid.areas) == len(grid.rows)
            assert {len(row.split()) for row in grid.areas} == {len(grid.columns)}


def test_blanks_and_line_breaks_can_be_seen():
    tokens = scene("lstm", " \n\tx", 3, "x").panels[0].tokens

    assert tokens == ("␣", "↵", "⇥", "x")


def test_a_cell_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(ValueError, match=r"^unknown cell 'rnn'; choose from 'lstm', 'gru'$"):
        scene("rnn", "ab", 3)


def test_a_unit_that_does_not_exist_is_named_with_the_range():
    with pytest.raises(ValueError, match=r"^unit must be between 0 and 2, not 3$"):
        scene("lstm", "ab", 3, unit=3)
