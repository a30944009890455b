"""The transport lab without its pages: piles and clouds of sand, and what moving them costs."""

from explorer.labs.transport.settings import Sand
from explorer.labs.transport.views import VIEWS

__all__ = ["VIEWS", "Sand"]
