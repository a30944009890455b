"""The GAN lab without its page: the games that play side by side, and all that is asked of them."""

from explorer.labs.gans.match import STEPS_PER_FRAME, Match, warm_up
from explorer.labs.gans.settings import GanLab

__all__ = ["STEPS_PER_FRAME", "GanLab", "Match", "warm_up"]
