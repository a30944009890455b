"""Which scene a run of the sequence lab has, and how one begins."""

from explorer.figures.scene import Scene, as_json
from explorer.figures.sequences.augmenting import augmenting
from explorer.figures.sequences.comparing import comparing
from explorer.figures.sequences.learning import learning
from explorer.figures.sequences.overfit import overfitting
from explorer.figures.sequences.starts import starts
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.augmenting import Augmenting
from explorer.labs.sequences.comparing import Compared
from explorer.labs.sequences.overfit import FewExamples
from explorer.labs.sequences.settings import Trained
from explorer.labs.sequences.starts import Starts
from explorer.runs.answers import Answer


def opening(lab: SequenceLab, moving: bool) -> Answer:
    """Return how a training begins, seen before its run is there."""
    run = lab.experiment()
    still, first = run.still(), next(run.stream())
    return Answer(as_json(scene_of(run, lab.shift)), [first], still, run.precision)


def scene_of(run: Trained, shift: bool = False) -> Scene:
    """Return the scene of a run: that of its kind; ``shift`` draws forecasts too early."""
    if isinstance(run, Compared):
        return comparing(run)
    if isinstance(run, Starts):
        return starts(run)
    if isinstance(run, FewExamples):
        return overfitting(run)
    if isinstance(run, Augmenting):
        return augmenting(run)
    return learning(run, shift)
