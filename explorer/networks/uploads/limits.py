"""What an uploaded file may hold, and the refusal when it holds something else."""

import io
import math
import zipfile
from collections.abc import Iterable, Sequence

from torch import Tensor

from explorer.dials import files

LARGEST_FILE = files.LARGEST_FILE  # bytes, as it is and unpacked
MOST_NUMBERS = 20_000_000  # of all matrices together; a proof holds them twice in float64
MOST_ENTRIES = 10_000  # names, nodes or files within the file
MOST_UNITS = 1_024
MOST_LAYERS = 8
MOST_NETWORKS = 16
MOST_TABLES = 100  # matrices that may be an embedding or a readout
MOST_LETTERS = 5_000  # codes of an alphabet


class RefusedError(ValueError):
    """A file, or a layer in it, that is not opened: one sentence that says why and what to do."""


def check_sizes(units: int, layers: int) -> None:
    """Raise `RefusedError` for more units or layers than the laboratory shows."""
    if units > MOST_UNITS:
        raise RefusedError(f"it has {units:,} units; the laboratory shows up to {MOST_UNITS:,}")
    if layers > MOST_LAYERS:
        raise RefusedError(f"it has {layers} layers; the laboratory shows up to {MOST_LAYERS}")


def check_count(layers: int) -> None:
    """Raise `RefusedError` for more recurrent layers than anybody could look at."""
    if layers > MOST_LAYERS * MOST_NETWORKS:
        raise RefusedError(f"it has {layers:,} recurrent layers; save some of them alone")


def check_numbers(shapes: Iterable[Sequence[int]]) -> None:
    """Raise `RefusedError` for more numbers than a file may hold, before any are read or copied.

    Packed, repeated or never written, they can be many more than the bytes of the file.
    """
    total = 0
    for shape in shapes:
        total += math.prod(shape)
        if total > MOST_NUMBERS:
            raise RefusedError(
                f"it holds more than {MOST_NUMBERS:,} numbers; save the recurrent layers alone"
            )


def check_finite(*tensors: Tensor | None) -> None:
    """Raise `RefusedError` unless every number is finite."""
    if not all(bool(tensor.isfinite().all()) for tensor in tensors if tensor is not None):
        raise RefusedError("it holds NaN or infinite numbers; save it before training diverges")


def entries(data: bytes) -> dict[str, zipfile.ZipInfo]:
    """The files in a zip archive by name. Raises `RefusedError` before unpacking too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
    except Exception as why:  # a hostile archive raises more than BadZipFile
        raise RefusedError("it is damaged or cut short; save and upload it again") from why
    if len({each.filename for each in listed}) < len(listed):
        raise RefusedError("it holds two files of one name; save and upload it again")
    if len(listed) > MOST_ENTRIES or sum(each.file_size for each in listed) > LARGEST_FILE:
        raise RefusedError(
            f"it unpacks to more than {files.LARGEST_MB} MB; save the recurrent layers alone"
        )
    return {each.filename: each for each in listed}


def unpacked(data: bytes, entry: zipfile.ZipInfo, most: int = LARGEST_FILE) -> bytes:
    """One file of an archive, in memory. Raises `RefusedError` when it is longer than allowed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(entry) as file:
            content = file.read(most + 1)
    except Exception as why:
        raise RefusedError("it is damaged or cut short; save and upload it again") from why
    if len(content) > most:
        raise RefusedError(f"its {entry.filename[:40]!r} is larger than {most:,} bytes")
    return content
