"""What the lab says of a stack of layers, in sentences that are true of its numbers."""

import math
from collections.abc import Mapping

from explorer.gradients.depth import ACTIVATIONS, DEPTH_INITS, Depth
from explorer.labs.prose import number_word, spoken

LEVEL = 10.0  # so many times less or more is called level
CLOSE = 2.0  # percent of a layer's factor: theory and measurement agree


def called(ratio: float) -> str:
    """Return what a gradient does whose first layer's size is so many times the last one's."""
    if not math.isfinite(ratio):
        return "dead"
    if ratio < 1 / LEVEL:
        return "vanishes"
    return "explodes" if ratio > LEVEL else "level"


def way_back(settings: Depth, dead: int, scalars: Mapping[str, float]) -> str:
    """Return what becomes of dL/dz on its way to the first layer, and whether dL/dW tells it."""
    if dead == settings.seeds:
        return (
            "**Nothing comes through.** In some layer every unit is off for every sample, so "
            "everything behind it is 0, and so is every gradient."
        )
    ratio, factor, does = scalars["dz"], spoken(scalars["factor"], 4), called(scalars["dz"])
    told = {
        "vanishes": f"**It vanishes.** dL/dz of the first layer is {spoken(ratio)} of the last "
        f"one's: ×{factor} for each layer back.",
        "explodes": f"**It explodes.** dL/dz of the first layer is {spoken(ratio)} times the last "
        f"one's: ×{factor} for each layer back.",
        "level": f"**It stays level.** dL/dz of the first layer is {spoken(ratio)} of the last "
        f"one's, which is within a factor of ten: ×{factor} for each layer back.",
    }[does]
    told += _of_weights(does, scalars)
    if dead:
        stacks = "stack" if settings.seeds == 1 else "stacks"
        told += f" Left out: {dead} of {settings.seeds} {stacks}, whose gradients are all 0."
    return told


def _of_weights(does: str, scalars: Mapping[str, float]) -> str:
    of_weights, theirs = spoken(scalars["dw"]), called(scalars["dw"])
    if theirs == does:
        return f" dL/dW does the same: {of_weights}."
    if theirs != "level":
        return f" dL/dW does not show it: {of_weights}, so it {theirs}."
    why = ""
    if (scalars["h"] < 1) == (does == "vanishes"):
        way = "shrink" if scalars["h"] < 1 else "grow"
        why = f", for the activations {way} on their way forward, and dL/dW is made of both"
    return (
        f" dL/dW stays level ({of_weights}){why}: a plot of the weights' gradients alone shows "
        "none of it."
    )


def what_explains_it(settings: Depth, dead: int, scalars: Mapping[str, float]) -> str:
    """Return what theory says of it, or why it says nothing; and what the norm does."""
    if dead == settings.seeds:
        return "Other seeds, more units or leaky ReLU keep some units on."
    if settings.residual:
        return _with_residuals(settings, scalars)
    measured, rate = spoken(scalars["factor"], 4), spoken(scalars["predicted_factor"], 4)
    apart = f"×{spoken(scalars['apart'])}"
    told = f"Theory{_law(settings)}: ×{rate} a layer; measured ×{measured}. "
    if scalars["off"] <= CLOSE and scalars["apart"] <= LEVEL:
        told += f"Over all layers within {apart} of each other."
    else:
        told += f"In some layer {apart} apart: {_meant_for(settings)}"
    return _of_the_norm(settings, scalars) + told


def _law(settings: Depth) -> str:
    if settings.norm == "batch" and settings.activation == "relu":
        return ", √(π/(π − 1)) for ReLU in a large batch (Yang et al. 2019)"
    return ""


def _of_the_norm(settings: Depth, scalars: Mapping[str, float]) -> str:
    if settings.norm == "batch" and scalars["dz"] > LEVEL:
        return (
            "**Batch normalisation is no cure here**: forward it holds every unit at variance 1, "
            "backward the gradient grows. "
        )
    if settings.norm == "none":
        return ""
    return "The norm undoes the scale of the weights, on both ways. "


def _meant_for(settings: Depth) -> str:
    if settings.norm == "batch":
        return "it is meant for a large batch whose samples have lost all likeness."
    return "it is meant for wide layers, and the difference of one layer is the next one's start."


def _with_residuals(settings: Depth, scalars: Mapping[str, float]) -> str:
    label, init = ACTIVATIONS[settings.activation].label, DEPTH_INITS[settings.init].label
    told = (
        "**No theory is drawn.** With residual connections the parts of a layer depend on each "
        f"other. Every layer adds to what it reads: over {settings.layers} layers the activations' "
        f"spread is multiplied by {spoken(scalars['h'])}"
    )
    if settings.norm == "none" and scalars["dz"] > LEVEL:
        return told + (
            f", and with {label} and {init} weights nothing holds the gradient either: residual "
            "networks are trained with a norm, or with smaller weights."
        )
    return told + "."


# ------------------------------------------------------------------------- while it learns

TOLD = 3  # standard errors: a training is looked at some hundred times
GUESSED = 10.0  # percent of the digits are named right by who always says the same
CHANGED = 10.0  # times more or less: the way back is another one than at the start


def learned(seeds: int, step: int, scalars: Mapping[str, float]) -> str:
    """Return how many unseen digits the stacks name right, and whether guessing does as well."""
    if step == 0:
        return (
            "Nothing is learned yet: a stack names about one digit in ten, as guessing does. In "
            "the lower pictures half of all values lie in the dark strip, nine tenths in the light."
        )
    share, noise = scalars["accuracy"], scalars["noise"]
    one = "the stack names" if seeds == 1 else f"the {number_word(seeds)} stacks name"
    told = (
        f"After {step:,} {'update' if step == 1 else 'updates'} {one} {spoken(share)} ± "
        f"{spoken(noise, 1)} % of unseen digits right"
    )
    if share - TOLD * noise > GUESSED:
        spread = scalars["highest"] - scalars["lowest"]
        if seeds > 1 and spread > 20:
            told += f": the worst {spoken(scalars['lowest'])} %, the best "
            told += f"{spoken(scalars['highest'])} %"
        return f"**It learns.** {told}."
    return f"**No better than guessing so far.** {told}; always the same digit has about 10 %."


def meanwhile(settings: Depth, step: int, start: float, scalars: Mapping[str, float]) -> str:
    """Return what the way back does now, against the start of the training."""
    now = scalars["dz"]
    if not math.isfinite(now):
        return "No gradient comes through the last layer: every unit there is off."
    told = (
        f"dL/dz of the first layer is {spoken(now)} of the last one's "
        f"(×{spoken(scalars['factor'])} for each layer back)"
    )
    if step == 0:
        return (
            f"{told}. Start it below (space bar): does the way back open, and do the digits "
            "wait for it?"
        )
    if not math.isfinite(start) or start == 0:
        return f"{told}."
    times = now / start
    if 1 / CHANGED <= times <= CHANGED:
        return f"{told}, within a factor of ten of what it was before training ({spoken(start)})."
    if now == 0:
        return f"{told}; before training it was {spoken(start)}."
    way = "opened" if abs(math.log(now)) < abs(math.log(start)) else "moved away from level"
    return (
        f"{told}, ×{spoken(times)} what it was before training: the way back has {way} "
        "while it learned."
        if scalars["accuracy"] - TOLD * scalars["noise"] > GUESSED
        else f"{told}, ×{spoken(times)} what it was before training."
    )


def diverged(lost: int, seeds: int, step: int) -> str:
    """Return why a training ends where weights are no numbers any more."""
    who = "The stack" if seeds == 1 else f"{lost} of {seeds} stacks"
    return (
        f"{who} diverged by update {step:,}: weights left the range of floating point. Lower the "
        "learning rate, clip, or switch a norm on."
    )
