"""A trained network beside itself before training: what training did to the way back.

**Frame**: arrays ``lag`` and for "before" and "after" ``<when>/norm``, the gradient's norm at every
lag against the last one's, ``<when>/kept``, what came of it by the gates that keep alone (of the
memory, where there are such gates), and ``<when>/factor``; scalars ``<when>/at`` the norm at the
lag ``at``, half of the way back, ``<when>/reach``, the largest lag to which a tenth or more comes,
``<when>/loss`` and ``<when>/gate``; sentences ``says look``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, mse_loss

from explorer.dials import again, check, dial, turned
from explorer.gradients.trained import Objective, WayBack, way_back
from explorer.labs.cells.readers import Reader, material_of, reader
from explorer.labs.cells.settings import READS, CellLab
from explorer.labs.prose import spoken
from explorer.networks.kinds import Network
from explorer.networks.material import LONGEST_LINE
from explorer.networks.tasks import RECIPES
from explorer.networks.trained import Trained
from explorer.runs.frames import Frame
from explorer.sequences.characters import CharacterNetwork, fresh_characters
from explorer.sequences.learning import fresh_readout
from explorer.sequences.stack import Stack

LONGER = {
    "python": 'def gate(x, h):\n    return combine(f(x[0], "key"), g(h), memory, x[1])',
}
"""What is read where nothing is typed, if the example of a task is too short to look back far."""
TENTH = 0.1
STEPS = 400  # of what is read, at most
FOLLOWED = {"memory": "by memory", "hidden": "by h", "input": "by input"}
NOUNS = {"memory": "by the memory", "hidden": "by h", "input": "by the input"}
"""What of a loss gradient is followed back, and what a sentence calls it."""
ENDS = {"last": "last step", "every": "every step"}
WHENS = ("before", "after")


@dataclass(frozen=True, kw_only=True)
class TrainedWay:
    """A network that reads, and what is followed back. Raises `ValueError` with one line."""

    reads: str = dial(
        "python",
        "Reads",
        "What a shipped network was trained on, or the network that you brought.",
        choices={name: label for name, label in READS.items() if name != "noise"},
    )
    cell: str = again(CellLab, "cell")
    given: str = dial(
        "",
        "What it reads",
        "A text, or numbers; an empty line is an example.",
        longest=LONGEST_LINE,
    )
    follows: str = dial("memory", "Quantity", "Which gradient is followed back.", choices=FOLLOWED)
    loss_at: str = dial(
        "last",
        "Loss of",
        "What the network is asked: its last answer alone, or every one.",
        choices=ENDS,
    )
    upload: str = dial("", "Uploaded network")  # its mark
    part: int = dial(0, "Recurrent part", "Of an uploaded file.", low=0, high=63)
    seed: int = dial(0, "Seed", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    def reader(self) -> Reader:
        """Return who reads what. Raises `ValueError` with one sentence where that cannot be."""
        asked = CellLab(reads=self.reads, cell=self.cell, upload=self.upload, part=self.part)
        material = material_of(asked)
        given = self.given or LONGER.get(self.reads, "")
        if given and material is not None and isinstance(material.example, str):
            asked = turned(asked, {material.setting: given})
        found = reader(asked)
        if len(found.tokens) < 2:
            raise ValueError("it must read at least two steps: there is no way back from the first")
        if len(found.tokens) > STEPS:
            raise ValueError(f"it reads at most {STEPS} steps here, not {len(found.tokens):,}")
        return found


def untrained(found: Reader, seed: int) -> tuple[Stack, Network | None]:
    """Return the same network as its training began, or one drawn as PyTorch draws it.

    A network of a recipe is drawn again as its lesson drew it, by the seed of its card. Of any
    other one the recurrent layers are drawn anew by ``seed``; what stands around them is left as it
    is.
    """
    stack = found.stack
    if not isinstance(found.trained, Trained):
        generator = torch.Generator().manual_seed(seed)
        shape = (stack.inputs, stack.units, stack.depth, stack.both_ways)
        return Stack.draw(stack.cell_name, *shape, generator=generator), found.network
    card, network = found.trained.card, found.trained.network
    generator = torch.Generator().manual_seed(card.seed)
    recipe = RECIPES.get(card.name)
    bias = recipe.settings.forget_bias if recipe is not None else 1.0
    if isinstance(network, CharacterNetwork):
        fresh = fresh_characters(
            stack.cell_name, network.vocabulary, stack.units, stack.inputs, bias, generator,
            stack.depth,
        )  # fmt: skip
        return fresh.stack, fresh
    drawn = Stack.draw(
        stack.cell_name, stack.inputs, stack.units, stack.depth, stack.both_ways, generator
    ).with_forget_bias(bias)
    readout, readout_bias = fresh_readout(len(network.readout_bias), stack.outputs, generator)
    parts = {"readout": readout.detach(), "readout_bias": readout_bias.detach()}
    return drawn, replace(network, stack=drawn, **parts)  # type: ignore[type-var]  # dataclasses


@dataclass(frozen=True)
class Task:
    """What a network reads as numbers, and what its outputs cost."""

    x: Tensor
    objective: Objective


def task(found: Reader, network: Network | None, every: bool, seed: int) -> Task:
    """Return what the network is asked, by its own loss.

    A character network pays for the characters that came, a forecaster for its errors in standard
    deviations, a reader of digits for the digit that the trained one sees. Cells without a readout
    have a loss of a random direction, as untrained networks do.
    """
    if isinstance(network, CharacterNetwork):
        codes = network.vocabulary.encode(found.text)
        weight, bias = network.readout.double(), network.readout_bias.double()

        def surprise(outputs: Tensor) -> Tensor:
            logits = linear(outputs, weight, bias)
            asked = (logits, codes[1:]) if every else (logits[-1:], codes[-1:])
            return cross_entropy(*asked, reduction="sum")

        return Task(network.embedding.double()[codes[:-1]], surprise)
    trained = found.trained
    if trained is None or network is None:
        return Task(*_directed(found, every, seed))
    response = trained.kind.respond(trained.network, found.given)
    x, weight, bias = response.whole.x, network.readout.double(), network.readout_bias.double()
    if trained.kind.classes:
        assert response.probabilities is not None, "classes have probabilities"
        seen = response.probabilities[-1].argmax()[None]
        H = found.stack.units

        def named(outputs: Tensor) -> Tensor:
            both = torch.cat((outputs[-1, :H], outputs[0, H:]))[None]
            return cross_entropy(linear(both, weight, bias), seen)

        return Task(x, named)

    def forecast(outputs: Tensor) -> Tensor:
        errors = linear(outputs, weight, bias), x[1:]
        return mse_loss(*(errors if every else (errors[0][-1:], errors[1][-1:])), reduction="sum")

    return Task(x[:-1], forecast)


def _directed(found: Reader, every: bool, seed: int) -> tuple[Tensor, Objective]:
    x = found.given.x
    assert x is not None, "cells without a network read numbers"
    generator = torch.Generator().manual_seed(seed)
    direction = torch.randn(found.stack.outputs, generator=generator, dtype=torch.float64)

    def along(outputs: Tensor) -> Tensor:
        return ((outputs if every else outputs[-1:]) @ direction).sum()

    return x, along


def measure(settings: TrainedWay) -> Frame:
    """Return both ways back as a frame. Raises `ValueError` with one sentence."""
    found = settings.reader()
    every = settings.loss_at == "every" and not _classifies(found)
    ways: dict[str, WayBack] = {}
    for when in WHENS:
        stack, network = (
            untrained(found, settings.seed) if when == "before" else (found.stack, found.network)
        )
        asked = task(found, network, every, settings.seed)
        ways[when] = way_back(stack, asked.x, asked.objective)
    arrays: dict[str, np.ndarray] = {}
    scalars: dict[str, float] = {}
    for when, way in ways.items():
        norms = getattr(way, settings.follows)
        at = len(norms) // 2
        last = norms[0] if norms[0] > 0 else np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            arrays[f"{when}/norm"] = norms / last
            arrays[f"{when}/factor"] = np.concatenate(([np.nan], norms[1:] / norms[:-1]))
        if way.kept is not None and settings.follows == "memory" and not every:
            arrays[f"{when}/kept"] = way.kept / last
        scalars |= {f"{when}/at": float(norms[at] / last), f"{when}/loss": way.loss}
        scalars[f"{when}/reach"] = float(np.flatnonzero(norms >= TENTH * last).max(initial=0))
        if way.gate is not None:
            scalars[f"{when}/gate"] = way.gate
        arrays["lag"], scalars["at"] = np.arange(len(norms), dtype=np.float32), float(at)
    arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
    said = {"says": says(settings, scalars), "look": look(scalars, arrays)}
    return Frame(0, arrays, scalars, said)


def _classifies(found: Reader) -> bool:
    return found.trained is not None and bool(found.trained.kind.classes)


def says(settings: TrainedWay, scalars: Mapping[str, float]) -> str:
    """Return what training did to what arrives half of the way back."""
    before, after = scalars["before/at"], scalars["after/at"]
    lag, noun = int(scalars["at"]), NOUNS[settings.follows]
    if not np.isfinite(before) or not np.isfinite(after):
        return (
            f"The gradient {noun} is 0 at the last step already: there is no way back to compare."
        )
    if min(before, after) <= 0:
        return f"**{lag} steps back** nothing is left of one of them: it has underflown."
    times = after / before
    more = "more" if times > 1 else "less"
    factor = times if times > 1 else 1 / times
    if factor < 1.5:
        told = f"training changed little: {spoken(before)} before, {spoken(after)} after."
    else:
        told = (
            f"{spoken(factor, 2)} times {more} of the gradient {noun} arrives after training: "
            f"{spoken(before)} before, {spoken(after)} after."
        )
    return f"**{lag} steps back** {told}"


def look(scalars: Mapping[str, float], arrays: Mapping[str, np.ndarray]) -> str:
    """Return why: what training did to the gate that keeps, and what else there is to see."""
    reach = ", ".join(
        f"{when} training a tenth or more reaches {scalars[f'{when}/reach']:.0f} "
        f"{'step' if scalars[f'{when}/reach'] == 1 else 'steps'} back"
        for when in WHENS
    )
    told = f"{reach[:1].upper()}{reach[1:]}, in this one sequence. "
    if "after/gate" not in scalars:
        return told + (
            "No gate keeps the memory of this cell: what arrives has gone through the recurrent "
            "matrix at every step. Choose a gated cell that reads the same."
        )
    gates = f"{scalars['before/gate']:.2f} before and {scalars['after/gate']:.2f} after"
    told += f"The gate that keeps is open to {gates}, on average over units and steps."
    if "after/kept" in arrays:
        told += (
            " Dashed is what these gates alone let through; what the line has above that came by "
            "other ways."
        )
    return told
