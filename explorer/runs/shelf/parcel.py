"""One run as one row of bytes: what lies on the shelf, and the file that travels.

Little-endian, nothing compressed and nothing pickled, so no file says more than it has bytes for::

    b"XRK1" | u32 length of the header | header (JSON) | frames | states | packets of states

Frames are a chunk whose first packet is the still frame (`runs.frames`), states are safetensors in
a row, and the last chunk has the frames of those states that are not among the frames. The header
says what the run is, where the parts lie, and what the rest hashes to.
"""

import hashlib
import importlib
import json
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from itertools import pairwise
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load

from explorer.dials.files import LARGEST_FILE, LARGEST_MB
from explorer.runs.experiments import Experiment, plain
from explorer.runs.frames import FORGED, chunk, packets, unpack
from explorer.runs.past import Past
from explorer.runs.recording import Checkpoint, Checkpoints, Recording

MAGIC = b"XRK1"
VERSION = 1
LARGEST = LARGEST_FILE  # bytes, so that what is kept can be brought anywhere
LARGEST_HEADER = 4 * 2**20
MOST_FRAMES = 20_000
MOST_STATES = 256
LONGEST = {"name": 80, "note": 2_000, "page": 40, "link": 8_000, "title": 300, "clock": 40}
HOMES = ("explorer.labs.",)
"""under which the experiments stand that may go on"""
EXPERIMENTS = ("precision", "frame_count", "still", "stream", "shared_steps")
"""what a class has that is one"""

NOT_ONE = "This is no run of this laboratory."
NEWER = "This run was kept by a newer version of the laboratory; update this one to open it."
DAMAGED = "This run is damaged: its bytes are not those that were kept."


@dataclass(frozen=True)
class Known:
    """An experiment by name: its class, and the values of its fields."""

    module: str
    name: str
    fields: Mapping[str, Any]

    @classmethod
    def of(cls, experiment: Experiment) -> "Known":
        """Return what an experiment is called."""
        kind = type(experiment)
        return cls(kind.__module__, kind.__qualname__, plain(experiment))


@dataclass(frozen=True)
class Parcel:
    """A run: what it is called, what it shows and how, and all that it has behind it.

    ``page`` and ``link`` (a query) lead to its dials, ``title`` is what stood over it and ``clock``
    what its steps are. ``settings`` are the values behind the link; ``experiment`` is what can go
    on, None where everything was computed at once. ``scene`` is the picture as JSON, ``select`` its
    selections, ``start`` the step shown first. ``kept`` is in seconds since 1970.
    """

    name: str
    page: str
    link: str
    title: str
    clock: str
    settings: Mapping[str, Any]
    scene: Mapping[str, Any]
    past: Past
    experiment: Known | None = None
    select: Mapping[str, int] = field(default_factory=dict)
    start: int = 0
    note: str = ""
    kept: float = 0.0

    @property
    def kind(self) -> str:
        """What can be laid beside each other: runs of the same page and experiment."""
        view = self.settings.get("view", "")
        called = self.experiment.name if self.experiment is not None else view
        return f"{self.page}/{called}"

    @property
    def goes_on(self) -> bool:
        """Whether there is a state from which it can be continued or forked."""
        return self.experiment is not None and bool(self.past.checkpoints)


def fitted(past: Past, most: int) -> Past:
    """Return a past of at most so many bytes: every other frame and state goes, as often as needed.

    Raises ValueError where a few frames alone are more.
    """
    while past.bytes > most:
        states = Checkpoints(MOST_STATES, LARGEST)
        for state in past.checkpoints:
            states.add(state)
        frames = Recording(max(4, len(past.frames)), LARGEST, recent=1)
        frames.stride = past.stride
        for index, packet in past.frames:
            frames.add(index, packet)
        frames.thin()
        states.thin()
        fewer = replace(
            past,
            frames=tuple(frames.entries()),
            checkpoints=tuple(states.all()),
            stride=frames.stride,
        )
        if fewer.bytes >= past.bytes:
            raise ValueError(f"A run on the shelf may take {LARGEST_MB} MB; this one takes more.")
        past = fewer
    return past


# --------------------------------------------------------------------------------------- writing


def packed(parcel: Parcel) -> bytes:
    """Return a run as one row of bytes. ValueError, one sentence, where it is too large."""
    past = fitted(parcel.past, LARGEST - LARGEST_HEADER)
    frames = chunk([past.still, *past.packets])
    there = {index for index, _ in past.frames}
    others = chunk([each.packet for each in past.checkpoints if each.index not in there])
    states = [each.state for each in past.checkpoints]
    body = b"".join([frames, *states, others])
    known = parcel.experiment
    header = {
        "version": VERSION,
        "about": {name: getattr(parcel, name) for name in ABOUT},
        "experiment": None if known is None else asdict(known),
        "past": {name: getattr(past, name) for name in OF_PAST},
        "frames": len(frames),
        "states": [[each.index, each.step, len(each.state)] for each in past.checkpoints],
        "others": len(others),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    text = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    if len(text) > LARGEST_HEADER:
        raise ValueError("The picture of this run is too large for the shelf.")
    return MAGIC + struct.pack("<I", len(text)) + text + body


ABOUT = (
    *("name", "note", "kept", "page", "link", "title", "clock"),
    *("settings", "scene", "select", "start"),
)
OF_PAST = ("stride", "last", "complete", "trouble", "diverged")


# --------------------------------------------------------------------------------------- reading


def unpacked(data: bytes, foreign: bool = False) -> Parcel:
    """Return the run in a row of bytes. ValueError, one sentence, for what is none.

    From elsewhere (``foreign``) everything in it is looked at before it is believed: every frame
    and every state is read once.
    """
    if len(data) > LARGEST:
        raise ValueError(f"A run may take {LARGEST_MB} MB.")
    if data[:4] != MAGIC or len(data) < 8:
        raise ValueError(NOT_ONE)
    (length,) = struct.unpack_from("<I", data, 4)
    if length > LARGEST_HEADER or 8 + length > len(data):
        raise ValueError(DAMAGED)
    try:
        header = json.loads(data[8 : 8 + length], parse_constant=_no_number)
        version = header["version"]
        if type(version) is int and version > VERSION:
            raise NewerError
        parcel = _parcel(header, memoryview(data)[8 + length :])
        if foreign:
            _look_at(parcel)
    except NewerError:
        raise ValueError(NEWER) from None
    except (*FORGED, ValueError) as error:
        raise ValueError(DAMAGED) from error
    return parcel


class NewerError(Exception):
    """A later version of the laboratory wrote this."""


def _parcel(header: Mapping[str, Any], body: memoryview) -> Parcel:
    if hashlib.sha256(body).hexdigest() != header["sha256"]:
        raise ValueError("other bytes than were kept")
    about, told, known = header["about"], header["past"], header["experiment"]
    at, states = _whole(header["frames"]), []
    still, *frames = packets(bytes(body[:at]))
    indexed = tuple((_index(packet), packet) for packet in frames)
    where = [tuple(map(_whole, each)) for each in header["states"]]
    end = len(body) - _whole(header["others"])
    others = {_index(packet): packet for packet in packets(bytes(body[end:]))}
    by_index = dict(indexed) | others
    for index, step, size in where:
        packet = by_index[index]
        states.append(Checkpoint(index, step, bytes(body[at : at + size]), packet))
        at += size
    if at != end:
        raise ValueError("the parts do not fill the whole")
    past = Past(still, indexed, tuple(states), **{name: told[name] for name in OF_PAST})
    parcel = Parcel(
        **{name: about[name] for name in ABOUT},
        past=past,
        experiment=None if known is None else Known(**known),
    )
    _check(parcel)
    return parcel


def _check(parcel: Parcel) -> None:
    """Raise ValueError, or another of `FORGED`, for what `packed` never writes."""
    past = parcel.past
    texts = [(name, getattr(parcel, name)) for name in LONGEST]
    if any(type(text) is not str or len(text) > LONGEST[name] for name, text in texts):
        raise ValueError("a text is too long, or none")
    if not re.fullmatch(r"[a-z]*", parcel.page) or not isinstance(parcel.scene, dict):
        raise ValueError("no page, or no picture")
    if not all(type(each) is int for each in (past.stride, past.last, parcel.start)):
        raise ValueError("a count is no whole number")
    if not all(type(each) is int for each in parcel.select.values()):
        raise ValueError("a selection is no whole number")
    if type(past.complete) is not bool or type(past.diverged) is not bool:
        raise ValueError("a truth value is none")
    if type(past.trouble) is not str or not math.isfinite(float(parcel.kept)):
        raise ValueError("a trouble is no text, or a time none")
    indices = [index for index, _ in past.frames]
    if not 0 < len(indices) <= MOST_FRAMES or len(past.checkpoints) > MOST_STATES:
        raise ValueError("too many frames or states, or none")
    if past.stride < 1 or past.last < indices[-1] or indices[0] < 0 or _index(past.still) != -1:
        raise ValueError("the frames are counted wrongly")
    if any(later <= before for before, later in pairwise(indices)):
        raise ValueError("the frames are in no order")
    if not _is_flat(parcel.settings) or not _is_known(parcel.experiment):
        raise ValueError("settings are texts, numbers and truth values")


def _is_known(known: Known | None) -> bool:
    if known is None:
        return True
    return type(known.module) is str and type(known.name) is str and _is_flat(known.fields)


def _is_flat(values: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str | int | float) for value in values.values())


def _look_at(parcel: Parcel) -> None:
    """Read every frame and state once; raises ValueError, or another of `FORGED`."""
    past, before = parcel.past, -1
    unpack(past.still)
    for _, packet in past.frames:
        step = unpack(packet)[1].step
        if step < before:
            raise ValueError("the steps are in no order")
        before = step
    for each in past.checkpoints:
        if unpack(each.packet)[1].step != each.step:
            raise ValueError("a state is not that of its frame")
        try:
            load(each.state)
        except SafetensorError as error:
            raise ValueError("a state cannot be read") from error


def _index(packet: bytes) -> int:
    """Return the index that a packet says it has."""
    (length,) = struct.unpack_from("<I", packet, 4)
    index = json.loads(packet[8 : 8 + length], parse_constant=_no_number)["index"]
    if type(index) is not int:
        raise ValueError("an index is no whole number")
    return index


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a length is no whole number")
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


# ------------------------------------------------------------------------------------- going on


def known_experiment(known: Known, homes: tuple[str, ...] = HOMES) -> Experiment:
    """Return the experiment of that name. ValueError, one sentence, where there is none.

    Only a class of a lab that is an experiment is ever made: a name in a file calls nothing else.
    """
    gone = "What this run trained is not in this version of the laboratory; it can only be played."
    plain_name = re.fullmatch(r"\w+(\.\w+)*", known.module) and known.name.isidentifier()
    if not plain_name or not known.module.startswith(homes):
        raise ValueError(gone)
    try:
        kind = getattr(importlib.import_module(known.module), known.name)
    except (ImportError, AttributeError):
        raise ValueError(gone) from None
    ours = isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == known.module
    if not ours or not all(hasattr(kind, name) for name in EXPERIMENTS):
        raise ValueError(gone)
    try:
        experiment: Experiment = kind(**known.fields)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{gone} ({error})") from None
    return experiment
