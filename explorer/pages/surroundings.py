"""What surrounds every page: who is watching, the look, the heading, the link and the code."""

import inspect
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.pages import style, terms
from explorer.runs import links
from explorer.runs.desk import the_desk
from explorer.runs.filing import the_filing
from explorer.runs.hub import LimitError, Ticket, the_hub

Source = Callable[..., Any] | type | ModuleType


def _release(name: str) -> None:
    the_hub().release(name)
    the_desk().release(name)
    the_filing().release(name)


@st.cache_resource(scope="session", on_release=_release)
def _attend(name: str) -> str:
    """Hold the session's place; released when the tab is gone, which pauses its runs."""
    return name


def attend() -> str:
    """Return the name of this viewer's session, unguessable and the same until the tab closes."""
    name = st.session_state.setdefault("viewer", secrets.token_urlsafe(16))
    return _attend(name)


def dress() -> None:
    """Put the laboratory's own look over Streamlit's."""
    st.html(f"<style>{style.sheet(st.context.theme.type)}</style>")


def heading(question: str, under: str = "") -> None:
    """Write the question that the page answers, and one sentence under it."""
    st.html(f'<div class="heading"><h1>{question}</h1>{_paragraph(under)}</div>')


def sentence(text: str) -> None:
    """Write one sentence under a heading that stands elsewhere."""
    st.html(f'<div class="heading">{_paragraph(text)}</div>')


def _paragraph(text: str) -> str:
    return f"<p>{terms.explained(text)}</p>" if text else ""


def admitted(ask: Callable[[str], Ticket]) -> Ticket:
    """Return the ticket that the hub gives this viewer; its refusal is shown instead of a page."""
    try:
        return ask(attend())
    except LimitError as refusal:
        st.warning(str(refusal), icon=":material/groups:")
        st.stop()


def unfolded(title: str, text: str) -> None:
    """Write a title that unfolds into text; the text is sent only once it is asked for."""
    place = st.expander(title, key=f"unfolded.{title}", on_change="rerun")
    if place.open:
        place.markdown(text)


def row_of_actions() -> DeltaGenerator:
    """Return the place for what can be done with a page, at the right of its heading."""
    return st.container(
        key="actions",
        horizontal=True,
        horizontal_alignment="right",
        vertical_alignment="center",
    )


def link_and_code(page: str, settings: object, sources: Sequence[Source], preset: str = "") -> None:
    """Offer the page's link, the command that runs it without a browser, and the code behind it."""
    query = links.query(settings)
    address = f"/{page}" + (f"?{query}" if query else "")
    link = st.popover("Link", key=f"{page}.link", on_change="rerun")
    if link.open:
        _link(link, address, preset)
    code = st.popover("Code", key=f"{page}.source", on_change="rerun")
    if code.open:
        show_code(code, page, sources)


def _link(place: DeltaGenerator, address: str, preset: str) -> None:
    with place:
        st.caption("Whoever opens this link sees the same experiment:")
        st.code(_root() + address, language=None, wrap_lines=True)
        if preset:
            st.caption("The same without a browser, as a film:")
            st.code(preset.format(link=address), language="bash", wrap_lines=True)


def show_code(place: DeltaGenerator, page: str, sources: Sequence[Source]) -> None:
    """Show the source of one function at a time, to be chosen."""
    with place:
        names = titles(sources)
        chosen = st.selectbox("Function", list(names), key=f"{page}.code")
        source = names.get(chosen or "", sources[0])
        st.caption(f"`{_home(source)}`")
        st.code(inspect.getsource(source), language="python")


def _root() -> str:
    """Return where this viewer's browser finds the server: pages lie directly below it."""
    return (st.context.url or "").rpartition("/")[0]


def titles(sources: Sequence[Source]) -> dict[str, Source]:
    """Return sources by a name each: their own, and after their module's where two share one."""
    often = Counter(map(_title, sources))
    return {
        _title(each) if often[_title(each)] == 1 else f"{_home(each)}.{_title(each)}": each
        for each in sources
    }


def _title(source: Source) -> str:
    name = source.__name__ if isinstance(source, ModuleType) else source.__qualname__
    return name.rpartition("explorer.")[2]


def _home(source: Source) -> str:
    return source.__name__ if isinstance(source, ModuleType) else source.__module__
