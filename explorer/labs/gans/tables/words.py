"""What there is to say of a table that was read: what was understood, and what was left out."""

from collections.abc import Sequence

import numpy as np

from explorer.labs.gans.tables.reading import FAR, LEFT_OUT, Read
from explorer.labs.gans.tables.sheet import Column
from explorer.labs.prose import listing


def rows_in_words(read: Read) -> str:
    """How many rows of which columns are learned: "266 of 272 rows of x and y"."""
    names = listing([read.sheet.columns[at].name for at in read.columns])
    table = read.table
    learned = len(read.used) if table is None else len(table.points)
    whole = read.of_the_file
    count = f"{learned:,} rows" if learned == whole else f"{learned:,} of {whole:,} rows"
    thinned = table is not None and (len(table.points) < table.rows or read.sheet.unread)
    return f"{count} of {names}" + (", drawn with a fixed seed" if thinned else "")


def understood(read: Read, encoding: str = "") -> str:
    """How the file was read, in one sentence."""
    chosen = {read.sheet.columns[at].name for at in read.columns}
    clauses = [
        clause
        for clause in read.sheet.said
        if ": " not in clause or clause.split(": ", 1)[0] in chosen or not chosen
    ]
    if encoding and encoding not in ("UTF-8", "ASCII"):
        clauses.append(f"its letters are {encoding}")
    indices = [each.name for each in read.sheet.columns if each.kind == "index"]
    clauses += [f"{name} only counts the rows" for name in indices if name not in chosen]
    return _sentence(clauses)


def skipped(read: Read) -> str:
    """Which rows were not taken and why, in one sentence; empty where all were."""
    if not read.skipped:
        return ""
    total = sum(read.skipped.values())
    why = listing([f"{reason} ({count:,})" for reason, count in read.skipped.items()])
    return f"{total:,} {'row is' if total == 1 else 'rows are'} skipped: {why}."


def far_out(read: Read) -> str:
    """Which rows squeeze the others, in one sentence; empty where none do or they are left out."""
    if not read.far or LEFT_OUT in read.skipped:
        return ""
    values = ", ".join(f"{value:g}" for value in read.far_values)
    lie = "row lies" if read.far == 1 else "rows lie"
    such = "at" if read.far == 1 else "such as the one at"
    return (
        f"{read.far:,} {lie} more than {FAR} interquartile ranges outside the middle half of a "
        f"column, {such} {values}, and would squeeze the others."
    )


def doubts(read: Read) -> tuple[str, ...]:
    """What can be meant otherwise, a sentence each."""
    chosen = {read.sheet.columns[at].name for at in read.columns}
    others = {each.name for each in read.sheet.columns} - chosen
    return tuple(
        f"{doubt if any(doubt.startswith(f'{name}: ') for name in chosen) else _upper(doubt)}."
        for doubt in read.sheet.doubts
        if not any(doubt.startswith(f"{name}: ") for name in others)
    )


def span(column: Column, used: np.ndarray | None = None) -> str:
    """From where to where the numbers of a column go, in the rows that are used or in all."""
    numbers = column.numbers if used is None else column.numbers[used]
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return ""
    return f"{figure(float(numbers.min()))} to {figure(float(numbers.max()))}"


def figure(number: float) -> str:
    """A number of a table: six digits, whole numbers whole."""
    if number != number:
        return "–"
    if abs(number) < 1e9 and number == int(number):
        return f"{int(number)}".replace("-", "−")
    return f"{number:.6g}".replace("-", "−")


def told(read: Read, encoding: str = "") -> str:
    """All of it as one line, for an exported script."""
    parts = [f"The table: {rows_in_words(read)}, standardised.", understood(read, encoding)]
    return " ".join(filter(None, [*parts, skipped(read)]))


def _sentence(clauses: Sequence[str]) -> str:
    return f"{_upper('; '.join(clauses))}." if clauses else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
