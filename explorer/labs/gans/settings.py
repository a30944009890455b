"""All settings of the GAN lab: which games play on what data, and what is looked at."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from explorer.gans.distributions import Distribution
from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA, DEFAULT_DRAWING, points_text
from explorer.labs.gans.games import CLOCKS, LIVE, RANGES, VIEWS, Games
from explorer.labs.gans.turning import SIDES

if TYPE_CHECKING:
    from explorer.labs.gans.deep import Deep
    from explorer.labs.gans.dirac import Portrait
    from explorer.labs.gans.many import Many
    from explorer.labs.gans.match import Match
    from explorer.labs.gans.slow import Slow

__all__ = ["CLOCKS", "LIVE", "RANGES", "SIDES", "VIEWS", "GanLab"]


@dataclass(frozen=True)
class GanLab(Games):
    """One state of the GAN lab, its link. Raises ValueError with one line.

    `match`, `many`, `slow`, `portrait` and `deep` are the experiments that it stands for;
    ``changes`` belong to the match (`Turning`).
    """

    FREE: ClassVar[tuple[str, ...]] = (
        *("view", "seeds", "seeds_steps", "slow_step", "slow_side", "slow_moves"),
        *("dirac_game", "dirac_x", "dirac_y", "dirac_gamma"),
        *("dirac_judge_steps", "dirac_h", "dirac_steps"),
        *("deep_clip", "deep_depth", "deep_width", "deep_steps"),
    )

    view: str = "match"
    upload: str = ""  # the mark of an uploaded table, for "csv"
    steps: int = 4_000
    clock: str = "generator"
    audit: bool = False  # the duality gap every 200 steps
    # many seeds
    seeds: int = 8
    seeds_steps: int = 1_200
    # slow motion: whose iteration, and after how many steps it is taken apart
    slow_side: str = "a"
    slow_step: int = 0
    slow_moves: str = ""  # played before it: j the judge alone, g the generator, b both
    # the game of two numbers
    dirac_game: str = "wasserstein_gp"
    dirac_x: float = 1.0  # theta, the generator
    dirac_y: float = 1.0  # psi, the judge
    dirac_gamma: float = 0.3  # of R1
    dirac_judge_steps: int = 0  # 0: both at once
    dirac_h: float = 0.2
    dirac_steps: int = 500
    # twelve layers
    deep_clip: float = 0.01
    deep_depth: int = 12
    deep_width: int = 32
    deep_steps: int = 200

    def __post_init__(self) -> None:
        if self.upload and not (len(self.upload) == 16 and self.upload.isalnum()):
            raise ValueError("upload must be the mark of an uploaded table")
        if set(self.slow_moves) - set("jgb") or len(self.slow_moves) > 200:
            raise ValueError(f"slow_moves must be letters of 'jgb', not {self.slow_moves[:20]!r}")
        super().__post_init__()

    def distribution(self) -> Distribution:
        """What is learned; two points stand for a table that is not here (`missing`)."""
        return DATA[self.data] if self.missing else super().distribution()

    @property
    def missing(self) -> str:
        """Why there is no match, in one sentence: the table is not here. Empty where there is."""
        if "points" not in DATA[self.data].needs or self._points():
            return ""
        if self.upload:
            return "the uploaded table is not here any more: upload it again"
        return "there is no table yet: upload one with two columns of numbers"

    def _points(self) -> str:
        wanted = self.upload and "points" in DATA[self.data].needs
        table = tables.kept(self.upload) if wanted else None
        return points_text(table) if table else ""

    def experiment(self) -> "Match | Many | Deep":
        """The run of the view that is looked at; the match where a view has none of its own."""
        if self.view == "seeds":
            return self.many()
        return self.deep() if self.view == "depth" else self.match()

    def match(self) -> "Match":
        """The games side by side. ValueError where a table is asked for that is not here."""
        from explorer.labs.gans.match import Match

        return Match(**self._common(), steps=self.steps, clock=self.clock, audit=self.audit)

    def many(self) -> "Many":
        """The same games, as they start, with many seeds at once."""
        from explorer.labs.gans.many import Many

        return Many(**self.turned()._common(), seeds=self.seeds, steps=self.seeds_steps)

    def slow(self) -> "Slow":
        """One iteration of one of the games, taken apart."""
        from explorer.labs.gans.slow import Slow

        return Slow(
            **self.turned()._common(),
            side=self.slow_side,
            at_step=self.slow_step,
            moves=self.slow_moves,
        )

    def _common(self) -> dict[str, Any]:
        if self.missing:
            raise ValueError(self.missing)
        found = {f.name: getattr(self, f.name) for f in fields(Games)}
        if "drawing" not in DATA[self.data].needs:
            found["drawing"] = DEFAULT_DRAWING  # equal runs of equal data have equal names
        return found | {"points": self._points()}

    def deep(self) -> "Deep":
        """A deep critic with clipped weights, beside one with a penalty."""
        from explorer.labs.gans.deep import Deep

        return Deep(
            clip=self.deep_clip,
            depth=self.deep_depth,
            width=self.deep_width,
            steps=self.deep_steps,
            seed=self.seed,
        )

    def portrait(self) -> "Portrait":
        """The game of two numbers."""
        from explorer.labs.gans.dirac import Portrait

        return Portrait(
            game=self.dirac_game,
            x=self.dirac_x,
            y=self.dirac_y,
            gamma=self.dirac_gamma,
            judge_steps=self.dirac_judge_steps,
            h=self.dirac_h,
            steps=self.dirac_steps,
        )
