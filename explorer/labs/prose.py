"""How sentences write small numbers and lists, in every lab."""

from collections.abc import Sequence

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(count: int, none: str = NUMBERS[0]) -> str:
    """Return a small number as a word: three; 25 stays 25. ``none`` is what 0 is called."""
    if count == 0:
        return none
    return NUMBERS[count] if 0 < count < len(NUMBERS) else f"{count}"


def listing(words: Sequence[str]) -> str:
    """Return words as a list in prose: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
