"""Two readings side by side: the network untouched, and with a hand on one of its parts."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from explorer.cells import CELLS
from explorer.cells.surgery import Surgery, ablations_of
from explorer.labs.cells import frames
from explorer.labs.cells.kept import kept
from explorer.labs.cells.operations import clamp, joined, parse_operations
from explorer.labs.cells.reading import (
    EXPECTED,
    MOST_KEPT,
    READING,
    Outcome,
    Seen,
    only_what_is_read,
    perform,
    read,
    size_of_outcome,
)
from explorer.labs.cells.settings import CellLab
from explorer.runs.frames import Frame
from explorer.sequences.characters import CharacterNetwork
from explorer.sequences.generation import generate

WRITTEN = 60  # characters that each of the two writes
OPERATED = (
    *(*READING, "hold", "value", "everyone", "operations", "first", "last", "unit"),
    *("temperature", "top_k"),
)


@dataclass(frozen=True)
class Operated:
    """What an operation changed, in the order one asks for it.

    `moved` is the largest change of the memory of any unit at any step, `surprise` what a
    character cost on average before and after, in nats (None where no text is read).
    """

    seen: Seen
    outcome: Outcome
    surgery: Surgery
    frames: tuple[Frame, ...]
    moved: float
    moved_unit: int
    surprise: tuple[float, float] | None
    texts: tuple[str, str] | None  # what is written after the operation, untouched and operated


def operation(settings: CellLab, unit: int, steps: int) -> str:
    """Return all operations as one line: those done before, and the hand that is laid on now.

    The hand reaches as far as what is read has ``steps``.
    """
    words = [settings.operations] if settings.operations else []
    if settings.hold != "nothing":
        chosen = -1 if settings.everyone else unit
        first, last = sorted(min(step, steps - 1) for step in (settings.first, settings.last))
        words.append(clamp(settings.hold, chosen, first, last, settings.value))
    return joined(words)


def holds(cell: str) -> tuple[str, ...]:
    """Return what surgery can hold in a cell: its gates and its states."""
    kind = CELLS[cell]
    gates = tuple(gate.field for gate in kind.kinds if gate.field != "hidden")
    return ("nothing", *gates, *(("cell",) if kind.memory == "cell" else ()), "hidden")


def ablations(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that can be switched off."""
    return ablations_of(CELLS[cell])


def operate(settings: CellLab, unit: int) -> Operated:
    """Return what the settings' operations change. Raises ValueError with one sentence."""
    known = {name: getattr(settings, name) for name in OPERATED}
    return _operate(replace(CellLab(), **known | {"unit": unit}))


def check(settings: CellLab, seen: Seen, unit: int) -> None:
    """Raise ValueError, one sentence, where the settings' operations cannot be done to a reading.

    Nothing is read for that.
    """
    surgery = parse_operations(operation(settings, unit, len(seen.trace)))
    surgery.check(CELLS[seen.cell], seen.trace.weights, len(seen.trace))


def _size_of_operated(found: Operated) -> int:
    return size_of_outcome(found.outcome)


def _size_of_untouched(found: tuple[Outcome, dict[str, np.ndarray]]) -> int:
    return size_of_outcome(found[0])


@kept(most=8, room=MOST_KEPT, size=_size_of_operated)
def _operate(settings: CellLab) -> Operated:
    check(settings, seen := read(settings), settings.unit)
    untouched, before = _untouched(only_what_is_read(settings))
    surgery = parse_operations(operation(settings, settings.unit, len(seen.trace)))
    at = (seen.layer, int(seen.backward))
    outcome = perform(seen.reader, surgery, at)
    after = frames.mapped(outcome.trace, seen.window)
    remembers = CELLS[seen.cell].pictured(CELLS[seen.cell].memory)
    arrays = {remembers: after[remembers]}
    arrays |= {f"difference/{name}": values - before[name] for name, values in after.items()}
    if outcome.probabilities is not None and untouched.probabilities is not None:
        arrays |= frames.likeliest(outcome.probabilities, EXPECTED)
        old = frames.likeliest(untouched.probabilities, EXPECTED)
        arrays |= {f"untouched/{name}": values for name, values in old.items()}
    old_memory, memory = frames.memory(untouched.trace), frames.memory(outcome.trace)
    scalars = dict(outcome.scalars)
    scalars |= {f"untouched/{name}": values for name, values in untouched.scalars.items()}
    scalars["untouched/memory"] = old_memory[:, settings.unit].numpy()
    scalars["operated/memory"] = memory[:, settings.unit].numpy()
    texts = _texts(seen, outcome, surgery, at, settings)
    change = (memory - old_memory).abs()
    moved, moved_unit = float(change.max()), int(change.amax(dim=0).argmax())
    surprise = _surprise(untouched, outcome)
    sentences = {"says": _says(surgery, moved, moved_unit, surprise, texts)}
    if texts is not None:
        left_alone, operated = (text.replace("\n", "↵") for text in texts)
        sentences |= {"untouched_text": left_alone, "generated": operated}
    shown = frames.in_steps(arrays, scalars, sentences)
    return Operated(
        seen=seen,
        outcome=outcome,
        surgery=surgery,
        frames=shown,
        moved=moved,
        moved_unit=moved_unit,
        surprise=surprise,
        texts=texts,
    )


@kept(most=4, room=MOST_KEPT, size=_size_of_untouched)
def _untouched(settings: CellLab) -> tuple[Outcome, dict[str, np.ndarray]]:
    """The reading once more, by the way that an operation takes and without one; and its maps.

    Two routes differ in last bits, which would pass for something that the operation changed.
    """
    seen = read(settings)
    outcome = perform(seen.reader, Surgery(), (seen.layer, int(seen.backward)))
    return outcome, frames.mapped(outcome.trace, seen.window)


def _says(
    surgery: Surgery,
    moved: float,
    moved_unit: int,
    surprise: tuple[float, float] | None,
    texts: tuple[str, str] | None,
) -> str:
    """What changed, in words."""
    if not surgery or moved == 0:
        return "Nothing changed: every number is that of the untouched run."
    said = f"Unit {moved_unit}'s memory moved furthest, by {moved:.2g}. "
    if surprise:
        before, after = surprise
        now, then = (f"{100 * math.exp(-cost):.2g}" for cost in (after, before))
        if (now, f"{after:.2f}") == (then, f"{before:.2f}"):
            said += f"A character is typically given {now} %, as before, to these digits. "
        else:
            said += (
                f"A character is typically given {now} %, not {then} % (−ln: {after:.2f} nats, not "
                f"{before:.2f}). "
            )
    if texts:
        untouched, operated = texts
        same = next(
            (k for k, (a, b) in enumerate(zip(untouched, operated, strict=True)) if a != b), None
        )
        said += (
            "What it writes then is the same."
            if same is None
            else f"What it writes then differs from its character {same + 1} on."
        )
    return said


def _texts(
    seen: Seen, outcome: Outcome, surgery: Surgery, at: tuple[int, int], settings: CellLab
) -> tuple[str, str] | None:
    """What each of the two writes where the hand leaves, drawn with the same random numbers.

    So what differs comes from the operation, and not from chance. Both go on from where they are:
    neither reads again what it has read.
    """
    if not isinstance(seen.reader.network, CharacterNetwork):
        return None
    end = len(seen.reader.text)
    if settings.hold != "nothing":
        end = min(end, max(settings.first, settings.last) + 1)
    draws = {name: getattr(settings, name) for name in ("temperature", "top_k", "seed")}
    untouched = _left_alone(replace(only_what_is_read(settings), **draws), end)
    if not surgery:
        return untouched, untouched
    return untouched, _written(seen, outcome, end, settings, surgery, at)


@lru_cache(maxsize=16)
def _left_alone(settings: CellLab, end: int) -> str:
    """What the untouched network writes after so many characters."""
    outcome, _ = _untouched(only_what_is_read(settings))
    return _written(read(settings), outcome, end, settings, None, (0, 0))


def _written(
    seen: Seen,
    outcome: Outcome,
    end: int,
    settings: CellLab,
    surgery: Surgery | None,
    at: tuple[int, int],
) -> str:
    """What a network writes from where it is after so many characters of what it has read."""
    network = seen.reader.network
    assert isinstance(network, CharacterNetwork), "only those write"
    return generate(
        network,
        seen.reader.text[:end],
        WRITTEN,
        temperature=settings.temperature,
        top_k=min(settings.top_k, len(network.vocabulary)),
        seed=settings.seed,
        surgery=surgery,
        at=at,
        carry=network.before(outcome.whole, end - 1),
    ).text


def _surprise(before: Outcome, after: Outcome) -> tuple[float, float] | None:
    if "surprise" not in after.scalars or len(after.trace) < 2:
        return None
    old, new = (np.nanmean(outcome.scalars["surprise"]) for outcome in (before, after))
    return float(old), float(new)
