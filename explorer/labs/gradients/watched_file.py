"""A watched training as a file that the laboratory opens again: written here, and read here.

It is a chunk of frames (`runs.frames`), the still one first. The still frame's sentence
`DESCRIPTION` is JSON: the version, which layers and modules there are, and the verdict; its arrays
"<key>/twins" hold, by `BIASES` and t, the norms of the first look with another forget bias. So no
weight and no example of anybody's model is in the file, and a twin needs none.

A file may come from anywhere: nothing of it is believed that was not looked at.
"""

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.cells import CELLS
from explorer.dials.files import too_large
from explorer.gradients import Watching
from explorer.gradients.watching.layers import DIRECTIONS
from explorer.labs.gradients.watched import (
    DRAWN,
    Place,
    Recording,
    axis_of,
    first_of,
    look,
    norms_drawn,
    padded,
    recording,
)
from explorer.labs.prose import line_of
from explorer.runs.frames import FORGED, Frame
from explorer.runs.recorded import as_chunk, from_chunk
from explorer.runs.recording import indices_kept

VERSION = 1
DESCRIPTION = "recording"
BIASES = tuple(half / 2 for half in range(-4, 13))
"""The forget biases that the first look is told for."""
MOST_FRAMES = 1_000
LONGEST = 20_000  # steps of a sequence
TWINS_TO = 10_000  # steps of a sequence, with twins
LONGEST_NAME, LONGEST_SENTENCE = 60, 600  # characters
FEWER_STEPS = "watch fewer steps of the training (every=…), or shorter sequences"


@dataclass(frozen=True)
class Opened:
    """A recording from a file; ``twins`` are norms by bias and t, called as in the file.

    ``no_twin`` says why there are none. ``verdict`` is what the file says of all of it.
    """

    shown: Recording
    verdict: str
    twins: Mapping[str, np.ndarray]
    no_twin: str


def as_file(watching: Watching, forget_bias: float | None = None) -> bytes:
    """Return what was recorded as the bytes of a file; of many steps every n-th, and the last.

    The twins are computed now, which takes as long as 17 looks. Raises ValueError where nothing
    was recorded.
    """
    shown = recording(watching, forget_bias)
    if shown.steps > LONGEST:
        raise ValueError(
            f"the longest sequence has {shown.steps:,} steps, and a file holds {LONGEST:,}"
        )
    twins, why = _twins(watching, shown)
    told = {
        "version": VERSION,
        "places": [[*place.path, place.name, place.cell_name] for place in shown.places],
        "modules": list(shown.modules),
        "steps": shown.steps,
        "twin_bias": shown.twin_bias,
        "left_out": shown.left_out,
        "verdict": watching.verdict(),
        "no_twin": why,
    }
    says = {"look": look(shown), DESCRIPTION: json.dumps(told, ensure_ascii=False)}
    kept = [shown.frames[i] for i in indices_kept(len(shown.frames), MOST_FRAMES)]
    return as_chunk(Frame(0, twins, sentences=says), kept, {})


def _twins(watching: Watching, shown: Recording) -> tuple[dict[str, np.ndarray], str]:
    if shown.steps > TWINS_TO:
        return {}, f"its sequences have more than {TWINS_TO:,} steps"
    try:
        twins = [watching.twin(bias) for bias in BIASES]
    except ValueError as why:
        return {}, str(why)
    found = {}
    for place in shown.places:
        flows = [first_of(twin.flows, place) for twin in twins]
        norms = [padded(None if flow is None else flow.memory, shown.steps) for flow in flows]
        found[f"{place.key}/twins"] = np.stack(norms)
    return found, ""


def opened(data: bytes) -> Opened:
    """Return the recording in a file. Raises ValueError, one sentence, where there is none."""
    if why := too_large(len(data), FEWER_STEPS):
        raise ValueError(f"this recording cannot be taken: {why}")
    try:
        still, frames = from_chunk(data)
    except ValueError as error:
        raise ValueError(
            f'this is no whole file of watching.save("run.frames"): {error}'
        ) from error
    if DESCRIPTION not in still.sentences:
        raise ValueError(
            "this file does not say which layers it is of: it is of another run, or of an older "
            "laboratory; save the watching once more"
        )
    try:
        return _understood(json.loads(still.sentences[DESCRIPTION]), still, frames)
    except _ForgedError as error:
        raise ValueError(f"this recording cannot be right: {error}") from error
    except (*FORGED, ValueError) as error:
        raise ValueError("what this file says of its layers cannot be read") from error


class _ForgedError(ValueError):
    """Why a recording cannot be one."""


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _ForgedError(otherwise)


def _understood(told: Any, still: Frame, frames: Sequence[Frame]) -> Opened:
    version, steps, bias = told["version"], told["steps"], told["twin_bias"]
    _must(
        type(version) is int and version == VERSION,
        f"it is of version {_named(version)}, and this laboratory reads version {VERSION}",
    )
    _must(
        type(steps) is int and 1 <= steps <= LONGEST,
        f"its sequences have {_named(steps)} steps, which may be 1 to {LONGEST:,}",
    )
    count, modules, left_out = len(told["places"]), told["modules"], told["left_out"]
    _must(1 <= count <= DRAWN, f"it has {count} layers, which may be 1 to {DRAWN}")
    _must(len(modules) <= DRAWN, f"it has {len(modules)} modules, which may be at most {DRAWN}")
    _must(type(left_out) is int and left_out >= 0, "it counts the layers left out wrongly")
    places = tuple(_place(entry, number) for number, entry in enumerate(told["places"]))
    _must(len({place.path for place in places}) == count, "it has one layer twice")
    names = tuple(_named(name) for name in modules)
    when = [frame.step for frame in frames]
    _must(when[0] >= 0 and when[-1] < 2**53, "its steps are no counts")
    _must(all(a < b for a, b in itertools.pairwise(when)), "its steps do not grow")
    kept = tuple(
        _frame(frames[i], places, names, steps) for i in indices_kept(len(when), MOST_FRAMES)
    )
    twins = {}
    for place in places:
        if (name := f"{place.key}/twins") in still.arrays:
            twins[name] = _norms(still.arrays[name], (len(BIASES), steps), place)
    lowest, highest = axis_of([*norms_drawn(kept, places), *twins.values()])
    why = line_of(told["no_twin"], LONGEST_SENTENCE) or "the file holds none"
    shown = Recording(
        places, names, kept, steps, lowest, highest,
        None if bias is None else float(bias), left_out,
    )  # fmt: skip
    verdict = line_of(told["verdict"], LONGEST_SENTENCE)
    return Opened(shown, verdict, twins, "" if twins else why)


def _place(entry: Any, number: int) -> Place:
    layer, of_layer, direction, name, cell_name = entry
    _must(type(of_layer) is int and of_layer >= 0, f"layer {number} has no whole number")
    _must(direction in DIRECTIONS, f"layer {number} reads {_named(direction)}")
    _must(cell_name in CELLS, f"layer {number} is {_named(cell_name)}, which no cell here is")
    return Place(f"layer{number}", (str(layer), of_layer, direction), _named(name), cell_name)


def _frame(frame: Frame, places: Sequence[Place], modules: Sequence[str], steps: int) -> Frame:
    """Return what is read of a frame: its known arrays and numbers; what it says is not."""
    arrays = {"t": np.arange(steps, dtype=np.float32)}
    asked = [f"module{number}/norm" for number in range(len(modules))]
    for place in places:
        arrays[f"{place.key}/norm"] = _norms(frame.arrays[f"{place.key}/norm"], (steps,), place)
        asked += [f"{place.key}/ratio", f"{place.key}/seen"]
        if place.gated:
            gate = _shaped(frame.arrays[f"{place.key}/gate"], (steps,), place)
            inside = np.isnan(gate) | ((gate >= 0) & (gate <= 1))
            _must(bool(inside.all()), f"a gate of {place.name} is not between 0 and 1")
            arrays[f"{place.key}/gate"] = gate
            asked.append(f"{place.key}/half_life")
    scalars = {name: frame.scalars[name] for name in asked}
    _must(
        all(math.isnan(value) or value >= 0 for value in scalars.values()),
        f"at step {frame.step} it has a norm below 0",
    )
    return Frame(frame.step, arrays, scalars)


def _norms(values: np.ndarray, shape: tuple[int, ...], place: Place) -> np.ndarray:
    found = _shaped(values, shape, place)
    _must(not bool((found < 0).any()), f"a norm of {place.name} is below 0")
    return found


def _shaped(values: np.ndarray, shape: tuple[int, ...], place: Place) -> np.ndarray:
    _must(
        values.shape == shape,
        f"{place.name} has numbers of shape {values.shape}, where {shape} belong",
    )
    return values


def _named(text: object) -> str:
    return line_of(text, LONGEST_NAME)
