"""Lines that theory draws over the measured gradient norms, and how far off they are.

Letters in the shapes: L lags 0 … T, S networks, H units.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from explorer.gradients.initial import recurrent_matrices
from explorer.gradients.mean_field import average_steps, fresh, norms_by_hops
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED

FULL_MEMORY_BIAS, FULL_MEMORY_LAGS = 2.0, 50
STRONG_FEEDBACK = 1.25
NEGLIGIBLE = 1.1


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
    gates are no longer independent, and only one step is claimed. For `gaussian` matrices see
    `drawn_matrix`.
    """
    gain = fresh(settings).gain
    powers = gain ** np.arange(settings.length + 1.0)
    values, hops = norms_by_hops(average_steps(settings), powers)
    return TheoryLine(
        "mean_field",
        r"\left(\sum_j a_{kj}^2 s^{2j}\right)^{1/2}"
        if UNROLLED[settings.cell].is_gated()
        else r"\prod_t s \sqrt{\mathrm{E}\,\varphi'^2}",
        "Poole et al. 2016; Chen, Pennington and Schoenholz 2018; hops counted",
        values,
        valid_to=_until(_trusted_lags(settings), hops > _trusted_hops(settings)),
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
    values, hops = norms_by_hops(steps, typical_powers(settings))
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
    alone = norms_by_hops(steps, powers)[0]
    return TheoryLine(
        "gate_alone",
        rf"\sigma({_keeping_bias(settings.cell)})^k",
        "Gers, Schmidhuber and Cummins 2000; Jozefowicz, Zaremba and Sutskever 2015",
        values,
        valid_to=_until(settings.length, alone > NEGLIGIBLE * values),
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
}


def theory_line(settings: FlowSettings, name: str | None = None) -> TheoryLine:
    """One line by its name in `THEORIES`; without a name the one that lies closest.

    Raises `ValueError` for an unknown name, for one that says nothing about this network, and for a
    network that there is no theory of.
    """
    known = theories_of(settings)
    if not known:
        raise ValueError(f"there is no theory of the {UNROLLED[settings.cell].label} yet")
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
    if not kind.has_theory:
        return ()
    if settings.recurrent_init == "gaussian":  # rescaled: its gain is known only once it is drawn
        names: tuple[str, ...] = ("drawn_matrix",)
    elif settings.recurrent_init == "default" and kind.follows_its_matrix:
        names = ("drawn_matrix", "mean_field")
    else:
        names = ("mean_field", "drawn_matrix")
    return (*names, "gate_alone") if kind.is_gated() else names


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
    return min(settings.length, FULL_MEMORY_LAGS) if full else settings.length


def _until(longest: int, stop: np.ndarray) -> int:
    """The last lag before the first one at which to stop, at most the longest."""
    return min(longest, int(stop.argmax()) - 1 if stop.any() else longest)
