"""Pictures and films of a scene without a browser: what the stage would have shown.

A picture draws the wide grid of a scene with Pillow, at one frame of its run; a film is such a
picture of every frame, with axes that stay the same throughout.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.figures.scene import (
    NAMES,
    Choice,
    Diagram,
    Flow,
    Numbers,
    Panel,
    Plot,
    Points,
    Ranking,
    Scene,
    Sentence,
    Tiles,
    Timeline,
    Tokens,
    Unfolding,
    worded,
)
from explorer.figures.theme import DARK, LIGHT
from explorer.runs.frames import Frame
from explorer.stage.paper.flow import draw_flow
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.panels import (
    draw_numbers,
    draw_ranking,
    draw_sentence,
    draw_tiles,
    draw_timeline,
    draw_tokens,
    title,
)
from explorer.stage.paper.plots import Range, draw_plot, ranges
from explorer.stage.paper.sheet import Paper
from explorer.stage.paper.unfolding import draw_unfolding
from explorer.stage.paper.wiring import draw_diagram
from explorer.stage.paper.writing import integer
from explorer.stage.standalone import indices_kept

MARGIN, GAP, FOOT = 20.0, 16.0, 36.0  # px around, between panels, and for the line at the bottom
MOST_FRAMES = 240  # of a film: about ten seconds
RATE = 25  # frames a second
COLOURS = 128  # of a GIF
TRACK = re.compile(r"^(?:minmax\([^,]+,\s*)?([\d.]+)(px|fr)\)?$")

Box = tuple[float, float, float, float]

DRAW: Mapping[type, Callable[..., None]] = {
    Timeline: draw_timeline,
    Tokens: draw_tokens,
    Ranking: draw_ranking,
    Tiles: draw_tiles,
    Numbers: draw_numbers,
    Sentence: draw_sentence,
    Diagram: draw_diagram,
    Unfolding: draw_unfolding,
    Flow: draw_flow,
}


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
    painter = _Painter(scene, still, frames, range(len(frames)), dark, size, heading, select)
    return painter.paint(range(len(frames))[at], stage)


def film(
    scene: Scene,
    still: Frame,
    frames: Sequence[Frame],
    path: Path | str,
    *,
    dark: bool = False,
    size: tuple[int, int] = (960, 540),
    heading: str = "",
    select: Mapping[str, int] | None = None,
) -> int:
    """Write a film of a run to a ``.gif`` or ``.mp4`` file and return how many pictures it has.

    Of more than 240 frames every second, fourth, … is shown, and the last. Raises ValueError for
    another suffix and without frames, and ModuleNotFoundError, with what to install, for a
    ``.mp4`` without imageio-ffmpeg.
    """
    path = Path(path)
    if path.suffix not in WRITERS:
        known = ", ".join(WRITERS)
        raise ValueError(f"unknown suffix {path.suffix!r} of {path.name!r}; choose from {known}")
    if path.suffix == ".mp4":
        _ffmpeg()
    kept = indices_kept(len(frames), MOST_FRAMES) if frames else []
    shown = [frames[i] for i in kept]
    even = (size[0] // 2 * 2, size[1] // 2 * 2)  # video codecs ask for it
    painter = _Painter(scene, still, shown, kept, dark, even, heading, select)
    WRITERS[path.suffix](path, (painter.paint(i) for i in range(len(shown))), even)
    return len(shown)


# ----------------------------------------------------------------------------------- the painting


class _Painter:
    """One scene and its run, laid out for one size; it paints any of the frames."""

    def __init__(
        self,
        scene: Scene,
        still: Frame,
        frames: Sequence[Frame],
        indices: Sequence[int],
        dark: bool,
        size: tuple[int, int],
        heading: str,
        select: Mapping[str, int] | None,
    ) -> None:
        if not frames:
            raise ValueError("a run without frames has nothing to show")
        chosen = {**dict(scene.selects), **(select or {})}
        scene = worded(scene, chosen.get(NAMES, 0))
        self.scene, self.size, self.heading = scene, size, heading
        self.palette = DARK if dark else LIGHT
        self.moments = [
            Moment(scene, still, frames, indices, i, chosen) for i in range(len(frames))
        ]
        top = MARGIN + (40 if heading else 0)
        inside = (MARGIN, top, size[0] - MARGIN, size[1] - FOOT)
        self.boxes = place(scene, inside)
        self.ranges: dict[str, tuple[Range, Range]] = {
            panel.area: ranges(panel, self.moments)
            for panel in scene.panels
            if isinstance(panel, Plot) and panel.area in self.boxes
        }

    def paint(self, at: int, stage: int | None = None) -> Image.Image:
        """Return the picture of one frame."""
        moment = self.moments[at]
        moment = Moment(**{**vars(moment), "stage": stage})
        paper = Paper(*self.size, self.palette)
        if self.heading:
            paper.text(MARGIN, MARGIN + 22, self.heading, 24, face="bold")
        for panel in self.scene.panels:
            if panel.area in self.boxes and not isinstance(panel, Choice):
                self._draw(paper, panel, self.boxes[panel.area], moment)
        told = f"{self.scene.clock} {integer(moment.frame.step)}"
        paper.text(self.size[0] - MARGIN, self.size[1] - 8, told, 15, anchor="rs", face="bold")
        return paper.finished()

    def _draw(self, paper: Paper, panel: Panel, box: Box, moment: Moment) -> None:
        if isinstance(panel, Plot):
            inside = title(paper, panel.title, panel.note, box)
            chart = draw_plot(paper, panel, inside, moment, self.ranges[panel.area])
            if panel.square:
                _legend(paper, panel, chart.box)
        else:
            DRAW[type(panel)](paper, panel, box, moment)


def _legend(paper: Paper, plot: Plot, box: Box) -> None:
    """Name the clouds of a square plot in its corner."""
    left, _, _, bottom = box
    x = left + 10
    for mark in plot.marks:
        if isinstance(mark, Points) and mark.label:
            wide = paper.measure(mark.label)
            paper.box(x - 4, bottom - 26, x + wide + 20, bottom - 6, "card", 5, opacity=0.8)
            paper.dot(x + 5, bottom - 16, 5, mark.role, 1.0, mark.shape)
            paper.text(x + 15, bottom - 16, mark.label, anchor="lm")
            x += wide + 32


# --------------------------------------------------------------------------------------- the grid


def place(scene: Scene, inside: Box) -> dict[str, Box]:
    """Return the box of every panel of the wide grid that is in view, by its area."""
    grid = scene.wide
    count = grid.fold or len(grid.areas)
    names = [row.split() for row in grid.areas[:count]]
    rows = (grid.rows or tuple("minmax(0, 1fr)" for _ in names))[:count]
    left, top, right, bottom = inside
    natural = [_natural(scene, names, i) for i in range(len(rows))]
    columns = _sizes(grid.columns, [right - left] * len(grid.columns), right - left)
    heights = _sizes(rows, natural, bottom - top)
    xs, ys = _edges(columns, left), _edges(heights, top)
    boxes: dict[str, Box] = {}
    for i, row in enumerate(names):
        for j, name in enumerate(row):
            known = boxes.get(name, (xs[j][0], ys[i][0], 0.0, 0.0))
            boxes[name] = (known[0], known[1], max(known[2], xs[j][1]), max(known[3], ys[i][1]))
    return {panel.area: boxes[panel.area] for panel in scene.panels if panel.area in boxes}


def _sizes(tracks: Sequence[str], natural: Sequence[float], room: float) -> list[float]:
    """Return the px of each track: fixed ones first, and the rest by their shares."""
    fixed: list[float | None] = []
    shares = []
    for track, own in zip(tracks, natural, strict=True):
        found = TRACK.match(track.strip())
        share = float(found[1]) if found and found[2] == "fr" else 0.0
        fixed.append(None if share else float(found[1]) if found else own)
        shares.append(share)
    left = room - GAP * (len(tracks) - 1) - sum(size for size in fixed if size is not None)
    whole = sum(shares) or 1.0
    return [
        max(0.0, left) * share / whole if size is None else size
        for size, share in zip(fixed, shares, strict=True)
    ]


def _edges(sizes: Sequence[float], start: float) -> list[tuple[float, float]]:
    ends = start + np.cumsum(sizes) + GAP * np.arange(len(sizes))
    return [(float(end - size), float(end)) for end, size in zip(ends, sizes, strict=True)]


def _natural(scene: Scene, names: Sequence[Sequence[str]], row: int) -> float:
    """Return the height that the panels of one row ask for where it says "auto"."""
    alone = {
        name
        for name in names[row]
        if all(name not in other for i, other in enumerate(names) if i != row)
    }
    return max((_height(panel) for panel in scene.panels if panel.area in alone), default=24.0)


def _height(panel: Panel) -> float:
    if isinstance(panel, Choice):
        return 0.0
    if isinstance(panel, Sentence):
        return 22.0 * panel.lines + 2
    if isinstance(panel, Numbers):
        return 70.0
    if isinstance(panel, Tokens):
        return 42.0
    if isinstance(panel, Ranking):
        return 24 + 5 * 22.0
    return 180.0


# ------------------------------------------------------------------------------------------ films


def _write_gif(path: Path, pictures: Iterable[Image.Image], size: tuple[int, int]) -> None:
    """Write an animation that runs for ever, all pictures in the colours of the first and last."""
    drawn = list(pictures)
    both = Image.new("RGB", (size[0], 2 * size[1]))
    both.paste(drawn[0], (0, 0))
    both.paste(drawn[-1], (0, size[1]))
    palette = both.quantize(COLOURS)
    first, *others = (p.quantize(palette=palette, dither=Image.Dither.NONE) for p in drawn)
    durations = [1000 // RATE] * (len(drawn) - 1) + [1500]  # the end stays for a moment
    first.save(
        path, save_all=True, append_images=others, duration=durations, loop=0, optimize=False
    )


def _write_mp4(path: Path, pictures: Iterable[Image.Image], size: tuple[int, int]) -> None:
    """Write an H.264 film that every player can show."""
    writer = _ffmpeg().write_frames(
        str(path), size, fps=RATE, codec="libx264", pix_fmt_out="yuv420p", macro_block_size=2
    )
    writer.send(None)
    try:
        for drawn in pictures:
            writer.send(drawn.tobytes())
    finally:
        writer.close()


def _ffmpeg() -> Any:
    try:
        import imageio_ffmpeg
    except ImportError:
        raise ModuleNotFoundError(
            "a .mp4 film needs the package imageio-ffmpeg (pip install imageio-ffmpeg); "
            "a .gif needs nothing more"
        ) from None
    return imageio_ffmpeg


WRITERS: Mapping[str, Callable[[Path, Iterable[Image.Image], tuple[int, int]], None]] = {
    ".gif": _write_gif,
    ".mp4": _write_mp4,
}
