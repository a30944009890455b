"""What one moment of a run looks like, and how it travels: named arrays, named numbers, sentences.

A frame leaves the trainer as one *packet* and reaches the browser unchanged; a *chunk* is several
packets in a row. Everything is little-endian::

    packet  b"XRF1" | u32 length of the header | header (JSON, padded to 8 bytes) | payload
    chunk   b"XRC1" | u32 number of packets | (u32 length | packet) ...

The header is a `Header`; it names the arrays, and every one starts at a multiple of 8 bytes of the
payload. Positions travel as uint16 and surfaces as uint8 between the array's own smallest
and largest value (an error of at most one step, (high - low) / 65535 or / 255); float32 is exact.
"""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple, TypedDict

import numpy as np

PACKET_MAGIC = b"XRF1"
CHUNK_MAGIC = b"XRC1"
LARGEST_PACKET = 4 * 1024 * 1024  # bytes; a frame of a few panels is about 10 kB

Kind = Literal["float32", "uint8", "uint16"]
KINDS: dict[Kind, np.dtype] = {
    "float32": np.dtype("<f4"),
    "uint8": np.dtype("<u1"),  # quantised between low and high
    "uint16": np.dtype("<u2"),  # quantised between low and high
}
# What reading a header of any shape can raise beside ValueError.
FORGED = (ArithmeticError, AttributeError, LookupError, TypeError, RecursionError, struct.error)
WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
TOP: dict[Kind, int] = {"uint8": 255, "uint16": 65535}


class ArrayEntry(NamedTuple):
    """Where an array lies in the payload of a packet, and how: its bytes start at ``offset``."""

    kind: Kind
    shape: list[int]
    offset: int
    low: float  # what 0 stands for, where the kind is quantised
    high: float  # and what the largest whole number stands for


class Header(TypedDict):
    """What a packet says in JSON: the frame's numbers and words, and where its arrays lie.

    A scalar that is not finite is null.
    """

    index: int
    step: int
    arrays: dict[str, ArrayEntry]
    scalars: dict[str, float | None]
    sentences: dict[str, str]
    event: str
    trouble: str


@dataclass(frozen=True)
class Frame:
    """One moment of a run; frames are values and are never changed after they were made.

    ``state`` is the full state of the run (parameters, optimizer, generators) on the frames that
    carry a checkpoint; it stays with the engine and does not travel to the browser. ``trouble`` is
    the reason why a run cannot go on, with its step; such a frame is the last one.
    """

    step: int
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    scalars: Mapping[str, float] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    event: str = ""  # what happened at this step, as a mark on the time bar; empty on most frames
    trouble: str = ""
    state: Mapping[str, np.ndarray] | None = None


def pack(
    frame: Frame,
    index: int,
    precision: Mapping[str, str],
    spans: Mapping[str, tuple[float, float]] | None = None,
) -> bytes:
    """Return the packet of a frame; ``precision`` says the kind of each array (float32 if silent).

    ``spans`` are ranges, low and high, that quantised arrays have in place of their own.

    Numbers that are not finite become null in the header. A quantised array with values that are
    not finite raises ValueError: a run must report its trouble instead of drawing it. So does a
    kind that is none of `KINDS`.
    """
    plain = not precision or not any(name in precision for name in frame.arrays)
    if plain:
        laid_out, payload = _plain(frame.arrays)
    else:
        laid_out, payload = _mixed(frame.arrays, precision, spans or {})
    scalars = {k: float(v) if math.isfinite(v) else None for k, v in frame.scalars.items()}
    words = {
        "scalars": scalars,
        "sentences": dict(frame.sentences),
        "event": frame.event,
        "trouble": frame.trouble,
    }
    begin = f'{{"index":{index},"step":{frame.step},"arrays":{laid_out},'
    text = (begin + WRITE(words)[1:]).encode()
    text += b" " * (-len(text) % 8)
    packet = PACKET_MAGIC + struct.pack("<I", len(text)) + text + payload
    if len(packet) > LARGEST_PACKET:
        raise ValueError(f"a frame may take {LARGEST_PACKET} bytes, not {len(packet)}")
    return packet


def unpack(packet: bytes) -> tuple[int, Frame]:
    """Return index and frame of a packet; arrays come back as float32, to the packet's precision.

    Raises ValueError for bytes that are not a whole packet.
    """
    if packet[:4] != PACKET_MAGIC:
        raise ValueError("these bytes are no frame")
    try:
        return _unpack(packet)
    except FORGED as error:
        raise ValueError("these bytes are no whole frame") from error


def index_of(packet: bytes) -> int:
    """Return the index of the frame in a packet that `pack` made."""
    (length,) = struct.unpack_from("<I", packet, 4)
    index: int = json.loads(packet[8 : 8 + length])["index"]
    return index


def step_of(packet: bytes) -> int:
    """Return the step of the frame in a packet that `pack` made."""
    (length,) = struct.unpack_from("<I", packet, 4)
    step: int = json.loads(packet[8 : 8 + length])["step"]
    return step


def chunk(packets: Sequence[bytes]) -> bytes:
    """Return packets in a row, as they travel over the socket and as the browser fetches them."""
    parts = [CHUNK_MAGIC, struct.pack("<I", len(packets))]
    for packet in packets:
        parts += [struct.pack("<I", len(packet)), packet]
    return b"".join(parts)


def packets(data: bytes) -> list[bytes]:
    """Return the packets of a chunk; raises ValueError for bytes that are not a whole chunk."""
    if data[:4] != CHUNK_MAGIC or len(data) < 8:
        raise ValueError("these bytes are no frames of this laboratory")
    (count,) = struct.unpack_from("<I", data, 4)
    found, at = [], 8
    for _ in range(count):
        if at + 4 > len(data):
            raise ValueError("the frames end early")
        (length,) = struct.unpack_from("<I", data, at)
        at += 4
        if at + length > len(data):
            raise ValueError("the frames end early")
        found.append(data[at : at + length])
        at += length
    if at != len(data):
        raise ValueError("there is something after the last frame")
    return found


def _unpack(packet: bytes) -> tuple[int, Frame]:
    (length,) = struct.unpack_from("<I", packet, 4)
    header = json.loads(packet[8 : 8 + length])
    index, step = header["index"], header["step"]
    sentences, event, trouble = header["sentences"], header["event"], header["trouble"]
    if not (type(index) is int and type(step) is int and _are_texts(event, trouble)):
        raise TypeError("index, step, event or trouble are of another type")
    if not _are_texts(*sentences.values()):
        raise TypeError("a sentence is no text")
    arrays = {}
    for name, (kind, shape, offset, low, high) in header["arrays"].items():
        if offset < 0 or any(size < 0 for size in shape):
            raise ValueError(f"the array {name!r} lies outside of the frame")
        count = math.prod(shape)
        stored = np.frombuffer(packet, KINDS[kind], count, 8 + length + offset).reshape(shape)
        arrays[name] = _restore(stored, kind, float(low), float(high))
    scalars = {k: math.nan if v is None else float(v) for k, v in header["scalars"].items()}
    return index, Frame(step, arrays, scalars, sentences, event=event, trouble=trouble)


def _plain(arrays: Mapping[str, np.ndarray]) -> tuple[str, bytes]:
    """Return how exact arrays lie in the payload, as JSON, and the payload.

    A recording has hundreds of frames that are laid out alike; that is written once.
    """
    parts, shapes, exact = [], [], KINDS["float32"]
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        for name, values in arrays.items():
            stored = np.asarray(values, exact)
            shapes.append((name, stored.shape))
            parts.append(stored.tobytes())
            if stored.nbytes % 8:
                parts.append(bytes(-stored.nbytes % 8))
    return _exact_entries(tuple(shapes)), b"".join(parts)


@lru_cache(maxsize=256)
def _exact_entries(shapes: tuple[tuple[str, tuple[int, ...]], ...]) -> str:
    entries, at = {}, 0
    for name, shape in shapes:
        entries[name] = ArrayEntry("float32", list(shape), at, 0.0, 0.0)
        size = math.prod(shape) * KINDS["float32"].itemsize
        at += size + -size % 8
    return WRITE(entries)


def _mixed(
    arrays: Mapping[str, np.ndarray],
    precision: Mapping[str, str],
    spans: Mapping[str, tuple[float, float]],
) -> tuple[str, bytes]:
    """Return how arrays of several kinds lie in the payload, as JSON, and the payload."""
    entries: dict[str, ArrayEntry] = {}
    payload = bytearray()
    for name, values in arrays.items():
        kind = _kind(name, precision)
        low, high, stored = _quantise(name, np.asarray(values), kind, spans.get(name))
        entries[name] = ArrayEntry(kind, list(stored.shape), len(payload), low, high)
        payload += stored.tobytes()
        payload += bytes(-len(payload) % 8)
    return WRITE(entries), bytes(payload)


def _are_texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _kind(name: str, precision: Mapping[str, str]) -> Kind:
    kind = precision.get(name, "float32")
    if kind not in KINDS:
        known = ", ".join(map(repr, KINDS))
        raise ValueError(f"unknown kind {kind!r} of the array {name!r}; choose from {known}")
    return kind


def _quantise(
    name: str, values: np.ndarray, kind: Kind, span: tuple[float, float] | None
) -> tuple[float, float, np.ndarray]:
    if kind == "float32":
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
            return 0.0, 0.0, np.asarray(values, KINDS[kind], order="C")
    if not values.size:
        return 0.0, 1.0, np.zeros(values.shape, KINDS[kind])
    low, high = float(values.min()), float(values.max())
    if span is not None and math.isfinite(high - low):
        low, high = span
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"the array {name!r} of a frame holds values that are not finite")
    if high == low:
        return low, high, np.zeros(values.shape, KINDS[kind])
    if not math.isfinite(high - low):
        raise ValueError(f"the array {name!r} of a frame spans more than a number can hold")
    share = (np.asarray(values, np.float64) - low) / (high - low)
    return low, high, np.asarray(np.rint(share * TOP[kind]), KINDS[kind])


def _restore(stored: np.ndarray, kind: Kind, low: float, high: float) -> np.ndarray:
    if kind == "float32":
        return stored.astype(np.float32)
    share = stored.astype(np.float64) / TOP[kind]
    with np.errstate(over="ignore", invalid="ignore"):  # beyond float32 lies infinity
        return np.asarray(low + share * (high - low), np.float32)
