"""Experiments by name, and how a name or a link becomes a run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.dials import turned, values
from explorer.runs import links
from explorer.runs.experiments import Experiment


@dataclass(frozen=True)
class Preset:
    """An experiment that is worth a name: its link, and one line on what there is to see."""

    link: str
    line: str


PRESETS: dict[str, Preset] = {
    "ring": Preset("/gans", "GAN and WGAN-GP on the ring of 8, five steps of the judge each"),
    "grid": Preset("/gans?data=grid", "the same on the grid of 25: three times as many modes"),
    "moons": Preset("/gans?data=moons", "two moons: no modes to count, so coverage is measured"),
    "swiss-roll": Preset("/gans?data=swiss_roll", "a spiral, denser at its inner turn"),
    "digits": Preset("/gans?data=digits", "handwritten digits in two principal components"),
    "minimax": Preset("/gans?first=minimax", "the first GAN objective, which saturates"),
    "r1": Preset("/gans?third=r1&critic_steps=1", "a penalty at the data beside the two"),
    "images": Preset("/gans?data=images", "digits of 8 by 8 pixels, with the classes they hold"),
    "seeds": Preset("/gans?view=seeds", "eight seeds of each game at once"),
    "depth": Preset("/gans?view=depth", "gradients through twelve layers, clipped or penalised"),
    "one-step": Preset("/gans?critic_steps=1", "one step of the judge: most GANs hold the ring"),
    "paper-penalty": Preset("/gans?penalty_weight=10", "the paper's λ = 10 in place of 0.1"),
    "adding": Preset("/gradients?view=live", "RNN, LSTM and GRU learn the adding problem"),
    "deep": Preset("/gradients?view=depth_learning", "twenty layers learn the digits, or do not"),
    "copy": Preset(
        "/gradients?view=live&problem=copy&task_length=10&symbols=3&steps=4000",
        "three symbols copied over ten blanks, five seeds of each network",
    ),
    "overfitting": Preset("/gradients?view=overfit", "48 noisy sines, learned by heart"),
    "next-vowel": Preset("/sequences", "forward, both ways and a window on the next vowel"),
    "no-bias": Preset("/gradients?view=live&task_bias=0", "the same without a forget bias"),
}


@dataclass(frozen=True)
class Plan:
    """A run that can be made: the page it belongs to, that page's settings, and the experiment."""

    page: str
    settings: Any
    experiment: Experiment

    @property
    def link(self) -> str:
        """The link of exactly this run, only what differs from the defaults written out."""
        query = links.query(self.settings)
        return f"/{self.page}" + (f"?{query}" if query else "")


def plan(name: str, steps: int | None = None) -> Plan:
    """Return what a name of `PRESETS`, or a link, stands for; ``steps`` overrides its length.

    Raises ValueError with one sentence for an unknown name, a page without a run, and a link with
    anything wrong in it: what runs without anybody watching must be what was asked for.
    """
    link = PRESETS[name].link if name in PRESETS else name
    if not any(sign in link for sign in "/?="):
        known = ", ".join(map(repr, PRESETS))
        raise ValueError(f"unknown preset {name[:40]!r}; choose from {known}, or give a link")
    try:
        page, parameters = links.split(link)
    except ValueError as error:
        raise ValueError(f"{link[:60]!r} is not a link: {error}") from None
    if page not in RUNS:
        pages = " and ".join(f"'/{known}'" for known in RUNS)
        raise ValueError(f"there is no run behind {'/' + page[:40]!r}; there is behind {pages}")
    kind, experiment, length = RUNS[page]()
    settable = list(values(kind()))
    for name in parameters.keys() - settable:
        raise ValueError(f"unknown setting {name[:40]!r}; choose from {', '.join(settable)}")
    opened = links.decode(kind, parameters)
    for problem in opened.problems:
        raise ValueError(problem.partition(". The default")[0])  # which is not used here
    settings = opened.settings
    if steps is not None:
        settings = turned(settings, {length(settings): steps})
    return Plan(page, settings, experiment(settings))


Run = tuple[type[Any], Callable[[Any], Experiment], Callable[[Any], str]]
"""The settings that a page keeps in its link, the experiment that they stand for, and which of
them says how long that is."""


def _gans() -> Run:
    from explorer.labs.gans.settings import GanLab
    from explorer.labs.gans.views import VIEWS

    return GanLab, GanLab.experiment, lambda lab: VIEWS[lab.view].length


def _gradients() -> Run:
    from explorer.labs.gradients import Flow
    from explorer.labs.gradients.views import VIEWS

    return Flow, Flow.experiment, lambda flow: VIEWS[flow.view].length


def _sequences() -> Run:
    from explorer.labs.sequences import SequenceLab
    from explorer.labs.sequences.views import VIEWS

    return SequenceLab, SequenceLab.experiment, lambda lab: VIEWS[lab.view].length


# A function for each, for torch takes seconds to load and names are wanted without it.
RUNS: dict[str, Callable[[], Run]] = {
    "gans": _gans,
    "gradients": _gradients,
    "sequences": _sequences,
}
