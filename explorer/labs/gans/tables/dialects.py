"""Which character separates the columns of a table.

clevercsv proposes (van den Burg et al. 2019); where another of the usual separators makes more of
the cells numbers, that one is taken.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.labs.gans.tables.amounts import amount, evenly
from explorer.labs.gans.tables.notation import EITHER, INFINITE, MISSING
from explorer.labs.prose import listing

SAMPLE = 200  # lines that are looked at
LONGEST = 20_000  # characters of them
DATES = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?"
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}"
)
BETTER = 0.05  # of all cells, that one separator must make numbers more than another


@dataclass(frozen=True)
class Separator:
    """What may stand between two columns, in menus and in sentences."""

    character: str
    label: str
    spoken: str


SEPARATORS: Mapping[str, Separator] = {
    "comma": Separator(",", "comma", "commas separate the columns"),
    "semicolon": Separator(";", "semicolon", "semicolons separate the columns"),
    "tab": Separator("\t", "tab", "tabs separate the columns"),
    "bar": Separator("|", "bar", "bars separate the columns"),
    "blanks": Separator(" ", "blanks", "blanks separate the columns"),
    "none": Separator("", "nothing", "there is one column"),
}
"""Every separator by its name in links."""


@dataclass(frozen=True)
class Dialect:
    """The separator of a table, what quotes a cell, and what is not certain about it."""

    separator: str  # its name
    quote: str
    doubt: str = ""

    @property
    def character(self) -> str:
        """The separator itself; a blank stands for any number of them."""
        return SEPARATORS[self.separator].character

    def cells(self, line: str) -> list[str]:
        """The cells of one line."""
        return next(iter(self.rows([line])), [])

    def rows(self, lines: Sequence[str]) -> list[list[str]]:
        """The cells of some lines, by rows: a quoted cell may go over several lines."""
        if self.separator == "none":
            return [[line.strip().strip(self.quote)] for line in lines]
        blanks = self.separator == "blanks"
        read = csv.reader(
            [re.sub(r"[ \t]+", " ", line.strip()) if blanks else line + "\n" for line in lines],
            delimiter=self.character,
            quotechar=self.quote,
            skipinitialspace=True,
        )
        return [[cell.strip() for cell in row] for row in read if row]


def dialect_of(lines: Sequence[str], stated: str = "") -> Dialect:
    """The dialect of a table from its first lines; ``stated`` is a separator that is known."""
    sample = _sample(lines)
    quote = "'" if _quoted(sample, "'") and not _quoted(sample, '"') else '"'
    if stated:
        return Dialect(stated, quote)
    proposed = _proposed(sample, quote)
    candidates = [Dialect(name, quote) for name in SEPARATORS]
    scores = {each.separator: _score(each, sample) for each in candidates}
    best = max(candidates, key=lambda each: scores[each.separator])
    if proposed is None or scores[best.separator] > scores[proposed.separator] + BETTER:
        proposed = best
    return _or_one_number(proposed, sample)


def _sample(lines: Sequence[str]) -> list[str]:
    """The first lines, as many as are looked at."""
    sample: list[str] = []
    for line in lines[:SAMPLE]:
        if sum(map(len, sample)) + len(line) > LONGEST and sample:
            break
        sample.append(line[:LONGEST])
    return sample


def _quoted(sample: Sequence[str], quote: str) -> bool:
    """Whether cells stand between quotes of this kind: a line begins and a cell ends with one."""
    return any(re.match(rf"\s*{quote}[^{quote}]*{quote}\s*([,;\t| ]|$)", line) for line in sample)


def _proposed(sample: Sequence[str], quote: str) -> Dialect | None:
    """What clevercsv says, where that is one of the usual separators."""
    import clevercsv  # takes a third of a second, for which nothing else must wait

    try:
        found = clevercsv.Detector().detect("\n".join(sample), verbose=False)
    except Exception:  # it fails in several ways where it finds nothing
        return None
    character = None if found is None else found.delimiter
    names = [name for name, each in SEPARATORS.items() if each.character == character]
    return Dialect(names[0], quote) if names else None


def _score(dialect: Dialect, sample: Sequence[str]) -> float:
    """The share of lines of the usual length times that of their cells that are numbers or dates.

    A tie goes to the one with more columns, by so little that it decides nothing else.
    """
    rows = [cells for line in sample if (cells := dialect.cells(line))]
    if not rows:
        return 0.0
    widths = [len(cells) for cells in rows]
    width = max(sorted(set(widths)), key=widths.count)
    if (width == 1) != (dialect.separator == "none"):
        return 0.0
    usual = [cells for cells in rows if len(cells) == width]
    good = sum(typed(cell, worded=True) for cells in usual for cell in cells)
    return len(usual) / len(rows) * good / (width * len(usual)) + 1e-6 * min(width, 100)


def typed(cell: str, worded: bool = False) -> bool:
    """Whether a cell is a number, a date or a missing one; `worded` takes units of letters, too."""
    bare = evenly(cell)
    found = amount(bare)
    if found is not None and (worded or not found.is_worded):
        bare = found.number
    return bool(
        EITHER.fullmatch(bare)
        or re.fullmatch(INFINITE, bare)
        or bare.lower() in MISSING
        or DATES.fullmatch(bare)
    )


def _or_one_number(dialect: Dialect, sample: Sequence[str]) -> Dialect:
    """One column of decimal commas, or of groups of three, where two columns would look the same.

    What stands above them decides, or a second number that begins with a zero; or it is said.
    """
    if dialect.separator not in ("comma", "blanks") or not sample:
        return dialect
    rows = dialect.rows(sample)
    names = not any(map(typed, rows[0]))
    below = sample[1 if names else 0 :]
    parts = [row for row in rows[1 if names else 0 :] if len(row) > 1]
    if not parts or not all(typed(line) for line in below) or any('"' in line for line in below):
        return dialect
    spaced = ", " in sample[0] and not any(", " in line for line in below)
    if names and len(rows[0]) == len(parts[0]) and not spaced:
        return dialect  # a name for each
    counts = all(row[0] in (str(k), str(k + 1)) for k, row in enumerate(parts))
    if names and len(rows[0]) == 1 and not counts:
        return Dialect("none", dialect.quote)  # one name
    both = dialect.character.join(parts[0])
    if dialect.separator == "comma" and any(re.match(r"0\d", row[1]) for row in parts):
        doubt = f"{both} is read as one number; if it is not, say what separates the columns"
        return Dialect("none", dialect.quote, doubt)
    doubt = (
        f"{both} is read as {len(parts[0])} numbers, {listing(parts[0])}; if it is one, say that "
        f"nothing separates the columns"
    )
    return Dialect(dialect.separator, dialect.quote, doubt)
