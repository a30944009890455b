"""Symbols recalled after a delay that grows while they are learned: one of them, and several.

Delayed recall (`sequences.long_lags`): K symbols, blanks to wait through, a marker, the symbols
again. A pupil starts with one blank; once it has enough of unseen sequences right at its delay, the
delay grows by a quarter. What it holds beyond the longest delay that it was trained on is then
measured, and that is another question than what it can learn.

Letters in the shapes: K symbols, N sequences, D delays, S seeds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from explorer.dials import again, check, dial
from explorer.gradients.initial import INPUTS, READOUT, VALIDATION, WEIGHTS, initial_matrix, stream
from explorer.gradients.learner import Learner
from explorer.gradients.side_by_side import LEARNERS, LearningSettings
from explorer.gradients.unrolled import UNROLLED
from explorer.sequences.long_lags import PROBLEMS

RECALL = PROBLEMS["recall"]
DELAYS = (1, 3, 10, 30, 100, 300, 1_000)
"""Blanks at which every pupil is tested, beside the longest that it is trained on."""
HELD = 0.95  # of the symbols of unseen sequences
SEQUENCES = 40  # unseen ones at each delay: the last one has a thousand steps
GROWTH = 1.25
EVERY = 10  # updates between two looks at whether the delay may grow


@dataclass(frozen=True, kw_only=True)
class GrowingSettings:
    """Everything that determines a training bit for bit. Raises `ValueError` with one line."""

    cell: str = dial("lstm", "Network", "Who has to remember.", choices=LEARNERS)
    several: int = dial(
        3, "Several", "Symbols to hold at once, beside one alone.", low=2, high=8, unit="symbols"
    )
    longest: int = dial(
        20,
        "Trained up to",
        "The delay stops growing there; what is held beyond was never trained.",
        low=1,
        high=100,
        offered=(5, 10, 20, 40),
        unit="blanks",
    )
    width: int = again(LearningSettings, "width", default=64)
    batch: int = again(LearningSettings, "batch", default=64)
    rate: float = again(LearningSettings, "rate")
    forget_bias: float = again(LearningSettings, "forget_bias")
    seeds: int = again(LearningSettings, "seeds")
    seed: int = again(LearningSettings, "seed")

    def __post_init__(self) -> None:
        check(self)

    @property
    def delays(self) -> tuple[int, ...]:
        """The delays at which every pupil is tested, the longest that it is trained on included."""
        return tuple(sorted({*DELAYS, self.longest}))


class Pupil:
    """One network of one seed, and the delay that it has come to; clipped at norm 1."""

    def __init__(self, settings: GrowingSettings, symbols: int, seed: int) -> None:
        s = self.settings = settings
        self.symbols, self.seed, self.delay = symbols, seed, 1
        matrix = initial_matrix(
            s.cell, RECALL.inputs, s.width, stream(seed, WEIGHTS), forget_bias=s.forget_bias
        )
        readout = torch.empty(RECALL.classes * (s.width + 1))
        readout.uniform_(-(s.width**-0.5), s.width**-0.5, generator=stream(seed, READOUT))
        self.learner = Learner(
            s.cell, matrix.float(), readout, self._steps(1), s.batch, s.rate, clip=1.0,
            answers=symbols, classes=RECALL.classes,
        )  # fmt: skip
        self._sequences = stream(seed, INPUTS)

    def learn(self) -> None:
        """One update on fresh sequences of the present delay."""
        asked = RECALL.draw(self.settings.batch, self.delay, self.symbols, self._sequences)
        self.learner.learn(asked.inputs, asked.targets)

    def grow(self) -> bool:
        """Wait for longer from now on, where the present delay is held; whether it has grown."""
        if self.delay >= self.settings.longest or self.right(self.delay) < HELD:
            return False
        self._wait(min(self.settings.longest, max(self.delay + 1, int(GROWTH * self.delay))))
        return True

    def right(self, delay: int) -> float:
        """The share of symbols recalled after a delay, of sequences that are never trained on."""
        asked = RECALL.draw(SEQUENCES, delay, self.symbols, stream(self.seed, VALIDATION))
        with torch.inference_mode():
            network = UNROLLED[self.settings.cell](
                self.learner.matrix, self._steps(delay), SEQUENCES
            )
            network.read(asked.inputs)
            network.forward()
            hidden = network.hidden[-self.symbols :]
            answers = self.learner.readout @ hidden + self.learner.bias.unsqueeze(-1)
        return 1.0 - float(self.learner.wrong(answers, asked.targets).double().mean())

    def state(self) -> dict[str, np.ndarray]:
        """Everything that the next update depends on."""
        generator = self._sequences.get_state().numpy().copy()
        return self.learner.state() | {"delay": np.asarray(self.delay), "generator": generator}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state of equal settings bit for bit."""
        self._wait(int(state["delay"]))
        self.learner.restore(state)
        self._sequences.set_state(torch.from_numpy(np.array(state["generator"])))

    def _steps(self, delay: int) -> int:
        return RECALL.steps(delay, self.symbols)

    def _wait(self, delay: int) -> None:
        self.delay = delay
        self.learner.lengthen(self._steps(delay))


class Growing:
    """Pupils of every seed that hold one symbol, and others that hold several."""

    def __init__(self, settings: GrowingSettings) -> None:
        self.settings, self.iteration = settings, 0
        seeds = range(settings.seed, settings.seed + settings.seeds)
        counts = {"one": 1, "several": settings.several}
        self.pupils = {
            name: tuple(Pupil(settings, symbols, seed) for seed in seeds)
            for name, symbols in counts.items()
        }

    def step(self) -> None:
        """One update of every pupil; every tenth time each may come to wait for longer."""
        self.iteration += 1
        for pupils in self.pupils.values():
            for pupil in pupils:
                pupil.learn()
                if self.iteration % EVERY == 0:
                    pupil.grow()

    def right(self, longest: int = DELAYS[-1]) -> dict[str, Float[np.ndarray, "S D"]]:
        """The share of symbols that each pupil recalls after every one of the tested delays.

        NaN for delays beyond `longest`, which are not tested then.
        """
        delays = self.settings.delays
        found = {}
        for name, pupils in self.pupils.items():
            found[name] = np.full((len(pupils), len(delays)), math.nan)
            for k, pupil in enumerate(pupils):
                known = [pupil.right(delay) for delay in delays if delay <= longest]
                found[name][k, : len(known)] = known
        return found

    def state(self) -> dict[str, np.ndarray]:
        """Everything that the next step depends on."""
        found = {
            f"{name}/{k}/{part}": value
            for name, pupils in self.pupils.items()
            for k, pupil in enumerate(pupils)
            for part, value in pupil.state().items()
        }
        return found | {"iteration": np.asarray(self.iteration)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state of equal settings bit for bit."""
        for name, pupils in self.pupils.items():
            for k, pupil in enumerate(pupils):
                mark = f"{name}/{k}/"
                pupil.restore(
                    {key.removeprefix(mark): v for key, v in state.items() if key.startswith(mark)}
                )
        self.iteration = int(state["iteration"])
