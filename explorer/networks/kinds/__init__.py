"""Kinds of trained networks: what each reads and answers, and how its file is read and written.

A task names the kind of its networks, so the kinds there are grow from the tasks
(`explorer.networks.tasks.KINDS`).
"""

from explorer.networks.kinds.characters import CHARACTERS
from explorer.networks.kinds.digits import DIGITS
from explorer.networks.kinds.kind import Given, Kind, Network, Reads, Response, shaped, typed
from explorer.networks.kinds.numbers import NUMBERS

__all__ = [
    "CHARACTERS",
    "DIGITS",
    "NUMBERS",
    "Given",
    "Kind",
    "Network",
    "Reads",
    "Response",
    "shaped",
    "typed",
]
