"""A watched training opened again, with another one beside it and the twin of its first look.

**Frame**, one for each step that either was looked at, every recording as it was at its last look:
for each side "a" and "b" the arrays and scalars of `labs.gradients.watched.recording` after
"<side>/", the array "<side>/ways", the ratio of every layer, and the sentence "<side>/says".
**Still**: "<side>/t" and for the first recording "a/<key>/twin", the norms of its first look with
the forget bias of the dial; scalar "twin/ratio"; sentences "twin" and "look".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.dials import check, dial
from explorer.gradients.watching import EXPLODED, VANISHED
from explorer.labs.gradients.watched import DRAWN, Place, Recording, axis_of, norms_drawn
from explorer.labs.gradients.watched_file import BIASES, Opened
from explorer.labs.gradients.watched_shelf import MARK, Called, kept, shipped
from explorer.labs.prose import number_word, spoken
from explorer.runs.frames import Frame
from explorer.runs.recording import indices_kept

MOST_SHOWN, MOST_BYTES = 300, 2_000_000  # frames, and what they weigh, in one answer
BELOW = {
    "training": "t × training",
    "layers": "layers × training",
    "gates": "gates",
    "half_lives": "half-lives",
    "weights": "weights",
}
"""What stands below the norms through time."""


@dataclass(frozen=True, kw_only=True)
class WatchedBeside:
    """Two recordings and how they are looked at. Raises `ValueError` with one line."""

    first: str = dial("", "Recording", longest=MARK)  # its mark; none: the two that are here
    second: str = dial("", "Recording beside it", longest=MARK)
    bias: float = dial(
        3.0,
        "Forget bias of the twin",
        "The first look of the recording once more: same inputs, same gradients at the outputs, "
        "another bias of the gate that keeps (dashed).",
        low=BIASES[0],
        high=BIASES[-1],
        step=BIASES[1] - BIASES[0],
    )
    below: str = dial(
        "training",
        "Below",
        "The norms of one layer at every t of the input, over the training; the way back of every "
        "layer; the gate that keeps; its half-lives; or what reaches the weights.",
        choices=BELOW,
    )
    layer: int = dial(
        0, "Layer", "Whose map and numbers are shown, in the order of the model.",
        low=0, high=DRAWN - 1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        if self.bias not in BIASES:
            raise ValueError(
                f"the forget bias of the twin goes by {BIASES[1] - BIASES[0]:g}, so it cannot be "
                f"{self.bias:g}"
            )

    def recordings(self) -> tuple[Called, ...]:
        """Return one recording or two. Raises `ValueError` for one that is gone."""
        if not self.first:
            return shipped()
        found = [kept(mark) for mark in (self.first, self.second) if mark]
        if any(one is None for one in found):
            raise ValueError("this recording is not here any more: bring its file once more")
        return tuple(one for one in found if one is not None)


@dataclass(frozen=True)
class Side:
    """One recording of the picture: how its arrays begin, and the place that is looked at."""

    key: str
    name: str
    opened: Opened
    place: Place

    @property
    def shown(self) -> Recording:
        """What was recorded."""
        return self.opened.shown


@dataclass(frozen=True)
class Beside:
    """All of a picture: its sides, its still frame, its frames, and the axis of all norms."""

    sides: tuple[Side, ...]
    still: Frame
    frames: tuple[Frame, ...]
    lowest: float
    highest: float


def beside(settings: WatchedBeside) -> Beside:
    """Return recordings side by side. Raises `ValueError` with one sentence."""
    sides: list[Side] = []
    for key, called in zip("ab", settings.recordings(), strict=False):
        places = called.opened.shown.places
        same = [place for place in places if sides and place.path == sides[0].place.path]
        place = same[0] if same else places[min(settings.layer, len(places) - 1)]
        sides.append(Side(key, called.name, called.opened, place))
    still = _still(sides, settings.bias)
    drawn = [norm for side in sides for norm in norms_drawn(side.shown.frames, side.shown.places)]
    lowest, highest = axis_of(drawn + list(sides[0].opened.twins.values()))
    return Beside(tuple(sides), still, _frames(sides), lowest, highest)


def _frames(sides: Sequence[Side]) -> tuple[Frame, ...]:
    steps = sorted({frame.step for side in sides for frame in side.shown.frames})
    weight = sum(a.nbytes for side in sides for a in side.shown.frames[0].arrays.values())
    most = max(20, min(MOST_SHOWN, MOST_BYTES // max(weight, 1)))
    return tuple(_frame(sides, steps[i]) for i in indices_kept(len(steps), most))


def _frame(sides: Sequence[Side], step: int) -> Frame:
    arrays: dict[str, np.ndarray] = {}
    scalars: dict[str, float] = {}
    says = {}
    for side in sides:
        seen = [frame for frame in side.shown.frames if frame.step <= step]
        if not seen:
            arrays |= _nothing(side)
            says[f"{side.key}/says"] = "Nobody has looked yet."
            continue
        last = seen[-1]
        arrays |= {f"{side.key}/{n}": values for n, values in last.arrays.items() if n != "t"}
        scalars |= {f"{side.key}/{name}": value for name, value in last.scalars.items()}
        ways = [last.scalars[f"{place.key}/ratio"] for place in side.shown.places]
        arrays[f"{side.key}/ways"] = np.array(ways, np.float32)
        says[f"{side.key}/says"] = says_of(side.shown, last)
    return Frame(step, arrays, scalars, says)


def _nothing(side: Side) -> dict[str, np.ndarray]:
    like = side.shown.frames[0].arrays
    found = {f"{side.key}/{n}": np.full_like(a, np.nan) for n, a in like.items() if n != "t"}
    return found | {f"{side.key}/ways": np.full(len(side.shown.places), np.nan, np.float32)}


def says_of(shown: Recording, frame: Frame) -> str:
    """Return which layer vanishes or explodes most at a look, by the thresholds of the verdict."""
    ways = [(frame.scalars[f"{place.key}/ratio"], place) for place in shown.places]
    told = sorted(((ratio, place) for ratio, place in ways if ratio >= 0), key=lambda way: way[0])
    at = f"At step {frame.step}"
    broken = [p for p in shown.places if np.isinf(frame.arrays[f"{p.key}/norm"]).any()]
    if broken or not told:
        who = broken[0].name if broken else "any layer"
        return f"{at} the gradient of {who} is no number, or comes back to one step only."
    if told[-1][0] > EXPLODED:
        return f"**{at} the gradient of {told[-1][1].name} explodes**: {_left(told[-1][0])}."
    blind = [(ratio, p) for ratio, p in told if not frame.scalars[f"{p.key}/seen"]]
    if not blind:
        return (
            f"{at} nothing explodes; whether it vanishes cannot be told, for the loss looks at the "
            "step that is read first."
        )
    ratio, place = blind[0]
    if ratio < VANISHED:
        return f"**{at} the gradient of {place.name} vanishes**: {_left(ratio)}."
    least = "" if len(shown.places) == 1 else f", least of {place.name}"
    return f"{at} it neither vanishes nor explodes: {_left(ratio)}{least}."


def _left(ratio: float) -> str:
    return f"{spoken(ratio)} of it is left at the step that is read first"


def _still(sides: Sequence[Side], bias: float) -> Frame:
    first = sides[0]
    arrays = {f"{side.key}/t": np.arange(side.shown.steps, dtype=np.float32) for side in sides}
    row = BIASES.index(bias)
    twins = {key.partition("/")[0]: norms[row] for key, norms in first.opened.twins.items()}
    arrays |= {f"a/{key}/twin": norms for key, norms in twins.items()}
    scalars: dict[str, float] = {}
    if first.place.key in twins:
        scalars["twin/ratio"] = ratio_along(twins[first.place.key], first.place)
    return Frame(
        0, arrays, scalars, {"twin": says_of_twin(first, scalars, bias), "look": look(sides)}
    )


def ratio_along(norms: np.ndarray, place: Place) -> float:
    """Return `way_ratio` of norms along t as a file has them: NaN where a sequence has ended."""
    read = norms[~np.isnan(norms)].astype(np.float64)
    if place.path[2] == "backward":
        read = read[::-1]
    reached = np.flatnonzero(read)
    if not np.isfinite(read).all() or not reached.size or reached[-1] == 0:
        return math.nan
    return float(read[0] / read[reached[-1]])


def says_of_twin(side: Side, scalars: Mapping[str, float], bias: float) -> str:
    """Return what another forget bias would have left of the first look, against what was."""
    if not side.opened.twins:
        return f"There is no twin of the first look: {side.opened.no_twin.rstrip('.')}."
    if not side.place.gated:
        return f"{side.place.name} has no gate that keeps, so its twin differs by its inputs alone."
    first = side.shown.frames[0]
    was, would = first.scalars[f"{side.place.key}/ratio"], scalars["twin/ratio"]
    if not (math.isfinite(was) and math.isfinite(would)):
        return f"At step {first.step} there is no way back to compare its twin with."
    return (
        f"At step {first.step} a forget bias of **{spoken(bias)}** would have left {spoken(would)} "
        f"of the gradient of {side.place.name} at the step that is read first; as it was, "
        f"{spoken(was)} arrived."
    )


def look(sides: Sequence[Side]) -> str:
    """Return the verdict on the whole of each recording, and what to look for."""
    verdicts = " ".join(
        (f"**{side.name}:** " if len(sides) > 1 else "") + side.opened.verdict for side in sides
    )
    rest = "".join(
        f" Of {side.name} {number_word(side.shown.left_out)} more are not drawn."
        for side in sides
        if side.shown.left_out
    )
    return (
        f"{verdicts}{rest} Play the training: does the far end come up? Drag the forget bias: the "
        "dashed line is what the first look would have sent back."
    )
