"""What a cell says of itself: its names, its gates, its equations, and who else knows it."""

import re
from dataclasses import fields

import pytest
import torch

from explorer.cells import ABLATIONS, CELLS, STATES, State, Weights, formulas
from explorer.cells.conventions import PACKINGS, packing
from explorer.cells.textbook import TEXTBOOK
from explorer.verify.cells import VARIED
from explorer.verify.onnx_nodes import NODES


def a_step(cell, seed=0):
    """One step of a cell with weights twice as large as usual, and the state it began with."""
    drawn = cell.draw(3, 5, torch.Generator().manual_seed(seed), torch.float64)
    weights = Weights(**{name: 2 * part for name, part in drawn.parts.items()})
    rng = torch.Generator().manual_seed(seed + 1)
    x, *states = torch.randn(3, 5, generator=rng, dtype=torch.float64)
    before = State(states[0], states[1] if cell.memory == "cell" else None)
    return cell.step(weights, x[:3], before), before


@pytest.mark.parametrize("what", ["name", "label", "short"])
def test_no_two_cells_are_called_the_same(what):
    names = [getattr(cell, what) for cell in CELLS.values()]

    assert len(set(names)) == len(names)
    assert all(names)


@pytest.mark.parametrize("name", VARIED)
def test_a_cell_with_other_activations_is_found_by_its_one_name_and_listed_nowhere(name):
    cell = CELLS[name]

    assert cell.name == name
    assert cell.family in CELLS
    assert name not in list(CELLS)
    assert CELLS[cell.family].by(*cell.activations).name == name
    assert not cell.has_layer
    assert CELLS[cell.family].has_layer == (cell.family in ("lstm", "gru"))


@pytest.mark.parametrize(
    "name",
    [
        "lstm(sigmoid, tanh, tanh)",  # that is "lstm"
        "lstm(hard_sigmoid_0.20_0.5, tanh, tanh)",
        "lstm(hard_sigmoid_-0.2_0.5, tanh, tanh)",
        "lstm(hard_sigmoid_nan_0.5, tanh, tanh)",
        "lstm(relu, tanh, tanh)",  # a gate that is no share
        "lstm(sigmoid, sigmoid, tanh)",  # a candidate that is one
        "lstm(sigmoid, relu)",
        "gru(sigmoid, relu, relu)",
        "rnn_tanh(relu)",
        "lstm(softsign, tanh, tanh)",
        "lstm(",
        "",
    ],
)
def test_a_name_that_is_no_cell_s_is_refused(name):
    assert name not in CELLS
    with pytest.raises(KeyError):
        _ = CELLS[name]


@pytest.mark.parametrize("name", [3, None, [], {}])
def test_what_is_no_name_at_all_is_no_cell_s(name):
    assert name not in CELLS


def test_the_labels_of_cells_say_which_activations_are_not_the_usual():
    labels = {
        "lstm(sigmoid, relu, relu)": "LSTM (relu)",
        "lstm(sigmoid, relu, tanh)": "LSTM (relu candidate)",
        "lstm(hard_sigmoid_0.2_0.5, tanh, relu)": "LSTM (hard σ gates, relu output)",
        "gru_before(hard_sigmoid_0.2_0.5, relu)": "GRU that resets before the product "
        "(hard σ gates, relu candidate)",
    }

    assert {name: CELLS[name].label for name in labels} == labels


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_registered_under_its_own_name_with_author_and_year(name):
    assert CELLS[name].name == name
    assert re.match(r"[A-Z]\w+ .*\b(19|20)\d\d\b", CELLS[name].source)


@pytest.mark.parametrize("name", CELLS)
def test_gates_and_equations_are_about_numbers_that_a_step_holds(name):
    cell = CELLS[name]
    held = [field.name for field in fields(cell.made)]
    step, _ = a_step(cell)

    assert isinstance(step, cell.made)
    assert {kind.field for kind in cell.kinds} <= set(held)
    assert [made.name for made in cell.equations] == sorted(
        (made.name for made in cell.equations), key=held.index
    )
    assert set(held) <= {
        *("from_input", "from_hidden", "from_memory", "preactivation", "hidden"),
        *cell.gates,
        *(made.name for made in cell.equations),
    }


@pytest.mark.parametrize(
    "name", [*(name for name, cell in CELLS.items() if cell.equations), *VARIED]
)
def test_every_equation_computes_the_number_that_the_step_computed(name):
    cell = CELLS[name]
    step, before = a_step(cell)
    numbers = step.values | {"hidden_before": before.hidden, "cell_before": before.cell}
    if cell.candidate.reset == "after":
        numbers["past"] = step.from_hidden.chunk(len(cell.gates))[
            cell.gates.index(cell.candidate.field)
        ]

    for made in cell.equations:
        python = re.sub(r"\{(\w+)\}", r"\1", made.of).replace("·", "*").replace("−", "-")
        found = eval(python, {"tanh": torch.tanh, "relu": torch.relu}, numbers)
        torch.testing.assert_close(found, step.values[made.name], rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", [*CELLS, *VARIED])
def test_every_gate_is_what_its_squashing_makes_of_its_sum(name):
    cell = CELLS[name]
    step, _ = a_step(cell)
    squashes = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    squashes["hard_sigmoid_0.2_0.5"] = lambda x: torch.clip(0.2 * x + 0.5, 0, 1)
    squashes["hard_sigmoid_0.16666666666666666_0.5"] = torch.nn.functional.hardsigmoid
    squashes["hard_sigmoid_0.25_0.4"] = lambda x: torch.clip(0.25 * x + 0.4, 0, 1)

    for field in cell.gates:
        gate = step.gate(field)
        expected = squashes[cell.kind(field).squash.name](gate.preactivation)
        torch.testing.assert_close(gate.value, expected, rtol=0, atol=1e-15)
        assert (gate.from_memory is not None) == bool(cell.kind(field).sees)


@pytest.mark.parametrize("name", [name for name, cell in CELLS.items() if cell.candidate.hears])
def test_who_hears_the_past_through_a_gate_hears_nothing_where_it_is_shut(name):
    cell = CELLS[name]
    drawn = cell.draw(3, 5, torch.Generator().manual_seed(0), torch.float64)
    silent = Weights(**{**drawn.parts, "bias_hh": torch.zeros_like(drawn.bias_hh)})
    x, state = torch.ones(3, dtype=torch.float64), State(torch.ones(5, dtype=torch.float64))

    shut = cell.step(
        silent, x, state, lambda part, value, _: value * (part != cell.candidate.hears)
    )

    assert not shut.gate(cell.candidate.field).from_hidden.any()
    assert cell.step(silent, x, state).gate(cell.candidate.field).from_hidden.all()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        # as in Greff et al. (2017), section 2, in other letters
        (
            "lstm_peephole",
            (
                r"i = \sigma(W_{i} x + U_{i} h_{-1} + b_{i} + p_{i} \cdot c_{-1})",
                r"f = \sigma(W_{f} x + U_{f} h_{-1} + b_{f} + p_{f} \cdot c_{-1})",
                r"g = \tanh(W_{g} x + U_{g} h_{-1} + b_{g})",
                r"c = f \cdot c_{-1} + i \cdot g",
                r"o = \sigma(W_{o} x + U_{o} h_{-1} + b_{o} + p_{o} \cdot c)",
                r"h = o \cdot \tanh(c)",
            ),
        ),
        # as in the documentation of torch.nn.GRU
        (
            "gru",
            (
                r"r = \sigma(W_{r} x + U_{r} h_{-1} + b_{r})",
                r"z = \sigma(W_{z} x + U_{z} h_{-1} + b_{z})",
                r"n = \tanh(W_{n} x + b_{n} + r \cdot (U_{n} h_{-1} + b'_{n}))",
                r"h = (1 - z) \cdot n + z \cdot h_{-1}",
            ),
        ),
    ],
)
def test_formulas_are_the_published_ones(name, lines):
    assert formulas(CELLS[name]) == lines


def test_the_formulas_of_a_cell_with_a_hard_sigmoid_say_what_that_is():
    *gates, defined = formulas(CELLS["gru(hard_sigmoid_0.16666666666666666_0.5, relu)"])

    assert gates[1] == r"z = \mathrm{hard}\,\sigma(W_{z} x + U_{z} h_{-1} + b_{z})"
    assert gates[2].startswith(r"n = \mathrm{relu}(W_{n} x + b_{n} + r \cdot ")
    assert defined == r"\mathrm{hard}\,\sigma(x) = \min(1, \max(0, x / 6 + 0.5))"


@pytest.mark.parametrize("name", CELLS)
def test_there_is_a_formula_for_every_gate_and_every_state(name):
    cell = CELLS[name]
    left = [line.split(" = ")[0] for line in formulas(cell)]
    states = ["c", "h"] if cell.memory == "cell" else ["h"]

    assert sorted(left) == sorted({*(kind.papers.letter for kind in cell.kinds), *states})


@pytest.mark.parametrize("name", CELLS)
def test_the_candidate_is_what_is_written_or_the_state_itself(name):
    cell = CELLS[name]

    assert cell.candidate.field in cell.gates
    assert not cell.candidate.is_share
    if cell.keeping_gate:
        assert cell.candidate.field in cell.equation("written").reads


@pytest.mark.parametrize(
    ("name", "gate", "sign"),
    [
        ("lstm", "forget_gate", 1),
        ("lstm_peephole", "forget_gate", 1),
        ("lstm_coupled", "input_gate", -1),  # f = 1 − σ(b) = σ(−b)
        ("gru", "update_gate", 1),
    ],
)
def test_the_forget_bias_is_that_of_the_gate_that_keeps(name, gate, sign):
    assert CELLS[name].forget_bias == (gate, sign)


def test_what_a_cell_does_not_have_is_refused_by_name():
    lstm = CELLS["lstm"]

    with pytest.raises(ValueError, match="unknown gate 'reset_gate'; choose from 'input_gate'"):
        lstm.kind("reset_gate")
    with pytest.raises(ValueError, match="no equation of lstm says how input_gate is made"):
        lstm.equation("input_gate")
    with pytest.raises(ValueError, match="rnn_relu has no gate that keeps its memory"):
        _ = CELLS["rnn_relu"].forget_bias


# ---------------------------------------------------------------------------------- who knows it


@pytest.mark.parametrize("name", CELLS)
def test_torch_knows_a_cell_or_the_textbook_does(name):
    assert CELLS[name].has_layer != (name in TEXTBOOK)


def test_the_nodes_that_verify_knows_are_those_of_the_cells_that_onnx_knows():
    assert set(NODES) == {name for name, cell in CELLS.items() if "onnx" in cell.packings}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_packed_by_the_formats_that_know_it_and_by_no_other(name):
    for convention in ("keras", "onnx", "tensorflow1"):
        if convention in CELLS[name].packings:
            assert packing(convention, name) == CELLS[name].packings[convention]
        else:
            assert name not in PACKINGS[convention]
            with pytest.raises(ValueError, match=f"{convention} has no cell '{name}'"):
                packing(convention, name)


@pytest.mark.parametrize("name", [name for name, cell in CELLS.items() if cell.ablations])
def test_what_a_cell_can_do_without_is_known_and_is_a_part_of_it(name):
    for ablation in CELLS[name].ablations:
        part = ABLATIONS[ablation].part
        assert part in CELLS[name].touchable or (part == "peepholes" and CELLS[name].peepholes)


@pytest.mark.parametrize("name", CELLS)
def test_pictures_have_a_name_for_every_gate_and_map_every_gate_and_state(name):
    cell = CELLS[name]
    named = [cell.pictured(kind.field) for kind in cell.kinds]

    assert named == [kind.name for kind in cell.kinds]
    assert {*named, *(state for state in STATES if hasattr(a_step(cell)[0], state))} <= {
        *cell.mapped
    }
