"""How to read what this page shows, under every view."""

from explorer.labs.gradients.held import BLOCKS, told
from explorer.pages import surroundings

HOW = f"""
**What is measured.** At first the loss reads the last state only. Its gradient with respect to
every earlier state, in float64, is divided by the gradient with respect to the last one: what is
left is how much of the signal survives the way back. For the LSTM the state is its memory c, for
the others h. The line is the mean over a batch and the geometric mean over the seeds; the band is
the spread between seeds.

**What else can be followed.** dL/dh, by every path, for all cells; the Jacobian ∂h_T/∂h by its
root mean square over all directions (Frobenius' norm over √H); dL/dx, the gradient by the input;
and what each step adds to dL/dW, the Frobenius norm of G_k = δ [h₋₁; x; 1]ᵀ, whose sum G over all
steps is the gradient that training uses (Pascanu et al. 2013, eq. 4). Each is divided by its own
value at the last step. Norms of parts do not add up to that of a sum. So the bars beside them are
⟨G_k, G⟩ / ‖G‖², the length of each item along the whole in parts of it, and add up to 1 for each
cell (after RNNbow, Cashman et al. 2018). With float32 the network goes forward and back in the
numbers of usual training; norms are taken in float64 still, so a 0 is a gradient of which nothing
is left. On a log axis it has no place, and a sentence counts it.

**How it starts.** An identity (Le, Jaitly and Hinton 2015) lets every unit remember itself;
Glorot's matrix is uniform, of variance 1/H. The IRNN is theirs whole: an identity, no bias, input
weights of N(0, 0.001²), and the matrix dials leave it alone. Chrono (Tallec and Ollivier 2018)
draws the bias of the gate that keeps as log u for each unit, u uniform in 1 to T − 1, and gives a
gate that writes beside it the opposite one: time constants of 1 + u steps, evenly spread up to the
length of the sequence.

**What the theory says.** A straight line on this axis is a constant factor per step. A linear
network with an orthogonal matrix of gain s multiplies by s exactly. A tanh network multiplies by
less, because its slopes are below 1. A memory that is kept by a gate f multiplies by f, and
f = σ(forget bias): 0.5 at bias 0, 0.73 at 1, 0.95 at 3.

Where the loss reads every step, each state has one more way to it without a hop, and the same
count holds. Peepholes are taken as one more input. Of dL/dh in a cell with a c theory is one hop
away from that of c; of dL/dx and of the items of dL/dW it says something where h is the memory.
With chrono it is the gates alone, each with its own time.

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
