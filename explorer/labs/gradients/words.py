"""What the gradient lab says of its numbers, in whole sentences."""

import math
from collections.abc import Mapping, Sequence

from explorer.cells import CELLS
from explorer.gradients import MEASURED, UNROLLED
from explorer.labs.prose import listing, number_word, spoken

KEPT = 0.1  # of the gradient: what the sentences call kept
LOST = 1e-6  # and lost


def named(cells: Sequence[str]) -> str:
    """Return cells as a sentence lists them."""
    return listing([UNROLLED[cell].label for cell in cells])


EVERY_STEP = (
    "Every state is read directly as well, with the same weights, so the line of a network that "
    "forgets levels off instead of falling. What stays up is no memory: let the loss read the last "
    "step alone, and see what comes the long way."
)
OF_QUANTITIES = {
    "hidden": (
        "This counts what h of one step does to later ones, and leaves out what an LSTM carries in "
        "c: its h comes back through a gate or not at all. Without a c the memory is h, and the "
        "line is that of the memory. Switch between the two: which lines move?"
    ),
    "input": (
        "Where a line is low, a small change of that input changes the loss far less than one of "
        "the last input. It has to enter the memory first, then to be kept: compare with the "
        "gradient by the memory. Which of the two makes a line fall?"
    ),
    "weights": (
        "The gradient of the weights is the sum of these items over all lags. Where the early ones "
        "are small, training hears the last steps alone. Norms do not add up to that of the sum; "
        "the bars do: each is the length of its items along the whole gradient, in parts of it, so "
        "that those of a cell make 1. One below 0 pulls against it."
    ),
    "jacobian": (
        "This is what a nudge of an earlier h does to the last one, on average over all directions "
        "and whatever the loss is; a c in between is left as it was. Its rate is that of a "
        "gradient of a random direction. For the direction that it stretches most, see the matrix."
    ),
}
"""What to look for in a quantity, by its name."""
WITHOUT_C = (
    "None of these cells has a c: their memory is h, and the picture is that of the gradient by "
    "the memory."
)
PLAIN_CELLS = (
    "The linear network shows what its matrix alone does. A slope of tanh or ReLU is 1 at most and "
    "takes from that; a slope of the sigmoid is 1/4 at most, so it loses three quarters a step or "
    "more. Raise the gain: which line grows first?"
)


def keeping_alone(bias: float, lag: int) -> str:
    """Return what gates that keep would leave by themselves, with this bias, so many steps back."""
    shown = f"{bias:g}".replace("-", "−")
    keeps = 1 / (1 + math.exp(-bias))
    return (
        f"At bias {shown} the gate that keeps starts near σ({shown}) = {keeps:.2f} in every one of "
        f"these cells; by itself that would leave {spoken(keeps**lag)} after {lag} steps. What a "
        "line has above that has come by other ways, through h and the gates."
    )


def chrono(length: int) -> str:
    """Return what a bias drawn for memories as long as the sequence makes of the gates."""
    return (
        "Each unit has a time of its own to keep: with b = log u its gate starts near "
        f"u / (1 + u), a time constant of 1 + u steps, from 2 to {length} and evenly spread. Where "
        "every unit has one bias a gated line is straight at first; here the short memories fall "
        "away and the long ones stay. Compare with one bias for all."
    )


def exact_zeros(
    cells: Sequence[str],
    states: int,
    seeds: int,
    scalars: Mapping[str, float],
    things: str = "gradients",
) -> str:
    """Return of how many steps the gradient is exactly 0 in float32, from "<cell>/zeros"."""
    lost = [cell for cell in cells if scalars[f"{cell}/zeros"] > 0]
    if not lost:
        return f"In float32 none of the {states} {things} is exactly 0."
    found = listing(
        [f"{spoken(scalars[f'{cell}/zeros'])} of the {UNROLLED[cell].label}" for cell in lost]
    )
    mean = f", mean of {seeds} seeds" if seeds > 1 else ""
    return f"Of {states} {things}, exactly 0 in float32 are {found}{mean}."


def half_of_the_weights(
    length: int, scalars: Mapping[str, float], cells: Sequence[str] = MEASURED
) -> str:
    """Return from how many last steps half of dL/dW comes, from "<cell>/half"; NaN: from none."""
    alike: dict[int, list[str]] = {}
    for cell in cells:
        if math.isfinite(value := scalars[f"{cell}/half"]):
            alike.setdefault(int(value), []).append(UNROLLED[cell].legend)
    told = [
        f"the last {'step' if steps == 1 else f'{steps} steps'} of the {listing(names)}"
        for steps, names in sorted(alike.items())
    ]
    if not told:
        return "Nothing of dL/dW is left."
    return f"Half of dL/dW comes from {listing(told)}, of {length}."


def keeping_gates(cells: Sequence[str] = MEASURED) -> str:
    """Return whose bias a forget bias is: the gate that keeps, of every cell that has one."""
    gates = [
        f"the {UNROLLED[cell].label}'s {str(CELLS[cell].keeping_gate).replace('_', ' ')}"
        for cell in cells
        if UNROLLED[cell].is_gated()
    ]
    return listing([gates[0], *(f"of {gate}" for gate in gates[1:])])


def keeping(cells: Sequence[str] = MEASURED) -> str:
    """Return what a forget bias is, of these cells."""
    return f"Bias of {keeping_gates(cells)}: the larger, the longer they keep."


def counted(things: Sequence[str]) -> str:
    """Return how many there are, as a word up to ten."""
    return number_word(len(things), none="no")


def what_is_left(
    lag: int, scalars: Mapping[str, float], cells: Sequence[str] = MEASURED, noun: str = ""
) -> str:
    """Return which networks still feel so many steps back, from each one's norm there.

    ``noun`` is what the norms are of, where it is not the gradient by the memory.
    """
    at = {cell: scalars[f"{cell}/at"] for cell in cells}
    kept = [cell for cell in cells if KEPT <= at[cell] <= 1 / KEPT]
    lost = [cell for cell in cells if at[cell] < LOST]
    grown = [cell for cell in cells if 1 / KEPT < at[cell] < math.inf]
    beyond = [cell for cell in cells if not math.isfinite(at[cell])]
    back = f"**{lag} steps back{f', of {noun},' if noun else ''}**"
    parts = []
    if kept:
        verb = _for(kept, "has", "have") if noun else _for(kept, "feels", "feel")
        parts.append(f"the {named(kept)} still {verb} a tenth or more")
    if lost:
        verb = _for(lost, "has", "have")
        parts.append(f"the {named(lost)} {verb} less than a millionth left")
    if grown:
        what = "it" if noun else "the gradient"
        parts.append(f"in the {named(grown)} {what} has grown more than tenfold")
    if beyond:
        what = "what is left" if noun else "the gradient"
        parts.append(f"{what} of the {named(beyond)} has left the range of floating point")
    if not parts:
        return f"{back} every network has lost most of it, and none has lost it all."
    return f"{back} {'; '.join(parts)}."


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


def _for(cells: Sequence[str], one: str, many: str) -> str:
    return one if len(cells) == 1 else many
