"""Packed weights: counts, the way from and to torch, and what is refused."""

import pytest
import torch
from torch import nn

from explorer.cells import CELLS, Weights

HAVE_LAYERS = [name for name, cell in CELLS.items() if cell.has_layer]


def layer_of(name, inputs=10, units=64, **options):
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn_tanh": nn.RNN}
    return kinds[name](inputs, units, **options)


@pytest.mark.parametrize(
    ("name", "count"), [("rnn_tanh", 4_864), ("gru", 14_592), ("lstm", 19_456)]
)
def test_parameters_are_counted_as_torch_counts_them(name, count):
    layer = layer_of(name)

    assert sum(p.numel() for p in layer.parameters()) == count
    assert CELLS[name].parameters(inputs=10, units=64) == count
    assert Weights.from_state_dict(layer.state_dict()).parameters == count


@pytest.mark.parametrize(("name", "count"), [("lstm_peephole", 19_648), ("lstm_coupled", 14_592)])
def test_peepholes_are_three_numbers_a_unit_and_a_coupled_gate_costs_nothing(name, count):
    drawn = CELLS[name].draw(10, 64, torch.Generator().manual_seed(0))

    assert CELLS[name].parameters(inputs=10, units=64) == drawn.parameters == count


def test_a_gru_has_three_quarters_of_the_parameters_of_an_lstm():
    assert 4 * CELLS["gru"].parameters(7, 13) == 3 * CELLS["lstm"].parameters(7, 13)


@pytest.mark.parametrize("name", HAVE_LAYERS)
def test_weights_survive_the_way_to_torch_and_back(name):
    cell = CELLS[name]
    weights = cell.draw(3, 5, torch.Generator().manual_seed(0))

    back = Weights.from_state_dict(cell.layer(weights).state_dict())

    for key, value in weights.state_dict().items():
        assert torch.equal(back.state_dict()[key], value)


def test_the_second_layer_of_a_stack_is_read_by_its_number():
    layer = layer_of("lstm", 3, 5, num_layers=2)

    second = Weights.from_state_dict(layer.state_dict(), layer=1)

    assert second.inputs == 5
    assert torch.equal(second.weight_ih, layer.weight_ih_l1)


def test_the_way_back_of_a_layer_is_read_and_written_under_the_names_of_torch():
    state = layer_of("gru", 3, 5, bidirectional=True, num_layers=2).state_dict()

    back = Weights.from_state_dict(state, layer=1, backward=True)

    assert torch.equal(back.weight_ih, state["weight_ih_l1_reverse"])
    again = back.state_dict(layer=1, backward=True)
    assert again.keys() == {name for name in state if name.endswith("_l1_reverse")}
    assert all(torch.equal(again[name], state[name]) for name in again)


@pytest.mark.parametrize("backward", [False, True])
def test_peepholes_stand_in_the_state_dict_beside_the_names_of_torch(backward):
    weights = CELLS["lstm_peephole"].draw(3, 5, torch.Generator().manual_seed(0))

    state = weights.state_dict(layer=2, backward=backward)

    ending = "_l2_reverse" if backward else "_l2"
    assert torch.equal(state["peepholes" + ending], weights.peepholes)
    back = Weights.from_state_dict(state, layer=2, backward=backward)
    assert all(torch.equal(back.parts[name], part) for name, part in weights.parts.items())


@pytest.mark.parametrize("name", [name for name in CELLS if name not in HAVE_LAYERS])
def test_a_cell_that_torch_does_not_have_says_so(name):
    weights = CELLS[name].draw(3, 5, torch.Generator().manual_seed(0))

    with pytest.raises(ValueError, match=f"torch has no layer of the kind {name}"):
        CELLS[name].layer(weights)


def test_a_layer_without_biases_gets_zeros():
    weights = Weights.from_state_dict(layer_of("gru", 3, 5, bias=False).state_dict())

    assert weights.bias_ih.count_nonzero() == weights.bias_hh.count_nonzero() == 0


@pytest.mark.parametrize("name", CELLS)
def test_fresh_weights_fill_the_range_torch_draws_from(name):
    weights = CELLS[name].draw(40, 64, torch.Generator().manual_seed(0))

    for part in weights.state_dict().values():
        assert 0.9 / 8 < part.abs().max() <= 1 / 8  # 1/sqrt(64)
        assert part.std().item() == pytest.approx(1 / 8 / 3**0.5, rel=0.15)


@pytest.mark.parametrize("name", CELLS)
def test_drawing_and_building_leave_the_global_generator_alone(name):
    before = torch.get_rng_state()

    weights = CELLS[name].draw(3, 5, torch.Generator().manual_seed(0))
    if CELLS[name].has_layer:
        CELLS[name].layer(weights)

    assert torch.equal(torch.get_rng_state(), before)


def test_peepholes_are_drawn_last_so_that_the_rest_is_what_an_lstm_draws():
    plain = CELLS["lstm"].draw(3, 5, torch.Generator().manual_seed(0))
    seeing = CELLS["lstm_peephole"].draw(3, 5, torch.Generator().manual_seed(0))

    assert all(torch.equal(seeing.parts[name], part) for name, part in plain.parts.items())


def test_a_missing_matrix_is_named():
    with pytest.raises(ValueError, match="no 'weight_ih_l0' among the weights; found bias"):
        Weights.from_state_dict({"bias": torch.zeros(3)})


def test_peepholes_of_another_size_are_refused():
    state = CELLS["lstm_peephole"].draw(3, 5, torch.Generator().manual_seed(0)).state_dict()

    with pytest.raises(ValueError, match="peepholes must be 3×5, not 3×4"):
        Weights.from_state_dict(state | {"peepholes_l0": torch.zeros(3, 4)})


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((8, 3), (8, 3), (8,), (8,)), "square blocks on top of each other, not 8×3"),
        (((6, 3), (8, 2), (8,), (8,)), "weight_ih must have 8 rows, not be 6×3"),
        (((8, 3), (8, 2), (8,), (4,)), "bias_hh must have 8 numbers, not 4"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_by_name(shapes, message):
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")

    with pytest.raises(ValueError, match=message):
        Weights.from_state_dict(dict(zip(names, map(torch.zeros, shapes), strict=True)))
