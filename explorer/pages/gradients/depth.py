"""Through depth: stacks of layers before training, and what the remedies change."""

import streamlit as st

from explorer.figures.gradients import depth as pictures
from explorer.gradients.depth import Depth, batch_norm, layer_norm, passes, through_depth
from explorer.gradients.depth_theory import averages, depth_theory
from explorer.labs.gradients import Flow
from explorer.labs.gradients import remedy_words as learned_words
from explorer.labs.gradients.remedies import SEEDS, shipped, trials
from explorer.labs.prose import spoken
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = r"""
**The stack.** Layer $l$ computes $z_l = \mathrm{norm}(W_l h_{l-1})$ and $h_l = \varphi(z_l)$, with
residual connections $h_l = h_{l-1} + \varphi(z_l)$ from the second layer on; there are no biases.
It reads the 8×8 digits of scikit-learn, each pixel standardised, or as many normal numbers as there
are units. The loss is the mean cross-entropy of ten classes (drawn by chance for normal numbers),
read from the last layer. Everything is computed in float64 by automatic differentiation, before any
training. The lines are root mean squares of an entry, for the first matrix may have other columns
than the rest. A norm has scale 1 and shift 0; its statistics are those of the batch.

**The weights.** Of $n$ inputs and $m$ units: standard is uniform in $\pm 1/\sqrt n$, of variance
$1/(3n)$; Xavier uniform of variance $2/(n + m)$ (Glorot & Bengio 2010); He normal of variance $2/n$
(He et al. 2015); orthogonal has singular values 1 (Saxe et al. 2013); LSUV divides an orthogonal
matrix by the standard deviation of its product with the batch (Mishkin & Matas 2016).

**The theory.** With $q_l$ the variance of $z_l$, $\sigma^2 = n \operatorname{Var} W$ and averages
over $x \sim N(0, 1)$, $q_{l+1} = \sigma^2\, E\,\varphi(\sqrt{q_l}\,x)^2$, and one layer back
multiplies dL/dz by $\sqrt{\chi_l}$, $\chi_l = \sigma^2\, E\,\varphi'(\sqrt{q_l}\,x)^2$ (Poole et
al. 2016; Schoenholz et al. 2017). For ReLU that is 1 with He's weights, $1/\sqrt 2 = 0.7071$ with
Xavier's and $1/\sqrt 6 = 0.4082$ with the standard ones. A norm divides the gradient as well: layer
norm makes $\chi = E\varphi'^2 / E\varphi^2$; batch norm $E\varphi'^2 / \operatorname{Var}\varphi$,
once the samples of a large batch have lost all likeness, which is $\pi/(\pi - 1)$ for ReLU, a
factor of 1.2112 (Yang et al. 2019, theorem 8); for a linear stack it is their $(B-2)/(B-3)$ with
$B$ samples. The theory is meant for wide layers. With residual connections none is claimed, and of
dL/dW none either.

**Two gradients.** $\partial L/\partial W_l$ is made of $\partial L/\partial z_l$ *and* of
$h_{l-1}$. Where one shrinks on its way back and the other on its way forward, the product stays
level: a plot of the weights' gradients alone shows no vanishing (Glorot & Bengio 2010).

**What is left out.** Of the sizes of gradients what is 0, as behind a closed ReLU, or below
$10^{-12}$ of the layer's largest, which is rounding. Networks as they learn stand under *Depth,
learning*, with the dials of this page: a level gradient before training says nothing of the
accuracy reached. Clipping by norm changes no ratio between layers, and has its dial there. Two to a
hundred small layers do not show the degradation that residual networks were invented for (He et al.
2016).
"""

SOURCES = (passes, batch_norm, layer_norm, through_depth, averages, depth_theory)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    ask(
        Asking.about(pictures.answer, Flow),
        surroundings.attend(),
        key="gradients.depth",
        dials=column.told,
        on_settled=column.settle,
        title="Gradients through a stack of layers.",
    )
    _remedies(flow.depth())
    surroundings.unfolded("The stack, its theory, and why two gradients are drawn", HOW)
    return (
        f"The loss reads the last of {flow.depth_layers} layers, before any training. How much of "
        "its gradient reaches the first one?"
    )


def stack(dials: Dials[Flow]) -> Column:
    """Return a column that begins with what a stack of layers is, and its remedies."""
    column = Column(dials)
    column.group("The stack")
    column.show("depth_layers")
    column.show("depth_activation", as_="menu")
    column.show("depth_init", as_="menu")
    column.group("Remedies")
    column.show("depth_norm")
    column.show("depth_residual")
    return column


def _dials(dials: Dials[Flow]) -> Column:
    column = stack(dials)
    column.group("What is drawn")
    column.show("depth_data")
    column.show("depth_seeds")
    column.show("seed", as_="field", next=True)
    column.group("More", folded=True)
    column.show("depth_width")
    column.show("depth_samples")
    return column


def _remedies(depth: Depth) -> None:
    """List what each remedy makes of this stack, once it is asked for; and what was recorded."""
    place = st.expander(
        "The remedies: their gradients, and what is learned with them",
        key="gradients.remedies",
        on_change="rerun",
    )
    if not place.open:
        return
    if recorded := shipped():
        place.markdown(f"**{learned_words.headline(recorded)}**")
        place.dataframe(
            learned_words.rows(recorded),
            key="gradients.learned",
            hide_index=True,
            width="stretch",
            height=420,
        )
        place.caption(learned_words.caption(recorded))
    rows = []
    for trial in trials(depth):
        found = trial.outcome
        rows.append(
            {
                "remedy": trial.label,
                "dL/dz, first / last": spoken(found.dz),
                "per layer": spoken(found.factor, 4),
                "the gradient": found.does,
                "dL/dW, first / last": spoken(found.dw),
                "dL/dz, times as it stands": spoken(trial.times) if trial.changes else "—",
            }
        )
    place.markdown("**The stack of the dials, before training**")
    place.dataframe(rows, key="gradients.outcomes", hide_index=True, width="stretch", height=420)
    place.caption(
        f"Each is switched on alone, then in pairs, on the stack of the dials, over "
        f"{min(depth.seeds, SEEDS)} of its {depth.seeds} seeds. Level means within a factor "
        "of ten. A dash: it was on already. Clipping changes no ratio, and has no row."
    )
