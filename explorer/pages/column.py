"""The column of dials beside a picture: drawn by the stage, from the rows, past the page's script.

A page says which dials stand there and in what order. While one is dragged the stage asks for the
picture itself; the page hears of the values once they have settled, all of them at once. So no
click is lost, however many come while the script runs: a value is said and never "one more".
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from explorer.dials import Dial
from explorer.pages.dials import Dials
from explorer.stage import messages
from explorer.stage.messages import Group, Knob, Setting

ROW_OF_NAMES = 3  # so many names fit beside each other; more unfold as a menu
MOST_WRITTEN = 1_001  # steps of a slider that each have a text of their own

As = Literal["row", "menu", "field", "lines", "pad", ""]


@dataclass(frozen=True)
class Offer:
    """Several dials under one name: what choosing it turns, and where it is said to be chosen."""

    label: str
    turns: Mapping[str, Setting]
    stands: Mapping[str, Setting]


class Column:
    """The dials of a page, in groups.

    ``picks`` names the setting of each selection that a viewer can make in the picture. The dials
    stand beside the picture, or ``above`` it where a window is too narrow for both.
    """

    def __init__(
        self, dials: Dials[Any], picks: Mapping[str, str] | None = None, above: bool = False
    ) -> None:
        self._dials = dials
        self._picks = dict(picks or {})
        self._above = above or dials.above
        self._groups: list[tuple[str, bool, list[Knob]]] = [("", False, [])]
        self._then: dict[str, Callable[[], None]] = {}

    def group(self, title: str, folded: bool = False) -> None:
        """Begin a group; a folded one shows its title alone until it is asked for."""
        self._groups.append((title, folded, []))

    def show(
        self,
        name: str,
        *,
        label: str = "",
        help: str = "",
        offered: Sequence[Any] = (),
        written: Callable[[Any], str] | None = None,
        labelled: bool = True,
        as_: As = "",
        next: bool = False,
        turns: Mapping[Any, Mapping[str, Setting]] | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Show the dial of that name as its row says.

        A switch for a truth value, a row of names or a menu for a choice (``as_``: "row" unless
        there are more than three), a scale over the values on offer, a slider between two ends, a
        field for a number (``as_`` "field"), a line for a text, or several (``as_`` "lines").
        ``label``, ``help``, ``offered`` and ``written`` stand in for the row's own where only the
        moment knows them.

        ``next`` puts a button beside a field that goes on by one. ``turns`` are the dials that turn
        in the same moment, by the value of a choice that asks for it; ``then`` turns what the page
        alone knows, once the dials have settled.
        """
        row, like, value = self._dials.row(name), self._dials.default(name), self._dials.value(name)
        write = written or row.written
        kind = _kind(row, like, tuple(offered), as_)
        knob = _blank(name, kind, label or row.label, help or row.help) | {
            "whole": isinstance(like, int) and not isinstance(like, bool),
            "powers": row.powers,
            "unit": row.unit,
            "longest": row.longest,
            "next": next,
            "labelled": labelled,
        }
        if kind in ("row", "menu", "scale", "letters"):
            some = list(offered or (row.names if row.choices is not None else row.offered))
            if kind == "scale" and value not in some:  # one that only the link knows joins them
                some = sorted([*some, value])
            knob |= {"values": some, "written": [write(each) for each in some]}
            if turns is not None:
                knob["turns"] = [turns.get(each, {}) for each in some]
        elif kind == "pad":
            knob |= {"low": offered[0], "high": offered[-1]}
        elif kind in ("slider", "field"):
            low, high = (offered[0], offered[-1]) if offered else row.ends
            low, high = min(low, value), max(high, value)
            step = row.step or (1 if knob["whole"] else None)
            knob |= {"low": low, "high": high, "step": step}
            special = written or row.shown
            if special and step and (high - low) / step < MOST_WRITTEN:
                steps = math.floor((high - low) / step + 0.5) + 1
                knob["written"] = [
                    special(type(like)(round(low + k * step, 12))) for k in range(steps)
                ]
        self._add(knob)
        if then is not None:
            self._then[name] = then

    def offer(
        self,
        name: str,
        label: str,
        offers: Sequence[Offer],
        *,
        help: str = "",
        labelled: bool = True,
        as_: Literal["row", "menu"] = "menu",
    ) -> None:
        """Show what turns several dials at once and has no value of its own.

        It stands at the first of the offers whose dials all stand so; one that names none of them
        is what it stands at otherwise.
        """
        self._add(
            _blank(name, as_, label, help)
            | {
                "values": list(range(len(offers))),
                "written": [each.label for each in offers],
                "turns": [each.turns for each in offers],
                "stands": [each.stands for each in offers],
                "labelled": labelled,
            }
        )

    def _add(self, knob: Knob) -> None:
        if not self._dials.shows(knob["name"]):
            return
        self._groups[-1][2].append(knob)

    @property
    def told(self) -> messages.Column:
        """What the stage is told of it."""
        groups: list[Group] = [
            {"title": title, "folded": folded, "knobs": knobs}
            for title, folded, knobs in self._groups
            if knobs
        ]
        return {
            "groups": groups,
            "settings": self._dials.stands(),
            "defaults": self._dials.defaults,
            "editions": self._dials.editions,
            "refused": dict(self._dials.refused),
            "picks": self._picks,
            "above": self._above,
        }

    def settle(self, said: Mapping[str, Any]) -> None:
        """Take what the browser says its dials came to rest at."""
        self._dials.settle(said, self._then)


def _blank(name: str, kind: Any, label: str, help: str) -> Knob:
    """Return a knob of which no more is known than its kind, and what it is called."""
    return {
        "name": name,
        "kind": kind,
        "label": label,
        "help": help,
        "low": None,
        "high": None,
        "step": None,
        "whole": False,
        "powers": False,
        "unit": "",
        "values": (),
        "written": (),
        "turns": (),
        "stands": (),
        "longest": None,
        "next": False,
        "labelled": True,
    }


def _kind(row: Dial, like: Any, offered: tuple[Any, ...], as_: As) -> Any:
    if isinstance(like, bool):
        return "switch"
    if row.choices is not None or as_ == "menu":
        names = offered or row.names
        return "menu" if as_ == "menu" or (as_ == "" and len(names) > ROW_OF_NAMES) else "row"
    if isinstance(like, str):
        return as_ or ("letters" if row.letters and offered else "line")
    if as_ == "field":
        return "field"
    return "scale" if len(offered or row.offered) > 2 else "slider"
