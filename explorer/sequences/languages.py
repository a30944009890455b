"""What is translated: pairs of a source and its translation, drawn from numbers, and who knows it.

Every pair has a key, that of the thing it speaks of: a day, a sum, a number, a word. What is held
out and what is learned from share no key, so no held-out day was ever seen in another spelling, and
no sum with its parts exchanged.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

DRAWN = 12  # whole numbers that a pair is drawn from
RANGE = 2**31


class Pair(NamedTuple):
    """A source with its translation; pairs of one key speak of the same thing."""

    key: str
    source: str
    target: str


@dataclass(frozen=True)
class Language:
    """One way to write and another one.

    ``reads`` and ``writes`` are the signs of both. ``draw`` makes a pair of `DRAWN` whole numbers,
    and ``known`` translates a text of a visitor by rules: None where they do not cover it.
    """

    reads: str
    writes: str
    longest: int
    draw: Callable[[Sequence[int]], Pair]
    known: Callable[[str], str | None]

    def pairs(self, many: int, rng: torch.Generator) -> list[Pair]:
        """So many pairs, drawn with putting back."""
        numbers = torch.randint(RANGE, (many, DRAWN), generator=rng)
        return [self.draw(row) for row in numbers.tolist()]


# ------------------------------------------------------------------------------- days

FIRST_YEAR, YEARS = 1950, 100
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SPELLINGS = (
    "{name} {day}, {year}",
    "{short} {day}, {year}",
    "{day} {name} {year}",
    "{day} {short} {year}",
    "{day}.{month}.{year}",
    "{month}/{day}/{year}",
)
DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
NAMED = re.compile(r"([a-z]+) (\d{1,2}), (\d{4})|(\d{1,2}) ([a-z]+) (\d{4})")


def day_of(numbers: Sequence[int]) -> Pair:
    """A day between 1950 and 2049 in one of the spellings."""
    year, month = FIRST_YEAR + numbers[0] % YEARS, 1 + numbers[1] % len(MONTHS)
    day, name = 1 + numbers[2] % monthrange(year, month)[1], MONTHS[month - 1]
    spelling = SPELLINGS[numbers[3] % len(SPELLINGS)]
    source = spelling.format(day=day, month=month, year=year, name=name, short=name[:3])
    target = f"{year}-{month:02}-{day:02}"
    return Pair(target, source, target)


def iso(text: str) -> str | None:
    """The day that a text names, in any of the spellings, as ISO 8601 writes it."""
    if found := DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := MONTH_FIRST.fullmatch(text):
        month, day, year = map(int, found.groups())
    elif found := NAMED.fullmatch(text):
        name = found[1] or found[5]
        months = [k for k, full in enumerate(MONTHS, 1) if name in (full, full[:3])]
        if not months:
            return None
        month, day, year = months[0], int(found[2] or found[4]), int(found[3] or found[6])
    else:
        return None
    if not (1 <= month <= len(MONTHS) and year and 1 <= day <= monthrange(year, month)[1]):
        return None
    return f"{year:04}-{month:02}-{day:02}"


# ------------------------------------------------------------------------------- sums

LARGEST = 99  # of what is added up


def sum_of(numbers: Sequence[int]) -> Pair:
    """Two numbers up to `LARGEST` and their sum, in decimal digits (Zaremba and Sutskever 2014)."""
    a, b = numbers[0] % (LARGEST + 1), numbers[1] % (LARGEST + 1)
    return Pair(f"{min(a, b)}+{max(a, b)}", f"{a}+{b}", str(a + b))


def added(text: str) -> str | None:
    """The sum that a text asks for."""
    found = re.fullmatch(r"(\d+)\+(\d+)", text)
    return str(int(found[1]) + int(found[2])) if found else None


# ------------------------------------------------------------------------------- number words

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = 10_000


def spelled(number: int) -> str:
    """A whole number below `NUMBERS` in English words."""
    if number < len(ONES):
        return ONES[number]
    if number < 100:
        rest = number % 10
        return TENS[number // 10 - 2] + (f"-{ONES[rest]}" if rest else "")
    unit, name = (100, "hundred") if number < 1_000 else (1_000, "thousand")
    rest = number % unit
    return f"{spelled(number // unit)} {name}" + (f" {spelled(rest)}" if rest else "")


def number_of(numbers: Sequence[int]) -> Pair:
    """A number below `NUMBERS`, as often with one digit as with four."""
    number = numbers[0] % 10 ** (1 + numbers[1] % 4)
    return Pair(str(number), spelled(number), str(number))


def counted(text: str) -> str | None:
    """The number that words name."""
    return next((str(n) for n in range(NUMBERS) if spelled(n) == text), None)


# ------------------------------------------------------------------------------- words

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 4, 10


def word_of(numbers: Sequence[int]) -> Pair:
    """Four to ten letters, and the same from behind."""
    length = SHORTEST + numbers[0] % (LONGEST - SHORTEST + 1)
    word = "".join(LETTERS[n % len(LETTERS)] for n in numbers[1 : length + 1])
    return Pair(word, word, word[::-1])


LANGUAGES: dict[str, Language] = {
    "dates": Language(
        "".join(sorted(set("".join(MONTHS)) | set("0123456789 ,./"))),
        "-0123456789",
        len("september 30, 2049"),
        day_of,
        iso,
    ),
    "sums": Language("+0123456789", "0123456789", len("99+99"), sum_of, added),
    "words": Language(
        "".join(sorted(set("".join((*ONES, *TENS))) | set("hundred thousand -"))),
        "0123456789",
        max(len(spelled(number)) for number in range(NUMBERS)),
        number_of,
        counted,
    ),
    "reversal": Language(LETTERS, LETTERS, LONGEST, word_of, lambda text: text[::-1]),
}
