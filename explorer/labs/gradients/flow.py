"""Gradients through time as frames: one measurement at the start, or networks that learn.

The two views of the page share one configuration, `Flow`; `Flow.adding` is the experiment of the
second.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np

from explorer.gradients import (
    LEARNERS,
    SOLVED,
    AddingSettings,
    FlowSettings,
    SideBySide,
    Spectrum,
    norms_through_time,
    recurrent_matrices,
    residual,
    spectrum,
    theory_line,
)
from explorer.runs.frames import Frame
from explorer.sequences.tasks import ADDING_BASELINE

CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
NAMES = {"rnn_tanh": "tanh RNN", "rnn_relu": "ReLU RNN", "lstm": "LSTM", "gru": "GRU"}
VIEWS = ("start", "live")
LOWEST = 1e-12  # of the axis of norms: 36 decades in full would flatten everything of interest
LOWEST_LEARNING = 1e-6
KEPT = 0.1  # of the gradient: what the sentences call kept
LOST = 1e-6  # and lost
ITERATIONS_PER_FRAME = 4
FRAMES_PER_STATE = 25


@dataclass(frozen=True)
class Flow:
    """All settings of the gradient lab. Raises ValueError with one line."""

    view: str = "start"
    length: int = 100
    seeds: int = 5
    seed: int = 0
    init: str = "default"
    gain: float = 1.0
    forget_bias: float = 3.0
    size: int = 64
    batch: int = 4
    task_length: int = 50
    task_width: int = 32
    task_bias: float = 1.0
    rate: float = 0.01
    clip: float = 1.0
    steps: int = 1_000

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            names = ", ".join(map(repr, VIEWS))
            raise ValueError(f"unknown view {self.view!r}; choose from {names}")
        if not 2 <= self.length <= 200:
            raise ValueError(f"length must be between 2 and 200, not {self.length}")
        for cell in CELLS:
            self.settings(cell)
        self.adding()

    def settings(self, cell: str) -> FlowSettings:
        """Return what is measured for one cell; gain and matrix are the plain RNNs' affair."""
        gated = cell in ("lstm", "gru")
        return FlowSettings(
            cell=cell,
            length=self.length,
            units=self.size,
            recurrent_init="default" if gated else self.init,
            gain=1.0 if gated else self.gain,
            forget_bias=self.forget_bias if gated else None,
            seeds=self.seeds,
            batch=self.batch,
            seed=self.seed,
        )

    def adding(self) -> "Adding":
        """Return the networks that learn the adding problem with these settings."""
        return Adding(
            length=self.task_length,
            width=self.task_width,
            rate=self.rate,
            clip=self.clip,
            forget_bias=self.task_bias,
            seed=self.seed,
            steps=self.steps,
        )


def marked_lag(flow: Flow) -> int:
    """Return the lag that the number cards read: half of the way back."""
    return flow.length // 2


def highest(frame: Frame) -> float:
    """Return the upper end of the axis of norms: the next power of ten, at least 10."""
    top = max(float(np.nanmax(frame.arrays[f"{cell}/high"])) for cell in CELLS)
    return 10.0 ** max(1, math.ceil(math.log10(top))) if math.isfinite(top) and top > 0 else 10.0


@lru_cache(maxsize=64)
def measure(flow: Flow) -> Frame:
    """Return one measurement of all cells with the theory on it, as a frame."""
    arrays: dict[str, np.ndarray] = {"lag": np.arange(flow.length + 1, dtype=np.float32)}
    scalars: dict[str, float] = {}
    at = marked_lag(flow)
    for cell in CELLS:
        settings = flow.settings(cell)
        norms = norms_through_time(settings).memory
        theory = theory_line(settings)
        apart = residual(norms.typical, theory)
        claimed = np.where(np.arange(flow.length + 1) <= theory.valid_to, theory.values, np.nan)
        spread = 10.0**norms.spread
        arrays |= {
            f"{cell}/norm": norms.typical,
            f"{cell}/low": norms.typical / spread,
            f"{cell}/high": norms.typical * spread,
            f"{cell}/theory": claimed,
            f"{cell}/factor": np.concatenate(([np.nan], norms.per_step)),
        }
        scalars |= {
            f"{cell}/at": float(norms.typical[at]),
            f"{cell}/residual": 10.0**apart.largest,
            f"{cell}/valid_to": theory.valid_to,
        }
    # The initial state is nobody's work: it is left out of the picture.
    arrays = {name: values[: flow.length] for name, values in arrays.items()}
    sentences = {"says": _says(flow, at, scalars), "look": _look(flow, scalars)}
    return Frame(0, {k: v.astype(np.float32) for k, v in arrays.items()}, scalars, sentences)


def matrix_spectrum(flow: Flow) -> Spectrum:
    """Return the spectrum of the plain RNN's recurrent matrix, that of the first seed."""
    drawn = recurrent_matrices("rnn_tanh", flow.size, [flow.seed], flow.init, flow.gain)
    return spectrum(drawn[0], powers=flow.length)


def _says(flow: Flow, lag: int, scalars: Mapping[str, float]) -> str:
    kept = [NAMES[cell] for cell in CELLS if KEPT <= scalars[f"{cell}/at"] <= 1 / KEPT]
    lost = [NAMES[cell] for cell in CELLS if scalars[f"{cell}/at"] < LOST]
    grown = [NAMES[cell] for cell in CELLS if scalars[f"{cell}/at"] > 1 / KEPT]
    parts = []
    if kept:
        parts.append(f"the {_and(kept)} still {_verb(kept, 'feels', 'feel')} a tenth or more")
    if lost:
        parts.append(f"the {_and(lost)} {_verb(lost, 'has', 'have')} less than a millionth left")
    if grown:
        parts.append(f"in the {_and(grown)} the gradient has grown more than tenfold")
    if not parts:
        return f"**{lag} steps back** every network has lost most of it, and none has lost it all."
    return f"**{lag} steps back** {'; '.join(parts)}."


def _look(flow: Flow, scalars: Mapping[str, float]) -> str:
    lstm, rnn = scalars["lstm/at"], scalars["rnn_tanh/at"]
    keeps = 1 / (1 + math.exp(-flow.forget_bias))
    text = (
        f"At bias {flow.forget_bias:g} a forget gate starts near σ({flow.forget_bias:g}) = "
        f"{keeps:.2f}. "
    )
    if flow.forget_bias <= 0 and lstm < LOST * 100:
        text += "So the LSTM vanishes too, as a plain RNN does. Raise the bias: which lines lift?"
    elif lstm > 10:
        text += "That is too much of a good thing: the LSTM's gradient explodes."
    elif lstm > 100 * rnn:
        text += (
            "The LSTM keeps what the tanh RNN loses. Set the bias to 0: what is left of the "
            "difference?"
        )
    elif rnn > 10:
        text += "The plain RNN explodes: its gain is above what its slopes take away."
    else:
        text += (
            f"{marked_lag(flow)} steps back the LSTM keeps {lstm:.2g} of the gradient, the tanh "
            f"RNN {rnn:.2g}. Lower the gain or the bias: which line falls?"
        )
    return text


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _verb(names: list[str], one: str, many: str) -> str:
    return one if len(names) == 1 else many


@dataclass(frozen=True)
class Adding:
    """RNN, LSTM and GRU that learn the adding problem from the same sequences, as an experiment."""

    length: int = 50
    width: int = 32
    rate: float = 0.01
    clip: float = 1.0
    forget_bias: float = 1.0
    seed: int = 0
    steps: int = 1_000

    precision: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        if not 10 <= self.steps <= 20_000:
            raise ValueError(f"steps must be between 10 and 20000, not {self.steps}")
        self.settings()

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // ITERATIONS_PER_FRAME + 1

    def settings(self) -> AddingSettings:
        """Return the settings of the training."""
        return AddingSettings(
            length=self.length,
            width=self.width,
            rate=self.rate,
            clip=self.clip,
            forget_bias=self.forget_bias,
            seed=self.seed,
        )

    def shared_steps(self, other: object) -> int:
        """Return the step up to which two trainings are equal; -1 where they start apart."""
        if not isinstance(other, Adding) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """Return what never moves: the baseline."""
        return Frame(0, scalars={"baseline": ADDING_BASELINE})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the training, or those after the frame whose ``state`` is given."""
        learners = SideBySide(self.settings())
        solved = dict.fromkeys(LEARNERS, -1)
        step = 0
        if state is None:
            yield self._frame(0, learners, solved)
        else:
            step = int(state["step"])
            learners.restore({k[3:]: v for k, v in state.items() if k.startswith("in/")})
            solved = {cell: int(state[f"solved/{cell}"]) for cell in LEARNERS}
        while step + ITERATIONS_PER_FRAME <= self.steps:
            for _ in range(ITERATIONS_PER_FRAME):
                learners.step()
            step += ITERATIONS_PER_FRAME
            frame = self._frame(step, learners, solved)
            yield frame
            if frame.trouble:
                return

    def _frame(self, step: int, learners: SideBySide, solved: dict[str, int]) -> Frame:
        if lost := learners.diverged():
            return Frame(
                step,
                trouble=f"The {_and([NAMES[cell] for cell in lost])} diverged by iteration "
                f"{step:,}: its weights left the range of floating point. Lower the learning "
                "rate, or clip sooner.",
            )
        arrays, scalars, events = {}, {"step": float(step)}, []
        validation = learners.validation_losses()
        profiles = learners.gradient_profiles()
        training = learners.training_losses()
        for cell in LEARNERS:
            profile = profiles[cell]
            arrays[f"{cell}/profile"] = (profile / profile[0]).astype(np.float32)
            scalars[f"{cell}/validation"] = validation[cell]
            if step:
                scalars[f"{cell}/loss"] = training[cell]
            if solved[cell] < 0 and validation[cell] < SOLVED:
                solved[cell] = step
                events.append(f"{NAMES[cell]} solved it")
        keep = (step // ITERATIONS_PER_FRAME) % FRAMES_PER_STATE == 0
        return Frame(
            step,
            arrays,
            scalars,
            {"says": _progress(step, solved, scalars), "look": _hint(step, solved, scalars)},
            event="; ".join(events),
            state=_state(step, learners, solved) if keep else None,
        )


def _state(step: int, learners: SideBySide, solved: Mapping[str, int]) -> dict[str, np.ndarray]:
    return {
        "step": np.asarray(step),
        **{f"solved/{cell}": np.asarray(at) for cell, at in solved.items()},
        **{f"in/{name}": value for name, value in learners.state().items()},
    }


def _progress(step: int, solved: Mapping[str, int], scalars: Mapping[str, float]) -> str:
    if step == 0:
        return "Two numbers of each sequence are marked; the answer is their sum."
    done = sorted((at, cell) for cell, at in solved.items() if at >= 0)
    stuck = [
        NAMES[cell]
        for cell in LEARNERS
        if solved[cell] < 0 and scalars[f"{cell}/validation"] > 0.9 * ADDING_BASELINE
    ]
    parts = [f"The {NAMES[cell]} solved it by iteration {at:,}." for at, cell in done]
    if stuck:
        parts.append(
            f"The {_and(stuck)} {_verb(stuck, 'does', 'do')} no better than guessing the mean."
        )
    return " ".join(parts) or "All three are better than guessing, and none has solved it yet."


def _hint(step: int, solved: Mapping[str, int], scalars: Mapping[str, float]) -> str:
    if step == 0:
        return (
            "Press Train, or the space bar. Each column of a map is one moment of training: how "
            "much gradient reaches each earlier state, dark where it has died."
        )
    if solved["rnn_tanh"] < 0 <= max(solved["lstm"], solved["gru"]):
        return (
            "Compare the maps: how far down does the RNN's light reach, and how far that of a "
            "network that solved it? Shorten the sequence to 10 and train again."
        )
    if solved["rnn_tanh"] >= 0:
        return "The plain RNN solved it as well at this length. Make the sequences longer."
    return "Watch where the maps light up before an error falls below the line at 1/6."
