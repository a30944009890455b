"""One way to look at what a lab does: the row of a tab."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """What its tab is called, and the question that it answers.

    A lab keeps its rows under the names that links have, in the order of the tabs; the page of a
    row is the module of the same name under ``pages``.
    """

    label: str
    question: str
