"""A run as a file: its frames, its numbers as a table, its last state.

Every export takes the frames one after the other, so that a long run needs no memory for them, and
is written beside its place and moved there when it is complete: an interrupted run leaves a whole
file or none.
"""

import csv
import json
import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO, TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from safetensors.numpy import save

from explorer.runs.experiments import Experiment, plain
from explorer.runs.frames import CHUNK_MAGIC, Frame, pack


def check_place(out: Path) -> None:
    """Raise OSError, with one sentence, for a file that could not be written."""
    if out.is_dir():
        raise IsADirectoryError(f"cannot write to {out}: it is a folder")
    growing = _growing(out)
    try:
        growing.touch()
        growing.unlink()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise type(error)(f"cannot write to {out}: {reason}") from None


def _growing(out: Path) -> Path:
    return out.with_name(out.name + ".part")


class Export(ABC):
    """A file that grows with a run. As a context it opens its file and, at the end, completes it.

    An exception inside the context gives the file up.
    """

    def __init__(self, out: Path, experiment: Experiment, link: str) -> None:
        self.out = out
        self.experiment = experiment
        self.link = link
        self._growing = _growing(out)
        self._file: BinaryIO

    @property
    def about(self) -> str:
        """What is to be said of the file, where it is less than all that was run."""
        return ""

    def __enter__(self) -> "Export":
        self._file = self._growing.open("wb")
        try:
            self.begin(self._file, self.experiment.still())
        except BaseException:
            self._give_up()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._give_up()
            return
        try:
            self.finish(self._file)
            self._file.close()
            self._growing.replace(self.out)
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        self._file.close()
        self._growing.unlink(missing_ok=True)

    def begin(self, file: BinaryIO, still: Frame) -> None:  # noqa: B027  # most need nothing
        """Take what never moves."""

    @abstractmethod
    def add(self, index: int, frame: Frame) -> None:
        """Take the next frame."""

    @abstractmethod
    def finish(self, file: BinaryIO) -> None:
        """Write what is still to be written."""


LINK = "link"
"""the sentence of a recording's still frame that says of which link it is"""


class FramesExport(Export):
    """``.frames``: a chunk whose first packet, of index -1, is the still frame, with the link.

    It can be read with `frames.packets` and `frames.unpack`.
    """

    def begin(self, file: BinaryIO, still: Frame) -> None:
        """Write the head of the chunk and the still frame."""
        self._count = 0
        file.write(CHUNK_MAGIC + struct.pack("<I", 0))
        self._write(-1, replace(still, sentences={**still.sentences, LINK: self.link}))

    def add(self, index: int, frame: Frame) -> None:
        """Write the frame at once."""
        self._write(index, frame)

    def finish(self, file: BinaryIO) -> None:
        """Write, into the head, how many packets there are."""
        file.seek(len(CHUNK_MAGIC))
        file.write(struct.pack("<I", self._count))

    def _write(self, index: int, frame: Frame) -> None:
        packet = pack(frame, index, self.experiment.precision)
        self._file.write(struct.pack("<I", len(packet)) + packet)
        self._count += 1


@dataclass
class Table:
    """The scalars of frames: a row a frame, a column for each name in order of appearance."""

    steps: list[int] = field(default_factory=list)
    rows: list[Mapping[str, float]] = field(default_factory=list)

    def add(self, frame: Frame) -> None:
        """Take the numbers of a frame, which may have none."""
        self.steps.append(frame.step)
        self.rows.append(frame.scalars)

    @property
    def names(self) -> list[str]:
        """All scalars that any frame has; the step is a column of its own."""
        found = dict.fromkeys(name for row in self.rows for name in row)
        found.pop("step", None)
        return list(found)

    def column(self, name: str) -> list[float | None]:
        """One scalar over the frames; None where a frame lacks it or has no finite value."""
        values = (row.get(name, math.nan) for row in self.rows)
        return [float(value) if math.isfinite(value) else None for value in values]

    def write(self, rows: Any) -> None:
        """Write it to a `csv.writer`: the step and all scalars, a row a frame."""
        names = self.names
        rows.writerow(["step", *names])
        rows.writerows(zip(self.steps, *map(self.column, names), strict=True))


class CsvExport(Export):
    """``.csv``: a row a frame, the step and all scalars; empty where there is no finite value."""

    def begin(self, file: BinaryIO, still: Frame) -> None:
        """Start with an empty table."""
        self._table = Table()

    def add(self, index: int, frame: Frame) -> None:
        """Keep the numbers of the frame."""
        self._table.add(frame)

    def finish(self, file: BinaryIO) -> None:
        """Write the table."""
        text = TextIOWrapper(file, encoding="utf-8", newline="")
        self._table.write(csv.writer(text))
        text.detach()


class JsonExport(CsvExport):
    """``.json``: link and settings, the scalars that never move, and all scalars over the steps."""

    def begin(self, file: BinaryIO, still: Frame) -> None:
        """Keep what never moves."""
        super().begin(file, still)
        self._fixed = Table()
        self._fixed.add(still)

    def finish(self, file: BinaryIO) -> None:
        """Write everything as one object."""
        file.write(as_json(self.link, plain(self.experiment), self._fixed, self._table))


class StateExport(Export):
    """``.safetensors``: the last full state of the run, with its link and settings as metadata.

    A run keeps its state with some of its frames only, the last of a whole run among them;
    `stream(state)` goes on from there.
    """

    @property
    def about(self) -> str:
        """Which step the state is of, where the run went further before it was stopped."""
        if self._step == self._reached:
            return ""
        return f"the state in it is that of step {self._step:,}, the last that was kept"

    def begin(self, file: BinaryIO, still: Frame) -> None:
        """Start without a state."""
        self._step = self._reached = 0
        self._state: Mapping[str, np.ndarray] | None = None

    def add(self, index: int, frame: Frame) -> None:
        """Keep the state, if the frame carries one."""
        self._reached = frame.step
        if frame.state is not None:
            self._step, self._state = frame.step, frame.state

    def finish(self, file: BinaryIO) -> None:
        """Write the state. Raises ValueError where there never was one."""
        if self._state is None:
            raise ValueError("the run was stopped before it kept a state")
        about: dict[str, Any] = {"link": self.link, "step": self._step}
        about["settings"] = plain(self.experiment)
        # One entry: with several, safetensors would order them differently each time.
        file.write(save(dict(self._state), metadata={"explorer": json.dumps(about)}))


def as_json(
    link: str,
    settings: Mapping[str, Any],
    fixed: Table,
    table: Table,
    more: Mapping[str, Any] | None = None,
) -> bytes:
    """Link and settings, the scalars that never move, and all scalars over the steps, as JSON.

    ``more`` is written beside them. What is not finite is null.
    """
    content = {
        "link": link,
        "settings": dict(settings),
        "fixed": {name: fixed.column(name)[0] for name in fixed.names},
        "step": table.steps,
        "scalars": {name: table.column(name) for name in table.names},
        **(more or {}),
    }
    return json.dumps(content, indent=1, allow_nan=False).encode() + b"\n"


def numbers_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV. A column whose name a spreadsheet would take for a formula loses its sign."""
    text = StringIO(newline="")
    table = csv.writer(text)
    table.writerow([name.lstrip("=+-@\t\r") for name in columns])
    table.writerows(rows)
    return text.getvalue().encode()


def tensors_file(tensors: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> bytes:
    """Arrays as safetensors, with what is to be known about them as metadata."""
    return save(dict(tensors), metadata={"explorer": json.dumps(dict(about))})


EXPORTS: dict[str, type[Export]] = {
    ".frames": FramesExport,
    ".csv": CsvExport,
    ".json": JsonExport,
    ".safetensors": StateExport,
}
"""What is written, by the suffix of the file."""
