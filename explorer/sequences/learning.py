"""How any network of this room learns: Adam, a falling rate, a clipped gradient, and a way to stop.

A `Lesson` says what is learned from what; a `Learner` takes it step by step and can be put down
and taken up again, bit for bit. Letters in the shapes: T steps, B sequences side by side, I
inputs, L layers times directions, H units, `O` numbers that the top layer hands out.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from explorer.cells import CELLS, State, Weights
from explorer.sequences.stack import ENDINGS, Stack, fused, read_stack

N = TypeVar("N")
Watch = Callable[[int, float], None]
"""Told after each update: how many there were, and the loss."""

SHUT = 200.0
"""A gate's input beyond which its sigmoid is 0 or 1 to the last bit, with room for the rest."""

Carried = Tensor | tuple[Tensor, ...] | None
"""A torch layer's state between two batches: h, or h and c, or nothing yet."""


@dataclass(frozen=True)
class Pace:
    """How fast a network learns: Adam (Kingma and Ba 2015) whose rate falls along half a cosine.

    Where it does not fall, a training has the same beginning however long it will be.
    """

    updates: int
    learning_rate: float
    clip: float  # largest norm of the gradient (Pascanu et al. 2013)
    falls: bool = True


class Lesson(ABC, Generic[N]):
    """What is learned: the parameters by the names of the state dict, and the next batch's loss."""

    pace: Pace
    parameters: Mapping[str, nn.Parameter]
    rng: torch.Generator

    @abstractmethod
    def loss(self) -> Float[Tensor, ""]:
        """The mean loss of the next batch; every call draws a new one."""

    @abstractmethod
    def network(self) -> N:
        """The network as it is now, its numbers copied."""

    def place(self) -> dict[str, Tensor]:
        """Where the lesson is in its material, besides its generator: what the next batch needs."""
        return {}

    def go_on(self, place: Mapping[str, Tensor]) -> None:
        """Go back to a place."""


class Learner(Generic[N]):
    """A lesson being learned.

    Equal lessons give equal networks, bit for bit, however often they are put down and taken up
    again, with the same number of threads.
    """

    def __init__(self, lesson: Lesson[N]) -> None:
        """Start from the parameters of the lesson."""
        self.lesson = lesson
        self.updates = 0
        self._learned = list(lesson.parameters.values())
        self._adam = torch.optim.Adam(self._learned, lr=lesson.pace.learning_rate, fused=True)

    def update(self) -> float:
        """Learn from one batch; its loss, before the update."""
        pace = self.lesson.pace
        share = falling(self.updates / pace.updates) if pace.falls else 1.0
        self._adam.param_groups[0]["lr"] = pace.learning_rate * share
        loss = self.lesson.loss()
        self._adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._learned, pace.clip)
        self._adam.step()
        self.updates += 1
        return loss.item()

    def finite(self) -> bool:
        """Whether every parameter is a number, so that learning can go on."""
        return all(bool(part.isfinite().all()) for part in self._learned)

    def state(self) -> dict[str, np.ndarray]:
        """All that the next update depends on, copied."""
        found = {"updates": torch.tensor(self.updates), "generator": self.lesson.rng.get_state()}
        found |= {f"place/{name}": value for name, value in self.lesson.place().items()}
        for name, part in self.lesson.parameters.items():
            found[f"learned/{name}"] = part.detach()
            for key, value in self._adam.state[part].items():
                found[f"{key}/{name}"] = value
        return {name: value.numpy().copy() for name, value in found.items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from a state as if nothing had come between, bit for bit."""
        kept = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
        self.updates = int(kept["updates"])
        self.lesson.rng.set_state(kept["generator"])
        place = {k.removeprefix("place/"): v for k, v in kept.items() if k.startswith("place/")}
        self.lesson.go_on(place)
        for name, part in self.lesson.parameters.items():
            with torch.no_grad():
                part.copy_(kept[f"learned/{name}"])
            if f"step/{name}" in kept:
                self._adam.state[part] = {
                    key: kept[f"{key}/{name}"] for key in ("step", "exp_avg", "exp_avg_sq")
                }


def learn(lesson: Lesson[N], watch: Watch | None = None) -> N:
    """The network after all updates of its lesson.

    Bit for bit the same for equal lessons and the same number of threads, on one machine.
    """
    learner = Learner(lesson)
    while learner.updates < lesson.pace.updates:
        loss = learner.update()
        if watch is not None:
            watch(learner.updates, loss)
    return lesson.network()


class Layers:
    """A stack whose weights can be learned: torch's fused layer, or our own cell step by step."""

    def __init__(self, stack: Stack) -> None:
        """Start from the weights of a stack, which are copied."""
        self._name = stack.cell_name
        self._shape = [len(layer) for layer in stack.layers]
        self._fused = fused(stack) if stack.cell.has_layer else None
        if self._fused is not None:
            self.parameters = dict(self._fused.named_parameters())
        else:
            self.parameters = {k: nn.Parameter(v.clone()) for k, v in stack.state_dict().items()}

    def __call__(
        self, x: Float[Tensor, "T B I"], carried: Carried = None
    ) -> tuple[Float[Tensor, "T B O"], Carried]:
        """h of the top layer, and the state to go on from, as torch's layers give them."""
        if self._fused is not None:
            found: tuple[Tensor, Carried] = self._fused(x, carried)
            return found
        stack = self._live()
        seen = read_stack(stack, x, initial=None if carried is None else self._states(carried))
        ended = [state for layer in seen.last for state in layer]
        hidden = torch.stack([state.hidden for state in ended])
        cells = [state.cell for state in ended if state.cell is not None]
        return seen.hidden, (hidden, torch.stack(cells)) if cells else hidden

    @property
    def holds(self) -> bool:
        """Whether `held` can read: one fused LSTM layer that reads forward."""
        fused_layer = self._fused
        return (
            isinstance(fused_layer, nn.LSTM)
            and fused_layer.num_layers == 1
            and not fused_layer.bidirectional
        )

    def held(
        self, x: Float[Tensor, "T B I"], behind: Bool[Tensor, "T B"]
    ) -> tuple[Float[Tensor, "T B O"], Float[Tensor, "1 B H"]]:
        """h at every step, and the memory at the end; what is ``behind`` does not touch the memory.

        One more input is 1 there, with a weight of ∓`SHUT` to the input and forget gates, which
        are then exactly 0 and 1: the whole batch is read in one call, whatever its lengths.
        """
        assert self.holds
        layer = self._fused
        weight_ih, weight_hh, bias_ih, bias_hh = (
            getattr(layer, f"{name}_l0")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        units = weight_hh.shape[1]
        column = weight_ih.new_zeros(len(weight_ih), 1)
        column[:units], column[units : 2 * units] = -SHUT, SHUT
        read = torch.cat([x, behind[..., None].to(x.dtype)], -1)
        zeros = x.new_zeros(1, x.shape[1], units)
        weights = [torch.cat([weight_ih, column], 1), weight_hh, bias_ih, bias_hh]
        hidden, _, memory = torch.lstm(
            read, (zeros, zeros), weights, True, 1, 0.0, True, False, False
        )
        return hidden, memory

    def stack(self) -> Stack:
        """The weights as they are now, copied."""
        now = {name: value.detach().clone() for name, value in self.parameters.items()}
        return Stack.from_state_dict(self._name, now)

    def _live(self) -> Stack:
        """The weights as they are now, with their gradients."""
        return Stack(
            self._name,
            tuple(
                tuple(self._weights(f"_l{number}{suffix}") for suffix in ENDINGS[:ways])
                for number, ways in enumerate(self._shape)
            ),
        )

    def _weights(self, ending: str) -> Weights:
        found = {k: v for k, v in self.parameters.items() if k.endswith(ending)}
        return Weights(**{name.removesuffix(ending): value for name, value in found.items()})

    def _states(self, carried: Tensor | tuple[Tensor, ...]) -> tuple[tuple[State, ...], ...]:
        parts = carried if isinstance(carried, tuple) else (carried,)
        flat = iter(
            [State(*each) for each in zip(*(part.unbind(0) for part in parts), strict=True)]
        )
        return tuple(tuple(next(flat) for _ in range(ways)) for ways in self._shape)


def fresh_readout(
    answers: int, inputs: int, rng: torch.Generator
) -> tuple[nn.Parameter, nn.Parameter]:
    """Weights uniform in ±1/√inputs, as torch draws them, and no bias."""
    bound = inputs**-0.5
    drawn = torch.empty(answers, inputs).uniform_(-bound, bound, generator=rng)
    return nn.Parameter(drawn), nn.Parameter(torch.zeros(answers))


def falling(done: float) -> float:
    """The share of the first learning rate that is left: half a cosine from 1 to 0."""
    return 0.5 * (1 + math.cos(math.pi * done))


def check_range(name: str, given: float, least: float, most: float) -> None:
    """Raise `ValueError` with what is allowed and what was given, unless it is within."""
    if not least <= given <= most:
        raise ValueError(f"{name} must be between {least} and {most}, not {given}")


def check_cell(name: str) -> None:
    """Raise `ValueError` with the cells there are, unless this is one of them."""
    if name not in CELLS:
        raise ValueError(f"unknown cell {name!r}; choose from {', '.join(map(repr, CELLS))}")
