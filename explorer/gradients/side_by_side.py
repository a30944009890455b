"""Networks side by side on one problem: equal data, equal rate, different memories, many seeds.

Letters in the shapes: S seeds, T steps, L = T + 1 lags.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.dials import again, check, dial
from explorer.gradients.initial import INPUTS, READOUT, VALIDATION, WEIGHTS, initial_matrix, stream
from explorer.gradients.learner import Learner
from explorer.gradients.settings import FlowSettings
from explorer.gradients.unrolled import UNROLLED
from explorer.sequences.long_lags import PROBLEMS, Problem, Questions

SEQUENCES = 250  # that are never trained on
DROPPED, EXAMPLES = 4, 5  # streams of randomness, after those of `initial`
LARGEST = 2_600_000  # numbers in one array of an unrolled population
DIFFER = {"both": "weights and sequences", "weights": "weights alone"}
"""What a seed decides."""


LEARNERS = {name: UNROLLED[name] for name in ("rnn_tanh", "irnn", "lstm", "lstm_peephole", "gru")}
"""Every network that can be trained, by its name."""


@dataclass(frozen=True)
class LearnerSet:
    """Networks that share a picture."""

    label: str
    learners: tuple[str, ...]


LEARNER_SETS: dict[str, LearnerSet] = {
    "usual": LearnerSet("RNN, LSTM, GRU", ("rnn_tanh", "lstm", "gru")),
    "plain": LearnerSet("RNN, IRNN", ("rnn_tanh", "irnn")),
    "gated": LearnerSet("LSTM, peepholes, GRU", ("lstm", "lstm_peephole", "gru")),
    "all": LearnerSet("all five", tuple(LEARNERS)),
}


@dataclass(frozen=True)
class LearningSettings:
    """Everything that determines a training bit for bit. Raises `ValueError` with one line."""

    problem: str = dial("adding", "Problem", "What is learned.", choices=PROBLEMS)
    length: int = dial(
        50,
        "Sequence length",
        "Steps of a sequence; of what is copied or recalled, the blanks to wait through.",
        low=2,
        high=200,
        offered=(5, 100),
        unit="steps",
    )
    symbols: int = dial(
        1, "Symbols", "To copy or to recall; other problems have none.", low=1, high=10
    )
    learners: str = dial("usual", "Networks", "Which learn side by side.", choices=LEARNER_SETS)
    width: int = dial(32, "Units", "Of each network.", low=4, high=128, offered=(8, 16, 32, 64))
    batch: int = dial(20, "Sequences", "In each batch.", low=1, high=200, offered=(10, 20, 50, 100))
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
    examples: int = dial(
        0,
        "Examples",
        "Sequences to learn from, over and over; 0: fresh ones for every update.",
        low=0,
        high=10_000,
        offered=(0, 20, 50, 100, 200, 500),
        shown=lambda value: f"{value:,}" if value else "fresh",
    )
    dropout: float = dial(
        0.0,
        "Dropout",
        "Share of units that the readout does without in training, drawn anew for each sequence.",
        low=0.0,
        high=0.9,
        offered=(0.0, 0.2, 0.5, 0.8),
    )
    seeds: int = dial(
        5, "Seeds", "Of each network, trained at once.", low=1, high=32, offered=(1, 5, 10, 20, 32)
    )
    differ: str = dial(
        "both",
        "Seeds differ in",
        "What a seed decides: its weights and its sequences, or its weights alone, the sequences "
        "being those of the first seed.",
        choices=DIFFER,
    )
    seed: int = again(
        FlowSettings,
        "seed",
        label="First seed",
        help="Decides weights and sequences, equal for all networks.",
        offered=(0, 50),
    )

    def __post_init__(self) -> None:
        check(self)
        self.asked.admit(self.length)
        size = self.steps_of_a_sequence * self.width * self.batch * self.seeds
        if size > LARGEST:
            raise ValueError(
                f"steps × width × batch × seeds must be at most {LARGEST}, not "
                f"{self.steps_of_a_sequence} × {self.width} × {self.batch} × {self.seeds} = {size}"
            )

    @property
    def asked(self) -> Problem:
        """The problem."""
        return PROBLEMS[self.problem]

    @property
    def steps_of_a_sequence(self) -> int:
        """How many steps a sequence has."""
        return self.asked.steps(self.length, self.symbols)

    @property
    def cells(self) -> tuple[str, ...]:
        """The networks, by their names in `LEARNERS`."""
        return LEARNER_SETS[self.learners].learners

    @property
    def baseline(self) -> float:
        """The loss of the best answer without memory."""
        return self.asked.baseline(self.length, self.symbols)


@dataclass(frozen=True)
class Standing:
    """How a network of each seed does on sequences that it never trained on.

    `loss` is the mean loss, `error` what the problem judges by (a mean square, or the share of
    wrong answers); `ahead` by how much the error is below that of guessing on the very same
    sequences, and `noise` the standard error of `ahead`. `solved` says whether the error is small
    enough; `halves` is the loss on every other sequence, and on those between.
    """

    loss: Float[np.ndarray, " S"]
    error: Float[np.ndarray, " S"]
    ahead: Float[np.ndarray, " S"]
    noise: Float[np.ndarray, " S"]
    solved: Bool[np.ndarray, " S"]
    halves: tuple[Float[np.ndarray, " S"], Float[np.ndarray, " S"]]


@dataclass(frozen=True)
class Outcome:
    """How each seed fared: when it solved the problem (-1: not), and its error then or at last."""

    solved_at: tuple[int, ...]
    error: tuple[float, ...]


class SideBySide:
    """Networks of several kinds that learn from the same sequences in the same order.

    Each kind is a population: one network a seed, all in one unroll. Weights are drawn as
    `torch.nn` draws them, with the forget bias set, but for the IRNN; the readout is the same for
    all kinds. What is asked of them (errors, profiles) draws nothing and changes nothing that
    training depends on.
    """

    def __init__(self, settings: LearningSettings, cells: Sequence[str] | None = None) -> None:
        s = self.settings = settings
        self.iteration = 0
        self.seeds: Sequence[int] = range(s.seed, s.seed + s.seeds)
        self.learners = {cell: self._fresh(cell) for cell in (cells or s.cells)}
        draw = s.asked.test or s.asked.draw
        self.validation = draw(SEQUENCES, s.length, s.symbols, stream(s.seed, VALIDATION))
        sources = self.seeds if s.differ == "both" else self.seeds[:1]
        self._sequences = [stream(seed, INPUTS) for seed in sources]
        self._dropped = stream(s.seed, DROPPED)
        self.examples = [
            s.asked.draw(s.examples, s.length, s.symbols, stream(seed, EXAMPLES))
            for seed in (sources if s.examples else ())
        ]

    def step(self) -> None:
        """One batch for all, and one update of each."""
        inputs, targets = self.batch()
        for learner in self.learners.values():
            learner.learn(inputs, targets, self._kept())
        self.iteration += 1

    def leave(self, stays: Bool[np.ndarray, " S"]) -> None:
        """Let the networks of all seeds go but these, which learn on as if nothing had happened."""
        for learner in self.learners.values():
            learner.leave(stays)
        self.seeds = [seed for seed, stay in zip(self.seeds, stays, strict=True) if stay]
        if self.settings.differ == "both":
            self._sequences = list(compress(self._sequences, stays))
            self.examples = list(compress(self.examples, stays))

    def batch(self) -> tuple[Tensor, Tensor]:
        """The next sequences of every seed, steps × seeds × inputs × samples, and their targets."""
        drawn = [self._drawn(k) for k in range(len(self._sequences))]
        inputs = torch.stack([each.inputs for each in drawn], 1)
        targets = torch.stack([each.targets for each in drawn], 1)
        return inputs, targets.expand(-1, len(self.seeds), -1)

    def _drawn(self, source: int) -> Questions:
        s, generator = self.settings, self._sequences[source]
        if not s.examples:
            return s.asked.draw(s.batch, s.length, s.symbols, generator)
        known = self.examples[source]
        chosen = torch.randint(0, s.examples, (s.batch,), generator=generator)
        return Questions(known.inputs[..., chosen], known.targets[:, chosen])

    def _kept(self) -> Tensor | None:
        """What dropout leaves of the states that are read: nothing is drawn without dropout."""
        s = self.settings
        if not s.dropout:
            return None
        shape = s.asked.answered(s.length, s.symbols), s.seeds, s.width, s.batch
        drawn = torch.rand(shape, generator=self._dropped)[
            :, [seed - s.seed for seed in self.seeds]
        ]
        return (drawn >= s.dropout).float() / (1 - s.dropout)

    def training_losses(self) -> dict[str, Float[np.ndarray, " S"]]:
        """The loss on the last batch, before the update on it; NaN before any."""
        return {cell: learner.loss.double().numpy() for cell, learner in self.learners.items()}

    def validation_errors(self) -> dict[str, Float[np.ndarray, " S"]]:
        """The error on 250 fixed sequences that are never trained on."""
        return {cell: each.error for cell, each in self.standings().items()}

    def standings(self) -> dict[str, Standing]:
        """How the networks do on 250 fixed sequences that are never trained on."""
        inputs, targets = self.validation.inputs.unsqueeze(1), self.validation.targets
        asked = self.settings.asked.asked(self.settings.length, self.settings.symbols)
        guessing = self._guessing(asked)
        found = {}
        for cell, learner in self.learners.items():
            answers = learner.answers(inputs)
            losses = learner.losses(answers, targets).double().mean(0)
            wrong = learner.wrong(answers, targets)[-asked:].double().mean(0)
            ahead = guessing - wrong
            noise = ahead.std(-1) / ahead.shape[-1] ** 0.5
            error = wrong.mean(-1).numpy()
            found[cell] = Standing(
                loss=losses.mean(-1).numpy(),
                error=error,
                ahead=ahead.mean(-1).numpy(),
                noise=noise.numpy(),
                solved=error < self.settings.asked.solved,
                halves=(losses[:, ::2].mean(-1).numpy(), losses[:, 1::2].mean(-1).numpy()),
            )
        return found

    def _guessing(self, asked: int) -> Float[Tensor, "..."]:
        """The error of guessing: of each sequence for a number, in the mean for a class."""
        problem, targets = self.settings.asked, self.validation.targets
        if problem.classes:
            return torch.tensor(problem.guessing, dtype=torch.float64)
        return (targets[-1] - problem.mean).square().double()

    def gradient_profiles(self, sequences: int = 50) -> dict[str, Float[np.ndarray, "S L"]]:
        """How much of each sequence's last error reaches each lag, in float64 (`Learner`).

        Measured on the first of the fixed sequences rather than on the batch, so that profiles
        of different iterations can be compared, and there is one before the first step.
        """
        inputs = self.validation.inputs.unsqueeze(1)[..., :sequences]
        targets = self.validation.targets[-1, :sequences]
        return {
            cell: learner.gradient_profile(inputs, targets)
            for cell, learner in self.learners.items()
        }

    def diverged(self) -> dict[str, Bool[np.ndarray, " S"]]:
        """The seeds whose weights have left the range of floating point."""
        return {cell: ~learner.finite() for cell, learner in self.learners.items()}

    def state(self) -> dict[str, np.ndarray]:
        """Everything that the next step depends on, the generators included."""
        found = {
            f"{cell}/{name}": part
            for cell, learner in self.learners.items()
            for name, part in learner.state().items()
        }
        for k, generator in enumerate([*self._sequences, self._dropped]):
            found[f"generator/{k}"] = generator.get_state().numpy().copy()
        found["iteration"] = np.asarray(self.iteration)
        return found

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from a state of equal settings bit for bit."""
        for cell, learner in self.learners.items():
            mark = f"{cell}/"
            learner.restore(
                {k.removeprefix(mark): v for k, v in state.items() if k.startswith(mark)}
            )
        for k, generator in enumerate([*self._sequences, self._dropped]):
            generator.set_state(torch.from_numpy(np.array(state[f"generator/{k}"])))
        self.iteration = int(state["iteration"])

    def _fresh(self, cell: str) -> Learner:
        s, problem = self.settings, self.settings.asked
        matrices, readouts, outputs = [], [], max(1, problem.classes)
        for seed in self.seeds:
            weights = stream(seed, WEIGHTS)
            matrix = initial_matrix(
                cell, problem.inputs, s.width, weights, forget_bias=s.forget_bias
            )
            readout = torch.empty(outputs * (s.width + 1))
            readout.uniform_(-(s.width**-0.5), s.width**-0.5, generator=stream(seed, READOUT))
            matrices.append(matrix.float())
            readouts.append(readout)
        return Learner(
            cell,
            torch.stack(matrices),
            torch.stack(readouts),
            s.steps_of_a_sequence,
            s.batch,
            s.rate,
            s.clip,
            answers=problem.answered(s.length, s.symbols),
            classes=problem.classes,
        )


def outcome(settings: LearningSettings, cell: str, limit: int = 2_000, every: int = 50) -> Outcome:
    """Train the seeds of one kind until each has solved the problem, or for so many iterations.

    The errors are looked at `every` so many iterations; who has solved it learns no more.
    """
    alone = SideBySide(settings, (cell,))
    solved_at = np.full(settings.seeds, -1)
    error = np.full(settings.seeds, math.nan)
    while alone.iteration < limit and (solved_at < 0).any():
        alone.step()
        if alone.iteration % every and alone.iteration < limit:
            continue
        now, learns = alone.standings()[cell], solved_at < 0
        error[learns] = now.error
        solved_at[learns] = np.where(now.solved, alone.iteration, -1)
        if now.solved.any() and not now.solved.all():
            alone.leave(~now.solved)
    return Outcome(tuple(solved_at.tolist()), tuple(error.tolist()))
