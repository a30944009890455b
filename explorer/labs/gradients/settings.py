"""All settings of the gradient lab: what is measured at the start, and what learns."""

from dataclasses import dataclass

from explorer.dials import again, check, dial, part
from explorer.gradients import UNROLLED, FlowSettings
from explorer.labs.gradients import words
from explorer.labs.gradients.learning import Adding
from explorer.labs.gradients.views import VIEWS

KEEPING = f"Bias of {words.keeping_gates()}: the larger, the longer they keep."


@dataclass(frozen=True)
class Flow:
    """One state of the gradient lab, its link. Raises ValueError with one line.

    Most dials are those of a measurement (`settings`) or of a training (`adding`) under the names
    that links know.
    """

    view: str = dial("start", "View", choices=VIEWS)
    length: int = again(FlowSettings, "length")
    seeds: int = again(FlowSettings, "seeds")
    seed: int = again(FlowSettings, "seed")
    init: str = again(FlowSettings, "recurrent_init")
    gain: float = again(FlowSettings, "gain")
    forget_bias: float = again(FlowSettings, "forget_bias", default=3.0, help=KEEPING)
    size: int = again(FlowSettings, "units")
    batch: int = again(FlowSettings, "batch")
    task_length: int = again(Adding, "length")
    task_width: int = again(Adding, "width")
    task_bias: float = again(Adding, "forget_bias", help=KEEPING)
    rate: float = again(Adding, "rate")
    clip: float = again(Adding, "clip")
    steps: int = again(Adding, "steps")

    def __post_init__(self) -> None:
        check(self)
        self.adding()  # what its settings must be together

    def settings(self, cell: str) -> FlowSettings:
        """Return what is measured for one cell; gain and matrix are the plain RNNs' affair."""
        if UNROLLED[cell].is_gated():
            return part(self, FlowSettings, cell=cell, recurrent_init="default", gain=1.0)
        return part(self, FlowSettings, cell=cell, forget_bias=None)

    def adding(self) -> Adding:
        """Return the networks that learn the adding problem with these settings."""
        return part(self, Adding, seed=self.seed)

    def experiment(self) -> Adding:
        """Return the run behind the link: that of the networks that learn, whatever the view."""
        return self.adding()
