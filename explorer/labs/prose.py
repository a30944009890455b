"""How sentences write numbers and lists, in every lab."""

import math
from collections.abc import Sequence

from explorer.dials import SUPERSCRIPT

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(count: int, none: str = NUMBERS[0]) -> str:
    """Return a small number as a word: three; 25 stays 25. ``none`` is what 0 is called."""
    if count == 0:
        return none
    return NUMBERS[count] if 0 < count < len(NUMBERS) else f"{count}"


def percent(share: float) -> str:
    """Return a share in whole percent: 80 %."""
    return f"{100 * share:.0f} %"


def listing(words: Sequence[str]) -> str:
    """Return words as a list in prose: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def spoken(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits as people write it: −0.25, 2.8×10⁻¹⁶.

    Powers of ten stand where there would be many zeros: below 0.001 and from 100,000 on.
    """
    sign = "−" if value < 0 else ""
    if not math.isfinite(value):
        return f"{sign}∞" if math.isinf(value) else "no number"
    if value == 0:
        return "0"
    mantissa, power = f"{abs(value):.{digits - 1}e}".split("e")
    exponent = int(power)
    if -4 < exponent < 5:
        size = f"{float(f'{mantissa}e{power}'):,.{max(0, digits - 1 - exponent)}f}"
        return sign + (size.rstrip("0").rstrip(".") if "." in size else size)
    ten = f"10{str(exponent).translate(SUPERSCRIPT)}"
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{sign}{ten}" if mantissa == "1" else f"{sign}{mantissa}×{ten}"


def fixed(value: float, digits: int = 2) -> str:
    """Return a number with so many decimals and a true minus sign; zero has no sign."""
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else text


ACTING = str.maketrans("{}⟦⟧", "()[]")
"""Signs that mean something in the texts of a picture, and what stands for them."""


def line_of(text: object, longest: int) -> str:
    """Return a foreign text as a picture may show it: one short line, without signs that act."""
    line = "".join(sign if sign.isprintable() else " " for sign in str(text)[: 2 * longest])
    line = " ".join(line.translate(ACTING).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
