"""Where the panels stand: the wide grid of a scene, and the title of each."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.figures.scene import Scene
from explorer.stage.paper.sheet import TEXT, Box, Paper

GAP = 16.0  # px between panels
TRACK = re.compile(r"^(?:minmax\([^,]+,\s*)?([\d.]+)(px|fr)\)?$")


def heading(paper: Paper, title: str, note: str, box: Box) -> Box:
    """Write a panel's title with its note at the right, and return the box under them."""
    left, top, right, bottom = box
    if not title and not note:
        return box
    paper.text(left, top + 16, paper.clipped(title, right - left, 16, "bold"), 16, face="bold")
    beside = right - left - paper.measure(title, 16, "bold") - 14
    paper.text(right, top + 16, paper.clipped(note, beside), TEXT, "mute", "rs")
    return left, top + 24, right, bottom


def place(scene: Scene, heights: Mapping[str, float], inside: Box) -> dict[str, Box]:
    """Return the box of every panel of the wide grid that is in view, by its area.

    ``heights`` says, by area, what each panel asks for in a row that is as high as its panels.
    """
    grid = scene.wide
    count = grid.fold or len(grid.areas)
    names = [row.split() for row in grid.areas[:count]]
    rows = (grid.rows or tuple("minmax(0, 1fr)" for _ in names))[:count]
    left, top, right, bottom = inside
    natural = [_natural(heights, names, i) for i in range(len(rows))]
    columns = _sizes(grid.columns, [right - left] * len(grid.columns), right - left)
    downwards = _sizes(rows, natural, bottom - top)
    xs, ys = _edges(columns, left), _edges(downwards, top)
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


def _natural(heights: Mapping[str, float], names: Sequence[Sequence[str]], row: int) -> float:
    """Return the height that the panels of one row ask for where it says "auto"."""
    alone = {
        name
        for name in names[row]
        if all(name not in other for i, other in enumerate(names) if i != row)
    }
    return max((height for area, height in heights.items() if area in alone), default=24.0)
