"""The pictures of the GAN lab: scenes of every view, and what a game is called in them."""

from explorer.figures.gans.contestants import Contestant, contestants, playing
from explorer.figures.gans.depth import depth_scene
from explorer.figures.gans.dirac import dirac_scene
from explorer.figures.gans.match import match_scene
from explorer.figures.gans.pictures import LAYERS
from explorer.figures.gans.records import published_figure
from explorer.figures.gans.seeds import seeds_scene
from explorer.figures.gans.slow import slow_scene
from explorer.figures.gans.truth import truth_scene

__all__ = [
    "LAYERS",
    "Contestant",
    "contestants",
    "depth_scene",
    "dirac_scene",
    "match_scene",
    "playing",
    "published_figure",
    "seeds_scene",
    "slow_scene",
    "truth_scene",
]
