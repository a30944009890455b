"""Numbers as the stage writes them: three significant digits, a true minus sign, 2.8×10⁻³.

The same forms as in the browser, for pictures that are made without one.
"""

import math
import re
from collections.abc import Callable

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLACEHOLDER = re.compile(r"\{([^{}:]+)(?::(\w+))?\}")


def integer(value: float) -> str:
    """Return a whole number with groups of three: "1,234"."""
    whole = math.floor(value + 0.5) if math.isfinite(value) else value  # half up, as in browsers
    return _signed(whole, lambda size: f"{size:,.0f}")


def power(value: float) -> str:
    """Return a number as 2.8×10⁻³."""
    return _signed(value, _power)


def plain(value: float) -> str:
    """Return three significant digits; powers where zeros would fill the place."""
    return _signed(value, _plain)


def percent(value: float) -> str:
    """Return a share of 1 as "84.3 %"."""
    return _signed(100 * value, _percent)


def number(value: float, form: str = "plain", of: float | None = None) -> str:
    """Return a number in one of the forms that a scene can ask for."""
    if form == "of":
        return f"{integer(value)} / {integer(math.nan if of is None else of)}"
    forms = {"percent": percent, "power": power, "integer": integer}
    return forms.get(form, plain)(value)


def fixed(value: float, digits: int = 2) -> str:
    """Return a number with so many decimals, fewer from 10 on: as circuits and equations do."""
    size = abs(value)
    decimals = digits if size < 9.995 else min(1, digits) if size < 99.95 else 0
    return _signed(value, lambda size: f"{size:.{decimals}f}")


def tick(value: float, pitch: float) -> str:
    """Return the tick of an axis: as few digits as its pitch needs."""
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or pitch < 1e-4:
        return power(value).replace(".0×", "×")
    digits = max(0, -math.floor(math.log10(pitch) + 1e-9))
    return _signed(value, lambda size: f"{size:,.{digits}f}")


def decade(exponent: int) -> str:
    """Return the tick of a log axis: 10⁻³, and 1, 10, 100 as they are."""
    if 0 <= exponent <= 2:
        return str(10**exponent)
    return "10" + str(exponent).translate(SUPERSCRIPT)


def fill(text: str, value_of: Callable[[str, str | None], str]) -> str:
    """Return the text with every {name} and {name:form} replaced by what ``value_of`` says."""
    return PLACEHOLDER.sub(lambda found: value_of(found[1], found[2]), text)


def _signed(value: float, write: Callable[[float], str]) -> str:
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
    digits, exponent = f"{size:.1e}".split("e")
    return f"{digits}×10{str(int(exponent)).translate(SUPERSCRIPT)}"


def _plain(size: float) -> str:
    if size == 0:
        return "0"
    if size < 9.995e-4 or size >= 999_500:
        return _power(size)
    if size >= 999.5:
        return f"{float(f'{size:.3g}'):,.0f}"
    return f"{size:#.3g}".removesuffix(".")


def _percent(size: float) -> str:
    if size == 0:
        return "0 %"
    if size < 0.0995:
        return f"{_power(size)} %"
    return f"{round(size)} %" if 99.95 <= size < 1000 else f"{f'{size:#.3g}'.removesuffix('.')} %"
