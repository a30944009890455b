"""Myths of recurrent networks at initialisation: what is left of a gradient, lag by lag."""

import math

import numpy as np
from jaxtyping import Float

from explorer.gradients.initial import recurrent_matrices
from explorer.gradients.myths.myth import Found, Myth, OfOneSeed, Quantity, Verdict, judged, told
from explorer.gradients.settings import FlowSettings
from explorer.gradients.spectra import spectrum
from explorer.gradients.through_time import norms_through_time, underflow

LAGS = 100
KEPT, GONE = 0.1, 1e-3
"""A gradient that keeps a tenth has not vanished; one that keeps a thousandth has."""
LAG = "lag: steps back from the loss"
NORM = "gradient norm against the last state's"


def ratios(
    cell: str,
    seed: int,
    init: str = "default",
    gain: float = 1.0,
    forget_bias: float | None = None,
) -> Float[np.ndarray, " L"]:
    """Norms over the lag of one network, 32 sequences, against that of the last state."""
    flow = FlowSettings(
        cell=cell,
        length=LAGS,
        recurrent_init=init,
        gain=gain,
        forget_bias=forget_bias,
        seeds=1,
        batch=32,
        seed=seed,
    )
    return norms_through_time(flow).memory.typical


def _immune(seed: int) -> OfOneSeed:
    lines = {cell: ratios(cell, seed) for cell in ("rnn_tanh", "lstm", "gru")}
    found = {"at_50": lines["lstm"][50], "at_100": lines["lstm"][100]}
    return OfOneSeed(found, np.arange(LAGS + 1), lines)


def _immune_verdict(found: Found) -> Verdict:
    far = found["at_100"]
    return Verdict(
        judged(far > KEPT, far < GONE),
        f"Of the gradient of an LSTM as torch draws it {told(found['at_50'])} is left 50 steps "
        f"back, and {told(far)} at 100.",
    )


def _biases(seed: int) -> OfOneSeed:
    lines = {f"bias_{b}": ratios("lstm", seed, forget_bias=float(b)) for b in (1, 3, 5)}
    found = {f"at_{b}": lines[f"bias_{b}"][LAGS] for b in (1, 3, 5)}
    return OfOneSeed(found, np.arange(LAGS + 1), lines)


def _biases_verdict(found: Found) -> Verdict:
    away = {b: np.abs(np.log10(found[f"at_{b}"])) for b in (1, 3, 5)}
    rises = (away[5] < away[3]) & (away[3] < away[1])
    return Verdict(
        judged(rises, away[5] > away[3]),
        f"At lag 100 bias 1 leaves {told(found['at_1'])}, bias 3 {told(found['at_3'])} and bias 5 "
        f"{told(found['at_5'])}; 1 would be a gradient that is kept.",
    )


def _radius(seed: int) -> OfOneSeed:
    matrix = recurrent_matrices("rnn_tanh", 128, [seed], "gaussian", 0.95)[0]
    found = spectrum(matrix, LAGS)
    numbers = {
        "radius": found.radius,
        "peak": float(found.stretch.max()),
        "peak_at": float(found.stretch.argmax()),
        "end": float(found.stretch[-1]),
    }
    steps = np.arange(LAGS + 1)
    return OfOneSeed(numbers, steps, {"power": found.stretch, "radius": found.radius**steps})


def _radius_verdict(found: Found) -> Verdict:
    return Verdict(
        judged(found["peak"] <= 1 + 1e-9, found["peak"] > 1.05),
        f"With spectral radius {told(found['radius'])} the powers reach {told(found['peak'])} "
        f"after {told(found['peak_at'])} steps; after {LAGS} steps {told(found['end'])} is left.",
    )


def _rotation(seed: int) -> OfOneSeed:
    lines = {cell: ratios(cell, seed, "orthogonal") for cell in ("linear", "rnn_tanh", "rnn_relu")}
    relu = lines["rnn_relu"]
    return OfOneSeed(
        {"step": relu[1], "at_50": relu[50], "linear": lines["linear"][50]},
        np.arange(LAGS + 1),
        lines,
    )


def _rotation_verdict(found: Found) -> Verdict:
    return Verdict(
        judged(found["at_50"] > KEPT, found["at_50"] < GONE),
        f"A ReLU network with a random rotation keeps {told(found['step'])} in the first step back "
        f"(1/√2 = 0.707 if half of the units are off) and {told(found['at_50'])} over 50; the "
        f"linear network with it keeps {told(found['linear'])}.",
    )


def _enough(seed: int) -> OfOneSeed:
    matrix = recurrent_matrices("rnn_tanh", 64, [seed], "gaussian", 0.95)[0]
    norm = ratios("rnn_tanh", seed, "gaussian", gain=0.95)
    largest = float(spectrum(matrix, 0).singular_values[0])
    return OfOneSeed(
        {"largest": largest, "end": norm[LAGS]},
        np.arange(LAGS + 1),
        {"norm": norm, "bound": largest ** np.arange(LAGS + 1)},
    )


def _enough_verdict(found: Found) -> Verdict:
    above = found["largest"] > 1
    return Verdict(
        judged(above & (found["end"] > 1), above & (found["end"] < 1)),
        f"The largest singular value is {told(found['largest'])}, and the tanh network's gradient "
        f"is at {told(found['end'])} of its size after {LAGS} steps. Above 1 is necessary for "
        "exploding (Pascanu et al. 2013).",
    )


LONG = 200


def _narrow(seed: int) -> OfOneSeed:
    flow = FlowSettings(cell="rnn_tanh", length=LONG, seeds=1, batch=4, seed=seed)
    norms = norms_through_time(flow).hidden.norms[0]
    lost = underflow(flow)
    numbers = {
        "lost": lost.zero_norms,
        "double": float((norms == 0).sum()),
        "last": float(norms[-1]),
    }
    # a norm squares its entries, so it is 0 from the root of the smallest number on
    root = math.sqrt(np.finfo(np.float32).smallest_subnormal)
    smallest = np.full(LONG + 1, root)
    return OfOneSeed(numbers, np.arange(LONG + 1), {"norm": norms, "smallest": smallest})


def _narrow_verdict(found: Found) -> Verdict:
    return Verdict(
        judged(found["lost"] == found["double"], found["lost"] > found["double"]),
        f"Of {LONG + 1} gradient norms of a tanh network {told(found['lost'])} are exactly 0 in "
        f"float32 and {told(found['double'])} in float64, where the earliest has norm "
        f"{told(found['last'])}.",
    )


RECURRENT = (
    Myth(
        "lstm_immune",
        "LSTMs do not vanish",
        "LSTMs are not affected by vanishing gradients.",
        "lecture notes and introductions",
        "LSTM, GRU and tanh RNN as torch draws them, 64 units: ‖dL/dc‖ (of the others ‖dL/dh‖). It "
        "holds if a tenth is left at lag 100 with every seed, and not if less than a thousandth.",
        (
            Quantity("at_50", "LSTM at lag 50", "‖dL/dc‖ 50 steps back over that of the last."),
            Quantity("at_100", "LSTM at lag 100", "‖dL/dc‖ 100 steps back over the last one's."),
        ),
        _immune,
        _immune_verdict,
        {"rnn_tanh": "RNN tanh", "lstm": "LSTM", "gru": "GRU"},
        LAG,
        NORM,
        (KEPT, "the claim: stays above"),
    ),
    Myth(
        "larger_bias",
        "The larger the forget bias, the better",
        "A larger forget bias is always better for the gradient.",
        "advice on initialisation, stretched",
        "An LSTM of 64 units with forget bias 1, 3 and 5. It holds if the ratio at lag 100 comes "
        "nearer to 1 with each; not if bias 5 is farther from it than bias 3 with every seed.",
        tuple(
            Quantity(f"at_{b}", f"bias {b} at lag 100", "‖dL/dc‖ over that of the last.")
            for b in (1, 3, 5)
        ),
        _biases,
        _biases_verdict,
        {f"bias_{b}": f"bias {b}" for b in (1, 3, 5)},
        LAG,
        NORM,
        (1.0, "kept"),
    ),
    Myth(
        "radius_decays",
        "Radius below 1 only decays",
        "A spectral radius below 1 means that it only decays.",
        "the usual reading of the eigenvalue argument",
        "Normal 128 × 128 matrices scaled to radius 0.95: the largest stretch of W to the power k. "
        "It holds if no power exceeds 1; not if one exceeds 1.05 with every seed.",
        (
            Quantity("radius", "spectral radius", "Largest modulus of an eigenvalue."),
            Quantity("peak", "largest stretch", "Of all powers up to 100."),
            Quantity("peak_at", "after steps", "The power that stretches most."),
            Quantity("end", "after 100", "The largest stretch of the hundredth power."),
        ),
        _radius,
        _radius_verdict,
        {"power": "‖W^k‖", "radius": "radius^k: the claim"},
        "k: steps",
        "largest stretch",
        (1.0, "stretches nothing"),
    ),
    Myth(
        "rotation_relu",
        "A rotation keeps a ReLU RNN's gradient",
        "Orthogonal initialisation keeps gradients in a ReLU RNN.",
        "advice on orthogonal weights; the IRNN (Le et al. 2015) starts at the identity",
        "Random rotations, zero bias, 64 units. It holds if a tenth is left at lag 50 with every "
        "seed, and not if less than a thousandth.",
        (
            Quantity("step", "ReLU, one step back", "Ratio at lag 1."),
            Quantity("at_50", "ReLU at lag 50", "Ratio at lag 50."),
            Quantity("linear", "linear at lag 50", "Exactly 1 for a rotation without slopes."),
        ),
        _rotation,
        _rotation_verdict,
        {"linear": "linear", "rnn_tanh": "tanh", "rnn_relu": "ReLU"},
        LAG,
        NORM,
        (1.0, "the claim: kept"),
    ),
    Myth(
        "above_one_explodes",
        "Above 1 it explodes",
        "A largest singular value above 1 is enough for gradients to explode.",
        "Pascanu et al. (2013), read the wrong way round",
        "tanh RNNs with a normal matrix of radius 0.95. It holds if σ₁ > 1 and the gradient has "
        "grown at lag 100 with every seed; not if it has shrunk with every one.",
        (
            Quantity("largest", "largest singular value", "σ₁ of the recurrent matrix."),
            Quantity("end", "at lag 100", "‖dL/dh‖ over that of the last state."),
        ),
        _enough,
        _enough_verdict,
        {"norm": "RNN tanh", "bound": "σ₁ to the lag: an upper bound"},
        LAG,
        NORM,
        (1.0, "neither grows nor fades"),
    ),
    Myth(
        "float32_enough",
        "float32 is enough to look",
        "float32 is enough for looking at gradients.",
        "the default of every framework",
        "A tanh RNN as torch draws it over 200 steps, the same in float32 and float64. It holds if "
        "float32 has no more exact zeros than float64.",
        (
            Quantity("lost", "zeros in float32", "Norms that are exactly 0, of 201 states."),
            Quantity("double", "zeros in float64", "The same network in float64."),
            Quantity("last", "earliest norm", "In float64, mean over sequences."),
        ),
        _narrow,
        _narrow_verdict,
        {"norm": "float64", "smallest": "root of float32's smallest number"},
        LAG,
        "‖dL/dh‖",
    ),
)
