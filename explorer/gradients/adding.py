"""Networks side by side on the adding problem: equal data, equal rate, different memories.

Letters in the shapes: L = T + 1 lags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from explorer.dials import again, check, dial
from explorer.gradients.initial import INPUTS, READOUT, VALIDATION, WEIGHTS, initial_matrix, stream
from explorer.gradients.learner import Learner
from explorer.gradients.settings import FlowSettings
from explorer.sequences.tasks import AddingProblem, adding_problem, stratified_adding_problem

LEARNERS = ("rnn_tanh", "lstm", "gru")
VALIDATION_GRID = (20, 25)  # 500 sequences that are never trained on
SOLVED = 0.01
"""Mean squared error on unseen sequences below which the problem counts as solved."""

MEAN_ANSWER = 1.0  # of two numbers uniform in [0, 1]

LARGEST = 1_500_000  # numbers in one array of an unrolled network


@dataclass(frozen=True)
class AddingSettings:
    """Everything that determines a training bit for bit. Raises `ValueError` with one line."""

    length: int = dial(
        50,
        "Sequence length",
        "Two of so many numbers are marked; the answer is their sum.",
        low=2,
        high=200,
        offered=(5, 100),
        unit="steps",
    )
    width: int = dial(32, "Units", "Of each network.", low=4, high=128, offered=(8, 16, 32, 64))
    batch: int = dial(50, "Sequences", "In each batch.", low=1, high=200)
    rate: float = dial(  # the tanh network stays at the baseline with 1e-3 and 3e-3 too
        1e-2,
        "Learning rate",
        "Adam's.",
        low=1e-6,
        high=1.0,
        offered=(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
        shown=str,
    )
    forget_bias: float = again(FlowSettings, "forget_bias", default=1.0)  # Jozefowicz et al. 2015
    clip: float = dial(
        1.0,
        "Clip at",
        "Largest norm of the gradient of all weights.",
        low=1e-3,
        high=1e3,
        offered=(0.1, 0.5, 1.0, 5.0, 100.0),
        shown=str,
    )
    seed: int = again(
        FlowSettings,
        "seed",
        label="Seed",
        help="Decides weights and sequences, equal for all networks.",
        offered=(0, 50),
    )

    def __post_init__(self) -> None:
        check(self)
        size = self.length * self.width * self.batch
        if size > LARGEST:
            raise ValueError(
                f"length × width × batch must be at most {LARGEST}, not "
                f"{self.length} × {self.width} × {self.batch} = {size}"
            )


@dataclass(frozen=True)
class Standing:
    """How a network does on sequences that it never trained on, and whether that is any good.

    `error` is the mean squared error; `ahead` by how much it is below that of always answering
    with the mean, on the very same sequences; `noise` the standard error of `ahead`.
    """

    error: float
    ahead: float
    noise: float


@dataclass(frozen=True)
class Outcome:
    """How one network fared: when it first solved the problem (or None), and its last error."""

    solved_at: int | None
    validation: float


class SideBySide:
    """An RNN, an LSTM and a GRU that learn from the same sequences in the same order.

    Weights are drawn as `torch.nn` draws them, with the forget bias set; the readout is the same
    for all. What is asked of them (losses, profiles) draws nothing and changes nothing that
    training depends on.
    """

    def __init__(self, settings: AddingSettings, cells: Sequence[str] = LEARNERS) -> None:
        s = self.settings = settings
        self.iteration = 0
        self.learners = {cell: self._fresh(cell) for cell in cells}
        self.validation = stratified_adding_problem(
            *VALIDATION_GRID, s.length, stream(s.seed, VALIDATION)
        )
        self._sequences = stream(s.seed, INPUTS)

    def step(self) -> None:
        """One batch of fresh sequences for all, and one update of each."""
        batch = adding_problem(self.settings.batch, self.settings.length, self._sequences)
        inputs, targets = _by_column(batch)
        for learner in self.learners.values():
            learner.learn(inputs, targets)
        self.iteration += 1

    def training_losses(self) -> dict[str, float]:
        """Mean squared error on the last batch, before the update on it; NaN before any."""
        return {cell: float(learner.loss) for cell, learner in self.learners.items()}

    def validation_losses(self) -> dict[str, float]:
        """Mean squared error on 500 fixed sequences that are never trained on."""
        return {cell: each.error for cell, each in self.standings().items()}

    def standings(self) -> dict[str, Standing]:
        """How each network does on 500 fixed sequences that are never trained on."""
        inputs, targets = _by_column(self.validation)
        guessing = (targets - MEAN_ANSWER).square()
        found = {}
        for cell, learner in self.learners.items():
            errors = (learner.answers(inputs) - targets).square()
            ahead = (guessing - errors).double()
            noise = ahead.std() / len(ahead) ** 0.5
            found[cell] = Standing(float(errors.mean()), float(ahead.mean()), noise=float(noise))
        return found

    def gradient_profiles(self, sequences: int = 50) -> dict[str, Float[np.ndarray, " L"]]:
        """How much of each sequence's error reaches each lag, in float64 (`Learner`).

        Measured on the first of the fixed sequences rather than on the batch, so that profiles
        of different iterations can be compared, and there is one before the first step.
        """
        inputs, targets = _by_column(self.validation)
        return {
            cell: learner.gradient_profile(inputs[..., :sequences], targets[:sequences])
            for cell, learner in self.learners.items()
        }

    def diverged(self) -> tuple[str, ...]:
        """The cells whose weights have left the range of floating point."""
        return tuple(cell for cell, learner in self.learners.items() if not learner.finite())

    def state(self) -> dict[str, np.ndarray]:
        """Everything that the next step depends on, the generator of the data included."""
        found = {
            f"{cell}/{name}": part
            for cell, learner in self.learners.items()
            for name, part in learner.state().items()
        }
        found["sequences"] = self._sequences.get_state().numpy().copy()
        found["iteration"] = np.asarray(self.iteration)
        return found

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state of equal settings bit for bit."""
        for cell, learner in self.learners.items():
            mark = f"{cell}/"
            learner.restore(
                {k.removeprefix(mark): v for k, v in state.items() if k.startswith(mark)}
            )
        self._sequences.set_state(torch.from_numpy(np.array(state["sequences"])))
        self.iteration = int(state["iteration"])

    def _fresh(self, cell: str) -> Learner:
        s = self.settings
        matrix = initial_matrix(
            cell, 2, s.width, stream(s.seed, WEIGHTS), forget_bias=s.forget_bias
        )
        readout = torch.empty(s.width + 1)
        readout.uniform_(-(s.width**-0.5), s.width**-0.5, generator=stream(s.seed, READOUT))
        return Learner(cell, matrix.float(), readout, s.length, s.batch, s.rate, s.clip)


def outcome(settings: AddingSettings, cell: str, limit: int = 2_000, every: int = 50) -> Outcome:
    """Train one cell until it has solved the problem, or for so many iterations.

    The validation error is looked at `every` so many iterations.
    """
    alone = SideBySide(settings, (cell,))
    error = float("nan")
    while alone.iteration < limit:
        alone.step()
        if alone.iteration % every == 0 or alone.iteration == limit:
            error = alone.validation_losses()[cell]
            if error < SOLVED:
                return Outcome(alone.iteration, error)
    return Outcome(None, error)


def _by_column(problem: AddingProblem) -> tuple[torch.Tensor, torch.Tensor]:
    return problem.inputs.permute(1, 2, 0), problem.targets
