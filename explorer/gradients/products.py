"""What many steps multiply a gradient with: the product of their Jacobians, and its final rate.

Going back k steps multiplies a gradient by (∂h_T/∂h_{T−k})ᵀ, and ∂h_T/∂h_{T−k} = J_T ⋯ J_{T−k+1}
with J_t = diag(φ'(a_t)) W. A cell with a memory c is followed in both of its states: J_t is of
(h, c) by (h₋₁, c₋₁). Its singular values say what becomes of each direction: the largest
bounds every gradient, and a small one is a direction that is forgotten.

Letters in the shapes: T steps, H numbers of the state (units, or twice as many with a c), K
products, B blocks of steps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.cells import State
from explorer.gradients.initial import INPUTS, WEIGHTS, initial_matrix, stream
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED
from explorer.gradients.unrolled.plain import UnrolledRNN
from explorer.gradients.unrolled.reset_before import UnrolledResetBefore
from explorer.sequences.saliency import slopes

FOLLOWED = 1_000  # steps along which the rate in the end is measured
BLOCKS = 10  # of steps, whose rates give the noise
RESOLVED = 1e-13  # of the largest singular value: what lies below is rounding

PIECE = 100  # steps whose Jacobians are made at once
LARGEST = 2**25  # numbers of all Jacobians of one sequence, 268 MB

PLAIN = tuple(name for name, kind in UNROLLED.items() if issubclass(kind, UnrolledRNN))
"""The networks whose step has a Jacobian diag(φ'(a)) W."""
FOLLOWED_BACK = tuple(name for name, kind in UNROLLED.items() if not kind.drawn_as)
"""The networks whose steps are taken apart: all that have a matrix to choose."""


@dataclass(frozen=True)
class Exponent:
    """The largest Lyapunov exponent: by e^value a step, directions stretch in the end.

    ``error`` is its standard error, from the rates of blocks of steps. −∞ where everything is
    forgotten, as when no unit of a ReLU network is on; then the error is 0.
    """

    value: float
    error: float
    steps: int


def jacobians(settings: FlowSettings, steps: int | None = None) -> Float[Tensor, "T H H"]:
    """The Jacobians J_1 … J_T along one sequence of the first seed, in float64.

    Weights and inputs are those of `norms_through_time`, T the settings' length if not given. They
    end before the first state that leaves float64, as a ReLU network's can. Raises `ValueError`
    where they would not fit: T · H² must be at most `LARGEST`.
    """
    length = settings.length if steps is None else steps
    state = state_size(settings)
    if length * state**2 > LARGEST:
        raise ValueError(
            f"the Jacobians of {state} numbers can be followed along at most "
            f"{LARGEST // state**2} steps, not {length}: shorten the sequence or take fewer units"
        )
    return torch.cat(list(pieces(settings, length)))


def state_size(settings: FlowSettings) -> int:
    """How many numbers a step hands on: h, or h and c."""
    cell = UNROLLED[settings.cell].cell
    return settings.units * (2 if cell is not None and cell.memory == "cell" else 1)


def pieces(settings: FlowSettings, steps: int) -> Iterator[Float[Tensor, "T H H"]]:
    """The same Jacobians, some steps at a time; there is at least one piece."""
    s = settings
    matrix = initial_matrix(
        s.cell,
        1,
        s.units,
        stream(s.seed, WEIGHTS),
        s.recurrent_init,
        s.gain,
        s.forget_bias,
        chrono=s.length if s.keeping == "chrono" else None,
    )
    inputs = torch.empty(steps, 1, 1, dtype=torch.float64)
    inputs.normal_(generator=stream(s.seed, INPUTS)).mul_(s.input_scale)
    kind = UNROLLED[s.cell]
    network = kind(matrix, steps, 1)
    network.read(inputs)
    network.forward()
    sound = network.hidden.isfinite().flatten(1).all(1)
    end = steps if bool(sound.all()) else int((~sound).int().argmax())
    slices = [slice(at, min(at + PIECE, end)) for at in range(0, end, PIECE)] or [slice(0, 0)]
    if isinstance(network, UnrolledRNN):
        local = network.slopes()
        yield from (local[part] * matrix[:, : s.units] for part in slices)
        return
    if isinstance(network, UnrolledResetBefore):
        yield from map(network.jacobians, slices)
        return
    assert kind.cell is not None, "only plain networks have no cell"
    weights = kind.weights(matrix)
    hidden, memories = network.states[..., : s.units, 0], network.memories
    for part in slices:
        before = State(hidden[part], None if memories is None else memories[part][..., 0])
        yield slopes(kind.cell, weights, inputs[part][..., 0], before).of_state.detach()


def products(local: Float[Tensor, "T H H"], counts: Sequence[int]) -> Float[np.ndarray, "K H"]:
    """The singular values of J_T ⋯ J_{T−k+1} for each k of the ``counts``, the largest first.

    ``counts`` rise from 0, whose product is the identity. A product is kept near 1 on its way, so
    that it leaves float64 later than its numbers do. Singular values below 1e-13 of the largest
    are NaN: rounding is as large. Raises `ValueError` for counts that do not rise or exceed T.
    """
    counts = list(counts)
    if counts != sorted(set(counts)) or not counts or counts[0] < 0 or counts[-1] > len(local):
        raise ValueError(f"counts must rise within 0 to {len(local)}, not be {counts[:20]}")
    product = torch.eye(local.shape[-1], dtype=local.dtype)
    kept, logs, log, done = [], [], 0.0, 0
    for count in counts:
        for jacobian in local.flip(0)[done:count]:
            product = product @ jacobian
            size = float(product.norm())
            if not 0 < size < float("inf"):
                product, log = torch.zeros_like(product), 0.0 if size == 0 else float("nan")
                break
            product, log = product / size, log + float(np.log(size))
        done = count
        kept.append(product)
        logs.append(log)
    values = torch.linalg.svdvals(torch.stack(kept)).numpy()
    values = np.where(values < RESOLVED * values[:, :1], np.nan, values)
    with np.errstate(over="ignore"):
        return values * np.exp(np.array(logs))[:, None]


def exponent(local: Float[Tensor, "T H H"], settled: int = 0, seed: int = 0) -> Exponent:
    """The largest Lyapunov exponent of a sequence of Jacobians, the first ``settled`` left out.

    A random direction is carried along and measured at every step (Benettin et al. 1980); for a
    single exponent this is the QR method with one column. Raises `ValueError` where fewer steps are
    left than there are blocks.
    """
    return _exponent([local], len(local), settled, seed)


def exponent_of(settings: FlowSettings, steps: int = FOLLOWED) -> Exponent:
    """The exponent of the first seed's network along so many steps, the first tenth left out."""
    found = list(pieces(settings, steps)) if _is_small(settings, steps) else pieces(settings, steps)
    if isinstance(found, list):
        steps = sum(map(len, found))
    return _exponent(found, steps, steps // 10)


def _is_small(settings: FlowSettings, steps: int) -> bool:
    return steps * state_size(settings) ** 2 <= LARGEST


def _exponent(
    parts: Iterable[Float[Tensor, "_ H H"]], steps: int, settled: int, seed: int = 0
) -> Exponent:
    if steps - settled < BLOCKS:
        raise ValueError(f"an exponent needs at least {BLOCKS} steps, not {steps - settled}")
    direction: Tensor | None = None
    rates: list[float] = []
    for jacobian in (each for part in parts for each in part):
        if direction is None:
            direction = torch.randn(
                jacobian.shape[-1],
                generator=torch.Generator().manual_seed(seed),
                dtype=jacobian.dtype,
            )
            direction /= direction.norm()
        direction = jacobian @ direction
        size = float(direction.norm())
        if size == 0:
            return Exponent(-np.inf, 0.0, steps - settled)
        direction = direction / size
        rates.append(float(np.log(size)))
    kept = np.array(rates[settled:])
    blocks = [block.mean() for block in np.array_split(kept, BLOCKS)]
    return Exponent(float(kept.mean()), float(np.std(blocks, ddof=1) / BLOCKS**0.5), len(kept))
