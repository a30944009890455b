"""The circuits of the cell lab: every number on them is real, and every equation holds."""

import re
from dataclasses import fields, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
import torch

from explorer.cells import CELLS, CONVENTIONS, Equation, GateKind, Packing
from explorer.cells.activations import SIGMOID
from explorer.cells.gates import FORGET, in_papers
from explorer.figures.cells import (
    CIRCUITS,
    diagram,
    gated,
    handmade_scene,
    in_words,
    names,
    panels,
    step_scene,
    surgery_scene,
)
from explorer.figures.cells.panels import circuit_of
from explorer.figures.scene import Diagram, Layout, Opening, Timeline, Value, worded
from explorer.labs.cells import frames
from explorer.sequences.trace import trace
from explorer.verify.cells import VARIED
from tests.figures.cells.readings import Reading, reading
from tests.figures.taking_apart import (
    KEY,
    keys_in,
    numbers_in,
    parts,
    sides,
    summed,
    templates_in,
)

UNITS = 4


@pytest.fixture(scope="module", params=[*CIRCUITS, *VARIED])
def read(request: pytest.FixtureRequest) -> Reading:
    return reading(request.param, units=UNITS)


@pytest.fixture
def picture(read: Reading) -> Diagram:
    return diagram(read.cell, tokens="abcab", inputs="abc")


def hard_of(cell: str) -> tuple[float, float]:
    """The slope and the shift of a cell's hard sigmoid, as its name tells them."""
    found = re.search(r"hard_sigmoid_([\d.]+)_([\d.]+)", cell)
    return (float(found[1]), float(found[2])) if found else (0.2, 0.5)


def layouts(picture: Diagram) -> list[Layout | Diagram]:
    assert picture.narrow is not None
    return [picture, picture.narrow]


def test_every_cell_of_the_laboratory_has_a_circuit():
    assert list(CIRCUITS) == list(CELLS)


# --------------------------------------------------------------------------------------- numbers


def test_every_number_of_a_circuit_is_an_array_of_the_reading(read, picture):
    assert numbers_in(picture) <= {*read.frames[0].arrays, *read.still.arrays}


def test_every_name_in_a_sentence_is_an_array_of_the_reading(read, picture):
    assert templates_in(picture) <= {*read.frames[0].arrays, "token"}


def test_every_array_of_a_step_is_a_number_that_the_circuit_shows(read, picture):
    arrays = {name for name in read.frames[0].arrays if not name.startswith("next/")}
    candidate = CELLS[read.cell].candidate  # what it hears after the product is told gated
    told_twice = {f"{candidate.name}/from_hidden"} if candidate.reset == "after" else set()

    assert arrays - told_twice <= numbers_in(picture)


def test_every_number_on_a_wire_in_a_box_and_in_an_equation_can_be_opened(picture):
    opened = {opening.name for opening in picture.openings}

    assert {part.name for part in parts(picture) if isinstance(part, Value)} <= opened


def test_a_number_is_opened_in_one_way_only(picture):
    names = [opening.name for opening in picture.openings]

    assert len(names) == len(set(names))


def test_the_numbers_of_every_stage_satisfy_its_equation(read, picture):
    for stage in picture.stages[1:]:
        for frame in read.frames:
            for unit in range(UNITS):
                first, *others = sides(stage.equation, frame, unit, hard_of(read.cell))
                assert others, stage.name
                assert others == pytest.approx([first] * len(others), abs=1e-12), stage.name


def test_the_numbers_of_every_opening_satisfy_its_equation(read, picture):
    for opening in picture.openings:
        if opening.name == "x":
            continue  # a list of numbers, made outside of the cell
        for frame in read.frames:
            first, *others = sides(opening.equation, frame, 2, hard_of(read.cell))
            assert others == pytest.approx([first] * len(others), abs=1e-12), opening.name


def test_an_equation_ends_with_the_number_that_is_opened(picture):
    for opening in picture.openings:
        names = [term.value.name for term in opening.equation if term.value]
        assert names[-1] == opening.name


def test_the_products_of_every_opening_add_up_to_the_number(read, picture):
    opened = [opening for opening in picture.openings if opening.dots]
    assert len(opened) > 2 * len(circuit_of(read.cell).gates)
    for opening in opened:
        for frame in read.frames:
            for unit in range(UNITS):
                shown = frame.arrays[opening.adds_to or opening.name][unit]
                found = summed(opening, read.still, frame, unit)
                assert found == pytest.approx(float(shown), abs=1e-12), opening.name


def test_every_gate_and_every_sum_is_taken_apart_into_products(read, picture):
    opened = {opening.name: opening for opening in picture.openings}
    for gate in circuit_of(read.cell).gates:
        for name in (gate.name, f"{gate.name}/preactivation", *gate.parts):
            assert opened[name].dots, name


def test_what_was_there_before_leads_one_step_back(read, picture):
    before = [opening for opening in picture.openings if opening.name.endswith("_before")]
    first, second = read.frames[1:3]

    assert before
    for opening in before:
        (dot,) = opening.dots
        assert dot.cause == "before"
        assert (first.arrays[dot.leads_to] == second.arrays[opening.name]).all()


# ---------------------------------------------------------------------------------------- stages


def computed(cell: str) -> list[str]:
    """Return the fields of the cell's step that its stages compute, in the order of the stages."""
    fields_of = {CELLS[cell].pictured(field.name): field.name for field in fields(CELLS[cell].made)}
    phases = circuit_of(cell).phases
    shown = [phase if isinstance(phase, str) else phase.formula for phase in phases]
    return [fields_of.get(name, name.rpartition("/")[2]) for name in shown]


def test_stages_stand_in_the_order_in_which_the_step_is_computed(read):
    kind = CELLS[read.cell]
    step = kind.step(read.weights, torch.zeros(3).double(), kind.start(read.weights))
    order = [field.name for field in fields(step)]
    places = [order.index(name) for name in computed(read.cell)]

    assert places == sorted(places)


def test_the_lstm_has_the_stages_of_the_textbook():
    titles = [stage.name for stage in diagram("lstm").stages]

    gates = ["input", "forget", "candidate", "output"]
    assert titles == ["concatenate", *gates, "keep", "write", "squash", "read"]


def test_stages_light_parts_that_exist_and_together_light_all_of_them(picture):
    known = {node.name for node in picture.nodes} | {wire.name for wire in picture.wires}
    lit = {part for stage in picture.stages for part in stage.parts}

    assert lit == known


def test_every_gate_has_a_stage_of_its_own_name_so_that_a_click_on_it_leads_there(picture):
    boxes = {node.name for node in picture.nodes if node.shape == "gate"}

    assert boxes <= {stage.name for stage in picture.stages}


# ----------------------------------------------------------------------------- gates by their names


@pytest.mark.parametrize("cell", CELLS)
def test_the_boxes_of_a_circuit_are_the_cells_own_gates_by_their_names(cell):
    kinds = [kind for kind in CELLS[cell].kinds if kind.packed]
    for index, convention in enumerate(CONVENTIONS):
        picture = worded(step_scene(cell, "ab", UNITS, "ab"), index).panels[1]
        boxes = {node.name: node.text for node in picture.nodes if node.shape == "gate"}

        assert boxes == {kind.name: kind.called[index].short for kind in kinds}, convention


@pytest.mark.parametrize("cell", [name for name, cell in CELLS.items() if cell.keeping_gate])
def test_every_gate_and_every_state_has_a_heat_map_that_is_titled_so(cell):
    for index, convention in enumerate(CONVENTIONS):
        scene = worded(step_scene(cell, "ab", UNITS, "ab"), index)
        titles = {p.array: p.title for p in scene.panels if isinstance(p, Timeline)}

        assert list(titles) == list(CELLS[cell].mapped)
        for kind in CELLS[cell].kinds:
            assert titles[kind.name] == kind.called[index].title, convention


def test_the_maps_of_a_plain_rnn_are_its_sum_the_parts_of_it_and_its_state():
    scene = worded(step_scene("rnn_tanh", "ab", UNITS, "ab"))
    titles = {p.array: p.title for p in scene.panels if isinstance(p, Timeline)}

    assert titles == {
        "hidden/from_input": "from the input",
        "hidden/from_hidden": "from the past",
        "hidden/preactivation": "sum",
        "hidden": "hidden h",
    }


@pytest.mark.parametrize("cell", CELLS)
def test_a_format_that_does_not_know_a_cell_says_so_of_every_gate(cell):
    formats = {3: ("keras", "Keras has no layer"), 4: ("onnx", "ONNX has no node")}
    for index, (convention, absent) in formats.items():
        opened = opened_in(cell, index, 4)
        for gate in CIRCUITS[cell].gates:
            nowhere = f"Its weights: nowhere: {absent} of this cell." in opened[gate.name].says
            assert nowhere == (convention not in CELLS[cell].packings)


class Unheard(type(CELLS["lstm"])):
    """An LSTM that no format knows."""

    packings: ClassVar[dict[str, Packing]] = {}


def test_a_cell_that_no_format_knows_has_its_own_words_and_no_place_there():
    lexicons = [dict(lexicon.words) for lexicon in names.lexicons(Unheard(), 4)]

    assert [words["place forget"] for words in lexicons] == [
        *["rows 4–7 of weight_ih_l0 and weight_hh_l0"] * 3,
        "nowhere: Keras has no layer of this cell",
        "nowhere: ONNX has no node of this cell",
    ]
    assert [words["forget gate"] for words in lexicons] == [c.name for c in FORGET.called]


def test_a_gate_that_only_papers_have_a_word_for_is_called_so_everywhere():
    kind = GateKind(
        field="gate",
        name="gate",
        squash=SIGMOID,
        means="",
        says="",
        papers=in_papers("a", "alone", "lone gate"),
    )

    assert [called.title for called in kind.called] == ["alone a"] * 5


@pytest.mark.parametrize("cell", CELLS)
def test_what_a_gate_does_can_be_said_in_the_words_of_papers(cell):
    for kind in CELLS[cell].kinds:
        said = in_words(cell, kind.means)
        assert "⟦" not in said
        assert len(said) > 20


def test_the_words_of_papers_are_put_into_a_text_about_a_cell():
    assert in_words("lstm", "The ⟦forget gate⟧ and the ⟦cell state⟧") == (
        "The forget gate and the memory"
    )


# --------------------------------------------------------------------------------------- layouts


def test_wide_and_narrow_circuits_have_the_same_parts(picture):
    wide, narrow = layouts(picture)

    assert [n.name for n in wide.nodes] == [n.name for n in narrow.nodes]
    assert [w.name for w in wide.wires] == [w.name for w in narrow.wires]
    assert [w.value for w in wide.wires] == [w.value for w in narrow.wires]


def test_wires_join_nodes_that_exist_and_end_where_those_lie(picture):
    for layout in layouts(picture):
        places = {node.name: (node.x, node.y) for node in layout.nodes}
        for wire in layout.wires:
            assert {wire.start, wire.end} <= {*places, ""}
            if wire.end:
                assert wire.points[-1][:2] == places[wire.end], wire.name


def test_everything_lies_inside_its_layout(picture):
    for layout in layouts(picture):
        points = [(n.x, n.y) for n in layout.nodes] + [p for w in layout.wires for p in w.points]
        assert all(0 <= p[0] <= layout.width and 0 <= p[1] <= layout.height for p in points)


GATED = [name for name, cell in CELLS.items() if cell.keeping_gate and not cell.peepholes]


@pytest.mark.parametrize("cell", GATED)
def test_places_that_nobody_set_by_hand_hold_every_part_apart_from_the_others(cell, monkeypatch):
    monkeypatch.setattr(gated, "BY_HAND", {})
    circuit = gated.circuit(CELLS[cell])

    for narrow in (False, True):
        picture = circuit.layout(narrow, quoted=True)
        places = {node.name: (node.x, node.y) for node in picture.nodes}
        row_at = (circuit.narrow if narrow else circuit.wide).gate_row
        row = sorted(x for x, y in places.values() if y == row_at)
        assert len(set(places.values())) == len(places)
        assert all(8 <= x <= picture.width - 8 for x, _ in places.values())
        assert all(b - a >= 80 for a, b in pairwise(row))
        for wire in picture.wires:
            assert not wire.end or wire.points[-1][:2] == places[wire.end], wire.name


def test_a_cell_with_peepholes_needs_its_places_set_by_hand(monkeypatch):
    monkeypatch.setattr(gated, "BY_HAND", {})

    with pytest.raises(ValueError, match="peepholes of lstm_peephole have to be set by hand"):
        gated.circuit(CELLS["lstm_peephole"])


class KeepsTwice(type(CELLS["gru"])):
    """It keeps by its reset gate, and says that its update gate keeps."""

    name = "twice"
    equations = (
        Equation("kept", "{reset_gate} · {hidden_before}"),
        *CELLS["gru"].equations[2:],
    )


def test_a_cell_that_no_picture_knows_is_named():
    with pytest.raises(ValueError, match="twice keeps or writes in a way that no picture knows"):
        gated.circuit(KeepsTwice())


def test_the_picture_of_a_cell_with_other_activations_says_them_and_their_ends():
    cell = "lstm(hard_sigmoid_0.2_0.5, relu, relu)"
    picture, scales = diagram(cell), {array: scale for array, _, scale in circuit_of(cell).maps}
    notes = {node.name: node.note for node in picture.nodes}
    shown = next(node for node in picture.nodes if node.name == "squash")
    stages = {stage.name: stage.symbols for stage in picture.stages}

    assert notes["forget"] == "hard σ({forget/preactivation})"
    assert notes["candidate"] == "relu({candidate/preactivation})"
    assert shown.text == "relu"
    assert shown.help == "Lets the ⟦cell state⟧ pass where it is above 0, and nothing below."
    assert stages["squash"] == "relu(⟦letter cell⟧)"
    assert "0 or more" in next(n for n in picture.nodes if n.name == "candidate").help
    # relu has no upper end: against the largest of all, not between −1 and 1
    assert scales == {
        **dict.fromkeys(("input", "forget", "output"), "share"),
        "candidate": "largest",
        "cell": "by row",
        "hidden": "largest",
    }
    assert "tanh" not in repr(picture) + repr(circuit_of(cell).formulas)


@pytest.mark.parametrize("count", range(1, 14))
def test_any_number_of_heat_maps_has_its_places(count, monkeypatch):
    circuit = CIRCUITS["lstm"]
    known = (circuit.maps * 3)[:count]
    monkeypatch.setitem(panels.CIRCUITS, "lstm", replace(circuit, maps=known))

    for scene in (
        step_scene("lstm", "ab", UNITS, "ab"),
        step_scene("lstm", "ab", UNITS),
        surgery_scene("lstm", "ab", UNITS, "ab"),
        handmade_scene("lstm", "ab", UNITS, "ab", "ab"),
    ):
        maps = [panel for panel in scene.panels if isinstance(panel, Timeline)]
        assert [panel.array.removeprefix("difference/") for panel in maps] == [m[0] for m in known]
        for grid in (scene.wide, scene.narrow):
            cells = np.array([row.split() for row in grid.areas])
            assert set(cells.flat) - {"."} == {panel.area for panel in scene.panels}
            assert len(grid.rows) == len(cells)
            for area in {panel.area for panel in maps}:
                rows, columns = np.nonzero(cells == area)
                block = cells[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                assert (block == area).all()


def test_peepholes_see_the_memory_of_before_except_the_output_gates():
    opened = {opening.name: opening for opening in diagram("lstm_peephole").openings}
    seen = {
        gate: [(d.inputs, d.block) for d in opened[gate].dots if d.diagonal]
        for gate in ("input", "forget", "candidate", "output")
    }

    assert seen == {
        "input": [("cell_before", 0)],
        "forget": [("cell_before", 1)],
        "candidate": [],
        "output": [("cell", 2)],
    }


# ----------------------------------------------------------------------------------------- words


def test_the_lexicons_of_a_cell_have_the_same_keys(read):
    lexicons = step_scene(read.cell, "ab", UNITS, "ab").lexicons
    first, *others = ([key for key, _ in lexicon.words] for lexicon in lexicons)

    assert len(others) == 4
    assert all(keys == first for keys in others)


def test_every_key_of_a_scene_has_a_word(read):
    scene = step_scene(read.cell, "ab", UNITS, "ab", inputs="ab")
    words = dict(scene.lexicons[0].words)

    assert keys_in(scene.panels) <= set(words)
    assert not any(KEY.search(word) for lexicon in scene.lexicons for _, word in lexicon.words)


def test_no_key_is_left_once_the_words_are_put_in_and_templates_still_name_arrays(read):
    scene = step_scene(read.cell, "ab", UNITS, "ab")
    for index in range(len(scene.lexicons)):
        picture = worded(scene, index)
        assert keys_in(picture) == set()
        assert templates_in(picture.panels[1]) <= {*read.frames[0].arrays, "token"}


def opened_in(cell: str, index: int, units: int, suffix: str = "l0") -> dict[str, Opening]:
    scene = worded(step_scene(cell, "ab", units, "ab", suffix=suffix), index)
    return {opening.name: opening for opening in scene.panels[1].openings}


@pytest.mark.parametrize(
    ("cell", "names", "gate", "place"),
    [
        # the orders that the documentation of each states: i, f, g, o · i, f, c, o · i, o, f, c
        ("lstm", 2, "forget", "rows 64–127 of weight_ih_l0 and weight_hh_l0"),
        ("lstm", 2, "candidate", "rows 128–191 of weight_ih_l0 and weight_hh_l0"),
        ("lstm", 3, "forget", "columns 64–127 of kernel and recurrent_kernel"),
        ("lstm", 4, "forget", "rows 128–191 of W and R"),
        ("lstm", 4, "output", "rows 64–127 of W and R"),
        # r, z, n · z, r, h · z, r, h
        ("gru", 2, "reset", "rows 0–63 of weight_ih_l0 and weight_hh_l0"),
        ("gru", 3, "reset", "columns 64–127 of kernel and recurrent_kernel"),
        ("gru", 4, "update", "rows 0–63 of W and R"),
        ("lstm_coupled", 2, "output", "rows 128–191 of weight_ih_l0 and weight_hh_l0"),
        ("lstm_coupled", 3, "output", "nowhere: Keras has no layer of this cell"),
        ("rnn_relu", 4, "hidden", "rows 0–63 of W and R"),
    ],
)
def test_an_opened_gate_says_where_its_weights_stand(cell, names, gate, place):
    assert opened_in(cell, names, 64)[gate].says.endswith(f"Its weights: {place}.")


def test_the_place_of_a_gate_is_that_of_its_products(read):
    for gate in circuit_of(read.cell).gates:
        opening = opened_in(read.cell, 2, 10, "l1_reverse")[gate.name]
        first = 10 * opening.dots[0].block
        assert f"rows {first}–{first + 9} of weight_ih_l1_reverse" in opening.says


def test_a_single_unit_has_a_row_and_not_rows():
    assert "row 1 of weight_ih_l0" in opened_in("lstm", 0, 1)["forget"].says


def test_names_of_udacity_relabel_gates_memories_and_what_is_written():
    picture = worded(step_scene("lstm", "ab", UNITS, "ab"), 1).panels[1]
    boxes = {node.name: node.text for node in picture.nodes if node.shape == "gate"}
    labels = {wire.name: wire.label for wire in picture.wires}
    opened = {opening.name: opening.title for opening in picture.openings}

    assert boxes == {"input": "ignore", "forget": "forget", "candidate": "learn", "output": "use"}
    assert labels["wire/cell"] == "long-term after"
    assert labels["wire/written"] == "learned"
    assert opened["input"] == "ignore factor"
    assert opened["hidden"] == "short-term memory"


# ------------------------------------------------------------------------------------------ runs


def test_a_run_hands_out_every_array_that_the_circuit_shows(read, picture):
    kind = CELLS[read.cell]
    x = torch.eye(3, dtype=torch.float64)[[0, 1, 2, 0]]
    seen = trace(kind, read.weights, x)

    assert numbers_in(picture) <= {*frames.states(seen), *frames.still(seen).arrays}
