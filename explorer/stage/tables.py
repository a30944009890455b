"""What a picture shows, as numbers: its scalars, the curves that it draws, the states of a reading.

Everything is read from the frames that the picture has, so a table never says anything else than
the screen. Arrays travel as float32, some of them quantised (`runs.frames.pack`); scalars exactly.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.figures.scene import Curve, Plot, Scene, Tokens
from explorer.runs.export import Table, as_json, numbers_csv
from explorer.runs.frames import Frame

STATE = "hidden"  # the array that every reading has: (H,) a step
MOST_ROWS = 1_000_000  # of a table of states, as many as a spreadsheet opens


@dataclass(frozen=True)
class Drawn:
    """One curve of the frame that is shown: where it stands, and its points; a band if it has one.

    ``low`` and ``high`` are as long as ``y``, or empty.
    """

    plot: str
    curve: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def curves(scene: Scene, still: Frame, frame: Frame) -> Iterator[Drawn]:
    """Yield the curves of a frame, in the order of the plots that draw them."""

    def array(name: str) -> list[float]:
        found = frame.arrays.get(name, still.arrays.get(name))
        return [] if found is None else np.asarray(found, float).ravel().tolist()

    for panel in scene.panels:
        if not isinstance(panel, Plot):
            continue
        for mark in panel.marks:
            if isinstance(mark, Curve) and (y := array(mark.y)):
                x = array(mark.x) if mark.x else [float(k) for k in range(len(y))]
                band = (array(mark.low), array(mark.high)) if mark.low else ((), ())
                yield Drawn(panel.title or panel.area, mark.label or mark.y, x, y, *band)


def numbers(frames: Sequence[Frame]) -> bytes:
    """The scalars of all frames as CSV: a row a frame, with its step."""
    text = io.StringIO(newline="")
    _table(frames).write(csv.writer(text))
    return text.getvalue().encode()


def curves_csv(scene: Scene, still: Frame, frame: Frame) -> bytes:
    """The curves of a frame as CSV, a row a point: plot, curve, x, y, low, high.

    ValueError where the picture draws none.
    """
    rows: list[tuple[object, ...]] = []
    for drawn in curves(scene, still, frame):
        blank = [None] * len(drawn.y)
        columns = zip(drawn.x, drawn.y, drawn.low or blank, drawn.high or blank, strict=True)
        rows += [(drawn.plot, drawn.curve, *map(_finite, row)) for row in columns]
    if not rows:
        raise ValueError("This picture draws no curves of one moment; its numbers have a file.")
    return numbers_csv(("plot", "curve", "x", "y", "low", "high"), rows)


def everything(
    link: str,
    settings: Mapping[str, Any],
    scene: Scene,
    still: Frame,
    frames: Sequence[Frame],
    at: int,
) -> bytes:
    """Link, settings, all scalars, and the curves of the frame at a place, as JSON."""
    drawn = [
        {name: _finite(value) for name, value in vars(curve).items() if len(value)}
        for curve in curves(scene, still, frames[at])
    ]
    return as_json(
        link, settings, _table([still]), _table(frames), {"shown": frames[at].step, "curves": drawn}
    )


def states_npz(link: str, scene: Scene, still: Frame, frames: Sequence[Frame]) -> bytes:
    """Gates and states of a reading, its weights, and what it read, as a NumPy archive.

    Every array over the steps has the shape (T, …); what never moves stands under ``fixed/``.
    """
    found = _over_time(frames)
    fixed = {f"fixed/{name}": values for name, values in still.arrays.items()}
    about = {"tokens": np.array(_tokens(scene, len(frames))), "link": np.array(link)}
    file = io.BytesIO()
    np.savez_compressed(file, **found, **fixed, **about)  # type: ignore[arg-type]
    return file.getvalue()


def states_csv(scene: Scene, frames: Sequence[Frame]) -> bytes:
    """Gates and states of a reading as CSV, a row for each step and unit, both counted from 0.

    ValueError for more rows than a spreadsheet opens.
    """
    found = _over_time(frames)
    shape = found[STATE].shape
    if math.prod(shape) > MOST_ROWS:
        raise ValueError(
            f"A table may have {MOST_ROWS:,} rows; this has {math.prod(shape):,}. Take the .npz."
        )
    columns = {name: values for name, values in found.items() if values.shape == shape}
    tokens = _tokens(scene, len(frames))
    values = np.stack(list(columns.values()), -1).tolist()
    rows = (
        (step, tokens[step], unit, *values[step][unit])
        for step in range(shape[0])
        for unit in range(shape[1])
    )
    return numbers_csv(("step", "token", "unit", *columns), rows)


def _over_time(frames: Sequence[Frame]) -> dict[str, np.ndarray]:
    """The arrays that all frames have alike, (T, …) each. ValueError where no cell has read."""
    names = [name for name in frames[0].arrays if all(name in frame.arrays for frame in frames)]
    found = {}
    for name in names:
        parts = [np.asarray(frame.arrays[name]) for frame in frames]
        if all(part.shape == parts[0].shape for part in parts):
            found[name] = np.stack(parts)
    if STATE not in found:
        raise ValueError("This picture has no gates and states of one cell.")
    return found


def _tokens(scene: Scene, count: int) -> list[str]:
    """What was read at each step; empty texts where the picture does not say."""
    told = next((panel.tokens for panel in scene.panels if isinstance(panel, Tokens)), ())
    return [*told, *[""] * count][:count]


def _table(frames: Sequence[Frame]) -> Table:
    table = Table()
    for frame in frames:
        table.add(frame)
    return table


def _finite(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
