"""What happened to the modes of a game, in plain words that agree with the numbers beside them.

A mode's share flickers while training goes on. A mode counts as *gained* or *lost* once the new
condition has lasted `PATIENCE` reports; what the sentences tell of the past rests on that, and the
number of modes held now is the frame's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from explorer.labs.prose import listing, number_word

PATIENCE = 10  # reports
COMPASS = (
    "the right",
    "the upper right",
    "the top",
    "the upper left",
    "the left",
    "the lower left",
    "the bottom",
    "the lower right",
)


def mode_names(centres: np.ndarray) -> tuple[str, ...]:
    """Return what to call each mode, centres of shape (K, 2): by compass on a ring, else by place.

    "the upper left" where each mode has its own direction; "row 2, column 3" elsewhere, counted
    from the top left.
    """
    angles = np.arctan2(centres[:, 1], centres[:, 0])
    directions = tuple(COMPASS[round(a / (np.pi / 4)) % len(COMPASS)] for a in angles)
    if len(set(directions)) == len(centres):
        return directions
    columns = np.unique(np.round(centres[:, 0], 3))
    rows = np.unique(np.round(centres[:, 1], 3))[::-1]
    return tuple(
        f"row {int(np.abs(rows - y).argmin()) + 1}, column {int(np.abs(columns - x).argmin()) + 1}"
        for x, y in centres
    )


@dataclass
class Story:
    """What a game did with each mode so far; `watch` is told every frame and returns the event."""

    names: tuple[str, ...]
    held: np.ndarray = field(init=False)  # (K,) confirmed: 1 where the mode is held
    contrary: np.ndarray = field(init=False)  # (K,) reports for which the opposite was seen
    lost_at: np.ndarray = field(init=False)  # (K,) step of the latest loss, -1 for never
    most: int = 0  # the most modes that were ever confirmed at once
    since: int = -1  # the step at which the confirmed number last changed
    patience: int = PATIENCE  # reports for which a new condition must last

    def __post_init__(self) -> None:
        count = len(self.names)
        self.held = np.zeros(count, np.int64)
        self.contrary = np.zeros(count, np.int64)
        self.lost_at = np.full(count, -1, np.int64)

    def watch(self, step: int, steps_per_report: int, holds: np.ndarray) -> str:
        """Take the modes held in this report, (K,) truth values; return what is now certain."""
        before = self.held.copy()
        opposite = holds.astype(bool) != self.held.astype(bool)
        self.contrary = np.where(opposite, self.contrary + 1, 0)
        turned = self.contrary >= self.patience
        self.held = np.where(turned, 1 - self.held, self.held)
        self.contrary[turned] = 0
        lost = turned & (before == 1)
        began = max(0, step - (self.patience - 1) * steps_per_report)
        self.lost_at[lost] = began
        if turned.any():
            self.since = began
        self.most = max(self.most, int(self.held.sum()))
        return self._loss([self.names[k] for k in np.flatnonzero(lost)])

    def sentence(self, now: int) -> str:
        """Return one or two sentences on the past of a game that holds ``now`` modes.

        They count as ``now`` does: a mode that is held at this moment is not told as lost, and no
        game held fewer at most than it holds.
        """
        present = np.where(self.contrary > 0, 1 - self.held, self.held)
        most = max(self.most, now)
        gone = np.flatnonzero((self.lost_at >= 0) & (self.held == 0) & (present == 0))
        if gone.size:
            ever = f"It held {number_word(most)} at most. " if most > now else ""
            return ever + self._losses(gone)
        if now == len(self.names):
            if self.held.all() and self.since >= 0:
                return f"All of them since step {self.since:,}."
            return "All of them at this moment."
        if most > now:
            return f"It held {number_word(most)} at most."
        if most == 0 or not self.held.any():
            return "None of them for long so far."
        if (self.lost_at >= 0).any():
            return "What it lost it has again."
        return "It has lost none so far."

    def _losses(self, gone: np.ndarray) -> str:
        """Return in their order the losses that last: all but the latest counted, those named.

        Modes lost within a tenth of the way are told together.
        """
        latest = int(self.lost_at[gone].max())
        together = [int(k) for k in gone if latest - self.lost_at[k] <= latest // 10]
        earlier = [int(k) for k in gone if int(k) not in together]
        first = int(self.lost_at[together].min())
        when = f"at step {first:,}"
        if first < latest:
            when = f"between steps {first:,} and {latest:,}"
        what = number_word(len(together))
        if len(together) <= 3:
            what = listing([self.names[k] for k in together])
        if not earlier:
            return f"It lost {what} {when}."
        before = int(self.lost_at[earlier].max())
        return f"It lost {number_word(len(earlier))} by step {before:,}, and {what} {when}."

    def state(self) -> dict[str, np.ndarray]:
        """Return all that the story remembers, for a checkpoint."""
        return {
            "held": self.held.copy(),
            "contrary": self.contrary.copy(),
            "lost_at": self.lost_at.copy(),
            "summary": np.array([self.most, self.since], np.int64),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a checkpoint."""
        self.held = np.array(state["held"])
        self.contrary = np.array(state["contrary"])
        self.lost_at = np.array(state["lost_at"])
        self.most, self.since = (int(value) for value in state["summary"])

    @staticmethod
    def _loss(names: Sequence[str]) -> str:
        if not names:
            return ""
        if len(names) == 1:
            return f"lost {names[0]}"
        return f"lost {number_word(len(names))} modes"
