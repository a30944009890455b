"""Pictures of the sequence lab: networks side by side, what they are built of, what they say."""

from explorer.figures.sequences.learning import learning, opening

__all__ = ["learning", "opening"]
