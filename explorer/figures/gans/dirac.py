"""The game of two numbers: the phase portrait of one objective large, and all of them small.

How to read it: the arrows are the field along which both numbers are drawn, the faint dots the
whole path from the start, the coloured ones the last moves. A path that winds in arrives, one that
closes circles for ever.
"""

from collections.abc import Sequence

from explorer.figures.scene import (
    Arrows,
    Axis,
    Grid,
    History,
    Mark,
    Number,
    Numbers,
    Panel,
    Plot,
    PointHandle,
    Points,
    Rule,
    Scene,
    Sentence,
    as_json,
    grip_of,
)
from explorer.gans.dirac import DIRAC_GAMES
from explorer.labs.gans.dirac import EDGE
from explorer.labs.gans.settings import GanLab
from explorer.runs.answers import Answer

COLUMN = "minmax(0, 1fr)"
SHOWN = EDGE + 0.15  # so that a start at the edge is seen whole
ARROW_SCALE = 0.11
LONGEST = 0.32
ACROSS = 6  # columns, and small portraits a row
TRAIL = 60  # moves
GLIMPSED = 150  # moves of the judge in every other game while a hand moves


def answer(lab: GanLab, moving: bool) -> Answer:
    """Return the game of two numbers that the dials stand at; the page's `answer`.

    While a hand moves, the games that are not looked at may make fewer moves, and it says so.
    """
    portrait = lab.dirac
    few = GLIMPSED // max(1, portrait.judge_steps) if moving else portrait.steps
    short = few < portrait.steps
    return Answer(
        as_json(dirac_scene(portrait.game)),
        portrait.frames(),
        portrait.still(few),
        coarse=f"Meanwhile the small ones make {few} moves." if short else "",
    )


def dirac_scene(game: str) -> Scene:
    """Return the portrait of a game by name, and under it a small one of every game.

    Frames and still are those of `labs.gans.dirac.Portrait`; no weight is part of the scene, which
    so stays the same while one is turned. Raises ValueError for a game that there is none of.
    """
    if game not in DIRAC_GAMES:
        raise ValueError(f"unknown game {game!r}; choose from {', '.join(map(repr, DIRAC_GAMES))}")
    names = {name: each.title for name, each in DIRAC_GAMES.items()}
    chosen = DIRAC_GAMES[game]
    lead = f"{chosen.title}, γ = {{gamma}}." if chosen.weighed else f"{chosen.title}."
    small = [_portrait(name, label, large=False) for name, label in names.items()]
    panels: list[Panel] = [
        _portrait(game, names[game], large=True),
        Sentence("says", f"{game}/says", lead=lead, lines=3),
        Numbers("numbers", _cards(game, chosen.smooth)),
        _distance(game, names[game]),
        _players(game),
        Sentence("look", "look", lead="What to look for.", lines=4),
        *small,
    ]
    return Scene(
        panels=tuple(panels),
        wide=_wide([plot.area for plot in small]),
        narrow=_narrow([plot.area for plot in small]),
        clock="step",
        alt=f"Two numbers that play {names[game]}: the generator θ and the judge's slope ψ.",
    )


def _wide(small: Sequence[str]) -> Grid:
    """Return the grid of a desk: the portrait beside what is said of it, small ones below."""
    below = _rows(small, ACROSS)
    beside = ("says", "numbers", "distance", "players", "look")
    half = ACROSS // 2
    return Grid(
        columns=tuple(COLUMN for _ in range(ACROSS)),
        rows=("auto", "auto", COLUMN, COLUMN, "auto", *("190px" for _ in below)),
        areas=(*(" ".join(["portrait"] * half + [area] * half) for area in beside), *below),
        fold=len(beside),
    )


def _narrow(small: Sequence[str]) -> Grid:
    """Return the grid of a phone: two small portraits a row."""
    above = ("portrait", "says", "numbers", "distance", "players", "look")
    return Grid(
        columns=(COLUMN, COLUMN),
        rows=(),
        areas=(*(f"{area} {area}" for area in above), *_rows(small, 2)),
    )


def _rows(areas: Sequence[str], across: int) -> list[str]:
    """Return the areas in rows of so many; the last one fills up with empty cells."""
    rows = [list(areas[i : i + across]) for i in range(0, len(areas), across)]
    return [" ".join([*row, *["."] * (across - len(row))]) for row in rows]


def _portrait(name: str, label: str, large: bool) -> Plot:
    marks: tuple[Mark, ...] = (
        Arrows(
            "tails",
            f"{name}/arrows",
            "baseline",
            scale=ARROW_SCALE,
            longest=LONGEST,
            label="where both are drawn",
        ),
        Points(f"{name}/path", "baseline", size=1.3 if large else 2.6, opacity=0.3, label="path"),
        Points(
            f"{name}/path",
            "wgan",
            size=2.4 if large else 5,
            opacity=0.75,
            window=TRAIL,
            label="trail",
        ),
        Points("equilibrium", "real", size=5 if large else 9, shape="cross", label="equilibrium"),
        Points(
            f"{name}/path",
            "fake",
            size=6 if large else 11,
            opacity=1.0,
            window=1,
            label="now",
        ),
    )
    if not large:
        marks = marks[1:]
    return Plot(
        area="portrait" if large else f"small_{name}",
        title=label if large else "",
        note="across: θ, up: ψ" if large else label,
        marks=marks,
        x=Axis(-SHOWN, SHOWN),
        y=Axis(-SHOWN, SHOWN),
        square=True,
        handles=(_start(),) if large else (),
        alt=f"{label}: θ {{{name}/theta}}, ψ {{{name}/psi}}, {{{name}/distance}} from the "
        "equilibrium."
        if large
        else f"{label}: {{{name}/end}} from the equilibrium in the end.",
    )


def _start() -> PointHandle:
    """Return where both numbers start, to be taken hold of."""
    return PointHandle(
        grip_of(GanLab, "dirac_x", at="start/theta"),
        grip_of(GanLab, "dirac_y", at="start/psi"),
        role="fake",
        label="start",
    )


def _cards(name: str, smooth: bool) -> tuple[Number, ...]:
    distance = Number(
        f"{name}/distance",
        "distance",
        bound="equilibrium: 0",
        help="From θ = ψ = 0, where the generator is the data and the judge is flat.",
    )
    if not smooth:
        return (distance,)
    return (
        distance,
        Number(
            f"{name}/real1",
            "real part",
            bound="negative: short moves draw in",
            bad_from=1e-9,
            help="Of the eigenvalue of the field's Jacobian at the equilibrium that is farthest to "
            "the right. It speaks of moves that are short enough; zero says nothing: there their "
            "length and order decide, and the field's higher terms.",
        ),
        Number(
            f"{name}/imag2",
            "imaginary part",
            bound="0: no turning",
            help="Of the eigenvalues at the equilibrium: how fast both players turn around it.",
        ),
        Number(
            f"{name}/radius",
            "one iteration",
            bound="below 1: draws in nearby",
            help="The largest modulus of an eigenvalue of one whole iteration at the equilibrium, "
            "with the length and the order of the moves of this run.",
        ),
    )


def _distance(name: str, label: str) -> Plot:
    return Plot(
        area="distance",
        title="Distance from the equilibrium",
        marks=(History(f"{name}/distance", "wgan", label="distance"),),
        x=Axis(0, None, label="step"),
        y=Axis(None, None, log=True),
        alt=f"{label}: {{{name}/distance}} from the equilibrium.",
    )


def _players(name: str) -> Plot:
    return Plot(
        area="players",
        title="Both players",
        marks=(
            Rule(0.0),
            History(f"{name}/theta", "fake", label="θ"),
            History(f"{name}/psi", "critic", label="ψ"),
        ),
        x=Axis(0, None, label="step"),
        alt=f"θ {{{name}/theta}}, ψ {{{name}/psi}}.",
    )
