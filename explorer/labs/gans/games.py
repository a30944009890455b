"""Which games play on what data: what every experiment of the GAN lab but two has in common."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from explorer.gans.dirac import DIRAC_GAMES
from explorer.gans.distributions import Distribution
from explorer.gans.game import Sampler
from explorer.gans.networks import ACTIVATIONS
from explorer.gans.normalisation import NORMALISATIONS
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.optimizers import OPTIMIZERS
from explorer.gans.pairs import PAIRS
from explorer.gans.settings import NOISES, GameSettings
from explorer.labs.gans.data import DATA, DEFAULT_DRAWING, data_of, strokes_of
from explorer.labs.gans.turning import FIELD_OF_SIDE, SIDES, Turning

VIEWS = ("match", "truth", "slow", "seeds", "dirac", "depth", "records")
CLOCKS = ("generator", "updates", "time")
"""What one tick is: a step of every generator, equally many updates, equal arithmetic."""

LIVE = (
    *FIELD_OF_SIDE.values(),
    *(f"{name}_steps" for name in FIELD_OF_SIDE.values()),
    *("critic_steps", "batch", "activation", "noise"),
    *("generator_rate", "critic_rate", "beta1", "beta2", "critic_beta1", "critic_beta2"),
    *("optimizer", "critic_optimizer"),
    *("penalty_weight", "r1_weight", "clip", "one_sided", "pairs", "spectral"),
    "audit",
)
"""The dials that turn while it trains; the others shape networks, noise or data."""

DIAL_NAMES = {
    "critic_steps": "judge's updates",
    "generator_rate": "generator's rate",
    "critic_rate": "judge's rate",
    "critic_optimizer": "judge's optimizer",
    "penalty_weight": "penalty",
    "r1_weight": "R1 weight",
    "one_sided": "one-sided penalty",
    "spectral": "spectral normalisation",
}
"""What to call a dial in a sentence, where its own name does not do."""

CHOICES: Mapping[str, Collection[str]] = {
    "data": DATA,
    **dict.fromkeys(("first", "second"), tuple(OBJECTIVES)),
    **dict.fromkeys(("third", "fourth"), ("", *OBJECTIVES)),
    "pairs": PAIRS,
    "activation": tuple(ACTIVATIONS),
    "normalisation": NORMALISATIONS,
    "noise": NOISES,
    **dict.fromkeys(("optimizer", "critic_optimizer"), tuple(OPTIMIZERS)),
    "clock": CLOCKS,
    "view": VIEWS,
    "slow_side": SIDES,
    "dirac_game": tuple(DIRAC_GAMES),
}

RANGES: Mapping[str, tuple[float, float]] = {
    "theta": (-4.0, 4.0),
    **{f"{name}_steps": (0, 20) for name in FIELD_OF_SIDE.values()},
    "width": (4, 512),
    "depth": (1, 12),
    "noise_dim": (1, 64),
    "batch": (2, 1_024),
    "critic_steps": (1, 20),
    "generator_rate": (0.0, 10.0),
    "critic_rate": (0.0, 10.0),
    "beta1": (0.0, 0.9999),
    "beta2": (0.0, 0.9999),
    "critic_beta1": (-1.0, 0.9999),
    "critic_beta2": (-1.0, 0.9999),
    "penalty_weight": (0.0, 1_000.0),
    "r1_weight": (0.0, 1_000.0),
    "clip": (1e-6, 100.0),
    "seed": (0, 999_999),
    "steps": (10, 100_000),
    # many seeds
    "seeds": (8, 32),
    "seeds_steps": (10, 20_000),
    # slow motion
    "slow_step": (0, 2_000),
    # the game of two numbers
    "dirac_x": (-3.0, 3.0),
    "dirac_y": (-3.0, 3.0),
    "dirac_gamma": (0.0, 10.0),
    "dirac_judge_steps": (0, 10),
    "dirac_h": (0.001, 1.0),
    "dirac_steps": (10, 2_000),
    # twelve layers
    "deep_clip": (1e-4, 1.0),
    "deep_depth": (2, 12),
    "deep_width": (4, 256),
    "deep_steps": (10, 2_000),
}


def check(settings: object) -> None:
    """Raise ValueError, one line, for the first field that is not one of its choices or in range.

    Names what is wrong, what is allowed and what was given.
    """
    for field in fields(settings):  # type: ignore[arg-type]
        name, given = field.name, getattr(settings, field.name)
        allowed = CHOICES.get(name)
        if allowed is not None and given not in allowed:
            raise ValueError(
                f"unknown {name} {str(given)[:40]!r}; choose from {', '.join(map(repr, allowed))}"
            )
        if name in RANGES:
            low, high = RANGES[name]
            if isinstance(field.default, int) and not isinstance(given, int):
                raise ValueError(f"{name} must be a whole number, not {given!r}")
            if not low <= given <= high:
                raise ValueError(f"{name} must be between {low:g} and {high:g}, not {given:g}")


@dataclass(frozen=True)
class Games(Turning):
    """Two to four games on equal data, from an equal seed. Raises ValueError with one line.

    What a match, a population and a slow iteration have in common; the link of the page has it too.
    """

    LIVE: ClassVar[tuple[str, ...]] = LIVE

    data: str = "ring"
    drawing: str = DEFAULT_DRAWING  # what "drawn" is; `data.drawing_text` writes it
    theta: float = 1.4  # how far the two lines are apart
    # the games, in the order of their sides a, b, c, d
    first: str = "non_saturating"
    second: str = "wasserstein_gp"
    third: str = ""  # empty: no such game
    fourth: str = ""
    first_steps: int = 0  # updates of this judge for each of its generator; 0: critic_steps
    second_steps: int = 0
    third_steps: int = 0
    fourth_steps: int = 0
    one_sided: bool = False
    pairs: str = "random"
    spectral: bool = False
    conditional: bool = False
    # networks
    width: int = 64
    depth: int = 3
    activation: str = "relu"
    normalisation: str = "none"
    noise: str = "gaussian"
    noise_dim: int = 2
    # learning
    batch: int = 256
    critic_steps: int = 5  # equal for all: the better the judge, the worse the GAN
    generator_rate: float = 1e-3
    critic_rate: float = 1e-3
    beta1: float = 0.5  # Adam's; the momentum of SGD
    beta2: float = 0.9  # Adam's; the decay of RMSProp
    critic_beta1: float = -1.0  # below 0: as the generator's
    critic_beta2: float = -1.0
    optimizer: str = "adam"
    critic_optimizer: str = "adam"
    penalty_weight: float = 0.1  # Gulrajani's toy code; the paper uses 10 on images
    r1_weight: float = 1.0
    clip: float = 0.01
    seed: int = 5

    def __post_init__(self) -> None:
        check(self)
        strokes_of(self.drawing)
        if self.fourth and not self.third:
            raise ValueError("a fourth game needs a third")
        data = self.distribution()
        if self.conditional and not data.classes:
            raise ValueError(f"{data.spoken} has no labels to condition on")
        for side, _, _ in self.sides():
            self.settings(side)
        if self.changes:
            turned: dict[str, Any] = {}
            for _, values in self.turns():
                self._check_all_stay(values)
                turned |= values
                for side, _, _ in self.sides():
                    self.at(turned, side)

    def _check_all_stay(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            field = self._field(name)
            if field in FIELD_OF_SIDE.values() and not (value and getattr(self, field)):
                raise ValueError(f"no game comes or goes while others train: not by {name[:40]!r}")

    def _points(self) -> str:
        """The points of an uploaded table, as text; empty where there is none."""
        return ""

    def distribution(self) -> Distribution:
        """What is learned. ValueError where that needs something that is not here."""
        return data_of(self.data, self.theta, self.drawing, self._points())

    def sides(self) -> tuple[tuple[str, str, str], ...]:
        """(letter, title, objective) of each game, in order; equal titles carry their letter."""
        playing = [(s, getattr(self, f)) for s, f in FIELD_OF_SIDE.items() if getattr(self, f)]
        titles = [OBJECTIVES[objective].spoken for _, objective in playing]
        return tuple(
            (side, f"{title} {side.upper()}" if titles.count(title) > 1 else title, objective)
            for (side, objective), title in zip(playing, titles, strict=True)
        )

    def settings(self, side: str) -> GameSettings:
        """The settings of one game before any dial was turned."""
        field = FIELD_OF_SIDE[side]
        both = (self.critic_beta1, self.critic_beta2)
        mine = tuple(
            common if own < 0 else own
            for own, common in zip(both, (self.beta1, self.beta2), strict=True)
        )
        return GameSettings(
            objective=getattr(self, field),
            width=self.width,
            depth=self.depth,
            activation=self.activation,
            noise_dim=self.noise_dim,
            batch=self.batch,
            critic_steps=getattr(self, f"{field}_steps") or self.critic_steps,
            generator_rate=float(self.generator_rate),
            critic_rate=float(self.critic_rate),
            betas=(self.beta1, self.beta2),
            penalty_weight=float(self.penalty_weight),
            seed=self.seed,
            normalisation=self.normalisation,
            noise=self.noise,
            generator_optimizer=self.optimizer,
            critic_optimizer=self.critic_optimizer,
            critic_betas=None if max(both) < 0 else (mine[0], mine[1]),
            one_sided=self.one_sided,
            pairs=self.pairs,
            r1_weight=float(self.r1_weight),
            clip=float(self.clip),
            spectral=self.spectral,
            classes=self.distribution().classes if self.conditional else 0,
        )

    def sampler(self) -> Sampler:
        """What the games draw real points from, with labels where they are conditional."""
        data = self.distribution()
        return data.sample_labelled if self.conditional else data.sample
