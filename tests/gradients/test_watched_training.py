"""A watched training: the true gradients through time, and a training that stays as it was."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from by_hand import DOUBLE, by_hand
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from explorer import gradients
from explorer.cells import CELLS, Weights
from explorer.sequences.half_life import half_lives
from explorer.sequences.trace import trace

KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
ROOT = Path(__file__).resolve().parents[2]
STEPS, BATCH, INPUTS, UNITS = 6, 4, 3, 5
LENGTHS = [4, 6, 1, 3]


def drawn(*shape: int, seed: int = 1, dtype: torch.dtype = DOUBLE) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def layer_of(kind: str, seed: int = 0, dtype: torch.dtype = DOUBLE, **options) -> nn.RNNBase:
    torch.manual_seed(seed)
    return KINDS[kind](INPUTS, UNITS, dtype=dtype, **options)


def loss_on(y, h, c):
    """A loss that looks at every output, each from a direction of its own."""
    parts = [part for part in (y, h, c) if part is not None]
    return sum((part * drawn(*part.shape, seed=i)).sum() for i, part in enumerate(parts))


def states_of(outcome):
    _, states = outcome
    return states if isinstance(states, tuple) else (states, None)


def watched_once(layer: nn.RNNBase, x, first=None, loss=loss_on, lengths=None):
    """The flows of one step, by layer and direction, from `x` time first."""
    given = x.transpose(0, 1) if layer.batch_first and lengths is None else x
    if lengths is not None:
        given = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    if first is not None:
        first = first if isinstance(layer, nn.LSTM) else first[0]
    with gradients.watch(layer) as watching:
        outcome = layer(given, first)
        y = outcome[0]
        if lengths is not None:
            y = nn.utils.rnn.pad_packed_sequence(y)[0]
        elif layer.batch_first:
            y = y.transpose(0, 1)
        loss(y, *states_of(outcome)).backward()
        found = watching.step()
    return {(flow.number, int(flow.direction == "backward")): flow for flow in found.flows}


def agree(flows, oracle, tolerance: float = 1e-12) -> None:
    assert flows.keys() == oracle.hidden.keys()
    for place, flow in flows.items():
        np.testing.assert_allclose(flow.hidden, oracle.hidden[place], rtol=tolerance)
        if oracle.cell:
            np.testing.assert_allclose(flow.cell, oracle.cell[place], rtol=tolerance)
        else:
            assert flow.cell is None


@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@pytest.mark.parametrize("batch_first", [False, True], ids=["time first", "batch first"])
@pytest.mark.parametrize("both_ways", [False, True], ids=["one way", "both ways"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fused_layer_gets_back_what_a_hand_unrolled_one_gets(
    kind: str, layers: int, both_ways: bool, batch_first: bool, packed: bool
):
    layer = layer_of(kind, num_layers=layers, bidirectional=both_ways, batch_first=batch_first)
    x, lengths = drawn(STEPS, BATCH, INPUTS), LENGTHS if packed else [STEPS] * BATCH

    flows = watched_once(layer, x, lengths=lengths if packed else None)

    agree(flows, by_hand(layer, x, lengths, loss_on))
    assert flows[0, 0].samples.tolist() == ([4, 3, 3, 2, 1, 1] if packed else [4] * 6)


@pytest.mark.parametrize("kind", KINDS)
def test_initial_states_biases_that_are_not_there_and_relu_are_followed_too(kind: str):
    options = {"nonlinearity": "relu"} if kind == "rnn" else {}
    layer = layer_of(kind, num_layers=2, bidirectional=True, bias=False, **options)
    x, first = drawn(STEPS, BATCH, INPUTS), tuple(drawn(4, BATCH, UNITS, seed=s) for s in (7, 8))

    flows = watched_once(layer, x, first)

    agree(flows, by_hand(layer, x, [STEPS] * BATCH, loss_on, first))


@pytest.mark.parametrize("kind", KINDS)
def test_one_sequence_without_a_batch_is_a_batch_of_one(kind: str):
    layer, x = layer_of(kind, num_layers=2), drawn(STEPS, 1, INPUTS)
    with gradients.watch(layer) as watching:
        y, states = layer(x[:, 0])
        h, c = (state[:, None] for state in states) if kind == "lstm" else (states[:, None], None)
        loss_on(y[:, None], h, c).backward()
        found = watching.step()

    oracle = by_hand(layer, x, [STEPS], loss_on)
    np.testing.assert_allclose(found.flows[1].hidden, oracle.hidden[1, 0], rtol=1e-12)
    np.testing.assert_allclose(found.flows[0].hidden, oracle.hidden[0, 0], rtol=1e-12)


@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@pytest.mark.parametrize("p", [0.4, 1.0])
@pytest.mark.parametrize("kind", KINDS)
def test_dropout_between_layers_is_drawn_again_as_it_was(kind: str, p: float, packed: bool):
    layer = layer_of(kind, num_layers=3, dropout=p, bidirectional=True)
    x = drawn(STEPS, BATCH, INPUTS)
    lengths = [STEPS] * BATCH

    torch.manual_seed(5)
    flows = watched_once(layer, x, lengths=lengths if packed else None)

    agree(flows, by_hand(layer, x, lengths, loss_on, drop_seed=5))


def test_without_training_mode_nothing_is_dropped():
    layer, x = layer_of("lstm", num_layers=2, dropout=0.5).eval(), drawn(STEPS, BATCH, INPUTS)

    flows = watched_once(layer, x)

    layer.dropout = 0.0
    agree(flows, by_hand(layer, x, [STEPS] * BATCH, loss_on))


@pytest.mark.parametrize("kind", KINDS)
def test_in_single_precision_the_same_up_to_its_rounding(kind: str):
    layer = layer_of(kind, num_layers=2, dtype=torch.float32, dropout=0.3)
    x = drawn(STEPS, BATCH, INPUTS, dtype=torch.float32)

    def loss(y, h, c):
        return loss_on(y.double(), h.double(), None if c is None else c.double())

    torch.manual_seed(5)
    flows = watched_once(layer, x, loss=loss)

    oracle = by_hand(layer, x, [STEPS] * BATCH, loss, drop_seed=5)
    agree(flows, oracle, tolerance=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_on_the_last_states_alone_is_followed_in_single_precision(kind: str):
    layer = layer_of(kind, num_layers=2, dtype=torch.float32)
    x = drawn(STEPS, BATCH, INPUTS, dtype=torch.float32)

    def loss(y, h, c):
        return h.sum() if c is None else c.sum()

    flows = watched_once(layer, x, loss=loss)

    agree(flows, by_hand(layer, x, [STEPS] * BATCH, loss), tolerance=1e-4)


def test_retain_grad_on_a_fused_layer_shows_the_direct_term_only():
    layer, x = layer_of("lstm"), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(layer) as watching:
        y, _ = layer(x)
        y.retain_grad()
        y[-1].square().sum().backward()
        (flow,) = watching.step().flows

    assert y.grad.norm(dim=-1).mean(-1)[:-1].tolist() == [0.0] * (STEPS - 1)
    np.testing.assert_allclose(flow.direct, y.grad.norm(dim=-1).mean(-1), rtol=1e-12)
    assert (flow.hidden[:-1] > 0).all()
    assert not flow.seen_first


def test_norms_that_float32_would_lose_are_kept():
    layer = layer_of("rnn", dtype=torch.float32)
    nn.init.orthogonal_(layer.weight_hh_l0)
    layer.weight_hh_l0.data.mul_(0.3)
    x = drawn(150, 2, INPUTS, dtype=torch.float32)

    flow = watched_once(layer, x, loss=lambda y, h, c: y[-1].sum())[0, 0]

    assert 0 < flow.hidden[0] < 1e-70


@pytest.mark.parametrize("kind", KINDS)
def test_gates_and_half_lives_are_those_of_the_trace(kind: str):
    layer, x = layer_of(kind), drawn(STEPS, BATCH, INPUTS)
    name = "rnn_tanh" if kind == "rnn" else kind
    whole = trace(CELLS[name], Weights.from_state_dict(layer.state_dict()), x)

    flow = watched_once(layer, x)[0, 0]

    assert list(flow.gates) == [kind.field for kind in CELLS[name].kinds]
    for gate, means in flow.gates.items():
        np.testing.assert_allclose(means, getattr(whole.steps, gate).mean((1, 2)), rtol=1e-12)
    if kind == "rnn":
        assert flow.half_life is None
    else:
        np.testing.assert_allclose(flow.half_life, half_lives(whole).half_life, rtol=1e-12)


def test_padding_has_no_part_in_gates_and_half_lives():
    layer, x = layer_of("gru"), drawn(STEPS, BATCH, INPUTS)
    alone = [watched_once(layer, x[:n, b : b + 1])[0, 0] for b, n in enumerate(LENGTHS)]

    flow = watched_once(layer, x, lengths=LENGTHS)[0, 0]

    first = np.mean([one.gates["update_gate"][0] for one in alone])
    assert flow.gates["update_gate"][0] == pytest.approx(first, rel=1e-12)
    rates = [n * np.log(0.5) / one.half_life for n, one in zip(LENGTHS, alone, strict=True)]
    whole = np.log(0.5) * sum(LENGTHS) / np.sum(rates, axis=0)
    np.testing.assert_allclose(flow.half_life, whole, rtol=1e-12)


class Stepper(nn.Module):
    """Reads a sequence with a loop of its own."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        torch.manual_seed(0)
        cells = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}
        self.cell = cells[kind](INPUTS, UNITS, dtype=DOUBLE)
        self.layer = KINDS[kind](INPUTS, UNITS, dtype=DOUBLE)
        for name, weight in self.cell.named_parameters():
            getattr(self.layer, f"{name}_l0").data.copy_(weight.detach())

    def by_cell(self, x):
        state, outputs = None, []
        for step in x:
            state = self.cell(step, state)
            outputs.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(outputs)

    def by_layer(self, x, pieces):
        state, outputs = None, []
        for piece in x.split(pieces):
            y, state = self.layer(piece, state)
            outputs.append(y)
        return torch.cat(outputs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_over_cells_and_a_state_handed_on_are_one_sequence(kind: str):
    model, x = Stepper(kind), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(model) as watching:
        loss_on(model.by_cell(x), None, None).backward()
        (cell,) = watching.step().flows
        loss_on(model.by_layer(x, 2), None, None).backward()
        (pieces,) = watching.step().flows

    oracle = by_hand(model.layer, x, [STEPS] * BATCH, lambda y, h, c: loss_on(y, None, None))
    whole = watched_once(model.layer, x, loss=lambda y, h, c: loss_on(y, None, None))[0, 0]
    for flow in (cell, pieces):
        np.testing.assert_allclose(flow.hidden, oracle.hidden[0, 0], rtol=1e-12)
        if kind == "lstm":
            np.testing.assert_allclose(flow.cell, oracle.cell[0, 0], rtol=1e-12)
        if kind != "rnn":
            np.testing.assert_allclose(flow.half_life, whole.half_life, rtol=1e-12)
    # To a cell the last state of a piece is one more output; of a loop there is no other.
    np.testing.assert_allclose(cell.direct, whole.direct, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_loop_over_cells_needs_no_batch(kind: str):
    model, x = Stepper(kind), drawn(STEPS, 1, INPUTS)
    with gradients.watch(model.cell) as watching:
        loss_on(model.by_cell(x[:, 0])[:, None], None, None).backward()
        (flow,) = watching.step().flows

    oracle = by_hand(model.layer, x, [STEPS], lambda y, h, c: loss_on(y, None, None))
    np.testing.assert_allclose(flow.hidden, oracle.hidden[0, 0], rtol=1e-12)
    if kind == "lstm":
        np.testing.assert_allclose(flow.cell, oracle.cell[0, 0], rtol=1e-12)


def test_states_that_are_detached_begin_another_sequence():
    model, x = Stepper("gru"), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(model.layer) as watching:
        y, state = model.layer(x[:3])
        z, _ = model.layer(x[3:], state.detach())
        (y.sum() + z.sum()).backward()
        flows = watching.step().flows

    assert [(flow.sequence, len(flow.hidden)) for flow in flows] == [(0, 3), (1, 3)]


def test_batches_one_after_the_other_are_sequences_of_their_own():
    layer, x = layer_of("gru"), drawn(STEPS, BATCH, INPUTS)
    apart = [watched_once(layer, part, loss=lambda y, h, c: y.sum())[0, 0] for part in (x, 2 * x)]
    with gradients.watch(layer) as watching:
        layer.zero_grad()
        for part in (x, 2 * x):
            layer(part)[0].sum().backward()
        flows = watching.step().flows

    assert [flow.sequence for flow in flows] == [0, 1]
    for flow, alone in zip(flows, apart, strict=True):
        np.testing.assert_array_equal(flow.hidden, alone.hidden)


def small(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.ModuleDict(
        {"read": nn.LSTM(INPUTS, UNITS, num_layers=2, dropout=0.2), "out": nn.Linear(UNITS, 1)}
    )


def train(model, steps: int, every: int | None, after: bool = False):
    """Adam on a small task, with dropout and a validation pass; returns the watching."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    watching = gradients.watch(model, every=every) if every else None
    for _ in range(steps):
        x = torch.randn(9, 8, INPUTS)
        with torch.no_grad():
            model["read"](x)
        loss = (model["out"](model["read"](x)[0][-1]) - x.sum((0, 2))[:, None]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        if watching and not after:
            watching.step()
        optimizer.step()
        if watching and after:
            watching.step()
    if watching:
        watching.close()
    return watching


@pytest.mark.parametrize("every", [1, 3])
def test_a_watched_training_is_the_same_training_bit_for_bit(every: int):
    alone, watched = small(), small()
    torch.manual_seed(3)
    train(alone, 20, None)
    expected = torch.rand(3)
    torch.manual_seed(3)
    watching = train(watched, 20, every)

    assert torch.equal(torch.rand(3), expected)  # the global generator stands where it stood
    for mine, theirs in zip(watched.parameters(), alone.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    assert [one.step for one in watching.steps] == list(range(0, 20, every))


def test_after_the_update_the_weights_of_the_forward_pass_are_meant_all_the_same():
    before, after = small(), small()
    torch.manual_seed(3)
    first = train(before, 3, 1).steps
    torch.manual_seed(3)
    second = train(after, 3, 1, after=True).steps

    for one, other in zip(first, second, strict=True):
        for mine, theirs in zip(one.flows, other.flows, strict=True):
            np.testing.assert_array_equal(mine.hidden, theirs.hidden)


def test_every_parameter_has_its_norm_and_every_module_that_of_its_own():
    model = small()
    torch.manual_seed(3)
    watching = train(model, 1, 1)
    (found,) = watching.steps

    grads = {name: weight.grad.double().norm().item() for name, weight in model.named_parameters()}
    assert found.parameters == pytest.approx(grads, rel=1e-12)
    out = np.hypot(grads["out.weight"], grads["out.bias"])
    assert found.modules["out"] == pytest.approx(out, rel=1e-12)
    assert found.modules.keys() == {"read", "out"}


def test_gradients_that_add_up_over_backward_passes_are_watched_as_one():
    layer, x = layer_of("lstm"), drawn(STEPS, BATCH, INPUTS)
    once = watched_once(layer, x, loss=lambda y, h, c: y[0].sum() + 3 * h.sum())[0, 0]
    with gradients.watch(layer) as watching:
        y, (h, _) = layer(x)
        y[0].sum().backward(retain_graph=True)
        (3 * h.sum()).backward()
        (flow,) = watching.step().flows

    np.testing.assert_allclose(flow.hidden, once.hidden, rtol=1e-12)


def test_hooks_of_the_model_may_change_outputs_and_what_comes_back_is_the_layers_own():
    layer, x = layer_of("gru"), drawn(STEPS, BATCH, INPUTS)
    plain = watched_once(layer, x, loss=lambda y, h, c: 2 * y[-1].sum())[0, 0]
    hook = layer.register_forward_hook(lambda module, given, out: (2 * out[0], out[1]))

    flow = watched_once(layer, x, loss=lambda y, h, c: y[-1].sum())[0, 0]

    hook.remove()
    np.testing.assert_allclose(flow.hidden, plain.hidden, rtol=1e-12)


def test_a_twin_has_the_gate_of_its_bias_and_the_same_gradients_at_the_outputs():
    layer, x = layer_of("lstm", num_layers=2, dropout=0.4), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(layer) as watching:
        torch.manual_seed(5)
        y, _ = layer(x)
        y[-1].sum().backward()
        watching.step()
    biased = layer_of("lstm", num_layers=2, dropout=0.4)
    for number in range(2):
        getattr(biased, f"bias_ih_l{number}").data[UNITS : 2 * UNITS] = 3.0
        getattr(biased, f"bias_hh_l{number}").data[UNITS : 2 * UNITS] = 0.0

    twin = watching.twin(forget_bias=3.0)

    oracle = by_hand(biased, x, [STEPS] * BATCH, lambda y, h, c: y[-1].sum(), drop_seed=5)
    agree({(flow.number, 0): flow for flow in twin.flows}, oracle)
    assert [flow.name for flow in twin.flows] == [flow.name for flow in twin.recorded]
    assert (twin.flows[0].gates["forget_gate"] > twin.recorded[0].gates["forget_gate"]).all()


def test_a_twin_with_its_own_bias_is_what_was_recorded():
    layer, x = layer_of("gru"), drawn(STEPS, BATCH, INPUTS)
    layer.bias_ih_l0.data[UNITS : 2 * UNITS] = 1.0
    layer.bias_hh_l0.data[UNITS : 2 * UNITS] = 0.5
    with gradients.watch(layer) as watching:
        layer(x)[0][-1].sum().backward()
        watching.step()

    twin = watching.twin(forget_bias=1.5)

    np.testing.assert_allclose(twin.flows[0].hidden, twin.recorded[0].hidden, rtol=1e-9)


def linear_flow(gain: float, steps: int, seen: str = "last"):
    """A ReLU RNN of positive weights, which is linear: every step back multiplies by the gain."""
    layer = nn.RNN(1, 1, nonlinearity="relu", bias=False, dtype=DOUBLE)
    layer.weight_ih_l0.data.fill_(1.0)
    layer.weight_hh_l0.data.fill_(gain)
    watching = gradients.watch(nn.ModuleDict({"read": layer}))
    for _ in range(3):
        layer.zero_grad()
        y, _ = layer(torch.ones(steps, 1, 1, dtype=DOUBLE))
        (y[-1] if seen == "last" else y).sum().backward()
        watching.step()
    watching.close()
    return watching


@pytest.mark.parametrize(
    ("gain", "steps", "kind", "ratio"),
    [
        (0.5, 21, "vanishes", 0.5**20),
        (0.5, 20, "stays", 0.5**19),
        (2.0, 11, "explodes", 2.0**10),
        (2.0, 10, "stays", 2.0**9),
        (1.0, 40, "stays", 1.0),
    ],
)
def test_the_verdict_names_step_layer_and_ratio_of_a_known_run(gain, steps, kind, ratio):
    watching = linear_flow(gain, steps)
    judged = watching.judgement()

    assert (judged.kind, judged.step, judged.layer) == (kind, 0, "read")
    assert judged.ratio == pytest.approx(ratio, rel=1e-9)
    assert (judged.count, judged.watched) == (3, 3)
    sentence = watching.verdict()
    for part in (f"{ratio:.2g}", "read", "step 0"):
        assert part in sentence
    if kind != "stays":
        bound = {"vanishes": "below 1e-06", "explodes": "above 1000"}[kind]
        assert sentence.endswith(f"{bound}, as in 3 of 3 watched steps.")


def test_where_the_loss_sees_the_first_step_nobody_can_tell_whether_it_vanishes():
    judged = linear_flow(0.5, 30, seen="all").judgement()

    assert judged.kind == "cannot be told"


@pytest.mark.parametrize(("value", "word"), [(torch.nan, "not a number"), (torch.inf, "infinite")])
def test_a_gradient_that_is_no_number_is_named(value: float, word: str):
    layer, x = layer_of("lstm"), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(layer) as watching:
        for factor in (1.0, value):
            layer.zero_grad()
            (layer(x)[0][3].sum() * factor).backward()
            watching.step()

    assert watching.judgement().kind == "not a number"
    assert watching.verdict().startswith("From step 1 the gradient of lstm is " + word)


def test_a_forward_pass_that_left_the_numbers_is_named_and_not_refused():
    layer, x = layer_of("rnn", nonlinearity="relu"), drawn(60, BATCH, INPUTS)
    layer.weight_hh_l0.data.fill_(1e9)
    with gradients.watch(layer) as watching:
        layer(x)[0][-1].sum().backward()
        watching.step()

    assert watching.judgement().kind == "not a number"


# What is refused, each with a sentence.


def refused(error: type[Exception], words: str, action) -> None:
    with pytest.raises(error, match=words) as caught:
        action()
    assert "\n" not in str(caught.value)


def test_what_cannot_be_watched_is_refused_at_once():
    frozen = layer_of("gru").requires_grad_(False)
    spectral = nn.utils.parametrizations.spectral_norm(layer_of("lstm"), "weight_hh_l0")
    projected = nn.ModuleDict({"speech": nn.LSTM(3, 5, proj_size=2)})

    refused(ValueError, "has no recurrent layer", lambda: gradients.watch(nn.Linear(2, 2)))
    refused(ValueError, "'gru' are frozen", lambda: gradients.watch(frozen))
    refused(ValueError, "parametrized", lambda: gradients.watch(spectral))
    refused(ValueError, "'speech' .*proj_size=2", lambda: gradients.watch(projected))
    for every in (0, -1, True):
        refused(ValueError, "every must be", lambda n=every: gradients.watch(layer_of("gru"), n))


def test_what_is_no_model_is_refused_where_nobody_checks_types():
    code = (
        "from torch import nn; from explorer import gradients\n"
        "for given in ([nn.GRU(2, 3)], 1), (nn.GRU(2, 3), 2.5):\n"
        "    try: gradients.watch(*given)\n"
        "    except ValueError as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    assert told.splitlines() == [
        "a torch.nn.Module is watched, not a list",
        "every must be a whole number from 1 on, not 2.5",
    ]


def test_a_step_out_of_turn_is_refused():
    layer, x = layer_of("lstm"), drawn(STEPS, BATCH, INPUTS)
    watching = gradients.watch(layer)

    refused(RuntimeError, "no recurrent layer ran", watching.step)
    layer(x)
    refused(RuntimeError, "no gradient came back", watching.step)
    layer(x)[0].sum().backward()
    layer.zero_grad()
    refused(RuntimeError, r"before zero_grad\(\)", watching.step)
    layer(x)[0].sum().backward()
    watching.step()
    watching.close()
    refused(RuntimeError, "closed", watching.step)
    assert len(watching.steps) == 1
    assert not [*layer._forward_hooks, *layer._forward_pre_hooks]


def test_gradients_that_were_changed_before_the_step_are_noticed():
    layer, x = layer_of("lstm"), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(layer) as watching:
        layer(x)[0].sum().backward()
        nn.utils.clip_grad_norm_(layer.parameters(), 1e-3)
        refused(RuntimeError, "before gradients are clipped", watching.step)
        layer.zero_grad()
        handle = layer.bias_hh_l0.register_hook(lambda grad: grad * 2)
        layer(x)[0].sum().backward()
        refused(RuntimeError, "hooks that change them", watching.step)
        handle.remove()


def test_a_second_derivative_is_refused():
    layer, x = layer_of("gru"), drawn(STEPS, BATCH, INPUTS).requires_grad_()
    with gradients.watch(layer) as watching:
        (slope,) = torch.autograd.grad(layer(x)[0].sum(), x, create_graph=True)
        slope.square().sum().backward()
        refused(RuntimeError, "differentiated twice", watching.step)


def test_autocast_is_refused():
    # a plain RNN: a processor without the newer instructions runs no LSTM in bfloat16
    layer, x = layer_of("rnn", dtype=torch.float32), drawn(5, 2, INPUTS, dtype=torch.float32)
    with gradients.watch(layer) as watching:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y, _ = layer(x)
        y.float().sum().backward()
        refused(RuntimeError, "autocast", watching.step)


def test_an_empty_batch_is_refused():
    layer = layer_of("lstm")
    with gradients.watch(layer) as watching:
        layer(drawn(STEPS, 0, INPUTS))[0].sum().backward()
        refused(RuntimeError, "empty batch", watching.step)


def test_outputs_that_do_not_follow_from_the_inputs_are_refused():
    class Noisy(nn.GRU):
        def forward(self, x, hx=None):
            y, h = super().forward(x, hx)
            return y + 0.1, h

    torch.manual_seed(0)
    layer = Noisy(INPUTS, UNITS, dtype=DOUBLE)
    with gradients.watch(layer) as watching:
        layer(drawn(STEPS, BATCH, INPUTS))[0].sum().backward()
        refused(RuntimeError, "do not follow from its inputs", watching.step)


def test_a_twin_that_cannot_be_told_is_refused():
    model, x = Stepper("lstm"), drawn(STEPS, BATCH, INPUTS)
    with gradients.watch(model) as watching:
        refused(RuntimeError, "nothing was recorded", lambda: watching.twin(1.0))
        model.by_cell(x).sum().backward()
        watching.step()
    refused(ValueError, "several times", lambda: watching.twin(1.0))
    plain = linear_flow(0.5, 3)
    refused(ValueError, "no forget bias", lambda: plain.twin(1.0))
    refused(ValueError, "must be a number", lambda: watching.twin(float("nan")))


def test_an_exploding_chaotic_network_in_single_precision_is_no_false_alarm():
    torch.manual_seed(0)
    layer = nn.RNN(1, 64, num_layers=2)
    for number in range(2):
        nn.init.orthogonal_(getattr(layer, f"weight_hh_l{number}"), gain=2.5)
    x = torch.randn(200, 8, 1)
    with gradients.watch(layer) as watching:
        layer(x)[0][-1].sum().backward()
        watching.step()

    assert watching.judgement().kind == "explodes"


def test_two_who_watch_the_same_model_see_the_same():
    layer, x = layer_of("lstm", num_layers=2, dropout=0.5), drawn(STEPS, BATCH, INPUTS)
    one, other = gradients.watch(layer), gradients.watch(layer)
    layer(x)[0].sum().backward()

    for mine, theirs in zip(one.step().flows, other.step().flows, strict=True):
        np.testing.assert_array_equal(mine.cell, theirs.cell)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_copy_with_another_forget_bias_differs_in_the_gate_that_keeps_alone(kind: str):
    model = nn.ModuleDict({"read": layer_of(kind, num_layers=2, bidirectional=True)})
    before = {name: value.clone() for name, value in model.state_dict().items()}
    twin = gradients.with_forget_bias(model, 2.5)

    rows = slice(UNITS, 2 * UNITS)  # f of i, f, g, o and z of r, z, n: torch's second block
    for name, value in twin.state_dict().items():
        expected = before[name].clone()
        if "bias_ih" in name:
            expected[rows] = 2.5
        if "bias_hh" in name:
            expected[rows] = 0.0
        torch.testing.assert_close(value, expected, rtol=0, atol=0)
        torch.testing.assert_close(model.state_dict()[name], before[name], rtol=0, atol=0)
    assert all(weight.requires_grad for weight in twin.parameters())


def test_a_copy_with_another_forget_bias_needs_a_gate_and_a_bias():
    with pytest.raises(ValueError, match="no layer here has a gate that keeps"):
        gradients.with_forget_bias(nn.RNN(1, 1), 1.0)
    with pytest.raises(ValueError, match=r"'lstm' has no biases"):
        gradients.with_forget_bias(nn.LSTM(1, 1, bias=False), 1.0)
    with pytest.raises(ValueError, match="must be a number, not nan"):
        gradients.with_forget_bias(nn.LSTM(1, 1), math.nan)
