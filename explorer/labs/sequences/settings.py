"""All settings of the sequence lab, its link."""

from dataclasses import dataclass

from explorer.dials import again, check, dial, part
from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.translating import Translating
from explorer.labs.sequences.views import VIEWS
from explorer.labs.sequences.writing import Writing


@dataclass(frozen=True)
class SequenceLab:
    """One state of the sequence lab. Raises ValueError with one line."""

    view: str = dial("learning", "View", choices=VIEWS)
    task: str = again(SideBySide, "task")
    first: str = again(SideBySide, "first")
    second: str = again(SideBySide, "second")
    third: str = again(SideBySide, "third")
    fourth: str = again(SideBySide, "fourth")
    cell: str = again(SideBySide, "cell")
    units: int = again(SideBySide, "units")
    layers: int = again(SideBySide, "layers")
    dropout: float = again(SideBySide, "dropout")
    forget_bias: float = again(SideBySide, "forget_bias")
    window: int = again(SideBySide, "window")
    rate: float = again(SideBySide, "rate")
    clip: float = again(SideBySide, "clip")
    clock: str = again(SideBySide, "clock")
    forcing: float = again(SideBySide, "forcing")
    steps: int = again(SideBySide, "steps")
    seed: int = again(SideBySide, "seed")
    author: str = again(Writing, "author")
    prime: str = again(Writing, "prime")
    temperature: float = again(Writing, "temperature")
    top_k: int = again(Writing, "top_k")
    letters: int = again(Writing, "letters")
    drawing: int = again(Writing, "drawing")
    numbers: str = again(SideBySide, "numbers")
    text: str = again(SideBySide, "text")
    sentence: str = again(SideBySide, "sentence")
    language: str = again(Translating, "language")
    asked: str = again(Translating, "asked")
    translator: str = again(Translating, "translator")
    learned: str = again(Translating, "learned")
    beam: int = again(Translating, "beam")
    shift: bool = dial(
        False,
        "Shift back by one",
        "Draws every forecast one step earlier. One that then lies on the curve had copied the "
        "last value.",
    )

    def __post_init__(self) -> None:
        check(self)
        self.writing()
        self.translating()
        self.side_by_side()  # what its settings must be together

    def side_by_side(self) -> SideBySide:
        """Return the networks that learn with these settings."""
        return part(self, SideBySide)

    def writing(self) -> Writing:
        """Return what a trained network writes with these settings."""
        return part(self, Writing)

    def translating(self) -> Translating:
        """Return what a trained encoder-decoder translates with these settings."""
        return part(self, Translating)

    def experiment(self) -> SideBySide:
        """Return the run behind the link."""
        return self.side_by_side()
