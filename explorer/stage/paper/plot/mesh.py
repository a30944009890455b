"""Meshes: a grid of lines with shaded cells."""

import numpy as np

from explorer.figures.scene import Mesh
from explorer.stage.paper.moment import Moment
from explorer.stage.paper.plot.axes import Map
from explorer.stage.paper.sheet import Paper

FAINTEST = 0.004  # less than one level of a colour


def draw_mesh(paper: Paper, mark: Mesh, chart: Map, moment: Moment) -> None:
    """Draw a mesh where it is; what it is the image of is for those who can point at it."""
    grid = moment.array(mark.array)
    if grid is None:
        return
    xs, ys = chart.x(grid[..., 0]), chart.y(grid[..., 1])
    density = moment.array(mark.density) if mark.density else None
    if density is not None and density.size == xs.size:
        _fill(paper, mark, xs, ys, density.reshape(xs.shape))
    for lines in ((xs, ys), (xs.T, ys.T)):
        for line in zip(*lines, strict=True):
            path = list(zip(*map(np.ndarray.tolist, line), strict=True))
            paper.line(path, mark.role, 1.2, opacity=mark.opacity)


def _fill(paper: Paper, mark: Mesh, xs: np.ndarray, ys: np.ndarray, density: np.ndarray) -> None:
    """Fill each cell at the mean density of its four corners."""
    nodes = np.stack([xs, ys], -1)
    corners = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], 2)
    means = (density[:-1, :-1] + density[:-1, 1:] + density[1:, 1:] + density[1:, :-1]) / 4
    shares = mark.opacity * np.minimum(1.0, means)
    for cell, share in zip(corners.reshape(-1, 4, 2), shares.ravel(), strict=True):
        if share > FAINTEST and np.isfinite(cell).all():
            paper.polygon(map(tuple, cell.tolist()), mark.role, share)
