"""The stage's scripts as the browser fetches them: content-addressed, immutable, pre-compressed.

The address holds a digest over all scripts, so that relative imports between them stay within one
version, and a browser may keep what it has fetched for ever.
"""

import functools
import gzip
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER = Path(__file__).with_name("browser")
_more: dict[str, str] = {}


@dataclass(frozen=True)
class Script:
    """One script, as it is and compressed."""

    text: bytes
    gzipped: bytes


@dataclass(frozen=True)
class Scripts:
    """All scripts of one version by path, e.g. ``main.js``."""

    digest: str
    by_path: dict[str, Script]


def asset_base() -> str:
    """Return where the scripts lie now, from the server's first page on; a slash is at its end."""
    return f"stage/asset/{_current().digest}/"


def also(path: str, text: str) -> None:
    """Serve one more script, made by a page: what it knows and the stage does not."""
    _more[path] = text


def serves(path: str) -> bool:
    """Return whether a page has made the script of that path."""
    return path in _more


async def asset(request: Request) -> Response:
    """Answer with a script; 404 for another version, or a name that is not a script's."""
    scripts = _current()
    script = scripts.by_path.get(request.path_params["path"])
    if script is None or request.path_params["digest"] != scripts.digest:
        return PlainTextResponse("There is no such script.", 404)
    compressed = "gzip" in request.headers.get("accept-encoding", "")
    return Response(
        script.gzipped if compressed else script.text,
        media_type="text/javascript",
        headers={
            "cache-control": "public, max-age=31536000, immutable",
            "content-encoding": "gzip" if compressed else "identity",
            "vary": "accept-encoding",
            "x-content-type-options": "nosniff",
        },
    )


def _current() -> Scripts:
    times = tuple(sorted(_times(str(FOLDER))))
    return _load(times, tuple(sorted(_more.items())))


def _times(folder: str) -> Iterator[tuple[str, int]]:
    """Yield every script below a folder, and when it was written: each run of a page asks."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _times(entry.path)
            elif entry.name.endswith(".js"):
                yield entry.path, entry.stat().st_mtime_ns


@functools.lru_cache(maxsize=2)
def _load(files: tuple[tuple[str, int], ...], more: tuple[tuple[str, str], ...]) -> Scripts:
    """Read the scripts; with their times, so that an edited script is read again."""
    digest = hashlib.sha256()
    by_path = {}
    found = [Path(file) for file, _ in files]
    texts = [(file.relative_to(FOLDER).as_posix(), file.read_bytes()) for file in found]
    for path, text in [*texts, *((path, text.encode()) for path, text in more)]:
        digest.update(f"{path}:{len(text)}:".encode() + text)
        by_path[path] = Script(text, gzip.compress(text, 9, mtime=0))
    return Scripts(digest.hexdigest()[:16], by_path)
