"""The bytes of a file as text: what is no table is named, and the encoding is found."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.dials.files import FEWER_ROWS, too_large

BEGINNINGS: Mapping[bytes, str] = {
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind",
    b"\x1f\x8b": "compressed",
    b"BZh": "compressed",
    b"\xfd7zXZ": "compressed",
    b"7z\xbc\xaf": "compressed",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"FEA1": "a Feather file",
    b"\x93NUMPY": "a NumPy array",
    b"\x89HDF": "an HDF5 file",
    b"MATLAB": "a MATLAB file",
    b"SQLite format 3": "an SQLite database",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a document",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
}
"""What files that are no text begin with."""
INSIDE_A_ZIP: Mapping[bytes, str] = {
    b"xl/": "an Excel workbook",
    b"opendocument.spreadsheet": "an OpenDocument spreadsheet",
    b"word/": "a Word document",
    b".npy": "a NumPy archive",
}
SAVE = {"compressed": "unpack it and upload the table"}
MARKS = (
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""How a text says its encoding in its first bytes."""
LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman")
PAGES = ("cp1251", "cp1253", "cp932", "gb18030", "big5", "euc_kr", "cp1255", "cp1256")
"""The code pages that tables are written in where they are not Unicode: of letters beside ASCII's,
and of other letters instead of them."""
SIGNS = frozenset("€°±µ²³·×‘’“”–—…™£¥§©®´\u00a0".encode("cp1252"))
"""Bytes that are signs among numbers in Windows' code pages of Latin letters."""
MOST_LOOKED_AT = 4_000  # bytes of the lines that are not ASCII, which tell a code page
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Text:
    """A file as text, and the encoding that it was read with."""

    text: str
    encoding: str


def text_of(content: bytes) -> Text:
    """A file as text. ValueError, one sentence that names it, where it is something else."""
    if why := too_large(len(content), FEWER_ROWS):
        raise ValueError(f"the file is not read: {why}")
    if not content.strip(b" \t\r\n\x00"):
        raise ValueError("the file is empty: a table needs at least one column of numbers")
    if what := _other(content):
        raise ValueError(f"the file is {what}: {SAVE.get(what, 'save it as CSV and upload that')}")
    text, encoding = _decoded(content)
    text = (
        text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a\n\x00")
    )
    if CONTROLS.search(text):
        raise ValueError("the file is not text: save the table as CSV and upload that")
    if what := _other_text(text):
        raise ValueError(f"the file is {what}: save the table as CSV and upload that")
    return Text(text, encoding)


def _other(content: bytes) -> str:
    """What a file is that is no text, as far as its first bytes tell."""
    if content[:4] == b"PK\x03\x04":
        found = (what for mark, what in INSIDE_A_ZIP.items() if mark in content)
        return next(found, "compressed")
    return next((what for mark, what in BEGINNINGS.items() if content.startswith(mark)), "")


def _other_text(text: str) -> str:
    """What a text is that is no table."""
    head = text[:400].lstrip().lower()
    if head.startswith(("<!doctype html", "<html")):
        return "a web page"
    if head.startswith("<?xml"):
        return "XML"
    if head.startswith("version https://git-lfs"):
        return "a pointer of git-lfs, not the table itself"
    if head.startswith(("{", "[")):
        try:
            json.loads(text)
        except ValueError:
            first = text.lstrip().split("\n", 1)[0]
            try:  # a line each
                json.loads(first)
            except ValueError:
                return ""
        return "JSON"
    return ""


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: by its mark, by its zeros, as UTF-8, or by its code page."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding), encoding.removesuffix("-sig").upper()
    if wide := _wide(content):
        return _strictly(content, wide), wide.upper()
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        page = _code_page(content)
        return content.decode(page, errors="replace"), page


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError(
            f"the file begins as {encoding.upper()} text and is not: save the table as CSV"
        ) from None


def _wide(content: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: of what tables are made of, all bytes but one are zero."""
    sample = content[:4_000]
    for encoding, place, width in (
        *(("utf-32-le", 0, 4), ("utf-32-be", 3, 4)),
        *(("utf-16-le", 0, 2), ("utf-16-be", 1, 2)),
    ):
        zeros = [sample[k::width].count(0) / max(1, len(sample[k::width])) for k in range(width)]
        others = [share for k, share in enumerate(zeros) if k != place]
        if zeros[place] < 0.2 and min(others) > 0.7:
            return encoding
    return ""


def _code_page(content: bytes) -> str:
    """The code page of a text, by charset-normalizer; numbers are the same in all of them."""
    from charset_normalizer import from_bytes  # takes a while, which other uploads must not wait

    lines = [line for line in content.splitlines() if not line.isascii()]
    telling = b"\n".join(lines)[:MOST_LOOKED_AT]
    high = [at for at, byte in enumerate(telling) if byte > 127]
    alone = all(at + 1 not in high[k + 1 : k + 2] for k, at in enumerate(high))
    if alone and SIGNS.issuperset(telling[at] for at in high):
        return LATIN[0]
    other = len(high)
    letters = sum(bytes([byte]).isalpha() for byte in telling)
    pages = LATIN if other < letters else PAGES
    found = from_bytes(telling, cp_isolation=list(pages), threshold=0.5).best()
    likely = [] if found is None else [found.encoding, *found.could_be_from_charset]
    return next((page for page in pages if page in likely), LATIN[0])
