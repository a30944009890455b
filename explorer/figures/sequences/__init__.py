"""Pictures of the sequence lab: networks side by side, what they are built of, what they say."""

from explorer.figures.sequences.learning import learning
from explorer.figures.sequences.openings import opening, scene_of

__all__ = ["learning", "opening", "scene_of"]
