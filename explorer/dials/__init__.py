"""A dial is one row: what a setting is called, what it may be, what it starts at, and what it does.

A configuration is a frozen dataclass whose fields are made by `dial`. The row stands in the field
itself, so that validation, links, pages, the words of events and exported scripts read one place::

    @dataclass(frozen=True)
    class Portrait:
        h: float = dial(0.2, "Length of a move", low=0.001, high=1.0, offered=(0.1, 0.2, 0.5))

        def __post_init__(self) -> None:
            check(self)

A configuration may hold another one; the settings of the inner are called ``outer_inner`` in links
and on pages: the field ``dirac: Portrait`` gives ``dirac_h``.

This room knows nothing but Python: whoever has settings may use it.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

ROW = "dial"
"""under which name a field keeps its row"""
REPEATS = "repeats"
"""under which name a field keeps whose dial it is once more: the class, and its name there"""
REPEATED = 40
"""characters of a wrong value that its message repeats"""

NAMED = 16
"""choices that the message about a wrong one lists; a menu shows them all"""

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Settings = TypeVar("Settings")
Choices = Mapping[str, Any] | Collection[str]


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One row. Its default is the field's own.

    ``low`` and ``high`` are the least and the largest value that the mathematics takes. ``offered``
    are the values, or the two ends of the scale, that a page offers; empty: all that is allowed.
    A value beyond them comes by link. ``choices`` is a registry, whose entries may carry a
    ``label``, or a collection of names; ``none`` is what the choice of nothing is called, where an
    empty name is one.
    """

    label: str
    help: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None  # from one value of a scale to the next
    offered: tuple[Any, ...] = ()
    choices: Choices | Callable[[], Choices] | None = None
    none: str = ""
    longest: int | None = None  # characters of a text
    letters: str = ""  # the only ones that a text may have, where not all may be
    powers: bool = False  # whether a number is written as a power of ten
    shown: Callable[[Any], str] | None = None  # a value as it is written beside the dial
    unit: str = ""
    live: bool = False  # whether it turns while a run goes on
    said: str = ""  # what a sentence calls it, where its label does not do

    @property
    def name(self) -> str:
        """What a sentence calls it: its label as it stands within a sentence, if nothing else."""
        if self.said:
            return self.said
        word, *_ = self.label.split() or [""]
        plain = word[1:].islower() or len(word) < 2  # neither "WGAN-GP" nor "R1"
        return self.label[:1].lower() + self.label[1:] if plain else self.label

    @property
    def names(self) -> tuple[str, ...]:
        """What may be chosen, in the order of the registry; the choice of nothing comes first."""
        some = self.choices() if callable(self.choices) else self.choices
        return (*([""] if self.none else []), *(some or ()))

    @property
    def ends(self) -> tuple[Any, Any]:
        """The least and the largest number that a page offers."""
        return (self.offered[0], self.offered[-1]) if self.offered else (self.low, self.high)

    def written(self, value: Any) -> str:
        """A value as it is written beside the dial: its entry's label, or the value itself."""
        if value == "" and self.none:
            return self.none
        if self.shown is not None:
            return self.shown(value)
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, int | float):
            return power(value) if self.powers else _plain(value)
        some = self.choices() if callable(self.choices) else self.choices
        entry = some.get(value) if isinstance(some, Mapping) else None
        return str(getattr(entry, "label", entry if isinstance(entry, str) else value))

    def check(self, name: str, given: object, like: object) -> None:
        """Raise ValueError, one line, where ``given`` cannot be the value of this dial.

        ``like`` is the default: a whole number asks for whole numbers, a switch for a truth value,
        and None for nothing or a number.
        """
        if like is None and given is None:
            return
        if self.choices is not None:
            if given not in self.names:
                allowed = ", ".join(map(repr, self.names[:NAMED]))
                if more := len(self.names[NAMED:]):
                    allowed += f" and {more} more"
                raise ValueError(f"unknown {name} {_repeated(given)}; choose from {allowed}")
        elif isinstance(like, bool):
            if not isinstance(given, bool):
                raise ValueError(f"{name} must be true or false, not {_repeated(given)}")
        elif isinstance(like, str):
            self._check_text(name, given)
        else:
            self._check_number(name, given, whole=isinstance(like, int))

    def _check_text(self, name: str, given: object) -> None:
        if not isinstance(given, str):
            raise ValueError(f"{name} must be text, not {_repeated(given)}")
        if self.longest is not None and len(given) > self.longest:
            raise ValueError(
                f"{name} must have at most {self.longest:,} characters, not {len(given):,}"
            )
        if self.letters and set(given) - set(self.letters):
            raise ValueError(f"{name} must be letters of {self.letters!r}, not {_repeated(given)}")

    def _check_number(self, name: str, given: object, whole: bool) -> None:
        if whole and (not isinstance(given, int) or isinstance(given, bool)):
            raise ValueError(f"{name} must be a whole number, not {_repeated(given)}")
        if (
            not isinstance(given, int | float)
            or isinstance(given, bool)
            or (isinstance(given, float) and not math.isfinite(given))
        ):
            raise ValueError(f"{name} must be a number, not {_repeated(given)}")
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not low <= given <= high:
            raise ValueError(
                f"{name} must be between {_plain(low)} and {_plain(high)}, not {_plain(given)}"
            )


def dial(default: Any, label: str, help: str = "", **row: Any) -> Any:
    """A field of a configuration with its row; ``row`` are the other fields of `Dial`."""
    made = Dial(label=label, help=help, **row)
    return field(default=default, metadata={ROW: made})


def again(kind: type, name: str, default: Any = MISSING, **row: Any) -> Any:
    """The field of another configuration once more, with another default or parts of its row.

    It may have another name; `part` finds it. Raises ValueError where ``kind`` has no such dial.
    """
    for known in fields(kind):
        if known.name == name and ROW in known.metadata:
            other = known.default if default is MISSING else default
            made = replace(known.metadata[ROW], **row)
            return field(default=other, metadata={ROW: made, REPEATS: (kind, name)})
    raise ValueError(f"{kind.__name__} has no dial {name!r}")


def part(settings: object, kind: type[Settings], **rest: Any) -> Settings:
    """The configuration of class ``kind`` whose dials some of these settings are (`again`).

    ``rest`` is what they say nothing of, and what stands in for what they say.
    """
    given = {}
    for known in fields(settings):  # type: ignore[arg-type]
        whose, name = known.metadata.get(REPEATS, (None, ""))
        if whose is kind:
            given[name] = getattr(settings, known.name)
    return kind(**(given | rest))


def check(settings: object) -> None:
    """Raise ValueError, one line, for the first setting that its own row does not allow.

    It names what is wrong, what is allowed and what was given. What settings must be together is
    each configuration's own affair.
    """
    for known in fields(settings):  # type: ignore[arg-type]
        row = known.metadata.get(ROW)
        if row is not None:
            row.check(known.name, getattr(settings, known.name), known.default)


def dials(kind: type | object) -> dict[str, Dial]:
    """Every dial of a configuration by the name that links and pages call it."""
    found: dict[str, Dial] = {}
    for name, inner in _fields(kind):
        if is_dataclass(inner.default):
            found |= {f"{name}_{deeper}": row for deeper, row in dials(inner.default).items()}
        elif ROW in inner.metadata:
            found[name] = inner.metadata[ROW]
    return found


def live(kind: type | object) -> tuple[str, ...]:
    """The names of the dials that turn while a run goes on."""
    return tuple(name for name, row in dials(kind).items() if row.live)


def values(settings: object) -> dict[str, Any]:
    """Every setting by the name that links and pages call it, those of inner ones included."""
    found: dict[str, Any] = {}
    for name, _ in _fields(settings):
        value = getattr(settings, name)
        if is_dataclass(value):
            found |= {f"{name}_{deeper}": inner for deeper, inner in values(value).items()}
        else:
            found[name] = value
    return found


def shared(settings: object, kind: type) -> dict[str, Any]:
    """The settings that configurations of ``kind`` have too, by name: what one takes over."""
    theirs = {name for name, _ in _fields(kind)}
    return {name: getattr(settings, name) for name, _ in _fields(settings) if name in theirs}


def turned(settings: Settings, wanted: Mapping[str, Any]) -> Settings:
    """The configuration with some settings changed, called as `values` calls them.

    Raises ValueError for a name that it does not have, and what the configurations themselves say
    of a wrong value; inside another configuration they call it by its whole name.
    """
    left = dict(wanted)
    given: dict[str, Any] = {}
    for name, _ in _fields(settings):
        value = getattr(settings, name)
        if not is_dataclass(value):
            if name in left:
                given[name] = left.pop(name)
            continue
        inner = {
            deeper: left.pop(f"{name}_{deeper}")
            for deeper in values(value)
            if f"{name}_{deeper}" in left
        }
        if inner:
            given[name] = _inside(name, value, inner)
    if left:
        raise ValueError(f"there is no setting {next(iter(left))[:REPEATED]!r}")
    return replace(settings, **given)  # type: ignore[type-var]


def typed(settings: object, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them, each in the type of its setting: 3 as 3.0 where a number is one.

    What has no such form is left as it is, for the rows to refuse.
    """
    like = values(settings)
    return {name: _typed(value, like.get(name)) for name, value in given.items()}


def _typed(value: Any, like: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(like, float) or like is None:
        return float(value) if abs(value) < 2.0**1000 else value
    whole = isinstance(like, int) and not isinstance(like, bool) and math.isfinite(value)
    return int(value) if whole and value == int(value) else value


def _inside(name: str, settings: Any, wanted: Mapping[str, Any]) -> Any:
    """The inner configuration turned; its complaints call a setting by its whole name."""
    rows = dials(settings)
    for inner, value in wanted.items():
        if inner in rows:
            rows[inner].check(f"{name}_{inner}", value, values(settings)[inner])
    return turned(settings, wanted)


def _fields(kind: type | object) -> Iterator[tuple[str, Any]]:
    for known in fields(kind):  # type: ignore[arg-type]
        if known.init:
            yield known.name, known


def _repeated(given: object) -> str:
    return repr(given[:REPEATED]) if isinstance(given, str) else repr(given)[: 2 * REPEATED]


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def power(number: float) -> str:
    """A number as a power of ten, to six digits: 10⁻³, 5·10⁻⁴; zero as 0."""
    if number == 0:
        return "0"
    mantissa, _, exponent = f"{number:.5e}".partition("e")
    ten = f"10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return ten if float(mantissa) == 1 else f"{float(mantissa):g}·{ten}"
