"""A user's own training, watched: its recorded steps as frames, and as the rows of a table."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.cells import CELLS
from explorer.gradients import Watching
from explorer.gradients.watching import Flow, Twin, WatchedStep, way_ratio
from explorer.gradients.watching.verdict import judged
from explorer.labs.prose import ACTING, number_word
from explorer.runs.frames import Frame

DRAWN = 5  # layers in one picture: more lines nobody can tell apart
DECADES = 16  # of the axis of norms
COLUMNS = ("step", "layer", "number", "direction", "sequence", "t", "samples", "h", "direct", "c")


@dataclass(frozen=True)
class Place:
    """One layer and direction of the model: how its arrays begin, and what it is called.

    `path` is its layer, number and direction; a model may call its parts whatever it likes, so
    arrays and scalars go by `key`.
    """

    key: str
    path: tuple[str, int, str]
    name: str
    cell_name: str

    @property
    def state(self) -> str:
        """The state that is meant to remember."""
        return "c" if CELLS[self.cell_name].memory == "cell" else "h"

    @property
    def gated(self) -> bool:
        """Whether a gate keeps the memory."""
        return CELLS[self.cell_name].keeping_gate is not None


@dataclass(frozen=True)
class Recording:
    """What a picture of a watched training shows.

    ``modules`` are the names of those whose gradients are "module0/norm" and so on. ``left_out``
    counts the layers that it has no room for; ``lowest`` and ``highest`` bound the axis of norms.
    """

    places: tuple[Place, ...]
    modules: tuple[str, ...]
    frames: tuple[Frame, ...]
    steps: int
    lowest: float
    highest: float
    twin_bias: float | None
    left_out: int


def recording(watching: Watching, forget_bias: float | None = None) -> Recording:
    """Return what was recorded as frames: one for each watched step.

    Arrays "t", "<key>/norm" (of the state that remembers, by t), "<key>/gate" (the mean of the
    keeping gate) and, with a ``forget_bias``, "<key>/twin"; scalars "<key>/ratio",
    "<key>/seen" (1 where the loss looks at the step read first), "<key>/half_life" (its median over
    the units) and "module<n>/norm". Of several sequences in a step the first is taken. Raises
    ValueError where nothing was recorded.
    """
    if not watching.steps:
        raise ValueError("nothing was recorded yet: train a step, then call step()")
    twin = None if forget_bias is None else watching.twin(forget_bias)
    every = list(dict.fromkeys(_path(flow) for one in watching.steps for flow in one.flows))
    worst = sorted(every, key=lambda path: _lowest_ratio(watching.steps, path))[:DRAWN]
    drawn = [path for path in every if path in worst]
    places = tuple(_place(watching.steps, path, n) for n, path in enumerate(drawn))
    modules = _modules(watching.steps)
    length = max(len(flow.hidden) for one in watching.steps for flow in one.flows)
    frames = tuple(_frame(one, places, modules, length, twin) for one in watching.steps)
    lowest, highest = axis_of(norms_drawn(frames, places))
    return Recording(
        places, modules, frames, length, lowest, highest, forget_bias,
        left_out=len(every) - len(places),
    )  # fmt: skip


def table(watching: Watching) -> tuple[list[str], Iterator[list[object]]]:
    """Return the columns of all that was recorded of the layers, and a row for each t.

    Gates that a cell does not have are empty, and so is what is no number.
    """
    gates = list(
        dict.fromkeys(gate for one in watching.steps for flow in one.flows for gate in flow.gates)
    )
    return [*COLUMNS, *gates, "half_life"], _rows(watching.steps, gates)


def _rows(steps: Sequence[WatchedStep], gates: Sequence[str]) -> Iterator[list[object]]:
    for one in steps:
        for flow in one.flows:
            half = median_half_life(flow)
            nothing = np.full(len(flow.hidden), np.nan)
            columns = [flow.hidden, flow.direct, nothing if flow.cell is None else flow.cell]
            columns += [flow.gates.get(gate, nothing) for gate in gates]
            place = (flow.layer, flow.number, flow.direction, flow.sequence)
            for t, numbers in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
                head = (one.step, *place, t, int(flow.samples[t]))
                yield [*head, *map(_plain, [*numbers, half])]


def _plain(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def median_half_life(flow: Flow | None) -> float:
    """Return the median of the units' half-lives in steps; NaN where there are none."""
    found = None if flow is None else flow.half_life
    return math.nan if found is None else float(np.median(found))


def _path(flow: Flow) -> tuple[str, int, str]:
    return flow.layer, flow.number, flow.direction


def first_of(flows: Sequence[Flow], place: Place) -> Flow | None:
    """Return what a layer and direction got back on its first sequence, where it did."""
    return next((flow for flow in flows if _path(flow) == place.path), None)


def _lowest_ratio(steps: Sequence[WatchedStep], path: tuple[str, int, str]) -> float:
    ratios = [way_ratio(flow) for one in steps for flow in one.flows if _path(flow) == path]
    return min((ratio for ratio in ratios if math.isfinite(ratio)), default=math.inf)


def _place(steps: Sequence[WatchedStep], path: tuple[str, int, str], number: int) -> Place:
    flow = next(flow for one in steps for flow in one.flows if _path(flow) == path)
    return Place(f"layer{number}", path, flow.name.translate(ACTING), flow.cell_name)


def _modules(steps: Sequence[WatchedStep]) -> tuple[str, ...]:
    """The modules of the model whose gradients are the largest, in its own order."""
    peaks: dict[str, float] = {}
    for one in steps:
        for name, norm in one.modules.items():
            peaks[name] = max(peaks.get(name, 0.0), norm if math.isfinite(norm) else 0.0)
    largest = sorted(peaks, key=lambda name: -peaks[name])[:DRAWN]
    return tuple(name for name in peaks if name in largest)


def _frame(
    one: WatchedStep,
    places: Sequence[Place],
    modules: Sequence[str],
    length: int,
    twin: Twin | None,
) -> Frame:
    arrays = {"t": np.arange(length, dtype=np.float32)}
    scalars: dict[str, float] = {}
    for place in places:
        flow = first_of(one.flows, place)
        kept = CELLS[place.cell_name].keeping_gate
        arrays[f"{place.key}/norm"] = padded(None if flow is None else flow.memory, length)
        if kept is not None:
            gate = None if flow is None else flow.gates[kept]
            arrays[f"{place.key}/gate"] = padded(gate, length)
            scalars[f"{place.key}/half_life"] = median_half_life(flow)
        if twin is not None:
            other = first_of(twin.flows, place)
            arrays[f"{place.key}/twin"] = padded(None if other is None else other.memory, length)
        scalars[f"{place.key}/ratio"] = math.nan if flow is None else way_ratio(flow)
        scalars[f"{place.key}/seen"] = float(flow is not None and flow.seen_first)
    own = one.modules
    scalars |= {f"module{n}/norm": own.get(name, math.nan) for n, name in enumerate(modules)}
    says = judged([(one.step, one.flows)]).sentence
    return Frame(one.step, arrays, scalars, {"says": says})


def padded(values: np.ndarray | None, length: int) -> np.ndarray:
    """Return values along t in float32, with NaN where a sequence has no step t."""
    found = np.full(length, np.nan, dtype=np.float32)
    if values is not None:
        with np.errstate(over="ignore", under="ignore"):
            found[: len(values)] = values
    return found


def norms_drawn(frames: Sequence[Frame], places: Sequence[Place]) -> list[np.ndarray]:
    """Return every norm along t that a picture of the frames draws."""
    return [
        values
        for frame in frames
        for place in places
        for name in ("norm", "twin")
        if (values := frame.arrays.get(f"{place.key}/{name}")) is not None
    ]


def axis_of(drawn: Sequence[np.ndarray]) -> tuple[float, float]:
    """The axis of norms: whole powers of ten around what is there, and no more than it can show."""
    norms = np.concatenate([values.ravel() for values in drawn])
    norms = norms[np.isfinite(norms) & (norms > 0)].astype(np.float64)
    if not norms.size:
        return 1e-6, 1.0
    highest = math.ceil(math.log10(norms.max()) + 1e-9)
    lowest = max(math.floor(math.log10(norms.min())), highest - DECADES)
    return 10.0**lowest, 10.0 ** max(highest, lowest + 1)


def look(shown: Recording) -> str:
    """Return what to look for in the picture of a recording."""
    rest = ""
    if shown.left_out:
        rest = (
            f" {number_word(shown.left_out).capitalize()} more are not drawn: these keep the least;"
            " the table has them all."
        )
    beside = ""
    if shown.twin_bias is not None:
        beside = (
            f" The thin dashed lines are step {shown.frames[0].step} with a forget bias of "
            f"{shown.twin_bias:g} and the same gradients at the outputs."
        )
    return (
        "Each line is one layer: how much of the loss reaches its state at every step t of the "
        "input, every path counted. On a log axis a straight line is exponential decay. Play the "
        f"training: does the far end come up?{beside}{rest}"
    )
