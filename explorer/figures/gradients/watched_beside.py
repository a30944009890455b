"""Watched trainings opened again, side by side, as a scene.

How to read it: a line goes along the input, not along the lag, so for a layer that reads forward
the loss sits at its right end and the way back leads to the left. Both sides share their axis of
norms. Dashed, on the left, is the first look once more with another forget bias.
"""

from collections.abc import Callable

from explorer.cells import CELLS
from explorer.figures.gradients.watched import LOOKS, ONE, RATIO
from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
    Grid,
    History,
    Number,
    Numbers,
    Panel,
    Plot,
    Rule,
    Scene,
    Sentence,
    Timeline,
    as_json,
)
from explorer.gradients.watching import EXPLODED, VANISHED
from explorer.labs.gradients.settings import Flow
from explorer.labs.gradients.watched_beside import Beside, Side, beside
from explorer.runs.answers import Answer

ROLES = {"a": "network_a", "b": "network_b"}


def answer(flow: Flow, moving: bool) -> Answer:
    """Return the recordings that these settings stand for, as a picture; the page's `answer`."""
    settings = flow.watched()
    found = beside(settings)
    return Answer(as_json(beside_scene(found, settings.below)), found.frames, found.still)


def beside_scene(found: Beside, below: str) -> Scene:
    """Return the scene of one recording or two: norms through time, and below them what is asked.

    ``below`` is one of `labs.gradients.watched_beside.BELOW`.
    """
    pair = len(found.sides) > 1
    panels: list[Panel] = [_both(found) if pair else _through(found)]
    for side in found.sides:
        panels.append(BELOW[below](found, side))
        panels.append(Sentence(f"says_{side.key}", f"{side.key}/says", lead=_which(found, side)))
    panels += [_numbers(found), Sentence("twin", "twin", lead="The twin.")]
    panels.append(Sentence("look", "look", lead="What to look for.", lines=3))
    rows = (
        ("through below_a", "through below_b", "numbers numbers", "says_a says_b", "twin look")
        if pair
        else ("through below_a", "numbers numbers", "says_a twin", "look look")
    )
    order = ["through", "numbers", "says_a", "says_b", "twin", "below_a", "below_b", "look"]
    there = {panel.area for panel in panels}
    heights = (*((ONE,) * (len(rows) - 3)), "auto", "auto", "auto")
    return Scene(
        tuple(panels),
        wide=Grid((ONE, ONE), heights, rows, fold=len(rows) - 1),
        narrow=Grid((ONE,), (), tuple(area for area in order if area in there)),
        clock="step",
        wide_from=LAPTOP,
        alt="Gradients through time of watched trainings, at every step that was looked at.",
    )


def _which(found: Beside, side: Side) -> str:
    if len(found.sides) == 1:
        return "This step."
    return {"a": "First.", "b": "Second."}[side.key]


def _through(found: Beside) -> Plot:
    """Return the norms of every layer of one recording, and those of its twin."""
    (side,) = found.sides
    looks = list(zip(side.shown.places, LOOKS, strict=False))
    marks = [Curve(f"a/{place.key}/norm", look, x="a/t", label=place.name) for place, look in looks]
    marks += [
        Curve(f"a/{place.key}/twin", look, x="a/t", width=1.5, dashed=True)
        for place, look in looks
        if f"{place.key}/twins" in side.opened.twins
    ]
    return _norms(found, tuple(marks), side.name)


def _both(found: Beside) -> Plot:
    """Return the norms of one layer in both recordings, and those of the first one's twin."""
    marks = [
        Curve(
            f"{side.key}/{side.place.key}/norm",
            ROLES[side.key],
            x=f"{side.key}/t",
            label=name,
            dashed=False,
        )
        for side, name in zip(found.sides, ("first", "second"), strict=True)
    ]
    first = found.sides[0]
    if f"{first.place.key}/twins" in first.opened.twins:
        twin = f"a/{first.place.key}/twin"
        marks.append(Curve(twin, ROLES["a"], x="a/t", width=1.5, dashed=True))
    return _norms(found, tuple(marks), f"{first.place.name}, through time")


def _norms(found: Beside, marks: tuple[Curve, ...], title: str) -> Plot:
    places = [place for side in found.sides for place in side.shown.places]
    states = " and ".join(sorted({f"‖dL/d{place.state}‖" for place in places}))
    left = "; ".join(f"{side.name}: {{{side.key}/{side.place.key}/ratio}}" for side in found.sides)
    longest = max(side.shown.steps for side in found.sides)
    return Plot(
        area="through",
        title=title,
        note=f"{states}; dashed: twin" if any(mark.dashed for mark in marks) else states,
        marks=marks,
        x=Axis(0, max(longest - 1, 1), label="t: step of the input", whole=True),
        y=Axis(found.lowest, found.highest, log=True),
        alt=f"Gradient norms through time. First read against last reached: {left}.",
    )


def _training(found: Beside, side: Side) -> Timeline:
    return Timeline(
        area=f"below_{side.key}",
        title=_titled(found, side, f"{side.place.name} over the training"),
        array=f"{side.key}/{side.place.key}/norm",
        scale="sequential",
        low=found.lowest,
        high=found.highest,
        log=True,
        row_name="t",
        y_label="t",
        alt=f"{side.place.name}: gradient norm at every t, over the training.",
    )


def _titled(found: Beside, side: Side, what: str) -> str:
    """Return the title of what stands below: whose it is, where there are two."""
    if len(found.sides) > 1:
        return f"{_which(found, side)[:-1]}: {side.name}"
    return what


def _layers(found: Beside, side: Side) -> Timeline:
    return Timeline(
        area=f"below_{side.key}",
        title=_titled(found, side, "First read ÷ last reached, by layer"),
        array=f"{side.key}/ways",
        scale="sequential",
        low=VANISHED,
        high=EXPLODED,
        log=True,
        row_name="layer",
        y_label="layer",
        alt="What is left of every layer's gradient at the step that is read first, over the "
        "training.",
    )


def _gates(found: Beside, side: Side) -> Plot:
    gated = [
        (place, look) for place, look in zip(side.shown.places, LOOKS, strict=False) if place.gated
    ]
    names = {
        CELLS[place.cell_name].kind(str(CELLS[place.cell_name].keeping_gate)).papers.name
        for place, _ in gated
    }
    what = f"Mean {' and '.join(sorted(names))}" if names else "No gate keeps here"
    return Plot(
        area=f"below_{side.key}",
        title=_titled(found, side, what),
        note="" if len(found.sides) == 1 else what,
        marks=tuple(
            Curve(f"{side.key}/{place.key}/gate", look, x=f"{side.key}/t", width=2.0)
            for place, look in gated
        )
        or (Rule(1.0),),
        x=Axis(0, max(side.shown.steps - 1, 1), label="t", whole=True),
        y=Axis(0, 1),
        alt="Mean of the gate that keeps the memory, at every step of the input.",
    )


def _half_lives(found: Beside, side: Side) -> Plot:
    marks = tuple(
        History(f"{side.key}/{place.key}/half_life", look, label=place.name)
        for place, look in zip(side.shown.places, LOOKS, strict=False)
        if place.gated
    )
    return Plot(
        area=f"below_{side.key}",
        title=_titled(found, side, "Half-life of the memory" if marks else "No gate keeps here"),
        note="half-life in steps, median unit",
        marks=marks or (Rule(1.0),),
        x=Axis(0, None, label="step", whole=True),
        y=Axis(None, None, log=True),
        alt="In how many steps the keeping gate halves the memory, over the training.",
    )


def _weights(found: Beside, side: Side) -> Plot:
    marks = tuple(
        History(f"{side.key}/module{number}/norm", look, label=name)
        for (number, name), look in zip(enumerate(side.shown.modules), LOOKS, strict=False)
    )
    return Plot(
        area=f"below_{side.key}",
        title=_titled(found, side, "Gradients of the weights"),
        note="norm of dL/dW of a module",
        marks=marks or (Rule(1.0),),
        x=Axis(0, None, label="step", whole=True),
        y=Axis(None, None, log=True),
        alt="Norm of the gradients of every module over the training.",
    )


BELOW: dict[str, Callable[[Beside, Side], Plot | Timeline]] = {
    "training": _training,
    "layers": _layers,
    "gates": _gates,
    "half_lives": _half_lives,
    "weights": _weights,
}


def _numbers(found: Beside) -> Numbers:
    cards: list[Number] = []
    for side in found.sides:
        key, place = f"{side.key}/{side.place.key}", side.place
        which = "" if len(found.sides) == 1 else {"a": ", first", "b": ", second"}[side.key]
        cards.append(_ratio(f"{key}/ratio", f"way back{which}"))
        if place.gated:
            cards.append(
                Number(
                    f"{key}/half_life",
                    f"half-life{which}",
                    help="In how many steps the gate that keeps halves the memory; median unit.",
                )
            )
    if "twin/ratio" in found.still.scalars:
        cards.insert(1, _ratio("twin/ratio", "way back, twin"))
    return Numbers("numbers", tuple(cards))


def _ratio(scalar: str, label: str) -> Number:
    return Number(
        scalar, label, bad_to=VANISHED, bad_from=EXPLODED, help=RATIO,
    )  # fmt: skip
