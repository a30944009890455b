"""A file as it arrives: what it is, whether it may be opened, and who reads it."""

from collections.abc import Callable

from explorer.dials import files
from explorer.networks.uploads import keras, onnx, pytorch
from explorer.networks.uploads.beside import alphabets_beside
from explorer.networks.uploads.foreign import archived, foreign, is_onnx
from explorer.networks.uploads.found import Contents, Upload
from explorer.networks.uploads.limits import LARGEST_FILE, MOST_TABLES, RefusedError, entries
from explorer.networks.uploads.ours import is_ours, whole
from explorer.networks.uploads.pickles import MAGIC
from explorer.networks.uploads.proof import proved

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
        return Upload(
            shown,
            contents.source,
            found,
            refused,
            embeddings=contents.embeddings[:MOST_TABLES],
            readouts=contents.readouts[:MOST_TABLES],
            alphabets=contents.alphabets or alphabets_beside(kind, data),
            aside=contents.aside,
        )
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
    """What the file is, by what is in it; its name only decides what nothing in it tells."""
    if not data:
        raise RefusedError("it is empty; save and upload it again")
    if why := files.too_large(len(data), files.FEWER_LAYERS):
        raise RefusedError(why)
    if kind := _inside(data):
        return kind
    if data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05":
        raise RefusedError(
            "it is a bare pickle, which could run code; save it with "
            "torch.save(model.state_dict(), path)"
        )
    if named := foreign(data):
        raise RefusedError(named)
    if name.lower().endswith(".onnx"):  # the one format without a mark at its beginning
        return "ONNX"
    raise RefusedError(
        "it is damaged, or of none of the formats that are read here: PyTorch, safetensors, Keras, "
        "ONNX"
    )


def _inside(data: bytes) -> str:
    """The format that a file begins as; empty when it is none of those that are read."""
    if data[:4] == b"PK\x03\x04":
        names = entries(data)
        if "model.weights.h5" in names or "config.json" in names:
            return "Keras"
        if any(name.endswith("data.pkl") for name in names):
            return "PyTorch"
        raise RefusedError(archived(list(names)))
    if data[:8] == b"\x89HDF\r\n\x1a\n":
        return "HDF5"
    if data.startswith(MAGIC):
        return "PyTorch"
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= LARGEST_FILE:
        return "safetensors"
    return "ONNX" if is_onnx(data) else ""


def _nothing(contents: Contents) -> str:
    return (
        f"no recurrent layer was found in it, read as {contents.source}; upload a network with an "
        f"LSTM, a GRU or a plain RNN"
    )


def _one_line(why: Exception) -> str:
    return " ".join(str(why).split())[:400]
