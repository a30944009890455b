"""The pictures of the gradient lab: a scene for each view, and the spectrum of a matrix."""

from explorer.figures.gradients.learning import adding, opening
from explorer.figures.gradients.spectra import eigenvalues, stretch
from explorer.figures.gradients.start import answer, norms, through_time

__all__ = ["adding", "answer", "eigenvalues", "norms", "opening", "stretch", "through_time"]
