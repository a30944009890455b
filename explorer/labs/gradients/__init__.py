"""The gradient lab without its page: one measurement at the start, and networks that learn."""

from explorer.labs.gradients.learning import Adding
from explorer.labs.gradients.settings import Flow
from explorer.labs.gradients.start import measure
from explorer.labs.gradients.views import VIEWS

__all__ = ["VIEWS", "Adding", "Flow", "measure"]
