"""Two to four games side by side, as a scene."""

from collections.abc import Sequence
from typing import assert_never

from explorer.figures.gans import measures
from explorer.figures.gans.contestants import Contestant
from explorer.figures.gans.pictures import Extent, cumulated, picture, profile, tiles
from explorer.figures.scene import (
    LAPTOP,
    Axis,
    Bars,
    Curve,
    Grid,
    Numbers,
    Panel,
    Plot,
    Scene,
    Sentence,
)
from explorer.gans.data import Kind

COLUMN = "minmax(0, 1fr)"
HALF_ROW = "190px"
DIGITS = tuple("0123456789")


def match_scene(
    games: Sequence[Contestant],
    extent: Extent,
    modes: int,
    layer: str = "pull",
    kind: Kind = "plane",
    audit: bool = False,
    share: float | None = None,
) -> Scene:
    """Return the games of a match side by side, their curves, and what to look for.

    ``extent`` is the part of the plane that is shown, ``modes`` the number of modes of the data (0
    where it has none), ``layer`` what lies over the judge's surface. Of the ``kind`` of the data,
    points on a line are shown as densities and images as tiles. With ``audit`` the duality gap
    stands below; ``share`` is what a held mode has at least of its fair part of the samples.
    Raises ValueError for a layer that there is none of.
    """
    few = len(games) > 2
    images = kind == "image"
    panels: list[Panel] = []
    for game in games:
        letter = game.letter
        numbers = measures.image_cards(game) if images else measures.cards(game, modes, few, share)
        panels += [
            _shown(game, extent, layer, kind),
            Sentence(f"{letter}_says", f"{letter}/says", lines=3 if few else 2),
            Numbers(f"{letter}_numbers", numbers),
        ]
    panels += [
        measures.held(games, *((10, "Digits") if images else (modes,)))
        if modes or images
        else measures.coverage(games),
        measures.density(games) if images else measures.distance(games),
        Sentence("look", "look", lead="What to look for.", lines=3 if few else 6),
        Sentence("verdict", "verdict", lead="Who is ahead?", lines=2),
    ]
    deeper = _deeper(games, modes, kind)
    if audit:
        deeper = (*(measures.duality(game) for game in games), *deeper)
    panels += deeper
    areas = [panel.area for panel in deeper]
    under = "_shares" if images and not few else ""
    rest = [area for area in areas if not under or not area.endswith(under)]
    wide = _in_a_row(games, rest) if few else _beside(games, rest, under)
    order = [f"{g.letter}{part}" for g in games for part in ("", "_says", "_numbers")]
    return Scene(
        panels=tuple(panels),
        wide=wide,
        narrow=Grid(
            columns=(COLUMN,),
            rows=(),
            areas=(*order, "held", "distance", "verdict", "look", *areas),
        ),
        clock="step",
        wide_from=LAPTOP,
        alt=f"{_listed(games)} learn the same data side by side.",
    )


def _shown(game: Contestant, extent: Extent, layer: str, kind: Kind) -> Panel:
    """Return the picture of a game on data of this kind."""
    match kind:
        case "plane":
            return picture(game, extent, layer)
        case "line":
            return profile(game)
        case "image":
            return tiles(game)
        case _:
            assert_never(kind)


def _deeper(games: Sequence[Contestant], modes: int, kind: Kind) -> tuple[Plot, ...]:
    """Return what stands below the fold: losses, slopes, shares and every other measure."""
    images = kind == "image"
    sure = [game for game in games if game.gives_probability]
    payers = [game for game in games if game.rules.pays]
    found = [measures.losses(game, far=not images) for game in games]
    if payers:
        found.append(measures.slope(payers))
    if images:
        found += [_shares(game, "class_shares", DIGITS, "share of the tiles") for game in games]
        return tuple(found)
    if sure:
        found.append(measures.accuracy(sure))
    found += [_slopes(game) for game in games]
    if kind == "line":
        found += [cumulated(game) for game in games]
    if modes:
        labels = tuple(str(k + 1) for k in range(modes)) if modes <= 10 else ()
        found += [_shares(game, "shares", labels, "share of the samples") for game in games]
        found += [measures.curve(one, games) for one in measures.OF_MODES]
    taken = {"coverage"} if not modes else set()
    found += [measures.curve(one, games) for one in measures.DISTANCES if one.name not in taken]
    return tuple(found)


def _slopes(game: Contestant) -> Plot:
    return Plot(
        area=f"{game.letter}_slopes",
        title=f"{game.title}: slopes between the points",
        note="shares, at the lower edge of each bin",
        marks=(Curve(f"{game.letter}/slopes", "critic", x="slope_edges", label="judge"),),
        x=Axis(0.001, 1_000, label="‖∇f‖", log=True),
        y=Axis(0, None),
        alt=f"How steep the judge of {game.title}, {game.note}, is between data and samples.",
    )


def _shares(game: Contestant, array: str, labels: tuple[str, ...], note: str) -> Plot:
    return Plot(
        area=f"{game.letter}_shares",
        title=f"{game.title}: share of each {'digit' if array == 'class_shares' else 'mode'}",
        note=note,
        marks=(Bars(f"{game.letter}/{array}", "fake", labels=labels),),
        y=Axis(0, None),
        alt=f"Shares of {game.title}, {game.note}.",
    )


def _beside(games: Sequence[Contestant], deeper: Sequence[str], under: str) -> Grid:
    """Return the grid of one or two games, their curves at the right.

    A game's picture takes both rows of the curves, or the upper one with what is ``under`` it.
    """
    letters = [game.letter for game in games]
    below = _rows_of(deeper, len(games) + 1)

    def row(suffix: str, right: str) -> str:
        return " ".join([*(f"{letter}{suffix}" for letter in letters), right])

    return Grid(
        columns=(*(COLUMN for _ in games), "minmax(230px, 0.62fr)"),
        rows=(
            "minmax(0, 1.1fr)",
            COLUMN,
            "auto",
            "auto",
            "auto",
            *(HALF_ROW for _ in below),
        ),
        areas=(
            row("", "held"),
            row(under, "distance"),
            row("_says", "look"),
            row("_numbers", "look"),
            " ".join(["verdict"] * (len(games) + 1)),
            *below,
        ),
        fold=4,
    )


def _in_a_row(games: Sequence[Contestant], deeper: Sequence[str]) -> Grid:
    """Return the grid of three or four games in a row, their curves under them."""
    letters = [game.letter for game in games]
    twelve = 12 // len(games)  # columns of a grid of twelve

    def spread(names: Sequence[str]) -> str:
        return " ".join(name for name in names for _ in range(12 // len(names)))

    below = _rows_of(deeper, len(games))
    return Grid(
        columns=tuple(COLUMN for _ in range(twelve * len(games))),
        rows=(
            "minmax(0, 1.5fr)",
            "auto",
            "auto",
            COLUMN,
            "auto",
            *(HALF_ROW for _ in below),
        ),
        areas=(
            spread(letters),
            spread([f"{letter}_says" for letter in letters]),
            spread([f"{letter}_numbers" for letter in letters]),
            spread(["held", "distance", "look"]),
            spread(["verdict"]),
            *(spread(row.split()) for row in below),
        ),
        fold=4,
    )


def _rows_of(areas: Sequence[str], columns: int) -> list[str]:
    """Return the areas in rows of so many columns; the last one fills up with empty cells."""
    rows = [list(areas[i : i + columns]) for i in range(0, len(areas), columns)]
    if rows:
        rows[-1] += ["."] * (columns - len(rows[-1]))
    return [" ".join(row) for row in rows]


def _listed(games: Sequence[Contestant]) -> str:
    names = [f"{game.title} ({game.note})" for game in games]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
