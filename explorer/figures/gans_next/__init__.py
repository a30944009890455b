"""The pictures of the GAN lab: scenes of every view, and what a game is called in them."""

from explorer.figures.gans_next.contestants import Contestant, contestants
from explorer.figures.gans_next.depth import depth_scene
from explorer.figures.gans_next.dirac import dirac_scene
from explorer.figures.gans_next.match import match_scene
from explorer.figures.gans_next.pictures import LAYERS
from explorer.figures.gans_next.portrait import start_figure
from explorer.figures.gans_next.records import published_figure
from explorer.figures.gans_next.seeds import seeds_scene
from explorer.figures.gans_next.slow import slow_scene
from explorer.figures.gans_next.truth import truth_scene

__all__ = [
    "LAYERS",
    "Contestant",
    "contestants",
    "depth_scene",
    "dirac_scene",
    "match_scene",
    "published_figure",
    "seeds_scene",
    "slow_scene",
    "start_figure",
    "truth_scene",
]
