"""What a moment of a match shows, in words, and who may be called ahead.

Every claim is made only where the numbers of the frame bear it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from explorer.gans.bands import compare
from explorer.gans.distributions import Distribution
from explorer.gans.objectives import OBJECTIVES
from explorer.gans.predictions import PRESETS, Preset
from explorer.gans.settings import GameSettings
from explorer.labs.gans.clocks import CLOCKS
from explorer.labs.gans.looks import FLAT, SURE
from explorer.labs.gans.standards import standard
from explorer.labs.prose import listing, number_word, percent, spoken

Side = tuple[str, str, str]
"""letter, title, objective"""

LOOKS = 80  # at the distances of a match of 4,000 ticks


def verdict(
    data: Distribution, sides: Sequence[Side], scalars: Mapping[str, float], looks: int = LOOKS
) -> str:
    """Who is ahead by exact W1; names nobody whose lead two samples of the data could explain.

    The least distance must beat every other by `bands.compare`, with the band of the data, and by
    so much that in 95 % of all runs with so many ``looks`` no winner is named where there is none.
    """
    if data.kind == "image":
        return "In 64 dimensions distances of a few hundred points are noise: no winner is named."
    distances = tuple(scalars[f"{side[0]}/w1"] for side in sides)
    return _verdict(data, tuple(sides), distances, looks * (len(sides) - 1))


@lru_cache(maxsize=64)  # distances stand for many frames
def _verdict(
    data: Distribution, sides: tuple[Side, ...], distances: tuple[float, ...], looks: int
) -> str:
    values = {side[0]: distance for side, distance in zip(sides, distances, strict=True)}
    titles = {letter: title for letter, title, _ in sides}
    floor = standard(data, "w1")
    band = f"{floor.low:.2f} to {floor.high:.2f}"
    best = min(values, key=values.__getitem__)
    others = [letter for letter in values if letter != best]
    found = {
        other: compare([values[best]], [values[other]], floor, looks=looks).verdict
        for other in others
    }
    if all(each == "floor" for each in found.values()):
        who = "Both are" if len(values) == 2 else f"All {number_word(len(values))} are"
        return f"No winner: {who.lower()} as near to the data as another sample of it ({band})."
    unsure = [other for other, each in found.items() if each != "a"]
    if unsure:
        names = listing([f"{titles[each]} {values[each]:.2f}" for each in [best, *unsure]])
        return (
            f"No winner by exact W₁: {names} are closer to each other than two samples of the "
            f"data can tell apart ({band})."
        )
    rest = listing([f"{titles[each]}'s {values[each]:.2f}" for each in others])
    return (
        f"{titles[best]} is ahead by exact W₁, {values[best]:.2f} against {rest}; "
        f"real data has {band}. One run of one seed."
    )


def look(
    step: int,
    critic_steps: Sequence[int],
    clock: str,
    modes: int,
    sides: Sequence[Side],
    scalars: Mapping[str, float],
    verdict: str,
    obstacles: Sequence[str] = (),
    presets: Sequence[Preset | None] = (),
) -> str:
    """Two or three sentences on what this moment shows.

    First come ``obstacles``, why more training of a game would not help: where there are any, no
    training is advised. ``presets`` says of each game whose prediction was tried with its very
    settings.
    """
    if step == 0:
        return _beginning(critic_steps, clock, len(sides))
    if seen := " ".join(filter(None, obstacles)):
        return seen
    if not modes:
        return verdict
    held = {letter: int(scalars[f"{letter}/held"]) for letter, _, _ in sides}
    titles = {letter: title for letter, title, _ in sides}
    whole = [letter for letter in held if held[letter] == modes]
    lacking = [letter for letter in held if held[letter] < modes]
    text = ""
    if not lacking:
        who = "Both hold" if len(held) == 2 else f"All {number_word(len(held))} hold"
        text = f"{who} all {modes} modes. "
        may = [k for k, (_, _, objective) in enumerate(sides) if _may_collapse(objective)]
        if may:
            text += _not_collapsed(presets[may[0]] if presets else None)
            if max(critic_steps) < 5:
                text += "Set the judge's updates to 5 and train again: does it still hold them? "
        text += _bridges(sides, scalars)
    elif whole:
        lack = listing([f"{titles[each]} lacks {modes - held[each]}" for each in lacking])
        keep = listing([titles[each] for each in whole])
        text = f"{lack} of the {modes} modes, {keep} none. "
        text += _certainty(sides, lacking, scalars)
        if max(critic_steps) > 1 and any(_may_collapse(o) for s, _, o in sides if s in lacking):
            text += "Set the judge's updates to 1 and train again: does it still lack any?"
    else:
        counts = listing([f"{titles[each]} {held[each]}" for each in held])
        nobody = "neither game has" if len(held) == 2 else "no game has"
        text = f"Of {modes} modes: {counts}; {nobody} them all. "
        text += _certainty(sides, lacking, scalars)
        text += "Let them train on before you compare. " if step < 1_000 else ""
    return text.strip()


def _not_collapsed(preset: Preset | None) -> str:
    """What one seed that kept its modes says of its settings: no more than other seeds bear out."""
    if preset is None:
        return "With this seed the GAN does not collapse; others are under Seeds. "
    claim, rate = preset.claim, preset.measured
    return (
        "With this seed the GAN does not collapse. Predicted of these settings: "
        f"{claim[:1].lower()}{claim[1:]} That came true for {rate.hits} of {rate.seeds} seeds. "
    )


@lru_cache(maxsize=256)  # asked with every frame
def preset_of(data: str, settings: GameSettings) -> Preset | None:
    """The preset whose very game this is, whatever its seed; None where none was tried."""
    for preset in PRESETS.values():
        played = preset.play is None and preset.data == data
        if played and replace(GameSettings(**preset.settings), seed=settings.seed) == settings:
            return preset
    return None


UNBOUNDED = 1_000.0  # a judge's loss beyond it is no course of a game on data of unit scale
ASTRAY = 0.5  # of the samples outside the picture


def obstacle(title: str, settings: GameSettings, numbers: Mapping[str, float]) -> str:
    """What about a game more training would not mend, in one sentence; empty where nothing is seen.

    A player that does not learn, a judge without bounds, samples that left the picture, a judge
    without a slope; in this order, for the one follows from the other.
    """
    if settings.generator_rate == 0 or settings.critic_rate == 0:
        who = "generator" if settings.generator_rate == 0 else "judge"
        return f"The {who} of {title} stands still: its learning rate is 0."
    loss = numbers.get("judge_loss", 0.0)
    if abs(loss) > UNBOUNDED:
        return (
            f"The judge of {title} has a loss of {spoken(loss, 2)} and nothing holds it: bound it "
            "more firmly or lower the learning rates, and train anew."
        )
    if numbers.get("outside", 0.0) > ASTRAY:
        return (
            f"{percent(numbers['outside'])} of the samples of {title} lie outside the picture: "
            "lower its learning rates and train anew."
        )
    slope = numbers.get("slope_between", 1.0)
    if slope < FLAT and numbers.get("step", 0) > 0:
        return (
            f"The judge of {title} is flat: between data and samples its slope is "
            f"{spoken(slope, 2)}. Its generator has nothing to follow."
        )
    return ""


def _may_collapse(objective: str) -> bool:
    """Whether it is the GAN whose judge may become sure: of probabilities, and free of charge."""
    rules = OBJECTIVES[objective]
    return rules.gives_probability and not rules.pays


def _beginning(critic_steps: Sequence[int], clock: str, games: int) -> str:
    least, most = min(critic_steps), max(critic_steps)
    they = "Both games" if games == 2 else f"All {number_word(games)} games"
    start = (
        f"Start it below (space bar). {they} start from the same weights and see the same data "
        "in the same order. "
    )
    if least == most:
        times = "once" if most == 1 else f"{number_word(most)} times"
        return f"{start}Each judge trains {times} before a step of its generator."
    unequal = f"Their judges train {number_word(least)} to {number_word(most)} times a step"
    return f"{start}{unequal}{CLOCKS[clock].unequal}"


def _certainty(sides: Sequence[Side], lacking: Sequence[str], scalars: Mapping[str, float]) -> str:
    for letter, title, _ in sides:
        certain = scalars.get(f"{letter}/certain", 0.0)
        if letter in lacking and certain >= 0.75:
            return (
                f"The judge of {title} is certain (over {percent(SURE)} or under "
                f"{percent(1 - SURE)}) on {percent(certain)} of the picture, so its ground is flat "
                "there. "
            )
    return ""


def _bridges(sides: Sequence[Side], scalars: Mapping[str, float]) -> str:
    good = {letter: scalars[f"{letter}/good"] for letter, _, _ in sides}
    titles = {letter: title for letter, title, _ in sides}
    worst, best = min(good, key=good.__getitem__), max(good, key=good.__getitem__)
    if good[worst] > good[best] - 0.05:
        return ""
    return (
        f"But {percent(good[worst])} of the samples of {titles[worst]} are good, of {titles[best]} "
        f"{percent(good[best])}: the others lie between the modes."
    )
