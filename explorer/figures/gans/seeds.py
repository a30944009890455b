"""Many seeds of every game as small multiples, with mean ± standard error over the seeds."""

from collections.abc import Sequence

from explorer.figures.gans.contestants import Contestant
from explorer.figures.gans.measures import STEP, told
from explorer.figures.gans.pictures import Extent
from explorer.figures.scene import (
    Axis,
    Band,
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
)

COLUMN = "minmax(0, 1fr)"
ACROSS = {1: 8, 2: 4, 3: 4, 4: 3}
"""Small pictures in a row of one game, by the number of games."""
ROWS_ABOVE = 2  # rows of small pictures above the fold


def seeds_scene(
    games: Sequence[Contestant], extent: Extent, modes: int, first: int, seeds: int
) -> Scene:
    """Return small multiples of every game, a picture for each of the ``seeds`` from ``first`` on.

    Under them stand mean ± standard error of what the seeds hold, and its course with the least and
    the most of any seed.
    """
    across = ACROSS[len(games)]
    panels: list[Panel] = []
    for game in games:
        letter = game.letter
        panels.append(
            Sentence(f"{letter}_says", f"{letter}/says", lead=f"{game.title}, {game.note}:")
        )
        panels += [_member(game, k, first + k, extent) for k in range(seeds)]
        panels.append(Numbers(f"{letter}_numbers", _cards(game, modes)))
    panels.append(Sentence("verdict", "verdict", lead="Who is ahead?", lines=2))
    curves = [_course(game, modes) for game in games]
    curves.append(_distance(games))
    panels += curves
    rows = [
        " ".join(
            _cell(game, row * across + column, seeds) for game in games for column in range(across)
        )
        for row in range(-(-seeds // across))
    ]
    wide = across * len(games)
    above = rows[:ROWS_ABOVE]
    areas = (
        _spread([f"{g.letter}_says" for g in games], wide),
        *above,
        _spread([f"{g.letter}_numbers" for g in games], wide),
        _spread(["verdict"], wide),
        _spread([plot.area for plot in curves], wide),
        *rows[ROWS_ABOVE:],
    )
    return Scene(
        panels=tuple(panels),
        wide=Grid(
            columns=tuple(COLUMN for _ in range(wide)),
            rows=(
                "auto",
                *(COLUMN for _ in above),
                "auto",
                "auto",
                "minmax(120px, 1fr)",
                *("150px" for _ in rows[ROWS_ABOVE:]),
            ),
            areas=areas,
            fold=len(above) + 4,
        ),
        narrow=_narrow(games, seeds, [plot.area for plot in curves]),
        clock="step",
        alt=f"{seeds} seeds of every game: "
        + ", ".join(f"{game.title} ({game.note})" for game in games)
        + ".",
    )


def _narrow(games: Sequence[Contestant], seeds: int, curves: Sequence[str]) -> Grid:
    """Return the grid of a phone: two seeds a row."""
    areas: list[str] = []
    for game in games:
        areas.append(_spread([f"{game.letter}_says"], 2))
        areas += [
            f"{_cell(game, k, seeds)} {_cell(game, k + 1, seeds)}" for k in range(0, seeds, 2)
        ]
        areas.append(_spread([f"{game.letter}_numbers"], 2))
    areas += [_spread([name], 2) for name in ("verdict", *curves)]
    return Grid(columns=(COLUMN, COLUMN), rows=(), areas=tuple(areas))


def _cell(game: Contestant, member: int, seeds: int) -> str:
    return f"{game.letter}{member}" if member < seeds else "."


def _spread(names: Sequence[str], columns: int) -> str:
    """Return a row of areas, as equally wide as the columns allow; the last one takes the rest."""
    each, rest = divmod(columns, len(names))
    return " ".join([*(n for n in names for _ in range(each)), *([names[-1]] * rest)])


def _member(game: Contestant, member: int, seed: int, extent: Extent) -> Plot:
    x0, x1, y0, y1 = extent
    letter = game.letter
    return Plot(
        area=f"{letter}{member}",
        title="",
        note=f"seed {seed}",
        marks=(
            Points("real", "real", size=5, opacity=0.55, label="data"),
            Points(f"{letter}/{member}/fake", "fake", size=5, opacity=0.75, label="generated"),
        ),
        x=Axis(x0, x1),
        y=Axis(y0, y1),
        square=True,
        alt=f"{game.title}, seed {seed}: exact W1 {{{letter}/{member}/w1}}.",
    )


def _cards(game: Contestant, modes: int) -> tuple[Number, ...]:
    letter = game.letter

    def card(name: str, label: str, form: str, help: str) -> Number:
        shown = f"{{{letter}/{name}/error{':percent' if form == 'percent' else ''}}}"
        return Number(
            f"{letter}/{name}/mean",
            label,
            form,  # type: ignore[arg-type]
            bound=f"± {shown}",
            help=f"{help} Mean ± standard error over the seeds that stayed finite.",
        )

    far = card("w1", "exact W₁", "plain", "Of 256 samples to 256 data points.")
    if not modes:
        return (
            card("coverage", "coverage", "percent", "Data points with a sample close by."),
            card("density", "density", "plain", "One is as dense as the data."),
            far,
        )
    return (
        card("held", f"held of {modes}", "plain", "Modes that get their share of the samples."),
        card("captured", "captured", "plain", "Modes with at least one good sample of 1,000."),
        card("good", "good", "percent", "Samples within three standard deviations of a mode."),
        far,
    )


def _course(game: Contestant, modes: int) -> Plot:
    name = "held" if modes else "coverage"
    letter = game.letter
    marks: tuple[Mark, ...] = (
        History(f"{letter}/{name}/least", "baseline", label="least", width=1.5),
        History(f"{letter}/{name}/most", "baseline", label="most", width=1.5),
        History(f"{letter}/{name}/mean", game.role, label="mean"),
    )
    return Plot(
        area=f"{letter}_course",
        title=f"{game.title}: {'modes held' if modes else 'coverage'}",
        marks=marks,
        x=STEP,
        y=Axis(0, modes or 1),
        alt=f"{game.title}: {{{letter}/{name}/mean}} in the mean, between "
        f"{{{letter}/{name}/least}} and {{{letter}/{name}/most}}.",
    )


def _distance(games: Sequence[Contestant]) -> Plot:
    return Plot(
        area="distance",
        title="Exact W₁, mean",
        note="shaded: data against data",
        marks=(
            Band("w1/floor_low", "w1/floor_high"),
            *(History(f"{g.letter}/w1/mean", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(0, None),
        alt=f"Exact W1 in the mean over the seeds: {told(games, 'w1/mean')}.",
    )
