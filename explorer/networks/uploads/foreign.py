"""Files that are brought by mistake, told by how they begin: what each is, and what to do."""

import json
from collections.abc import Callable, Iterator

MOST_JSON = 1_000_000  # bytes that are read to see whether a text is JSON
SAVE_NUMBERS = "save model.state_dict() with torch.save and upload that"

BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs.github.com/spec/",
        "it is a git-lfs pointer, a note that stands for the file; run 'git lfs pull' where it "
        "came from and upload the file itself",
    ),
    (b"\x1f\x8b", "it is packed with gzip; unpack it and upload the file inside"),
    (b"BZh", "it is packed with bzip2; unpack it and upload the file inside"),
    (b"\xfd7zXZ\x00", "it is packed with xz; unpack it and upload the file inside"),
    (b"\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it and upload the file inside"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it and upload the file inside"),
    (b"Rar!\x1a\x07", "it is a RAR archive; unpack it and upload the file inside"),
    (b"\x93NUMPY", f"it is a single NumPy array (.npy), without names; {SAVE_NUMBERS}"),
    (b"GGUF", "it is a GGUF file of a language model, which has no recurrent layer"),
    (b"MATLAB ", "it is a MATLAB file; export the network as ONNX and upload that"),
    (b"%PDF", "it is a PDF document; upload the file of the network"),
    (b"\x89PNG", "it is a picture; upload the file of the network"),
    (b"\xff\xd8\xff", "it is a picture; upload the file of the network"),
)
"""What a file begins with, and the sentence about it."""
PAGE = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
TAR_OF_TORCH = ("pickle", "tensors", "storages", "sys_info")


def foreign(data: bytes) -> str:
    """A sentence on a file of another kind; empty for one that is none of those known here."""
    for beginning, sentence in BEGINNINGS:
        if data.startswith(beginning):
            return sentence
    return next((said for reader in READERS if (said := reader(data))), "")


def archived(names: list[str]) -> str:
    """A sentence on a zip archive by the names in it."""
    if names and all(name.endswith(".npy") for name in names):
        return f"it is an archive of NumPy arrays (.npz); {SAVE_NUMBERS}"
    if any(name.endswith("saved_model.pb") for name in names):
        return (
            "it is a TensorFlow SavedModel; load it with Keras, save it with model.save as .keras "
            "and upload that"
        )
    if any(name.endswith(("archive_format", "models/model.json")) for name in names):
        return f"it is a program of torch.export; {SAVE_NUMBERS}"
    return "it is a zip archive of other files; unpack it and upload the file of the network"


def fields(data: bytes, most: int = 64) -> Iterator[tuple[int, int]]:
    """Number and wire type of the outermost fields of a protocol buffer, as far as it is one.

    The last one may be cut short. Ends at what no protocol buffer has.
    """
    place = 0
    for _ in range(most):
        if place >= len(data):
            return
        key, place = _number(data, place)
        number, wire = key >> 3, key & 7
        if not number or wire not in (0, 1, 2, 5):
            return
        yield number, wire
        if wire == 0:
            _, place = _number(data, place)
        elif wire == 2:
            length, place = _number(data, place)
            place += length
        else:
            place += 8 if wire == 1 else 4


def is_onnx(data: bytes) -> bool:
    """Whether a file is built as `ModelProto`: a version first, then somewhere a graph."""
    found = list(fields(data))
    return found[:1] == [(1, 0)] and (7, 2) in found


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[place] if place < len(data) else 0
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, place


def _page(data: bytes) -> str:
    start = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(PAGE) or (start.startswith(b"<?xml") and b"<html" in start):
        return (
            "it is a web page saved in place of the file; download the file itself and upload that"
        )
    return ""


def _json(data: bytes) -> str:
    if data[:100].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return ""
    try:
        told = json.loads(data) if len(data) < MOST_JSON else None
    except (ValueError, RecursionError):
        return ""
    if isinstance(told, dict) and "class_name" in told and "config" in told:
        return "it is Keras' description of a model without its weights; save it with model.save"
    return "it is JSON, text without a network's numbers; upload the file of the weights"


def _tar(data: bytes) -> str:
    if data[257:262] != b"ustar":
        return ""
    first = data[:100].rstrip(b"\0").decode("latin1").removeprefix("./")
    if first in TAR_OF_TORCH:
        return (
            "it was written by a PyTorch before 0.1.10 (a tar archive), which is not read here; "
            "load it with PyTorch up to 2.5 and save model.state_dict() again"
        )
    return "it is a tar archive; unpack it and upload the file inside"


def _tensorflow(data: bytes) -> str:
    if data[4:8] == b"TFL3":
        return "it is a TensorFlow Lite program; save the Keras model with model.save as .keras"
    if data[-8:] == bytes.fromhex("57fb808b247547db"):
        return (
            "it is the index of a TensorFlow checkpoint; save the Keras model with model.save as "
            ".keras"
        )
    found = list(fields(data))
    if found[:1] == [(1, 0)] and (2, 2) in found and set(found) <= {(1, 0), (2, 2)}:
        return archived(["saved_model.pb"])
    if len(found) > 1 and found[0] == (1, 2) and set(found) <= {(1, 2), (2, 2), (3, 0), (4, 2)}:
        return "it is a frozen TensorFlow graph; save the Keras model with model.save as .keras"
    return ""


def _text(data: bytes) -> str:
    try:
        text = data[:4000].decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if all(letter.isprintable() or letter in "\r\n\t\f" for letter in text):
        return "it is a text, not the file of a network; upload the file as it was saved"
    return ""


READERS: tuple[Callable[[bytes], str], ...] = (_page, _json, _tar, _tensorflow, _text)
