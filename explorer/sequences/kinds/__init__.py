"""The kinds of network that learn a task side by side: a row each, and what they are built of."""

from explorer.sequences.kinds.frames import Frames
from explorer.sequences.kinds.kind import Build, Kind, Network, Part, Shape
from explorer.sequences.kinds.recurrent import Recurrent
from explorer.sequences.kinds.registry import KINDS
from explorer.sequences.kinds.translating import EncoderDecoder
from explorer.sequences.kinds.unordered import Unordered
from explorer.sequences.kinds.window import Window

__all__ = [
    "KINDS",
    "Build",
    "EncoderDecoder",
    "Frames",
    "Kind",
    "Network",
    "Part",
    "Recurrent",
    "Shape",
    "Unordered",
    "Window",
]
