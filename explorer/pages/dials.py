"""The dials of a page: their values are one frozen configuration, kept in the link.

The configuration is the only truth. It comes from the link when the page opens with one, from the
session when the viewer returns, and from the defaults otherwise; after every run of the script its
differences from the defaults are the link again. What a dial is called, may be and offers stands
in its row (`explorer.dials`); a page says only where it stands.

A dial never shows something else than what plays: a value that the configuration refuses is put
back before the page is drawn, and one sentence says why (`refuse` does so for what only the page
finds out). The sentence stands beside the dial that was turned, and comes with the value that it is
put back to; where no dial was turned it stands above the page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NoReturn, TypeVar

import streamlit as st

from explorer import dials as rows
from explorer.dials import Dial
from explorer.pages import history, led
from explorer.pages.whole import uninterrupted
from explorer.runs import links

Settings = TypeVar("Settings")


class Dials(Generic[Settings]):
    """The dials of one page; ``finish`` returns the configuration that they show.

    ``standing`` turns a configuration from a link into the one whose values the dials show, where
    the two differ. Without a link they stand at ``default``; if not given, at that of ``kind``.
    """

    above = False  # whether they stand over the picture, whatever the page says

    def __init__(
        self,
        page: str,
        kind: type[Settings],
        standing: Callable[[Settings], Settings] | None = None,
        default: Settings | None = None,
    ) -> None:
        self.page = page
        self.kind = kind
        self._standing = standing or (lambda settings: settings)
        self._default = kind() if default is None else default
        self._rows = rows.dials(kind)
        self.defaults = rows.values(self._default)
        self._names = tuple(self.defaults)
        self._tabs: set[str] = set()  # the dials that stand in no column
        self._made: tuple[dict[str, Any], Settings] | None = None  # what they stood at when asked
        with uninterrupted():
            self._begin()

    def _begin(self) -> None:
        """Stand where the address says, for who has just come or gone back, or where they left."""
        state, page = st.session_state, self.page
        arrived = dict(st.query_params)
        self.editions: dict[str, int] = state.setdefault(f"{page}:editions", {})
        self._just_here = entered(page)
        went = history.went()
        if self._just_here and (led.counts() or arrived):
            self._travel(arrived)
        elif went is not None and not self._just_here:
            self._travel(went)
        elif f"{page}:settings" not in state:
            state[f"{page}:settings"] = self._default
        self.last: Settings = state[f"{page}:settings"]
        if (put_back := state.pop(f"{page}:back", None)) is not None:
            self._turn(self._turned_from(rows.values(put_back)))
        stands = rows.values(self._standing(self.last))
        for name in self._names:
            if self.key(name) not in state:
                state[self.key(name)] = stands[name]

    def opened(self, parameters: Mapping[str, str]) -> links.Opened:
        """Return the configuration that an address stands for, and what was wrong in it."""
        return links.decode(self.kind, parameters)

    def link(self, settings: Settings) -> dict[str, str]:
        """Return the query parameters of the address of a configuration."""
        return links.encode(settings)

    def shows(self, name: str) -> bool:
        """Return whether a dial of that name may stand in the column."""
        return True

    def key(self, name: str) -> str:
        """Return the widget key of a setting."""
        return f"{self.page}.{name}"

    def row(self, name: str) -> Dial:
        """Return the row of a dial, for what else on the page is about it."""
        return self._rows[name]

    def tabs(self, name: str) -> None:
        """Show a choice as a row of tabs: the page below is another one when it is turned."""
        row = self._rows[name]
        self._tabs.add(name)
        st.segmented_control(
            row.label,
            row.names,
            key=self.key(name),
            format_func=row.written,
            help=row.help or None,
            required=True,
            width="content",
            label_visibility="collapsed",
            on_change=lambda: self._turn_tab(name),
        )

    def _turn_tab(self, name: str) -> None:
        self.refused.clear()
        self.set(**{name: self.value(name)})

    def refuse(self, why: Exception | str, instead: Settings) -> NoReturn:
        """Show another configuration than the dials ask for, with one sentence that says why.

        The script runs again at once, with the dials at ``instead``.
        """
        turned = [] if self._just_here else list(self._turned_from(self._shown(instead)))
        if turned and not self._tabs & set(turned):
            self.refused[turned[0]] = sentence(why)
        else:
            self.say(sentence(why))
        back = self._standing(instead)
        with uninterrupted():
            st.session_state[f"{self.page}:settings"] = instead
            st.session_state[f"{self.page}:back"] = back
            st.session_state[f"{self.page}:unlinked"] = True
        st.rerun()

    def set(self, **values: Any) -> None:
        """Turn dials from a callback; a stage that shows them takes these values over."""
        for name in values:
            self.refused.pop(name, None)
        self._turn(values)

    def _turn(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            st.session_state[self.key(name)] = value
            self.editions[name] = self.editions.get(name, 0) + 1

    def settle(self, said: Mapping[str, Any], then: Mapping[str, Callable[[], None]]) -> None:
        """Take over where the dials of a stage came to rest; ``said`` is what the browser says.

        A dial that the page itself has turned meanwhile stays as the page turned it. ``then`` turns
        what must turn with a dial, by its name. What cannot be is put back, and a sentence beside
        it says why.
        """
        self.refused.clear()
        given, knew = said.get("settings"), said.get("editions")
        if not isinstance(given, Mapping) or not isinstance(knew, Mapping):
            return
        fresh = {
            name: value
            for name, value in given.items()
            if name in self._names and knew.get(name, 0) == self.editions.get(name, 0)
        }
        stood = self.stands()
        new = stood | rows.typed(self._default, fresh)
        turned = [name for name in self._names if new[name] != stood[name]]
        try:
            for name, row in self._rows.items():
                row.check(name, new[name], self.default(name))
            st.session_state.update({self.key(name): value for name, value in new.items()})
            for name, act in then.items():
                if new[name] != stood[name]:
                    act()
            rows.turned(self._default, self.stands())
        except (ValueError, TypeError, OverflowError) as error:
            why = f"{sentence(error)} Nothing was changed."
            if turned:
                self.refused[self._blamed(turned, stood, new)] = why
            else:
                self.say(why)
            self._turn({name: stood[name] for name in turned or self._names})

    def _blamed(
        self, turned: Sequence[str], stood: Mapping[str, Any], new: Mapping[str, Any]
    ) -> str:
        """Return which of these dials alone cannot be turned so; the first where all can."""
        for name in turned:
            try:
                self._rows[name].check(name, new[name], self.default(name))
                rows.turned(self._default, {**stood, name: new[name]})
            except (ValueError, TypeError, OverflowError):
                return name
        return turned[0]

    def _travel(self, parameters: Mapping[str, str]) -> None:
        """Stand where an address says."""
        opened = self.opened(parameters)
        st.session_state[f"{self.page}:settings"] = opened.settings
        self.say(*opened.problems)
        self._place(self._standing(opened.settings))

    def stands(self) -> dict[str, Any]:
        """Return what every dial shows."""
        return {name: self.value(name) for name in self._names}

    def default(self, name: str) -> Any:
        """Return what a dial is without a link."""
        return self.defaults[name]

    def value(self, name: str) -> Any:
        """Return what a dial shows."""
        return st.session_state[self.key(name)]

    def start_over(self) -> None:
        """Forget what was turned while a run went on: a run from the start with these dials."""
        st.session_state[f"{self.page}:settings"] = self.wanted()
        st.session_state[f"{self.page}:unlinked"] = True

    def wanted(self) -> Settings:
        """Return the configuration the dials show; the last good one, with a sentence, if none."""
        wanted = self.stands()
        if self._made is not None and self._made[0] == wanted:
            return self._made[1]  # a page asks several times
        try:
            made = rows.turned(self._default, wanted)
            self._made = wanted, made
            return made
        except (ValueError, TypeError) as error:
            self.refuse(f"{sentence(error)} Nothing was changed", self.last)

    def finish(self, settings: Settings) -> None:
        """Keep the configuration: in the session, and in the link where it has changed.

        Where it has not, the address is another one because it is older than what the dials show,
        or because the viewer goes back to it just now: another run of the script begins then.
        """
        link = self.link(settings)
        with uninterrupted():
            unlinked = st.session_state.pop(f"{self.page}:unlinked", False)
            changed = self._just_here or unlinked or settings != self.last
            st.session_state[f"{self.page}:settings"] = self.last = settings
            if changed and dict(st.query_params) != link:
                st.query_params.from_dict(link)

    def problems(self) -> None:
        """Show, once, one sentence for each thing that was wrong in the link or on a dial."""
        for problem in st.session_state.pop(f"{self.page}:problems", ()):
            st.warning(problem, icon=":material/error:")

    def say(self, *problems: str) -> None:
        """Say sentences above the page; from a callback, or before the page is drawn."""
        before = st.session_state.get(f"{self.page}:problems", ())
        st.session_state[f"{self.page}:problems"] = (*before, *problems)

    @property
    def refused(self) -> dict[str, str]:
        """Why dials were put back, by their names, until the browser says what it stands at next.

        Not only for one run of the script: one that is cut short tells the browser nothing.
        """
        found: dict[str, str] = st.session_state.setdefault(f"{self.page}:refused", {})
        return found

    def _shown(self, settings: Settings) -> dict[str, Any]:
        """Return what the dials show of a configuration."""
        return rows.values(self._standing(settings))

    def _turned_from(self, there: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the dials stood at ``there`` where they now show something else."""
        return {name: value for name, value in there.items() if self.value(name) != value}

    def _place(self, settings: Settings) -> None:
        self.set(**rows.values(settings))


def entered(page: str) -> bool:
    """Return whether the viewer has just come to a page, rather than turned something on it.

    Only then is the address a link. While somebody turns dials quickly, each run of the script is
    told an address that is older than what the dials show.
    """
    before = st.session_state.get("here")
    st.session_state["here"] = page
    return before != page


def sentence(error: Exception | str) -> str:
    """Return what an error says as a sentence."""
    text = str(error).strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
