"""All settings of the sequence lab, its link."""

from dataclasses import dataclass

from explorer.dials import again, check, dial, part, shared
from explorer.labs.sequences.augmenting import Augmenting
from explorer.labs.sequences.comparing import Compared
from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.overfit import FewExamples
from explorer.labs.sequences.starts import Starts
from explorer.labs.sequences.translating import Translating
from explorer.labs.sequences.views import VIEWS
from explorer.labs.sequences.writing import Writing

Trained = SideBySide | Compared | Starts | FewExamples | Augmenting
"""A run of some view."""


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
    matched: str = again(Compared, "matched")
    budget: float = again(Compared, "budget")
    seeds: int = again(Compared, "seeds")
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
    starts_task: str = again(Starts, "task")
    starts_kind: str = again(Starts, "kind")
    starts_cell: str = again(Starts, "cell")
    starts_units: int = again(Starts, "units")
    starts_dropout: float = again(Starts, "dropout")
    starts_rate: float = again(Starts, "rate")
    starts_steps: int = again(Starts, "steps")
    starts: int = again(Starts, "starts")
    few_task: str = again(FewExamples, "task")
    few_kind: str = again(FewExamples, "kind")
    few_each: int = again(FewExamples, "each")
    few_dropout: float = again(FewExamples, "dropout")
    few_units: int = again(FewExamples, "units")
    few_rate: float = again(FewExamples, "rate")
    few_steps: int = again(FewExamples, "steps")
    few_seeds: int = again(FewExamples, "seeds")
    made_kind: str = again(Augmenting, "kind")
    made_each: int = again(Augmenting, "each")
    made_noise: float = again(Augmenting, "noise")
    made_taught: int = again(Augmenting, "taught")
    made_temperature: float = again(Augmenting, "temperature")
    made_units: int = again(Augmenting, "units")
    made_steps: int = again(Augmenting, "steps")
    made_trials: int = again(Augmenting, "trials")
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
        self.experiment()

    def side_by_side(self) -> SideBySide:
        """Return the networks that learn with these settings."""
        return part(self, SideBySide)

    def writing(self) -> Writing:
        """Return what a trained network writes with these settings."""
        return part(self, Writing)

    def translating(self) -> Translating:
        """Return what a trained encoder-decoder translates with these settings."""
        return part(self, Translating)

    def compared(self) -> Compared:
        """Return the same networks over several seeds."""
        return Compared(**shared(self, Compared))

    def started(self) -> Starts:
        """Return one network from many starts."""
        return part(self, Starts, seed=self.seed)

    def overfitting(self) -> FewExamples:
        """Return a network on few examples."""
        return part(self, FewExamples, seed=self.seed)

    def augmenting(self) -> Augmenting:
        """Return classifiers with and without made utterances."""
        return part(self, Augmenting, seed=self.seed)

    def experiment(self) -> Trained:
        """Return the run behind the link."""
        run: Trained = getattr(self, VIEWS[self.view].run)()
        return run
