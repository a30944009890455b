"""The gradient lab without its page: one measurement at the start, and networks that learn."""

from explorer.labs.gradients.learning import Adding
from explorer.labs.gradients.settings import VIEW_NAMES, Flow
from explorer.labs.gradients.start import measure

__all__ = ["VIEW_NAMES", "Adding", "Flow", "measure"]
