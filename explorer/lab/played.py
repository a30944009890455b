"""A recording with the scene that shows it, as a page of its own or inside another one."""

import html
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.runs.export import check_place
from explorer.runs.frames import Frame
from explorer.runs.reel import reel
from explorer.stage.standalone import page_of_reels

LARGEST = 8_000_000  # bytes of a page: a notebook holds several, and reads them all when it opens
FOR_THE_REST = 700_000  # of those, for scripts and scene
HEIGHT = 760  # pixels in a notebook


@dataclass(frozen=True, repr=False)
class Picture:
    """What a link shows, ready to be played; a notebook shows it by itself.

    ``precision`` packs arrays as in `runs.frames.pack`. Of what is too large for a notebook some
    frames are left out, and its page says so.
    """

    scene: Mapping[str, Any]
    still: Frame
    frames: Sequence[Frame]
    title: str
    lead: str = ""
    precision: Mapping[str, str] = field(default_factory=dict)
    select: Mapping[str, int] = field(default_factory=dict)
    start: int = 0
    every: int = 1

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self.frames):,} frames>"

    def page(self) -> str:
        """Return it as a page that needs nothing else. Raises ValueError where it is too large."""
        room = (LARGEST - FOR_THE_REST) * 3 // 4
        still = reel([self.still], self.precision)
        numbers = [index * self.every for index in range(len(self.frames))]
        keep = {self.start // self.every} & {*range(len(self.frames))}
        try:
            film = reel(self.frames, self.precision, room - len(still.data), keep, numbers)
        except ValueError as error:
            raise ValueError(
                f"this is too large for a page of {LARGEST // 10**6} MB: {error}; "
                "ask for fewer steps, points or units"
            ) from None
        left_out = len(self.frames) - len(film.kept)
        said = f"{len(film.kept):,} of {len(self.frames):,} frames." if left_out else ""
        lead = f"{self.lead} {said}".strip()
        reels = (still.data, film.data)
        return page_of_reels(self.scene, *reels, self.title, lead, self.select, self.start)

    def save(self, path: "str | os.PathLike[str]") -> None:
        """Write the page to an ``.html`` file; ValueError for another suffix, OSError as always."""
        out = Path(path)
        if out.suffix != ".html":
            raise ValueError(f"a page is written to a .html file, not to {out.name!r}")
        check_place(out)
        growing = out.with_name(out.name + ".part")  # a whole file or none
        growing.write_text(self.page(), encoding="utf-8")
        growing.replace(out)

    def _repr_html_(self) -> str:
        """Return it in a frame of its own, so that a notebook's style stays out of it."""
        page = html.escape(self.page(), quote=True)
        return (
            f'<iframe srcdoc="{page}" title="{html.escape(self.title, quote=True)}" '
            f'allowfullscreen style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>'
        )
