"""What the literature recommends against vanishing gradients, each measured on the same stack.

Before training: how the gradient of the first layer stands to that of the last. And after equally
many updates: how many unseen digits are named right, at the learning rate that each does best with
on digits that are neither trained on nor tested; for what vanishes wants a larger one than what
explodes, and one for all would rank the rates.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float
from safetensors.numpy import load_file, save_file

from explorer.gans.bands import certain_lead
from explorer.gradients.depth import Depth, factor, relative, through_depth, typical
from explorer.gradients.depth_learner import DepthLearners, DepthTraining
from explorer.labs.gradients.depth_words import called

SEEDS = 3  # at most, of every row that is measured before training
FEWER = 4  # times fewer layers
RATES = (0.003, 0.01, 0.03, 0.3)
UPDATES = 200
LEARNING_SEEDS = 8
RECORDED = DepthTraining(width=64, samples=64, seeds=LEARNING_SEEDS)
"""The stack that the shipped table is about: 20 layers of tanh with the standard weights."""
SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "remedies.safetensors"
COMMAND = "python -m explorer train remedies --out assets/remedies.safetensors"


Stack = TypeVar("Stack", bound=Depth)


@dataclass(frozen=True)
class Remedy:
    """What it is called, and the settings that it turns."""

    label: str
    turns: dict[str, Any]

    def on(self, settings: Stack) -> Stack:
        """Return the stack with the remedy."""
        return replace(settings, **self.turns)


class FewerLayers(Remedy):
    """A quarter of the layers, two at least."""

    def on(self, settings: Stack) -> Stack:
        """Return the stack with the remedy."""
        return replace(settings, layers=max(2, settings.layers // FEWER))


REMEDIES: dict[str, Remedy] = {
    "fewer": FewerLayers("a quarter of the layers", {}),
    "relu": Remedy("ReLU", {"activation": "relu"}),
    "xavier": Remedy("Xavier", {"init": "xavier"}),
    "he": Remedy("He", {"init": "he"}),
    "lsuv": Remedy("LSUV", {"init": "lsuv"}),
    "batch": Remedy("batch norm", {"norm": "batch"}),
    "layer": Remedy("layer norm", {"norm": "layer"}),
    "residual": Remedy("residual", {"residual": True}),
    "clip": Remedy("clipping at 1", {"clip": 1.0}),
}
PAIRS = tuple(
    pair
    for pair in combinations(REMEDIES, 2)
    if not REMEDIES[pair[0]].turns.keys() & REMEDIES[pair[1]].turns.keys()
)
"""All pairs but those that turn one and the same dial."""


def combined() -> Iterator[tuple[str, ...]]:
    """Every row of the table: none of the remedies, each alone, each pair."""
    yield ()
    yield from ((name,) for name in REMEDIES)
    yield from PAIRS


def treated(settings: Stack, names: Sequence[str]) -> Stack:
    """Return the stack with these remedies."""
    for name in names:
        settings = REMEDIES[name].on(settings)
    return settings


def label(names: Sequence[str]) -> str:
    """Return what some remedies together are called."""
    return " and ".join(REMEDIES[name].label for name in names) or "as it stands"


# ------------------------------------------------------------------------- before training


@dataclass(frozen=True)
class Outcome:
    """What a stack's gradients came to: first over last layer, dL/dz and dL/dW."""

    layers: int
    dz: float
    dw: float

    @property
    def factor(self) -> float:
        """What one layer back multiplies dL/dz with."""
        return factor(self.dz, self.layers)

    @property
    def does(self) -> str:
        """What that is called."""
        return called(self.dz)


@dataclass(frozen=True)
class Trial:
    """A stack with some remedies; ``changes`` is False where all of them were on already.

    ``times`` is its ratio of dL/dz over that of the stack as it stands.
    """

    label: str
    changes: bool
    outcome: Outcome
    times: float


@lru_cache(maxsize=256)
def outcome(settings: Depth) -> Outcome:
    """Measure one stack; NaN where no gradient comes through in any of its seeds."""
    found = through_depth(settings)
    alive = found.by_preactivation[:, -1] > 0
    if not alive.any():
        return Outcome(settings.layers, float("nan"), float("nan"))
    sizes = (found.by_preactivation, found.by_weights)
    ratios = (float(typical(relative(each[alive]))[0]) for each in sizes)
    return Outcome(settings.layers, *ratios)


def trials(settings: Depth) -> Iterator[Trial]:
    """Measure the stack as it stands, then with each remedy alone, and with every pair.

    Clipping changes no ratio before training, and has no row.
    """
    base = replace(settings, seeds=min(settings.seeds, SEEDS))
    before = outcome(base)
    for names in combined():
        if "clip" in names:
            continue
        found = outcome(treated(base, names))
        changes = treated(base, names) != base
        yield Trial(label(names), changes, found, times=_over(found.dz, before.dz))


def _over(ratio: float, before: float) -> float:
    return ratio / before if before else float("nan")


# ------------------------------------------------------------------- after equally many updates


@dataclass(frozen=True)
class Learned:
    """What stacks with some remedies learned: the share of unseen digits that each seed got right.

    ``rate`` is the learning rate that did best on the digits to validate with, over all seeds.
    """

    names: tuple[str, ...]
    rate: float
    dz: float  # first over last layer, before training
    tested: Float[np.ndarray, " S"]

    @property
    def mean(self) -> float:
        """In percent."""
        return 100 * float(self.tested.mean())

    @property
    def noise(self) -> float:
        """The standard error of the mean over the seeds, in percent."""
        return 100 * _standard_error(self.tested)


def learned(
    settings: DepthTraining, names: Sequence[str], updates: int, rates: Sequence[float] = RATES
) -> Learned:
    """Train stacks with some remedies, all seeds at all rates in one batch.

    A network that diverges has numbers for answers no more, and so names one class for ever.
    """
    s = treated(settings, names)
    seeds = list(range(s.seed, s.seed + s.seeds))
    learners = DepthLearners(s, seeds * len(rates), np.repeat(rates, len(seeds)).tolist())
    for _ in range(updates):
        learners.step()
    validated = learners.validated().reshape(len(rates), -1).mean(1)
    best = int(validated.argmax())
    tested = learners.tested().reshape(len(rates), -1)[best]
    return Learned(tuple(names), rates[best], outcome(s).dz, tested.numpy())


@dataclass(frozen=True)
class Row:
    """One row of the table, and what can be told of it.

    ``gain`` is how many percent more are named right than as it stands, seed by seed, ± ``noise``;
    ``helps`` whether that is more than noise, `None` where it cannot be told; ``place`` is one more
    than the number of rows that are better by more than noise.
    """

    learned: Learned
    gain: float
    noise: float
    helps: bool | None
    place: int


def ranked(found: Sequence[Learned]) -> list[Row]:
    """Compare rows of equal seeds, the first of which is the stack as it stands; best first.

    Seeds are paired. A difference counts where it is beyond Student's t for all comparisons of the
    table together (Bonferroni).
    """
    base = found[0].tested
    bound = certain_lead(max(1, len(found) * (len(found) - 1) // 2), max(1, len(base) - 1))
    rows = []
    for one in found:
        apart = one.tested - base
        gain, noise = float(apart.mean()), _standard_error(apart)
        told = abs(gain) > bound * noise and gain != 0
        better = sum(_beats(other.tested - one.tested, bound) for other in found)
        rows.append(Row(one, 100 * gain, 100 * noise, gain > 0 if told else None, 1 + better))
    return sorted(rows, key=lambda row: (row.place, -row.learned.mean))


def _beats(apart: np.ndarray, bound: float) -> bool:
    gain = float(apart.mean())
    return gain > 0 and gain > bound * _standard_error(apart)


def _standard_error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else float("inf")


# ------------------------------------------------------------------------------ what is shipped


def record(
    out: Path, updates: int = UPDATES, seed: int = 0, told: Any = lambda share: None
) -> list[Learned]:
    """Train every row and write what came of it; ``told`` hears how far it is."""
    settings = replace(RECORDED, seed=seed)
    found = []
    rows = list(combined())
    for number, names in enumerate(rows):
        found.append(learned(settings, names, updates))
        told((number + 1) / len(rows))
    arrays = {
        "+".join(one.names) or "none": np.array([one.rate, one.dz, *one.tested]) for one in found
    }
    about = {"command": COMMAND, "updates": str(updates), "seed": str(seed)}
    save_file(arrays, out, metadata=about)
    return found


@cache
def shipped() -> tuple[Learned, ...]:
    """The rows that are shipped, the stack as it stands first; none where the file is not there."""
    return read(SHIPPED) if SHIPPED.exists() else ()


def read(path: Path) -> tuple[Learned, ...]:
    """The rows of a file that `record` wrote; raises ValueError for another one."""
    arrays: Mapping[str, np.ndarray] = load_file(path)
    rows = {"+".join(names) or "none": names for names in combined()}
    if set(arrays) != set(rows):
        raise ValueError(f"{path.name} is no table of these remedies; make it again: {COMMAND}")
    return tuple(
        Learned(names, float(arrays[key][0]), float(arrays[key][1]), arrays[key][2:])
        for key, names in rows.items()
    )
