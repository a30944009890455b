"""The small recordings of the home page: made by one command, shipped under ``assets/``.

A recording is a chunk whose first packet, of index -1, is the still frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from explorer.labs.gans.match import STEPS_PER_FRAME, Match
from explorer.labs.gradients import Flow, measure
from explorer.runs.frames import Frame, chunk, pack, packets, unpack

ASSETS = Path(__file__).resolve().parents[2] / "assets"
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


def save(name: str, folder: Path) -> Path:
    """Make one of the recordings and write it into a folder; return the file."""
    still, frames = RECORDINGS[name]()
    path = folder / f"home-{name}.frames"
    path.write_bytes(as_chunk(still, frames, PRECISION))
    return path


@cache
def load(name: str) -> tuple[Frame, tuple[Frame, ...]]:
    """Return still frame and frames of a shipped recording. Raises ValueError for a broken one."""
    return from_chunk((ASSETS / f"home-{name}.frames").read_bytes())


def as_chunk(still: Frame, frames: Sequence[Frame], precision: Mapping[str, str]) -> bytes:
    """Return a whole recording as one chunk, the still frame first."""
    numbered = [pack(frame, index, precision) for index, frame in enumerate(frames)]
    return chunk([pack(still, -1, precision), *numbered])


def from_chunk(data: bytes) -> tuple[Frame, tuple[Frame, ...]]:
    """Return still frame and frames of a recording; raises ValueError for a broken one."""
    found = [unpack(packet) for packet in packets(data)]
    if len(found) < 2 or found[0][0] != -1:
        raise ValueError("these frames are no whole recording")
    return found[0][1], tuple(frame for _, frame in found[1:])


def _smaller(frame: Frame) -> Frame:
    arrays = {
        name: values[:POINTS] if name.endswith("/fake") else values
        for name, values in frame.arrays.items()
        if name.endswith(("/fake", "/surface"))
    }
    scalars = {name: frame.scalars[name] for name in ("a/held", "b/held")}
    return Frame(frame.step, arrays, scalars)


PRECISION = Match.precision
RECORDINGS = {"gans": record_games, "gradients": record_forgetting}
