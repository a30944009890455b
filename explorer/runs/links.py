"""A link is the experiment: settings that differ from the defaults, as a query string.

Reading never raises and never runs anything: whatever is wrong in a link is named in one sentence
and replaced by the default.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from explorer.dials import turned, values

LONGEST_VALUE = 4_000  # characters of one value: of a series or a text that somebody brings
MOST_VALUES = 60
SHOWN = 40  # characters of a wrong value that its message repeats

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class Opened:
    """What a link said: the settings it stands for, and one sentence for each thing wrong in it."""

    settings: Any
    problems: tuple[str, ...] = ()


def encode(settings: object, default: object | None = None) -> dict[str, str]:
    """Return the query parameters of a configuration: only what differs from its defaults.

    With a ``default`` of its own, what differs from that one.
    """
    like = values(type(settings)() if default is None else default)
    return {
        name: _written(value) for name, value in values(settings).items() if value != like[name]
    }


def query(settings: object) -> str:
    """Return the query string of a configuration, empty for the default."""
    return urlencode(encode(settings))


def decode(
    kind: type[Settings], parameters: Mapping[str, str], default: Settings | None = None
) -> Opened:
    """Return the configuration of class ``kind`` that the parameters describe, and what was wrong.

    What they say nothing of is as in ``default``.

    Settings that go together are taken together. Otherwise they are taken one after the other, in
    the link's order: what cannot be, or does not go with the others, is named and left out, and
    the others stand.
    """
    like: Any = kind() if default is None else default
    known = values(like)
    read: dict[str, Any] = {}
    problems = []
    if len(parameters) > MOST_VALUES:
        problems.append(f"The link has {len(parameters)} settings; {MOST_VALUES} were read.")
    for name, text in list(parameters.items())[:MOST_VALUES]:
        if name not in known:
            problems.append(f"The link has an unknown setting, {_short(name)}; it was ignored.")
            continue
        try:
            read[name] = _read(name, text, known[name])
        except (ValueError, TypeError, OverflowError) as error:
            problems.append(_refused(error, text))
    try:
        return Opened(turned(like, read), tuple(problems))
    except (ValueError, TypeError, OverflowError):
        return _piece_by_piece(like, read, parameters, problems)


def _piece_by_piece(
    default: Any, read: Mapping[str, Any], parameters: Mapping[str, str], problems: list[str]
) -> Opened:
    taken, refused = _together(default, read)
    for name, error in refused.items():
        if _stands_alone(default, name, read[name]):
            said = (
                f"The link's settings do not go together: {error}. Without {_short(name)} they do."
            )
            problems.append(said)
        else:
            problems.append(_refused(error, parameters[name]))
    return Opened(taken, tuple(problems))


def _stands_alone(default: Any, name: str, value: Any) -> bool:
    try:
        turned(default, {name: value})
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def _together(default: Any, good: Mapping[str, Any]) -> tuple[Any, Mapping[str, Exception]]:
    """The configuration of all that go together, and why the others do not go with them.

    One that needs another which the link has later is tried again after it.
    """
    taken: dict[str, Any] = {}
    left = dict(good)
    while True:
        refused: dict[str, Exception] = {}
        for name, value in left.items():
            try:
                turned(default, {**taken, name: value})
            except (ValueError, TypeError, OverflowError) as error:
                refused[name] = error
            else:
                taken[name] = value
        if len(refused) == len(left):
            return turned(default, taken), refused
        left = {name: left[name] for name in refused}


def _refused(error: Exception, text: str) -> str:
    said = str(error).replace(text, f"{text[:SHOWN]}…") if len(text) > SHOWN else error
    return f"In the link: {said}. The default is used."


def split(link: str) -> tuple[str, dict[str, str]]:
    """Return page and parameters of a link: ``http://host/gans?seed=3`` is gans and seed 3.

    Raises ValueError for text that is no link.
    """
    if len(link) > LONGEST_VALUE * 4:
        raise ValueError(f"the link is {len(link)} characters long; {LONGEST_VALUE * 4} are read")
    parts = urlsplit(link)
    return parts.path.rstrip("/").rpartition("/")[2], parameters(parts.query)


def parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query, "?third=&seed=3": an empty value is one, too."""
    return dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _read(name: str, text: str, like: object) -> object:
    if len(text) > LONGEST_VALUE:
        raise ValueError(f"{name} is {len(text)} characters long; at most {LONGEST_VALUE} are read")
    if isinstance(like, str):
        return text
    if isinstance(like, bool):
        if text not in {"yes", "no"}:
            raise ValueError(f"{name} must be yes or no, not {_short(text)}")
        return text == "yes"
    # int() and float() read thousands of digits, underscores and other scripts' numerals gladly
    plain = len(text) <= 25 and text.isascii() and "_" not in text
    try:
        number = float(text) if plain else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a number, not {_short(text)}")
    if isinstance(like, int):
        if number != int(number):
            raise ValueError(f"{name} must be a whole number, not {_short(text)}")
        return int(number)
    return number


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "·" for c in text[:SHOWN])
    return f"'{shown}{'…' if len(text) > SHOWN else ''}'"
