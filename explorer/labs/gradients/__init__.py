"""The gradient lab without its page: a measurement, networks that learn, and the cliff."""

from explorer.labs.gradients.cliff import Cliff
from explorer.labs.gradients.learning import Horizon, Learning, Overfitting
from explorer.labs.gradients.settings import Flow
from explorer.labs.gradients.start import measure
from explorer.labs.gradients.views import VIEWS

__all__ = ["VIEWS", "Cliff", "Flow", "Horizon", "Learning", "Overfitting", "measure"]
