"""A file as it arrives: what it is, whether it may be opened, and who reads it."""

from collections.abc import Callable

from explorer.networks.uploads import keras, onnx, pytorch
from explorer.networks.uploads.found import Contents, Upload
from explorer.networks.uploads.limits import LARGEST_FILE, RefusedError, entries
from explorer.networks.uploads.ours import is_ours, whole
from explorer.networks.uploads.proof import proved

EXTENSIONS = {
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".safetensors": "safetensors",
    ".h5": "HDF5",
    ".keras": "Keras",
    ".onnx": "ONNX",
}
"""The endings a file may have, and what must be inside."""
READERS: dict[str, Callable[[bytes], Contents]] = {
    "PyTorch": pytorch.saved,
    "safetensors": pytorch.safe,
    "HDF5": keras.weights,
    "Keras": keras.archive,
    "ONNX": onnx.model,
}
LONGEST_NAME = 60


def opened(name: str, data: bytes) -> Upload:
    """The recurrent networks of a file, each converted to this laboratory's order and proved.

    Raises `ValueError` with one sentence that says what is wrong and what to do.
    """
    shown = shown_name(name)
    try:
        kind = _kind(shown, data)
        if kind == "safetensors" and is_ours(data):
            trained, network = whole(shown, data)
            return Upload(shown, network.convention.source, (network,), trained=trained)
        contents = READERS[kind](data)
        found, refused = proved(contents)
        if not found:
            raise RefusedError(refused[0] if refused else _nothing(contents))
        return Upload(shown, contents.source, found, refused)
    except RefusedError as why:
        raise ValueError(f"{shown} cannot be opened: {_one_line(why)}") from why
    except Exception as why:  # libraries raise whatever they like at a hostile file
        raise ValueError(
            f"{shown} cannot be opened: it is damaged, or not as its format wants it; save and "
            f"upload it again"
        ) from why


def shown_name(name: str) -> str:
    """A file's name as it may be shown: its last part, printable, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip()
    if len(plain) > LONGEST_NAME:
        plain = f"{plain[: LONGEST_NAME - 21]}…{plain[-20:]}"
    return plain or "the file"


def _kind(name: str, data: bytes) -> str:
    """What the file is, by its name and by how it begins; `RefusedError` when the two disagree."""
    if not data:
        raise RefusedError("it is empty; save and upload it again")
    if len(data) > LARGEST_FILE:
        raise RefusedError(
            f"it is larger than {LARGEST_FILE // 1_000_000} MB; save the recurrent layers alone"
        )
    ending = next((e for e in EXTENSIONS if name.lower().endswith(e)), None)
    if ending is None:
        raise RefusedError(f"its name must end in {', '.join(EXTENSIONS)}")
    named, inside = EXTENSIONS[ending], _inside(data)
    if inside == "pickle":
        raise RefusedError(
            "it is a bare pickle, which could run code; save it with "
            "torch.save(model.state_dict(), path) of a PyTorch newer than 1.6"
        )
    if named == "ONNX" and not inside:
        return named  # an ONNX file has no mark at its beginning
    if inside != named:
        what = f"a {inside} file" if inside else "something else or damaged"
        raise RefusedError(f"it is named as a {named} file but is {what}; upload the file as saved")
    return named


def _inside(data: bytes) -> str:
    """The format that a file begins as; empty when it is none of those that can be told."""
    if data[:4] == b"PK\x03\x04":
        names = entries(data)
        if "model.weights.h5" in names or "config.json" in names:
            return "Keras"
        return "PyTorch" if any(name.endswith("data.pkl") for name in names) else "zip"
    if data[:8] == b"\x89HDF\r\n\x1a\n":
        return "HDF5"
    if data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05":
        return "pickle"
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8:
        return "safetensors"
    return ""


def _nothing(contents: Contents) -> str:
    return (
        f"no recurrent layer was found in it, read as {contents.source}; upload a network with an "
        f"LSTM, a GRU or a plain RNN"
    )


def _one_line(why: Exception) -> str:
    return " ".join(str(why).split())[:400]
