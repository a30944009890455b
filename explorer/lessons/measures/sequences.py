"""What can be measured of networks that read sequences: once trained, and of shipped ones."""

from typing import Any

from explorer.labs.sequences import SequenceLab, SideBySide
from explorer.labs.sequences.translators import shipped
from explorer.labs.sequences.writing import circle
from explorer.lessons.measures.measure import Measure, scalar
from explorer.runs.experiments import Experiment
from explorer.runs.frames import Frame

PLACES = {"first": "a", "second": "b"}
PERCENT = {"unit": "%", "high": 100.0}


def _lead(frame: Frame, experiment: Experiment) -> float:
    """Return how many percent more of the held-out examples the second network has right."""
    return 100 * float(frame.scalars["b/metric"] - frame.scalars["a/metric"])


def _error_ratio(frame: Frame, experiment: Experiment) -> float:
    """Return the error of the second network in percent of the first one's."""
    return 100 * float(frame.scalars["b/metric"] / frame.scalars["a/metric"])


def _against_persistence(frame: Frame, experiment: Experiment) -> float:
    """Return the smallest error of all networks in percent of that of the last value again."""
    assert isinstance(experiment, SideBySide)
    floors = {floor.name: floor.value for floor in experiment.problem.floors}
    errors = [float(frame.scalars[f"{side}/metric"]) for side in experiment.sides]
    return 100 * min(errors) / floors["persistence"]


def _numbers(lab: SequenceLab) -> float:
    """Return how many weights and biases the second network has, in percent of the first."""
    first, second = list(lab.side_by_side().drawn().values())[:2]
    return 100 * second.size / first.size


def _translated(lab: SequenceLab, kind: str) -> float:
    """Return how many of the held-out texts a shipped network translates without an error."""
    asked = lab.translating()
    return 100 * float(asked.problem.measured(shipped(asked.language, kind)).mean())


def _circle(lab: SequenceLab) -> float:
    """Return after how many characters a text repeats itself that takes the likeliest each time."""
    return float(circle(lab.writing().written(greedy=True).text))


def _at_once(of: Any, says: str, **rest: Any) -> Measure:
    return Measure(page="sequences", of=of, says=says, **rest)


def _at_the_end(of_frame: Any, says: str, **rest: Any) -> Measure:
    run = SequenceLab.side_by_side
    return Measure(page="sequences", run=run, of_frame=of_frame, says=says, **rest)


MEASURES: dict[str, Measure] = {
    **{
        f"{place}_right": _at_the_end(
            scalar(f"{side}/metric", times=100),
            f"what the {place} network has right of the held-out examples at the end",
            **PERCENT,
        )
        for place, side in PLACES.items()
    },
    "second_lead": _at_the_end(
        _lead,
        "what the second network has right more than the first at the end",
        unit="% of the examples",
        low=-100.0,
        high=100.0,
    ),
    "error_ratio": _at_the_end(
        _error_ratio, "the error of the second network, against the first one's", unit="%"
    ),
    "against_persistence": _at_the_end(
        _against_persistence,
        "the smaller error of both, against that of saying the last value again",
        unit="%",
    ),
    "numbers_ratio": _at_once(
        _numbers, "the weights and biases of the second network, against the first one's", unit="%"
    ),
    "translated_attending": _at_once(
        lambda lab: _translated(lab, "attending"),
        "the held-out texts that the one with attention writes without an error",
        **PERCENT,
    ),
    "translated_plain": _at_once(
        lambda lab: _translated(lab, "translator"),
        "the held-out texts that the one without attention writes without an error",
        **PERCENT,
    ),
    "circle": _at_once(
        _circle,
        "the length of the piece that the likeliest text repeats at its end",
        unit="characters",
        whole=True,
    ),
}
