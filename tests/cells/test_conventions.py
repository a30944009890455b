"""Packing orders: held against Keras' and ONNX' own equations, written unit by unit in NumPy."""

import numpy as np
import pytest
import torch

from explorer.cells import CELLS, Weights
from explorer.cells.conventions import (
    PACKINGS,
    from_keras,
    from_onnx,
    from_tensorflow1,
    packing,
    reordered,
    to_keras,
    to_onnx,
)

INPUTS, UNITS, STEPS = 3, 4, 6


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def drawn(cell_name: str, seed: int = 0) -> Weights:
    generator = torch.Generator().manual_seed(seed)
    return CELLS[cell_name].draw(INPUTS, UNITS, generator, torch.float64)


def normal(*shape: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


def hidden(cell_name: str, weights: Weights, xs: torch.Tensor) -> np.ndarray:
    """Our own cell along a sequence, from zeros."""
    cell, states = CELLS[cell_name], []
    state = cell.start(weights)
    for x in xs:
        step = cell.step(weights, x, state)
        state = step.state
        states.append(step.hidden)
    return torch.stack(states).numpy()


def keras_lstm(x, h, c, W, U, b):
    """keras.layers.LSTMCell: kernel columns i, f, c, o."""
    z_i, z_f, z_c, z_o = np.split(x @ W + h @ U + b, 4)
    c = sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_c)
    return sigmoid(z_o) * np.tanh(c), c


def keras_gru(x, h, c, W, U, b):
    """keras.layers.GRUCell(reset_after=True): columns z, r, h, rows of biases input, recurrent."""
    (x_z, x_r, x_h), (h_z, h_r, h_h) = np.split(x @ W + b[0], 3), np.split(h @ U + b[1], 3)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_h + r * h_h), c


def keras_gru_before(x, h, c, W, U, b):
    """keras.layers.GRUCell(reset_after=False): r multiplies h before the recurrent kernel does."""
    x_z, x_r, x_h = np.split(x @ W + b, 3)
    U_z, U_r, U_h = np.split(U, 3, axis=1)
    z, r = sigmoid(x_z + h @ U_z), sigmoid(x_r + h @ U_r)
    return z * h + (1 - z) * np.tanh(x_h + (r * h) @ U_h), c


def keras_plain(x, h, c, W, U, b):
    return np.tanh(x @ W + h @ U + b), c


KERAS = {
    "lstm": keras_lstm,
    "gru": keras_gru,
    "gru_before": keras_gru_before,
    "rnn_tanh": keras_plain,
}


def onnx_lstm(x, h, c, W, R, B, P):
    """ONNX LSTM: rows i, o, f, c, peepholes i, o, f; o sees the new c."""
    Wb, Rb = np.split(B, 2)
    i, o, f, candidate = np.split(W @ x + R @ h + Wb + Rb, 4)
    p_i, p_o, p_f = np.zeros((3, UNITS)) if P is None else np.split(P, 3)
    i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
    c = f * c + i * np.tanh(candidate)
    return sigmoid(o + p_o * c) * np.tanh(c), c


def onnx_coupled(x, h, c, W, R, B, P):
    """ONNX LSTM with input_forget=1: f = 1 − i."""
    Wb, Rb = np.split(B, 2)
    i, o, _, candidate = np.split(W @ x + R @ h + Wb + Rb, 4)
    i = sigmoid(i)
    c = (1 - i) * c + i * np.tanh(candidate)
    return sigmoid(o) * np.tanh(c), c


def onnx_gru(x, h, c, W, R, B, P, after=True):
    """ONNX GRU: rows z, r, h; linear_before_reset is `after`."""
    (W_z, W_r, W_h), (R_z, R_r, R_h) = np.split(W, 3), np.split(R, 3)
    Wb_z, Wb_r, Wb_h, Rb_z, Rb_r, Rb_h = np.split(B, 6)
    z, r = sigmoid(W_z @ x + R_z @ h + Wb_z + Rb_z), sigmoid(W_r @ x + R_r @ h + Wb_r + Rb_r)
    past = r * (R_h @ h + Rb_h) if after else R_h @ (r * h) + Rb_h
    return (1 - z) * np.tanh(W_h @ x + past + Wb_h) + z * h, c


def onnx_gru_before(x, h, c, W, R, B, P):
    return onnx_gru(x, h, c, W, R, B, P, after=False)


def onnx_plain(x, h, c, W, R, B, P):
    return np.tanh(W @ x + R @ h + sum(np.split(B, 2))), c


ONNX = {
    "lstm": onnx_lstm,
    "lstm_peephole": onnx_lstm,
    "lstm_coupled": onnx_coupled,
    "gru": onnx_gru,
    "gru_before": onnx_gru_before,
    "rnn_tanh": onnx_plain,
}


def along(step, xs, *arrays):
    h = c = np.zeros(UNITS)
    states = []
    for x in xs.numpy():
        h, c = step(x, h, c, *arrays)
        states.append(h)
    return np.stack(states)


def test_every_packing_but_relus_is_held_against_published_equations():
    for known, equations in (("keras", KERAS), ("onnx", ONNX)):
        assert set(equations) == set(PACKINGS[known]) - {"rnn_relu"}  # the same row as tanh


@pytest.mark.parametrize("name", KERAS)
def test_keras_arrays_compute_by_keras_equations_what_they_become_here(name):
    blocks, xs = len(CELLS[name].gates), normal(STEPS, INPUTS)
    kernel, recurrent = normal(INPUTS, blocks * UNITS), normal(UNITS, blocks * UNITS, seed=2)
    bias = normal(*((2,) if name == "gru" else ()), blocks * UNITS, seed=3)

    ours = hidden(name, from_keras(name, kernel, recurrent, bias), xs)

    theirs = along(KERAS[name], xs, kernel.numpy(), recurrent.numpy(), bias.numpy())
    assert np.abs(ours - theirs).max() < 1e-14


@pytest.mark.parametrize("name", KERAS)
def test_our_weights_compute_the_same_by_keras_equations(name):
    weights, xs = drawn(name), normal(STEPS, INPUTS)

    kernel, recurrent, bias = to_keras(name, weights)

    theirs = along(KERAS[name], xs, kernel.numpy(), recurrent.numpy(), bias.numpy())
    assert np.abs(hidden(name, weights, xs) - theirs).max() < 1e-14


@pytest.mark.parametrize("name", ONNX)
def test_onnx_arrays_compute_by_onnx_equations_what_they_become_here(name):
    blocks, xs = len(packing("onnx", name).gates), normal(STEPS, INPUTS)
    W, R = normal(blocks * UNITS, INPUTS), normal(blocks * UNITS, UNITS, seed=2)
    B = normal(2 * blocks * UNITS, seed=3)
    P = normal(3 * UNITS, seed=4) if name == "lstm_peephole" else None

    ours = hidden(name, from_onnx(name, W, R, B, P), xs)

    theirs = along(ONNX[name], xs, *(None if a is None else a.numpy() for a in (W, R, B, P)))
    assert np.abs(ours - theirs).max() < 1e-14


@pytest.mark.parametrize("name", ONNX)
def test_our_weights_survive_the_way_to_onnx_and_back(name):
    weights = drawn(name)

    back = from_onnx(name, *to_onnx(name, weights))

    for key, value in weights.state_dict().items():
        assert torch.equal(back.state_dict()[key], value)


@pytest.mark.parametrize("name", KERAS)
def test_our_matrices_survive_the_way_to_keras_and_back(name):
    weights = drawn(name)

    back = from_keras(name, *to_keras(name, weights))

    assert torch.equal(back.weight_ih, weights.weight_ih)
    assert torch.equal(back.weight_hh, weights.weight_hh)
    assert torch.allclose(back.bias_ih + back.bias_hh, weights.bias_ih + weights.bias_hh)


def test_a_gru_that_resets_after_the_product_keeps_its_two_biases_apart_in_keras():
    weights = drawn("gru")

    back = from_keras("gru", *to_keras("gru", weights))

    assert torch.equal(back.bias_ih, weights.bias_ih)
    assert torch.equal(back.bias_hh, weights.bias_hh)


@pytest.mark.parametrize("name", KERAS)
def test_without_biases_all_of_them_are_zero(name):
    kernel, recurrent, _ = to_keras(name, drawn(name))
    keras, onnx = (
        from_keras(name, kernel, recurrent),
        from_onnx(name, *to_onnx(name, drawn(name))[:2]),
    )

    for weights in (keras, onnx):
        assert weights.bias_ih.count_nonzero() == weights.bias_hh.count_nonzero() == 0


def test_tensorflow_1_packs_i_j_f_o_and_adds_its_forget_bias_at_every_step():
    kernel, bias, xs = (
        normal(INPUTS + UNITS, 4 * UNITS),
        normal(4 * UNITS, seed=2),
        normal(6, INPUTS),
    )

    def published(x, h, c, kernel, bias):
        """tf.compat.v1.nn.rnn_cell.LSTMCell."""
        i, j, f, o = np.split(np.concatenate((x, h)) @ kernel + bias, 4)
        c = sigmoid(f + 1.0) * c + sigmoid(i) * np.tanh(j)
        return sigmoid(o) * np.tanh(c), c

    ours = hidden("lstm", from_tensorflow1(kernel, bias), xs)

    assert np.abs(ours - along(published, xs, kernel.numpy(), bias.numpy())).max() < 1e-14


@pytest.mark.parametrize("convention", PACKINGS)
def test_every_packing_is_undone_by_packing_it_back(convention):
    for cell_name, packed in PACKINGS[convention].items():
        ours = CELLS[cell_name].gates
        rows = normal(len(packed.gates) * UNITS, INPUTS)
        if len(ours) == len(packed.gates):  # the coupled LSTM leaves a block out
            there = reordered(rows, packed.gates, ours)
            assert torch.equal(reordered(there, ours, packed.gates), rows)
        assert set(ours) <= set(packed.gates)
        assert len(packed.letters) == len(packed.gates)


def test_the_order_called_pytorch_is_the_one_the_cells_are_packed_in():
    assert PACKINGS["pytorch"].keys() == CELLS.keys()
    for name, packed in PACKINGS["pytorch"].items():
        assert packed.gates == CELLS[name].gates


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: packing("caffe", "lstm"), "unknown convention 'caffe'; choose from 'pytorch', "),
        (lambda: packing("keras", "lstm_peephole"), "keras has no cell 'lstm_peephole'"),
        (lambda: reordered(normal(7, 2), ("a", "b"), ("b",)), "7 rows cannot be cut into 2 equal"),
        (
            lambda: from_keras("gru", normal(3, 12), normal(4, 12), normal(12)),
            "gru has two biases in Keras",
        ),
        (
            lambda: from_keras("lstm", normal(3, 16), normal(4, 16), normal(2, 16)),
            "lstm has one bias in Keras",
        ),
        (
            lambda: from_onnx("lstm", normal(16, 3), normal(16, 4), P=normal(12)),
            "lstm has no peepholes",
        ),
        (
            lambda: from_onnx("lstm_peephole", normal(16, 3), normal(16, 4)),
            "lstm_peephole has three peepholes a unit",
        ),
    ],
)
def test_what_a_format_does_not_have_is_refused_by_name(attempt, message):
    with pytest.raises(ValueError, match=message):
        attempt()
