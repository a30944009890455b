"""A network makes further utterances; does a classifier gain from them?"""

from explorer.figures import sequences as figures
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.augmenting import Augmenting
from explorer.labs.sequences.paired import paired
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking
from explorer.sequences.making import Maker, surprise
from explorer.sequences.problems.augmented import Augmented

HOW = """
**The maker.** An LSTM of 32 units that reads a frame and whose it is, and expects the next: a mean
and a spread for each of the twelve cepstra, and whether the utterance ends. It learns the real
utterances of its seed alone, then makes 30 of each speaker, frame by frame, each drawn from what it
expects (after Graves 2013, with one normal distribution where he mixes twenty).

**The comparison.** Three classifiers of the same first weights make as many updates on batches of
the same size. One learns from the real utterances; of the others' batches half are real, and half
have noise on them or were made. Noise is the floor: it costs nothing and knows nothing.

**What a seed draws.** Which utterances of each speaker are known, the maker, the classifiers, and
what is made. So the differences hold the noise of all of these, and the test is paired (Student's,
its level divided by three pairs and the number of looks). The 370 held-out utterances are the same.

**What a GAN adds.** A judge in place of a likelihood: a maker that is told apart from the data, not
one that is surprised by it. What such a game learns and loses of a distribution, and what it makes
of digits, is measured in [the GAN lab](/gans).
"""

SOURCES = (Maker, surprise, Augmented, Augmenting, paired)
FILM = "python -m explorer train '{link}' --seconds 20 --out augmenting.gif"


def show(dials: Dials[SequenceLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("What is known")
    column.show("made_each")
    column.show("made_trials")
    column.group("What is added")
    column.show("made_noise")
    column.show("made_taught")
    column.show("made_temperature")
    column.group("Classifier", folded=True)
    column.show("made_kind", as_="menu")
    column.show("made_units")
    column.show("made_steps")
    column.show("seed", as_="field", next=True)
    lab = dials.wanted()
    dials.finish(lab)
    run = lab.augmenting()
    shown(
        column,
        run,
        figures.scene_of(run),
        Asking.about(figures.opening, SequenceLab),
        key="sequences.augmenting",
    )
    surroundings.unfolded(
        "How they are made, and what is compared", f"{HOW}\n**What was recorded.** {run.record()}"
    )
    return (
        f"{run.each} utterances of each of nine men are known; a network makes more of them. Does "
        "who learns from both know more of those it never heard?"
    )
