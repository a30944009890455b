"""A deep critic: its gradient at every layer, with clipped weights and with a penalty."""

from explorer.dials import power
from explorer.figures.gans import openings
from explorer.gans.game import Game
from explorer.gans.objectives import WassersteinClip, WassersteinPenalty
from explorer.labs.gans.deep import RATE, Critics
from explorer.labs.gans.settings import GanLab
from explorer.pages import surroundings
from explorer.pages.column import Column
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.runs.hub import the_hub
from explorer.stage.component import show as show_stage

HOW = f"""
**What is measured.** The mean norm of the gradient of the critic's loss by what each hidden layer
puts out, from the first layer to the last; the penalty's own part is left out. On a logarithmic
axis a straight line is a factor a layer.

**Where it comes from.** Gulrajani et al. (2017, section 3.2 and figure 1b) trained generator and
critic as ReLU perceptrons of twelve layers without normalisation on the Swiss roll, for c = 0.1,
0.01 and 0.001. That experiment's code was not published. Here the hidden layers have
{Critics().width} units in the default and all critics learn with Adam at {power(RATE)}; the
paper's clipped ones used RMSProp.

**What this does not show.** With another width, another clip is the one that neither fades nor
explodes: turn the dial and look. Whether a critic's gradient fades says nothing of how good its
generator gets in time.
"""


SOURCES = (Game.layer_gradients, WassersteinClip, WassersteinPenalty)
FILM = "python -m explorer train '{link}' --seconds 20 --out match.gif"


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    column = Column(dials)
    column.group("The clipped critic")
    column.show("deep_clip")
    column.group("All critics")
    column.show("deep_depth")
    column.show("deep_width")
    column.show("deep_steps")
    column.show("seed", as_="field", next=True)
    lab, deep = material.asked(dials, GanLab.critics)
    show_stage(
        openings.depth_of(lab),
        surroundings.admitted(lambda viewer: the_hub().open(viewer, deep)),
        key="gans.depth",
        live=True,
        dials=column.told,
        on_settled=column.settle,
        begins=material.begins(openings.depth),
    )
    surroundings.unfolded("What is measured, and what it does not show", HOW)
    return (
        f"Critics of {deep.depth} layers on the Swiss roll, from equal weights: one clipped at "
        f"{deep.clip:g}, three at the constants of the paper, one with the gradient penalty."
    )
