"""One recurrent matrix: its eigenvalues and powers, and what a network's steps multiply.

Of a cell with gates there is no one matrix: in the place of W stands J_T, what the last step does
to the state (h, and c where there is one), and powers of it are that step again and again.

**Still**: ``eigenvalues`` (H, 2) as real and imaginary part, ``circle`` (181, 2) of radius 1 and
``reach`` (181, 2) of the largest singular value; scalars ``radius stretch departure`` of W,
``exponent error factor followed`` of the network's steps, ``peak peak_at`` of the norms of W's
powers; sentences ``says look``.
**Frames**, one for each number k of steps that is looked at, which is its step: scalars ``k``,
``power`` ‖Wᵏ‖₂, ``product`` ‖J_T ⋯ J_{T−k+1}‖₂, ``radius_k`` and ``bound`` (the largest singular
value to the k, of W alone), and the arrays ``of_power of_product`` (H,), the singular values of
both, the largest first.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from torch import Tensor

from explorer.gradients import (
    PLAIN,
    UNROLLED,
    Exponent,
    FlowSettings,
    Spectrum,
    exponent,
    exponent_of,
    jacobians,
    products,
    recurrent_matrices,
    spectrum,
)
from explorer.gradients.unrolled.plain import UnrolledRNN
from explorer.labs.gradients.settings import Flow
from explorer.labs.prose import spoken
from explorer.runs.frames import Frame

LOOKS = 33  # numbers of steps that are looked at, at most
GLIMPSES = 9  # while a hand moves
GLIMPSED = 300  # steps along which the exponent is measured meanwhile
MEANWHILE = 50  # steps that are enough for it then
DENSE = 100  # powers that are all looked at; of later ones only those of the frames
CERTAIN = 2  # standard errors
CIRCLE = np.linspace(0, 2 * np.pi, 181)


def counts(length: int, looks: int = LOOKS) -> list[int]:
    """Return the numbers of steps that are looked at: from 0 to the length, evenly."""
    return sorted({round(k) for k in np.linspace(0, length, min(looks, length + 1)).tolist()})


@dataclass(frozen=True)
class Growth:
    """The largest stretch of W's powers, for the numbers of steps that were looked at."""

    counts: Sequence[int]
    norms: np.ndarray

    @property
    def peak(self) -> tuple[float, int]:
        """Return the largest of them, and after how many steps it comes."""
        at = int(self.norms.argmax())
        return float(self.norms[at]), self.counts[at]


def ends(frames: Sequence[Frame]) -> tuple[float, float]:
    """Return the ends of an axis of norms, whole decades: all that is measured, and not the bound.

    That one leaves the picture where it says too much.
    """
    shown = [frame.scalars[name] for frame in frames for name in ("power", "product", "radius_k")]
    logs = [math.log10(value) for value in shown if 0 < value < math.inf]
    return 10.0 ** math.floor(min(logs)), 10.0 ** (math.ceil(max(logs)) + 1)


def matrix_of(settings: FlowSettings) -> Float[Tensor, "H H"]:
    """Return the recurrent matrix of the first seed."""
    s = settings
    return recurrent_matrices(s.cell, s.units, [s.seed], s.recurrent_init, s.gain)[0]


def settings_of(flow: Flow) -> FlowSettings:
    """Return the network that is taken apart: here the dials of the matrix are about every cell."""
    return replace(flow, matrix_of="all").settings(flow.matrix_cell)


def picture(flow: Flow, moving: bool = False) -> tuple[Frame, list[Frame]]:
    """Return what never moves, and a frame for every number of steps; fewer while a hand moves."""
    settings, gated = settings_of(flow), flow.matrix_cell not in PLAIN
    local = jacobians(settings)
    matrix = local[-1] if gated else matrix_of(settings)
    followed = _followed(settings, local, moving)
    looks = [k for k in counts(flow.length, GLIMPSES if moving else LOOKS) if k <= len(local)]
    powers = products(matrix.expand(len(local), -1, -1), looks)
    steps = products(local, looks)
    found = spectrum(matrix, powers=0 if moving else min(flow.length, DENSE))
    growth = Growth(looks, powers[:, 0])
    if not moving:
        later = [k for k in looks if k > DENSE]
        norms = np.concatenate((found.stretch, powers[len(looks) - len(later) :, 0]))
        growth = Growth([*range(len(found.stretch)), *later], norms)
    largest = float(found.singular_values[0])
    frames = []
    for index, k in enumerate(looks):
        scalars = {
            "k": float(k),
            "power": float(powers[index, 0]),
            "product": float(steps[index, 0]),
            "radius_k": _power(found.radius, k),
        }
        if not gated:
            scalars["bound"] = _power(largest, k)
        arrays = {"of_power": powers[index], "of_product": steps[index]}
        frames.append(Frame(k, arrays, scalars))
    return _still(settings, found, growth, followed), frames


def _followed(settings: FlowSettings, local: Tensor, moving: bool) -> Exponent:
    """The exponent; while a hand moves along fewer steps, those at hand where a step is costly."""
    if not moving:
        return exponent_of(settings)
    if settings.cell in PLAIN or len(local) < MEANWHILE:
        return exponent_of(settings, GLIMPSED)
    return exponent(local, len(local) // 10)


def _still(settings: FlowSettings, found: Spectrum, growth: Growth, followed: Exponent) -> Frame:
    values = found.eigenvalues
    circle = np.stack([np.cos(CIRCLE), np.sin(CIRCLE)], axis=1)
    largest = float(found.singular_values[0])
    peak, at = growth.peak
    scalars = {
        "radius": found.radius,
        "stretch": largest,
        "departure": found.departure,
        "peak": peak,
        "peak_at": float(at),
        "exponent": followed.value,
        "error": followed.error,
        "factor": math.exp(followed.value),
        "followed": float(followed.steps),
    }
    return Frame(
        0,
        {
            "eigenvalues": np.stack([values.real, values.imag], axis=1),
            "circle": circle,
            "reach": largest * circle,
        },
        scalars,
        {
            "says": (of_the_matrix if settings.cell in PLAIN else of_the_step)(found, growth),
            "look": of_the_network(settings, found, followed),
        },
    )


def _power(base: float, k: int) -> float:
    try:
        return base**k
    except OverflowError:
        return math.inf


def of_the_matrix(found: Spectrum, growth: Growth) -> str:
    """Return what the matrix alone does, at once and in the end."""
    largest, (peak, at) = float(found.singular_values[0]), growth.peak
    about = (
        f"**Spectral radius {spoken(found.radius)}, largest singular value {spoken(largest)}.** "
    )
    if largest < 1:
        return about + "No step of the matrix can stretch a gradient, so alone it must fade."
    if found.radius < 1 and at > 0 and peak > 1:
        return about + (
            f"In the end its powers die, and first they grow: to {spoken(peak)} after {at} "
            f"{'step' if at == 1 else 'steps'}. A radius below 1 does not say when."
        )
    if found.radius > 1 + 1e-9:
        return about + (
            f"Alone it explodes: after {growth.counts[-1]} steps its largest stretch is "
            f"{spoken(float(growth.norms[-1]))}."
        )
    return about + "Alone it keeps the length of what it turns."


def of_the_step(found: Spectrum, growth: Growth) -> str:
    """Return what the last step of gates does, and what many like it would do."""
    largest, (peak, at) = float(found.singular_values[0]), growth.peak
    about = (
        f"**Of the last step the spectral radius is {spoken(found.radius)}, the largest singular "
        f"value {spoken(largest)}.** "
    )
    if largest < 1:
        return about + "It stretches no direction: were all steps like it, all would fade."
    if found.radius < 1 and at > 0 and peak > 1:
        return about + (
            f"Were all steps like it, a direction would grow to {spoken(peak)} in {at} "
            f"{'step' if at == 1 else 'steps'}, and in the end all would fade."
        )
    if found.radius > 1 + 1e-9:
        return about + (
            f"Were all steps like it, a direction would have grown to "
            f"{spoken(float(growth.norms[-1]))} after {growth.counts[-1]}."
        )
    return about + "Were all steps like it, no direction would grow without end."


def of_the_network(settings: FlowSettings, found: Spectrum, followed: Exponent) -> str:
    """Return what the network's steps do in the end, and which condition saw it coming."""
    kind = UNROLLED[settings.cell]
    label = kind.label
    if followed.value == -math.inf:
        return f"The {label} forgets everything: a direction became exactly 0 on the way."
    noise = CERTAIN * followed.error
    rate = f"λ = {spoken(followed.value)} ± {spoken(followed.error, 1)}"
    told = f"Along {followed.steps:,} steps of the {label}, {rate} a step: "
    if abs(followed.value) <= max(noise, 1e-9):
        return told + "whether it fades or grows cannot be told from that."
    grows = followed.value > 0
    told += f"a factor of {spoken(math.exp(followed.value))}, so it "
    told += "grows in the end. " if grows else "fades in the end. "
    if not issubclass(kind, UnrolledRNN):
        return told + (
            f"The last step's radius is {spoken(found.radius)}. Each step has gates of its own, "
            "and their Jacobians are multiplied in the order in which they came."
        )
    least = 1 / kind.steepest
    if grows:
        return told + (
            f"Pascanu et al. (2013): for that the largest singular value has to exceed {least:g}, "
            f"and it does; exceeding {least:g} is not enough."
        )
    if found.singular_values[0] < least:
        return told + (
            f"It had to: the largest singular value is below {least:g}, and no slope exceeds "
            f"{1 / least:g} "
            "(Pascanu et al. 2013)."
        )
    return told + (
        f"The largest singular value is not below {least:g}, so Pascanu's condition (2013) does "
        "not say so: the slopes along the way do it."
        if settings.cell != "linear"
        else "Its radius decides."
    )
