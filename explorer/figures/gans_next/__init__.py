"""The pictures of the GAN lab: scenes of every view, and what a game is called in them."""

from explorer.figures.gans_next.contestants import Contestant, contestants
from explorer.figures.gans_next.match import match_scene
from explorer.figures.gans_next.pictures import LAYERS
from explorer.figures.gans_next.records import published_figure
from explorer.figures.gans_next.truth import truth_scene

__all__ = [
    "LAYERS",
    "Contestant",
    "contestants",
    "match_scene",
    "published_figure",
    "truth_scene",
]
