"""A user's own training, watched, as a scene.

How to read it: a line goes along the input, not along the lag, so for a layer that reads forward
the loss sits at its right end and the way back leads to the left. A map has a column for each
watched step; where it is dark, no gradient arrives.
"""

from explorer.cells import CELLS
from explorer.figures.scene import (
    Axis,
    Curve,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    Rule,
    Scene,
    Sentence,
    Timeline,
)
from explorer.figures.theme import OF_CELLS
from explorer.gradients.watching import EXPLODED, VANISHED
from explorer.labs.gradients.watched import Place, Recording
from explorer.labs.prose import ACTING

ONE = "minmax(0, 1fr)"
LOOKS = ("lstm", *(look for look in OF_CELLS if look != "lstm"))  # whatever the cells: a line first
MAPS = 3  # side by side
RATIO = (
    "The norm at the step that is read first, over that at the last step that the loss reaches: it "
    f"vanishes below {VANISHED:g} and explodes above {EXPLODED:g}."
)


def watched(shown: Recording) -> Scene:
    """Return the scene of a recording: norms through time, gates, maps, modules, the verdict."""
    gated = any(place.gated for place in shown.places)
    maps = [_map(place, number, shown) for number, place in enumerate(shown.places[:MAPS])]
    panels: list[Panel] = [_through(shown), _modules(shown), _numbers(shown), *maps]
    panels += [_gates(shown)] if gated else []
    panels += [
        Sentence("says", "says", lead="This step.", lines=3),
        Sentence("look", "look", lead="What to look for.", lines=4),
    ]
    below = [panel.area for panel in maps] + (["gates"] if gated else [])
    each = len(below)  # half of the columns

    def halves(left: str, right: str) -> str:
        return " ".join([left] * each + [right] * each)

    rows = (
        halves("through", "modules"),
        halves("numbers", "numbers"),
        " ".join(f"{area} {area}" for area in below),
        halves("says", "look"),
    )
    return Scene(
        tuple(panels),
        wide=Grid((ONE,) * (2 * each), ("minmax(0, 1.3fr)", "auto", ONE, "auto"), rows),
        narrow=Grid((ONE,), (), ("through", "numbers", "says", *below, "modules", "look")),
        clock="step",
        alt="Gradients through time of a training, at every step that was watched.",
    )


def _look(shown: Recording, place: Place) -> str:
    return LOOKS[shown.places.index(place)]


def _through(shown: Recording) -> Plot:
    marks: list[Mark] = [
        Curve(f"{place.key}/norm", _look(shown, place), x="t", label=place.name)
        for place in shown.places
    ]
    if shown.twin_bias is not None:
        marks += [
            Curve(f"{place.key}/twin", _look(shown, place), x="t", width=1.25, dashed=True)
            for place in shown.places
            if place.gated
        ]
    states = sorted({f"‖dL/d{place.state}‖" for place in shown.places})
    at = "; ".join(f"{place.name}: {{{place.key}/ratio}}" for place in shown.places)
    return Plot(
        area="through",
        title=" and ".join(states) + " through time",
        note="total: every path counted, mean over sequences",
        marks=tuple(marks),
        x=Axis(0, max(shown.steps - 1, 1), label="t: step of the input", whole=True),
        y=Axis(shown.lowest, shown.highest, log=True),
        alt=f"Gradient norms through time. First read against last reached: {at}.",
    )


def _gates(shown: Recording) -> Plot:
    marks = tuple(
        Curve(f"{place.key}/gate", _look(shown, place), x="t", width=2.0)
        for place in shown.places
        if place.gated
    )
    names = {
        CELLS[p.cell_name].kind(str(CELLS[p.cell_name].keeping_gate)).papers.name
        for p in shown.places
        if p.gated
    }
    return Plot(
        area="gates",
        title=f"Mean {' and '.join(sorted(names))}",
        note="lines as above",
        marks=marks,
        x=Axis(0, max(shown.steps - 1, 1), label="t", whole=True),
        y=Axis(0, 1),
        alt="Mean of the gate that keeps the memory, at every step of the input.",
    )


def _map(place: Place, number: int, shown: Recording) -> Timeline:
    return Timeline(
        area=f"map{number}",
        title=place.name,
        array=f"{place.key}/norm",
        scale="sequential",
        low=shown.lowest,
        high=shown.highest,
        log=True,
        row_name="t",
        y_label="t",
        alt=f"{place.name}: gradient norm at every t, over the training.",
    )


def _modules(shown: Recording) -> Plot:
    marks: tuple[Mark, ...] = tuple(
        History(f"module{number}/norm", LOOKS[number], label=name.translate(ACTING))
        for number, name in enumerate(shown.modules)
    )
    return Plot(
        area="modules",
        title="Gradients of the weights",
        note="norm of all parameters of a module",
        marks=marks or (Rule(1.0),),
        x=Axis(0, None, label="step", whole=True),
        y=Axis(None, None, log=True),
        alt="Norm of the gradients of every module over the training.",
    )


def _numbers(shown: Recording) -> Numbers:
    cards = tuple(
        Number(
            f"{place.key}/ratio",
            place.name,
            bad_to=VANISHED,
            bad_from=EXPLODED,
            bound="first read ÷ last reached",
            help=f"{RATIO} There is none where one step is reached only.",
        )
        for place in shown.places
    )
    return Numbers("numbers", cards)
