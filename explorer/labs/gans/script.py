"""A match as a plain PyTorch script that runs on its own and reproduces its curves."""

import ast
import base64
import pprint
from functools import partial
from typing import Any

import torch

from explorer import dials as rows
from explorer.gans.conditional import asked_labels
from explorer.gans.data import Distribution
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.penalty import penalty
from explorer.gans.settings import GameSettings
from explorer.gans.watching import STREAMS, stream
from explorer.labs.gans import script_text as text
from explorer.labs.gans.match import Match
from explorer.labs.gans.quoting import Quotation
from explorer.labs.gans.side import Side

LONGEST_LINE = 96
WRITTEN_OUT = 256  # numbers of a tensor that are written as numbers
RULES = ("penalty", "weighed_by", "clips", "relativistic")
"""What the script asks of an objective, besides its two losses."""


def as_script(
    match: Match,
    link: str = "",
    name: str = "games.py",
    ticks: int | None = None,
    read: str = "",
) -> str:
    """The same games in modules, optimizers and automatic differentiation, a file of text.

    It plays up to ``ticks``, or the whole match; ``read`` says how a table was read, whose points
    stand in the script.
    Weights, data, noise and mixing come from the same streams of random numbers, so that the first
    steps give the same numbers but for rounding; dials that were turned are turned at their steps.
    ValueError where spectral normalisation was turned on or off on the way, and for a generator of
    given points.
    """
    if match.given:
        raise ValueError(
            "the script has a generator that learns, and none of given points: take points as a "
            "file instead"
        )
    sides = match.players()
    start = {side.name: _settings(side, match.clock) for side in sides}
    turns: dict[int, dict[str, Any]] = {}
    end = match.steps if ticks is None else ticks
    for at, values in match.turns():
        if at >= end:
            break
        spectral = [side.game.settings.spectral for side in sides]
        for side in sides:
            side.turn(values)
        if spectral != [side.game.settings.spectral for side in sides]:
            raise ValueError(
                "the script cannot turn spectral normalisation while it trains: start with it"
            )
        turns[at] = {side.name: _settings(side, match.clock) for side in sides}
    objectives = {
        each["objective"] for moment in (start, *turns.values()) for each in moment.values()
    }
    data = match.distribution()
    constants = {
        "STREAMS": {each: stream(match.seed, each).initial_seed() for each in STREAMS},
        "TURNS": turns,
        "TICKS": end,
        "PLANE": data.kind != "image",
        "SHARES": data.shares,
    }
    quotation = _quotation(data, [name for name in OBJECTIVES if name in objectives])
    needs = ", and scikit-learn for the digits" if "sklearn" in quotation else ""
    head = text.HEAD.format(
        title=" and ".join(side.title for side in sides) + f" on the {data.spoken}",
        name=name,
        needs=f"{needs}, and scipy for exact distances and pairs",
        link="".join(
            f"{line}\n"
            for line in (_one_line(read), link and f"The link: {_one_line(link)}")
            if line
        ),
    )
    return (
        head
        + quotation
        + _data(data)
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


def _quotation(data: Distribution, objectives: list[str]) -> str:
    """The code of this project that the script runs: sampler, penalties, and losses by name."""
    own = {each.name for each in ast.parse(text.GAMES).body if isinstance(each, ast.FunctionDef)}
    quotation = Quotation(own)
    quotation.add(data.draw.func if isinstance(data.draw, partial) else data.draw)
    quotation.add(penalty)
    quotation.add(asked_labels)
    named = []
    for name in objectives:
        rules = OBJECTIVES[name]
        constants = {each: getattr(rules, each) for each in RULES}
        quotation.add_class(type(rules), ("judge_loss", "generator_loss"), constants)
        named.append(f"    {name!r}: {type(rules).__name__}(),\n")
    return f"{quotation.text}\n\n\nOBJECTIVES = {{\n{''.join(named)}}}\n"


def _data(data: Distribution) -> str:
    """How real points are drawn, and which of them distances are taken to."""
    draw, given = data.draw, ""
    function = draw.func if isinstance(draw, partial) else draw
    if isinstance(draw, partial):
        given = "".join(
            f"    {name!r}: {_literal(each)},\n" for name, each in draw.keywords.items()
        )
    found = text.DATA.format(
        function=function.__name__,
        given=f"{{\n{given}}}" if given else "{}",
        spoken=data.spoken,
        source=data.source,
    )
    if data.modes is None:
        return f"{found}MODES = None\n{text.PLAIN}"
    numbers = f"SIGMA, REACH, HELD = {data.sigma!r}, {data.reach!r}, {data.held_fraction!r}\n"
    return f"{found}MODES = {_literal(data.modes)}\n{numbers}{text.STRATIFIED}"


def _literal(value: object) -> str:
    """A parameter of a sampler as source text, exact to the last bit. TypeError for any other."""
    if isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, torch.Tensor) and value.dtype == torch.int64:  # labels: small and whole
        return f"{_literal(value.float())}.long()"
    if not (isinstance(value, torch.Tensor) and value.dtype == torch.float32):
        raise TypeError(f"a script holds numbers and float32 tensors, not {type(value).__name__}")
    if value.numel() <= WRITTEN_OUT:
        return f"torch.tensor({value.tolist()!r})"
    packed = base64.b64encode(value.numpy().astype("<f4").tobytes()).decode()
    return f"unpacked({packed!r}, {tuple(value.shape)})"
