"""An answer: what a configuration looks like, computed at once, and how it travels.

A training is a stream; whatever is computed in one go is an answer: a scene, what never moves, and
all frames, as a pure function of a configuration. The picture follows the hand because the stage
asks for one answer after the other over its own socket, past the page's script.

On the way to the browser an answer is::

    b"XRA1" | u32 length of the header | header (JSON, padded to 8 bytes)
            | u32 length of the scene | scene (JSON, padded to 8 bytes, or nothing) | chunk

The chunk holds what never moves and then the frames (`runs.frames.chunk`). The scene is left out
where it is the one that the browser already shows.
"""

import hashlib
import importlib
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from explorer.dials import dials, turned, typed, values
from explorer.runs.frames import Frame, chunk, pack

ANSWER_MAGIC = b"XRA1"
TRUSTED = ("explorer", "tests")  # the packages whose functions may be called by name


@dataclass(frozen=True)
class Answer:
    """What a configuration looks like: a complete recording, and the scene that shows it.

    ``scene`` is plain JSON, as `figures.scene.as_json` writes it. ``precision`` packs arrays as in
    `frames.pack`. ``select`` are selections of the scene, and ``start`` is the frame that is shown
    first. ``coarse`` says in a line what was left out, where less was computed than was asked.
    Where only each so-manieth frame is there, ``every`` says so: the others look as the one before.
    """

    scene: Mapping[str, Any]
    frames: Sequence[Frame]
    still: Frame = field(default_factory=lambda: Frame(0))
    precision: Mapping[str, str] = field(default_factory=dict)
    select: Mapping[str, int] = field(default_factory=dict)
    start: int = 0
    coarse: str = ""
    every: int = 1


class Refused(TypedDict):
    """Why there is no answer: a sentence, and the dial it is about, empty where it is several."""

    name: str
    sentence: str


class AnswerHeader(TypedDict):
    """What an answer says in JSON: whose it is, and how its frames are to be shown.

    ``number`` is that of the question. ``refused`` is null where there is an answer.
    """

    number: int
    select: dict[str, int]
    start: int
    coarse: str
    refused: Refused | None


@dataclass(frozen=True)
class Asking:
    """What a stage may ask: a function of a configuration, by name, and of which class that is.

    The function takes the configuration and whether the hand still moves; then it may leave
    something out, and says so. Its page chooses both; the browser says values and nothing else.
    """

    function: str  # "explorer.figures.gradients.start:answer"
    settings: str  # "explorer.labs.gradients.settings:Flow"

    @classmethod
    def about(cls, function: Callable[[Any, bool], Answer], settings: type) -> "Asking":
        """Return how to ask this function about settings of this class."""
        return cls(
            f"{function.__module__}:{function.__qualname__}",
            f"{settings.__module__}:{settings.__qualname__}",
        )


@dataclass(frozen=True)
class Packed:
    """An answer as bytes: its scene, the name of that scene, the rest, and how it is shown."""

    scene: bytes
    scene_name: str
    frames: bytes
    shown: Mapping[str, Any]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.scene) + len(self.frames)


def answered(asking: Asking, given: Mapping[str, Any], moving: bool) -> Packed:
    """Return the answer to a question; raises `RefusedError` where the settings cannot be."""
    settings = configuration(asking, given)
    try:
        answer = named(asking.function)(settings, moving)
    except RefusedError:
        raise
    except (ValueError, ArithmeticError) as error:
        raise RefusedError("", str(error)) from error
    return packed(answer)


def configuration(asking: Asking, given: Mapping[str, Any]) -> Any:
    """Return the configuration with these values, checked as those of a link are."""
    default = named(asking.settings)()
    try:
        return turned(default, typed(default, given))
    except (ValueError, TypeError, OverflowError) as error:
        raise RefusedError(_blamed(default, given), str(error)) from error


def packed(answer: Answer) -> Packed:
    """Return an answer as bytes."""
    scene = json.dumps(answer.scene, ensure_ascii=False, separators=(",", ":")).encode()
    frames = [pack(answer.still, -1, answer.precision)]
    frames += [
        pack(frame, index * answer.every, answer.precision)
        for index, frame in enumerate(answer.frames)
    ]
    shown = {"select": dict(answer.select), "start": answer.start, "coarse": answer.coarse}
    name = hashlib.sha256(scene).hexdigest()[:16]
    return Packed(scene, name, chunk(frames), shown)


def wired(number: int, packed: Packed, with_scene: bool) -> bytes:
    """Return an answer as it travels to the browser."""
    header = {"number": number, **packed.shown, "refused": None}
    return _written(header, packed.scene if with_scene else b"", packed.frames)


def unwired(data: bytes) -> tuple[AnswerHeader, Mapping[str, Any] | None, bytes]:
    """Return header, scene and chunk of what `wired` or `refusal` wrote; the scene may be None."""
    if data[:4] != ANSWER_MAGIC:
        raise ValueError("these bytes are no answer")
    parts, at = [], 4
    for _ in range(2):
        (length,) = struct.unpack_from("<I", data, at)
        parts.append(data[at + 4 : at + 4 + length])
        at += 4 + length + -length % 8
    header, scene = parts
    return json.loads(header), json.loads(scene) if scene else None, data[at:]


def brings_scene(data: bytes) -> bool:
    """Return whether an answer, as it travels, has a scene: later ones do without it."""
    (header,) = struct.unpack_from("<I", data, 4)
    (scene,) = struct.unpack_from("<I", data, 8 + header + -header % 8)
    return bool(scene)


def refusal(number: int, name: str, sentence: str) -> bytes:
    """Return, as it travels to the browser, that there is no answer, and why."""
    refused = {"name": name, "sentence": sentence}
    header = {"number": number, "select": {}, "start": 0, "coarse": "", "refused": refused}
    return _written(header, b"", chunk([]))


class RefusedError(ValueError):
    """Why a configuration has no answer; ``name`` is the dial it is about, if it is one."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


def named(address: str) -> Any:
    """Return what ``module:name`` is; only this project's own is ever imported."""
    module, _, name = address.partition(":")
    if module.partition(".")[0] not in TRUSTED:
        raise ValueError(f"answers come from {' or '.join(TRUSTED)}, not from {module!r}")
    return getattr(importlib.import_module(module), name)


def _blamed(default: Any, given: Mapping[str, Any]) -> str:
    """Return the first dial whose own value cannot be; empty where only several together cannot."""
    known = dials(default)
    for name, value in given.items():
        try:
            turned(default, typed(default, {name: value}))
        except (ValueError, TypeError, OverflowError):
            return name if name in known else ""
    changed = [name for name, value in values(default).items() if given.get(name, value) != value]
    return changed[0] if len(changed) == 1 else ""


def _written(header: Mapping[str, Any], scene: bytes, frames: bytes) -> bytes:
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    parts = [ANSWER_MAGIC]
    for part in (text, scene):
        parts += [struct.pack("<I", len(part)), part, bytes(-len(part) % 8)]
    return b"".join([*parts, frames])
