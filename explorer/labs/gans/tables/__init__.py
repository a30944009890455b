"""Tables that visitors bring: read as programs write them, kept, and told in words."""

from explorer.labs.gans.tables.reading import Read, Reading
from explorer.labs.gans.tables.shelf import (
    MARK,
    MOST_TABLES,
    NAME,
    bring,
    encoding,
    is_kept,
    keep,
    kept,
    parcel,
    points,
    read,
    why_not,
)

__all__ = [
    "MARK",
    "MOST_TABLES",
    "NAME",
    "Read",
    "Reading",
    "bring",
    "encoding",
    "is_kept",
    "keep",
    "kept",
    "parcel",
    "points",
    "read",
    "why_not",
]
