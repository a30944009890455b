"""Surgery as a line of text, so that a link can carry it: one word for each operation.

    forget_gate:61:5-12:0      clamp the forget gate of unit 61 to 0 from step 5 to 12
    input_gate:*:3-3:1         clamp it for every unit, in step 3 only
    cell:61:7-7:2.5            set a state
    weight_hh:12,39:0.5        set one weight: row, column, value
    bias_ih:12:0.5             set one bias
    x:5,3:0.2                  set one entry of what is read: step, entry, value
    no_input_gate              switch a part off

Words are parted by semicolons or blanks. Steps and units count from 0.
"""

import math
import re

from explorer.cells.surgery import ABLATIONS, Clamp, InputEdit, Surgery, WeightEdit

LONGEST_OPERATIONS = 1_500  # characters
MOST_OPERATIONS = 40
MATRICES = ("weight_ih", "weight_hh", "peepholes")
VECTORS = ("bias_ih", "bias_hh")
ALL = "*"
CLAMP = re.compile(r"([a-z_]+):(\*|\d{1,4}):(\d{1,4})-(\d{1,4}):(\S+)")
ENTRY = re.compile(r"([a-z_]+):(\d{1,4})(?:,(\d{1,4}))?:(\S+)")


def words_of(text: str) -> tuple[str, ...]:
    """Return the operations of a line, one word each."""
    return tuple(word for word in re.split(r"[;\s]+", text) if word)


def parse_operations(text: str) -> Surgery:
    """Return the surgery that a line describes.

    Raises ValueError with one sentence for a word that is no operation; whether it fits a network
    is for `Surgery.check` to say.
    """
    words = words_of(text)
    if len(words) > MOST_OPERATIONS:
        raise ValueError(f"at most {MOST_OPERATIONS} operations go together, not {len(words)}")
    clamps, edits, inputs, without = [], [], [], []
    for word in words:
        if word in ABLATIONS:
            without.append(word)
        elif found := CLAMP.fullmatch(word):
            part, unit, first, last, value = found.groups()
            units = () if unit == ALL else (int(unit),)
            clamps.append(Clamp(part, units, int(first), int(last), value=_number(word, value)))
        elif found := ENTRY.fullmatch(word):
            name, row, column, value = found.groups()
            number = _number(word, value)
            if name == "x" and column is not None:
                inputs.append(InputEdit(int(row), int(column), number))
            elif name in MATRICES and column is not None:
                edits.append(WeightEdit(name, int(row), int(column), number))
            elif name in VECTORS and column is None:
                edits.append(WeightEdit(name, int(row), 0, number))
            else:
                raise ValueError(_unknown(word))
        else:
            raise ValueError(_unknown(word))
    return Surgery(tuple(clamps), tuple(edits), tuple(inputs), tuple(without))


def clamp(part: str, unit: int, first: int, last: int, value: float) -> str:
    """Return the word for a clamp; unit -1 is every unit."""
    return f"{part}:{ALL if unit < 0 else unit}:{first}-{last}:{value:g}"


def edit(matrix: str, row: int, column: int, value: float) -> str:
    """Return the word for one weight or bias."""
    place = f"{row}" if matrix in VECTORS else f"{row},{column}"
    return f"{matrix}:{place}:{value:g}"


def joined(words: tuple[str, ...] | list[str]) -> str:
    """Return words as one line."""
    return ";".join(words)


def _number(word: str, text: str) -> float:
    try:
        value = float(text) if len(text) <= 25 and text.isascii() and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e6:
        raise ValueError(f"{word[:60]!r} must end in a number between -1,000,000 and 1,000,000")
    return value


def _unknown(word: str) -> str:
    return (
        f"{word[:60]!r} is no operation; write 'forget_gate:61:5-12:0', 'weight_hh:12,39:0.5' or "
        f"one of {', '.join(map(repr, ABLATIONS))}"
    )
