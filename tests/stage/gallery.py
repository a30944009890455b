"""Scenes and recordings for the tests of the stage: shapes that look like the real labs, made up.

Nothing is trained here. The duel shows what a GAN that loses modes and a WGAN-GP that keeps them
look like, so that the stage can be judged by eye without the rest of the house.
"""

from dataclasses import dataclass

import numpy as np

from explorer.figures import scene
from explorer.runs.frames import Frame, pack

EXTENT = (-2.1, 2.1, -2.1, 2.1)
SHOWN = 512
ARROWS = 128
CELLS = 48
PRECISION = {
    "real": "uint16",
    "gan/fake": "uint16",
    "wgan/fake": "uint16",
    "gan/surface": "uint8",
    "wgan/surface": "uint8",
}


@dataclass(frozen=True)
class Show:
    """A scene with the packed frames of a run, as a server would keep them."""

    scene: scene.Scene
    still: bytes
    packets: tuple[bytes, ...]
    frames: tuple[Frame, ...]


def square(side: str, title: str, note: str) -> scene.Plot:
    return scene.Plot(
        area=side,
        title=title,
        note=note,
        square=True,
        x=scene.Axis(-2.1, 2.1),
        y=scene.Axis(-2.1, 2.1),
        marks=(
            scene.Surface(f"{side}/surface", EXTENT, contours=7, label="judge"),
            scene.Points("real", "real", shape="ring", size=2.2),
            scene.Arrows(
                f"{side}/tails", f"{side}/arrows", "fake", scale=0.5, longest=0.3, label="pull"
            ),
            scene.Points(f"{side}/fake", "fake", size=2.0, label="generated"),
        ),
        alt=f"{title} at step {{step:integer}}: {{{side}/held:integer}} of 8 modes held",
    )


def cards(side: str) -> scene.Numbers:
    """Return the numbers of one game."""
    held = f"{side}/held"
    bound, needs = "of all eight", "How far the mass must move."
    return scene.Numbers(
        area=f"{side}-numbers",
        numbers=(
            scene.Number(held, "modes held", "of", of=8, bound=bound, good_from=8, bad_to=4),
            scene.Number(f"{side}/good", "good", "percent", bound="ceiling 98.9 %"),
            scene.Number(f"{side}/w1", "exact W₁", bound="floor {w1_floor}", help=needs),
        ),
    )


def history(area: str, title: str, note: str, what: str, high: float | None) -> scene.Plot:
    floor = (scene.Band("w1_floor_low", "w1_floor_high"),) if what == "w1" else ()
    return scene.Plot(
        area=area,
        title=title,
        note=note,
        y=scene.Axis(0, high),
        x=scene.Axis(label="steps"),
        marks=(
            *floor,
            scene.History(f"gan/{what}", "gan", "GAN"),
            scene.History(f"wgan/{what}", "wgan", "GP"),
        ),
        alt=f"{title}: GAN {{gan/{what}}}, WGAN-GP {{wgan/{what}}}",
    )


def duel_scene() -> scene.Scene:
    """Return two games side by side with their curves, as on the page about GANs."""
    return scene.Scene(
        panels=(
            square("gan", "GAN", "non-saturating"),
            square("wgan", "WGAN-GP", "two-sided penalty"),
            history("held", "Modes held", "of 8", "held", 8),
            history("distance", "Exact W₁ to the data", "shaded: real against real", "w1", None),
            scene.Sentence("gan-says", "gan/says", lines=3),
            scene.Sentence("wgan-says", "wgan/says", lines=3),
            cards("gan"),
            cards("wgan"),
            scene.Sentence("look", "look", lead="What to look for.", lines=4),
        ),
        wide=scene.Grid(
            columns=("1fr", "1fr", "300px"),
            rows=("1fr", "1fr", "auto", "auto"),
            areas=(
                "gan wgan held",
                "gan wgan distance",
                "gan-says wgan-says look",
                "gan-numbers wgan-numbers look",
            ),
        ),
        narrow=scene.Grid(
            columns=("1fr",),
            rows=("auto",) * 9,
            areas=(
                "gan",
                "gan-says",
                "gan-numbers",
                "wgan",
                "wgan-says",
                "wgan-numbers",
                "look",
                "held",
                "distance",
            ),
        ),
        alt="A GAN and a WGAN-GP trained side by side",
    )


def count(frames: int) -> Show:
    """Return a run that only counts: light frames for tests of the playhead."""
    plot = scene.Plot("plot", "count", (scene.History("count", "gan", "count"),))
    grid = scene.Grid(("1fr",), ("1fr", "auto"), ("plot", "number"))
    number = scene.Numbers("number", (scene.Number("count", "count", "integer"),))
    counted = tuple(Frame(5 * i, {}, {"count": i}) for i in range(frames))
    packets = tuple(pack(frame, i, {}) for i, frame in enumerate(counted))
    picture = scene.Scene((plot, number), grid, grid, alt="A count")
    return Show(picture, pack(Frame(0), 0, {}), packets, counted)


@dataclass(frozen=True)
class Game:
    """What one side of the duel is made of."""

    modes: np.ndarray  # (8, 2)
    noise: np.ndarray  # (SHOWN, 2)
    home: np.ndarray  # (SHOWN,): the mode that each sample ends on
    loses: bool  # as the GAN does, at 0.4 of the way

    def target(self, share: float) -> np.ndarray:
        """Return where every sample is going."""
        before = np.where(np.arange(SHOWN) % 2, self.home, self.home + 2)
        return self.modes[before if self.loses and share < 0.4 else self.home]

    def samples(self, share: float) -> np.ndarray:
        """Return the samples on their way from the origin; some of the WGAN's stay on bridges."""
        spread = 0.02 + 0.5 * np.exp(-10 * share)
        stay = np.where(np.arange(SHOWN) % 9 == 0, 0.0 if self.loses else 0.3, 0.0)
        return arrived(share) * (1 - stay[:, None]) * self.target(share) + spread * self.noise

    def surface(self, share: float) -> np.ndarray:
        """Return the judge: certain almost everywhere, or rising gently towards the data."""
        cells = (np.arange(CELLS) + 0.5) * 4.2 / CELLS - 2.1
        grid = np.stack(np.meshgrid(cells, cells), -1)
        away = np.linalg.norm(grid[:, :, None] - self.modes, axis=-1)
        if self.loses:
            edge = away[..., 1:3].min(-1) - 0.7 - 0.2 * np.sin(9 * share + grid[..., 0])
            return 1 / (1 + np.exp(-40 * share * edge))
        return np.exp(-1.8 * away.min(-1)) * (0.2 + share) - 0.25 * np.linalg.norm(grid, axis=-1)

    def numbers(self, share: float) -> dict[str, float]:
        """Return modes held, share of good samples and distance."""
        if self.loses:
            dip = 0.3 * np.exp(-(((share - 0.2) / 0.1) ** 2))
            held = 4 if 0.1 < share < 0.4 else 2
            return {"held": held, "good": 0.84 * arrived(share), "w1": 1.42 - dip}
        held = min(8, int(80 * share))
        return {"held": held, "good": 0.29 + 0.5 * share, "w1": 0.13 + 1.17 * np.exp(-14 * share)}


def arrived(share: float) -> float:
    return 1 - np.exp(-8 * share)


def duel(count: int = 400, seed: int = 5) -> Show:
    """Return a made-up training of both games in ``count`` frames of five steps."""
    rng = np.random.default_rng(seed)
    angle = np.arange(8) * np.pi / 4
    modes = 1.4 * np.stack([np.cos(angle), np.sin(angle)], 1)
    real = modes[rng.integers(8, size=SHOWN)] + 0.03 * rng.normal(size=(SHOWN, 2))
    floor = {"w1_floor": 0.081, "w1_floor_low": 0.05, "w1_floor_high": 0.11}
    noise = rng.normal(size=(SHOWN, 2))
    games = {
        "gan": Game(modes, noise, rng.integers(1, 3, size=SHOWN), loses=True),
        "wgan": Game(modes, noise, rng.integers(8, size=SHOWN), loses=False),
    }
    frames = tuple(duel_frame(i, count, games, rng) for i in range(count))
    packets = tuple(pack(frame, i, PRECISION) for i, frame in enumerate(frames))
    still = Frame(0, {"real": real}, floor)
    return Show(duel_scene(), pack(still, 0, PRECISION), packets, frames)


def duel_frame(i: int, count: int, games: dict[str, Game], rng: np.random.Generator) -> Frame:
    """Return one frame of both games."""
    share = i / max(1, count - 1)
    arrays: dict[str, np.ndarray] = {}
    scalars: dict[str, float] = {"step": 5 * i}
    for side, game in games.items():
        fake = game.samples(share) + 0.01 * rng.normal(size=2)
        pull = (game.target(share) - fake) * (0.2 + share) + 0.1 * game.noise
        arrays |= {
            f"{side}/fake": fake,
            f"{side}/surface": game.surface(share),
            f"{side}/tails": fake[:ARROWS],
            f"{side}/arrows": pull[:ARROWS],
        }
        scalars |= {f"{side}/{name}": value for name, value in game.numbers(share).items()}
        scalars[f"{side}/w1"] += 0.02 * rng.normal()
    events = {round(0.4 * count): "GAN lost 2 modes", round(0.1 * count): "WGAN-GP holds 8"}
    sentences = {
        "gan/says": f"**{scalars['gan/held']:.0f} of 8 modes held.** It never held more than four;"
        " two of those were lost. The samples sit on two points.",
        "wgan/says": f"**{scalars['wgan/held']:.0f} of 8 modes held.** Thin bridges remain:"
        " a continuous generator cannot cut them.",
        "look": "The GAN's judge is certain almost everywhere, so its surface is flat and pulls"
        " nothing. Now set the steps to 1 and train again: does it still collapse?",
    }
    return Frame(5 * i, arrays, scalars, sentences, events.get(i, ""))
