"""The card of a trained network: what it is, how it was made, how good it is, who tells what."""

from dataclasses import dataclass

from explorer.sequences import FollowingUnit, TellingUnit

WORDS = {
    "brackets": "inside brackets from outside",
    "quotes": "inside quotes from outside",
    "a comment": "inside a comment from outside",
    "a capitalised word": "capitalised words from the rest",
    "rising": "rising from falling",
    **{f"a {digit}": f"a {digit} from other digits" for digit in range(10)},
}
"""What a telling unit tells apart, by its question."""

CELL_WORDS = {
    "rnn_tanh": "plain RNN (tanh)",
    "rnn_relu": "plain RNN (ReLU)",
    "lstm": "LSTM",
    "lstm_peephole": "LSTM with peepholes",
    "lstm_coupled": "LSTM with coupled gates",
    "gru": "GRU",
    "gru_before": "GRU that resets before the product",
}
"""What a cell is called in a sentence."""


@dataclass(frozen=True)
class Card:
    """What a trained network is, how it was made, and how good it is on data it never saw."""

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
            f"{self._named(self.best)} tells {_told(self.best)}, on {held_back} it never saw."
        )

    @property
    def kind(self) -> str:
        """Cell, layers, directions and units, in words."""
        layers = "" if self.layers == 1 else f" of {self.layers} layers"
        ways = " both ways" if self.both_ways else ""
        units = f"{self.units} units"
        if layers or ways:
            return f"{CELL_WORDS[self.cell]}{layers}{ways}, {units} each,"
        return f"{CELL_WORDS[self.cell]} of {units}"

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
            f"- {self._named(found)} tells {_told(found)} (± {100 * found.error:.1f}; "
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


def _told(found: TellingUnit) -> str:
    return f"{WORDS[found.question]} in {100 * found.score:.0f} % of the pairs"
