"""One iteration taken apart: its numbered sub-steps, what each of them touches, and its numbers."""

from collections.abc import Mapping
from dataclasses import replace

from explorer.figures.gans.contestants import Contestant, playing
from explorer.figures.gans.pictures import ARROW_SCALE, LONGEST_ARROW, Extent
from explorer.figures.scene import (
    Arrows,
    Axis,
    Flow,
    FlowNode,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    Points,
    Scene,
    Sentence,
    Surface,
    as_json,
)
from explorer.gans.penalty import Where
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.slow import COMPARED, parts
from explorer.runs.answers import Answer
from explorer.runs.frames import Frame

COLUMN = "minmax(0, 1fr)"
NOISE = 3.2
FROZEN = ("other_game", "gan", "wgan")
"""The lines of the losses that one frozen judge is asked about, in the order of `COMPARED`."""
PAID: Mapping[Where, str] = {
    "none": "",
    "between": "between them",
    "real": "where it pays",
    "real and fake": "where it pays",
}
"""What the points are called at which the judge pays for its slope."""
PLACES: dict[str, tuple[int, int, str, str, str]] = {
    "noise": (0, 0, "noise z", "accent", ""),
    "generator": (1, 0, "generator G", "fake", ""),
    "generator_update": (2, 0, "generator's update", "fake", "moved {generator_change}"),
    "fake": (1, 1, "fake", "fake", ""),
    "generator_loss": (2, 1, "generator's loss", "fake", "gradient {generator_gradient}"),
    "real": (0, 2, "real data", "real", ""),
    "judge": (1, 2, "{judge} D", "critic", ""),
    "penalty": (2, 2, "penalty", "critic", "slope {slope}"),
    "judge_update": (1, 3, "{judge}'s update", "critic", "moved {judge_change}"),
    "judge_loss": (2, 3, "{judge}'s loss", "critic", "gradient {judge_gradient}"),
}
"""Each part of the game on its diagram: column, row, name, colour, and the number under it."""
LINKS = (
    ("noise", "generator"),
    ("generator", "fake"),
    ("fake", "judge"),
    ("real", "judge"),
    ("judge", "generator_loss"),
    ("generator_loss", "generator_update"),
    ("generator_update", "generator"),
    ("judge", "penalty"),
    ("penalty", "judge_loss"),
    ("judge", "judge_loss"),
    ("judge_loss", "judge_update"),
    ("judge_update", "judge"),
)


OPENS = 5
"""The sub-step that is shown first: both players have been asked by then."""
GLIMPSED = 100
"""Iterations before it, at most, while a hand moves: a hundred take half a second."""


def answer(lab: GanLab, moving: bool) -> Answer:
    """Return the iteration that the dials ask for, part by part; the page's `answer`.

    While a hand moves it may be an earlier iteration, and says so.
    """
    slow = lab.taken_apart()
    early = moving and slow.step > GLIMPSED
    shown = replace(slow, step=GLIMPSED) if early else slow
    games = {game.letter: game for game in playing(lab)}
    scene = slow_scene(games[slow.side], slow.distribution().extent, slow.noise == "uniform")
    frames = [_known(frame) for frame in shown.stream()]
    return Answer(
        as_json(scene),
        frames,
        shown.still(),
        precision=slow.precision,
        start=min(OPENS, len(frames) - 1),
        coarse=f"Meanwhile that of iteration {GLIMPSED:,}." if early else "",
    )


def _known(frame: Frame) -> Frame:
    """Return a frame without the batches that were not drawn yet: those are all zero."""
    known = {name: array for name, array in frame.arrays.items() if name == "lit" or array.any()}
    return replace(frame, arrays=known)


def slow_scene(game: Contestant, extent: Extent, uniform: bool) -> Scene:
    """Return one iteration of ``game``, a frame for each sub-step.

    ``uniform`` says whether the noise is even on [−1, 1]. Frames and still are those of the
    recording of one iteration.
    """
    panels: tuple[Panel, ...] = (
        _flow(game),
        _picture(game, extent),
        _noise(1.1 if uniform else NOISE),
        _changes(),
        Sentence("title", "title", lead="Now:", lines=1),
        Sentence("says", "says", lines=2),
        _frozen(extent),
        Sentence("pulls", "pulls", lines=5),
        Numbers("numbers", _cards(game)),
    )
    return Scene(
        panels=panels,
        wide=Grid(
            columns=("minmax(0, 1.6fr)", "minmax(0, 1.6fr)", COLUMN, COLUMN),
            rows=("auto", "auto", "minmax(230px, 1fr)", COLUMN),
            areas=(
                "picture frozen title title",
                "picture frozen says says",
                "picture frozen parts parts",
                "numbers pulls noise changes",
            ),
        ),
        narrow=Grid(
            columns=(COLUMN,),
            rows=(),
            areas=(
                *("picture", "title", "says", "parts", "numbers"),
                *("frozen", "pulls", "noise", "changes"),
            ),
        ),
        clock="part",
        alt=f"One iteration of {game.title}, part by part.",
    )


def _picture(game: Contestant, extent: Extent) -> Plot:
    """Return the batches of the iteration over what the judge thinks."""
    x0, x1, y0, y1 = extent
    probability, paid = game.gives_probability, PAID[game.rules.penalty]
    ground = Surface(
        "surface",
        extent,
        low=0.0 if probability else None,
        high=1.0 if probability else None,
        middle=0.5 if probability else 0.0,
        contours=0 if probability else 9,
        label="probability of being real" if probability else f"{game.judge}'s value",
    )
    return Plot(
        "picture",
        f"{game.title}",
        (
            ground,
            Points("real", "real", size=2.4, opacity=0.8, label="this batch of data"),
            Points("fake", "fake", size=2.2, opacity=0.35, label="the judge's generated points"),
            *((Points("between", "critic", size=1.8, label=paid),) if paid else ()),
            Points("own", "fake", size=2.4, opacity=0.9, shape="ring", label="the generator's own"),
            Arrows(
                "tails",
                "arrows",
                "fake",
                ARROW_SCALE,
                longest=LONGEST_ARROW,
                label="pull on its points",
            ),
        ),
        note=game.note,
        x=Axis(x0, x1),
        y=Axis(y0, y1),
        square=True,
        alt=f"{game.title}: the batches of this iteration over what the {game.judge} thinks.",
    )


def _noise(edge: float) -> Plot:
    return Plot(
        "noise",
        "Noise",
        (Points("noise", "accent", size=3.2, opacity=0.8, label="its first two numbers"),),
        x=Axis(-edge, edge),
        y=Axis(-edge, edge),
        square=True,
        alt="The noise that the generator is given.",
    )


def _changes() -> Plot:
    return Plot(
        "changes",
        "How far the weights moved",
        (
            History("judge_change", "critic", label="judge"),
            History("generator_change", "fake", label="generator"),
        ),
        x=Axis(0, None, label="part"),
        y=Axis(0, None),
        alt="How far the weights moved: judge {judge_change}, generator {generator_change}.",
    )


def _cards(game: Contestant) -> tuple[Number, ...]:
    slope = Number("slope", "slope", help="Mean norm of the judge's slope where it pays for it.")
    return (
        Number(
            "judge_step",
            "judge's update",
            "integer",
            bound="of {judge_steps:integer}",
            help="0: it is the generator's turn.",
        ),
        Number("judge_gradient", "judge's gradient", help="Norm over all its weights."),
        Number("generator_gradient", "generator's gradient", help="Norm over all its weights."),
        *((slope,) if game.rules.pays else ()),
    )


def _flow(game: Contestant) -> Flow:
    """Return the game as boxes and arrows, of which the parts of the present sub-step are lit."""
    shown = parts(game.rules.pays)
    nodes = []
    for name in shown:
        column, row, text, role, below = PLACES[name]
        nodes.append(
            FlowNode(name, column, row, text.replace("{judge}", game.judge), role=role, below=below)
        )
    return Flow(
        "parts",
        "The game",
        tuple(nodes),
        tuple(link for link in LINKS if set(link) <= set(shown)),
        active="lit",
        note="lit: at work in this part",
        alt="The game as boxes and arrows; what is at work in this part is lit.",
    )


def _frozen(extent: Extent) -> Plot:
    """Return what three losses make of one and the same judge: their arrows on one scale.

    The arrows of a point lie on one line, since all of them follow the judge's slope there; the
    signs at their tips tell them apart without colour.
    """
    x0, x1, y0, y1 = extent
    marks: list[Mark] = [
        Points("data", "real", size=1.6, opacity=0.25, label="data"),
        Points("from", "fake", size=2.0, opacity=0.7, label="the generator's own"),
    ]
    losses = list(zip(COMPARED, FROZEN, strict=True))
    lengths = ", ".join(f"{loss.name} {{pull_{loss.objective}}}" for loss in COMPARED)
    for loss, role in reversed(losses):
        marks.append(Arrows("from", f"drawn_{loss.objective}", role, longest=x1 - x0))
    for loss, role in losses:  # a dot within a cross within a ring where they meet
        marks.append(
            Points(
                f"tip_{loss.objective}",
                role,
                size=3.0 if loss.shape == "dot" else 6.0,
                opacity=1.0,
                shape=loss.shape,
                label=f"{loss.sign} {loss.name}",
            )
        )
    return Plot(
        "frozen",
        "One frozen judge",
        tuple(marks),
        note="○ saturating  × not  ● critic",
        x=Axis(x0, x1),
        y=Axis(y0, y1),
        square=True,
        alt="The pulls of three losses at the same points, with one frozen judge and on one scale. "
        f"Mean lengths: {lengths}.",
    )
