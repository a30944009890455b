"""Whether a watched training's gradients vanish or explode: one sentence, with its thresholds."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.gradients.watching.flows import Flow

VANISHED, EXPLODED = 1e-6, 1e3
"""The norm at the step that was read first, against the last one that the loss reaches."""


@dataclass(frozen=True)
class Verdict:
    """What was found: "not a number", "explodes", "vanishes", "stays", "cannot be told".

    `step` and `layer` are the first of that kind, `ratio` its ratio, `count` of `watched` steps
    show the same.
    """

    kind: str
    sentence: str
    step: int | None = None
    layer: str = ""
    ratio: float = math.nan
    count: int = 0
    watched: int = 0


def way_ratio(flow: Flow) -> float:
    """The norm at the step that was read first over that at the last step that the loss reaches.

    NaN where no gradient came or there is one step only.
    """
    reached = np.flatnonzero(flow.read != 0)
    if not np.isfinite(flow.read).all() or not reached.size or reached[-1] == 0:
        return math.nan
    return float(flow.read[0] / flow.read[reached[-1]])


def judged(steps: Sequence[tuple[int, Sequence[Flow]]]) -> Verdict:
    """The verdict over all watched steps; broken numbers first, then explosions, then vanishing."""
    if not steps:
        return Verdict("cannot be told", "Nothing was recorded yet: train, and call step().")
    flows = [(step, flow) for step, found in steps for flow in found]
    broken = [(step, flow) for step, flow in flows if not np.isfinite(flow.memory).all()]
    if broken:
        step, flow = broken[0]
        at = int(np.flatnonzero(~np.isfinite(flow.memory))[-1])
        what = "infinite" if np.isinf(flow.memory[at]) else "not a number"
        return _verdict(
            "not a number", broken, math.nan, len(steps),
            f"From step {step} the gradient of {flow.name} is {what} (at t = {at})"
            f"{_often(broken, steps)}.",
        )  # fmt: skip
    ratios = [(step, flow, way_ratio(flow)) for step, flow in flows]
    for kind, wrong in (
        ("explodes", [one for one in ratios if one[2] > EXPLODED]),
        ("vanishes", [one for one in ratios if one[2] < VANISHED and not one[1].seen_first]),
    ):
        if wrong:
            return _named(kind, wrong, steps)
    told = [one for one in ratios if math.isfinite(one[2]) and not one[1].seen_first]
    seen = [one for one in ratios if math.isfinite(one[2]) and one[1].seen_first]
    if not told:
        return _untold(seen, len(steps))
    low, high = min(told, key=lambda one: one[2]), max(told, key=lambda one: one[2])
    return Verdict(
        "stays",
        f"In {_all(steps)} the gradient of no layer vanishes (below {VANISHED:g}) or explodes "
        f"(above {EXPLODED:g}): at the step that is read first it is between {low[2]:.2g} "
        f"({low[1].name}, step {low[0]}) and {high[2]:.2g} ({high[1].name}, step {high[0]}) of "
        "that at the last step that the loss reaches.",
        step=low[0], layer=low[1].name, ratio=low[2], count=len(steps), watched=len(steps),
    )  # fmt: skip


Told = tuple[int, Flow, float]


def _named(kind: str, wrong: Sequence[Told], steps: Sequence[object]) -> Verdict:
    first = wrong[0][0]
    pick = max if kind == "explodes" else min
    step, flow, ratio = pick((one for one in wrong if one[0] == first), key=lambda one: one[2])
    bound = f"above {EXPLODED:g}" if kind == "explodes" else f"below {VANISHED:g}"
    state = "h" if flow.cell is None else "c"
    same = [(one[0], one[1]) for one in wrong if one[1].name == flow.name]
    return _verdict(
        kind, same, ratio, len(steps),
        f"At step {step} the gradient of {flow.name} {kind}: at the step that is read first "
        f"‖dL/d{state}‖ is {ratio:.2g} of that at the last step that the loss reaches, {bound}"
        f"{_often(same, steps)}.",
    )  # fmt: skip


def _verdict(
    kind: str, wrong: Sequence[tuple[int, Flow]], ratio: float, watched: int, sentence: str
) -> Verdict:
    step, flow = wrong[0]
    count = len({one for one, _ in wrong})
    return Verdict(kind, sentence, step, flow.name, ratio, count=count, watched=watched)


def _often(wrong: Iterable[tuple[int, Flow]], steps: Sequence[object]) -> str:
    count = len({step for step, _ in wrong})
    return f", as in {count} of {len(steps)} watched steps" if len(steps) > 1 else ""


def _all(steps: Sequence[object]) -> str:
    return f"all {len(steps)} watched steps" if len(steps) > 1 else "the one watched step"


def _untold(seen: Sequence[Told], watched: int) -> Verdict:
    if not seen:
        return Verdict(
            "cannot be told",
            "Whether gradients vanish cannot be told: no sequence has more than one step that a "
            "gradient reaches.",
            watched=watched,
        )
    _, flow, _ = seen[0]
    return Verdict(
        "cannot be told",
        f"Nothing explodes (above {EXPLODED:g}); whether gradients vanish cannot be told, for the "
        f"loss looks at the step that {flow.name} reads first, and what it sends there itself "
        "hides what comes from later steps.",
        watched=watched,
    )
