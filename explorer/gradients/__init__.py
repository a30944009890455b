"""Gradients through time: how much of the loss reaches each earlier state, and why.

    from explorer import gradients
    flow = gradients.FlowSettings(cell="lstm", forget_bias=3.0)
    measured = gradients.norms_through_time(flow).memory.typical
    theory = gradients.theory_line(flow)
    gradients.residual(measured, theory).largest      # in decades

    race = gradients.SideBySide(gradients.AddingSettings(length=50))
    race.step(); race.validation_losses(); race.gradient_profiles()

Unrolled networks hold samples in columns and all weights of a layer in one matrix
(`explorer.gradients.unrolled`); results are NumPy arrays over lags, the last state first.
"""

from explorer.gradients.adding import (
    LEARNERS,
    SOLVED,
    AddingSettings,
    Outcome,
    SideBySide,
    outcome,
)
from explorer.gradients.initial import RECURRENT_INITS, initial_matrix, recurrent_matrices
from explorer.gradients.learner import Learner
from explorer.gradients.mean_field import average_steps, norms_by_hops
from explorer.gradients.settings import FlowSettings
from explorer.gradients.spectra import Spectrum, spectrum
from explorer.gradients.textbook import TextbookAdding
from explorer.gradients.theory import (
    THEORIES,
    Residual,
    TheoryLine,
    residual,
    theories_of,
    theory_line,
)
from explorer.gradients.through_time import (
    NormsThroughTime,
    StateNorms,
    Underflow,
    norms_through_time,
    underflow,
)
from explorer.gradients.unrolled import MEASURED, UNROLLED, Unrolled, unpacked

__all__ = [
    "LEARNERS",
    "MEASURED",
    "RECURRENT_INITS",
    "SOLVED",
    "THEORIES",
    "UNROLLED",
    "AddingSettings",
    "FlowSettings",
    "Learner",
    "NormsThroughTime",
    "Outcome",
    "Residual",
    "SideBySide",
    "Spectrum",
    "StateNorms",
    "TextbookAdding",
    "TheoryLine",
    "Underflow",
    "Unrolled",
    "average_steps",
    "initial_matrix",
    "norms_by_hops",
    "norms_through_time",
    "outcome",
    "recurrent_matrices",
    "residual",
    "spectrum",
    "theories_of",
    "theory_line",
    "underflow",
    "unpacked",
]
