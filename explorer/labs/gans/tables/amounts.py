"""What stands around the number in a cell: its sign, written in many ways, and its unit.

Accountants put a loss in brackets, SAP writes the minus last, typesetters make a dash of it; a
currency stands before or after its amount, a unit after it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

BLANKS = "[ \u00a0\u2007\u2009\u202f]"
DASH = r"^([^\d–‐‒]{0,9})[–‐‒](?= ?[^\d\s]{0,5} ?[.,]?\d)"
"""A dash in place of the minus of the first number, with no more around it than a unit."""
SIGNS = "€$£¥₹₽₩₺₴₪₦₱฿₫¢%‰°"
"""Units that are no letters."""
_MONEY = SIGNS.rstrip("%‰°")
FRONT = (
    rf"(?:[A-Z]{{0,3}}[{_MONEY}]|Rs\.?|kr\.?|Fr\.?|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK"
    r"|DKK|PLN|CZK|HUF|RON|BRL|MXN|ZAR|TRY|RUB|KRW|SGD|HKD|ILS)"
)
BACK = rf"(?:[{SIGNS}]|[^\W\d_])[\w/^{SIGNS}·²³]{{0,7}}\.?"
AROUND = re.compile(
    rf"(?P<before>[+-]?) ?(?P<front>{FRONT})? ?(?P<inner>[+-]?)"
    rf"(?P<number>[.,]?\d[\d.,' _]*(?:[eEdD][+-]?\d+)?) ?(?P<back>{BACK})?(?P<after>-?)"
)
LOSS = re.compile(r"([^()\d]*)\(([^()]*)\)([^()\d]*)")
USUAL = 0.9  # of the cells with a unit that have the same one, so that it is the column's


@dataclass(frozen=True)
class Amount:
    """A number with its sign before it, as it is written, and its unit."""

    number: str
    unit: str

    @property
    def is_worded(self) -> bool:
        """Whether its unit is made of letters alone, as a name may be: 3m, 10yr."""
        return bool(self.unit) and not any(sign in self.unit for sign in SIGNS)


def evenly(cell: str) -> str:
    """A cell with one kind of blank, minus and apostrophe."""
    if cell.isascii():
        return cell.strip()
    found = re.sub("[’´]", "'", re.sub(BLANKS, " ", cell)).replace("−", "-").strip()
    return re.sub(DASH, r"\1-", found)


def amount(cell: str) -> Amount | None:
    """The number and the unit of an `evenly` written cell; None where it is no such thing."""
    loss = LOSS.fullmatch(cell)
    found = AROUND.fullmatch("".join(loss.groups()).strip() if loss else cell)
    if found is None:
        return None
    if found["back"] and found["number"].strip()[-1] in ".,":  # what follows is another cell
        return None
    signs = [sign for sign in (found["before"], found["inner"], found["after"]) if sign]
    if len(signs) + bool(loss) > 1 or (found["front"] and found["back"]):
        return None
    minus = "-" if loss or "-" in signs else ""
    return Amount(minus + found["number"].strip(), found["front"] or found["back"] or "")


def unit_of(amounts: Sequence[tuple[Amount | None, int]]) -> str:
    """The unit of a column out of its amounts, each with how often it is there; empty for none."""
    counted: Counter[str] = Counter()
    for each, count in amounts:
        if each is not None and each.unit:
            counted[each.unit] += count
    if not counted:
        return ""
    unit, count = counted.most_common(1)[0]
    return unit if count >= USUAL * counted.total() else ""
