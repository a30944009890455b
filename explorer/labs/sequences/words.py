"""What is said of networks that learn side by side: who is ahead, and by more than the noise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.labs.prose import listing, spoken
from explorer.labs.sequences.tasks.task import Task
from explorer.sequences.kinds import KINDS
from explorer.sequences.problems import Floor, Problem, lead
from explorer.sequences.problems.problem import NOISE

FIXED = ("Text", "Right")  # names of the lines that no network says
ONE = "One seed: others may differ."
GONE = "this server does not hold that network any more: upload its file, or learn it again"
NONE_LEARNED = (
    "no network of yours is here yet: in the view Learning, take one that translates and choose "
    "“Translate with it”"
)


def row(label: str, line: str, labels: Collection[str]) -> str:
    """A line of signs behind a name, so that the signs of all lines stand under each other.

    ``labels`` are those of all networks that have a line.
    """
    widest = max(map(len, (*FIXED, *labels)))
    return f"{label:<{widest + 2}}{line}"


def signed(value: float) -> str:
    """A number with one decimal and its sign, a true minus."""
    return f"{value:+.1f}".replace("-", "−")


def divergence(labels: Sequence[str], tick: int) -> str:
    """Why a training cannot go on."""
    return (
        f"{listing(list(labels))} diverged by step {tick}: its weights are no numbers any more. "
        "Take a smaller learning rate or clip lower."
    )


def by_cells(difference: float | None) -> str:
    """How far the laboratory's own cells are from the layers that learned."""
    if difference is None:
        return "None of these networks has cells that the laboratory could step through."
    return (
        "**The same by our own cells.** What torch's fused layers learned is read by the cells of "
        "this laboratory with the same weights: on the example, the states of the recurrent layers "
        f"differ by at most {spoken(difference, 2)}."
    )


def measured(problem: Problem, value: float) -> str:
    """A metric as it is written."""
    return f"{100 * value:.1f} %" if problem.metric.form == "percent" else spoken(value)


@dataclass
class Standing:
    """How all networks stand at one moment, by their scores of the held-out sequences."""

    task: Task
    problem: Problem
    sides: Mapping[str, str]
    scores: Mapping[str, Tensor]
    tick: int

    @property
    def floor(self) -> Floor:
        """What a recurrent network should pass: the best of what is drawn."""
        drawn = [floor for floor in self.problem.floors if floor.name in self.task.floors]
        return max(drawn, key=lambda floor: self.sign * floor.value)

    @property
    def sign(self) -> int:
        """1 where more is better, −1 where less is."""
        return 1 if self.problem.metric.better == "high" else -1

    def label(self, side: str) -> str:
        """What a side is called."""
        return KINDS[self.sides[side]].label

    def above(self, side: str) -> bool:
        """Whether a side is better than the floor by more than the noise."""
        return self._against(side) > 0

    def _against(self, side: str) -> int:
        if self.floor.scores is not None:
            ahead, noise = lead(self.scores[side], self.floor.scores)
            return 0 if abs(ahead) <= noise else 1 if self.sign * ahead > 0 else -1
        scores = self.scores[side].double() * self.sign
        error = NOISE * float(scores.std()) / len(scores) ** 0.5
        ahead = float(scores.mean()) - self.sign * self.problem.score_of(self.floor.value)
        return 0 if abs(ahead) <= error else 1 if ahead > 0 else -1

    def says(self) -> str:
        """Who leads, and by how much."""
        if not self.tick:
            return "Nothing is learned yet: every network guesses."
        ranked = sorted(self.sides, key=lambda side: -self.sign * float(self.scores[side].mean()))
        best, *others = ranked
        told = [side for side in others if self._leads(best, side)]
        number = self.written(float(self.scores[best].mean()))
        head = f"At step {self.tick:,} {self.label(best)} has {number} {self.problem.metric.label}"
        if not others:
            return f"{head}. {ONE}"
        if len(told) == len(others):
            return f"{head}, more than the noise ahead of {self._names(told)}. {ONE}"
        near = [side for side in others if side not in told]
        return (
            f"{head}; whether it is better than {self._names(near)} cannot be told from "
            f"{len(self.scores[best])} held-out examples."
        )

    def look(self, copying: Sequence[str] = ()) -> str:
        """What there is to see, how all stand against the floor, and who copies the last value."""
        if not self.tick:
            return f"{self.task.look} {self.task.purpose}"
        groups = {1: "better than", 0: "not to be told from", -1: "worse than"}
        said = []
        for sign, word in groups.items():
            some = [side for side in self.sides if self._against(side) == sign]
            if some:
                said.append(f"{self._names(some)} {'is' if len(some) == 1 else 'are'} {word} it")
        floor = f"The {self.floor.label} reaches {self.written(None, self.floor.value)}"
        copied = ""
        if copying:
            lie = "lies" if len(copying) == 1 else "lie"
            copied = (
                f" {self._names(copying)} {lie} nearer to the last value than to the next: "
                "shifted back by one, that looks better."
            )
        return f"{self.task.look} {floor}{self._points() or f': {listing(said)}'}.{copied}"

    def _points(self) -> str:
        """Say how far each network is ahead of the floor, and what the other floors reach.

        Where the floor is a share that is known of every held-out sequence.
        """
        if self.floor.scores is None or self.problem.metric.form != "percent":
            return ""
        leads = {side: lead(self.scores[side], self.floor.scores) for side in self.sides}
        said = listing(
            [
                f"{self.label(side)} {signed(100 * each.ahead)} ± {100 * each.noise:.1f}"
                for side, each in leads.items()
            ]
        )
        others = [
            f"the {floor.label} {self.written(None, floor.value)}"
            for floor in self.problem.floors
            if floor.name in self.task.floors and floor is not self.floor
        ]
        beside = f"; {listing(others)}" if others else ""
        return f"; in points ahead of it, ± {NOISE} standard errors: {said}{beside}"

    def written(self, mean: float | None, value: float | None = None) -> str:
        """A mean score, or a metric, as it is written."""
        shown = self.problem.of_mean(mean) if mean is not None else value
        assert shown is not None
        return measured(self.problem, shown)

    def _leads(self, first: str, second: str) -> bool:
        ahead, noise = lead(self.scores[first], self.scores[second])
        return self.sign * ahead > noise

    def _names(self, sides: Sequence[str]) -> str:
        return listing(
            list(dict.fromkeys(self.label(side) for side in self.sides if side in sides))
        )
