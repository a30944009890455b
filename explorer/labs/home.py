"""The small recordings of the home page: made by one command, shipped under ``assets/``."""

from dataclasses import replace

import numpy as np

from explorer.labs.cells import CellLab, read
from explorer.labs.gans.match import STEPS_PER_FRAME, Match
from explorer.labs.gradients import Flow, measure
from explorer.runs.frames import Frame

GAME_STEPS = 1_200
GAME_FRAMES = 60
POINTS = 256
BIASES = np.linspace(0.0, 4.0, 41)


def record_games() -> tuple[Frame, list[Frame]]:
    """Return the default match over its first 1,200 steps, thinned to 60 frames."""
    match = Match()
    every = GAME_STEPS // STEPS_PER_FRAME // GAME_FRAMES
    kept = []
    for index, frame in enumerate(match.stream()):
        if index % every == 0:
            kept.append(_smaller(frame))
        if frame.step >= GAME_STEPS:
            break
    still = match.still()
    return replace(still, arrays={"real": still.arrays["real"]}), kept


def record_forgetting() -> tuple[Frame, list[Frame]]:
    """Return the gradient norms of the default networks as the forget bias grows from 0 to 4."""
    frames = []
    for step, bias in enumerate(BIASES):
        flow = Flow(forget_bias=round(float(bias), 2), length=60, seeds=3)
        arrays = {
            name: values
            for name, values in measure(flow).arrays.items()
            if name == "lag" or name.partition("/")[2] in {"norm", "low", "high", "theory"}
        }
        frames.append(Frame(step, arrays, {"forget_bias": flow.forget_bias}))
    return Frame(0), frames


def record_reading() -> tuple[Frame, list[Frame]]:
    """Return the memory of the default network while it reads the default text."""
    return Frame(0), [
        Frame(frame.step, {"cell": frame.arrays["cell"]}) for frame in read(CellLab()).frames
    ]


def _smaller(frame: Frame) -> Frame:
    arrays = {
        name: values[:POINTS] if name.endswith("/fake") else values
        for name, values in frame.arrays.items()
        if name.endswith(("/fake", "/surface"))
    }
    scalars = {name: frame.scalars[name] for name in ("a/held", "b/held")}
    return Frame(frame.step, arrays, scalars)


PRECISION = {**Match.precision, "cell": "uint16"}
RECORDINGS = {"cells": record_reading, "gans": record_games, "gradients": record_forgetting}
