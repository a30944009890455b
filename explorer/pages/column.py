"""The column of dials beside a picture: drawn by the stage, from the rows, past the page's script.

A page says which dials stand there and in what order. While one is dragged the stage asks for the
picture itself; the page hears of the values once they have settled, all of them at once. So no
click is lost, however many come while the script runs: a value is said and never "one more".
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from explorer.dials import Dial
from explorer.pages.dials import ROW_OF_NAMES, Dials
from explorer.stage import messages
from explorer.stage.messages import Group, Knob

MOST_WRITTEN = 1_001  # steps of a slider that each have a text of their own

As = Literal["row", "menu", "field", "lines", ""]


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
        self._above = above
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
        turns: Mapping[str, Any] | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Show the dial of that name as its row says; see `Dials.show`.

        ``next`` puts a button beside a field that goes on by one. ``turns`` are other settings that
        are turned with it at once, always to the same values; ``then`` turns what only the page can
        tell.
        """
        row, like, value = self._dials.row(name), self._dials.default(name), self._dials.value(name)
        write = written or row.written
        kind = _kind(row, like, tuple(offered), as_)
        knob: Knob = {
            "name": name,
            "kind": kind,
            "label": label or row.label,
            "help": help or row.help,
            "low": None,
            "high": None,
            "step": None,
            "whole": isinstance(like, int) and not isinstance(like, bool),
            "powers": row.powers,
            "unit": row.unit,
            "values": (),
            "written": (),
            "longest": row.longest,
            "next": next,
            "labelled": labelled,
            "turns": dict(turns or {}),
        }
        if kind in ("row", "menu", "scale"):
            some = list(offered or (row.names if row.choices is not None else row.offered))
            if kind == "scale" and value not in some:  # one that only the link knows joins them
                some = sorted([*some, value])
            knob |= {"values": some, "written": [write(each) for each in some]}
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
        self._groups[-1][2].append(knob)
        if then is not None:
            self._then[name] = then

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
            "picks": self._picks,
            "above": self._above,
        }

    def settle(self, said: Mapping[str, Any]) -> None:
        """Take what the browser says its dials came to rest at."""
        self._dials.settle(said, self._then)


def _kind(row: Dial, like: Any, offered: tuple[Any, ...], as_: As) -> Any:
    if isinstance(like, bool):
        return "switch"
    if row.choices is not None or as_ == "menu":
        names = offered or row.names
        return "menu" if as_ == "menu" or (as_ == "" and len(names) > ROW_OF_NAMES) else "row"
    if isinstance(like, str):
        return "lines" if as_ == "lines" else "line"
    if as_ == "field":
        return "field"
    return "scale" if len(offered or row.offered) > 2 else "slider"
