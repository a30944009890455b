"""A match as a plain PyTorch script that runs on its own and reproduces its curves."""

import base64
import inspect
import pprint
from typing import Any

from explorer import dials as rows
from explorer.gans import shapes
from explorer.gans.distributions import DISTRIBUTIONS
from explorer.gans.drawn import BANDWIDTH, points_of_strokes
from explorer.gans.line_mixtures import LINE_MIXTURES
from explorer.gans.settings import GameSettings
from explorer.gans.watching import STREAMS, stream
from explorer.labs.gans import script_text as text
from explorer.labs.gans.data import CSV, DRAWN, IMAGES, points_of, strokes_of
from explorer.labs.gans.match import Match
from explorer.labs.gans.side import Side

LONGEST_LINE = 96
PARTS = {
    "uneven": ((0.7, -0.8, 0.25), (0.25, 0.8, 0.15), (0.05, 2.2, 0.1)),
    "needle": ((0.75, 0.0, 1.0), (0.25, 0.6, 0.03)),
    "two_bumps": ((0.5, -1.0, 0.2), (0.5, 1.0, 0.2)),
    "comb": tuple((0.2, k * 0.7, 0.05) for k in range(-2, 3)),
}
"""(share, centre, sigma) of every part of the mixtures on a line."""


def as_script(match: Match, link: str = "", name: str = "games.py") -> str:
    """The same games in modules, optimizers and automatic differentiation, a file of text.

    Weights, data, noise and mixing come from the same streams of random numbers, so that the first
    steps give the same numbers but for rounding; dials that were turned are turned at their steps.
    ValueError where spectral normalisation was turned on or off on the way.
    """
    sides = match.players()
    start = {side.name: _settings(side, match.clock) for side in sides}
    turns: dict[int, dict[str, Any]] = {}
    for at, values in match.turns():
        spectral = [side.game.settings.spectral for side in sides]
        for side in sides:
            side.turn(values)
        if spectral != [side.game.settings.spectral for side in sides]:
            raise ValueError(
                "the script cannot turn spectral normalisation while it trains: start with it"
            )
        turns[at] = {side.name: _settings(side, match.clock) for side in sides}
    streams = {each: stream(match.seed, each).initial_seed() for each in STREAMS}
    constants = {
        "STREAMS": streams,
        "TURNS": turns,
        "TICKS": match.steps,
        "PLANE": match.distribution().dimensions <= 2,
    }
    needs = ", and scikit-learn for the digits" if match.data in ("digits", IMAGES) else ""
    needs += ", and scipy for exact distances and pairs"
    head = text.HEAD.format(
        title=" and ".join(side.title for side in sides) + f" on the {match.distribution().label}",
        name=name,
        needs=needs,
        link=f"The link of this run: {_one_line(link)}\n" if link else "",
    )
    return (
        head
        + _data(match)
        + "\n"
        + _start(start)
        + "".join(map(_constant, *zip(*constants.items(), strict=True)))
        + text.GAMES
    )


def _settings(side: Side, clock: str) -> dict[str, Any]:
    found = rows.values(side.game.settings)
    found.pop("seed")
    return found | {"cost": side.cost(clock)}


def _start(games: dict[str, dict[str, Any]]) -> str:
    """The settings of every game at the start, each with the name that it has on the page."""
    called = {name: row.name for name, row in rows.dials(GameSettings).items()}
    called["cost"] = "of a step, on the common clock"
    lines = []
    for side, settings in games.items():
        told = "".join(f"        {n!r}: {v!r},  # {called[n]}\n" for n, v in settings.items())
        lines.append(f"    {side!r}: {{\n{told}    }},\n")
    return "START = {\n" + "".join(lines) + "}\n"


def _constant(name: str, value: object) -> str:
    return f"{name} = {pprint.pformat(value, width=LONGEST_LINE, sort_dicts=False)}\n"


def _one_line(link: str) -> str:
    """A link that cannot end the docstring it stands in."""
    return "".join(c for c in link if c.isprintable() and c not in '"\\')


def _data(match: Match) -> str:
    """How real points are drawn."""
    data, name = match.distribution(), match.data
    modes = "MODES = None\n"
    ending = text.PLAIN
    if data.modes is not None:
        modes = f"MODES = torch.tensor({data.modes.tolist()!r})\n"
        modes += f"SIGMA, REACH, HELD = {data.sigma!r}, {data.reach!r}, {data.held_fraction!r}\n"
        ending = text.STRATIFIED
    if name in LINE_MIXTURES:
        return "\n" + modes + _constant("PARTS", PARTS[name]) + text.PARTS + ending
    if data.modes is not None:
        return "\n" + modes + text.MIXTURE + ending
    if name == "lines":
        return "\n" + modes + _constant("THETA", match.theta) + text.LINES + ending
    if name in ("digits", IMAGES):
        return (
            "\n" + modes + (text.IMAGES if name == IMAGES else text.DIGITS) + text.STORED + ending
        )
    if name in (DRAWN, CSV):
        points = points_of(match.points)
        if name == DRAWN:
            points = points_of_strokes(strokes_of(match.drawing))
        packed = base64.b64encode(points.numpy().astype("<f4").tobytes()).decode()
        given = f'POINTS = "{packed}"\nBANDWIDTH = {BANDWIDTH!r}\n'
        return "\n" + modes + given + text.CLOUD + ending
    function = inspect.unwrap(DISTRIBUTIONS[name].sample)
    used = [each for each in function.__code__.co_names if each.isupper()]
    figure = "".join(_constant(each, getattr(shapes, each)) for each in used)
    source = inspect.getsource(function)
    call = text.FIGURE.format(function=function.__name__)
    return "\n" + modes + figure + "\n\n" + source + call + ending
