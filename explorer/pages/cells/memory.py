"""How much of each step is left in the memory: its exact parts, half-lives, forgetting curves."""

import streamlit as st

from explorer.cells import remembrance
from explorer.cells.unfolding import unfolded
from explorer.figures import cells as figures
from explorer.figures.cells import answers
from explorer.figures.cells import lasting as pictures
from explorer.labs.cells import forgetting
from explorer.labs.cells.reading import Seen, looked_at
from explorer.labs.cells.remembered import Remembered, has_memory, remembered, signed
from explorer.labs.cells.settings import CellLab
from explorer.pages import surroundings
from explorer.pages.cells.material import (
    about_the_reading,
    answered,
    material,
    reading_column,
    unit_dial,
)
from explorer.pages.dials import Dials
from explorer.sequences.half_life import half_lives
from explorer.sequences.probe import forgetting_curve

HOW = r"""
**Exact parts.** The memory obeys $c_t = f_t \cdot c_{t-1} + i_t \cdot g_t$. Written out, it is a
sum with one term for every step that was read: what step $s$ wrote, times every forget gate since,
$$c_t = \sum_{s \le t} \Big( \prod_{k=s+1}^{t} f_k \Big)\, i_s g_s.$$
The same holds for the GRU's state with $z$ in place of $f$ and $(1 - z) \cdot n$ as what is
written. It is an identity, not an estimate; what it does not say is *why* a gate was open: the
gates themselves depend on everything before.

**Half-life.** A gate that stays at $f$ keeps $f^k$ after $k$ steps; one half is left after
$\ln \tfrac12 / \ln f$ steps. Each unit stands at the geometric mean of its forget gate over the
text shown; the curve is $f = \sigma(b)$ of a bias alone, or of what a
network of yours has in place of $\sigma$.

**Forgetting curve.** A linear read-out is fitted to tell, from $h$ or from $c$, what was read $k$
steps ago, and scored on sequences it never saw. *One item*: a single item, then blanks. *Several*:
a new item at every step, so that each must make room for the next.
"""


READING = True
SOURCES = (unfolded, half_lives, remembrance, forgetting_curve)


def show(dials: Dials[CellLab]) -> str:
    """Show the view; returns the sentence under its question."""
    settings, seen = material(dials)
    column = reading_column(dials, seen)
    unit_dial(column, seen)
    answered(answers.memory, dials, column, "A memory taken apart.")
    about_the_reading(settings, seen)
    if not has_memory(seen.cell):
        _below(settings, seen, None, 0)
        return "The state of a plain RNN cannot be taken apart; what it forgets can be measured."
    unit = looked_at(settings, seen)
    found = remembered(seen, unit)
    moment, clock = found.fullest, seen.reader.clock
    step, part = found.largest(moment)
    token = figures.shown(seen.reader.tokens[step])
    st.markdown(
        f"**What to look for.** It opens where unit {unit} holds most, at {clock} {moment + 1}: "
        f"the largest part of its memory there is {signed(part)}, written at {clock} {step + 1}, "
        f"“{token}”. Step on and watch which later steps wear it down."
    )
    _below(settings, seen, found, unit)
    return (
        f"The memory of a unit is a sum: what each step wrote, times every gate that kept it "
        f"since. The parts add up to the memory to {found.residual:.0e}."
    )


def _below(settings: CellLab, seen: Seen, found: Remembered | None, unit: int) -> None:
    dark = st.context.theme.type == "dark"
    left, right = st.columns(2)
    if found is not None:
        left.plotly_chart(
            pictures.half_lives(found.lives, unit, dark),
            theme=None,
            config={"displayModeBar": False},
            key="cells.half_lives",
            alt=f"Half-lives of {seen.units} units; the longest is "
            f"{max(found.lives.half_life.tolist()):.3g} steps.",
        )
    with right:
        if why := forgetting.too_large(seen.units):
            st.caption(f"{why[:1].upper()}{why[1:]}.")
        elif st.toggle(
            "Measure its forgetting curve",
            key="cells.forgetting",
            help="Fits a linear read-out for each lag and scores it on new sequences.",
        ):
            found_curves = forgetting.curves(settings)
            st.plotly_chart(
                pictures.forgetting(found_curves.by_task, found_curves.scores, dark),
                theme=None,
                config={"displayModeBar": False},
                key="cells.forgetting.curve",
                alt=forgetting.told(found_curves),
            )
            st.caption(forgetting.told(found_curves))
    surroundings.unfolded("What the picture says, and what it does not", HOW)
