"""Small pictures of kept runs: painted once by a process of its own, then kept with the run."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from explorer.runs.filing import Filing, Job
from explorer.runs.frames import chunk
from explorer.runs.shelf import Kept, Reader, ShelfError, the_shelf
from explorer.stage import making

SIZE = (480, 270)  # px
MOST_ORDERED = 8  # at once

_filing = Filing(at_once=1, most_bytes=8 * 2**20)
_ordered: dict[str, Job] = {}


def picture(reader: Reader, row: Kept, dark: bool) -> bytes | None:
    """Return the small picture of a run as WebP; empty where there is none, None before it is."""
    found = the_shelf().picture(reader, row.number, dark)
    if found is not None:
        return found
    key = f"{row.number} {dark}"
    job = _ordered.get(key)
    if job is None:
        if sum(each.busy for each in list(_ordered.values())) < MOST_ORDERED:
            prepare = lambda: _told(reader, row, dark)  # noqa: E731  # a process asks for it later
            job = _ordered[key] = Job("png", row.name, making.__name__, prepare)
            _filing.order(key, job)
        return None
    if job.busy:
        return None
    _ordered.pop(key, None)  # another viewer may have taken it
    _filing.give_up(key)
    small = _small(job.body) if job.stage == "made" else b""
    the_shelf().illustrate(reader, row.number, dark, small)
    return small


def come() -> bool:
    """Return whether a picture has been painted that no page has taken yet."""
    return any(not job.busy for job in list(_ordered.values()))


def _told(reader: Reader, row: Kept, dark: bool) -> tuple[Mapping[str, Any], bytes]:
    """Return what the process is told that paints a run."""
    try:
        parcel = the_shelf().take(reader, row.number)
    except ShelfError as error:
        raise ValueError(str(error)) from None
    values = {
        "scene": parcel.scene,
        "select": dict(parcel.select),
        "settings": {},
        "at": parcel.start,
        "heading": "",
        "link": "",
        "dark": dark,
    }
    return values, chunk([parcel.past.still, *parcel.past.packets])


def _small(png: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as whole:
        whole.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(out, "WEBP", quality=82)
    return out.getvalue()
