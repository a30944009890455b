"""What each game of a match is called, and the line that stands for it in every picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.gans.objectives import OBJECTIVES, Objective
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.turning import FIELD_OF_SIDE

FURTHER = ("other_game", "fourth_game", "theory", "baseline")
LETTERS = "abcd"


@dataclass(frozen=True)
class Contestant:
    """One game of a match: its letter in the frames, and how it is shown."""

    letter: str
    objective: str
    title: str
    note: str
    short: str
    role: str  # of its lines

    @property
    def rules(self) -> Objective:
        """What its players want, and all that is said of it."""
        return OBJECTIVES[self.objective]

    @property
    def gives_probability(self) -> bool:
        """Whether its judge says how probable it is that a point is real."""
        return self.rules.gives_probability

    @property
    def critic(self) -> bool:
        """Whether its judge's gap estimates a Wasserstein distance."""
        return self.rules.critic

    @property
    def judge(self) -> str:
        """What its judge is called."""
        return self.rules.judge


def contestants(
    objectives: Sequence[str], one_sided: bool = False, spectral: bool = False
) -> tuple[Contestant, ...]:
    """Return the games of a match in their order. Raises ValueError for more than four of them.

    The first game whose judge is no critic has the line of a GAN, the first critic that of a WGAN,
    so that the two keep their colours on every page; further games have lines of their own.
    """
    if not 1 <= len(objectives) <= len(LETTERS):
        raise ValueError(f"a match has between 1 and 4 games, not {len(objectives)}")
    further = iter(FURTHER)
    used: set[str] = set()
    found = []
    for letter, objective in zip(LETTERS, objectives, strict=False):
        rules = OBJECTIVES[objective]
        note, short = rules.note, rules.short
        if one_sided and rules.one_sided_note:
            note = rules.one_sided_note
        for other in rules.short_beside.keys() & set(objectives):
            short = rules.short_beside[other]
        if spectral:
            note += ", spectral norm"
        if objectives.count(objective) > 1:
            short = f"{short} {letter}"
        own = "wgan" if rules.critic else "gan"
        role = next(further) if own in used else own
        used.add(role)
        found.append(Contestant(letter, objective, rules.title, note, short=short, role=role))
    return tuple(found)


def playing(lab: GanLab) -> tuple[Contestant, ...]:
    """Return the games of the lab as they are shown: as they stand once all dials are turned."""
    now = lab.turned()
    objectives = [getattr(now, name) for name in FIELD_OF_SIDE.values() if getattr(now, name)]
    since = {
        letter: tick
        for tick, values in lab.turns()
        for letter, field in FIELD_OF_SIDE.items()
        if {field, f"{letter}.objective"} & set(values)
    }
    return tuple(
        replace(game, note=f"{game.note}, from tick {since[game.letter]:,}")
        if game.letter in since
        else game
        for game in contestants(objectives, now.one_sided, now.spectral)
    )
