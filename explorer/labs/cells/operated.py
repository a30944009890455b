"""Two readings side by side: the network untouched, and with a hand on one of its parts."""

from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from explorer.cells import CELLS
from explorer.cells.surgery import Surgery, ablations_of
from explorer.labs.cells import frames
from explorer.labs.cells.operations import clamp, joined, parse_operations
from explorer.labs.cells.reading import (
    EXPECTED,
    READING,
    Outcome,
    Seen,
    only_what_is_read,
    perform,
    read,
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


@lru_cache(maxsize=8)
def _operate(settings: CellLab) -> Operated:
    seen, untouched = read(settings), _untouched(only_what_is_read(settings))
    surgery = parse_operations(operation(settings, settings.unit, len(seen.trace)))
    at = (seen.layer, int(seen.backward))
    kind = CELLS[seen.cell]
    surgery.check(kind, seen.trace.weights, len(seen.trace))
    outcome = perform(seen.reader, surgery, at)
    before, after = frames.states(untouched.trace), frames.states(outcome.trace)
    arrays = dict(after)
    compared = {*kind.mapped, *(kind.pictured(made.name) for made in kind.equations)}
    arrays |= {f"difference/{name}": after[name] - before[name] for name in sorted(compared)}
    if outcome.probabilities is not None and untouched.probabilities is not None:
        arrays |= frames.likeliest(outcome.probabilities, EXPECTED)
        old = frames.likeliest(untouched.probabilities, EXPECTED)
        arrays |= {f"untouched/{name}": values for name, values in old.items()}
    old_memory, memory = frames.memory(untouched.trace), frames.memory(outcome.trace)
    scalars = dict(outcome.scalars)
    scalars |= {f"untouched/{name}": values for name, values in untouched.scalars.items()}
    scalars["untouched/memory"] = old_memory[:, settings.unit].numpy()
    scalars["operated/memory"] = memory[:, settings.unit].numpy()
    texts = _texts(seen, surgery, at, settings)
    change = (memory - old_memory).abs()
    moved, moved_unit = float(change.max()), int(change.amax(dim=0).argmax())
    surprise = _surprise(untouched, outcome)
    sentences = {"says": _says(surgery, moved, moved_unit, settings.unit, surprise, texts)}
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


@lru_cache(maxsize=4)
def _untouched(settings: CellLab) -> Outcome:
    """The reading once more, by the way that an operation takes and without one.

    Two routes differ in last bits, which would pass for something that the operation changed.
    """
    seen = read(settings)
    return perform(seen.reader, Surgery(), (seen.layer, int(seen.backward)))


def _says(
    surgery: Surgery,
    moved: float,
    moved_unit: int,
    unit: int,
    surprise: tuple[float, float] | None,
    texts: tuple[str, str] | None,
) -> str:
    """What changed, in words."""
    if not surgery or moved == 0:
        return "Nothing changed: every number is that of the untouched run."
    where = "" if moved_unit == unit else f" (unit {moved_unit})"
    said = f"A memory moved by up to {moved:.2g}{where}. "
    if surprise:
        before, after = surprise
        said += f"A character of the text costs {after:.2f} nats in place of {before:.2f}. "
    if texts:
        untouched, operated = texts
        same = next(
            (k for k, (a, b) in enumerate(zip(untouched, operated, strict=True)) if a != b), None
        )
        said += (
            "What it writes on from there is the same."
            if same is None
            else f"What it writes on from there differs from its character {same + 1} on."
        )
    return said


def _texts(
    seen: Seen, surgery: Surgery, at: tuple[int, int], settings: CellLab
) -> tuple[str, str] | None:
    """What each of the two writes where the hand leaves, drawn with the same random numbers.

    So what differs comes from the operation, and not from chance.
    """
    network = seen.reader.network
    if not isinstance(network, CharacterNetwork):
        return None
    end = len(seen.reader.text)
    if settings.hold != "nothing":
        end = min(end, max(settings.first, settings.last) + 1)
    prompt = seen.reader.text[:end]
    write = partial(
        generate,
        network,
        prompt,
        WRITTEN,
        temperature=settings.temperature,
        top_k=min(settings.top_k, len(network.vocabulary)),
        seed=settings.seed,
    )
    untouched, operated = write(), write(surgery=surgery, at=at)
    return untouched.text, operated.text


def _surprise(before: Outcome, after: Outcome) -> tuple[float, float] | None:
    if "surprise" not in after.scalars or len(after.trace) < 2:
        return None
    old, new = (np.nanmean(outcome.scalars["surprise"]) for outcome in (before, after))
    return float(old), float(new)
