"""Packed weights: counts, the way from and to torch, and what is refused."""

import pytest
import torch
from torch import nn

from explorer.cells import CELLS, Weights


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


def test_a_gru_has_three_quarters_of_the_parameters_of_an_lstm():
    assert 4 * CELLS["gru"].parameters(7, 13) == 3 * CELLS["lstm"].parameters(7, 13)


@pytest.mark.parametrize("name", CELLS)
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
    CELLS[name].layer(weights)

    assert torch.equal(torch.get_rng_state(), before)


def test_a_missing_matrix_is_named():
    with pytest.raises(ValueError, match="no 'weight_ih_l0' among the weights; found bias"):
        Weights.from_state_dict({"bias": torch.zeros(3)})


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
