"""The cell lab without its page: what is read by what, and everything that is asked of it."""

from explorer.labs.cells.reading import Seen, depth_followed, read
from explorer.labs.cells.settings import CellLab

__all__ = ["CellLab", "Seen", "depth_followed", "read"]
