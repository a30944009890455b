"""All settings of the GAN lab: which games play on what data, and what is looked at."""

from dataclasses import dataclass, field, fields
from typing import Any

from explorer.dials import again, dial, shared, values
from explorer.gans.distributions import Distribution
from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA, DEFAULT_DRAWING
from explorer.labs.gans.deep import Critics, Deep
from explorer.labs.gans.dirac import Portrait
from explorer.labs.gans.games import Games
from explorer.labs.gans.looks import LAYERS
from explorer.labs.gans.many import Many
from explorer.labs.gans.match import Match
from explorer.labs.gans.slow import Iteration, Slow
from explorer.labs.gans.tables import Reading
from explorer.labs.gans.views import VIEWS


@dataclass(frozen=True, kw_only=True)
class GanLab(Games):
    """One state of the GAN lab, its link. Raises ValueError with one line.

    `match`, `many`, `taken_apart`, `critics` and ``dirac`` are the experiments that it stands for;
    ``changes`` belong to the match (`Turning`).
    """

    view: str = dial("match", "View", "Ways to look at a generator and its judge.", choices=VIEWS)
    upload: str = dial("", "Uploaded table")  # its mark, for "csv"
    layer: str = dial(
        "pull",
        "Over the surface",
        "Samples with the pull on each, the generator as a bent grid of noise, or points.",
        choices=LAYERS,
    )
    steps: int = again(Match, "steps")
    clock: str = again(Match, "clock")
    audit: bool = again(Match, "audit")
    seeds: int = again(Many, "seeds")
    seeds_steps: int = again(Many, "steps")
    slow: Iteration = field(default=Iteration())
    dirac: Portrait = field(default=Portrait())
    deep: Critics = field(default=Critics())
    table: Reading = field(default=Reading())

    def __post_init__(self) -> None:
        if self.upload and not (len(self.upload) == 16 and self.upload.isalnum()):
            raise ValueError("upload must be the mark of an uploaded table")
        super().__post_init__()

    def _free(self) -> frozenset[str]:
        """What the match does not depend on; an upload, read so, is what its ``points`` are."""
        ours = {known.name for known in fields(Match)}
        read = {f"table_{name}" for name in values(self.table)}
        return frozenset(values(self)) - ours - read - {"upload"}

    def distribution(self) -> Distribution:
        """What is learned; two points stand for a table that is not here (`missing`)."""
        return DATA[self.data] if self.missing else super().distribution()

    @property
    def missing(self) -> str:
        """Why there is no match, in one sentence: no table, or none so read; else empty."""
        if "points" not in DATA[self.data].needs or self._points():
            return ""
        if self.upload:
            return tables.why_not(self.upload, self.table)
        return "there is no table yet: upload one"

    def _points(self) -> str:
        wanted = self.upload and "points" in DATA[self.data].needs
        return tables.points(self.upload, self.table) if wanted else ""

    def experiment(self) -> Match | Many | Deep:
        """The run of the view that is looked at. ValueError where that view has none."""
        if not VIEWS[self.view].run:
            others = ", ".join(repr(name) for name, view in VIEWS.items() if view.run)
            raise ValueError(
                f"there is no run behind the view {self.view!r}: it is computed from its dials; "
                f"there is one behind {others}"
            )
        run: Match | Many | Deep = getattr(self, VIEWS[self.view].run)()
        return run

    def match(self) -> Match:
        """The games side by side. ValueError where a table is asked for that is not here."""
        return Match(**shared(self, Match) | self._learned())

    def many(self) -> Many:
        """The same games, as they start, with many seeds at once."""
        end = shared(self.turned(), Many) | {"steps": self.seeds_steps}
        return Many(**end | self._learned())

    def taken_apart(self) -> Slow:
        """One iteration of one of the games, in slow motion."""
        return Slow(**shared(self.turned(), Slow) | values(self.slow) | self._learned())

    def _learned(self) -> dict[str, Any]:
        """What an experiment is told of the data; equal runs of equal data have equal names."""
        if self.missing:
            raise ValueError(self.missing)
        drawing = self.drawing if "drawing" in DATA[self.data].needs else DEFAULT_DRAWING
        return {"drawing": drawing, "points": self._points()}

    def critics(self) -> Deep:
        """A deep critic with clipped weights, beside one with a penalty."""
        return Deep(**values(self.deep), seed=self.seed)
