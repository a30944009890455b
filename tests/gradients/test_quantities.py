"""Every quantity that is followed back is what automatic differentiation finds, for every cell."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.cells import CELLS, State
from explorer.gradients import (
    QUANTITIES,
    UNROLLED,
    FlowSettings,
    contributions,
    norms_through_time,
    quantity_through_time,
    through_time,
    underflow,
    unpacked,
    zeros,
)
from explorer.gradients.through_time import gone_back
from explorer.gradients.unrolled.by_autograd import by_autograd
from tests.gradients.unrolling import drawn, normal

STEPS, INPUTS, UNITS, SAMPLES = 7, 2, 5, 3
SQUASH = {"linear": lambda x: x, "rnn_sigmoid": torch.sigmoid}
ROTATION = {"recurrent_init": "orthogonal"}


def advanced(name: str, matrix: Tensor, x: Tensor, state: State) -> State:
    """The next state, by the cell of the laboratory or the one line that others are."""
    if name in SQUASH:
        seen = torch.cat((state.hidden, x, torch.ones(len(x), 1, dtype=x.dtype)), dim=1)
        return State(SQUASH[name](seen @ matrix.T))
    weights = unpacked(name, matrix)
    cell = UNROLLED[name].cell
    return cell.advance(weights, cell.from_input(weights, x), state).state


class Unfolded:
    """A network gone through with a copy of its matrix for every step, all of it on the tape."""

    def __init__(self, name: str, matrix: Tensor, inputs: Tensor) -> None:
        self.inputs = [x.T.clone().requires_grad_() for x in inputs]
        self.matrices = [matrix.clone().requires_grad_() for _ in inputs]
        units = UNROLLED[name](matrix, 1, 1).units
        zero = torch.zeros(inputs.shape[-1], units, dtype=torch.float64)
        memory = UNROLLED[name].cell is not None and UNROLLED[name].cell.memory == "cell"
        state = State(
            zero.clone().requires_grad_(), zero.clone().requires_grad_() if memory else None
        )
        self.states = [state]
        for x, copy in zip(self.inputs, self.matrices, strict=True):
            self.states.append(advanced(name, copy, x, self.states[-1]))

    def loss(self, readout: Tensor, every: bool) -> Tensor:
        read = self.states[1:] if every else self.states[-1:]
        return sum((state.hidden * readout.T).sum() for state in read)


def close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9 * theirs.abs().max().item())


@pytest.mark.parametrize("every", [False, True], ids=["last", "every"])
@pytest.mark.parametrize("name", UNROLLED)
def test_gradients_of_a_loss_at_the_last_or_every_step_are_those_of_autograd(name, every):
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    readout = normal(UNITS, SAMPLES, seed=2)
    theirs = Unfolded(name, matrix, inputs)
    hidden = [state.hidden for state in theirs.states]
    memories = [state.cell for state in theirs.states if state.cell is not None]
    wanted = (*hidden, *memories, *theirs.inputs, *theirs.matrices)
    found = torch.autograd.grad(theirs.loss(readout, every), wanted)

    ours = UNROLLED[name](matrix, STEPS, SAMPLES)
    ours.read(inputs)
    ours.forward()
    ours.backward(readout, every=every)

    close(ours.hidden_gradients.mT, torch.stack(found[: STEPS + 1]))
    if memories:
        close(ours.cell_gradients.mT, torch.stack(found[STEPS + 1 : 2 * STEPS + 2]))
    close(ours.input_gradients().mT, torch.stack(found[-2 * STEPS : -STEPS]))
    whole = torch.empty_like(matrix)
    ours.differentiate(whole)
    theirs_whole = torch.stack(found[-STEPS:]).sum(0)
    close(whole, torch.where(matrix != 0, theirs_whole, 0))  # a GRU's matrix has holes


@pytest.mark.parametrize("name", UNROLLED)
def test_what_a_step_adds_to_the_gradient_of_the_weights_is_that_of_its_own_copy(name):
    """One sample at a time: the norm is taken of each sample's own contribution."""
    matrix, inputs = drawn(name, INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    readout = normal(UNITS, SAMPLES, seed=2)
    ours = UNROLLED[name](matrix, STEPS, SAMPLES)
    ours.read(inputs)
    ours.forward()
    ours.backward(readout)

    found = QUANTITIES["weights"].norms(ours)

    for sample in range(SAMPLES):
        one = slice(sample, sample + 1)
        alone = Unfolded(name, matrix, inputs[..., one])
        gradients = torch.autograd.grad(alone.loss(readout[:, one], False), alone.matrices)
        kept = [torch.where(matrix != 0, each, 0).norm() for each in gradients]
        close(found[:, sample], torch.stack(kept))


def test_a_reset_after_the_product_is_not_left_to_autograd():
    with pytest.raises(
        ValueError, match=r"^the GRU resets after the product: write its passes out"
    ):
        by_autograd(CELLS["gru"])


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm", "gru", "gru_before"])
def test_the_quantity_that_a_first_view_shows_is_the_gradient_by_the_memory(cell):
    settings = FlowSettings(cell, length=12, units=6, seeds=3)
    known = norms_through_time(settings)

    np.testing.assert_array_equal(quantity_through_time(settings).typical, known.memory.typical)
    by_hidden = quantity_through_time(settings, "hidden").typical
    np.testing.assert_array_equal(by_hidden, known.hidden.typical)
    assert (cell == "lstm") == (not np.allclose(by_hidden, known.memory.typical))


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_inputs_and_steps_have_no_initial_one_and_lag_zero_is_one(quantity):
    found = quantity_through_time(FlowSettings("gru", length=9, units=4, seeds=2), quantity)

    assert found.typical.shape == ((10,) if quantity in ("memory", "hidden", "jacobian") else (9,))
    assert found.typical[0] == 1


def test_the_norms_are_means_over_samples_with_the_last_step_first():
    settings = FlowSettings("rnn_tanh", length=6, units=4, batch=3, seeds=1, seed=2)
    network = gone_back(settings, range(2, 3), torch.float64)
    expected = network.input_gradients()[:, 0].norm(dim=1).mean(-1).flip(0).numpy()

    found = quantity_through_time(settings, "input").norms[0]

    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_loss_at_every_step_of_an_identity_adds_up_the_steps_that_are_left():
    """Of a linear network that keeps everything, dL/dh_t = (T − t + 1) v."""
    settings = FlowSettings("linear", length=20, seeds=1, recurrent_init="identity")
    last = quantity_through_time(settings).typical
    every = quantity_through_time(
        FlowSettings("linear", length=20, seeds=1, recurrent_init="identity", loss_at="every")
    ).typical

    np.testing.assert_allclose(last, 1)
    np.testing.assert_allclose(every[:-1], np.arange(1, 21))
    assert every[-1] == pytest.approx(20)  # the initial state is not read


@pytest.mark.parametrize("cell", ["linear", "rnn_tanh", "lstm", "gru_before"])
def test_in_float32_the_gradients_counted_as_zero_are_those_that_underflow(cell):
    bias = -4.0 if UNROLLED[cell].is_gated() else None
    settings = FlowSettings(
        cell, length=200, units=16, seeds=2, gain=0.3, forget_bias=bias, precision="float32"
    )
    lost = underflow(settings)

    assert zeros(quantity_through_time(settings), lost.states) == lost.zero_gradients > 20


def test_a_halving_rotation_is_zero_in_float32_from_its_149th_binary_digit_on():
    """The smallest float32 is 2⁻¹⁴⁹, of entries near 1."""
    settings = FlowSettings(
        "linear", length=200, gain=0.5, seeds=2, precision="float32", **ROTATION
    )

    assert zeros(quantity_through_time(settings), 200) == pytest.approx(199 - 151, abs=4)


def test_in_float64_nothing_of_the_same_network_is_zero_and_norms_agree_while_float32_holds():
    wide = FlowSettings("rnn_tanh", length=200)
    narrow = FlowSettings("rnn_tanh", length=200, precision="float32")
    exact, rounded = (quantity_through_time(each) for each in (wide, narrow))

    assert zeros(exact, 200) == 0 < zeros(rounded, 200)
    np.testing.assert_allclose(rounded.typical[:100], exact.typical[:100], rtol=1e-3)
    assert norms_through_time(narrow).memory.norms.min() > 0  # in float64 whatever is asked


@pytest.mark.parametrize("cell", ["lstm", "gru", "lstm_coupled", "gru_before"])
def test_chrono_keeps_what_evenly_spread_time_constants_keep(cell):
    """Of a gate alone √E (u / (1 + u))^2k over u uniform in 1 to 99; hops add a few percent."""
    found = quantity_through_time(FlowSettings(cell, keeping="chrono", seeds=10)).typical
    u = np.linspace(1, 99, 10_001)

    for lag in (1, 10, 50, 99):
        alone = np.sqrt(((u / (1 + u)) ** (2 * lag)).mean())
        assert found[lag] == pytest.approx(alone, rel=0.2)


def test_an_unknown_quantity_is_refused_by_name():
    with pytest.raises(
        ValueError, match=r"^unknown quantity 'loss'; choose from 'memory', 'hidden'"
    ):
        quantity_through_time(FlowSettings(), "loss")


def test_the_sigmoid_network_is_torchs_layer_with_another_squashing():
    """By hand: h = σ(W_ih x + b + W_hh h₋₁)."""
    matrix, inputs = drawn("rnn_sigmoid", INPUTS, UNITS), normal(STEPS, INPUTS, SAMPLES)
    ours = UNROLLED["rnn_sigmoid"](matrix, STEPS, SAMPLES)
    ours.read(inputs)
    ours.forward()
    parts = unpacked("rnn_sigmoid", matrix)
    hidden = torch.zeros(SAMPLES, UNITS, dtype=torch.float64)
    for x in inputs:
        added = nn.functional.linear(x.T, parts.weight_ih, parts.bias_ih)
        hidden = torch.sigmoid(added + hidden @ parts.weight_hh.T)

    close(ours.hidden[-1].T, hidden)


@pytest.mark.parametrize("name", UNROLLED)
def test_the_items_of_the_weights_gradient_add_up_and_are_those_of_autograd(name, monkeypatch):
    """Sample by sample: ⟨G_k, G⟩ / ‖G‖² and ‖G_k‖ / ‖G‖ with a copy of the matrix for each step."""
    monkeypatch.setattr(
        through_time, "initial_matrix", lambda *given, **also: drawn(name, 1, UNITS)
    )
    settings = FlowSettings(name, length=STEPS, units=UNITS, batch=2, seeds=1)
    found = contributions(settings)
    network = gone_back(settings, range(1), torch.float64)
    inputs, matrix = network.states[:-1, 0, UNITS:-1], drawn(name, 1, UNITS)
    generator = through_time.stream(0, through_time.READOUT)
    readout = torch.empty(UNITS, 2, dtype=torch.float64).normal_(generator=generator)
    shares, norms = [], []
    for sample in range(2):
        one = slice(sample, sample + 1)
        alone = Unfolded(name, matrix, inputs[..., one])
        items = torch.autograd.grad(alone.loss(readout[:, one], False), alone.matrices)
        items = torch.stack([torch.where(matrix != 0, each, 0) for each in items]).flatten(1)
        whole = items.sum(0)
        shares.append(items @ whole / whole.square().sum())
        norms.append(items.norm(dim=1) / whole.norm())

    assert found.share.sum() == pytest.approx(1, rel=1e-9)
    close(torch.tensor(found.shares[0].copy()), torch.stack(shares).mean(0).flip(0))
    close(torch.tensor(found.norms[0].copy()), torch.stack(norms).mean(0).flip(0))


def test_half_of_the_gradient_of_a_network_that_forgets_comes_from_the_last_steps():
    forgets = contributions(FlowSettings("rnn_tanh", length=60, units=16, seeds=2))
    keeps = contributions(
        FlowSettings("linear", length=60, units=16, seeds=2, recurrent_init="identity")
    )

    assert forgets.half <= 3 < keeps.half  # of a network that keeps everything, the late states win
    assert forgets.share.sum() == pytest.approx(1) == keeps.share.sum()


def test_shares_do_not_mind_gradients_whose_squares_leave_float64():
    near = contributions(FlowSettings("linear", length=5, units=4, seeds=1, gain=0.05, seed=3))
    far = contributions(FlowSettings("linear", length=400, units=4, seeds=1, gain=0.05, seed=3))

    assert far.share.sum() == pytest.approx(1) == near.share.sum()
    assert np.isfinite(far.norms[0, :100]).all()


def test_the_jacobian_is_that_of_autograd_by_frobenius_norm():
    settings = FlowSettings("lstm_peephole", length=5, units=4, batch=2, seeds=1, seed=6)
    matrix = gone_back(settings, range(6, 7), torch.float64).matrix[0]
    inputs = gone_back(settings, range(6, 7), torch.float64).states[:-1, 0, 4:-1, :1]
    tape = Unfolded("lstm_peephole", matrix, inputs)
    hidden = [state.hidden for state in tape.states]
    rows = [torch.autograd.grad(hidden[-1][0, i], hidden, retain_graph=True) for i in range(4)]
    expected = torch.stack([torch.stack([row[t] for row in rows]).norm() for t in range(6)])

    found = quantity_through_time(settings, "jacobian").norms[0]

    close(torch.tensor(found.copy()), expected.flip(0) / 2)


def test_of_fewer_directions_the_jacobian_is_about_the_same():
    settings = FlowSettings("gru", length=20, units=32, seeds=2)
    whole, few = (quantity_through_time(settings, "jacobian", n).typical for n in (None, 8))

    np.testing.assert_allclose(few, whole, rtol=0.5)
    assert not np.array_equal(few, whole)


def test_sequences_that_take_turns_are_measured_as_together(monkeypatch):
    settings = FlowSettings("lstm", length=9, units=5, batch=4, seeds=2)
    together = quantity_through_time(settings, "input")
    monkeypatch.setattr(through_time, "SAMPLES", 2 * 10 * 5)

    np.testing.assert_allclose(
        quantity_through_time(settings, "input").norms, together.norms, rtol=1e-9
    )


def test_a_network_that_reads_nothing_is_the_same_for_every_sequence():
    found = gone_back(
        FlowSettings("gru", length=6, units=4, input_scale=0), range(2), torch.float64
    )

    torch.testing.assert_close(found.hidden[..., :1].expand_as(found.hidden), found.hidden)
    assert (
        gone_back(FlowSettings("gru", length=6), range(1), torch.float64).hidden.std(-1) > 0
    ).all()


def test_an_irnn_keeps_the_gradient_of_a_unit_until_its_sum_was_last_negative():
    """h = max(0, h₋₁ + w x): each unit is a sum that starts anew at 0 whenever it would fall below.

    So v · [h_s > 0 for every later s] arrives.
    """
    settings = FlowSettings("irnn", length=30, units=16, seeds=1, batch=3, gain=0.3)
    network = gone_back(settings, range(1), torch.float64)
    last, on = network.hidden_gradients[-1], network.hidden > 0
    alive = on.flip(0).int().cumprod(0).flip(0)

    close(network.hidden_gradients[:-1], last * alive)
    assert 0 <= alive[0].float().mean() < alive[20].float().mean() < 1
