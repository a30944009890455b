"""All settings of the gradient lab: what is measured, what learns, and the cliff."""

from dataclasses import dataclass
from functools import lru_cache

from explorer.dials import again, check, dial, part, values
from explorer.gradients import CELL_SETS, FOLLOWED_BACK, QUANTITIES, UNROLLED, FlowSettings
from explorer.gradients.depth import Depth
from explorer.gradients.myths import MYTHS
from explorer.labs.gradients import words
from explorer.labs.gradients.cliff import Cliff
from explorer.labs.gradients.clipping import Clipping
from explorer.labs.gradients.depth_learning import DepthLearning
from explorer.labs.gradients.growing import GrowingDelay
from explorer.labs.gradients.learning import Horizon, Learning, Overfitting
from explorer.labs.gradients.trained import TrainedWay
from explorer.labs.gradients.views import VIEWS
from explorer.labs.gradients.watched_beside import WatchedBeside
from explorer.runs.experiments import Experiment

KEEPING = words.keeping()
HORIZONS = {"lengths": "lengths", "delays": "a growing delay"}
"""What the view of the horizon is about."""
DRAWN_SO = {"plain": "plain RNNs", "all": "all cells"}
"""Whose recurrent matrices the two dials of the matrix are about."""


@dataclass(frozen=True)
class Flow:
    """One state of the gradient lab, its link. Raises ValueError with one line.

    Most dials are those of a measurement (`settings`), of a stack of layers (`depth`), of a
    training (`learning`, `clipping`, `depth_learning`) or of a point on the cliff (`cliff`) under
    the names that links know.
    """

    view: str = dial("start", "View", choices=VIEWS)
    length: int = again(FlowSettings, "length")
    seeds: int = again(FlowSettings, "seeds")
    seed: int = again(FlowSettings, "seed")
    init: str = again(FlowSettings, "recurrent_init")
    gain: float = again(FlowSettings, "gain")
    cells: str = dial("usual", "Cells", "Which networks share the picture.", choices=CELL_SETS)
    quantity: str = dial(
        "memory",
        "Quantity",
        "What is followed back: the gradient by the memory (c of an LSTM, else h), by h, by the "
        "input, or what each step adds to the gradient of the weights; or the last h by each h.",
        choices=QUANTITIES,
    )
    loss_at: str = again(FlowSettings, "loss_at")
    input_scale: float = again(FlowSettings, "input_scale")
    matrix_of: str = dial(
        "plain",
        "Drawn so",
        "Whose recurrent matrices are drawn in this way and with this gain: the plain RNNs' alone, "
        "or those of gated cells as well, which are else as PyTorch draws them.",
        choices=DRAWN_SO,
    )
    precision: str = again(FlowSettings, "precision")
    keeping: str = again(FlowSettings, "keeping")
    forget_bias: float = again(FlowSettings, "forget_bias", default=3.0, help=KEEPING)
    size: int = again(FlowSettings, "units")
    batch: int = again(FlowSettings, "batch")
    problem: str = again(Learning, "problem")
    learners: str = again(Learning, "learners")
    task_length: int = again(Learning, "length")
    symbols: int = again(Learning, "symbols")
    task_seeds: int = again(Learning, "seeds")
    differ: str = again(Learning, "differ")
    task_width: int = again(Learning, "width")
    task_batch: int = again(Learning, "batch")
    task_bias: float = again(Learning, "forget_bias", help=KEEPING)
    rate: float = again(Learning, "rate")
    clip: float = again(Learning, "clip")
    steps: int = again(Learning, "steps")
    horizon_of: str = dial(
        "lengths",
        "Learned",
        "The adding problem at one length among the recorded ones; or symbols to recall, after a "
        "delay that grows while they are learned, and beyond it.",
        choices=HORIZONS,
    )
    horizon_length: int = again(Horizon, "length", default=20, low=5, offered=(5, 100))
    horizon_learners: str = again(Horizon, "learners", default="plain")
    horizon_seeds: int = again(Horizon, "seeds")
    horizon_rate: float = again(Horizon, "rate")
    horizon_steps: int = again(Horizon, "steps")
    delay_cell: str = again(GrowingDelay, "cell")
    delay_several: int = again(GrowingDelay, "several")
    delay_longest: int = again(GrowingDelay, "longest")
    few_problem: str = again(Overfitting, "problem")
    few_learners: str = again(Overfitting, "learners")
    few_length: int = again(Overfitting, "length")
    few_examples: int = again(Overfitting, "examples")
    few_dropout: float = again(Overfitting, "dropout")
    few_early: bool = again(Overfitting, "early")
    few_width: int = again(Overfitting, "width")
    few_seeds: int = again(Overfitting, "seeds")
    few_steps: int = again(Overfitting, "steps")
    trained_reads: str = again(TrainedWay, "reads")
    trained_cell: str = again(TrainedWay, "cell")
    trained_given: str = again(TrainedWay, "given")
    trained_follows: str = again(TrainedWay, "follows")
    trained_loss_at: str = again(TrainedWay, "loss_at")
    trained_upload: str = again(TrainedWay, "upload")
    trained_part: int = again(TrainedWay, "part")
    watched_first: str = again(WatchedBeside, "first")
    watched_second: str = again(WatchedBeside, "second")
    watched_bias: float = again(WatchedBeside, "bias")
    watched_below: str = again(WatchedBeside, "below")
    watched_layer: int = again(WatchedBeside, "layer")
    clip_problem: str = again(Clipping, "problem")
    clip_symbols: int = again(Clipping, "symbols")
    clip_cell: str = again(Clipping, "cell")
    clip_norm: float = again(Clipping, "norm")
    clip_value: float = again(Clipping, "value")
    clip_rate: float = again(Clipping, "rate")
    clip_gain: float = again(Clipping, "gain")
    clip_length: int = again(Clipping, "length")
    clip_width: int = again(Clipping, "width")
    clip_steps: int = again(Clipping, "steps")
    matrix_cell: str = dial(
        "rnn_tanh",
        "Network",
        "Whose slopes stand between the matrices, or whose steps are taken apart, gates and all.",
        choices={name: UNROLLED[name] for name in FOLLOWED_BACK},
    )
    depth_layers: int = again(Depth, "layers")
    depth_activation: str = again(Depth, "activation")
    depth_init: str = again(Depth, "init")
    depth_norm: str = again(Depth, "norm")
    depth_residual: bool = again(Depth, "residual")
    depth_data: str = again(Depth, "data")
    depth_width: int = again(Depth, "width")
    depth_samples: int = again(Depth, "samples")
    depth_seeds: int = again(Depth, "seeds")
    depth_optimizer: str = again(DepthLearning, "optimizer")
    depth_rate: float = again(DepthLearning, "rate")
    depth_clip: float = again(DepthLearning, "clip")
    depth_steps: int = again(DepthLearning, "steps")
    myth: str = dial("lstm_immune", "Claim", "Which of the claims is run.", choices=MYTHS)
    cliff_w: float = again(Cliff, "w")
    cliff_b: float = again(Cliff, "b")
    cliff_rate: float = again(Cliff, "rate")
    cliff_clip: float = again(Cliff, "clip")
    cliff_steps: int = again(Cliff, "steps")

    def __post_init__(self) -> None:
        check(self)
        self.watched()  # a bias that nothing was recorded for
        if len(self.trained_given) == 1:
            raise ValueError("a network must read at least two steps: one has no way back")
        if VIEWS[self.view].run:
            self.experiment()  # what its settings must be together

    def settings(self, cell: str) -> FlowSettings:
        """Return what is measured for one cell; gain and matrix may be the plain RNNs' affair."""
        return _measured(self, cell)

    def _drawn(self, cell: str) -> FlowSettings:
        kind = UNROLLED[cell]
        whose: dict[str, object] = {}
        if kind.drawn_as or (kind.is_gated() and self.matrix_of == "plain"):
            whose = {"recurrent_init": kind.drawn_as or "default", "gain": 1.0}
        if not kind.is_gated():
            whose |= {"forget_bias": None, "keeping": "given"}
        return part(self, FlowSettings, cell=cell, **whose)

    def learning(self) -> Learning:
        """Return the networks that learn a problem with these settings."""
        return part(self, Learning, seed=self.seed)

    def horizon(self) -> Horizon | GrowingDelay:
        """Return the networks that learn at one length among the recorded ones, or a growing delay.

        Seeds, rate and iterations are the same dials.
        """
        asked = part(self, Horizon, seed=self.seed)
        if self.horizon_of == "lengths":
            return asked
        same = {name: getattr(asked, name) for name in ("seeds", "rate", "seed", "steps")}
        return part(self, GrowingDelay, **same)

    def overfitting(self) -> Overfitting:
        """Return the networks that learn from few sequences."""
        return part(self, Overfitting, seed=self.seed)

    def clipping(self) -> Clipping:
        """Return the network that learns with and without clipping with these settings."""
        return part(self, Clipping, seed=self.seed)

    def trained(self) -> TrainedWay:
        """Return the network whose way back is followed before and after its training."""
        return part(self, TrainedWay, seed=self.seed)

    def watched(self) -> WatchedBeside:
        """Return the recordings of watched trainings that are opened again."""
        return part(self, WatchedBeside)

    def depth(self) -> Depth:
        """Return the stacks of layers with these settings."""
        return part(self, Depth, seed=self.seed)

    def depth_learning(self) -> DepthLearning:
        """Return the stacks of layers that learn with these settings; they read the digits."""
        stack = values(self.depth()) | {"data": "digits"}
        return part(self, DepthLearning, **stack)

    def cliff(self) -> Cliff:
        """Return the point of the cliff with these settings, and the descents from it."""
        return part(self, Cliff)

    def experiment(self) -> Experiment:
        """Return the run behind the link: that of its view, or else of the networks that learn."""
        found: Experiment = getattr(self, VIEWS[self.view].run or "learning")()
        return found


@lru_cache(maxsize=256)
def _measured(flow: Flow, cell: str) -> FlowSettings:
    """Asked for time and again while a hand moves."""
    return flow._drawn(cell)
