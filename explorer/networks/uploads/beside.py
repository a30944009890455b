"""Alphabets beside the weights in files that are read by others: attributes, metadata, side files.

What cannot be read says nothing: whoever reads the weights has said what is wrong with a file.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from explorer.networks.uploads.alphabets import Told, in_words
from explorer.networks.uploads.limits import entries, unpacked

READER = Path(__file__).with_name("noted.py")
LONGEST = 20.0  # seconds
LARGEST_NOTE = 1_000_000  # bytes


def alphabets_beside(kind: str, data: bytes) -> tuple[Told, ...]:
    """The alphabets in a file of this kind; none where it holds none, or says them elsewhere."""
    reads = NOTES.get(kind)
    if reads is None:
        return ()
    try:
        return in_words(reads(data))
    except Exception:  # libraries raise whatever they like; an alphabet can still be typed in
        return ()


def _of_hdf5(data: bytes) -> Mapping[str, str]:
    command = [sys.executable, "-P", str(READER)]
    unplugged = {**os.environ, "HDF5_PLUGIN_PRELOAD": "::"}  # no code from plug-ins
    done = subprocess.run(
        command, input=data, capture_output=True, env=unplugged, timeout=LONGEST, check=True
    )
    told: dict[str, str] = json.loads(done.stdout)
    return told


def _of_keras(data: bytes) -> Mapping[str, str]:
    """Texts that somebody put into the archive, by their names without the ending."""
    found = {}
    for name, entry in entries(data).items():
        path = PurePosixPath(name)
        if path.suffix in (".json", ".txt") and entry.file_size <= LARGEST_NOTE:
            found[path.stem] = unpacked(data, entry, LARGEST_NOTE).decode("utf-8")
    return found


def _of_onnx(data: bytes) -> Mapping[str, str]:
    import onnx

    model = onnx.ModelProto()
    model.ParseFromString(data)
    return {each.key: each.value for each in model.metadata_props}


NOTES: dict[str, Callable[[bytes], Mapping[str, str]]] = {
    "HDF5": _of_hdf5,
    "Keras": _of_keras,
    "ONNX": _of_onnx,
}
