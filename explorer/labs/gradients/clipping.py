"""One network that learns three ways at once, as frames: unclipped, clipped by norm, by value.

**Frames**, one for every `ITERATIONS_PER_FRAME` updates: for each way scalars ``<way>/error``, the
mean loss of these updates, ``<way>/raw`` and ``<way>/taken``, the longest gradient among them and
what was left of it, ``<way>/bites``, the share of all updates so far that were clipped, in percent,
and ``<way>/share``, how often each size of the raw norm came, in percent of all updates; scalars
``mean`` of the raw norms of the network that is clipped by norm, ``turned``, by how many degrees
clipping by value turned the gradient where it bit; sentences ``says look``.
**Still**: ``norm value baseline``.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from explorer.dials import dial
from explorer.gradients.clipping import ADVISED, CLIPS, ClippedStep, ClippingSettings, ThreeWays
from explorer.labs.gradients.words import named
from explorer.labs.prose import percent, spoken
from explorer.runs.frames import Frame

ITERATIONS_PER_FRAME = 2
FRAMES_PER_STATE = 25
SIZES = np.arange(-3.0, 4.5, 0.5)  # powers of ten, the ends of the bars of norms
BARS = len(SIZES) + 1  # with one for all below, and one for all above


@dataclass
class Tally:
    """What came of one way so far."""

    updates: int = 0
    bites: int = 0
    total: float = 0.0  # of raw norms
    turned: float = 0.0  # degrees, of those that were clipped
    longest: float = 0.0
    lost: int = -1  # at which update its weights had left floating point
    sizes: np.ndarray = field(default_factory=lambda: np.zeros(BARS))

    def count(self, step: int, found: ClippedStep) -> None:
        """Take one update into account."""
        if not math.isfinite(found.error + found.raw):
            self.lost = step if self.lost < 0 else self.lost
            return
        self.updates += 1
        self.bites += found.bit
        self.total += found.raw
        self.turned += found.turned if found.bit else 0.0
        self.longest = max(self.longest, found.raw)
        if found.raw > 0:
            self.sizes[np.searchsorted(SIZES, math.log10(found.raw))] += 1

    def state(self) -> np.ndarray:
        """All of it as numbers."""
        kept = (self.updates, self.bites, self.total, self.turned, self.longest, self.lost)
        return np.concatenate((np.array(kept, dtype=float), self.sizes))

    @classmethod
    def restored(cls, state: np.ndarray) -> "Tally":
        """The tally that had this state."""
        updates, bites, total, turned, longest, lost = state[:6].tolist()
        return cls(int(updates), int(bites), total, turned, longest, int(lost), state[6:].copy())


@dataclass(frozen=True)
class Clipping(ClippingSettings):
    """The three trainings, so many steps of them, as an experiment."""

    steps: int = dial(
        400, "Iterations", "Where it ends.", low=10, high=5_000, offered=(200, 400, 1_000, 2_000)
    )

    precision: ClassVar[Mapping[str, str]] = {}

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // ITERATIONS_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two trainings are equal; -1 where they start apart."""
        if not isinstance(other, Clipping) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """Return what never moves: the thresholds and the baseline."""
        return Frame(0, scalars={"norm": self.norm, "value": self.value, "baseline": self.baseline})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        ways, step = ThreeWays(self), 0
        tallies = {clip: Tally() for clip in CLIPS}
        if state is None:
            yield self._frame(0, ways, tallies, {})
        else:
            step = int(state["step"])
            ways.restore({k[3:]: v for k, v in state.items() if k.startswith("in/")})
            tallies = {clip: Tally.restored(state[f"tally/{clip}"]) for clip in CLIPS}
        while step + ITERATIONS_PER_FRAME <= self.steps:
            found: dict[str, list[ClippedStep]] = {clip: [] for clip in CLIPS}
            for _ in range(ITERATIONS_PER_FRAME):
                step += 1
                for clip, update in ways.step().items():
                    tallies[clip].count(step, update)
                    found[clip].append(update)
            yield self._frame(step, ways, tallies, found)
            if all(tally.lost >= 0 for tally in tallies.values()):
                return

    def _frame(
        self,
        step: int,
        ways: ThreeWays,
        tallies: Mapping[str, Tally],
        found: Mapping[str, list[ClippedStep]],
    ) -> Frame:
        arrays, scalars, events = {}, {"step": float(step)}, []
        for place, (clip, tally) in enumerate(tallies.items()):
            share = np.full((BARS, len(CLIPS) + 1), np.nan, dtype=np.float32)
            share[:, place] = 100 * tally.sizes / max(1, tally.updates)
            arrays[f"{clip}/share"] = share.ravel()[:-1]
            if tally.updates:
                scalars[f"{clip}/bites"] = 100 * tally.bites / tally.updates
            updates = [each for each in found.get(clip, []) if math.isfinite(each.error + each.raw)]
            if updates:
                longest = max(updates, key=lambda each: each.raw)
                scalars[f"{clip}/raw"], scalars[f"{clip}/taken"] = longest.raw, longest.taken
                scalars[f"{clip}/error"] = math.fsum(u.error for u in updates) / len(updates)
            if max(0, step - ITERATIONS_PER_FRAME) < tally.lost <= step:
                events.append(f"{CLIPS[clip].label}: lost")
        norm, value = tallies["by_norm"], tallies["by_value"]
        if norm.updates:
            scalars["mean"] = norm.total / norm.updates
        if value.bites:
            scalars["turned"] = value.turned / value.bites
        everyone_lost = all(tally.lost >= 0 for tally in tallies.values())
        last = step + ITERATIONS_PER_FRAME > self.steps or everyone_lost
        keep = (step // ITERATIONS_PER_FRAME) % FRAMES_PER_STATE == 0 or last
        return Frame(
            step,
            arrays,
            scalars,
            {"says": says(self, step, tallies), "look": look(self, step, scalars)},
            event="; ".join(events),
            state=_state(step, ways, tallies) if keep else None,
        )


def _state(step: int, ways: ThreeWays, tallies: Mapping[str, Tally]) -> dict[str, np.ndarray]:
    return {
        "step": np.asarray(step),
        **{f"tally/{clip}": tally.state() for clip, tally in tallies.items()},
        **{f"in/{name}": value for name, value in ways.state().items()},
    }


def says(settings: Clipping, step: int, tallies: Mapping[str, Tally]) -> str:
    """Return what became of the network without clipping, and how often clipping bit."""
    name = named([settings.cell])
    if step == 0:
        return f"Three copies of one {name} are to learn from the same sequences in the same order."
    parts = [_fate(CLIPS[clip].label, tally) for clip, tally in tallies.items() if tally.lost >= 0]
    if tallies["unclipped"].lost < 0:
        parts.append(
            f"Unclipped its longest gradient so far was {spoken(tallies['unclipped'].longest)}."
        )
    norm, value = tallies["by_norm"], tallies["by_value"]
    if norm.updates and value.updates:
        parts.append(
            f"Clipping by norm bit in {_percent(norm)} of the iterations and turned nothing; by "
            f"value in {_percent(value)}"
            + (
                f", turning the gradient by {value.turned / value.bites:.0f}° on average."
                if value.bites
                else "."
            )
        )
    return " ".join(parts)


def _fate(label: str, tally: Tally) -> str:
    """Return at which iteration a way was lost, and after which gradient."""
    return (
        f"**{label.capitalize()} it was thrown off by iteration {tally.lost:,}:** its weights left "
        f"floating point after a gradient of norm {spoken(tally.longest)}."
    )


def _percent(tally: Tally) -> str:
    return percent(tally.bites / tally.updates)


def look(settings: Clipping, step: int, scalars: Mapping[str, float]) -> str:
    """Return where the threshold stands beside the paper's advice, by the average measured here."""
    if step == 0 or not scalars.get("mean"):
        return (
            "Start it below (space bar). Where a raw norm jumps, an unclipped step goes as many "
            "times too far; a clipped one goes where it was told to, and no further than the line."
        )
    low, high = (factor * scalars["mean"] for factor in ADVISED)
    within = (
        "below that: it shortens nearly every step, which is a smaller learning rate"
        if settings.norm < low
        else "above that: few gradients are ever as long"
        if settings.norm > high
        else "within that"
    )
    return (
        f"The average raw norm so far is {spoken(scalars['mean'])} (of the network clipped by "
        f"norm). Pascanu et al. (2013) advise a threshold of 0.5 to 10 times that, "
        f"{spoken(low)} to {spoken(high)}; yours, {settings.norm:g}, is {within}."
    )
