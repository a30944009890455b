"""One recurrent matrix: what it can do in a step, and what becomes of many."""

from explorer.figures.gradients import matrix as pictures
from explorer.gradients import PLAIN, UNROLLED, exponent, jacobians, products, spectrum
from explorer.labs.gradients import Flow
from explorer.labs.gradients.words import keeping
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = r"""
**Two numbers of one matrix.** The spectral radius $\rho$ is the largest modulus of an eigenvalue:
$\|W^k\|^{1/k} \to \rho$, so it says what becomes of the powers in the end. The largest singular
value $\sigma_1$ is the most that one product can stretch. They are equal for normal matrices, as a
rotation times a gain is. A matrix of independent entries is far from normal: with $\rho = 0.95$ and
128 units $\sigma_1$ is near 1.9, and its powers grow to more than twice before they die.

**Two conditions.** With slopes of at most $\gamma$ (1 for tanh, ReLU and the linear network) it is
*sufficient* for vanishing that $\sigma_1 < 1/\gamma$, and *necessary* for exploding that $\sigma_1
> 1/\gamma$ (Pascanu, Mikolov & Bengio 2013). Both are about the singular value; the rule of thumb
with the spectral radius is exact for a linear network only.

**What the steps of a network do.** $\partial h_T / \partial h_{T-k} = J_T \cdots J_{T-k+1}$ with
$J_t = \mathrm{diag}(\varphi'(a_t))\, W$, along one random sequence. The largest Lyapunov exponent
is the mean logarithm of what a step does to a direction that is carried along 1,000 steps, the
first tenth left out; the noise is that of ten blocks. It speaks of the far end, the curve of k
steps.

**Cells with gates.** A step of an LSTM hands on h and c, so its Jacobian is of both by both, twice
as wide; of a GRU it is of h by h. No one matrix stands behind the steps: the gates of each make
another one. The circle shows the eigenvalues of the last step, *last step again* what its powers
would do, and *steps* what the product of the true ones does. A memory that is kept shows as
eigenvalues near the forget gate's values.

**What is left out.** One matrix of one seed and one sequence. A singular value below $10^{-13}$ of
the largest is rounding and is not drawn.
"""


SOURCES = (spectrum, jacobians, products, exponent)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.show("matrix_cell", as_="menu")
    column.group("The matrix")
    column.show("init")
    column.show("gain")
    column.show("size")
    column.show("seed", as_="field", next=True)
    column.group("Steps")
    column.show("length")
    if UNROLLED[dials.value("matrix_cell")].is_gated():
        column.show("keeping")
        if dials.value("keeping") == "given":
            column.show("forget_bias", help=keeping([dials.value("matrix_cell")]))
    column.show("input_scale")
    flow = dials.wanted()
    dials.finish(flow)
    ask(
        Asking.about(pictures.answer, Flow),
        surroundings.attend(),
        key="gradients.matrix",
        dials=column.told,
        on_settled=column.settle,
        title="One recurrent matrix and its powers.",
    )
    surroundings.unfolded("Radius, singular value, and which of them decides", HOW)
    if flow.matrix_cell not in PLAIN:
        return (
            f"A gradient that goes {flow.length} steps back through the "
            f"{UNROLLED[flow.matrix_cell].label} meets a Jacobian of its own at each. Their "
            "product says what is left of every direction."
        )
    return (
        f"A gradient that goes {flow.length} steps back meets the same matrix {flow.length} times. "
        "Its eigenvalues say how that ends, its singular values how it can begin."
    )
