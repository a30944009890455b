"""What is asked for, a link or a recording, as a picture."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.dials import turned
from explorer.figures import views
from explorer.figures.gradients.watched import watched
from explorer.figures.scene import as_json
from explorer.lab.played import Picture
from explorer.labs import presets
from explorer.labs.gradients import watched_file
from explorer.labs.gradients.watched import look
from explorer.lessons.rooms import opened
from explorer.runs.export import LINK
from explorer.runs.frames import Frame
from explorer.runs.recorded import from_chunk

RECORDED = ".frames"
WATCHED = "A training, watched"


def show(what: "str | os.PathLike[str]", steps: int | None = None) -> Picture | None:
    """Show what a link or a recording stands for: in a notebook at once, below the cell.

    Elsewhere the picture is returned, which is `picture`. Raises as that does.
    """
    found = picture(what, steps)
    notebook = _notebook()
    if notebook is None:
        return found
    notebook(found)
    return None


def picture(what: "str | os.PathLike[str]", steps: int | None = None) -> Picture:
    """Return the picture of a link ("/gans?data=grid"), or of the path of a recording.

    A training is run to its end; ``steps`` is its length in place of the link's. Raises ValueError,
    one sentence, for a wrong link, for what has no picture, and for a file that holds none; OSError
    for a file that is not there.
    """
    said = os.fspath(what)
    if said.endswith(RECORDED):
        if steps is not None:
            raise ValueError("a recording is as long as it is: steps cannot be given for it")
        return _recorded(Path(said))
    if not said.startswith("/"):
        raise ValueError(
            f"{said[:60]!r} is neither a link such as '/gans?data=grid' nor a {RECORDED} file"
        )
    page, settings = opened(said)
    if steps is not None:
        if views.run_of(page, settings) is None:
            raise ValueError(f"nothing is trained in the view {settings.view!r}: it has no steps")
        settings = turned(settings, {presets.RUNS[page]()[2](settings): steps})
    shown = views.whole(page, settings)
    return Picture(
        scene=shown.scene,
        still=shown.still,
        frames=shown.frames,
        title=said,
        precision=shown.precision,
        select=shown.select,
        start=shown.start,
        every=shown.every,
    )


def _recorded(path: Path) -> Picture:
    """Return what a file holds: a run of a link, a watched training, or a small picture."""
    data = path.read_bytes()
    try:
        still, frames = from_chunk(data)
    except ValueError as error:
        raise ValueError(f"{path.name} holds no recording: {error}") from None
    if link := still.sentences.get(LINK):
        return _of_a_run(link, still, frames)
    if watched_file.DESCRIPTION in still.sentences:
        opened_file = watched_file.opened(data)
        shown = opened_file.shown
        words = Frame(0, sentences={"look": look(shown)})
        scene = as_json(watched(shown))
        return Picture(scene, words, shown.frames, WATCHED, opened_file.verdict)
    if (beside := path.with_suffix(".json")).is_file():
        return _of_a_small_picture(beside, still, frames)
    raise ValueError(
        f"{path.name} does not say of which link it is; make it again with "
        f"'python -m explorer train LINK --out {path.name}'"
    )


def _of_a_run(link: str, still: Frame, frames: tuple[Frame, ...]) -> Picture:
    page, settings = opened(link)
    begins = views.answer(page, settings)
    run = views.run_of(page, settings)
    plain = replace(still, sentences={k: v for k, v in still.sentences.items() if k != LINK})
    precision = begins.precision if run is None else run.precision
    return Picture(begins.scene, plain, frames, link, precision=precision)


def _of_a_small_picture(told: Path, still: Frame, frames: tuple[Frame, ...]) -> Picture:
    """Return a picture of the home page, whose scene lies beside its recording."""
    try:
        said = json.loads(told.read_text(encoding="utf-8"))
        scene, precision = {**said["scene"], "loop": False}, said["precision"]
        alt = str(scene["alt"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{told.name} holds no scene of the recording beside it") from error
    return Picture(scene, still, frames, alt, precision=precision)


def _notebook() -> Callable[[Any], None] | None:
    """Return what shows a thing below a notebook's cell; None where there is no notebook."""
    shell = sys.modules.get("IPython")  # a notebook has loaded it
    if shell is None or shell.get_ipython() is None:
        return None
    from IPython.display import display

    return display  # type: ignore[no-any-return]
