"""Pictures of a scene without a browser: what the stage would have shown.

A picture draws the wide grid of a scene with Pillow, at one frame of its run. The modules here bear
the names of the browser's scripts that do the same: what stands in one, stands in the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PIL import Image

from explorer.figures.scene import NAMES, Scene, worded
from explorer.figures.theme import DARK, LIGHT
from explorer.runs.frames import Frame
from explorer.stage.paper.format import moment as told_moment
from explorer.stage.paper.layout import place
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import make
from explorer.stage.paper.sheet import Paper

MARGIN, FOOT = 20.0, 36.0  # px around, and for the line at the bottom


def picture(
    scene: Scene,
    still: Frame,
    frames: Sequence[Frame],
    at: int = -1,
    *,
    dark: bool = False,
    size: tuple[int, int] = (1440, 810),
    heading: str = "",
    select: Mapping[str, int] | None = None,
    stage: int | None = None,
) -> Image.Image:
    """Return a scene at one of the frames of its run, as the stage draws it on a wide screen.

    ``frames`` are those from frame 0 on: curves and heat maps need the past. ``select`` overrides
    the selections of the scene, ``stage`` is what a circuit lights (None: all of it). What a viewer
    could choose is chosen, and the row of names for it left out. Raises ValueError without frames.
    """
    indices = range(len(frames))
    painter = Painter(
        scene, still, frames, indices, dark=dark, size=size, heading=heading, select=select
    )
    return painter.paint(indices[at], stage)


class Painter:
    """One scene and its run, laid out for one size; it paints any of the frames.

    ``indices`` are those of the frames in their run. Raises ValueError without frames.
    """

    def __init__(
        self,
        scene: Scene,
        still: Frame,
        frames: Sequence[Frame],
        indices: Sequence[int],
        *,
        dark: bool,
        size: tuple[int, int],
        heading: str,
        select: Mapping[str, int] | None,
    ) -> None:
        if not frames:
            raise ValueError("a run without frames has nothing to show")
        chosen = {**dict(scene.selects), **(select or {})}
        self.scene = worded(scene, chosen.get(NAMES, 0))
        self.size, self.heading = size, heading
        self.palette = DARK if dark else LIGHT
        self.run = Moment(
            scene=self.scene, still=still, frames=frames, indices=indices, at=0, select=chosen
        )
        self.panels = {panel.area: make(panel, self.run) for panel in self.scene.panels}
        heights = {area: drawn.height for area, drawn in self.panels.items()}
        top = MARGIN + (40 if heading else 0)
        inside = (MARGIN, top, size[0] - MARGIN, size[1] - FOOT)
        self.boxes = place(self.scene, heights, inside)

    def paint(self, at: int, stage: int | None = None) -> Image.Image:
        """Return the picture of one frame."""
        moment = replace(self.run, at=at, stage=stage)
        paper = Paper(*self.size, self.palette)
        if self.heading:
            paper.text(MARGIN, MARGIN + 22, self.heading, 24, face="bold")
        for area, box in self.boxes.items():
            self.panels[area].paint(paper, box, moment)
        told = told_moment(self.scene.clock, moment.frame.step)
        paper.text(self.size[0] - MARGIN, self.size[1] - 8, told, 15, anchor="rs", face="bold")
        return paper.finished()
