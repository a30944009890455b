"""What each view of the cell lab shows for its settings: the answers that its stages ask for.

Each is a pure function of the settings and of whether a hand still moves; then it may leave
something out, and says so. What the settings ask for and cannot be is answered with what there is
in its place (`standing`), as the page turns its dials.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from explorer.figures.cells.handmade import handmade_scene
from explorer.figures.cells.operated import surgery_scene
from explorer.figures.cells.patterns import patterns_scene
from explorer.figures.cells.step import step_scene
from explorer.figures.cells.unfolded import memory_scene, unkept_scene
from explorer.figures.cells.writing import writing_scene
from explorer.figures.scene import Scene, as_json
from explorer.labs.cells import made as handmade
from explorer.labs.cells import written as texts
from explorer.labs.cells.operated import operate
from explorer.labs.cells.patterns import search
from explorer.labs.cells.readers import material_of
from explorer.labs.cells.reading import Seen, looked_at, read
from explorer.labs.cells.remembered import has_memory, remembered, telling_moment
from explorer.labs.cells.settings import CellLab
from explorer.labs.cells.standing import standing
from explorer.runs.answers import Answer, RefusedError
from explorer.sequences.handmade import HANDMADE

NO_MEMORY = (
    "A plain RNN has no memory that a gate keeps: each step squashes everything anew, so its state "
    "is no sum of parts. Choose an LSTM or a GRU."
)


def warm_up() -> None:
    """Read once with each kind of gates: the first reading waits for more than itself."""
    for cell in ("lstm", "gru"):
        read(CellLab(cell=cell))


def step(settings: CellLab, moving: bool) -> Answer:
    """Return a reading, to be stepped through."""
    settings, seen, unit = _read(settings)
    scene = _drawn(
        step_scene,
        seen.cell,
        seen.reader.tokens,
        seen.units,
        seen.vocabulary or None,
        clock=seen.reader.clock,
        inputs=seen.inputs,
        classes=seen.classes or None,
        takes=seen.takes,
    )
    wanted = settings.step if settings.step >= 0 else telling_moment(seen, unit)
    start = min(wanted, len(seen.frames) - 1)
    return Answer(scene, seen.frames, seen.still, select={"unit": unit}, start=start)


def memory(settings: CellLab, moving: bool) -> Answer:
    """Return the memory of a unit, taken apart; the state alone, where no gate keeps it."""
    settings, seen, unit = _read(settings)
    about = seen.cell, seen.reader.tokens, seen.units
    if has_memory(seen.cell):
        scene = _drawn(memory_scene, *about, clock=seen.reader.clock)
        found = remembered(seen, unit)
        frames, opens = found.frames, found.fullest
    else:
        scene = _drawn(unkept_scene, *about, clock=seen.reader.clock)
        frames = tuple(replace(frame, sentences={"says": NO_MEMORY}) for frame in seen.frames)
        opens = telling_moment(seen, unit)
    return Answer(scene, frames, seen.still, select={"unit": unit}, start=opens)


def patterns(settings: CellLab, moving: bool) -> Answer:
    """Return the units that are on over a span, and where else they are."""
    settings, seen, unit = _read(settings)
    found = search(seen, settings, unit)
    scene = _drawn(
        patterns_scene, seen.cell, seen.reader.tokens, seen.units, clock=seen.reader.clock
    )
    pattern = found.pattern
    select = {"unit": unit, "span_first": pattern.first, "span_last": pattern.last}
    return Answer(scene, found.frames, found.still, select=select, start=pattern.last)


def surgery(settings: CellLab, moving: bool) -> Answer:
    """Return what a hand on a trained network changes."""
    settings, seen, unit = _read(settings)
    try:
        found = operate(settings, unit)
    except ValueError as why:
        raise RefusedError("operations", str(why)) from why
    scene = _drawn(
        surgery_scene,
        seen.cell,
        seen.reader.tokens,
        seen.units,
        seen.vocabulary or None,
        clock=seen.reader.clock,
    )
    last_step = len(found.frames) - 1
    first, last = (min(at, last_step) for at in (settings.first, settings.last))
    select = {"unit": unit, "span_first": min(first, last), "span_last": max(first, last)}
    return Answer(scene, found.frames, seen.still, select=select, start=last)


def hand(settings: CellLab, moving: bool) -> Answer:
    """Return a hand-made cell at work, with its verdict; without one while the hand moves."""
    settings = standing(settings).settings
    try:
        found, coarse = handmade.glimpse(settings) if moving else (handmade.made(settings), "")
    except ValueError as why:
        unknown = set(settings.word) - set(HANDMADE[settings.hand].symbols)
        raise RefusedError("word" if unknown else "changed", str(why)) from why
    units = len(found.entry.units)
    scene = _drawn(
        handmade_scene,
        found.entry.cell_name,
        tuple(found.word),
        units,
        tuple(handmade.answered(answer) for answer in found.right),
        tuple(handmade.answered(answer) for answer in found.given),
        clock="symbol",
        inputs=handmade.inputs(found.entry),
        reach=handmade.reach(found.entry),
    )
    return Answer(
        scene,
        found.frames,
        found.still,
        select={"unit": settings.unit if 0 <= settings.unit < units else 0},
        start=min(4, len(found.frames) - 1),
        coarse=coarse,
    )


def writing(settings: CellLab, moving: bool) -> Answer:
    """Return a text that one network writes and three read."""
    settings = standing(settings).settings
    found, coarse = texts.glimpse(settings) if moving else (texts.written(settings), "")
    scene = _drawn(writing_scene, found.cells, tuple(found.text), found.vocabulary)
    prompt = len(found.text) - len(found.generation.text)
    start = min(prompt + 12, len(found.frames) - 1)
    return Answer(scene, found.frames, found.frames[0], start=start, coarse=coarse)


@lru_cache(maxsize=32)
def _drawn(scene: Callable[..., Scene], *about: Any, **named: Any) -> Mapping[str, Any]:
    """Return a scene as it travels, made once: while a value is dragged, numbers change alone."""
    return as_json(scene(*about, **named))


def _read(settings: CellLab) -> tuple[CellLab, Seen, int]:
    """Return the settings as they stand, the reading that they ask for, and the unit looked at."""
    try:
        settings = standing(settings).settings
        seen = read(settings)
    except ValueError as why:
        raise RefusedError(_blamed(settings), str(why)) from why
    return settings, seen, looked_at(settings, seen)


def _blamed(settings: CellLab) -> str:
    """Return the dial of what is read; none where an uploaded network is given nothing."""
    try:
        material = material_of(settings)
    except ValueError:
        return ""
    return material.setting if material else ""
