"""Games with a predicted outcome: what to turn for each, and which one the dials stand at."""

from typing import Any

from explorer.gans.objectives import OBJECTIVES
from explorer.gans.predictions import PRESETS
from explorer.labs.gans.settings import GanLab

BESIDE = {"wasserstein_gp": "non_saturating"}
"""Which game plays beside that of a preset; WGAN-GP where nothing else stands here."""

PLAYABLE = tuple(name for name, preset in PRESETS.items() if preset.play is None)
"""The presets that are a game of the match; the others are experiments of their own."""

READ = (
    *("data", "first", "first_steps", "clock", "steps", "changes", "conditional"),
    *("width", "depth", "activation", "normalisation", "noise", "noise_dim", "batch"),
    *("critic_steps", "generator_rate", "critic_rate", "optimizer", "critic_optimizer"),
    *("beta1", "beta2", "critic_beta1", "critic_beta2", "spectral"),
)
"""The settings that the first game of any match depends on, but for its seed."""


def turned_to(name: str) -> dict[str, Any]:
    """Return what the dials show when a preset plays as the first game."""
    preset = PRESETS[name]
    values: dict[str, Any] = dict(preset.settings)
    objective = values.pop("objective")
    if "betas" in values:
        values["beta1"], values["beta2"] = values.pop("betas")
    lab = GanLab(
        data=preset.data,
        first=objective,
        second=BESIDE.get(objective, "wasserstein_gp"),
        seed=0,
        steps=preset.steps,
        **values,
    )
    return {field: getattr(lab, field) for field in _fields(lab)}


def preset_of(lab: GanLab) -> str:
    """Return the preset that the first game is, whatever its seed and its rivals; or nothing."""
    for name in PLAYABLE:
        preset = turned_to(name)
        if preset["first"] == lab.first and all(
            preset[field] == getattr(lab, field) for field in (*READ, *OBJECTIVES[lab.first].dials)
        ):
            return name
    return ""


def _fields(lab: GanLab) -> tuple[str, ...]:
    dials = {dial for objective in OBJECTIVES.values() for dial in objective.dials}
    return (*READ, *sorted(dials), "second", "third", "fourth", "seed", "view", "second_steps")
