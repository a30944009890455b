"""Numbers as text: three significant digits, a true minus sign, powers as 2.8×10⁻³."""

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from explorer.stage.paper.registry import registered

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
PRECISE = Context(prec=400)  # digits: more than a float has before and after its point
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLACEHOLDER = re.compile(r"\{([^{}:]+)(?::(\w+))?\}")


def integer(value: float) -> str:
    """Return a whole number with groups of three: "1,234"."""
    whole = math.floor(value + 0.5) if math.isfinite(value) else value  # half up, as in browsers
    return signed(whole, lambda size: f"{size:,.0f}")


def power(value: float) -> str:
    """Return a number as 2.8×10⁻³."""
    return signed(value, _power)


def plain(value: float) -> str:
    """Return three significant digits; powers where zeros would fill the place."""
    return signed(value, _plain)


def percent(value: float) -> str:
    """Return a share of 1 as "84.3 %"."""
    return signed(100 * value, _percent)


def number(value: float, form: str = "plain", of: float | None = None) -> str:
    """Return a number in one of the forms that a scene can ask for."""
    whole = math.nan if of is None else of
    forms: Mapping[str, Callable[[float], str]] = {
        "plain": plain,
        "percent": percent,
        "power": power,
        "integer": integer,
        "of": lambda value: f"{integer(value)} / {integer(whole)}",
    }
    return registered(forms, form, "form of a number")(value)


DONE = ("step", "iteration", "update")  # counted from 0, as what was done; all else from 1


def count_of(clock: str, step: int) -> str:
    """Return the number of a moment as people count it.

    Step 0 comes before any training, character 1 is the first.
    """
    return integer(step if clock in DONE else step + 1)


def moment(clock: str, step: int) -> str:
    """Return "step 1,000", "character 11"."""
    return f"{clock} {count_of(clock, step)}"


def tick(value: float, pitch: float) -> str:
    """Return the tick of an axis: as few digits as its pitch needs."""
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or pitch < 1e-4:
        return power(value).replace(".0×", "×")
    digits = max(0, -math.floor(math.log10(pitch) + 1e-9))
    if abs(pitch * 10**digits - round(pitch * 10**digits)) > 1e-6:
        digits += 1  # 2.5
    if digits == 0:
        return integer(value)
    return signed(value, lambda size: to_fixed(size, digits))


def decade(exponent: int) -> str:
    """Return the tick of a log axis: 10⁻³, and 1, 10, 100 as they are."""
    if 0 <= exponent <= 2:
        return str(10**exponent)
    return "10" + str(exponent).translate(SUPERSCRIPT)


def fill(text: str, value_of: Callable[[str, str | None], str]) -> str:
    """Return the text with every {name} and {name:form} replaced by what ``value_of`` says."""
    return PLACEHOLDER.sub(lambda found: value_of(found[1], found[2]), text)


def signed(value: float, write: Callable[[float], str]) -> str:
    """Return what ``write`` says of a magnitude, with a true minus sign before it."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = write(abs(value))
    is_zero = not re.search(r"[1-9]", text)
    return MINUS + text if value < 0 and not is_zero else text


def _power(size: float) -> str:
    if size == 0:
        return "0"
    exact = Decimal(size)
    found = _rounded(exact, exact.adjusted() - 1)
    exponent = found.adjusted()
    return f"{found.scaleb(-exponent):.1f}×10{str(exponent).translate(SUPERSCRIPT)}"


def _plain(size: float) -> str:
    if size == 0:
        return "0"
    if size < 9.995e-4 or size >= 999_500:
        return _power(size)
    if size >= 999.5:
        return f"{float(f'{size:.3g}'):,.0f}"
    return to_precision(size, 3)


def _percent(size: float) -> str:
    if size == 0:
        return "0 %"
    if size < 0.0995:
        return f"{_power(size)} %"
    return f"{integer(size) if size >= 99.95 else to_precision(size, 3)} %"


def to_fixed(size: float, digits: int) -> str:
    """Return a magnitude with so many decimals; what lies in the middle goes up, as in browsers."""
    return f"{_rounded(Decimal(size), -digits):f}"


def to_precision(size: float, digits: int) -> str:
    """Return a magnitude with so many digits; what lies in the middle goes up, as in browsers."""
    exact = Decimal(size)
    found = _rounded(exact, exact.adjusted() + 1 - digits)
    if found.adjusted() > exact.adjusted():  # 9.999 became 10.00
        found = _rounded(exact, exact.adjusted() + 2 - digits)
    return f"{found:f}"


def _rounded(exact: Decimal, exponent: int) -> Decimal:
    return exact.quantize(Decimal((0, (1,), exponent)), ROUND_HALF_UP, PRECISE)
