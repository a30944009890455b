"""The sequence lab without its page: kinds of network side by side on tasks that need them."""

from explorer.labs.sequences.learning import SideBySide
from explorer.labs.sequences.settings import SequenceLab
from explorer.labs.sequences.tasks import TASKS
from explorer.labs.sequences.views import VIEWS

__all__ = ["TASKS", "VIEWS", "SequenceLab", "SideBySide"]
