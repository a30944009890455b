"""The dials of a page: widgets whose values are one frozen configuration, kept in the link.

The configuration is the only truth. It comes from the link when the page opens with one, from the
session when the viewer returns, and from the defaults otherwise; after every run of the script its
differences from the defaults are the link again.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Generic, Literal, TypeVar

import streamlit as st

from explorer.runs import links

Settings = TypeVar("Settings")


class Dials(Generic[Settings]):
    """The dials of one page; ``finish`` returns the configuration that they show.

    ``shown`` turns a configuration from a link into the one whose values the dials show, where the
    two differ.
    """

    def __init__(
        self,
        page: str,
        kind: type[Settings],
        shown: Callable[[Settings], Settings] = lambda settings: settings,
    ) -> None:
        self.page = page
        self.kind = kind
        self._names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
        state = st.session_state
        arrived = dict(st.query_params)
        if entered(page) and arrived:
            opened = links.decode(kind, arrived)
            state[f"{page}:settings"] = opened.settings
            state[f"{page}:problems"] = opened.problems
            self._place(shown(opened.settings))
        elif f"{page}:settings" not in state:
            state[f"{page}:settings"] = kind()
        self.last: Settings = state[f"{page}:settings"]
        for name in self._names:
            if self.key(name) not in state:
                state[self.key(name)] = getattr(shown(self.last), name)

    def key(self, name: str) -> str:
        """Return the widget key of a setting."""
        return f"{self.page}.{name}"

    def slider(self, name: str, label: str, low: int, high: int, help: str | None = None) -> None:
        """Show a slider for a whole number."""
        st.slider(label, low, high, key=self.key(name), help=help)

    def real(self, name: str, label: str, low: float, high: float, step: float, help: str) -> None:
        """Show a slider for a real number; a value that only the link knows widens it."""
        value = self.value(name)
        low, high = min(low, value), max(high, value)
        st.slider(label, low, high, step=step, key=self.key(name), help=help)

    def steps(
        self,
        name: str,
        label: str,
        values: Sequence[Any],
        help: str | None,
        shown: Callable[[Any], str] = str,
    ) -> None:
        """Show a slider over given values; a value that only the link knows joins them."""
        value = st.session_state[self.key(name)]
        options = list(values) if value in values else sorted([*values, value])
        st.select_slider(label, options, key=self.key(name), format_func=shown, help=help)

    def choice(
        self,
        name: str,
        label: str,
        values: Sequence[Any],
        shown: Callable[[Any], str],
        help: str,
        labelled: bool = True,
        width: Literal["stretch", "content"] = "stretch",
    ) -> None:
        """Show one of a few names to choose from, all visible."""
        st.segmented_control(
            label,
            values,
            key=self.key(name),
            format_func=shown,
            help=help,
            required=True,
            width=width,
            label_visibility="visible" if labelled else "collapsed",
        )

    def menu(
        self, name: str, label: str, values: Sequence[Any], shown: Callable[[Any], str] = str
    ) -> None:
        """Show one of many names to choose from, unfolded on a click; its label is not shown."""
        st.selectbox(
            label, values, key=self.key(name), format_func=shown, label_visibility="collapsed"
        )

    def switch(self, name: str, label: str, help: str | None = None) -> None:
        """Show a switch, on or off."""
        st.toggle(label, key=self.key(name), help=help)

    def number(self, name: str, label: str, low: int, high: int, help: str) -> None:
        """Show a field for a whole number."""
        st.number_input(label, low, high, key=self.key(name), help=help, step=1)

    def text(self, name: str, label: str, longest: int, help: str) -> None:
        """Show a field for a line of text; what it wants stands in it while it is empty."""
        st.text_input(
            label,
            key=self.key(name),
            max_chars=longest,
            placeholder=help,
            label_visibility="collapsed",
        )

    def set(self, **values: Any) -> None:
        """Turn dials from a callback."""
        for name, value in values.items():
            st.session_state[self.key(name)] = value

    def value(self, name: str) -> Any:
        """Return what a dial shows."""
        return st.session_state[self.key(name)]

    def start_over(self) -> None:
        """Forget what was turned while a run went on: a run from the start with these dials."""
        st.session_state[f"{self.page}:settings"] = self.wanted()

    def wanted(self) -> Settings:
        """Return the configuration the dials show; the last good one, with a sentence, if none."""
        values = {name: self.value(name) for name in self._names}
        try:
            return self.kind(**values)
        except (ValueError, TypeError) as error:
            st.session_state[f"{self.page}:problems"] = (
                f"{_sentence(error)} Nothing was changed.",
            )
            return self.last

    def finish(self, settings: Settings) -> None:
        """Keep the configuration: in the session, and in the link."""
        state = st.session_state
        state[f"{self.page}:settings"] = self.last = settings
        link = links.encode(settings)
        if dict(st.query_params) != link:
            st.query_params.from_dict(link)

    def problems(self) -> None:
        """Show, once, one sentence for each thing that was wrong in the link or on a dial."""
        for problem in st.session_state.pop(f"{self.page}:problems", ()):
            st.warning(problem, icon=":material/error:")

    def _place(self, settings: Settings) -> None:
        for name in self._names:
            st.session_state[self.key(name)] = getattr(settings, name)


def entered(page: str) -> bool:
    """Return whether the viewer has just come to a page, rather than turned something on it.

    Only then is the address a link. While somebody turns dials quickly, each run of the script is
    told an address that is older than what the dials show.
    """
    before = st.session_state.get("here")
    st.session_state["here"] = page
    return before != page


def _sentence(error: Exception) -> str:
    text = str(error).strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
