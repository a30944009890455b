"""Pictures that visitors bring: opened, made small, and kept by their mark for as long as there is
room. Nothing is written to disk, and no file name is kept.
"""

import hashlib
import io
import threading
import warnings
from collections import OrderedDict

import numpy as np

from explorer.dials.files import too_large

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
LONGEST = 112  # pixels of the longer side, once it is small
SHORTEST = 8  # of the shorter one, in the file
MOST_PIXELS = 50_000_000  # of a file, before any is decoded
SMALLER = "save the picture smaller"
MARK = 16  # letters
MOST_PICTURES = 32

_shelf: OrderedDict[str, tuple[np.ndarray, str]] = OrderedDict()
_lock = threading.Lock()


def opened(content: bytes) -> tuple[np.ndarray, str]:
    """Return the picture in a file, (rows, columns, 3) from 0 to 1, and what was done to it.

    It is turned as its camera was held, of a film the first picture, laid on white where it is
    transparent, and made small. ValueError, one sentence, where there is no picture in it.
    """
    from PIL import Image, ImageOps

    if why := too_large(len(content), SMALLER):
        raise ValueError(f"this picture cannot be taken: {why}")
    nothing = f"no picture could be read in this file; there may be {', '.join(FORMATS)}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = Image.open(io.BytesIO(content), formats=FORMATS)
            wide, high = stored.size
            wrong = _wrong_size(wide, high)
            picture: Image.Image = stored if wrong else ImageOps.exif_transpose(stored)
            if not wrong:
                picture.load()
    except Image.DecompressionBombError as why_not:
        raise ValueError(
            f"this picture has more than {MOST_PIXELS:,} pixels: {SMALLER}"
        ) from why_not
    except Exception as why_not:  # damaged files make readers raise whatever they happen to
        raise ValueError(nothing) from why_not
    if wrong:
        raise ValueError(wrong)
    notes = []
    if picture.mode.startswith(("I", "F")):  # sixteen bits and more of grey: stretched
        values = np.asarray(picture, float)
        there = values[np.isfinite(values)]
        if not there.size:
            raise ValueError("no pixel of this picture is a number")
        low, top = float(there.min()), float(there.max())
        values = np.clip(np.nan_to_num(values, nan=low, posinf=top, neginf=low), low, top)
        shares = (values / 2 - low / 2) / ((top / 2 - low / 2) or 1.0)
        picture = Image.fromarray(np.uint8(np.rint(255 * shares)))
    if picture.has_transparency_data:
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
        notes.append("What is transparent is laid on white.")
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    if picture.size[0] * picture.size[1] < wide * high:
        notes.append(f"{wide:,} × {high:,} pixels, shown as {picture.size[0]} × {picture.size[1]}.")
    values = np.asarray(picture, float) / 255
    if float(np.ptp(values, axis=2).max()) == 0:
        notes.append("It is grey: its colours lie on one line, and whatever is carried there is.")
    if len(np.unique(values.reshape(-1, 3), axis=0)) == 1:
        raise ValueError("this picture has one colour alone: there is nothing to tell apart in it")
    return values, " ".join(notes)


def _wrong_size(wide: int, high: int) -> str:
    """Return what is wrong with a size, as a sentence; empty where nothing is."""
    pixels = "1 pixel" if wide * high == 1 else f"{wide:,} × {high:,} pixels"
    if min(wide, high) < SHORTEST:
        least = f"{SHORTEST} × {SHORTEST}"
        return f"this picture has {pixels}: it takes {least} or more to sample colours"
    if wide * high > MOST_PIXELS:
        return f"this picture has {pixels}, more than {MOST_PIXELS:,}: {SMALLER}"
    return ""


def keep(content: bytes) -> str:
    """Put the picture in a file on the shelf and return its mark; the oldest makes room."""
    mark = hashlib.sha256(content).hexdigest()[:MARK]
    bring(mark, content)
    return mark


def bring(mark: str, content: bytes) -> None:
    """Take a picture under a mark that another process gave it."""
    found = opened(content)
    with _lock:
        _shelf[mark] = found
        _shelf.move_to_end(mark)
        while len(_shelf) > MOST_PICTURES:
            _shelf.popitem(last=False)


def kept(mark: str) -> np.ndarray | None:
    """Return the picture with this mark, or None where it is not here any more."""
    with _lock:
        return _shelf[mark][0] if mark in _shelf else None


def note_on(mark: str) -> str:
    """Return what was done to the picture with this mark; empty where that is nothing."""
    with _lock:
        return _shelf[mark][1] if mark in _shelf else ""
