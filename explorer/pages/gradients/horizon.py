"""How far back each network learns to reach: a recorded sweep, and a training at any length."""

from explorer.figures import gradients as figures
from explorer.gradients import outcome, wilson
from explorer.gradients.growing import (
    DELAYS,
    HELD,
    RECALL,
    SEQUENCES,
    Growing,
    Pupil,
)
from explorer.gradients.growing import (
    EVERY as LOOKS_EVERY,
)
from explorer.labs.gradients import Flow
from explorer.labs.gradients.growing import GrowingDelay
from explorer.labs.gradients.horizon import COMMAND, EVERY, LENGTHS, LIMIT, RATES, SETTINGS
from explorer.labs.prose import percent
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.training import shown
from explorer.runs.answers import Asking

HOW = f"""
**What was recorded.** `{COMMAND}`: the adding problem, {SETTINGS.width} units, batches of
{SETTINGS.batch}, {SETTINGS.seeds} seeds from {SETTINGS.seed} on, Adam with gradients clipped at
{SETTINGS.clip:g}, forget bias {SETTINGS.forget_bias:g}, at most {LIMIT:,} updates with a look every
{EVERY}; lengths {", ".join(map(str, LENGTHS))}, each network until no seed solved one. Learning
rates: the plain RNN's best of {" and ".join(f"{rate:g}" for rate in RATES["rnn_tanh"])}, all others
{RATES["lstm"][0]:g}.

**What it means.** A share is that of the seeds that reach a mean squared error below
{SETTINGS.asked.solved:g} on 250 unseen sequences within these updates. The band is the interval of
each share (95 %, Wilson 1927). It is no law of a cell: with more updates, another rate, another
start or another problem a line ends elsewhere. Hochreiter and Schmidhuber (1997) wrote that earlier
methods "appear quite useless when the time lags exceed as few as 10 steps".

**This training** has the same settings unless a dial says otherwise, at the length of your choice,
and its rings stand at that length. It looks every ten updates, and so finds a seed that solves it
for a moment where the record may miss it.
"""

GROWING = f"""
**The task.** Delayed recall: {RECALL.what[:1].lower()}{RECALL.what[1:]} The loss looks at the
recalled symbols alone.

**The delay grows.** Every network begins with one blank. Every {LOOKS_EVERY}th update it is asked
{SEQUENCES} unseen sequences of its present delay; with {percent(HELD)} of the symbols right the
delay becomes a quarter longer, at least by one, up to the longest. Each seed grows by itself. 64
units, batches of 64, Adam, clipped at 1.

**Beyond.** Every hundredth update, and at the end, each network is tested at
{", ".join(f"{delay:,}" for delay in DELAYS)} blanks, whatever it was trained on. A seed holds it
with {percent(HELD)} of the symbols of {SEQUENCES} sequences; the band is the interval of the share
of seeds (95 %, Wilson 1927).

**What it does not say.** That several cannot be learned: they are, at the delay that is trained.
What is measured beside it is what becomes of them at delays that were not, shorter ones included.
"""

SOURCES = (outcome, wilson, Growing, Pupil)
FILM = "python -m explorer train '{link}' --seconds 20 --out horizon.gif"


def show(dials: Dials[Flow]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    grows = dials.value("horizon_of") == "delays"
    column.group("Train here")
    column.show("horizon_of")
    if grows:
        column.show("delay_cell", as_="menu")
        column.show("delay_several")
        column.show("delay_longest")
    else:
        column.show("horizon_length")
        column.show("horizon_learners", as_="menu")
    column.show("horizon_seeds")
    column.show("horizon_rate")
    column.group("More", folded=True)
    column.show("seed", as_="field", next=True)
    column.show("horizon_steps")
    flow = dials.wanted()
    dials.finish(flow)
    run = flow.horizon()
    shown(
        column,
        run,
        figures.scene_of(run),
        Asking.about(figures.opening, Flow),
        key="gradients.horizon",
    )
    if isinstance(run, GrowingDelay):
        surroundings.unfolded("How the delay grows, and what is tested", GROWING)
        return (
            f"One symbol to remember, and {run.several} at once: how far beyond the delay that it "
            "was trained on does each last?"
        )
    surroundings.unfolded("What was recorded, and what it means", HOW)
    return (
        "How often each network learns to add two marked numbers, the longer the sequence: "
        f"recorded beforehand, and {run.seeds} seeds at {run.length} steps to train here."
    )
