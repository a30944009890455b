"""A user's own training, watched, as a file: the picture that plays it, its frames, its numbers."""

import html
from pathlib import Path

from explorer.figures.gradients.watched import watched
from explorer.gradients import Watching
from explorer.labs.gradients.watched import Recording, look, recording, table
from explorer.labs.gradients.watched_file import as_file
from explorer.runs.export import check_place, numbers_csv
from explorer.runs.frames import Frame
from explorer.stage.standalone import standalone

TITLE = "A training, watched"
HEIGHT = 760  # pixels in a notebook


def save(watching: Watching, path: str, forget_bias: float | None = None) -> None:
    """Write a recording to ``.html``, ``.frames`` or ``.csv``.

    Frames are float32, and the laboratory opens them again; the table has what was measured in
    full. The table has no twin. Raises
    ValueError for another suffix and where there is nothing to write, OSError for a place that
    cannot be written to.
    """
    out = Path(path)
    if out.suffix not in WRITERS:
        raise ValueError(
            f"unknown suffix {out.suffix!r} of {out.name!r}; choose from {', '.join(WRITERS)}"
        )
    if out.suffix == ".csv" and forget_bias is not None:
        raise ValueError("a table has no twin beside it: save .html, or ask twin() for its flows")
    data = WRITERS[out.suffix](watching, forget_bias)
    check_place(out)
    growing = out.with_name(out.name + ".part")  # a whole file or none
    growing.write_bytes(data)
    growing.replace(out)


def as_html(watching: Watching) -> str:
    """Return the picture in a frame of its own, so that a notebook's style stays out of it."""
    if not watching.steps:
        return "<p>Nothing was recorded yet: train a step, then call step().</p>"
    page = html.escape(_page(watching, None).decode(), quote=True)
    return (
        f'<iframe srcdoc="{page}" title="{TITLE}" style="width: 100%; height: {HEIGHT}px; '
        'border: 0"></iframe>'
    )


def _page(watching: Watching, forget_bias: float | None) -> bytes:
    shown = recording(watching, forget_bias)
    return standalone(
        watched(shown), _still(shown), shown.frames, TITLE, watching.verdict()
    ).encode()


def _still(shown: Recording) -> Frame:
    return Frame(0, sentences={"look": look(shown)})


def _table(watching: Watching, forget_bias: float | None) -> bytes:
    if not watching.steps:
        raise ValueError("nothing was recorded yet: train a step, then call step()")
    return numbers_csv(*table(watching))


WRITERS = {".html": _page, ".frames": as_file, ".csv": _table}
