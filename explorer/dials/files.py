"""A file that a visitor brings, as a setting: how large it may be, whatever is in it.

The one place that says so: the places for files on the pages, the reader of networks, the reader of
tables and the server's own limit (``maxUploadSize``, which a test holds to it) all follow it.
"""

LARGEST_MB = 64
LARGEST_FILE = LARGEST_MB * 10**6  # bytes; so a browser counts them before it sends any

FEWER_ROWS = "save fewer rows, or the columns that you need"
FEWER_LAYERS = "save the recurrent layers alone"
"""What makes a table or a network smaller."""


def too_large(size: int, smaller: str) -> str:
    """Return why a file of so many bytes is not taken and how it gets ``smaller``, or nothing."""
    if size <= LARGEST_FILE:
        return ""
    return f"it is larger than {LARGEST_MB} MB; {smaller}"
