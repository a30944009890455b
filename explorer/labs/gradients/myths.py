"""A myth without its page: one claim, run with several seeds, and what its numbers say.

**Frame**: ``x``; for each line ``<line>``, the middle of the seeds, with ``<line>/low`` and
``<line>/high``, their ends; for each quantity the scalars ``<name>``, ``<name>/low`` and
``<name>/high``; sentences ``claim``, ``verdict`` and ``how``.
"""

from functools import lru_cache

import numpy as np

from explorer.gradients.myths import MYTHS, Trial, tried
from explorer.runs.frames import Frame

SEEDS = 5
GLIMPSED = 1  # seeds while a hand moves
ENDS = ("low", "high")  # of the seeds


@lru_cache(maxsize=32)
def trial(name: str, seed: int, seeds: int = SEEDS) -> Trial:
    """Return the trial of a claim with so many seeds, from ``seed`` on."""
    return tried(MYTHS[name], seed, seeds)


def frame(run: Trial) -> Frame:
    """Return a trial as a frame."""
    arrays: dict[str, np.ndarray] = {"x": np.asarray(run.places, dtype=np.float64)}
    for name, values in run.lines.items():
        arrays |= {
            name: np.median(values, axis=0),
            f"{name}/low": values.min(axis=0),
            f"{name}/high": values.max(axis=0),
        }
    scalars: dict[str, float] = {}
    for name, values in run.found.items():
        scalars |= {
            name: float(np.median(values)),
            f"{name}/low": float(values.min()),
            f"{name}/high": float(values.max()),
        }
    if run.myth.expected is not None:
        scalars["expected"] = run.myth.expected[0]
    seeds = len(next(iter(run.found.values())))
    verdict = run.verdict
    return Frame(
        0,
        arrays,
        scalars,
        {
            "claim": f"“{run.myth.claim}” Met in: {run.myth.source}.",
            "verdict": f"**{_stamped(verdict.outcome, seeds)}** {verdict.sentence}",
            "how": run.myth.how,
        },
    )


def _stamped(outcome: str, seeds: int) -> str:
    told = "one seed" if seeds == 1 else f"{seeds} seeds"
    return f"It {outcome}, by {told}." if outcome != "depends" else f"It depends, by {told}."


def ends(shown: Frame, run: Trial) -> tuple[float, float]:
    """Return the ends of an axis that shows all lines, whole decades where it is logarithmic."""
    values = np.concatenate([shown.arrays[f"{n}/{end}"] for n in run.lines for end in ENDS])
    if run.myth.expected is not None:
        values = np.append(values, run.myth.expected[0])
    values = values[np.isfinite(values)]
    if not run.myth.log:
        return 0.0, float(values.max()) * 1.1
    values = values[values > 0]
    return (
        10.0 ** np.floor(np.log10(values.min())),
        10.0 ** np.ceil(np.log10(values.max()) + 0.05),
    )
