"""The cliff: one point of an error surface with a wall, and two ways down from it."""

import streamlit as st

from explorer.figures.gradients import cliff as pictures
from explorer.figures.gradients.relief import from_the_side
from explorer.gradients.cliff import attractor, bistable, course, descend, mean_errors, wall
from explorer.labs.gradients import Flow
from explorer.labs.gradients.cliff import RUNS, Cliff
from explorer.labs.prose import spoken
from explorer.pages import surroundings
from explorer.pages.column import Column, Offer
from explorer.pages.dials import Dials
from explorer.runs.answers import Asking
from explorer.stage.component import ask

HOW = r"""
**The network.** One unit reads nothing but itself: $x_t = w\,\sigma(x_{t-1}) + b$, from
$x_0 = 0.5$, and after 50 steps $E = (\sigma(x_{50}) - 0.7)^2$ (Pascanu, Mikolov & Bengio 2013,
figures 3 and 6). The gradient is exact: $dx_t/dw = \sigma(x_{t-1}) + w\,\sigma'(x_{t-1})\,
dx_{t-1}/dw$ is followed in float64, and so is $dx_t/db$.

**The wall.** Where $w > 4 = 1/\max \sigma'$ there are biases with two attractors and an unstable
point between them. A start above that point climbs, one below falls. The wall stands where the
unstable point *is* the start: $x_0 = w\,\sigma(x_0) + b$, whence $b^* = 0.5 - 0.6224593\,w$, for
$w > 1/\sigma'(0.5) = 4.2552519$. Below that weight $x_0$ is never the unstable point. The interval
with two attractors ends where one of them meets the unstable point, $w\,\sigma'(x) = 1$: with
$\sigma_\pm = (1 \pm \sqrt{1 - 4/w})/2$ at $b = \ln(\sigma_\pm / (1 - \sigma_\pm)) - w\,\sigma_\pm$;
at $w = 5$ from −2.65561 to −2.34439.

**A grid misses it.** On the wall $dx_{50}/dx_0 = (0.2350037\,w)^{50}$, 3,179 at $w = 5$, and it is
about one over that wide: $3 \cdot 10^{-4}$ at $w = 5$, $3 \cdot 10^{-8}$ at 6. So the line is drawn
from its formula, each pixel of the surface is the mean over both sides of the wall that runs
through it, and the cuts are sampled at distances from the wall that halve and halve again.

**Clipping.** A gradient at least as long as the threshold is shortened to it, its direction kept
(algorithm 1). Not every start needs it, and none is saved by small steps alone: the table has the
runs of the menu. Where a descent meets the wall, the last digits of its start decide which way it
is pushed; so each verdict counts nine starts that differ by a billionth, and an end of *one* run
says little.
"""

SOURCES = (course, wall, bistable, attractor, mean_errors, descend)


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = _dials(dials)
    flow = dials.wanted()
    dials.finish(flow)
    ask(
        Asking.about(pictures.answer, Flow),
        surroundings.attend(),
        key="gradients.cliff",
        dials=column.told,
        on_settled=column.settle,
        title="The error surface of one unit that feeds on itself.",
    )
    _from_the_side(flow.cliff())
    _runs()
    surroundings.unfolded("The network, its wall in closed form, and what clipping does", HOW)
    return (
        "One unit feeds on itself for 50 steps: x becomes w σ(x) + b, and σ(x) should end at 0.7. "
        "Drag the ring over its error surface."
    )


def _dials(dials: Dials[Flow]) -> Column:
    column = Column(dials)
    offers = [Offer("Choose a run", {}, {})]
    for run in RUNS.values():
        turns = run.turns("cliff_")
        offers.append(Offer(run.label, turns, turns))
    column.offer("cliff_run", "Run", offers, labelled=False)
    column.group("The point")
    column.show("cliff_w")
    column.show("cliff_b")
    column.group("The way down")
    column.show("cliff_rate")
    column.show("cliff_clip")
    column.show("cliff_steps")
    return column


def _from_the_side(cliff: Cliff) -> None:
    """Show the surface as a landscape, once it is asked for."""
    place = st.expander(
        "The surface from the side, as in the paper", key="gradients.relief", on_change="rerun"
    )
    if place.open:
        place.plotly_chart(
            from_the_side(cliff, st.context.theme.type == "dark"),
            theme=None,
            config={"displayModeBar": False},
            key="gradients.landscape",
            alt=f"Error as height over bias and weight, with two descents from w {cliff.w:g}, "
            f"b {cliff.b:g}; an upright wall from w 4.26 on.",
        )


def _runs() -> None:
    """List what becomes of the runs of the menu, without clipping and with it."""
    rows = []
    for run in RUNS.values():
        cliff = Cliff(w=run.w, b=run.b, rate=run.rate, clip=run.clip)
        plain, clipped = cliff.descents().values()
        arrive = cliff.arrivals()
        rows.append(
            {
                "run": run.label,
                "from (w, b)": f"({spoken(run.w, 5)}, {spoken(run.b, 5)})",
                "learning rate": spoken(run.rate),
                "longest gradient": spoken(float(plain.norms.max())),
                "E without clipping": spoken(float(plain.errors[-1])),
                f"E clipped at {run.clip:g}": spoken(float(clipped.errors[-1])),
                "shortened": f"{clipped.bites} of {cliff.steps}",
                "arrive, of nine": f"{arrive['plain']} without, {arrive['clipped']} with",
            }
        )
    st.dataframe(rows, key="gradients.cliffs", hide_index=True, width="stretch", height="content")
