"""How to read what this page shows, under every view."""

from explorer.labs.gradients.held import BLOCKS, told
from explorer.pages import surroundings

HOW = f"""
**What is measured.** The loss reads the last state only. Its gradient with respect to every earlier
state, in float64, is divided by the gradient with respect to the last one: what is left is how much
of the signal survives the way back. For the LSTM the state is its memory c, for the others h. The
line is the mean over a batch and the geometric mean over the seeds; the band is the spread between
seeds.

**What the theory says.** A straight line on this axis is a constant factor per step. A linear
network with an orthogonal matrix of gain s multiplies by s exactly. A tanh network multiplies by
less, because its slopes are below 1. A memory that is kept by a gate f multiplies by f, and
f = σ(forget bias): 0.5 at bias 0, 0.73 at 1, 0.95 at 3.

**How far it goes.** A line is drawn over the lags that its theory claims, and each card says what
theory has for the card's own lag, or where the claim ends. The line of the tanh RNN uses the powers
of the very matrices that these seeds drew; the others know variances alone. Five networks differ
from five others: in {BLOCKS} blocks of five seeds with the settings of the first view, theory over
measurement was {told()}. So the line of the LSTM is too high there by more than that noise.

**The honest part.** A default LSTM or GRU vanishes too, nearly as fast as a plain RNN: over
100 steps it keeps 0.63 a step, where a tanh RNN keeps 0.60 ± 0.02 (five seeds: 10⁻²⁰ is left, and
some 10⁻²²). The forget bias cures it, and too much of it makes an LSTM explode. Yet a default LSTM
can learn the adding problem all the same: what the gradient is at the start is not what it is
later. Let them learn, and look.
"""


def explained() -> None:
    """Offer the explanation, folded."""
    surroundings.unfolded("How to read this, and what it does not show", HOW)
