"""Alphabets as people save them beside their weights, or type them in, and whether they fit.

A dictionary of letters and codes in either direction, a list, or a string; under any of the names
that are in use. Nothing of it is trusted: it counts where it says each code of an embedding once.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.networks.uploads.limits import MOST_ENTRIES, MOST_LETTERS
from explorer.sequences.alphabet import SIGNS, Alphabet, first_twice, quoted
from explorer.sequences.vocabulary import STAND_IN

NAMED = re.compile(
    r"(?:all|id|idx)?(?:char|letter|symbol|token|vocab|alphabet|charset|dictionary|word)\w*"
    r"|(?:id|ids|ix|idx|int|ints|index|indices|code|s|i|c|t)(?:2|to)(?:\w*)"
)
"""What an alphabet is called, in small letters and without signs between them."""
SPECIAL = re.compile(
    r"<[^<>\s]{1,20}>|\[[A-Za-z_]{1,12}\]|_+[A-Za-z]{1,12}_+|"
    r"(?i:pad|unk|eos|sos|bos|oov|mask|start|end|go|stop|unknown|padding)|"
)
TYPED_SPECIAL = re.compile(
    r"<(?:pad|unk|eos|sos|bos|s|/s|go|oov|mask|start|end|blank|space|nl|tab)>", re.IGNORECASE
)
UNKNOWN = re.compile(r"[<\[_]*(?:unk|unknown|oov)[>\]_]*", re.IGNORECASE)
MEANT = {
    **dict.fromkeys(("<space>", "<sp>", "[space]", "<blank>"), " "),
    **dict.fromkeys(("<nl>", "<newline>", "<br>", "\\n"), "\n"),
    **dict.fromkeys(("<tab>", "\\t"), "\t"),
}
"""Names that people write for letters that are not seen."""
DEEPEST = 4  # dictionaries within each other
LONGEST_TEXT = 1_000_000  # characters of a text that may hold one as JSON


@dataclass(frozen=True)
class Told:
    """What a file, or a viewer, says of the codes: one entry for each, or why it says nothing.

    `whole` is false where codes may be missing: a dictionary says some, a list says all.
    """

    name: str
    entries: tuple[tuple[int, str], ...] = ()
    whole: bool = False
    why: str = ""


def alphabets(found: Any) -> tuple[Told, ...]:
    """Every alphabet among dictionaries within each other, by the names that it has there."""
    return tuple(_walk(found, "", 0))


def in_words(told: Mapping[str, str]) -> tuple[Told, ...]:
    """Every alphabet among texts with names, as metadata has them: JSON, or the letters alone."""
    found: list[Told] = []
    for name, text in told.items():
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            continue
        value = _parsed(text)
        if _is_named(name):
            found += _one(name, text if value is None else value)
        elif isinstance(value, Mapping):
            found += _walk(value, name, 1)
    return tuple(found)


def typed(text: str) -> Told:
    """What a viewer types: the letters in a row, or a list or dictionary as Python writes it."""
    name = "the alphabet that was typed in"
    value = _parsed(text) if text[:1] in "[{" else None
    if isinstance(value, Mapping | list) and value:
        return next(iter(_one(name, value)))
    pieces: list[str] = []
    at = 0
    for match in TYPED_SPECIAL.finditer(text):
        pieces += [*text[at : match.start()], match[0]]
        at = match.end()
    pieces += text[at:]
    return Told(name, tuple(enumerate(pieces)), whole=True)


def fitted(told: Told, rows: int) -> Alphabet:
    """The alphabet of an embedding of so many rows. Raises `ValueError`, one line, for none."""
    if told.why:
        raise ValueError(f"{told.name} {told.why}")
    count = len(told.entries)
    codes = [code for code, _ in told.entries]
    if (told.whole and count != rows) or count > rows:
        raise ValueError(f"{told.name} does not fit: {_sizes(rows, count)}")
    if strange := [code for code in codes if not 0 <= code < rows]:
        raise ValueError(
            f"{told.name} does not fit: it has a letter of code {strange[0]:,}, and the rows go "
            f"from 0 to {rows - 1:,}"
        )
    if (again := first_twice([str(code) for code in codes])) is not None:
        one, other = (told.entries[place][1] for place in again)
        raise ValueError(
            f"{told.name} has the code {codes[again[0]]} for {quoted(one)} and for {quoted(other)}"
        )
    missing = rows - count
    if missing > max(4, rows // 8):
        raise ValueError(f"{told.name} does not fit: {_sizes(rows, count)}")
    return _with_signs(told, rows)


def _with_signs(told: Told, rows: int) -> Alphabet:
    """Letters as they are; a sign for each special token and for each code that has no letter."""
    by_code = dict(told.entries)
    whole_tokens = set(by_code.values())
    letters: dict[int, str] = {}
    for code, token in by_code.items():
        meant = MEANT.get(token.lower(), token)
        letter = token if meant in whole_tokens else meant
        if len(letter) == 1:
            letters[code] = letter
        elif not SPECIAL.fullmatch(token):
            raise ValueError(
                f"{told.name} holds {quoted(token[:20])}, which is a word and no letter; only "
                f"networks that read letter by letter are read here"
            )
    taken = set(letters.values())
    signs = (sign for sign in SIGNS if sign not in taken)
    called, unknown = [], None
    for code in range(rows):
        if code in letters:
            if letters[code] == STAND_IN:
                unknown = code
            continue
        named = by_code.get(code)
        if named is not None and UNKNOWN.fullmatch(named) and STAND_IN not in taken:
            unknown, letters[code] = code, STAND_IN
        elif (sign := next(signs, "")) == "":
            raise ValueError(
                f"{told.name} has more than {len(SIGNS)} codes without a letter of their own"
            )
        else:
            letters[code] = sign
        called.append((letters[code], _said_of(named, code)))
    in_order = "".join(letters[code] for code in range(rows))
    try:
        return Alphabet(in_order, unknown, tuple(called))
    except ValueError as why:
        raise ValueError(f"{told.name} does not fit: {why}") from None


def _sizes(rows: int, count: int) -> str:
    return f"{rows:,} rows, {count:,} letter{'s' if count != 1 else ''}"


def _said_of(token: str | None, code: int) -> str:
    return f"code {code}, which has no letter" if token is None else token or "an empty entry"


def _walk(found: Any, place: str, depth: int) -> Iterator[Told]:
    if not isinstance(found, Mapping) or depth > DEEPEST or len(found) > MOST_ENTRIES:
        return
    for name, value in found.items():
        if not isinstance(name, str):
            continue
        path = f"{place}.{name}" if place else name
        if _is_named(name) and isinstance(value, Mapping | list | tuple | str):
            inner = list(_walk(value, path, depth + 1)) if isinstance(value, Mapping) else []
            yield from inner or _one(path, value)
        elif isinstance(value, Mapping):
            if _letters_to_codes(value):
                yield from _one(path, value)
            else:
                yield from _walk(value, path, depth + 1)


def _is_named(name: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())
    return NAMED.fullmatch(plain) is not None


def _letters_to_codes(value: Mapping[Any, Any]) -> bool:
    """Whether a dictionary is one of letters and codes whatever it is called."""
    pairs = list(value.items())[:MOST_LETTERS]
    return len(pairs) > 1 and all(
        isinstance(a, str) and len(a) == 1 and type(b) is int for a, b in pairs
    )


def _one(name: str, value: Any) -> Iterator[Told]:
    """What is under a name of an alphabet; nothing where it is something else of that name."""
    shown = "".join(c for c in name if c.isprintable())[-40:]
    if isinstance(value, str | list | tuple | Mapping) and not value:
        return
    if isinstance(value, str | list | tuple | Mapping) and len(value) > MOST_LETTERS:
        yield Told(
            shown, why=f"lists {len(value):,} entries; an alphabet may have {MOST_LETTERS:,}"
        )
    elif isinstance(value, str):
        if len(value) > 1:
            yield Told(shown, tuple(enumerate(value)), whole=True)
    elif isinstance(value, list | tuple):
        yield _listed(shown, value)
    elif isinstance(value, Mapping):
        yield _paired(shown, value)


def _listed(name: str, value: Sequence[Any]) -> Told:
    if strange := [each for each in value if not isinstance(each, str)]:
        return Told(name, why=_no_letters(strange[0]))
    return Told(name, tuple(enumerate(value)), whole=True)


def _paired(name: str, value: Mapping[Any, Any]) -> Told:
    pairs = list(value.items())
    if all(isinstance(b, str) for _, b in pairs):  # code to letter; in JSON codes are texts
        pairs = [(b, int(a) if str(a).isdecimal() and len(str(a)) < 10 else a) for a, b in pairs]
    for token, code in pairs:
        if not isinstance(token, str):
            return Told(name, why=_no_letters(token))
        if type(code) is not int:
            return Told(name, why=_no_letters(code, "code"))
    return Told(name, tuple(sorted(((code, token) for token, code in pairs))))


def _no_letters(strange: Any, what: str = "letter") -> str:
    shown = "".join(c for c in repr(strange)[:30] if c.isprintable())
    return f"is no alphabet: it has {shown} in the place of a {what}"


def _parsed(text: str) -> Any:
    """A text as JSON or as Python writes constants; None where it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        if isinstance(value, Mapping | list | str):
            return value
    return None
