"""What networks learn side by side: examples, an error, and how well the held-out ones are done."""

from explorer.sequences.problems.clips import Clips, Rows
from explorer.sequences.problems.directions import Directions, directions, knew
from explorer.sequences.problems.forecasting import Forecast, mackey_glass
from explorer.sequences.problems.grammar import Grammar
from explorer.sequences.problems.judging import judged, negation
from explorer.sequences.problems.labelling import Labelling
from explorer.sequences.problems.lesson import ProblemLesson
from explorer.sequences.problems.problem import Examples, Floor, Metric, Problem, lead
from explorer.sequences.problems.reviews import Reviews
from explorer.sequences.problems.translation import Translation
from explorer.sequences.problems.utterances import Utterances, speaker_floors
from explorer.sequences.problems.writing import Writing

__all__ = [
    "Clips",
    "Directions",
    "Examples",
    "Floor",
    "Forecast",
    "Grammar",
    "Labelling",
    "Metric",
    "Problem",
    "ProblemLesson",
    "Reviews",
    "Rows",
    "Translation",
    "Utterances",
    "Writing",
    "directions",
    "judged",
    "knew",
    "lead",
    "mackey_glass",
    "negation",
    "speaker_floors",
]
