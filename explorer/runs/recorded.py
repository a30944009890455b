"""Recordings that ship with the project, each with the scene that shows it; nothing is computed.

``home-NAME.frames`` is a chunk whose first packet, of index -1, is the still frame, and
``home-NAME.json`` beside it has the scene and how its arrays are packed. Reading them needs no
library of mathematics, so the home page is there before those are loaded.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from explorer.runs.frames import Frame, chunk, pack, packets, unpack

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@dataclass(frozen=True)
class Recorded:
    """A whole recording: its scene as JSON, what never moves, its frames, how they are packed."""

    scene: Mapping[str, Any]
    still: Frame
    frames: tuple[Frame, ...]
    precision: Mapping[str, str]


@cache
def load(name: str) -> Recorded:
    """Return a shipped recording. Raises ValueError for a broken one."""
    told = json.loads((ASSETS / f"home-{name}.json").read_text(encoding="utf-8"))
    still, frames = from_chunk((ASSETS / f"home-{name}.frames").read_bytes())
    return Recorded(told["scene"], still, frames, told["precision"])


def save(name: str, recorded: Recorded, folder: Path) -> list[Path]:
    """Write a recording into a folder; return its files."""
    frames, scene = folder / f"home-{name}.frames", folder / f"home-{name}.json"
    frames.write_bytes(as_chunk(recorded.still, recorded.frames, recorded.precision))
    told = {"precision": dict(recorded.precision), "scene": recorded.scene}
    scene.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    return [frames, scene]


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
