"""What each game of a match is called, and the line that stands for it in every picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.gans.objectives import OBJECTIVES

NAMES = {
    "minimax": ("GAN", "minimax", "minimax"),
    "non_saturating": ("GAN", "non-saturating", "GAN"),
    "least_squares": ("LSGAN", "least squares", "LS"),
    "hinge": ("GAN", "hinge", "hinge"),
    "wasserstein_clip": ("WGAN", "weights clipped", "clip"),
    "wasserstein_gp": ("WGAN-GP", "two-sided penalty", "GP"),
    "r1": ("GAN + R1", "penalty at the data", "R1"),
}
"""Title, note and the short name at the end of a line."""

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
    def gives_probability(self) -> bool:
        """Whether its judge says how probable it is that a point is real."""
        return OBJECTIVES[self.objective].gives_probability

    @property
    def critic(self) -> bool:
        """Whether its judge's gap estimates a Wasserstein distance."""
        return OBJECTIVES[self.objective].critic

    @property
    def judge(self) -> str:
        """What its judge is called."""
        return "critic" if self.critic else "discriminator"


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
        title, note, short = NAMES[objective]
        if objective == "wasserstein_gp" and one_sided:
            note = "one-sided penalty"
        if objective == "non_saturating" and "minimax" in objectives:
            short = "NS"
        if spectral:
            note += ", spectral norm"
        if objectives.count(objective) > 1:
            short = f"{short} {letter}"
        own = "wgan" if OBJECTIVES[objective].critic else "gan"
        role = next(further) if own in used else own
        used.add(role)
        found.append(Contestant(letter, objective, title, note, short, role))
    return tuple(found)
