"""The numbers of a kept run over its steps, read from the heads of its frames alone."""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.runs.past import Past


@dataclass(frozen=True)
class Course:
    """One number over the steps of a run; NaN where a frame does not have it."""

    steps: np.ndarray
    values: np.ndarray


def courses(past: Past) -> dict[str, Course]:
    """Return every number that the frames say, by its name, in the order of its first frame."""
    heads = [_head(packet) for packet in past.packets]
    steps = np.array([head["step"] for head in heads], float)
    names = dict.fromkeys(name for head in heads for name in head["scalars"])
    return {
        name: Course(steps, np.array([_number(head["scalars"].get(name)) for head in heads]))
        for name in names
    }


def labels(scene: Mapping[str, Any]) -> dict[str, str]:
    """Return what a scene calls the numbers that it shows on cards."""
    return {
        part["scalar"]: part["label"]
        for part in _parts(scene)
        if "form" in part and all(isinstance(part.get(x), str) for x in ("scalar", "label"))
    }


def _parts(thing: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(thing, Mapping):
        yield thing
    inside = thing.values() if isinstance(thing, Mapping) else thing
    if isinstance(inside, str) or not hasattr(inside, "__iter__"):
        return
    for part in inside:
        yield from _parts(part)


def _head(packet: bytes) -> Mapping[str, Any]:
    (length,) = struct.unpack_from("<I", packet, 4)
    head: Mapping[str, Any] = json.loads(packet[8 : 8 + length])
    return head


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
