"""What each judge learned beside what it should say now: the exact critic, or D*."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from explorer.figures.gans.contestants import Contestant
from explorer.figures.gans.measures import STEP, told
from explorer.figures.gans.pictures import Extent, ground
from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Curve,
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
from explorer.gans.data import Kind
from explorer.gans.truth import BANDWIDTH

COLUMN = "minmax(0, 1fr)"


def truth_scene(
    games: Sequence[Contestant],
    extent: Extent,
    kind: Kind = "plane",
    known: Mapping[str, str] | None = None,
    given: bool = False,
) -> Scene:
    """Return what every judge learned beside what it should say, and how well they agree.

    The truth belongs to the samples of the last full hundred of ticks: for a critic the exact
    Kantorovich potential between them and the data, for any other judge p / (p + q). In the plane
    it is a surface of its own, on a line a curve over the learned one. ``known`` is the scalar, by
    the letter of a game, that tells how wide the gap of its best penalised critic is: "gap_best" or
    "gap_least". Scalars of each side s: "s/truth_correlation", "s/truth_rmse"; for a critic
    "s/gap_ratio", "s/gap_noise", "s/exact_ratio" and what is known; else "s/truth_blunt" and
    "s/kernel". Where both clouds are ``given`` they stand on the truth too, and the gap is theirs.
    ValueError for images, which have no picture to compare.
    """
    critics = [game for game in games if game.critic]
    known = known or {}
    panels: list[Panel] = []
    pictures: dict[str, list[str]] = {}
    for game in games:
        shown = _pictures(game, extent, kind, known.get(game.letter, ""), given)
        pictures[game.letter] = [plot.area for plot in shown]
        panels += [*shown, Numbers(f"{game.letter}_numbers", _cards(game, given))]
    panels += [_correlation(games), _error(games)]
    curves = ["correlation", "rmse"]
    if critics:
        panels.append(_ratio(critics, known, given))
        curves.append("ratio")
    return Scene(
        panels=tuple(panels),
        wide=_wide(games, pictures, curves),
        narrow=Grid(
            columns=(COLUMN,),
            rows=(),
            areas=(
                *(area for g in games for area in (*pictures[g.letter], f"{g.letter}_numbers")),
                *curves,
            ),
        ),
        clock="step",
        wide_from=LAPTOP,
        alt="What each judge learned beside what it should say now.",
    )


def _pictures(game: Contestant, extent: Extent, kind: Kind, known: str, given: bool) -> list[Plot]:
    match kind:
        case "plane":
            return [_surface(game, extent, learned, given) for learned in (True, False)]
        case "line":
            return [_curves(game, best=known == "gap_best")]
        case "image":
            raise ValueError("the truth is drawn of points, not of images")
        case _:
            assert_never(kind)


def _wide(
    games: Sequence[Contestant], pictures: Mapping[str, Sequence[str]], curves: Sequence[str]
) -> Grid:
    """Return the grid: pictures in pairs, two games a row, the curves under them."""
    areas, rows = [], []
    for i in range(0, len(games), 2):
        pair = games[i : i + 2]
        each = 12 // len(pair)
        beside = [_spread(pictures[g.letter], each // len(pictures[g.letter])) for g in pair]
        areas.append(" ".join(beside))
        areas.append(_spread([f"{g.letter}_numbers" for g in pair], each))
        rows += ["minmax(0, 1.6fr)", "auto"]
    areas.append(_spread(curves, 12 // len(curves)))
    rows.append(COLUMN)
    return Grid(columns=tuple(COLUMN for _ in range(12)), rows=tuple(rows), areas=tuple(areas))


def _spread(names: Sequence[str], each: int) -> str:
    return " ".join(name for name in names for _ in range(each))


def _surface(game: Contestant, extent: Extent, learned: bool, given: bool) -> Plot:
    x0, x1, y0, y1 = extent
    letter = game.letter
    truth = "one exact potential" if game.critic else f"D*, kernel {BANDWIDTH:g}"
    # The true surface of a judge that is no critic is a probability, whatever its own scale is.
    probability = game.gives_probability if learned else not game.critic
    marks: tuple[Mark, ...] = (
        ground(game, "surface" if learned else "truth", extent, probability),
        Points("real", "real", size=1.7, opacity=0.6, label="data"),
    )
    if learned or given:  # else the truth is that of the samples at the last full hundred of ticks
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
        else f"{game.title}: {truth}. {_agrees(game)}",
    )


def _agrees(game: Contestant) -> str:
    where = "along the plan" if game.critic else "with D*"
    return f"Its {game.judge} agrees {where} by {{{game.letter}/truth_correlation}}."


def _curves(game: Contestant, best: bool) -> Plot:
    """Return what a judge says along a line, over what it should say."""
    letter = game.letter
    truth = "one exact potential" if game.critic else "D* = p / (p + q)"
    marks: list[Mark] = [
        Curve(f"{letter}/profile", "critic", x="profile_axis", label="learned", dashed=False),
        Curve(f"{letter}/truth_profile", "real", x="profile_axis", label=truth, dashed=True),
    ]
    if best:
        marks.append(
            Curve(
                f"{letter}/best_profile",
                "theory",
                x="profile_axis",
                label="best with this penalty",
            )
        )
    return Plot(
        area=letter,
        title=game.title,
        note=f"{game.judge}, along the line",
        marks=tuple(marks),
        y=Axis(None, None) if game.critic else Axis(0, 1),
        alt=f"{game.title}: what its {game.judge} says along the line and {truth}. "
        f"{_agrees(game)} Step {{step}}.",
    )


def _cards(game: Contestant, given: bool) -> tuple[Number, ...]:
    letter = game.letter
    if not game.critic:
        unit = "probabilities" if game.rules.answer == "score" else "logits"
        return (
            Number(
                f"{letter}/truth_correlation",
                "correlation",
                bound=f"D*: 1; kernel {{{letter}/kernel}}",
                good_from=0.95,
                help="Pearson's correlation of what was learned with D*, over data and samples. "
                "The data's density is exact where it has a formula; that of the samples is "
                "estimated with the kernel that their own likelihood chooses.",
            ),
            Number(
                f"{letter}/truth_rmse",
                "error",
                bound=f"in {unit}, fitted",
                help=f"Root mean square error in {unit} after the best affine fit, over data and "
                "samples; logits are cut at ±8.",
            ),
            Number(
                f"{letter}/truth_blunt",
                "blunt",
                bound=f"kernel {BANDWIDTH:g}",
                help=f"The same correlation where both densities are seen through a kernel of "
                f"{BANDWIDTH:g}, as a picture of the plane shows them. It sees nothing finer: on "
                "the ring the true D* itself may have a correlation of 0.15 with it.",
            ),
        )
    return (
        Number(
            f"{letter}/truth_correlation",
            "along the plan",
            bound="an exact critic: 1",
            good_from=0.95,
            help="How far the critic falls along the plan, against how far the mass travels there: "
            "1 where both are in proportion. That is what all exact critics share; elsewhere they "
            "differ, so that no correlation over all points is asked for.",
        ),
        Number(
            f"{letter}/truth_rmse",
            "error",
            bound="along the plan",
            help="Root mean square of distance less fall along the plan, the critic scaled as fits "
            "best, in units of the data.",
        ),
        _gap(letter)
        if given
        else Number(
            f"{letter}/gap_ratio",
            "gap / W₁, afresh",
            bound=f"± {{{letter}/gap_noise}}; exact {{{letter}/exact_ratio}}",
            help="The critic's gap over exact W₁ on four pairs of clouds that the truth does not "
            "know, ± half of the 95 % interval of their mean. Exact: the same of the exact critic "
            "of 256 points, which is not that of the distributions.",
        ),
    )


def _gap(letter: str) -> Number:
    """Return the card of a gap between clouds that are all there is: none of it is noise."""
    return Number(
        f"{letter}/gap_ratio",
        "gap / W₁",
        bound=f"exact {{{letter}/exact_ratio}}; W₁ {{{letter}/w1}}",
        help="The learned critic's gap between both clouds over their exact W₁. A critic of slope "
        "1 at most has no more than 1, and the exact one has 1.",
    )


def _correlation(games: Sequence[Contestant]) -> Plot:
    return Plot(
        area="correlation",
        title="Agreement with the truth",
        note="of critics along the plan",
        marks=(
            Rule(1.0),
            *(History(f"{g.letter}/truth_correlation", g.role, label=g.short) for g in games),
        ),
        x=STEP,
        y=Axis(None, 1.0),
        alt=f"Agreement with the truth: {told(games, 'truth_correlation')}.",
    )


def _error(games: Sequence[Contestant]) -> Plot:
    return Plot(
        area="rmse",
        title="Error",
        note="after the best fit",
        marks=tuple(History(f"{g.letter}/truth_rmse", g.role, label=g.short) for g in games),
        x=STEP,
        y=Axis(0, None),
        alt=f"Root mean square error: {told(games, 'truth_rmse')}.",
    )


BEST = {"gap_best": "best critic", "gap_least": "best: at least"}
"""What is known of the gap of the best penalised critic, by its scalar."""


def _ratio(critics: Sequence[Contestant], known: Mapping[str, str], given: bool) -> Plot:
    exact = "exact" if given else "exact of 256"
    marks: list[Mark] = []
    for place, game in enumerate(critics):
        marks.append(History(f"{game.letter}/gap_ratio", game.role, label=game.short))
        if not (given and place):  # of given clouds all games have the same
            name = f"{game.letter}/exact_ratio"
            marks.append(History(name, "baseline", label=exact, width=1.5))
        name = known.get(game.letter, "")
        if name:
            marks.append(History(f"{game.letter}/{name}", "theory", label=BEST[name]))
    return Plot(
        area="ratio",
        title="Gap over exact W₁" + (not given) * ", afresh",
        marks=tuple(marks),
        x=STEP,
        y=Axis(0, None),
        alt=f"Gap over W1: {told(critics, 'gap_ratio')}.",
    )
