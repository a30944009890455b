"""A process that makes one file of a picture: started as ``python -m explorer.stage.making``.

It is told what to make, and given the scene and the packets that the picture has; it says how far
it is and then hands over the file. Painting a film takes half a minute of a core, which neither the
server nor a trainer has to spare; whoever no longer wants the file ends the process.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from explorer.figures.scene import Scene, from_json
from explorer.runs.frames import Frame, packets, unpack
from explorer.runs.messages import Message
from explorer.runs.worker import Inbox, line, serve
from explorer.stage import tables

Tell = Callable[[float], None]


@dataclass(frozen=True)
class Shown:
    """A picture as the screen has it: all its frames, and the place of the one that is shown."""

    scene: Scene
    still: Frame
    frames: Sequence[Frame]
    at: int
    packets: tuple[bytes, Sequence[bytes]]  # of the still frame, and of the frames
    told: Mapping[str, Any]  # scene, heading, link, settings, select, dark

    @classmethod
    def of(cls, told: Mapping[str, Any], body: bytes) -> "Shown":
        """Return what a message tells. ValueError where there is no frame with a picture."""
        still, *others = packets(body)
        read = [(packet, unpack(packet)[1]) for packet in others]
        seen = [each for each in read if each[1].arrays or not each[1].trouble]
        if not seen:
            raise ValueError("There is nothing on the screen yet.")
        frames = [frame for _, frame in seen]
        before = [i for i, frame in enumerate(frames) if frame.step <= told["at"]]
        kept = (still, [packet for packet, _ in seen])
        scene = from_json(told["scene"])
        return cls(scene, unpack(still)[1], frames, before[-1] if before else 0, kept, told)


def _png(shown: Shown, tell: Tell) -> bytes:
    from explorer.stage.paper.picture import picture

    drawn = picture(shown.scene, shown.still, shown.frames, shown.at, **_look(shown))
    with tempfile.TemporaryFile() as file:
        drawn.save(file, "PNG")
        file.seek(0)
        return file.read()


def _gif(shown: Shown, tell: Tell) -> bytes:
    from explorer.stage.paper.film import film

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.gif"
        about = (shown.scene, shown.still, shown.frames, path)
        film(*about, last=shown.at, tell=tell, **_look(shown))
        return path.read_bytes()


def _html(shown: Shown, tell: Tell) -> bytes:
    from explorer.stage.standalone import page_of

    told, (still, frames) = shown.told, shown.packets
    page = page_of(
        told["scene"], still, frames, told["heading"], told["link"], told["select"], shown.at
    )
    return page.encode()


def _numbers(shown: Shown, tell: Tell) -> bytes:
    return tables.numbers(shown.frames)


def _curves(shown: Shown, tell: Tell) -> bytes:
    return tables.curves_csv(shown.scene, shown.still, shown.frames[shown.at])


def _json(shown: Shown, tell: Tell) -> bytes:
    told = shown.told
    about = (shown.scene, shown.still, shown.frames, shown.at)
    return tables.everything(told["link"], told["settings"], *about)


def _states(shown: Shown, tell: Tell) -> bytes:
    return tables.states_npz(shown.told["link"], shown.scene, shown.still, shown.frames)


def _rows(shown: Shown, tell: Tell) -> bytes:
    return tables.states_csv(shown.scene, shown.frames)


def _look(shown: Shown) -> dict[str, Any]:
    told = shown.told
    return {"dark": told["dark"], "heading": told["heading"], "select": told["select"]}


class Kind(NamedTuple):
    """A kind of file: what it is called, the end of its name, its type, and what makes it."""

    label: str
    suffix: str
    mime: str
    make: Callable[[Shown, Tell], bytes]
    of_moment: bool = True  # another one where another moment is shown
    reading: bool = False  # there for what a cell reads alone


KINDS: Mapping[str, Kind] = {
    "png": Kind("Picture of this moment (.png)", ".png", "image/png", _png),
    "gif": Kind("Film up to here (.gif)", ".gif", "image/gif", _gif),
    "html": Kind("Page that plays it (.html)", ".html", "text/html", _html, False),
    "numbers": Kind("Numbers of every moment (.csv)", "-numbers.csv", "text/csv", _numbers, False),
    "curves": Kind("Curves of this moment (.csv)", "-curves.csv", "text/csv", _curves),
    "json": Kind("Settings, numbers and curves (.json)", ".json", "application/json", _json),
    "states": Kind(
        *("Gates and states, all steps (.npz)", "-states.npz", "application/zip", _states),
        *(False, True),
    ),
    "rows": Kind(
        *("Gates and states, all steps (.csv)", "-states.csv", "text/csv", _rows),
        *(False, True),
    ),
}
"""What can be made of a picture, by the name that a page asks for it."""


class Making:
    """The one order of such a process. ``send`` takes its messages, ``inbox`` brings the order."""

    def __init__(self, inbox: Inbox, send: Callable[[Message], None]) -> None:
        self._inbox = inbox
        self._send = send

    def work(self) -> None:
        """Make the file that is asked for, and end."""
        order = self._inbox.get()
        if order is None:
            return
        try:
            shown = Shown.of(order.values, order.body)
            made = KINDS[order.values["kind"]].make(shown, self._tell)
        except Exception as error:
            self._send(Message("refused", 0, {"sentence": line(error)}))
            return
        self._send(Message("file", 0, {}, made))

    def _tell(self, share: float) -> None:
        self._send(Message("share", 0, {"share": share}))


if __name__ == "__main__":
    serve(Making)
