"""A recording small enough to be carried in a page: fewer frames, fewer digits, differences.

Neighbouring frames are nearly alike, so each is told by how its bytes differ from those of the one
before, and what is left is deflated::

    reel    gzip of  b"XRL1" | u32 number of packets | (u32 header, u32 payload: their lengths) ...
                     | headers | payloads

A header is that of a packet with the eight bytes before it (`runs.frames`). A payload is the
difference of bytes, modulo 256, to that of the packet before where both are equally long, else as
it is.

For that to be little, an array that is quantised has one range over the whole recording. What is
too large all the same is rounded: positions to one in 2,047 of that range, other arrays to 13
binary digits, numbers to six decimal ones. And then every second, fourth, … frame is kept.
"""

import gzip
import math
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from explorer.runs.frames import TOP, Frame, pack
from explorer.runs.recording import indices_kept

REEL_MAGIC = b"XRL1"
LEVELS = 2_047  # of a position that was rounded
SIGNIFICANT = 6  # decimal digits of a number that was rounded
DROPPED = 11  # of the 24 binary digits of a float32, where it was rounded
FEWEST = 12  # frames that are kept in any case, of a recording that has as many


@dataclass(frozen=True)
class Reel:
    """A wound recording: its bytes, which of the frames it has, and whether it was rounded."""

    data: bytes
    kept: tuple[int, ...]
    rounded: bool


def reel(
    frames: Sequence[Frame],
    precision: Mapping[str, str],
    most: float = math.inf,
    keep: Collection[int] = (),
    indices: Sequence[int] | None = None,
) -> Reel:
    """Return frames as a reel of at most so many bytes, as little as possible left out.

    The first and the last frame stay, those with an event, and those to ``keep``, by their place.
    ``indices`` are those of the frames in their run, where they do not count from 0. Raises
    ValueError without frames, and where the fewest are too many.
    """
    if not frames:
        raise ValueError("a recording without frames has nothing to show")
    numbers = range(len(frames)) if indices is None else indices
    whole = tuple(range(len(frames)))
    plain = _spans(frames, precision)
    data = wound([pack(f, i, precision, plain) for f, i in zip(frames, numbers, strict=True)])
    if len(data) <= most:
        return Reel(data, whole, False)
    marked = {i for i, frame in enumerate(frames) if frame.event} | {*keep}
    spans = {name: _rounded_span(*span) for name, span in plain.items()}
    fewer = [_rounded(frame, precision, spans) for frame in frames]
    packets = [pack(f, i, precision, spans) for f, i in zip(fewer, numbers, strict=True)]
    count = len(frames)
    while True:
        kept = tuple(sorted({*indices_kept(len(frames), count), *marked}))
        data = wound([packets[i] for i in kept])
        if len(data) <= most:
            return Reel(data, kept, True)
        if count <= FEWEST:
            raise ValueError(
                f"{len(kept)} frames take {len(data):,} bytes; at most {most:,.0f} are allowed"
            )
        count = max(FEWEST, (count + 1) // 2)


def wound(packets: Sequence[bytes]) -> bytes:
    """Return packets as a reel."""
    lengths, headers, payloads = [], [], []
    before = np.zeros(0, np.uint8)
    for packet in packets:
        (length,) = struct.unpack_from("<I", packet, 4)
        header, payload = packet[: 8 + length], np.frombuffer(packet[8 + length :], np.uint8)
        alike = len(payload) == len(before)
        lengths.append(struct.pack("<II", len(header), len(payload)))
        headers.append(header)
        payloads.append((payload - before if alike else payload).tobytes())
        before = payload
    parts = [REEL_MAGIC, struct.pack("<I", len(packets)), *lengths, *headers, *payloads]
    return gzip.compress(b"".join(parts), 9, mtime=0)


def unwound(data: bytes) -> list[bytes]:
    """Return the packets of a reel. Raises ValueError for bytes that are none."""
    plain = gzip.decompress(data)
    if plain[:4] != REEL_MAGIC:
        raise ValueError("these bytes are no reel")
    (count,) = struct.unpack_from("<I", plain, 4)
    lengths = [struct.unpack_from("<II", plain, 8 + 8 * i) for i in range(count)]
    at = 8 + 8 * count
    below = at + sum(header for header, _ in lengths)
    found, before = [], np.zeros(0, np.uint8)
    for header, size in lengths:
        told = np.frombuffer(plain, np.uint8, size, below)
        before = told + before if size == len(before) else told
        found.append(plain[at : at + header] + before.tobytes())
        at, below = at + header, below + size
    return found


def _spans(frames: Sequence[Frame], precision: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Return the range of every quantised array over all frames."""
    found: dict[str, tuple[float, float]] = {}
    for frame in frames:
        for name, values in frame.arrays.items():
            array = np.asarray(values)
            if precision.get(name, "float32") not in TOP or not array.size:
                continue
            low, high = found.get(name, (math.inf, -math.inf))
            found[name] = min(low, float(array.min())), max(high, float(array.max()))
    return found


def _rounded_span(low: float, high: float) -> tuple[float, float]:
    """Return a range a little longer, in which a level of a position is a whole number of steps."""
    steps = TOP["uint16"] // LEVELS
    return low, low + (high - low) * TOP["uint16"] / (steps * LEVELS)


def _rounded(
    frame: Frame, precision: Mapping[str, str], spans: Mapping[str, tuple[float, float]]
) -> Frame:
    kinds = {name: precision.get(name, "float32") for name in frame.arrays}
    arrays = {}
    for name, values in frame.arrays.items():
        array = np.asarray(values)
        if kinds[name] == "uint16" and array.size:
            array = _to_levels(array, *spans[name])
        elif kinds[name] == "float32":
            array = _fewer_digits(array)
        arrays[name] = array
    shorter = partial(_shorter, digits=SIGNIFICANT)
    return replace(frame, arrays=arrays, scalars={k: shorter(v) for k, v in frame.scalars.items()})


def _to_levels(values: np.ndarray, low: float, high: float) -> np.ndarray:
    step = (high - low) * (TOP["uint16"] // LEVELS) / TOP["uint16"]
    return values if step == 0 else low + np.rint((values - low) / step) * step


def _fewer_digits(values: np.ndarray) -> np.ndarray:
    """Return float32 values, each the nearest of those whose last binary digits are 0."""
    with np.errstate(over="ignore"):
        bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    half = np.uint32(1 << (DROPPED - 1))
    return np.asarray(((bits + half) >> DROPPED << DROPPED).view(np.float32))


def _shorter(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value
