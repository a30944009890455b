"""A program of its own that reads the arrays of an HDF5 file: run apart, never imported.

The HDF5 library can be brought down by a damaged file, so it reads in a process that may fall. The
file comes in on the standard input; out goes one line of JSON and then the bytes of all arrays.
Links to other files, data kept outside, and compression that needs a plug-in are left alone: all
three would make the library open something else than these bytes.
"""

import io
import json
import math
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

DEEPEST = 12  # groups within each other; links can go in circles
SECONDS, MEMORY = 10, 2_000_000_000  # of the processor; bytes


def confine() -> None:
    """Give up the right to write files and to use much time or memory, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's clock still holds
        return
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        _, hard = resource.getrlimit(limit)
        with suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(limit, (most if hard < 0 else min(most, hard), hard))


def read(data: bytes, most_entries: int, most_numbers: int) -> tuple[dict[str, Any], list[bytes]]:
    """The header and the arrays; the header alone, with a reason, for what is too large."""
    import h5py  # type: ignore[import-untyped]

    with h5py.File(io.BytesIO(data), "r") as file:
        kept, names, orders, groups = {}, {}, {}, []
        for count, (path, found) in enumerate(walk(file, "", 0)):
            if count >= most_entries:
                return {"refused": "it lists far too much; save the weights alone"}, []
            if isinstance(found, h5py.Dataset):
                if plain(found):
                    kept[path] = found
                continue
            groups.append(path)
            if isinstance(noted := found.attrs.get("name"), str):
                names[path] = noted
            if order := listed(found, "weight_names") or listed(found, "layer_names"):
                orders[path] = order
        shapes = [shape for d in kept.values() for shape in (d.shape, d.chunks or (0,))]
        if sum(map(math.prod, shapes)) > most_numbers:
            return {"refused": f"it holds more than {most_numbers:,} numbers; save less"}, []
        if order := listed(file, "layer_names"):
            orders[""] = order
        noting = [file, *(file[name] for name in kinds(file) if name == "model_weights")]
        arrays = {path: dataset[()] for path, dataset in kept.items()}
        header = {
            "arrays": [[path, a.dtype.str, list(a.shape)] for path, a in arrays.items()],
            "names": names,
            "groups": groups,
            "orders": orders,
            "config": told(file, "model_config"),
            "version": next(filter(None, (told(each, "keras_version") for each in noting)), ""),
        }
        return header, [array.tobytes() for array in arrays.values()]


def walk(group: Any, place: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Every group and dataset below a group, by path, through links within the file only."""
    import h5py

    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        path, found = f"{place}/{name}".lstrip("/"), group[name]
        yield path, found
        if isinstance(found, h5py.Group) and depth < DEEPEST:
            yield from walk(found, path, depth + 1)


def listed(group: Any, what: str) -> list[str]:
    """A list of names that Keras notes at a group; long ones are cut into numbered pieces."""
    found: list[str] = []
    pieces = [what] if what in group.attrs else [f"{what}{n}" for n in range(100)]
    for piece in pieces:
        if piece not in group.attrs:
            break
        noted = group.attrs[piece]
        if getattr(noted, "dtype", None) is None or noted.dtype.kind not in "OS":
            break
        found += [text(each) for each in noted.ravel()]
    return found


def told(group: Any, what: str) -> str:
    """A text that Keras notes at a group; empty where there is none."""
    return text(group.attrs.get(what, ""))


def text(noted: Any) -> str:
    """A text or its bytes, as either version of the library writes them."""
    if isinstance(noted, bytes):
        return noted.decode("utf-8", "replace")
    return noted if isinstance(noted, str) else ""


def kinds(group: Any) -> set[str]:
    """The groups of a group that are there themselves, not by a link."""
    import h5py

    own = (name for name in group if isinstance(group.get(name, getlink=True), h5py.HardLink))
    return {name for name in own if isinstance(group[name], h5py.Group)}


def plain(dataset: Any) -> bool:
    """Whether a dataset is floats kept in this file, packed in no foreign way."""
    return (
        dataset.dtype.kind == "f"
        and dataset.dtype.itemsize in (2, 4, 8)
        and dataset.shape is not None
        and not dataset.is_virtual
        and not dataset.external
        and dataset.compression in (None, "gzip", "lzf")
    )


if __name__ == "__main__":
    confine()
    header, contents = read(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    out = sys.stdout.buffer
    out.write(json.dumps(header).encode() + b"\n")
    out.writelines(contents)
