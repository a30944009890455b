"""Lines that theory draws over the measured gradient norms, and how far off they are.

Letters in the shapes: L lags 0 … T, S networks, H units.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float

from explorer.gradients.initial import RECURRENT_INITS, recurrent_matrices
from explorer.gradients.mean_field import average_steps, fresh, norms_by_hops
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED

FULL_MEMORY_BIAS, FULL_MEMORY_LAGS = 2.0, 50
STRONG_FEEDBACK = 1.25
NEGLIGIBLE = 1.1
LOUD, LOUD_GATED, LOUD_LAGS = 1.0, 3.0, 20  # inputs whose every step has slopes of its own


@dataclass(frozen=True)
class TheoryLine:
    """The norm that a theory predicts at every lag, relative to lag 0.

    It claims to hold for lags up to `valid_to` only; a larger one is drawn for comparison.
    """

    name: str
    formula: str
    source: str
    values: Float[np.ndarray, " L"]
    valid_to: int


@dataclass(frozen=True)
class Residual:
    """|log10(theory / measured)| over the lags from 1 to the last valid one: 0.3 is a factor 2.

    Lags at which either has left the range of float64 (exactly 0) do not count; `lags` says how
    many did. Without any, `largest` and `mean` are NaN.
    """

    largest: float
    mean: float
    lags: int


def mean_field(settings: FlowSettings) -> TheoryLine:
    """Hops counted in a wide network (`explorer.gradients.mean_field`); nothing is drawn.

    For the linear network with a rotation it is s^k, exact. Elsewhere it is typical of networks of
    64 units, and ten of them tell what is typical only up to their own spread. Theory over
    measurement at lag 100, in twelve blocks of ten: 1.00 to 1.06 for the GRU with bias 3, 0.85 to
    1.7 with bias 1; for ReLU with a rotation, 15 decades down, where two networks differ by 1.5
    decades, 0.12 to 3.1, typically 0.5.

    A single matrix of independent entries is not a wide one: its powers depart after about √H hops,
    where the claim ends. So does that for the LSTM at lag 50 when its forget bias exceeds 2: its
    memories saturate, few units carry the gradient, and the line is too high (twofold at lag 100).
    Gated cells with a matrix of gain above 1.25 (no usual initialisation) drive themselves, their
    gates are no longer independent, and only one step is claimed. Nor does an average over steps
    know of one loud input that saturates every unit: beyond a standard deviation of 1 the tanh's
    claim ends where slopes have taken half, beyond 3 that of gated cells after 20 lags. For
    `gaussian` matrices see `drawn_matrix`.
    """
    gain = fresh(settings).gain
    powers = gain ** np.arange(settings.length + 1.0)
    steps = average_steps(settings)
    values, hops = norms_by_hops(steps, powers, settings.loss_at == "every")
    stop = UNROLLED[settings.cell].tires(steps.hop) | (hops > _trusted_hops(settings))
    if settings.input_scale > LOUD and settings.cell == "rnn_tanh":
        stop |= UNROLLED[settings.cell].departs(steps.hop, stop)
    return TheoryLine(
        "mean_field",
        r"\left(\sum_j a_{kj}^2 s^{2j}\right)^{1/2}"
        if UNROLLED[settings.cell].is_gated()
        else r"\prod_t s \sqrt{\mathrm{E}\,\varphi'^2}",
        "Poole et al. 2016; Chen, Pennington and Schoenholz 2018; hops counted",
        values,
        valid_to=_until(_trusted_lags(settings), stop),
    )


def drawn_matrix(settings: FlowSettings) -> TheoryLine:
    """Mean-field slopes, but the powers of the very matrices that were drawn: ‖W^k‖_F / √H.

    That is the root mean square of ‖W^k v‖ over all directions v, typical over the seeds: exact
    for the linear network but for the choice of v. It follows a matrix of independent entries
    from its gain at first to its spectral radius in the end. Averaged slopes do not know which
    directions saturate: the claim ends where the slopes of the tanh have taken half, for ReLU and
    the gated cells as in `mean_field`. A gated cell is given the powers of its candidate's matrix.
    """
    steps = average_steps(settings)
    every = settings.loss_at == "every"
    values, hops = norms_by_hops(steps, typical_powers(settings), every)
    stop = UNROLLED[settings.cell].departs(steps.hop, hops > _trusted_hops(settings))
    return TheoryLine(
        "drawn_matrix",
        r"\|W^k\|_F / \sqrt{H} \cdot \prod_t \sqrt{\mathrm{E}\,\varphi'^2}",
        "linear: Pascanu, Mikolov and Bengio 2013; slopes as in mean field",
        values,
        valid_to=_until(_trusted_lags(settings), stop),
    )


def gate_alone(settings: FlowSettings) -> TheoryLine:
    """f^k with f = σ(b_f), for the GRU z^k: what stays in its unit and never hops.

    A first-order line and a lower one: hops come on top, and at bias 0 they carry most of what
    arrives. It claims to hold as long as they add less than a tenth, by mean field.
    """
    steps = average_steps(settings)
    stays = 1 / (1 + np.exp(-(settings.forget_bias or 0.0)))
    values = stays ** np.arange(settings.length + 1.0)
    powers = fresh(settings).gain ** np.arange(settings.length + 1.0)
    every = settings.loss_at == "every"
    if every:
        values = np.cumsum(values)
        values[-1] -= 1  # the initial state is not read
    alone = norms_by_hops(steps, powers, every)[0]
    return TheoryLine(
        "gate_alone",
        rf"\sigma({_keeping_bias(settings.cell)})^k",
        "Gers, Schmidhuber and Cummins 2000; Jozefowicz, Zaremba and Sutskever 2015",
        values,
        valid_to=_until(settings.length, alone > NEGLIGIBLE * values),
    )


def gates_alone(settings: FlowSettings) -> TheoryLine:
    """√E (u / (1 + u))^2k over u uniform in 1 to T − 1: chrono gates, each with a time of its own.

    What stays in its unit and never hops, root mean square over units. What hops adds less than a
    tenth, from 5 steps to 1,000 (ten networks of 64 units, every cell with a gate that keeps).
    """
    longest = max(2, settings.length) - 1
    u = np.linspace(1, max(longest, 1 + 1e-9), 10_001)
    kept = u / (1 + u)
    lags = np.arange(settings.length + 1.0)
    values = np.sqrt([(kept ** (2 * k)).mean() for k in lags])
    return TheoryLine(
        "gates_alone",
        r"\left(\mathrm{E}_u \left(\tfrac{u}{1+u}\right)^{2k}\right)^{1/2}",
        "Tallec and Ollivier 2018, eq. 16",
        values,
        valid_to=settings.length,
    )


def _keeping_bias(name: str) -> str:
    """The bias whose logistic is kept: b_f, b_z, or −b_i where what keeps is 1 − i."""
    cell = UNROLLED[name].cell
    assert cell is not None, "only cells with a gate that keeps have this line"
    gate, sign = cell.forget_bias
    return f"{'-' if sign < 0 else ''}b_{cell.kind(gate).papers.letter}"


@dataclass(frozen=True)
class Theory:
    """A theory: its line over the lags, and in words what that is computed from."""

    line: Callable[[FlowSettings], TheoryLine]
    rests_on: str


THEORIES: dict[str, Theory] = {
    "mean_field": Theory(mean_field, "variances alone, nothing that was drawn"),
    "drawn_matrix": Theory(drawn_matrix, "the very matrices that these seeds drew"),
    "gate_alone": Theory(gate_alone, "the bias of one gate"),
    "gates_alone": Theory(gates_alone, "evenly spread time constants alone"),
}


def theory_line(settings: FlowSettings, name: str | None = None) -> TheoryLine:
    """One line by its name in `THEORIES`; without a name the one that lies closest.

    Raises `ValueError` for an unknown name, for one that says nothing about this network, and for a
    network that there is no theory of, or not of its loss or its matrix.
    """
    known = theories_of(settings)
    if not known:
        raise ValueError(f"there is no theory of {unexplained(settings)} yet")
    chosen = name or known[0]
    if chosen not in known:
        raise ValueError(
            f"unknown theory {chosen!r} of this network; choose from {', '.join(map(repr, known))}"
        )
    return THEORIES[chosen].line(settings)


def theories_of(settings: FlowSettings) -> tuple[str, ...]:
    """The names of the lines that say something about these networks, the closest first.

    None where nobody has worked out what the cell does on average.
    """
    kind = UNROLLED[settings.cell]
    if unexplained(settings):
        return ()
    if settings.keeping == "chrono" and kind.is_gated():
        return ("gates_alone",)
    if settings.recurrent_init == "identity":  # linear: its powers are all that it does
        return ("drawn_matrix", "mean_field")
    if settings.recurrent_init == "gaussian":  # rescaled: its gain is known only once it is drawn
        names: tuple[str, ...] = ("drawn_matrix",)
    elif settings.recurrent_init in ("default", "glorot") and kind.follows_its_matrix:
        names = ("drawn_matrix", "mean_field")
    else:
        names = ("mean_field", "drawn_matrix")
    return (*names, "gate_alone") if kind.is_gated() else names


def unexplained(settings: FlowSettings) -> str:
    """What it is that nobody has worked out yet, as a sentence names it; empty: there is a theory.

    Averages over random directions say nothing of an identity, whose units never mix: each keeps
    slopes of its own.
    """
    kind = UNROLLED[settings.cell]
    if not kind.has_theory:
        return f"the {kind.label}"
    if settings.keeping == "chrono" and kind.is_gated() and settings.loss_at != "last":
        return f"the {kind.label} with a bias for each unit and a loss that reads every step"
    if settings.cell == "rnn_relu" and not settings.input_scale and not _biased(settings):
        return f"a {kind.label} that stays at 0"
    if settings.recurrent_init == "identity" and settings.cell != "linear":
        return f"the {kind.label} with an identity"
    return ""


def of_quantity(line: TheoryLine, settings: FlowSettings, quantity: str) -> TheoryLine:
    """What a line of the gradient by the memory says of another of `QUANTITIES`.

    On average over a wide layer: dL/dh of a cell with a c is what one hop takes of dL/dc,
    s·hop_t ‖dL/dc‖, and relative to lag 0, where h is read, without the way to c. Lag 1 is left out
    there (NaN): the output gate of the last step passes on what no average here counts. The
    Jacobian's root mean square over directions is the gradient of a random one. dL/dx_t is as long
    as δ_t, hop_t ‖dL/dh_t‖, up to a factor that is the same at every step, and δ_t sᵀ that times
    ‖[h₋₁; x; 1]‖. Raises `ValueError` for a quantity that it says nothing of (`says_of`).
    """
    if not says_of(settings, quantity):
        raise ValueError(f"no line is about {quantity!r} of {settings.cell!r}")
    if quantity == "memory" or (quantity in ("hidden", "jacobian") and not _has_c(settings)):
        return line
    steps = average_steps(settings)
    back = steps.hop[::-1]
    if quantity in ("hidden", "jacobian"):
        hops = np.concatenate(([1.0], fresh(settings).gain * back * line.values[:-1]))
        hops[1] = np.nan
        return replace(line, values=hops, valid_to=min(line.valid_to, settings.length - 1))
    values = back / back[0] * line.values[:-1]
    if quantity == "weights":
        before = np.concatenate(([0.0], steps.second[:-1]))
        seen = np.sqrt(settings.units * before + settings.input_scale**2 + 1)[::-1]
        values = values * seen / seen[0]
    return replace(line, values=values, valid_to=min(line.valid_to, settings.length - 1))


def says_of(settings: FlowSettings, quantity: str) -> bool:
    """Whether the lines of the memory also say something of this quantity.

    Of the input and the weights only where the memory is h: δ of an output gate adds to the last
    step of a cell with a c what no earlier one has. Of a loss at every step only by the state.
    """
    if quantity == "memory" or (quantity == "hidden" and not _has_c(settings)):
        return True
    if settings.loss_at == "every" or settings.keeping == "chrono":
        return quantity == "jacobian" and not _has_c(settings)
    return quantity in ("hidden", "jacobian") or not _has_c(settings)


def _has_c(settings: FlowSettings) -> bool:
    cell = UNROLLED[settings.cell].cell
    return cell is not None and cell.memory == "cell"


def residual(measured: Float[np.ndarray, " L"], theory: TheoryLine) -> Residual:
    """How far a line is from the measured ratios (`StateNorms.typical`), where it claims to hold.

    Raises `ValueError` when the two have different lags.
    """
    if measured.shape != theory.values.shape:
        raise ValueError(
            f"theory has {len(theory.values)} lags, the measurement has {len(measured)}"
        )
    ours, theirs = measured[1 : theory.valid_to + 1], theory.values[1 : theory.valid_to + 1]
    known = (ours > 0) & (theirs > 0) & np.isfinite(ours)
    if not known.any():
        return Residual(float("nan"), float("nan"), 0)
    decades = np.abs(np.log10(theirs[known] / ours[known]))
    return Residual(float(decades.max()), float(decades.mean()), int(known.sum()))


def typical_powers(settings: FlowSettings) -> Float[np.ndarray, " L"]:
    """‖W^k‖_F / √H for k = 0 … T, geometric mean over the drawn networks."""
    units, end = settings.units, settings.seed + settings.seeds
    matrix = recurrent_matrices(
        settings.cell, units, range(settings.seed, end), settings.recurrent_init, settings.gain
    )
    power = torch.eye(units, dtype=matrix.dtype).expand_as(matrix)
    logs = [torch.zeros(len(matrix), dtype=matrix.dtype)]
    for _ in range(settings.length):
        power = torch.bmm(power, matrix)
        size = power.flatten(1).norm(dim=1, keepdim=True)
        logs.append(logs[-1] + (size / units**0.5).log().squeeze(1))
        power = power / size.unsqueeze(2) * units**0.5  # or 400 powers would leave the range
    return torch.stack(logs).mean(1).exp().numpy()


def _trusted_hops(settings: FlowSettings) -> float:
    rotation = settings.recurrent_init == "orthogonal"
    return 2 * settings.units if rotation else settings.units**0.5


def _trusted_lags(settings: FlowSettings) -> int:
    if UNROLLED[settings.cell].is_gated() and fresh(settings).gain > STRONG_FEEDBACK:
        return 1
    kept = (settings.forget_bias or 0) > FULL_MEMORY_BIAS
    full = UNROLLED[settings.cell].fills and kept
    if UNROLLED[settings.cell].is_gated() and settings.input_scale > LOUD_GATED:
        return min(settings.length, LOUD_LAGS)
    return min(settings.length, FULL_MEMORY_LAGS) if full else settings.length


def _biased(settings: FlowSettings) -> bool:
    return RECURRENT_INITS[settings.recurrent_init].biases


def _until(longest: int, stop: np.ndarray) -> int:
    """The last lag before the first one at which to stop, at most the longest."""
    return min(longest, int(stop.argmax()) - 1 if stop.any() else longest)
