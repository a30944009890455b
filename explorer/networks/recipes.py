"""What networks are trained to do, and how each of them is made: a task, and its recipes."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explorer.networks.cards import Card, Examination, Tells
from explorer.networks.kinds import Kind, Network
from explorer.networks.material import Material
from explorer.networks.measured import Measured
from explorer.sequences.learning import Lesson, Watch, learn

ASSETS = Path(__file__).resolve().parents[2] / "assets"
"""The folder of the networks that ship with the project."""

Settings = Any
"""A frozen dataclass of how a network is trained, with the fields cell, units, updates and seed."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What the networks of a task are measured by while they learn, in words.

    `baselines` are scalars of `Measured` that need no training, with their labels. A network that
    writes goes on from the `prompt`; empty: it does not write.
    """

    loss: str
    held_out: str
    unit: str
    baselines: tuple[tuple[str, str], ...] = ()
    prompt: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """What networks learn to do, all that is known of it in one place.

    `name` is what links call what is read, `label` what menus do, and `reads` what a card says;
    menus stand in the order of `place`. `lesson` makes what is learned from settings; `measure`
    looks at a network while it learns, with what was measured before; `examine` is for its card.
    `still` is what never moves in the picture of the training.
    """

    name: str
    label: str
    reads: str
    place: int
    kind: Kind[Any]
    goal: Goal
    material: Material
    tells: Tells
    lesson: Callable[[Any], Lesson[Any]]
    measure: Callable[[Any, Measured | None], Measured]
    examine: Callable[[Any, Any], Examination]
    still: Callable[[], Mapping[str, np.ndarray]] = field(default=dict)


@dataclass(frozen=True)
class Recipe:
    """A network that can be made: its task, its settings, and in words what comes of them."""

    name: str
    summary: str
    task: Task
    settings: Settings

    @property
    def updates(self) -> int:
        """How many updates the shipped network took."""
        return int(self.settings.updates)

    def command(self, updates: int | None = None, seed: int = 0, out: str = "") -> str:
        """The command that makes it; into the folder of shipped networks unless told otherwise."""
        words = ["python -m explorer train", self.name]
        if updates is not None:
            words.append(f"--updates {updates}")
        if seed:
            words.append(f"--seed {seed}")
        return " ".join([*words, f"--out {out or f'assets/{self.name}.safetensors'}"])

    def adjusted(self, updates: int | None, seed: int) -> Settings:
        """The settings with so many updates and this seed; `ValueError` out of range."""
        return replace(
            self.settings, updates=self.updates if updates is None else updates, seed=seed
        )

    def lesson(self, updates: int | None = None, seed: int = 0) -> Lesson[Any]:
        """What is learned, ready to begin."""
        return self.task.lesson(self.adjusted(updates, seed))

    def card(self, network: Network, updates: int | None = None, seed: int = 0) -> Card:
        """What there is to say of a network made with so many updates from this seed."""
        settings = self.adjusted(updates, seed)
        found = self.task.examine(network, settings)
        return Card(
            name=self.name,
            cell=settings.cell,
            units=settings.units,
            parameters=network.parameters,
            reads=self.task.reads,
            data=found.data,
            sha256=found.sha256,
            command=self.command(
                None if settings.updates == self.updates else settings.updates, settings.seed
            ),
            updates=settings.updates,
            seed=settings.seed,
            python=platform.python_version(),
            torch=torch.__version__,
            loss=found.loss,
            loss_error=found.loss_error,
            loss_unit=found.loss_unit,
            compared=found.compared,
            telling=found.telling,
            following=found.following,
            layers=network.stack.depth,
            both_ways=network.stack.both_ways,
            held_out=found.held_out,
            tells=self.task.tells,
        )

    def make(self, updates: int | None, seed: int, watch: Watch | None) -> tuple[Network, Card]:
        """The network, trained from scratch, with its card."""
        network = learn(self.lesson(updates, seed), watch)
        return network, self.card(network, updates, seed)
