"""What a visitor brings to the lab: a series, a text, a sentence. All of it is in the link."""

from dataclasses import dataclass

from explorer.dials import dial
from explorer.labs.sequences.tasks.forecasts import EXAMPLE
from explorer.labs.sequences.tasks.task import Family
from explorer.labs.sequences.tasks.text import EXAMPLE_TEXT

LONGEST_SERIES = 4_000  # characters


@dataclass(frozen=True)
class Brought:
    """Data of a visitor's own, each for the tasks that ask for it."""

    numbers: str = dial(
        EXAMPLE,
        "Numbers",
        "The series of the task Your numbers: 30 to 500 of them, parted by blanks or commas, ? for "
        "a gap. Before them may stand name | unit | first time | step and a colon.",
        longest=LONGEST_SERIES,
    )

    text: str = dial(
        EXAMPLE_TEXT,
        "Text",
        "What the task Writing like you is learned from: 200 characters and more; the last tenth "
        "is held out.",
        longest=4_000,
    )

    sentence: str = dial(
        "",
        "Sentence",
        "What is judged word by word: a review of yours of at most 40 words; empty: one of ours.",
        longest=400,
    )

    def typed(self, family: Family) -> str:
        """What a task of this family is told."""
        return {"writing": self.text, "review": self.sentence}.get(family, self.numbers)
