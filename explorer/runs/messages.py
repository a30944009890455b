"""How the server and a trainer process talk: small headers and raw bytes over two pipes.

A message is ``u32 length of the header | u32 length of the body | header (JSON) | body``, little
endian. Nothing is pickled, so whatever a trainer process says can only ever be data.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

_LENGTHS = struct.Struct("<II")


@runtime_checkable
class Source(Protocol):
    """The end of a pipe that bytes come out of."""

    def read(self, size: int, /) -> bytes: ...


@runtime_checkable
class Sink(Protocol):
    """The end of a pipe that bytes go into."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


@dataclass(frozen=True)
class Message:
    """What one side tells the other about a run (0: about none).

    To a trainer: "warm", "open", "goal", "close". From a trainer: "turn", "still", "frames",
    "checkpoint", "ended", "trouble". To a process that answers: "warm", "bring", "ask"; from one:
    "answer", "refused". From both: "ready", then "warm", and "pulse" every second.
    """

    kind: str
    run: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""


def write(pipe: Sink, message: Message) -> None:
    """Put a message into the pipe and flush it; raises OSError when the other side is gone."""
    header = json.dumps([message.kind, message.run, dict(message.values)]).encode()
    pipe.write(_LENGTHS.pack(len(header), len(message.body)) + header)
    pipe.write(message.body)
    pipe.flush()


def read(pipe: Source) -> Message | None:
    """Return the next message; None when the pipe has ended, be it in the middle of a message."""
    lengths = pipe.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_length, body_length = _LENGTHS.unpack(lengths)
    header, body = pipe.read(header_length), pipe.read(body_length)
    if len(header) < header_length or len(body) < body_length:
        return None
    kind, run, values = json.loads(header)
    return Message(kind, run, values, body)
