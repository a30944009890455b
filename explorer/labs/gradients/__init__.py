"""The gradient lab without its page: one measurement at the start, and networks that learn."""

from explorer.labs.gradients.learning import Adding
from explorer.labs.gradients.settings import VIEWS, Flow
from explorer.labs.gradients.start import measure

__all__ = ["VIEWS", "Adding", "Flow", "measure"]
