"""Known answers behind the myths of gradients: what each of them measures, for one seed."""

from collections.abc import Callable

import numpy as np

from explorer.gradients.myths import MYTHS as CLAIMS
from explorer.gradients.myths.deep import BN_FACTOR
from explorer.verify.known import Known

INDEPENDENT = "an independent run in torch"


def of_seed_0(name: str, quantity: str) -> Callable[[], float]:
    """What a claim measures with seed 0."""
    return lambda: float(CLAIMS[name].measure(0).numbers[quantity])


def quickest_growth() -> float:
    """How far the powers of seed 0 exceed radius to the k, at the least; never below 0."""
    lines = CLAIMS["radius_decays"].measure(0).lines
    return float(np.min(lines["power"] / lines["radius"]) - 1)


def _between(name: str, quantity: str, low: float, high: float, source: str) -> Known:
    label = next(q.label for q in CLAIMS[name].quantities if q.name == quantity)
    what = f"myth “{CLAIMS[name].label}”: {label}"
    return Known(what, (low, high), of_seed_0(name, quantity), source, kind="range")


MYTHS = (
    _between("lstm_immune", "at_50", 1e-12, 1e-8, f"6.8e-11, {INDEPENDENT}"),
    _between("larger_bias", "at_5", 3, 100, f"17.6, {INDEPENDENT}"),
    _between("radius_decays", "peak", 1.5, 5, f"2.66, {INDEPENDENT}"),
    Known(
        "myth “Radius below 1 only decays”: least ‖W^k‖ / radius^k, less 1",
        (-1e-9, np.inf),
        quickest_growth,
        "ρ(W)^k = ρ(W^k) ≤ ‖W^k‖",
        kind="range",
    ),
    Known(
        "myth “A rotation keeps a ReLU RNN's gradient”: linear at lag 50",
        1.0,
        of_seed_0("rotation_relu", "linear"),
        "a rotation keeps lengths",
        tolerance=1e-9,
    ),
    _between("rotation_relu", "step", 0.65, 0.77, "1/√2, half of the units on"),
    _between("above_one_explodes", "largest", 1.3, 2.2, "σ₁ ≈ 2 × radius of normal matrices"),
    _between("float32_enough", "lost", 60, 120, f"88 of 200, {INDEPENDENT}"),
    Known(
        "myth “Batch norm cures gradients”: factor a layer",
        BN_FACTOR,
        of_seed_0("batch_norm_cures", "factor"),
        "√(π/(π − 1)), Yang et al. 2019, theorem 8",
        tolerance=0.02,
        kind="rel",
    ),
    _between("weights_show_it", "states", 1e-5, 1e-4, f"2.2e-5, {INDEPENDENT}"),
    _between("weights_show_it", "weights", 0.8, 1.3, f"1.04, {INDEPENDENT}"),
    Known(
        "myth “Fewer hidden layers solve it”: factor a layer",
        0.2345,
        of_seed_0("fewer_layers", "factor"),
        INDEPENDENT,
        tolerance=0.02,
        kind="rel",
    ),
    Known(
        "myth “retain_grad() shows it”: held before the end",
        0,
        of_seed_0("retained", "held"),
        "the loss reads the last output only",
    ),
    Known(
        "myth “The GRU is faster”: parameters, GRU ÷ LSTM",
        0.75,
        of_seed_0("gru_faster", "parameters"),
        "three blocks against four",
    ),
    Known(
        "myth “Clipping changes the direction”: degrees by norm",
        0,
        of_seed_0("clip_turns", "by_norm"),
        "a factor turns nothing",
        tolerance=1e-6,
    ),
)
