"""How long a forget gate remembers: closed forms, and the cell itself as a clock."""

import math

import pytest
import torch

from explorer.cells import (
    CELLS,
    State,
    Weights,
    chrono_biases,
    hard_sigmoid,
    remembrance,
    with_chrono,
    with_forget_bias,
)

# Exact values of sigma(b): gate, half-life, time constant, f^10, f^50, f^100.
table = {
    0: (0.5, 1.00, 2.00, 9.77e-4, 8.9e-16, 7.9e-31),
    1: (0.73106, 2.21, 3.72, 0.0436, 1.58e-7, 2.48e-14),
    2: (0.88080, 5.46, 8.39, 0.2810, 1.75e-3, 3.07e-6),
    3: (0.95257, 14.27, 21.09, 0.6152, 0.0881, 7.76e-3),
    4: (0.98201, 38.19, 55.60, 0.8340, 0.4035, 0.1628),
    5: (0.99331, 103.2, 149.4, 0.9351, 0.7148, 0.5109),
}


@pytest.mark.parametrize("bias", table)
def test_the_table_of_forget_biases_is_the_closed_form(bias):
    told = remembrance(torch.tensor([float(bias)], dtype=torch.float64))
    gate, halving, constant, ten, fifty, hundred = table[bias]

    assert told.gate.item() == pytest.approx(gate, rel=1e-4)
    assert told.half_life.item() == pytest.approx(halving, rel=5e-3)
    assert told.time_constant.item() == pytest.approx(constant, rel=5e-3)
    for steps, left in ((10, ten), (50, fifty), (100, hundred)):
        assert told.after(steps).item() == pytest.approx(left, rel=2e-2)


def test_a_hard_sigmoid_that_is_shut_or_open_forgets_at_once_or_never():
    biases = torch.tensor([-2.5, 0.0, 1.0, 2.5, 4.0], dtype=torch.float64)

    told = remembrance(biases, hard_sigmoid(0.2, 0.5))

    assert told.gate.tolist() == pytest.approx([0, 0.5, 0.7, 1, 1])
    never = math.inf
    assert told.half_life.tolist() == pytest.approx(
        [0, 1, math.log(0.5) / math.log(0.7), never, never]
    )
    assert told.time_constant.tolist() == pytest.approx([1, 2, 1 / 0.3, never, never])


def test_chrono_biases_are_refused_where_gates_are_not_logistic():
    cell = CELLS["lstm(hard_sigmoid_0.2_0.5, tanh, tanh)"]
    weights = cell.draw(2, 3, torch.Generator().manual_seed(0))

    with pytest.raises(ValueError, match="chrono biases are those of gates by σ"):
        with_chrono(cell, weights, 20, torch.Generator())


def test_after_one_half_life_half_is_left_and_after_a_time_constant_about_one_in_e():
    told = remembrance(torch.tensor([1.0, 3.0, 8.0], dtype=torch.float64))

    torch.testing.assert_close(told.gate**told.half_life, torch.full_like(told.gate, 0.5))
    assert (told.gate**told.time_constant)[-1].item() == pytest.approx(1 / torch.e, rel=1e-3)


def test_a_large_bias_loses_no_digits():
    told = remembrance(torch.tensor([40.0], dtype=torch.float64))  # 1 - f is below 1e-17 here

    expected = torch.tensor([40.0], dtype=torch.float64).exp() + 1
    torch.testing.assert_close(told.time_constant, expected, rtol=1e-12, atol=0)
    torch.testing.assert_close(
        told.half_life, torch.tensor(2.0, dtype=torch.float64).log() * expected, rtol=1e-12, atol=0
    )


@pytest.mark.parametrize("name", [name for name, cell in CELLS.items() if cell.keeping_gate])
def test_a_cell_left_alone_with_a_forget_bias_forgets_as_the_table_says(name):
    cell = CELLS[name]
    rows = len(cell.gates)
    blank = torch.zeros(rows, 1, dtype=torch.float64)
    eyes = torch.zeros(3, 1, dtype=torch.float64) if cell.peepholes else None
    silent = Weights(blank, blank, blank[:, 0], blank[:, 0], eyes)  # writes nothing, only forgets
    weights = with_forget_bias(cell, silent, 3.0)
    one = torch.ones(1, dtype=torch.float64)
    state = State(one, one if cell.memory == "cell" else None)

    for _ in range(50):
        state = cell.step(weights, torch.zeros(1, dtype=torch.float64), state).state

    left = getattr(state, cell.memory)
    assert left.item() == pytest.approx(0.0881, rel=1e-3)  # sigma(3)^50


def test_a_forget_bias_of_one_is_one_and_not_two():
    lstm = CELLS["lstm"]
    weights = lstm.draw(3, 4, torch.Generator().manual_seed(0))

    biased = with_forget_bias(lstm, weights, 1.0)

    total = biased.bias_ih + biased.bias_hh
    assert torch.equal(total[4:8], torch.ones(4))
    untouched = torch.cat([torch.arange(4), torch.arange(8, 16)])
    assert torch.equal(total[untouched], (weights.bias_ih + weights.bias_hh)[untouched])
    assert not torch.equal(weights.bias_ih[4:8], torch.ones(4))  # the argument stays as it was


def test_a_cell_without_a_keeping_gate_has_no_forget_bias():
    rnn = CELLS["rnn_tanh"]
    weights = rnn.draw(3, 4, torch.Generator().manual_seed(0))

    with pytest.raises(ValueError, match="rnn_tanh has no gate that keeps"):
        with_forget_bias(rnn, weights, 1.0)


def test_chrono_biases_make_time_constants_uniform_over_the_lags():
    biases = chrono_biases(20_000, 100, torch.Generator().manual_seed(0), torch.float64)

    constants = remembrance(biases).time_constant

    torch.testing.assert_close(constants, 1 + biases.exp(), rtol=1e-9, atol=0)
    assert 2 <= constants.min() < 2.1
    assert 99.9 < constants.max() <= 100
    assert constants.mean().item() == pytest.approx(51, rel=0.02)
    assert constants.std().item() == pytest.approx(98 / 12**0.5, rel=0.02)


def test_chrono_holds_for_a_coupled_lstm_whose_input_gate_closes_as_its_forget_gate_opens():
    coupled = CELLS["lstm_coupled"]
    weights = coupled.draw(3, 6, torch.Generator().manual_seed(0))

    spread = with_chrono(coupled, weights, 50, torch.Generator().manual_seed(1))

    at_rest = State(torch.zeros(6), torch.zeros(6))
    step = coupled.step(spread, torch.zeros(3), at_rest)
    biases = chrono_biases(6, 50, torch.Generator().manual_seed(1))
    torch.testing.assert_close(step.forget_gate, torch.sigmoid(biases))


def test_chrono_closes_the_input_gate_of_an_lstm_as_far_as_it_opens_the_forget_gate():
    lstm = CELLS["lstm"]
    weights = lstm.draw(3, 6, torch.Generator().manual_seed(0))

    total = (lambda w: w.bias_ih + w.bias_hh)(
        with_chrono(lstm, weights, 50, torch.Generator().manual_seed(1))
    )

    assert torch.equal(total[:6], -total[6:12])
    assert (total[6:12] >= 0).all()


def test_a_horizon_too_short_for_chrono_is_refused():
    with pytest.raises(ValueError, match="longest lag must be at least 2 steps, not 1"):
        chrono_biases(4, 1, torch.Generator())
