"""The pictures of the gradient lab: a scene for each view."""

from explorer.figures.gradients.learning import opening, scene_of
from explorer.figures.gradients.matrix import matrix_scene
from explorer.figures.gradients.start import answer, norms, through_time

__all__ = ["answer", "matrix_scene", "norms", "opening", "scene_of", "through_time"]
