"""The dials of a step: they stand as its link says, and only those that it opens are shown."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.lessons.lesson import Step
from explorer.pages.dials import Dials
from explorer.pages.lessons.walking import RESERVED, Walk, moved
from explorer.pages.whole import uninterrupted
from explorer.runs import links

PREFIX = "lab."  # before a setting that is called as a part of the address of a lesson


class Guided(Dials[Any]):
    """The dials of a step of a walk: the address says the walk, and what differs from the step."""

    above = True

    def __init__(self, walk: Walk) -> None:
        step = walk.step
        self.walk = walk
        super().__init__(
            f"lesson:{walk.lesson.name}:{walk.at}",
            type(step.settings),
            standing=_standing(step),
            default=step.settings,
        )
        with uninterrupted():
            if moved():
                st.session_state[f"{self.page}:unlinked"] = True

    @property
    def step(self) -> Step:
        """The step that they belong to."""
        return self.walk.step

    def opened(self, parameters: Mapping[str, str]) -> links.Opened:
        """Return the configuration of an address; that of the step, if it is of another one."""
        own = self.walk.link()
        if any(parameters.get(name) != own[name] for name in ("lesson", "step")):
            return links.Opened(self.step.settings)
        rest = {
            name.removeprefix(PREFIX): value
            for name, value in parameters.items()
            if name not in RESERVED
        }
        return links.decode(self.kind, rest, self.step.settings)

    def link(self, settings: Any) -> dict[str, str]:
        """Return the address: where in which lesson, the answers, and what was turned."""
        differs = links.encode(settings, self.step.settings)
        turned = {
            f"{PREFIX}{name}" if name in RESERVED else name: value
            for name, value in differs.items()
        }
        return self.walk.link() | turned

    def shows(self, name: str) -> bool:
        """Return whether the step opens a dial."""
        return name in self.step.dials


def _standing(step: Step) -> Any:
    turned = getattr(step.settings, "turned", None)
    return type(step.settings).turned if turned is not None else _as_it_is


def _as_it_is(settings: Any) -> Any:
    return settings
