"""Gradients through time and depth: how much of the loss reaches each state, and why.

    from explorer import gradients
    flow = gradients.FlowSettings(cell="lstm", forget_bias=3.0)
    measured = gradients.norms_through_time(flow).memory.typical
    theory = gradients.theory_line(flow)
    gradients.residual(measured, theory).largest      # in decades

    stacks = gradients.Depth(layers=30, activation="relu", init="he")
    gradients.through_depth(stacks).by_preactivation  # seeds × layers

    race = gradients.SideBySide(gradients.LearningSettings(problem="adding", length=50, seeds=5))
    race.step(); race.validation_errors(); race.gradient_profiles()

    watching = gradients.watch(model, every=10)       # a training of yours
    loss.backward(); watching.step(); watching.verdict()

Unrolled networks hold samples in columns and all weights of a layer in one matrix
(`explorer.gradients.unrolled`); results are NumPy arrays over lags, the last state first.
"""

from explorer.gradients.depth import Depth, ThroughDepth, through_depth
from explorer.gradients.depth_theory import DepthTheory, depth_theory
from explorer.gradients.initial import RECURRENT_INITS, initial_matrix, recurrent_matrices
from explorer.gradients.learner import Learner
from explorer.gradients.mean_field import average_steps, norms_by_hops
from explorer.gradients.products import (
    FOLLOWED_BACK,
    PLAIN,
    Exponent,
    exponent,
    exponent_of,
    jacobians,
    products,
)
from explorer.gradients.settings import FlowSettings
from explorer.gradients.shares import wilson
from explorer.gradients.side_by_side import (
    LEARNER_SETS,
    LEARNERS,
    LearningSettings,
    Outcome,
    SideBySide,
    Standing,
    outcome,
)
from explorer.gradients.spectra import Spectrum, spectrum
from explorer.gradients.textbook import TextbookAdding
from explorer.gradients.theory import (
    THEORIES,
    Residual,
    TheoryLine,
    of_quantity,
    residual,
    says_of,
    theories_of,
    theory_line,
    unexplained,
)
from explorer.gradients.through_time import (
    QUANTITIES,
    Contributions,
    NormsThroughTime,
    Quantity,
    StateNorms,
    Underflow,
    contributions,
    norms_through_time,
    quantity_through_time,
    underflow,
    zeros,
)
from explorer.gradients.unrolled import CELL_SETS, MEASURED, UNROLLED, Unrolled, unpacked
from explorer.gradients.watching import Watching, watch, with_forget_bias

__all__ = [
    "CELL_SETS",
    "FOLLOWED_BACK",
    "LEARNERS",
    "LEARNER_SETS",
    "MEASURED",
    "PLAIN",
    "QUANTITIES",
    "RECURRENT_INITS",
    "THEORIES",
    "UNROLLED",
    "Contributions",
    "Depth",
    "DepthTheory",
    "Exponent",
    "FlowSettings",
    "Learner",
    "LearningSettings",
    "NormsThroughTime",
    "Outcome",
    "Quantity",
    "Residual",
    "SideBySide",
    "Spectrum",
    "Standing",
    "StateNorms",
    "TextbookAdding",
    "TheoryLine",
    "ThroughDepth",
    "Underflow",
    "Unrolled",
    "Watching",
    "average_steps",
    "contributions",
    "depth_theory",
    "exponent",
    "exponent_of",
    "initial_matrix",
    "jacobians",
    "norms_by_hops",
    "norms_through_time",
    "of_quantity",
    "outcome",
    "products",
    "quantity_through_time",
    "recurrent_matrices",
    "residual",
    "says_of",
    "spectrum",
    "theories_of",
    "theory_line",
    "through_depth",
    "underflow",
    "unexplained",
    "unpacked",
    "watch",
    "wilson",
    "with_forget_bias",
    "zeros",
]
