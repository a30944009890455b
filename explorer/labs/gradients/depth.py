"""Stacks of layers without their page: one measurement with the theory on it, as a frame.

**Arrays** over the layers 1 … L, which are "layer": for ``dz`` and ``dw``, the sizes of dL/dz and
dL/dW against the last layer's, and for ``z`` and ``h``, the standard deviations of pre-activations
and activations: ``<what>/typical``, the geometric mean over the seeds, with ``<what>/low`` and
``<what>/high``, and ``<what>/theory`` where there is one (none of ``dw``). ``<what>/5`` … ``/95``
are quantiles of the first seed in percent, of ``dz`` and ``dw`` those of the sizes that are not 0,
against the last layer's root mean square; and ``<what>/outline`` over ``<what>/across`` are violins
of some layers, of ``dz`` and ``dw`` on a log axis and without the smallest hundredth. **Scalars**
``dz dw factor dw_factor``, first over last and a layer, ``z h``, last over first; with a theory
``predicted predicted_factor off``, the last in percent of a layer's factor, and ``apart``, the
largest ratio between theory and measurement. **Sentences** ``says look``.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from torch import Tensor

from explorer.gradients.depth import (
    QUANTILES,
    Depth,
    Passes,
    factor,
    quantiles,
    relative,
    through_depth,
    typical,
)
from explorer.gradients.depth_theory import DepthTheory, depth_theory
from explorer.labs.gradients import depth_words as words
from explorer.runs.frames import Frame

VIOLINS = 7  # layers that get one
BINS = 24  # of a violin
ROOM = 60_000_000  # multiplications of one way through a stack while a hand moves
FEWEST = 16  # samples meanwhile
EVERY = 5  # so many-th value goes into the quantiles meanwhile; it divides no usual width
RESOLVED = 1e-12  # of the largest entry of a gradient: what lies below is rounding
PERCENT = tuple(round(100 * each) for each in QUANTILES)


def measure(settings: Depth, every: int = 1) -> Frame:
    """Return one measurement of these stacks, with what theory says of them.

    Quantiles and violins are those of every so many-th value.
    """
    found = through_depth(settings)
    theory = depth_theory(settings, found.first.inputs, found.input_power)
    alive = found.by_preactivation[:, -1] > 0
    arrays: dict[str, np.ndarray] = {"layer": np.arange(1, settings.layers + 1, dtype=float)}
    sizes = {
        "dz": relative(found.by_preactivation),
        "dw": relative(found.by_weights),
        "z": found.preactivations,
        "h": found.activations,
    }
    for name, each in sizes.items():
        arrays |= _banded(name, each[alive])
    arrays |= distributions(found.first, every)
    if theory is not None:
        expected = (theory.relative, theory.preactivations, theory.activations)
        arrays |= {f"{name}/theory": e for name, e in zip(("dz", "z", "h"), expected, strict=True)}
    scalars = _numbers(settings, arrays, theory)
    dead = int((~alive).sum())
    return Frame(
        0,
        arrays,
        scalars,
        {
            "says": words.way_back(settings, dead, scalars),
            "look": words.what_explains_it(settings, dead, scalars),
        },
    )


def distributions(first: Passes, every: int) -> dict[str, np.ndarray]:
    """Return how everything in the layers of one network is spread: quantiles and violins."""
    arrays: dict[str, np.ndarray] = {}
    for name, layers in (("z", first.preactivations), ("h", first.activations)):
        rows = quantiles(layers, every)
        arrays |= {f"{name}/{percent}": rows[:, k] for k, percent in enumerate(PERCENT)}
        arrays |= _violins(name, [each.numpy().ravel()[::every] for each in layers])
    for name, slopes in (("dz", first.by_preactivation), ("dw", first.by_weights)):
        sizes = _shares(slopes, every)
        rows = np.array([_quantiles(each) for each in sizes])
        arrays |= {f"{name}/{percent}": rows[:, k] for k, percent in enumerate(PERCENT)}
        arrays |= _violins(name, [np.log10(_most(each)) for each in sizes])
        arrays[f"{name}/outline"] = 10 ** arrays[f"{name}/outline"]
    return arrays


def glimpse(settings: Depth) -> tuple[Frame, str]:
    """Return what is measured while a hand moves, and a line that says what was left out.

    One seed is drawn, of a large stack no more samples than keep up with the hand, and quantiles
    and violins are of every fifth value.
    """
    most = max(FEWEST, ROOM // (settings.layers * settings.width**2))
    less = replace(settings, seeds=1, samples=min(settings.samples, most))
    cut = []
    if less.samples < settings.samples:
        cut.append(f"{less.samples} of {settings.samples} samples")
    if settings.seeds > 1:
        cut.append(f"1 of {settings.seeds} seeds")
    cut.append(f"distributions of every {EVERY}th value")
    return measure(less, EVERY), f"while it moves: {', '.join(cut)}"


def _banded(name: str, sizes: Float[np.ndarray, "S L"]) -> dict[str, np.ndarray]:
    """Return the geometric mean over seeds, and one standard deviation to both sides of it."""
    if not len(sizes):
        nothing = np.full(sizes.shape[1], np.nan)
        return {f"{name}/{part}": nothing for part in ("typical", "low", "high")}
    middle = typical(sizes)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(np.log(sizes).std(0, ddof=min(1, len(sizes) - 1)))
    return {
        f"{name}/typical": middle,
        f"{name}/low": middle / spread,
        f"{name}/high": middle * spread,
    }


def _shares(layers: Sequence[Float[Tensor, "..."]], every: int) -> list[np.ndarray]:
    """Return how large entries are that are not 0, in the last layer's typical size.

    What is below 1e-12 of the layer's largest is rounding, as where a norm takes out a pixel that
    is the same in the whole batch. None where the last layer has no gradient.
    """
    last = float(layers[-1].square().mean().sqrt())
    found = []
    for each in layers:
        sizes = np.abs(each.numpy().ravel()[::every])
        sizes = sizes[sizes > RESOLVED * sizes.max()]
        found.append(sizes / last if last > 0 else sizes[:0])
    return found


def _most(sizes: np.ndarray) -> np.ndarray:
    """Return all but the smallest hundredth, which would take half of a log axis."""
    return sizes[sizes >= np.quantile(sizes, 0.01)] if len(sizes) else sizes


def violin_layers(layers: int) -> list[int]:
    """Return the layers that get a violin, counted from 0: evenly, the first and the last too."""
    return sorted({round(k) for k in np.linspace(0, layers - 1, min(VIOLINS, layers)).tolist()})


def _violins(name: str, layers: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the outlines of how the values of some layers are spread, one after the other.

    Each is a histogram to both sides of its layer, its largest bar as wide as there is room. A
    layer without values has none.
    """
    chosen = violin_layers(len(layers))
    room = 0.42 * (len(layers) - 1) / (len(chosen) - 1)
    heights, places = [np.empty(0)], [np.empty(0)]
    for layer in chosen:
        values = layers[layer]
        if not len(values) or not np.isfinite(values).all():
            continue
        counts, edges = _counted(values)
        side = np.repeat(counts / counts.max() * room, 2)
        along = np.repeat(edges, 2)[1:-1]
        start = [0.0], [edges[0]]
        across = np.concatenate([start[0], side, -side[::-1], start[0], [np.nan]])
        places.append(layer + 1 + across)
        heights.append(np.concatenate([start[1], along, along[::-1], start[1], [np.nan]]))
    return {
        f"{name}/outline": np.concatenate(heights),
        f"{name}/across": np.concatenate(places),
    }


def _counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a histogram and its edges, as NumPy's, which takes ten times as long."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    places = ((values - low) * (BINS / (high - low))).astype(np.intp)
    counts = np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
    return counts, np.linspace(low, high, BINS + 1)


def _quantiles(values: np.ndarray) -> np.ndarray:
    """Return the quantiles of some numbers as NumPy's, from one sorting; NaN of none."""
    if not len(values):
        return np.full(len(QUANTILES), np.nan)
    places = np.array(QUANTILES) * (len(values) - 1)
    ordered = np.sort(values)
    below = places.astype(np.intp)
    above = np.minimum(below + 1, len(values) - 1)
    return np.asarray(ordered[below] + (places - below) * (ordered[above] - ordered[below]))


def _numbers(
    settings: Depth, arrays: dict[str, np.ndarray], theory: DepthTheory | None
) -> dict[str, float]:
    """Return what the cards and the sentences say."""
    ratio, of_weights = (float(arrays[f"{name}/typical"][0]) for name in ("dz", "dw"))
    found = {
        "dz": ratio,
        "dw": of_weights,
        "factor": factor(ratio, settings.layers),
        "dw_factor": factor(of_weights, settings.layers),
        **{name: _forward(arrays[f"{name}/typical"]) for name in ("z", "h")},
    }
    if theory is not None:
        predicted = float(theory.relative[0])
        apart = np.abs(np.log(arrays["dz/typical"] / theory.relative))
        rate = factor(predicted, settings.layers)
        found |= {
            "predicted": predicted,
            "predicted_factor": rate,
            "off": 100 * abs(found["factor"] / rate - 1),
            "apart": math.exp(float(apart.max())),
        }
    return found


def _forward(deviations: Float[np.ndarray, " L"]) -> float:
    return float(deviations[-1] / deviations[0])
