"""Everything that a lesson can ask of a run: a measure by its name, of one lab each."""

from explorer.lessons.measures import cells, gans, gradients, sequences, transport
from explorer.lessons.measures.measure import Measure

MEASURES: dict[str, Measure] = {
    **cells.MEASURES,
    **gradients.MEASURES,
    **gans.MEASURES,
    **transport.MEASURES,
    **sequences.MEASURES,
}

__all__ = ["MEASURES", "Measure"]
