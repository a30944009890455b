"""Generative adversarial networks: the game, its data, and what each player learned."""

from explorer.gans.anatomy import SUB_STEPS, SubStep
from explorer.gans.distributions import DISTRIBUTIONS, Distribution, distribution, stratified
from explorer.gans.game import Draws, Game, Losses
from explorer.gans.learned import ModeReport, mode_report
from explorer.gans.networks import ACTIVATIONS, Network
from explorer.gans.objectives import OBJECTIVES, Objective
from explorer.gans.optimizers import OPTIMIZERS, PRESETS
from explorer.gans.penalty import gradient_penalty, interpolates, real_penalty
from explorer.gans.settings import GameSettings
from explorer.gans.textbook import TextbookGame

__all__ = [
    "ACTIVATIONS",
    "DISTRIBUTIONS",
    "OBJECTIVES",
    "OPTIMIZERS",
    "PRESETS",
    "SUB_STEPS",
    "Distribution",
    "Draws",
    "Game",
    "GameSettings",
    "Losses",
    "ModeReport",
    "Network",
    "Objective",
    "SubStep",
    "TextbookGame",
    "distribution",
    "gradient_penalty",
    "interpolates",
    "mode_report",
    "real_penalty",
    "stratified",
]
