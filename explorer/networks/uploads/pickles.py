"""What a pickle would make, told without making it, so that a reader knows what it lets in.

`torch.load(weights_only=True)` runs no code, but what it makes can be of any size: a storage that
is never filled (and shows what the memory held before), an array of a given length, a text encoded
again and again. Here the operations are only listed, and whatever is not a plain part of a state
dict is found before anything is made.
"""

import io
import pickletools
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.networks.uploads.limits import RefusedError

LARGEST_PICKLE = 1_000_000  # bytes; the names and shapes of thousands of tensors take less
DAMAGED = "it is damaged or cut short; save and upload it again"
NEWEST = 3  # protocol of pickle that torch reads without running anything
NEWER = (
    "it is pickled in a newer way than torch.save does by itself; save it with "
    "torch.save(model.state_dict(), path)"
)
LONG = "it lists too much; save model.state_dict() alone"
MAGIC = bytes.fromhex("80028a0a6cfc9c46f9206aa85019")
"""How a file of `torch.save` before 1.6 begins: a pickle of one number."""
BYTES = {
    **dict.fromkeys(("DoubleStorage", "LongStorage", "ComplexFloatStorage"), 8),
    **dict.fromkeys(("FloatStorage", "IntStorage", "QInt32Storage"), 4),
    **dict.fromkeys(("HalfStorage", "BFloat16Storage", "ShortStorage"), 2),
    **dict.fromkeys(("ByteStorage", "CharStorage", "BoolStorage", "UntypedStorage"), 1),
    **dict.fromkeys(("QInt8Storage", "QUInt8Storage"), 1),
    "ComplexDoubleStorage": 16,
}
"""Bytes of one number in each kind of storage."""
PLAIN = re.compile(
    r"collections\.(OrderedDict|Counter)|builtins\.(set|complex)|_codecs\.encode"
    r"|torch\._utils\._rebuild_(tensor|tensor_v2|tensor_v3|parameter|parameter_with_state"
    r"|sparse_tensor|qtensor)|torch\.nn\.parameter\.Parameter|torch\.serialization\._get_layout"
    r"|torch\.(Size|device|per_\w+)|torch\.(cuda\.|storage\.)?\w+Storage"
    r"|torch\.(b?float|q?u?int|bool|complex|bits|half|double)\w*"
)
"""The names in a state dict: what torch's reader makes of them is as large as what is in the file.

Not in it, though torch would call them, are `bytearray` and the classes of tensors and storages
called with a length.
"""
QUANTISED = re.compile(r".*(quantized|CellParams|PackedParams|ScriptObject).*")
SIZED = re.compile(r"builtins\.bytearray|torch\.(?!nn\.modules\.|optim\.|torch_version\.).*")
"""Names that torch's reader knows by itself, whatever else it is told of them."""
Operation = tuple[str, object]


@dataclass(frozen=True)
class Told:
    """What one pickle asks for: names of classes and functions, and storages by their keys.

    A storage is its kind and how many numbers it has. `texts` are all strings; `end` is where the
    pickle ends.
    """

    names: tuple[str, ...]
    storages: Mapping[str, tuple[str, int]]
    texts: tuple[str, ...]
    end: int

    @property
    def strange(self) -> tuple[str, ...]:
        """The names that no state dict has."""
        return tuple(name for name in self.names if not PLAIN.fullmatch(name))


def told(data: bytes, start: int = 0) -> Told:
    """What the pickle that starts there asks for.

    Raises `RefusedError` for one that is damaged, too long, or built as torch never builds one.
    """
    operations, end = _operations(data, start)
    storages: dict[str, tuple[str, int]] = {}
    expected = 0
    for place, (kind, value) in enumerate(operations):
        if kind == "BINPERSID":
            before = operations[max(0, place - 8) : place]
            if [value for _, value in before[-5:-4]] == ["module"]:  # with its source, to compare
                raise with_code([str(before[-4][1])])
            key, storage = _storage(before)
            if storages.setdefault(key, storage) != storage:
                raise RefusedError(DAMAGED)
            expected += 1
        elif value == "_codecs.encode" and kind == "GLOBAL" and not _latin(operations, place):
            raise RefusedError("it makes text besides tensors; save model.state_dict() alone")
    names = [str(value) for kind, value in operations if kind == "GLOBAL"]
    if any(QUANTISED.fullmatch(name) for name in names):
        raise RefusedError(
            "it is quantised, its weights packed; save the state dict of the network before that"
        )
    if any(SIZED.fullmatch(name) and not PLAIN.fullmatch(name) for name in names):
        raise RefusedError("it makes arrays besides tensors; save model.state_dict() alone")
    if sum(name.endswith("Storage") for name in names) != expected:
        raise RefusedError("it makes arrays besides tensors; save model.state_dict() alone")
    texts = tuple(value for kind, value in operations if isinstance(value, str) and _text(kind))
    return Told(tuple(dict.fromkeys(names)), storages, texts, end)


def with_code(names: Sequence[str]) -> RefusedError:
    """What is said of a file that holds classes and functions by these names."""
    if all(name.startswith("numpy") for name in names):
        return RefusedError(
            "its numbers are NumPy arrays, which cannot be read from it without running code; save "
            "tensors with torch.save(model.state_dict(), path)"
        )
    return RefusedError(
        f"it holds pickled code ({', '.join(names[:3])[:100]}), which is never run here; save the "
        f"numbers alone with torch.save(model.state_dict(), path)"
    )


def check_archive(listed: Mapping[str, zipfile.ZipInfo], pickled: str, found: Told) -> None:
    """Raise `RefusedError` unless a zip archive holds every number that its pickle asks for."""
    folder = pickled.removesuffix("data.pkl")
    for key, (kind, numbers) in found.storages.items():
        entry = listed.get(f"{folder}data/{key}")
        if entry is None or entry.file_size < numbers * BYTES[kind]:
            raise RefusedError(DAMAGED)


def before_1_6(data: bytes) -> Told:
    """What a file in the older layout asks for: five pickles, and then its storages in a row.

    Raises `RefusedError` unless every storage that is made is filled from the file.
    """
    start = 0
    for _ in range(3):  # a mark, a version, and what the machine was like
        head = told(data, start)
        if head.names or head.storages:
            raise RefusedError(DAMAGED)
        start = head.end
    found = told(data, start)
    keys = told(data, found.end)
    if keys.names or sorted(keys.texts) != sorted(found.storages):
        raise RefusedError(DAMAGED)
    place = keys.end
    for key in keys.texts:
        kind, numbers = found.storages[key]
        if int.from_bytes(data[place : place + 8], "little", signed=True) != numbers:
            raise RefusedError(DAMAGED)
        place += 8 + numbers * BYTES[kind]
    if place > len(data):
        raise RefusedError(DAMAGED)
    return found


def _operations(data: bytes, start: int) -> tuple[list[Operation], int]:
    """All operations but those of the memo, which are followed, and where the pickle ends."""
    stream = io.BytesIO(data[start : start + LARGEST_PICKLE])
    found: list[Operation] = []
    memo: dict[object, Operation] = {}
    try:
        for operation, value, _ in pickletools.genops(stream):
            kind = operation.name
            if "PUT" in kind:
                memo[value] = found[-1]
            elif "GET" in kind:
                kept = memo[value]
                found.append(kept if kept[0] == "GLOBAL" or _text(kept[0]) else (kind, None))
            elif kind == "PROTO" and isinstance(value, int) and value > NEWEST:
                raise RefusedError(NEWER)
            elif kind == "GLOBAL":
                found.append((kind, _name(str(value))))
            else:
                found.append((kind, value))
    except RefusedError:
        raise
    except Exception as why:
        if start + LARGEST_PICKLE < len(data) and len(stream.read()) == 0:
            raise RefusedError(LONG) from why
        raise RefusedError(DAMAGED) from why
    return found, start + stream.tell()


def _name(written: str) -> str:
    """A name as Python 3 has it."""
    module, _, name = written.partition(" ")
    return f"{ {'__builtin__': 'builtins', 'copy_reg': 'copyreg'}.get(module, module) }.{name}"


def _storage(before: Sequence[Operation]) -> tuple[str, tuple[str, int]]:
    """Key of the storage, and its kind and numbers, as asked for by the operations before."""
    values = [value for _, value in before]
    kinds = [kind for kind, _ in before]
    if kinds[-2:] == ["NONE", "TUPLE"]:  # the older layout says that it is no view of another
        del values[-2], kinds[-2]
    values, kinds = values[-7:], kinds[-7:]
    if kinds[:1] + kinds[-1:] != ["MARK", "TUPLE"] or len(kinds) != 7 or kinds[2] != "GLOBAL":
        raise RefusedError(DAMAGED)
    _, word, name, key, device, numbers, _ = values
    kind = str(name).rpartition(".")[2]
    if word != "storage" or not isinstance(key, str) or not isinstance(device, str):
        raise RefusedError(DAMAGED)
    if kind not in BYTES or not isinstance(numbers, int) or numbers < 0:
        raise RefusedError(DAMAGED)
    return key, (kind, numbers)


def _latin(operations: Sequence[Operation], place: int) -> bool:
    """Whether a text becomes bytes as pickle writes bytes: no longer than they are in the file."""
    after = operations[place + 1 : place + 5]
    kinds = [kind for kind, _ in after]
    return (
        len(after) == 4
        and _text(kinds[0])
        and after[1][1] == "latin1"
        and kinds[2:] == ["TUPLE2", "REDUCE"]
    )


def _text(kind: str) -> bool:
    return "STRING" in kind or "UNICODE" in kind
