"""Games with a predicted outcome: what to turn for each, and which one the dials stand at."""

from typing import Any

from explorer.dials import values
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.predictions import PRESETS
from explorer.labs.gans.match import Match
from explorer.labs.gans.settings import GanLab

BESIDE = {"wasserstein_gp": "non_saturating"}
"""Which game plays beside that of a preset; WGAN-GP where nothing else stands here."""

PLAYABLE = tuple(name for name, preset in PRESETS.items() if preset.play is None)
"""The presets that are a game of the match; the others are experiments of their own."""

KEPT = ("drawing", "points", "theta", "audit")
"""The settings of a match that a preset leaves as they stand: its game does not depend on them."""

OF_OTHERS = (
    *("second", "third", "fourth", "second_steps", "third_steps", "fourth_steps"),
    "seed",  # any: each was tried
)
"""The settings of a match that its first game does not depend on, but a preset turns."""


def turned_to(name: str) -> dict[str, Any]:
    """Return what the dials show when a preset plays as the first game."""
    preset = PRESETS[name]
    objective = preset.settings["objective"]
    lab = GanLab(
        data=preset.data,
        first=objective,
        second=BESIDE.get(objective, "wasserstein_gp"),
        seed=0,
        steps=preset.steps,
        **{dial: value for dial, value in preset.settings.items() if dial != "objective"},
    )
    ours = values(Match())
    turned = {dial: value for dial, value in values(lab).items() if dial in ours}
    return {dial: value for dial, value in turned.items() if dial not in KEPT} | {
        "view": lab.view,
        "slow_side": lab.slow.side,
    }


def read_of(name: str) -> dict[str, Any]:
    """Return what of `turned_to` the first game of a preset depends on, whatever its rivals."""
    wanted = turned_to(name)
    unread = {dial for objective in OBJECTIVES.values() for dial in objective.dials}
    unread -= set(OBJECTIVES[wanted["first"]].dials)
    unread |= {*OF_OTHERS, "view", "slow_side"}
    return {dial: value for dial, value in wanted.items() if dial not in unread}


def preset_of(lab: GanLab) -> str:
    """Return the preset that the first game is, whatever its seed and its rivals; or nothing."""
    stands = values(lab)
    for name in PLAYABLE:
        if all(stands[dial] == value for dial, value in read_of(name).items()):
            return name
    return ""
