"""What each judge learned beside what it should say now: the exact critic, or D*."""

from collections.abc import Sequence

from explorer.figures.gans.contestants import Contestant
from explorer.figures.gans.measures import STEP, told
from explorer.figures.gans.pictures import Extent, ground
from explorer.figures.scene import (
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
)

COLUMN = "minmax(0, 1fr)"


def truth_scene(games: Sequence[Contestant], extent: Extent) -> Scene:
    """Return the learned surface of every game beside the true one, and how well they agree.

    The truth belongs to the samples of the last full hundred of ticks: for a critic the exact
    Kantorovich potential between them and the data, for any other judge p / (p + q), both
    densities seen through a kernel. Scalars of each side s: "s/truth_correlation",
    "s/truth_rmse", for a critic "s/gap_ratio" and "s/predicted_slope".
    """
    critics = [game for game in games if game.critic]
    panels: list[Panel] = []
    for game in games:
        panels += [
            _surface(game, extent, learned=True),
            _surface(game, extent, learned=False),
            Numbers(f"{game.letter}_numbers", _cards(game)),
        ]
    panels += [_correlation(games), _error(games)]
    curves = ["correlation", "rmse"]
    if critics:
        panels.append(_ratio(critics))
        curves.append("ratio")
    return Scene(
        panels=tuple(panels),
        wide=_wide(games, curves),
        narrow=Grid(
            columns=(COLUMN,),
            rows=(),
            areas=(
                *(f"{g.letter}{part}" for g in games for part in ("", "_truth", "_numbers")),
                *curves,
            ),
        ),
        clock="step",
        alt="What each judge learned beside what it should say now.",
    )


def _wide(games: Sequence[Contestant], curves: Sequence[str]) -> Grid:
    """Return the grid: pictures in pairs, two games a row, the curves under them."""
    areas, rows = [], []
    for i in range(0, len(games), 2):
        pair = games[i : i + 2]
        each = 12 // (2 * len(pair))
        pictures = [f"{g.letter}{side}" for g in pair for side in ("", "_truth")]
        areas.append(_spread(pictures, each))
        areas.append(_spread([f"{g.letter}_numbers" for g in pair], 2 * each))
        rows += ["minmax(0, 1.6fr)", "auto"]
    areas.append(_spread(curves, 12 // len(curves)))
    rows.append(COLUMN)
    return Grid(columns=tuple(COLUMN for _ in range(12)), rows=tuple(rows), areas=tuple(areas))


def _spread(names: Sequence[str], each: int) -> str:
    return " ".join(name for name in names for _ in range(each))


def _surface(game: Contestant, extent: Extent, learned: bool) -> Plot:
    x0, x1, y0, y1 = extent
    letter = game.letter
    truth = "exact potential" if game.critic else "D* = p / (p + q)"
    # The true surface of a judge that is no critic is a probability, whatever its own scale is.
    probability = game.gives_probability if learned else not game.critic
    marks: tuple[Mark, ...] = (
        ground(game, "surface" if learned else "truth", extent, probability),
        Points("real", "real", size=1.7, opacity=0.6, label="data"),
    )
    if learned:  # the truth is that of the samples at the last full hundred of ticks
        marks += (Points(f"{letter}/fake", "fake", size=1.7, opacity=0.7, label="generated"),)
    return Plot(
        area=letter if learned else f"{letter}_truth",
        title=game.title if learned else "The truth",
        note=f"{game.judge}, learned" if learned else truth,
        marks=marks,
        x=Axis(x0, x1),
        y=Axis(y0, y1),
        square=True,
        alt=f"{game.title}: what its {game.judge} learned. Step {{step}}."
        if learned
        else f"{game.title}: {truth}; the learned one correlates with it by "
        f"{{{letter}/truth_correlation}}.",
    )


def _cards(game: Contestant) -> tuple[Number, ...]:
    letter = game.letter
    correlation = Number(
        f"{letter}/truth_correlation",
        "correlation",
        bound="truth: 1",
        good_from=0.95,
        help="Pearson's correlation of what was learned with the truth, over data and samples.",
    )
    if not game.critic:
        unit = "probabilities" if game.rules.answer == "score" else "logits"
        return (
            correlation,
            Number(
                f"{letter}/truth_rmse",
                "error",
                bound=f"in {unit}, after the best fit",
                help=f"Root mean square error in {unit} after the best affine fit, over data and "
                "samples; logits are cut at ±8.",
            ),
        )
    return (
        correlation,
        Number(
            f"{letter}/truth_rmse",
            "error",
            bound="after the best fit",
            help="Root mean square error after the best affine fit, in units of the data: a critic "
            "is known up to a constant, and its slope is the objective's affair.",
        ),
        Number(
            f"{letter}/gap_ratio",
            "gap / W₁",
            bound="an exact critic: 1",
            help="The critic's gap over exact W₁. With a penalty of weight λ the best critic has "
            "slope 1 + W₁ / 2λ along the lines of the plan, so that its gap is that much too wide.",
        ),
    )


def _correlation(games: Sequence[Contestant]) -> Plot:
    return Plot(
        area="correlation",
        title="Correlation with the truth",
        marks=(
            Rule(1.0),
            *(History(f"{g.letter}/truth_correlation", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(None, 1.0),
        alt=f"Correlation with the truth: {told(games, 'truth_correlation')}.",
    )


def _error(games: Sequence[Contestant]) -> Plot:
    return Plot(
        area="rmse",
        title="Error",
        note="after the best affine fit",
        marks=tuple(History(f"{g.letter}/truth_rmse", g.role, label=g.short) for g in games),
        x=STEP,
        y=Axis(0, None),
        alt=f"Root mean square error: {told(games, 'truth_rmse')}.",
    )


def _ratio(critics: Sequence[Contestant]) -> Plot:
    marks: list[Mark] = [Rule(1.0, label="exact")]
    for game in critics:
        marks.append(History(f"{game.letter}/gap_ratio", game.role, label=game.short))
        if game.rules.penalty == "between":
            marks.append(History(f"{game.letter}/predicted_slope", "theory", label="1 + W/2λ"))
    return Plot(
        area="ratio",
        title="Learned gap over exact W₁",
        marks=tuple(marks),
        x=STEP,
        y=Axis(0, None),
        alt=f"Gap over W1: {told(critics, 'gap_ratio')}.",
    )
