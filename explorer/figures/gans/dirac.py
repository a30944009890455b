"""The game of two numbers: the phase portrait of one objective large, and all of them small."""

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
    Points,
    Rule,
    Scene,
    Sentence,
)

COLUMN = "minmax(0, 1fr)"
EDGE = 2.5
ARROW_SCALE = 0.11
LONGEST = 0.32


def dirac_scene(labels: Sequence[tuple[str, str]], game: str, smooth: bool) -> Scene:
    """Return the portrait of ``game``, and under it a small one of every game by name and label.

    ``smooth`` says whether the game has eigenvalues at its equilibrium. Frames and still are those
    of the recording of two numbers. Raises ValueError for a game that is not among the labels.
    """
    names = dict(labels)
    if game not in names:
        raise ValueError(f"unknown game {game!r}; choose from {', '.join(map(repr, names))}")
    small = [_portrait(name, label, large=False) for name, label in labels]
    panels: list[Panel] = [
        _portrait(game, names[game], large=True),
        Sentence("says", f"{game}/says", lead=f"{names[game]}.", lines=2),
        Numbers("numbers", _cards(game, smooth)),
        _distance(game, names[game]),
        _players(game),
        Sentence("look", "look", lead="What to look for.", lines=4),
        *small,
    ]
    across = 6
    rows = [small[i : i + across] for i in range(0, len(small), across)]
    below = [
        " ".join([*(plot.area for plot in row), *("." for _ in range(across - len(row)))])
        for row in rows
    ]
    return Scene(
        panels=tuple(panels),
        wide=Grid(
            columns=tuple(COLUMN for _ in range(across)),
            rows=(
                "auto",
                "auto",
                COLUMN,
                COLUMN,
                "auto",
                *("190px" for _ in below),
            ),
            areas=(
                "portrait portrait portrait says says says",
                "portrait portrait portrait numbers numbers numbers",
                "portrait portrait portrait distance distance distance",
                "portrait portrait portrait players players players",
                "portrait portrait portrait look look look",
                *below,
            ),
            fold=5,
        ),
        narrow=Grid(
            columns=(COLUMN, COLUMN),
            rows=(),
            areas=(
                "portrait portrait",
                "says says",
                "numbers numbers",
                "distance distance",
                "players players",
                "look look",
                *(
                    " ".join([*(p.area for p in small[i : i + 2]), "."][:2])
                    for i in range(0, len(small), 2)
                ),
            ),
        ),
        clock="step",
        alt=f"Two numbers that play {names[game]}: the generator θ and the judge's slope ψ.",
    )


def _portrait(name: str, label: str, large: bool) -> Plot:
    marks: tuple[Mark, ...] = (
        Arrows(
            f"{name}/tails",
            f"{name}/arrows",
            "baseline",
            scale=ARROW_SCALE,
            longest=LONGEST,
            label="where both are drawn",
        ),
        Points(f"{name}/path", "baseline", size=1.3 if large else 2.6, opacity=0.3, label="path"),
        Points(f"{name}/trail", "wgan", size=2.4 if large else 5, opacity=0.75, label="trail"),
        Points("equilibrium", "real", size=5 if large else 9, shape="cross", label="equilibrium"),
        Points(f"{name}/here", "fake", size=6 if large else 11, opacity=1.0, label="now"),
    )
    if not large:
        marks = marks[1:]
    return Plot(
        area="portrait" if large else f"small_{name}",
        title=label if large else "",
        note="across: θ, up: ψ" if large else label,
        marks=marks,
        x=Axis(-EDGE, EDGE),
        y=Axis(-EDGE, EDGE),
        square=True,
        alt=f"{label}: θ {{{name}/theta}}, ψ {{{name}/psi}}, {{{name}/distance}} from the "
        "equilibrium.",
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
            bound="negative: draws in",
            bad_from=1e-9,
            help="Of the eigenvalue of the field's Jacobian at the equilibrium that is farthest to "
            "the right. Zero says nothing: there the higher terms and the length of a move decide.",
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
            bound="below 1: draws in",
            help="The largest modulus of an eigenvalue of one whole iteration, linearised.",
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
