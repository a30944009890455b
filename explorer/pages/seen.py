"""What the stage of a page shows, taken whole: to make files of it, or to keep it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.runs.answers import unwired
from explorer.runs.desk import the_desk
from explorer.runs.experiments import Experiment
from explorer.runs.frames import chunk, index_of, packets, step_of
from explorer.runs.hub import the_hub
from explorer.runs.past import Past
from explorer.stage.component import Standing

ANSWER = 60.0  # seconds that an answer may take


@dataclass(frozen=True)
class Seen:
    """A picture and all its frames: ``start`` is the step that is shown without a halt.

    ``experiment`` is what trains there, None where the picture was computed at once.
    """

    scene: Mapping[str, Any]
    select: Mapping[str, int]
    start: int
    past: Past
    experiment: Experiment | None = None

    @property
    def packets(self) -> bytes:
        """The still frame and the others as one chunk."""
        return chunk([self.past.still, *self.past.packets])


def seen(stands: Standing) -> Seen:
    """Return what stands there now. ValueError, one sentence, where there is nothing."""
    return _of_run(stands) if stands.given is None else _of_answer(stands)


def _of_run(stands: Standing) -> Seen:
    run = the_hub().run(stands.token)
    past = None if run is None else run.past()
    if run is None or past is None or stands.scene is None:
        raise ValueError("There is nothing on the screen yet; try again in a moment.")
    newest = step_of(past.packets[-1])
    return Seen(stands.scene, stands.select, newest, past, run.experiment)


def _of_answer(stands: Standing) -> Seen:
    """Ask once more for what the stage shows; ValueError where it is refused."""
    said: list[bytes] = []
    there = threading.Event()

    def hear(message: bytes | str) -> None:
        if isinstance(message, bytes):
            said.append(message)
            there.set()

    try:
        asker = the_desk().enter(stands.token, hear)
    except KeyError:
        raise ValueError("This page is over; reload it.") from None
    try:
        the_desk().ask(asker, 0, dict(stands.given or {}), moving=False)
        if not there.wait(ANSWER):
            raise ValueError("The picture could not be computed once more in time; try again.")
    finally:
        the_desk().leave(asker)
    header, scene, body = unwired(said[0])
    if header["refused"] is not None:
        raise ValueError(header["refused"]["sentence"])
    if scene is None:
        raise ValueError("The picture came without its scene; try again.")
    still, *frames = packets(body)
    if not frames:
        raise ValueError("There is nothing on the screen to take.")
    start = step_of(frames[min(header["start"], len(frames) - 1)])
    indexed = tuple((index_of(frame), frame) for frame in frames)
    past = Past(still, indexed, last=indexed[-1][0])
    return Seen(scene, dict(scene["selects"]) | header["select"], start, past)
