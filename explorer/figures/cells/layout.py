"""How the heat maps of a cell are laid out, however many it has."""

from collections.abc import Sequence

FLEXIBLE = "minmax(0, 1fr)"
MOST_IN_A_ROW = 6


def in_pairs(areas: Sequence[str]) -> list[tuple[str, str]]:
    """Return the areas two by two; the last of an odd number has a row to itself."""
    return [(areas[i], areas[min(i + 1, len(areas) - 1)]) for i in range(0, len(areas), 2)]


def in_rows(areas: Sequence[str], columns: int) -> list[str]:
    """Return rows of a grid of so many columns; the maps of a row are as wide as can be."""
    count = -(-len(areas) // MOST_IN_A_ROW)
    rows = [areas[i * len(areas) // count : (i + 1) * len(areas) // count] for i in range(count)]
    return [
        " ".join(
            area
            for place, area in enumerate(row)
            for _ in range((place + 1) * columns // len(row) - place * columns // len(row))
        )
        for row in rows
    ]
