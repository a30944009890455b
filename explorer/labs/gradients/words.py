"""What the gradient lab says of its numbers, in whole sentences."""

import math
from collections.abc import Mapping, Sequence

from explorer.cells import CELLS
from explorer.gradients import LEARNERS, MEASURED, UNROLLED
from explorer.labs.prose import listing, number_word

KEPT = 0.1  # of the gradient: what the sentences call kept
LOST = 1e-6  # and lost
TOLD = 3  # standard errors: a training is looked at some hundred times


def named(cells: Sequence[str]) -> str:
    """Return cells as a sentence lists them."""
    return listing([UNROLLED[cell].label for cell in cells])


def keeping_gates() -> str:
    """Return whose bias a forget bias is: the gate that keeps, of every cell that has one."""
    gates = [
        f"the {UNROLLED[cell].label}'s {str(CELLS[cell].keeping_gate).replace('_', ' ')}"
        for cell in MEASURED
        if UNROLLED[cell].is_gated()
    ]
    return listing([gates[0], *(f"of {gate}" for gate in gates[1:])])


def counted(things: Sequence[str]) -> str:
    """Return how many there are, as a word up to ten."""
    return number_word(len(things), none="no")


def what_is_left(lag: int, scalars: Mapping[str, float]) -> str:
    """Return which networks still feel so many steps back, from each one's norm there."""
    at = {cell: scalars[f"{cell}/at"] for cell in MEASURED}
    kept = [cell for cell in MEASURED if KEPT <= at[cell] <= 1 / KEPT]
    lost = [cell for cell in MEASURED if at[cell] < LOST]
    grown = [cell for cell in MEASURED if 1 / KEPT < at[cell] < math.inf]
    beyond = [cell for cell in MEASURED if not math.isfinite(at[cell])]
    parts = []
    if kept:
        verb = _for(kept, "feels", "feel")
        parts.append(f"the {named(kept)} still {verb} a tenth or more")
    if lost:
        verb = _for(lost, "has", "have")
        parts.append(f"the {named(lost)} {verb} less than a millionth left")
    if grown:
        parts.append(f"in the {named(grown)} the gradient has grown more than tenfold")
    if beyond:
        parts.append(f"the gradient of the {named(beyond)} has left the range of floating point")
    if not parts:
        return f"**{lag} steps back** every network has lost most of it, and none has lost it all."
    return f"**{lag} steps back** {'; '.join(parts)}."


def forget_bias(bias: float, lag: int, scalars: Mapping[str, float]) -> str:
    """Return what the forget bias has made of the LSTM beside the tanh RNN, and what to try."""
    lstm, rnn = scalars["lstm/at"], scalars["rnn_tanh/at"]
    remembers, forgets = UNROLLED["lstm"].label, UNROLLED["rnn_tanh"].label
    keeps = 1 / (1 + math.exp(-bias))
    if not math.isfinite(lstm + rnn):
        found = (
            "One of the gradients has left the range of floating point: shorten the sequence or "
            "lower the bias."
        )
    elif bias <= 0 and lstm < LOST * 100:
        found = (
            f"So the {remembers} vanishes too, as a plain RNN does. Raise the bias: which lines "
            "lift?"
        )
    elif lstm > 10:
        found = f"That is too much of a good thing: the {remembers}'s gradient explodes."
    elif lstm > 100 * rnn:
        found = (
            f"The {remembers} keeps what the {forgets} loses. Set the bias to 0: what is left of "
            "the difference?"
        )
    elif rnn > 10:
        found = "The plain RNN explodes: its gain is above what its slopes take away."
    else:
        found = (
            f"{lag} steps back the {remembers} keeps {lstm:.2g} of the gradient, the {forgets} "
            f"{rnn:.2g}. Lower the gain or the bias: which line falls?"
        )
    shown = f"{bias:g}".replace("-", "−")
    return f"At bias {shown} a forget gate starts near σ({shown}) = {keeps:.2f}. {found}"


def progress(step: int, solved: Mapping[str, int], scalars: Mapping[str, float]) -> str:
    """Return who has solved the adding problem, and who cannot be told from guessing the mean.

    ``solved`` are the iterations at which that happened, -1 where it has not. Guessing is beaten
    where the error lies below its error on the same sequences by more than `TOLD` standard errors.
    """
    if step == 0:
        return "Two numbers of each sequence are marked; the answer is their sum."
    done = sorted((at, cell) for cell, at in solved.items() if at >= 0)
    stuck = [
        cell
        for cell in LEARNERS
        if solved[cell] < 0 and not scalars[f"{cell}/ahead"] > TOLD * scalars[f"{cell}/noise"]
    ]
    parts = [f"The {named([cell])} solved it by iteration {at:,}." for at, cell in done]
    if stuck:
        parts.append(
            f"The {named(stuck)} cannot be told from guessing the mean, within {number_word(TOLD)} "
            "standard errors."
        )
    if not parts:
        return f"All {counted(LEARNERS)} are better than guessing, and none has solved it yet."
    return " ".join(parts)


def what_to_look_for(step: int, solved: Mapping[str, int]) -> str:
    """Return what the maps of networks that learn show now, and what to try."""
    if step == 0:
        return (
            "Press Train, or the space bar. Each column of a map is one moment of training: how "
            "much gradient reaches each earlier state, dark where it has died."
        )
    plain = max(solved[cell] for cell in LEARNERS if not UNROLLED[cell].is_gated())
    if plain < 0 <= max(solved[cell] for cell in LEARNERS if UNROLLED[cell].is_gated()):
        return (
            "Compare the maps: how far down does the RNN's light reach, and how far that of a "
            "network that solved it? Shorten the sequence to 10 and train again."
        )
    if plain >= 0:
        return "The plain RNN solved it as well at this length. Make the sequences longer."
    return "Watch where the maps light up before an error falls below the line at 1/6."


def divergence(lost: Sequence[str], step: int) -> str:
    """Return why a training ends where weights are no numbers any more."""
    return (
        f"The {named(lost)} diverged by iteration {step:,}: {_for(lost, 'its', 'their')} weights "
        "left the range of floating point. Lower the learning rate, or clip sooner."
    )


def _for(cells: Sequence[str], one: str, many: str) -> str:
    return one if len(cells) == 1 else many
