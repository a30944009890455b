"""A program of its own that reads what an HDF5 file says in words beside its arrays: run apart.

As with the arrays (`apart`), a damaged file may bring the library down, and then only this process.
The file comes in on the standard input; out goes JSON, texts by their names at the top of the file.
"""

import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

MOST_NAMES, MOST_TEXTS, LONGEST = 100, 5_000, 1_000_000  # entries, entries of a list, characters


def notes(data: bytes) -> dict[str, str]:
    """Attributes and string datasets at the top of a file; a list of texts as JSON."""
    import h5py  # type: ignore[import-untyped]

    found: dict[str, str] = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        for name in list(file.attrs)[:MOST_NAMES]:
            put(found, name, file.attrs[name])
        for name in list(file)[:MOST_NAMES]:
            if isinstance(file.get(name, getlink=True), h5py.HardLink):
                noted = file[name]
                if isinstance(noted, h5py.Dataset) and in_words(noted):
                    put(found, name, noted[()])
    return found


def in_words(dataset: Any) -> bool:
    """Whether a dataset is a few texts kept in this file, packed in no foreign way."""
    import h5py

    return (
        h5py.check_string_dtype(dataset.dtype) is not None
        and dataset.shape is not None
        and dataset.size <= MOST_TEXTS
        and not dataset.is_virtual
        and not dataset.external
        and dataset.compression in (None, "gzip", "lzf")
    )


def put(found: dict[str, str], name: str, noted: Any) -> None:
    """Put in a text, or a list of texts; anything else is left out."""
    many = getattr(noted, "ravel", None)
    if many is None:
        text = as_text(noted)
    else:
        some = [as_text(each) for each in many()[:MOST_TEXTS].tolist()]
        text = None if None in some else json.dumps(some)
    if text is not None and len(text) <= LONGEST:
        found[name] = text


def as_text(noted: Any) -> str | None:
    """A text or its bytes; None for anything else."""
    if isinstance(noted, bytes):
        return noted.decode("utf-8", "replace")
    return str(noted) if isinstance(noted, str) else None


def confined() -> None:
    """Take the limits of the program that reads the arrays."""
    spec = importlib.util.spec_from_file_location("apart", Path(__file__).with_name("apart.py"))
    assert spec is not None
    assert spec.loader is not None
    apart = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(apart)
    apart.confine()


if __name__ == "__main__":
    confined()
    sys.stdout.write(json.dumps(notes(sys.stdin.buffer.read())))
