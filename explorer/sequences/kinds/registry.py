"""Every kind of network that a task can be learned by: a row each."""

from dataclasses import replace
from typing import Any

import torch

from explorer.sequences.kinds.frames import Along, Frames
from explorer.sequences.kinds.kind import Build, Kind, Network, Shape
from explorer.sequences.kinds.recurrent import Recurrent
from explorer.sequences.kinds.translating import EncoderDecoder
from explorer.sequences.kinds.unordered import Unordered
from explorer.sequences.kinds.window import Window


def vanilla(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """One recurrent layer that reads forward."""
    return Recurrent(shape, build, rng)


def of_cell(cell: str) -> Any:
    """One recurrent layer of this cell, whatever the others are made of."""

    def drawn(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
        return Recurrent(shape, replace(build, cell=cell), rng)

    return drawn


def stacked(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """Several layers, each reading what the one below hands out (Graves 2013)."""
    return Recurrent(shape, build, rng, layers=build.layers)


def both(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """One layer read both ways, side by side (Schuster and Paliwal 1997)."""
    return Recurrent(shape, build, rng, merge="side by side")


def both_summed(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """One layer read both ways, the two added up."""
    return Recurrent(shape, build, rng, merge="sum")


def wide(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """One layer forward with about as many numbers as one that reads both ways."""
    return vanilla(shape, replace(build, units=as_large(shape, build)), rng)


def as_large(shape: Shape, build: Build) -> int:
    """The units of one layer forward that has about as many numbers as one of both ways.

    The most that do not exceed them.
    """
    most = both(shape, build, torch.Generator().manual_seed(0)).size
    low, high = build.units, 2 * build.units + 1
    while high - low > 1:
        middle = (low + high) // 2
        tried = vanilla(shape, replace(build, units=middle), torch.Generator().manual_seed(0))
        low, high = (middle, high) if tried.size <= most else (low, middle)
    return low


def averaged(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """One layer forward, of which the mean over all steps is read."""
    return Recurrent(shape, build, rng, reads="mean")


def convolved(shape: Shape, build: Build, rng: torch.Generator) -> Recurrent:
    """A convolution along time, and one recurrent layer over what its filters find."""
    return Recurrent(shape, build, rng, convolved=True)


def window(shape: Shape, build: Build, rng: torch.Generator) -> Network:
    """A perceptron over the last few steps."""
    return Window(shape, build, rng)


def unordered(shape: Shape, build: Build, rng: torch.Generator) -> Network:
    """A line on the mean of what was read."""
    return Unordered(shape, build, rng)


def over_frames(along: Along) -> Any:
    """The same filters over every frame, read along time in this way."""

    def drawn(shape: Shape, build: Build, rng: torch.Generator) -> Frames:
        return Frames(shape, build, rng, along)

    return drawn


def encoder_decoder(attends: bool = False, reverses: bool = False, cell: str = "") -> Any:
    """An encoder and a decoder; of this cell, or of the one that the others are made of."""

    def drawn(shape: Shape, build: Build, rng: torch.Generator) -> EncoderDecoder:
        own = replace(build, cell=cell or build.cell)
        return EncoderDecoder(shape, own, rng, attends=attends, reverses=reverses)

    return drawn


KINDS: dict[str, Kind] = {
    "vanilla": Kind("Forward", "reads once, from left to right", vanilla),
    "both": Kind("Both ways", "reads both ways; the two are put side by side", both),
    "wide": Kind("Forward, wide", "reads forward, with as many numbers as both ways", wide),
    "both_summed": Kind("Both ways, sum", "reads both ways; the two are added up", both_summed),
    "stacked": Kind("Stacked", "reads what the layer below hands out", stacked),
    "convolved": Kind("CNN-LSTM", "reads what filters find in five steps", convolved),
    "averaged": Kind("Forward, mean", "hands out the mean of all its states", averaged),
    "rnn": Kind("Plain RNN", "has no gates", of_cell("rnn_tanh"), cells=False),
    "gru": Kind("GRU", "has two gates and no memory beside its state", of_cell("gru"), cells=False),
    "peephole": Kind(
        "Peepholes", "lets its gates see the memory", of_cell("lstm_peephole"), cells=False
    ),
    "window": Kind(
        "Window MLP",
        "sees the last few steps and has no state",
        window,
        cells=False,
        sized="hidden",
    ),
    "unordered": Kind(
        "Line on the mean",
        "knows what there was, and not in which order",
        unordered,
        cells=False,
        sized="",
    ),
    "frames": Kind(
        "CNN-LSTM on frames",
        "reads what filters find in every frame",
        over_frames("recurrent"),
        pictures=True,
    ),
    "last_frame": Kind(
        "CNN on the last frame",
        "sees what filters find in the last frame",
        over_frames("last"),
        cells=False,
        pictures=True,
        sized="",
    ),
    "frames_mean": Kind(
        "CNN mean",
        "sees the mean of what filters find in all frames",
        over_frames("mean"),
        cells=False,
        pictures=True,
        sized="",
    ),
    "translator": Kind(
        "Encoder + decoder",
        "reads all, and writes from its last state alone",
        encoder_decoder(),
        writes=True,
    ),
    "attending": Kind(
        "With attention",
        "weighs all states of its encoder anew before each sign that it writes",
        encoder_decoder(attends=True),
        writes=True,
    ),
    "reversed": Kind(
        "Input reversed",
        "reads the source from behind, so that the first signs are read last",
        encoder_decoder(reverses=True),
        writes=True,
    ),
    "attending_gru": Kind(
        "Attention, GRU",
        "weighs the states of a GRU anew before each sign that it writes",
        encoder_decoder(attends=True, cell="gru"),
        cells=False,
        writes=True,
    ),
}
"""In the order of menus; the first ones are the default of the page."""
