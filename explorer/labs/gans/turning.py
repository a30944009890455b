"""Dials that are turned while a run goes on, as one line of text that fits into a link.

``"400:critic_steps=1;900:penalty_weight=10.0,b.spectral=yes"``: from step 400 on one step of the
judge, from step 900 on another penalty everywhere, and spectral normalisation in game b alone.
"""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

from explorer import dials as rows

MOST_CHANGES = 50
SIDES = ("a", "b", "c", "d")
OWN = "objective"
"""how a change that is one game's alone calls the game's objective"""
FIELD_OF_SIDE = dict(zip(SIDES, ("first", "second", "third", "fourth"), strict=True))

Turn = tuple[int, dict[str, Any]]
"""The step after which dials were turned, and their new values by name; "b.name" is b's alone."""


class NotAliveError(ValueError):
    """A dial that cannot turn while it trains, in one line."""


Kind = TypeVar("Kind", bound="Turning")


@dataclass(frozen=True, kw_only=True)
class Turning:
    """What a configuration with ``changes`` can do; a frozen dataclass inherits it.

    Its rows say which dials can turn while it trains.
    """

    changes: str = rows.dial("", "Turned on the way")

    def _free(self) -> frozenset[str]:
        """The dials that no run with ``changes`` depends on."""
        return frozenset()

    def _live(self) -> tuple[str, ...]:
        """The dials that turn while it trains."""
        return tuple(name for name in rows.live(self) if name not in self._free())

    def turns(self) -> list[Turn]:
        """What was turned when, in the order of ``changes``. ValueError where it cannot be read."""
        found: list[Turn] = []
        for piece in filter(None, self.changes.split(";")):
            step, _, values = piece.partition(":")
            try:
                pairs = dict(pair.split("=", 1) for pair in values.split(","))
                for name in pairs:
                    self._check_alive(name)
                turned = {name: self._read(name, text) for name, text in pairs.items()}
                found.append((int(step), turned))
            except NotAliveError:
                raise
            except ValueError:
                raise ValueError(
                    f"a change must read '400:critic_steps=1', not {piece[:40]!r}"
                ) from None
        if len(found) > MOST_CHANGES:
            raise ValueError(f"at most {MOST_CHANGES} changes fit into one run, not {len(found)}")
        steps = [step for step, _ in found]
        for before, after in zip([-1, *steps], steps, strict=False):
            if after <= before:
                raise ValueError(f"changes must come at rising steps, not at {after} again")
        return found

    def at(self: Kind, turned: dict[str, Any], side: str = "") -> Kind:
        """This configuration with some dials turned, of one game or of all."""
        named = {}
        for name, value in turned.items():
            owner, _, rest = name.rpartition(".")
            if owner in ("", side):
                named[self._field(name) if owner else rest] = value
        return replace(self, changes="", **named)

    def turned(self: Kind) -> Kind:
        """The configuration whose dials stand where this one's stand at its end.

        What only one game was told is not on the common dials and is left out, but for its
        objective.
        """
        end: dict[str, Any] = {}
        for _, values in self.turns():
            end |= {name: v for name, v in values.items() if "." not in name}
            end |= {self._field(n): v for n, v in values.items() if n.endswith(f".{OWN}")}
        return replace(self, changes="", **end)

    def turn(self: Kind, step: int, wanted: Kind) -> Kind:
        """This run with its dials turned to ``wanted`` after ``step``.

        Where more than a live dial differs, or nothing was trained yet, that is a new run.
        """
        asked = rows.values(replace(wanted, changes=""))
        mine = rows.turned(self, {name: asked[name] for name in self._free()})
        now = mine.turned()
        different = [name for name, value in rows.values(now).items() if value != asked[name]]
        if not different:
            return mine
        before = [(at, values) for at, values in mine.turns() if at < step]
        alive = set(different) <= set(self._live()) and not any(
            self._appears(name, now, wanted) for name in different
        )
        if step <= 0 or not alive or len(before) >= MOST_CHANGES:
            return replace(wanted, changes="")
        base = replace(mine, changes=written(before))
        stood = base.turned()
        news = {
            name: getattr(wanted, name)
            for name in self._live()
            if getattr(wanted, name) != getattr(stood, name)
        }
        return replace(base, changes=written([*before, (step, news)] if news else before))

    def fork(self: Kind, step: int, side: str, **values: Any) -> Kind:
        """One more game, equal to ``side`` up to ``step`` and with other dials from there on.

        ``values`` are live dials; "objective" is the new game's own. Both futures are then seen
        side by side. ValueError where four games play already, or ``side`` does not.
        """
        objectives = {name: getattr(self, field) for name, field in FIELD_OF_SIDE.items()}
        if not objectives.get(side):
            raise ValueError(f"there is no game {side!r} to fork")
        free = [name for name, objective in objectives.items() if not objective]
        if not free:
            raise ValueError("four games play already: take one away before you fork another")
        new = free[0]
        told: dict[int, dict[str, Any]] = {}
        for at, given in self.turns():
            told[at] = dict(given)
            for name, value in given.items():
                if name.startswith(f"{side}."):
                    told[at][new + name[len(side) :]] = value
                elif name == FIELD_OF_SIDE[side]:
                    told[at][f"{new}.{OWN}"] = value
        told[step] = told.get(step, {}) | {f"{new}.{name}": v for name, v in values.items()}
        told = {at: given for at, given in told.items() if given}
        steps = f"{FIELD_OF_SIDE[side]}_steps"
        return replace(
            self,
            changes=written(sorted(told.items())),
            **{
                FIELD_OF_SIDE[new]: objectives[side],
                f"{FIELD_OF_SIDE[new]}_steps": getattr(self, steps),
            },
        )

    def _check_alive(self, name: str) -> None:
        if self._field(name) not in self._live():
            raise NotAliveError(
                f"{name[:40]} cannot change while it trains; choose from "
                + ", ".join(map(repr, self._live()))
            )

    def _appears(self, name: str, now: "Turning", wanted: "Turning") -> bool:
        """Whether a game comes or goes by this: that is no turn of a dial."""
        return name in FIELD_OF_SIDE.values() and not (getattr(now, name) and getattr(wanted, name))

    def _field(self, name: str) -> str:
        owner, _, rest = name.rpartition(".")
        if owner and owner not in SIDES:
            return name
        return FIELD_OF_SIDE[owner] if owner and rest == OWN else rest

    def _read(self, name: str, text: str) -> Any:
        like = getattr(self, self._field(name))
        if isinstance(like, bool):
            return {"yes": True, "no": False}.get(text) if text in ("yes", "no") else int("")
        return type(like)(text)


def written(turns: list[Turn]) -> str:
    """Turns as one line of text."""
    return ";".join(
        f"{step}:" + ",".join(f"{name}={_text(value)}" for name, value in sorted(values.items()))
        for step, values in turns
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else repr(value)
