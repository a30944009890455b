"""A critic of twelve layers: what weight clipping does to its gradients, and what a penalty does.

Gulrajani et al. 2017, section 3.2 and fig. 1b, whose code was not published: generator and critic
are ReLU perceptrons of 12 layers without normalisation, on the Swiss roll, and the norm of the
critic's gradient by each layer's output is followed, for three clipping constants and the penalty.
Deviations: hidden layers of 32 units, Adam at `RATE` with (.5, .9) for all of them.

**Frames**, one every 5 steps. For each g of "clip" (the dial), "c1" (0.1), "c2" (0.01), "c3"
(0.001), "gp": ``g/gradients`` (depth,) mean norms, first layer first, never below 1e-30;
``g/logs`` their logarithms to base 10; ``g/weights`` (40,) shares of the critic's weights between
−3 and 3 of ``g/scale``, which is c, or the standard deviation for the penalty. Scalars ``step``;
``g/factor`` the factor a layer, (first / last)^(1 / (depth − 1)), below 1 where the gradient
vanishes on its way down; ``g/gap g/first g/last g/edge`` (share of weights at ±c). Sentences
``g/says``, ``look``. **Still**: ``layers`` (depth,) from 1, ``weight_edges`` (41,).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch

from explorer.dials import again, check, dial
from explorer.gans.distributions import distribution
from explorer.gans.game import Game
from explorer.gans.settings import GameSettings, Hyperparameters
from explorer.labs.gans.standards import reference
from explorer.labs.prose import spoken
from explorer.runs.frames import Frame

STEPS_PER_FRAME = 5
FRAMES_PER_STATE = 10
PAPER = {"c1": 0.1, "c2": 0.01, "c3": 0.001}
"""The three clipping constants of the paper."""
GAMES = ("clip", *PAPER, "gp")
EDGES = np.linspace(-3, 3, 41)
RATE = 1e-3
LEAST = 1e-30  # what is smaller has no place on a logarithmic axis
ASKED = 256  # points a side


@dataclass(frozen=True, kw_only=True)
class Critics:
    """What a page turns on deep critics. Raises ValueError with one line."""

    clip: float = again(
        Hyperparameters,
        "clip",
        label="Clip at c",
        help="Every weight is kept within this of zero.",
        low=1e-4,
        high=1.0,
        offered=(1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.2, 0.3, 0.5, 1.0),
        live=False,
    )
    depth: int = again(
        Hyperparameters, "depth", default=12, help="Of the critic and of the generator.", low=2
    )
    width: int = again(
        Hyperparameters,
        "width",
        default=32,
        help="Units of each hidden layer.",
        high=256,
        offered=(8, 16, 32, 64, 128),
    )
    steps: int = dial(
        200, "Ticks", "Where it ends.", low=10, high=2_000, offered=(100, 200, 500, 1_000, 2_000)
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Deep(Critics):
    """Five deep critics from equal weights. Raises ValueError with one line."""

    seed: int = again(Hyperparameters, "seed", default=5)

    precision: ClassVar[Mapping[str, str]] = {}

    def settings(self, name: str) -> GameSettings:
        """The settings of one of `GAMES`."""
        return GameSettings(
            objective="wasserstein_gp" if name == "gp" else "wasserstein_clip",
            clip=PAPER.get(name, float(self.clip)),
            width=self.width,
            depth=self.depth,
            generator_rate=RATE,
            critic_rate=RATE,
            penalty_weight=10.0,
            seed=self.seed,
        )

    @property
    def frame_count(self) -> int:
        """The number of frames of a whole run."""
        return self.steps // STEPS_PER_FRAME + 1

    def shared_steps(self, other: object) -> int:
        """Up to which step two runs are equal; -1 where they start apart."""
        if not isinstance(other, Deep) or replace(self, steps=10) != replace(other, steps=10):
            return -1
        return min(self.steps, other.steps)

    def still(self) -> Frame:
        """The axes."""
        arrays = {"layers": np.arange(1.0, self.depth + 1), "weight_edges": EDGES}
        return Frame(0, arrays, {"gp/c": 0.0, "clip/c": self.clip, **_constants()})

    def stream(self, state: Mapping[str, np.ndarray] | None = None) -> Iterator[Frame]:
        """Yield the frames of the run, or those after the frame whose ``state`` is given."""
        data = distribution("swiss_roll")
        games = {name: Game(self.settings(name), data.sample) for name in GAMES}
        step = 0
        if state is None:
            yield self._frame(0, games)
        else:
            step = int(state["step"])
            for name, game in games.items():
                begin = f"{name}/"
                mine = {k.removeprefix(begin): v for k, v in state.items() if k.startswith(begin)}
                game.restore(mine)
        while step + STEPS_PER_FRAME <= self.steps:
            for _ in range(STEPS_PER_FRAME):
                for game in games.values():
                    game.step()
            step += STEPS_PER_FRAME
            yield self._frame(step, games)

    def _frame(self, step: int, games: Mapping[str, Game]) -> Frame:
        real = reference(distribution("swiss_roll"), ASKED)
        arrays: dict[str, np.ndarray] = {}
        scalars: dict[str, float] = {"step": step}
        sentences: dict[str, str] = {}
        for name, game in games.items():
            if not game.finite():
                return Frame(step, trouble=f"The deep critic {name!r} diverged by step {step}.")
            norms = game.layer_gradients(real, game.evaluation_noise(ASKED)).double()
            norms = norms.clamp_min(LEAST)
            weights = torch.cat([each.flatten() for each in game.networks["judge"].weights])
            scale = float(weights.std()) if name == "gp" else game.settings.clip
            shown = (weights / scale).clamp(-2.999, 2.999).numpy()
            factor = float((norms[0] / norms[-1]) ** (1 / (self.depth - 1)))
            arrays |= {
                f"{name}/gradients": norms.numpy(),
                f"{name}/logs": norms.log10().numpy(),
                f"{name}/weights": np.histogram(shown, EDGES)[0] / len(shown),
            }
            edge = float((weights.abs() >= 0.999 * scale).double().mean())
            scalars |= {
                f"{name}/factor": factor,
                f"{name}/gap": float(game.losses().gap),
                f"{name}/first": float(norms[0]),
                f"{name}/last": float(norms[-1]),
                f"{name}/scale": scale,
            }
            if name != "gp":
                scalars[f"{name}/edge"] = edge
            sentences[f"{name}/says"] = _says(factor, self.depth)
        sentences["look"] = _look(scalars)
        last = step + STEPS_PER_FRAME > self.steps
        due = step // STEPS_PER_FRAME % FRAMES_PER_STATE == 0 or last
        return Frame(step, arrays, scalars, sentences, state=_state(step, games) if due else None)


def _state(step: int, games: Mapping[str, Game]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {"step": np.asarray(step)}
    for name, game in games.items():
        found |= {f"{name}/{what}": value for what, value in game.state().items()}
    return found


def _constants() -> dict[str, float]:
    return {f"{name}/c": c for name, c in PAPER.items()}


def _says(factor: float, depth: int) -> str:
    each, whole = spoken(factor, 2), spoken(factor ** (depth - 1), 2)
    what = "It vanishes" if factor < 0.8 else "It explodes" if factor > 1.25 else "It stays"
    return f"**{what}**: times {each} a layer, {whole} over all of them."


def _look(scalars: Mapping[str, float]) -> str:
    clip, penalty = spoken(scalars["clip/factor"], 2), spoken(scalars["gp/factor"], 2)
    return (
        "Each line is the size of the critic's gradient at every layer, on a logarithmic axis: a "
        "straight line is a factor a layer. On its way from the last layer to the first the "
        f"gradient is multiplied by {clip} a layer with clipped weights, and by {penalty} "
        "with the penalty."
    )
