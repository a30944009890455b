"""The card of a trained network: what it is, how it was made, how good it is, who tells what."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from explorer.cells import CELLS
from explorer.sequences import FollowingUnit, TellingUnit

Tells = Mapping[str, tuple[str, str]]
"""The words for what a unit tells apart, one side and the other, by question."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was learned from, and how good a network is on what was held out of it.

    `sha256` is that of a text, empty where the data come from a formula or a package; `compared`
    is what the loss is to be compared with; `held_out` is what was never seen, in one word.
    """

    data: str
    loss: float
    loss_error: float  # standard error of the mean
    loss_unit: str
    compared: str
    telling: tuple[TellingUnit, ...]
    following: tuple[FollowingUnit, ...] = ()
    sha256: str = ""
    held_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a trained network is, how it was made, and how good it is on data it never saw.

    `tells` are the words of the task for what its units tell apart; they are not in the file.
    """

    name: str
    cell: str
    units: int
    parameters: int
    reads: str
    data: str
    sha256: str  # of the text; empty where the data comes from a formula
    command: str
    updates: int
    seed: int
    python: str
    torch: str
    loss: float
    loss_error: float  # standard error of the mean
    loss_unit: str
    compared: str  # what the loss is to be compared with
    telling: tuple[TellingUnit, ...]
    following: tuple[FollowingUnit, ...]
    layers: int = 1
    both_ways: bool = False
    held_out: str = ""  # what it never saw, in one word; empty: files, or what it reads
    tells: Tells = field(default_factory=dict, compare=False)

    @property
    def written(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {name: value for name, value in asdict(self).items() if name != "tells"}

    @property
    def best(self) -> TellingUnit:
        """The telling unit with the highest score."""
        return max(self.telling, key=lambda found: found.score)

    @property
    def unit(self) -> int:
        """The unit that a page shows first."""
        return self.best.unit

    @property
    def sentence(self) -> str:
        """Who reads what, and which unit tells something, with its score."""
        held_back = self.held_out or ("files" if self.sha256 else self.reads)
        return (
            f"A trained {self.kind} reads {self.reads}. "
            f"{self._named(self.best)} tells {told(self.best, self.tells)}, "
            f"on {held_back} it never saw."
        )

    @property
    def kind(self) -> str:
        """Cell, layers, directions and units, in words."""
        layers = "" if self.layers == 1 else f" of {self.layers} layers"
        ways = " both ways" if self.both_ways else ""
        units = f"{self.units} units"
        if layers or ways:
            return f"{CELLS[self.cell].label}{layers}{ways}, {units} each,"
        return f"{CELLS[self.cell].label} of {units}"

    def _named(self, found: TellingUnit | FollowingUnit) -> str:
        layer = f" of layer {found.layer + 1}" if self.layers > 1 else ""
        way = (", forward,", ", backward,")[found.way] if self.both_ways else ""
        return f"Unit {found.unit}{layer}{way}"

    @property
    def description(self) -> str:
        """The whole card in Markdown."""
        lines = [
            f"**{self.name}**: {self.kind.rstrip(',')}, {self.parameters:,} learned numbers.",
            f"- Data: {self.data}" + (f" (SHA-256 `{self.sha256[:16]}…`)" if self.sha256 else ""),
            f"- Made by `{self.command}`: {self.updates:,} updates, seed {self.seed}, "
            f"Python {self.python}, torch {self.torch}",
            f"- On data it never saw: {self.loss:#.3g} ± {self.loss_error:.1g} {self.loss_unit}; "
            f"{self.compared}",
        ]
        lines += [
            f"- {self._named(found)} tells {told(found, self.tells)} (± {100 * found.error:.1f}; "
            f"{'high' if found.high_inside else 'low'} there)"
            for found in self.telling
        ]
        lines += [
            f"- {self._named(found)} follows the {found.amount} with a correlation of "
            + f"{found.correlation:.2f}".replace("-0", "−0")
            + (f" ± {found.error:.1g}" if found.error else "")
            for found in self.following
        ]
        return "\n".join(lines)


def told(found: TellingUnit, tells: Tells) -> str:
    """What a unit tells apart, and of how many pairs (one of each) it orders both rightly."""
    one, other = tells[found.question]
    return f"{one} from {other} in {100 * found.score:.0f} % of all pairs of one and the other"
