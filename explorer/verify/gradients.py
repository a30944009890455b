"""Known answers about gradients through time, before training and while the adding problem is
learned, and of the cliff.
"""

import math
from functools import partial
from typing import Any

import numpy as np
import torch
from scipy.special import psi  # type: ignore[import-untyped]
from torch import Tensor, nn

from explorer.cells import CELLS, State
from explorer.gradients.clipping import by_norm, by_value
from explorer.gradients.initial import (
    initial_matrix,
    orthogonal,
    recurrent_matrices,
    uniform,
)
from explorer.gradients.products import exponent, exponent_of, jacobians, products
from explorer.gradients.settings import FlowSettings
from explorer.gradients.spectra import spectrum
from explorer.gradients.theory import theory_line
from explorer.gradients.through_time import (
    contributions,
    norms_through_time,
    quantity_through_time,
    underflow,
)
from explorer.gradients.through_time import gone_back as gone_back_at_first
from explorer.gradients.unrolled import UNROLLED, Unrolled, unpacked
from explorer.labs.gradients.held import BLOCKS, HELD, held
from explorer.verify.cliff import CLIFF
from explorer.verify.depth import DEPTH
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known
from explorer.verify.learning import LEARNING
from explorer.verify.myths import MYTHS

STEPS, UNITS, BATCH = 40, 12, 4
FEW = 12  # steps over which differences have digits left
ROTATED = {"recurrent_init": "orthogonal"}
MODULES = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell, "GRU": nn.GRUCell}
IN_TORCH = {
    name: type(cell.blank_layer(1, 1, torch.float64)).__name__
    for name, cell in CELLS.items()
    if cell.has_layer
}
PUBLISHED = tuple(name for name, cell in CELLS.items() if name in UNROLLED and not cell.has_layer)


def ratio(lag: int, **settings: Any) -> float:
    """Typical norm of the gradient so many steps back from step 100, against the last state's."""
    return float(norms_through_time(FlowSettings(**settings)).memory.typical[lag])


RATES: tuple[tuple[str, str, int, float, dict[str, Any], str], ...] = (
    ("rnn_tanh", "rotation times 0.9", 50, 0.25, ROTATED | {"gain": 0.9}, "s √E φ'²"),
    ("rnn_relu", "rotation", 10, 0.4, ROTATED, "1/√2 a step"),
    ("rnn_sigmoid", "rotation", 8, 0.1, ROTATED, "below 1/4 a step"),
    ("lstm_peephole", "bias 1", 20, 0.3, {"forget_bias": 1.0}, "that of the LSTM"),
    ("lstm_coupled", "bias 3", 50, 0.1, {"forget_bias": 3.0}, "hops counted"),
    ("gru", "bias 3", 50, 0.1, {"forget_bias": 3.0}, "hops counted"),
    ("gru_before", "bias 3", 50, 0.1, {"forget_bias": 3.0}, "hops counted"),
    ("gru", "chrono", 50, 0.15, {"keeping": "chrono"}, "gates of evenly spread times alone"),
    (
        "lstm",
        "bias 1, loss at every step",
        20,
        0.1,
        {"forget_bias": 1.0, "loss_at": "every"},
        "one way more",
    ),
)
"""Rates of the page: how far theory over measurement may be from 1 at a lag."""
GATES = ((0.0, 10, 9.77e-4), (1.0, 50, 1.58e-7), (2.0, 10, 0.2810), (3.0, 50, 0.0881),
         (4.0, 100, 0.1628), (5.0, 100, 0.5109))  # fmt: skip


def on_measured(cell: str, lag: int, **changes: Any) -> float:
    """Theory over measurement at a lag, ten networks."""
    settings = FlowSettings(cell, seeds=10, **changes)
    measured = quantity_through_time(settings).typical
    return float(theory_line(settings).values[lag] / measured[lag])


def to_products(cell: str) -> float:
    """How far h's gradient by the product of all Jacobians is from the written-out way back."""
    settings = FlowSettings(cell, length=FEW, units=9, seeds=1, batch=1, forget_bias=1.0)
    network = gone_back_at_first(settings, range(1), torch.float64)
    back = network.hidden_gradients[..., 0].reshape(FEW + 1, 9)
    local = jacobians(settings)
    start = torch.nn.functional.pad(back[-1], (0, local.shape[-1] - 9))
    ours = (start @ torch.linalg.multi_dot(list(local.flip(0))))[:9]
    return float((ours - back[0]).norm() / back[0].norm())


def sum_of_shares(cell: str) -> float:
    """What the shares of dL/dW add up to over all lags."""
    return float(contributions(FlowSettings(cell, seeds=1)).share.sum())


def chrono_time(u: float) -> float:
    """How far the time constant of a gate with bias log u is from 1 + u."""
    return 1 / (1 - 1 / (1 + math.exp(-math.log(u)))) - (1 + u)


def gate_leaves(bias: float, lag: int) -> float:
    """What the line of the gate alone has at a lag."""
    return float(theory_line(FlowSettings("lstm", forget_bias=bias), "gate_alone").values[lag])


def clipped_as_torch() -> float:
    """Largest difference from `clip_grad_norm_` and `clip_grad_value_`, in parts of the whole."""
    largest = 0.0
    for ours, theirs in (
        (by_norm, nn.utils.clip_grad_norm_),
        (by_value, nn.utils.clip_grad_value_),
    ):
        parameter, gradient = nn.Parameter(torch.zeros(100).double()), normal(100)
        parameter.grad = gradient.clone()
        theirs(parameter, 0.5)
        ours(gradient, 0.5)
        largest = max(largest, float((gradient - parameter.grad).norm() / parameter.grad.norm()))
    return largest


def step_of_torch(cell: str) -> float:
    """How far h of the unrolled layer is from PyTorch's fused layer with the same weights."""
    matrix, inputs = initial_matrix(cell, 3, UNITS, rng()), normal(STEPS, 3, BATCH, seed=1)
    network = UNROLLED[cell](matrix, STEPS, BATCH)
    network.read(inputs)
    network.forward()
    with torch.no_grad():
        hidden, _ = CELLS[cell].layer(unpacked(cell, matrix))(inputs.mT)
    return float((network.hidden.mT - hidden).norm() / hidden.norm())


def lost_to_halving(what: str) -> float:
    """Of the 201 gradients of a rotation of gain ½, those that are 0 in float32, mean over two."""
    halving = FlowSettings("linear", length=200, recurrent_init="orthogonal", gain=0.5, seeds=2)
    return float(getattr(underflow(halving), what))


def to_autograd(cell: str) -> float:
    """Largest relative error of dL/dh at every step against autograd through PyTorch's cell."""
    matrix = initial_matrix(cell, 3, UNITS, rng())
    inputs, direction = normal(STEPS, 3, BATCH, seed=1), normal(UNITS, BATCH, seed=2)
    network = gone_back(cell, matrix, inputs, direction)
    derived = torch_gradients(cell, matrix, inputs, direction)
    errors = (network.hidden_gradients - derived).flatten(1).norm(dim=1)
    return float((errors / derived.flatten(1).norm(dim=1)).max())


def gone_back(cell: str, matrix: Tensor, inputs: Tensor, direction: Tensor) -> Unrolled:
    """An unrolled layer after both of its passes."""
    network = UNROLLED[cell](matrix, len(inputs), inputs.shape[-1])
    network.read(inputs)
    network.forward()
    network.backward(direction)
    return network


def to_differences(name: str) -> float:
    """Largest relative error of dL/dh · v against differences of the published formula.

    v is a random direction for each of 12 steps; the formula is the cell's second opinion in NumPy.
    """
    cell, matrix = CELLS[name], initial_matrix(name, 3, UNITS, rng())
    inputs, direction = normal(FEW, 3, BATCH, seed=1), normal(UNITS, BATCH, seed=2)
    network = gone_back(name, matrix, inputs, direction)
    weights, largest = unpacked(name, matrix), 0.0
    for step in range(FEW):
        hidden = network.states[step, :UNITS].T
        memory = network.memories[step].T if network.memories is not None else None
        along = normal(BATCH, UNITS, seed=3 + step)
        losses = [
            (cell.second_opinion(weights, inputs[step:].mT, state)[0][-1] * direction.T).sum()
            for state in (State(hidden + small * along, memory) for small in (1e-5, -1e-5))
        ]
        ours = network.hidden_gradients[step].T
        wrong = (losses[0] - losses[1]) / 2e-5 - (ours * along).sum()
        largest = max(largest, float(wrong.abs() / (ours.norm() * along.norm())))
    return largest


def torch_gradients(cell: str, matrix: Tensor, inputs: Tensor, direction: Tensor) -> Tensor:
    """dL/dh₀ … dL/dh_T of L = Σ direction · h_T, by autograd through `torch.nn`'s own cell."""
    kind = CELLS[cell]
    relu = {"nonlinearity": "relu"} if kind.candidate.squash.name == "relu" else {}
    blank = MODULES[IN_TORCH[cell]](3, UNITS, device="meta", **relu)
    module = blank.to_empty(device="cpu").double()
    weights = unpacked(cell, matrix).state_dict()
    module.load_state_dict({name.removesuffix("_l0"): part for name, part in weights.items()})
    hidden = [torch.zeros(BATCH, UNITS, dtype=torch.float64, requires_grad=True)]
    memory = torch.zeros(BATCH, UNITS, dtype=torch.float64)
    for x in inputs:
        if kind.memory == "cell":
            after, memory = module(x.T, (hidden[-1], memory))
        else:
            after = module(x.T, hidden[-1])
        hidden.append(after)
    loss = (hidden[-1] * direction.T).sum()
    return torch.stack(torch.autograd.grad(loss, hidden)).mT


def radius() -> float:
    """Spectral radius of a recurrent matrix as PyTorch draws it, 1,000 units."""
    return float(torch.linalg.eigvals(uniform(1, 1_000, rng())).abs().max())


def of_blocks(cell: str, what: str) -> float:
    """Theory over measurement as `held` finds it, at the lag that the page names."""
    found = held(cell)
    if found.lag != HELD[cell].lag:
        raise ValueError(f"compared at lag {found.lag}, the page says {HELD[cell].lag}")
    return float(getattr(found, what))


def mean_singular_value() -> float:
    """Mean singular value of a matrix as PyTorch draws it, 1,000 units."""
    return float(torch.linalg.svdvals(uniform(1, 1_000, rng())).mean())


def deviation_of_rotations() -> float:
    """Largest distance from 1 of the singular values of a product of 50 random rotations."""
    product = torch.linalg.multi_dot(list(orthogonal(50, 100, rng())))
    return float((torch.linalg.svdvals(product) - 1).abs().max())


def departure_from_schur() -> float:
    """Henrici's departure less the norm of the strictly upper Schur factor, 40 normal numbers²."""
    from scipy.linalg import schur  # type: ignore[import-untyped]

    matrix = normal(40, 40)
    upper, _ = schur(matrix.numpy(), output="complex")
    return spectrum(matrix).departure / float(np.linalg.norm(np.triu(upper, 1))) - 1


def normal_exponent() -> float:
    """How many standard errors a measured exponent of independent matrices is from its closed form.

    Newman 1986, for entries of variance 1/n.
    """
    n = 8
    local = torch.randn(4_000, n, n, generator=rng(), dtype=torch.float64) / n**0.5
    found = exponent(local, settled=100)
    return (found.value - 0.5 * (math.log(2 / n) + float(psi(n / 2)))) / found.error


def transient() -> float:
    """The largest norm of a power of a non-normal matrix of radius below 1, median of five."""
    drawn = recurrent_matrices("linear", 128, range(5), "gaussian", 0.95)
    return float(np.median([spectrum(matrix, powers=60).stretch.max() for matrix in drawn]))


ROTATION = FlowSettings("linear", length=50, recurrent_init="orthogonal", gain=1.1)
SHEAR = torch.tensor([[0.9, 3.0], [0.0, 0.9]], dtype=torch.float64)

INDEPENDENT = "measured independently, 5 seeds"
KNOWN = (
    *(
        Known(
            f"{cell}: dL/dh at 40 lags, relative error",
            0,
            partial(to_autograd, cell),
            f"autograd through torch.nn.{layer}Cell",
            tolerance=1e-10,
        )
        for cell, layer in IN_TORCH.items()
    ),
    *(
        Known(
            f"{cell}: dL/dh at {FEW} lags, relative error",
            0,
            partial(to_differences, cell),
            f"differences, {CELLS[cell].source}",
            tolerance=1e-7,
        )
        for cell in PUBLISHED
    ),
    *(
        Known(
            f"linear network, rotation times {gain:g}, lag {lag}",
            gain**lag,
            partial(ratio, lag, cell="linear", recurrent_init="orthogonal", gain=gain),
            "sᵏ, Pascanu et al. 2013",
            tolerance=1e-9,
            kind="rel",
        )
        for gain, lag in ((0.9, 50), (0.9, 100), (1.1, 100), (0.5, 100))
    ),
    Known(
        "ReLU, rotation: lag 1",
        math.sqrt(0.5),
        partial(ratio, 1, cell="rnn_relu", recurrent_init="orthogonal", units=128, seeds=20),
        "half of the units are open: 1/√2",
        tolerance=0.03,
        kind="rel",
    ),
    Known(
        "RNN as PyTorch draws it: lag 10",
        (1e-3, 1e-2),
        partial(ratio, 10, cell="rnn_tanh"),
        INDEPENDENT,
        kind="range",
    ),
    Known(
        "LSTM as PyTorch draws it: lag 10",
        (1e-3, 2e-2),
        partial(ratio, 10, cell="lstm"),
        INDEPENDENT,
        kind="range",
    ),
    Known(
        "GRU as PyTorch draws it: lag 10",
        (1e-3, 2e-2),
        partial(ratio, 10, cell="gru"),
        INDEPENDENT,
        kind="range",
    ),
    Known(
        "LSTM, forget bias 3: lag 10",
        (0.5, 0.9),
        partial(ratio, 10, cell="lstm", forget_bias=3.0),
        INDEPENDENT,
        kind="range",
    ),
    Known(
        "LSTM, forget bias 5: lag 100, it explodes",
        (3, 100),
        partial(ratio, 100, cell="lstm", forget_bias=5.0),
        INDEPENDENT,
        kind="range",
    ),
    Known(
        "RNN, 200 steps: norms of gradients that float32 turns into 0",
        (50, 130),
        lambda: underflow(FlowSettings("rnn_tanh", length=200)).zero_norms,
        "88, " + INDEPENDENT,
        kind="range",
    ),
    *(
        Known(
            f"half a rotation, 200 steps: {what} that float32 turns into 0",
            200 - kept,
            partial(lost_to_halving, name),
            f"the smallest float32 is 2⁻¹⁴⁹, {why}",
            tolerance=4,
        )
        for what, name, kept, why in (
            ("whole gradients", "zero_gradients", 151, "one binary digit a step"),
            ("norms", "zero_norms", 76, "a square loses two"),
        )
    ),
    Known(
        "RNN, 200 steps: gradients that float64 turns into 0",
        0,
        lambda: float(
            (norms_through_time(FlowSettings("rnn_tanh", length=200)).hidden.norms == 0).sum()
        ),
        "exponents down to 10⁻³⁰⁸",
    ),
    Known(
        "spectral radius of PyTorch's recurrent matrix",
        3**-0.5,
        radius,
        "1/√3, circular law",
        tolerance=0.05,
    ),
    Known(
        "mean singular value of PyTorch's matrix",
        8 / (3 * math.pi) / math.sqrt(3),
        mean_singular_value,
        "8/(3π√3), Glorot & Bengio 2010",
        tolerance=0.01,
        kind="rel",
    ),
    Known(
        "Henrici's departure of [[.9, 3], [0, .9]]",
        3,
        lambda: spectrum(SHEAR).departure,
        "norm of the strictly upper Schur factor",
        tolerance=1e-12,
    ),
    Known(
        "Henrici's departure of 40 × 40 normal numbers / SciPy's Schur factor, − 1",
        0,
        departure_from_schur,
        "scipy.linalg.schur, strictly upper part",
        tolerance=1e-10,
    ),
    Known(
        "stretch of [[.9, 3], [0, .9]]⁹",
        0.9**9 * (30 + math.sqrt(30**2 + 4)) / 2,
        lambda: float(spectrum(SHEAR).stretch[9]),
        "of a shear [[1, s], [0, 1]]: (s + √(s² + 4))/2, s = 9 · 3/.9",
        tolerance=1e-12,
        kind="rel",
    ),
    Known(
        "Lyapunov exponent of a rotation times 1.1",
        math.log(1.1),
        lambda: exponent_of(ROTATION).value,
        "ln 1.1, for every direction",
        tolerance=1e-12,
    ),
    Known(
        "Lyapunov exponent of 8 × 8 normal matrices, in its standard errors from the closed form",
        0,
        normal_exponent,
        "½ (ln(2/n) + ψ(n/2)), Newman 1986",
        tolerance=4,
    ),
    *(
        Known(
            f"{cell}: J_T ⋯ J_1 of (h, c) by the chain rule, against going back 12 steps",
            0,
            partial(to_products, cell),
            "∂h_T/∂h_0 = J_T ⋯ J_1",
            tolerance=1e-9,
        )
        for cell in ("lstm", "lstm_peephole", "lstm_coupled", "gru", "gru_before")
    ),
    *(
        Known(
            f"{cell}: shares of dL/dW over all lags, their sum",
            1,
            partial(sum_of_shares, cell),
            "dL/dW is the sum of its items, Pascanu et al. 2013, eq. 4",
            tolerance=1e-9,
        )
        for cell in ("rnn_tanh", "lstm_peephole", "gru")
    ),
    *(
        Known(
            f"{UNROLLED[cell].label}, {what}: theory / measured at lag {lag}",
            (1 - off, 1 + off),
            partial(on_measured, cell, lag, **changes),
            f"a theory rate of the page, 10 networks: {why}",
            kind="range",
        )
        for cell, what, lag, off, changes, why in RATES
    ),
    *(
        Known(
            f"chrono: 1 / (1 − σ(log u)) − (1 + u), u = {u:g}",
            0,
            partial(chrono_time, u),
            "Tallec & Ollivier 2018",
            tolerance=1e-9 * u,
        )
        for u in (1.0, 10.0, 99.0)
    ),
    *(
        Known(
            f"forget bias {bias:g}: what the gate alone leaves after {lag} steps",
            kept,
            partial(gate_leaves, bias, lag),
            "f^k, f = σ(b): Jozefowicz et al. 2015",
            tolerance=6e-3,
            kind="rel",
        )
        for bias, lag, kept in GATES
    ),
    Known(
        "clipping by norm and by value, against torch's two functions",
        0,
        clipped_as_torch,
        "Pascanu et al. 2013, algorithm 1",
        tolerance=1e-6,
    ),
    *(
        Known(
            f"{cell}: input-hidden step against torch.nn, relative error of h",
            0,
            partial(step_of_torch, cell),
            "one forward pass in float64",
            tolerance=1e-12,
        )
        for cell in ("lstm", "gru")
    ),
    *(
        Known(
            f"{cell}: numbers that it learns, 10 inputs, 64 units",
            count,
            partial(CELLS[cell].parameters, 10, 64),
            "PyTorch's two biases",
        )
        for cell, count in (("rnn_tanh", 4_864), ("gru", 14_592), ("lstm", 19_456))
    ),
    Known(
        "default LSTM, loss at the last step: ‖dL/dh₀‖ is not 0",
        (1e-40, 1),
        partial(ratio, 100, cell="lstm"),
        "every path is followed: retain_grad on a fused layer finds 0",
        kind="range",
    ),
    Known(
        "50 rotations: largest less smallest singular value of their product",
        0,
        lambda: float(np.ptp(products(jacobians(ROTATION), [50]))) / 1.1**50,
        "all are the gain to the 50 (Saxe et al. 2013)",
        tolerance=1e-11,
    ),
    Known(
        "128 units, normal, radius .95: largest stretch of its powers, 5 matrices",
        (1.8, 4.0),
        transient,
        "it grows before it dies; 2.66 of one matrix, " + INDEPENDENT,
        kind="range",
    ),
    *(
        Known(
            f"{UNROLLED[cell].label}, theory / measured at lag {said.lag}: {what}",
            getattr(said, name),
            partial(of_blocks, cell, name),
            f"{BLOCKS} blocks of five seeds, as the page says",
            tolerance=0.006,
            slow=True,
        )
        for cell, said in HELD.items()
        for what, name in (
            ("lowest block", "low"),
            ("typically", "typical"),
            ("highest block", "high"),
        )
    ),
    Known(
        "50 rotations in a row: singular values − 1",
        0,
        deviation_of_rotations,
        "Saxe et al. 2013",
        tolerance=1e-12,
    ),
    *CLIFF,
    *DEPTH,
    *MYTHS,
    *LEARNING,
)
