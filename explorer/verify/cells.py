"""Known answers about one step of a cell."""

import math
from functools import partial

import torch
from torch import Tensor, nn

from explorer.cells import (
    CELLS,
    Clamp,
    State,
    Step,
    Surgery,
    Weights,
    chrono_biases,
    keeping_share,
    remembrance,
    unfolded,
    with_chrono,
    with_forget_bias,
    written_share,
)
from explorer.cells.conventions import from_tensorflow1
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known
from explorer.verify.onnx_nodes import NODES, by_onnxruntime, by_reference, node_of

FUSED = tuple(name for name, cell in CELLS.items() if cell.has_layer)
PUBLISHED = tuple(name for name, cell in CELLS.items() if not cell.has_layer)
VARIED = (
    "lstm(hard_sigmoid_0.2_0.5, tanh, tanh)",  # Keras up to 2.2
    "lstm(hard_sigmoid_0.16666666666666666_0.5, tanh, tanh)",  # Keras 3
    "lstm(sigmoid, relu, relu)",  # Keras with activation="relu"
    "lstm(hard_sigmoid_0.25_0.4, relu, tanh)",  # as only ONNX can say
    "lstm_peephole(hard_sigmoid_0.2_0.5, tanh, tanh)",
    "lstm_coupled(hard_sigmoid_0.2_0.5, tanh, tanh)",
    "gru(hard_sigmoid_0.2_0.5, tanh)",
    "gru(sigmoid, relu)",
    "gru_before(hard_sigmoid_0.2_0.5, tanh)",
)
"""Cells with activations that torch has no layer for, as uploaded files bring them."""
GATED = tuple(name for name, cell in CELLS.items() if cell.keeping_gate)
BATCH = 2
BIASES = torch.arange(6, dtype=torch.float64)


def difference_to_fused(name: str) -> float:
    """Largest difference of the hidden states of 50 steps to PyTorch's fused layer."""
    cell, x = CELLS[name], normal(50, 3)
    weights = cell.draw(3, 64, rng(), torch.float64)
    state, largest = cell.start(weights), 0.0
    with torch.no_grad():
        hidden, _ = cell.layer(weights)(x)
        for read, expected in zip(x, hidden, strict=True):
            step = cell.step(weights, read, state)
            largest = max(largest, float((step.hidden - expected).abs().max()))
            state = step.state
    return largest


def a_reading(name: str, steps: int, units: int, seed: int = 0) -> tuple[Weights, State, Tensor]:
    """Weights twice as large as usual, a state that is not zero, and a batch of two inputs."""
    cell = CELLS[name]
    drawn = cell.draw(3, units, rng(seed), torch.float64)
    weights = Weights(**{key: 2 * part for key, part in drawn.parts.items()})
    memory = normal(BATCH, units, seed=seed + 1) if cell.memory == "cell" else None
    state = State(normal(BATCH, units, seed=seed + 2), memory)
    return weights, state, normal(steps, BATCH, 3, seed=3)


def read(
    name: str, weights: Weights, x: Tensor, state: State, surgery: Surgery | None = None
) -> list[Step]:
    """Every step along the first axis of x."""
    steps = []
    for number, numbers in enumerate(x):
        touch = (surgery or Surgery()).touch(number)
        steps.append(CELLS[name].step(weights, numbers, state, touch))
        state = steps[-1].state
    return steps


def hidden_of(steps: list[Step]) -> Tensor:
    """The hidden states of all steps."""
    return torch.stack([step.hidden for step in steps])


def difference_to_onnxruntime(name: str) -> float:
    """Largest difference of 40 hidden states, forward, reverse and both at once, state given.

    Relative where relu lets them grow beyond 1.
    """
    there, first, x = a_reading(name, 40, 16)
    back, second, _ = a_reading(name, 40, 16, seed=5)
    forward = hidden_of(read(name, there, x, first))
    backward = hidden_of(read(name, back, x.flip(0), second)).flip(0)
    along, _ = by_onnxruntime(name, [there], "forward", x, [first])
    against, _ = by_onnxruntime(name, [back], "reverse", x, [second])
    both, _ = by_onnxruntime(name, [there, back], "bidirectional", x, [first, second])
    ours = torch.stack((forward, backward, forward, backward), dim=1)
    theirs = torch.cat((along, against, both), dim=1)
    return float((ours - theirs).abs().max() / theirs.abs().max().clamp(min=1))


def difference_to_reference(name: str) -> float:
    """Largest difference of 40 hidden states to the reference evaluator of the onnx package."""
    weights, state, x = a_reading(name, 40, 16)
    hidden, _ = by_reference(name, weights, x, state)
    return float((hidden_of(read(name, weights, x, state)) - hidden[:, 0]).abs().max())


def difference_to_textbook(name: str) -> float:
    """Largest difference of 200 hidden states to the published equations in plain NumPy."""
    weights, state, x = a_reading(name, 200, 64)
    opinion, _ = CELLS[name].second_opinion(weights, x, state)
    ours = hidden_of(read(name, weights, x, state))
    return float((ours - opinion).abs().max() / opinion.abs().max().clamp(min=1))


def difference_of_sums(name: str) -> float:
    """Largest error of memory = sum of its parts, 64 units, after each of 200 steps."""
    cell = CELLS[name]
    weights, state, x = a_reading(name, 200, 64)
    steps = read(name, weights, x, state)
    keep = torch.stack([keeping_share(cell, step) for step in steps])
    written = torch.stack([written_share(cell, step) for step in steps])
    memory = torch.stack([getattr(step, cell.memory) for step in steps])
    parts = unfolded(getattr(state, cell.memory), keep, written)
    return float((parts.sum(1) - memory).abs().max())


def bends(name: str) -> float:
    """How far a hard sigmoid is from 0 and 1 at −shift/slope and (1 − shift)/slope, and beyond."""
    gate = CELLS[name].activations[0]
    slope, shift = (float(part) for part in gate.name.split("_")[-2:])
    low, high = -shift / slope, (1 - shift) / slope
    x = torch.tensor([low - 5, low, (low + high) / 2, high, high + 5], dtype=torch.float64)
    expected = torch.tensor([0, 0, 0.5, 1, 1], dtype=torch.float64)
    return float((gate.of(x) - expected).abs().max())


def memory_held() -> float:
    """How far c moves in 200 steps with the forget gate held at 1 and the input gate at 0."""
    weights, state, x = a_reading("lstm", 200, 64)
    held = Surgery(
        clamps=(
            Clamp("forget_gate", (), 0, 199, value=1.0),
            Clamp("input_gate", (), 0, 199, value=0.0),
        )
    )
    last, before = read("lstm", weights, x, state, held)[-1].state.cell, state.cell
    assert last is not None and before is not None  # noqa: PT018
    return float((last - before).abs().max())


def time_constants() -> float:
    """Largest relative distance of 1/(1 − f) from 1 + eᵇ, b = 0 to 5."""
    return float((remembrance(BIASES).time_constant / (1 + BIASES.exp()) - 1).abs().max())


def half_lives() -> float:
    """Largest relative distance of the half-life from ln 2 / ln(1 + e⁻ᵇ), b = 0 to 5."""
    closed = math.log(2) / torch.log1p((-BIASES).exp())
    return float((remembrance(BIASES).half_life / closed - 1).abs().max())


def left(bias: float, steps: int) -> float:
    """The share of the memory that is left after so many steps."""
    return float(remembrance(torch.tensor([bias], dtype=torch.float64)).after(steps)[0])


def forget_gate_at_rest() -> float:
    """The forget gate of a bias of 1 where neither input nor state says anything."""
    lstm = CELLS["lstm"]
    weights = with_forget_bias(lstm, lstm.draw(3, 5, rng(), torch.float64), 1.0)
    step = lstm.step(weights, torch.zeros(3, dtype=torch.float64), lstm.start(weights))
    return float(step.gate("forget_gate").value[2])


def chrono_constants() -> torch.Tensor:
    """The time constants of a hundred thousand chrono biases for lags up to 100."""
    return remembrance(chrono_biases(100_000, 100, rng(), torch.float64)).time_constant


def chrono_identity() -> float:
    """Largest distance of 1/(1 − σ(log u)) from 1 + u, for u = 1 to 1,000."""
    u = torch.linspace(1, 1_000, 1_000, dtype=torch.float64)
    return float((remembrance(u.log()).time_constant - (1 + u)).abs().max())


def chrono_at_rest(name: str) -> float:
    """How far a chrono cell at rest is from keeping as much as it does not write: i + f − 1."""
    cell = CELLS[name]
    drawn = cell.draw(3, 1_000, rng(), torch.float64)
    weights = with_chrono(cell, drawn, 100, rng(1))
    step = cell.step(weights, torch.zeros(3, dtype=torch.float64), cell.start(weights))
    gates = step.gate("input_gate").value + step.gate("forget_gate").value
    return float((gates - 1).abs().max())


def difference_to_tensorflow1() -> float:
    """Largest difference of the hidden states of 20 steps to the equations of its LSTMCell."""
    kernel, bias, xs = normal(3 + 8, 4 * 8), normal(4 * 8, seed=1), normal(20, 3, seed=2)
    cell, weights = CELLS["lstm"], from_tensorflow1(kernel, bias)
    state, largest = cell.start(weights), 0.0
    h = c = torch.zeros(8, dtype=torch.float64)
    for x in xs:
        i, j, f, o = (torch.cat([x, h]) @ kernel + bias).chunk(4)
        c = c / (1 + (-f - 1).exp()) + j.tanh() / (1 + (-i).exp())
        h = c.tanh() / (1 + (-o).exp())
        step = cell.step(weights, x, state)
        largest = max(largest, float((step.hidden - h).abs().max()))
        state = step.state
    return largest


KNOWN = (
    *(
        Known(
            f"{name}: 50 steps against the fused layer, float64",
            0,
            partial(difference_to_fused, name),
            f"torch.nn.{type(CELLS[name].blank_layer(1, 1, torch.float64)).__name__}",
            tolerance=1e-12,
        )
        for name in FUSED
    ),
    *(
        Known(
            f"{name}: 40 steps forward, reverse and both ways, float32",
            0,
            partial(difference_to_onnxruntime, name),
            f"onnxruntime {node_of(name).kind}",
            tolerance=2e-6,
        )
        for name in (*NODES, *VARIED)
    ),
    *(
        Known(
            f"{name}: 40 steps, float64",
            0,
            partial(difference_to_reference, name),
            "onnx reference evaluator",
            tolerance=1e-13,
        )
        for name, told in NODES.items()
        if told.in_reference
    ),
    *(
        Known(
            f"{name}: 200 steps, float64",
            0,
            partial(difference_to_textbook, name),
            CELLS[name].source,
            tolerance=1e-12,
        )
        for name in (*PUBLISHED, *VARIED)
    ),
    *(
        Known(
            f"{name}: memory less the sum of its parts, 200 steps",
            0,
            partial(difference_of_sums, name),
            "algebra",
            tolerance=1e-12,
        )
        for name in (*GATED, *VARIED)
    ),
    *(
        Known(
            f"{name}: where its gates are 0 and 1",
            0,
            partial(bends, name),
            "the ends of a hard sigmoid",
            tolerance=1e-15,
        )
        for name in VARIED
        if "hard" in name
    ),
    Known("lstm: drift of c in 200 steps at f = 1, i = 0", 0, memory_held, "c = f · c₋₁ + i · g"),
    Known(
        "parameters of an RNN, 10 inputs, 64 units",
        4_864,
        lambda: CELLS["rnn_tanh"].parameters(10, 64),
        "H(I + H + 2)",
    ),
    Known(
        "parameters of a GRU, 10 inputs, 64 units",
        14_592,
        lambda: CELLS["gru"].parameters(10, 64),
        "3 H(I + H + 2)",
    ),
    Known(
        "parameters of an LSTM, 10 inputs, 64 units",
        19_456,
        lambda: CELLS["lstm"].parameters(10, 64),
        "4 H(I + H + 2)",
    ),
    Known(
        "peepholes of an LSTM, 64 units",
        192,
        lambda: CELLS["lstm_peephole"].parameters(10, 64) - CELLS["lstm"].parameters(10, 64),
        "3 H",
    ),
    Known(
        "parameters of a coupled LSTM, 10 inputs, 64 units",
        14_592,
        lambda: CELLS["lstm_coupled"].parameters(10, 64),
        "3 H(I + H + 2)",
    ),
    Known(
        "weights drawn for an LSTM, 10 inputs, 64 units",
        sum(p.numel() for p in nn.LSTM(10, 64, device="meta").parameters()),
        lambda: CELLS["lstm"].draw(10, 64, rng()).parameters,
        "torch.nn.LSTM",
    ),
    Known("time constant of forget biases 0 to 5", 0, time_constants, "1 + eᵇ", tolerance=1e-12),
    Known(
        "half-life of forget biases 0 to 5", 0, half_lives, "ln 2 / ln(1 + e⁻ᵇ)", tolerance=1e-12
    ),
    Known("left after 10 steps at bias 1", 0.0436, partial(left, 1, 10), "σ(b)ᵏ", tolerance=1e-4),
    Known(
        "left after 100 steps at bias 3",
        7.76e-3,
        partial(left, 3, 100),
        "σ(b)ᵏ",
        tolerance=1e-3,
        kind="rel",
    ),
    Known("left after 100 steps at bias 5", 0.5109, partial(left, 5, 100), "σ(b)ᵏ", tolerance=1e-4),
    Known(
        "forget gate at bias 1, nothing read",
        1 / (1 + math.exp(-1)),
        forget_gate_at_rest,
        "Jozefowicz et al. 2015",
        tolerance=1e-15,
    ),
    Known(
        "chrono: smallest time constant for lags up to 100",
        2,
        lambda: float(chrono_constants().min()),
        "Tallec & Ollivier 2018",
        tolerance=0.01,
    ),
    Known(
        "chrono: mean time constant, 1 + U[1, 99]",
        51,
        lambda: float(chrono_constants().mean()),
        "Tallec & Ollivier 2018",
        tolerance=0.4,
    ),
    Known(
        "chrono: 1/(1 − σ(log u)) − (1 + u), u up to 1,000",
        0,
        chrono_identity,
        "algebra",
        tolerance=1e-9,
    ),
    *(
        Known(
            f"{name}, chrono biases, nothing read: i + f − 1",
            0,
            partial(chrono_at_rest, name),
            "σ(b) + σ(−b) = 1, Tallec & Ollivier 2018",
            tolerance=1e-15,
        )
        for name in ("lstm", "lstm_peephole")
    ),
    Known(
        "an LSTM of TensorFlow 1 (i, j, f, o), its forget bias added at every step",
        0,
        difference_to_tensorflow1,
        "the equations of tf.compat.v1.nn.rnn_cell.LSTMCell",
        tolerance=1e-13,
    ),
)
