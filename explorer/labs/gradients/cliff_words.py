"""What is said of the cliff: where a point stands, what a step shows, how two descents end.

Every claim is made only where the numbers bear it out.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.gradients.cliff import (
    START,
    WALL_FROM,
    Descent,
    attractor,
    bistable,
    logistic,
    wall,
    wall_width,
)
from explorer.labs.prose import fixed, number_word, spoken

ARRIVED = 0.01  # E at the end of a descent that has arrived
NEIGHBOURS = 4  # each way, and so far apart; whoever meets the wall answers to the last digits
APART = 1e-9
LEAP = 2.0  # half of the surface, in one step
FAR = 0.05  # in x, from the attractor after 50 steps
STILL = 1e-9  # a gradient that moves nothing any more

Arrivals = Mapping[str, int]
"""How many of nine starts in one place arrive, "plain" and "clipped"."""


def side(w: float, b: float, last: float) -> str:
    """Say on which side of the wall a point lies, and where the unit goes from there.

    ``last`` is where it is after its 50 steps.
    """
    goes, above = _goes(w, b, last), b - wall(w)
    if math.isnan(above):
        return f"**No wall at w = {spoken(w)}:** it begins at w = {WALL_FROM:.4f}. {goes}"
    width = wall_width(w)
    if abs(above) <= width / 2:
        where = "On the wall"
    else:
        where = f"{'Above' if above > 0 else 'Below'} the wall by {spoken(abs(above))}"
    return (
        f"**{where}.** At w = {spoken(w)} it stands at b* = {fixed(wall(w), 5)} and is "
        f"some {spoken(width, 1)} wide. {goes}"
    )


def _goes(w: float, b: float, last: float) -> str:
    """Say to which attractor the unit goes from x_0, whether it is there, and of another one."""
    ends = attractor(w, b)
    told = f"x = {spoken(ends)}, σ(x) = {float(logistic(np.array(ends))):.3f}"
    moves = "stays at" if ends == START else "climbs to" if ends > START else "falls to"
    if abs(last - ends) > FAR:
        told += f" (x₅₀ is still {spoken(last)})"
    both = bistable(w)
    if both is None or not both[0] < b < both[1]:
        return f"In the end x {moves} the only attractor, {told}."
    low, high = (fixed(end, 4) for end in both)
    which = "the upper of two attractors" if ends > START else "the lower of two attractors"
    if ends == START:
        which = "the unstable point between two attractors"
    return f"In the end x {moves} {which}, {told}; both exist for b from {low} to {high}."


@dataclass(frozen=True)
class Leap:
    """The longest step of a descent so far: which, how far, and along which gradient."""

    step: int
    length: float
    norm: float


def longest_so_far(run: Descent) -> list[Leap]:
    """The longest step before each place of a descent."""
    found = [Leap(0, 0.0, 0.0)]
    pairs = zip(run.lengths.tolist(), run.norms[:-1].tolist(), strict=True)
    for step, (length, norm) in enumerate(pairs, 1):
        found.append(Leap(step, length, norm) if length > found[-1].length else found[-1])
    return found


def look(step: int, clip: float, scalars: Mapping[str, float], leap: Leap, shortened: int) -> str:
    """Say what this step of both descents shows; ``shortened`` steps lie behind."""
    if step == 0:
        return (
            "Play, or press the space bar: two descents start here, one of them clipped at "
            f"{spoken(clip)}. Drag the ring across the wall: what jumps?"
        )
    errors = f"E = {spoken(scalars['plain/error'], 2)} without clipping"
    errors += f" and {spoken(scalars['clipped/error'], 2)} with it"
    told = f"After {step:,} step{'s' if step > 1 else ''} {errors}."
    if leap.length >= LEAP:
        told += (
            f" Step {leap.step:,} met a gradient of {spoken(leap.norm)} and went "
            f"{spoken(leap.length)} far."
        )
    many = "no step" if shortened == 0 else f"{shortened:,} step{'s' if shortened > 1 else ''}"
    return f"{told} The clip has shortened {many} so far."


def ends(plain: Descent, clipped: Descent, arrivals: Callable[[], Arrivals]) -> str:
    """Say how both descents end, and how sure that is: what nine starts in one place do."""
    starts = 2 * NEIGHBOURS + 1
    if not clipped.bites and np.array_equal(plain.places, clipped.places):
        end = spoken(float(plain.errors[-1]), 2)
        return (
            f"**The clip never bites:** no gradient on this way is longer than "
            f"{spoken(clipped.clip or math.inf)}, and both descents are one. They end at E = {end}."
        )
    arrive = arrivals()
    told = _verdict(arrive["plain"], arrive["clipped"], starts)
    return f"**{told}** {_thrown(plain)} {_shortened(clipped)} {_counted(arrive, starts)}"


def _verdict(plain: int, clipped: int, starts: int) -> str:
    if plain == starts:
        return "This start does not need clipping." if clipped else "Here clipping is in the way."
    if plain == 0 and clipped == starts:
        return "Clipping saves this descent."
    if plain == 0 and clipped == 0:
        return "Neither arrives in so many steps."
    if clipped > plain:
        return "Clipping helps here, and the last digits decide."
    return "Here the last digits decide, not the clip."


def _thrown(plain: Descent) -> str:
    end = f"E = {spoken(float(plain.errors[-1]), 2)}"
    leap = longest_so_far(plain)[-1]
    if leap.length < LEAP:
        return f"Without clipping it ends at {end}."
    w, b = (spoken(float(value), 4) for value in plain.places[-1])
    stays = ", where the gradient is gone and it stays" if plain.norms[-1] < STILL else ""
    return (
        f"Without clipping step {leap.step:,} meets a gradient of {spoken(leap.norm)} and leaps "
        f"{spoken(leap.length)} far: it ends at ({w}, {b}) with {end}{stays}."
    )


def _shortened(clipped: Descent) -> str:
    end = spoken(float(clipped.errors[-1]), 2)
    return (
        f"The clip bites {_times(clipped.bites)} in {len(clipped.lengths):,} steps and ends at "
        f"E = {end}."
    )


def _times(count: int) -> str:
    return ("never", "once", "twice")[count] if count < 3 else f"{number_word(count)} times"


def _counted(arrive: Arrivals, starts: int) -> str:
    reach = spoken(2 * NEIGHBOURS * APART, 1)
    counts = [number_word(arrive[name]) for name in ("plain", "clipped")]
    return (
        f"Of {number_word(starts)} starts within {reach} of each other, {counts[0]} arrive "
        f"(E < {ARRIVED:g}) without clipping and {counts[1]} with it."
    )
