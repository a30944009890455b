"""The small pictures of the home page: each plays what its lab answers, over and over."""

from collections.abc import Callable
from dataclasses import replace

from explorer.figures.gans import contestants
from explorer.figures.gradients import norms
from explorer.figures.scene import (
    Axis,
    Grid,
    Plot,
    Points,
    Scene,
    Surface,
    Timeline,
    Tokens,
    as_json,
)
from explorer.gans.distributions import distribution
from explorer.labs.cells import CellLab, read
from explorer.labs.gans.match import Match
from explorer.labs.home import PRECISION, RECORDINGS
from explorer.runs.recorded import Recorded

LOWEST = 1e-6  # of the gradient norms that the small picture shows


def reading(tokens: tuple[str, ...], unit: int) -> Scene:
    """Return a cell's memory while it reads a text."""
    areas = ("tokens", "memory")
    panels = (
        Tokens("tokens", tokens, "cell", "unit", alt="A text, tinted by one unit's memory."),
        Timeline(
            "memory",
            "",
            "cell",
            scale="diverging",
            by_row=True,
            select="unit",
            alt="The memory of every unit at every character.",
        ),
    )
    grid = Grid(("minmax(0, 1fr)",), ("auto", "minmax(0, 1fr)"), areas)
    return Scene(panels, grid, grid, selects=(("unit", unit),), loop=True, alt="An LSTM reads.")


def vanishing() -> Scene:
    """Return gradient norms of three networks while the forget bias grows."""
    panel = replace(norms(("rnn_tanh", "lstm", "gru"), LOWEST, 10.0), title="", note="")
    grid = Grid(("minmax(0, 1fr)",), ("minmax(0, 1fr)",), (panel.area,))
    alt = "Gradient norms of three networks as the forget bias grows."
    return Scene((panel,), grid, grid, loop=True, alt=alt)


def two_games(extent: tuple[float, float, float, float]) -> Scene:
    """Return a GAN and a WGAN-GP that learn the ring."""
    panels = tuple(
        Plot(
            area=game.letter,
            title=game.title,
            marks=(
                Surface(
                    f"{game.letter}/surface",
                    extent,
                    low=0.0 if game.gives_probability else None,
                    high=1.0 if game.gives_probability else None,
                    middle=0.5 if game.gives_probability else 0.0,
                ),
                Points("real", "real", size=3.0),
                Points(f"{game.letter}/fake", "fake", size=3.0),
            ),
            x=Axis(extent[0], extent[1]),
            y=Axis(extent[2], extent[3]),
            square=True,
            alt=f"{game.title}: {{{game.letter}/held}} of 8 modes held.",
        )
        for game in contestants(("non_saturating", "wasserstein_gp"))
    )
    grid = Grid(("minmax(0, 1fr)", "minmax(0, 1fr)"), ("minmax(0, 1fr)",), ("a b",))
    return Scene(panels, grid, grid, loop=True, alt="A GAN beside a WGAN-GP.")


def _of_the_default_text() -> Scene:
    seen = read(CellLab())
    return reading(seen.reader.tokens, seen.unit)


SCENES: dict[str, Callable[[], Scene]] = {
    "cells": _of_the_default_text,
    "gans": lambda: two_games(distribution(Match().data).extent),
    "gradients": vanishing,
}
"""The picture of each lab, by the name of its recording (`labs.home.RECORDINGS`)."""


def recorded(name: str) -> Recorded:
    """Make the recording of a lab, with its scene."""
    still, frames = RECORDINGS[name]()
    return Recorded(as_json(SCENES[name]()), still, tuple(frames), PRECISION)
