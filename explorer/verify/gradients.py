"""Known answers about gradients through time, before training and while the adding problem is
learned.
"""

import math
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.cells import CELLS, State
from explorer.gradients.adding import AddingSettings, SideBySide, outcome
from explorer.gradients.initial import initial_matrix, orthogonal, uniform
from explorer.gradients.settings import FlowSettings
from explorer.gradients.spectra import spectrum
from explorer.gradients.through_time import norms_through_time, underflow
from explorer.gradients.unrolled import UNROLLED, Unrolled, unpacked
from explorer.labs.gradients.held import BLOCKS, HELD, held
from explorer.sequences.tasks import ADDING_BASELINE, adding_problem
from explorer.verify.draws import normal, rng
from explorer.verify.known import Known

STEPS, UNITS, BATCH = 40, 12, 4
FEW = 12  # steps over which differences have digits left
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
    relu = {"nonlinearity": "relu"} if kind.candidate.squash == "relu" else {}
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


def always_the_mean() -> float:
    """Squared error on 100,000 sequences of the adding problem of always answering 1."""
    targets = adding_problem(100_000, 10, rng()).targets
    return float((targets - 1).square().mean())


def lstm_solves() -> float:
    """How many of five seeds of the LSTM solve the adding problem within 2,000 iterations."""
    found = (outcome(AddingSettings(seed=seed), "lstm") for seed in range(5))
    return sum(each.solved_at is not None for each in found)


def rnn_stays(rate: float) -> float:
    """Error of the tanh RNN after 2,000 iterations, against always answering 1.

    Both on the same 500 sequences: their own variance differs from 1/6 by a tenth and more.
    """
    alone = SideBySide(AddingSettings(rate=rate), ("rnn_tanh",))
    for _ in range(2_000):
        alone.step()
    guessing = float((alone.validation.targets - 1).square().mean())
    return alone.validation_losses()["rnn_tanh"] / guessing


def departure_from_schur() -> float:
    """Henrici's departure less the norm of the strictly upper Schur factor, 40 normal numbers²."""
    from scipy.linalg import schur  # type: ignore[import-untyped]

    matrix = normal(40, 40)
    upper, _ = schur(matrix.numpy(), output="complex")
    return spectrum(matrix).departure / float(np.linalg.norm(np.triu(upper, 1))) - 1


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
    Known(
        "adding problem: the baseline",
        1 / 6,
        lambda: ADDING_BASELINE,
        "2 Var U[0, 1]",
        tolerance=1e-15,
    ),
    Known(
        "adding problem: always answering 1",
        1 / 6,
        always_the_mean,
        "2 Var U[0, 1]",
        tolerance=2e-3,
    ),
    Known(
        "LSTM, adding over 50 steps: seeds of 5 that solve it",
        (4, 5),
        lstm_solves,
        INDEPENDENT,
        kind="range",
        slow=True,
    ),
    *(
        Known(
            f"tanh RNN, adding over 50 steps, rate {rate:g}: error / guessing",
            (0.9, 1.1),
            partial(rnn_stays, rate),
            "it stays at 1/6, " + INDEPENDENT,
            kind="range",
            slow=True,
        )
        for rate in (1e-3, 3e-3, 1e-2)
    ),
)
