"""Several ways to look at one thing: tabs in the row of the title, one view below them.

A view of a lab is its row in ``labs`` (`explorer.labs.views`) and the module of the same name in
the lab's room here, with ``show``, ``SOURCES`` and, where there is something to film or to do with
it, ``FILM`` and ``acts``.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from explorer.labs import views as labs
from explorer.pages import files, surroundings
from explorer.pages.dials import Dials
from explorer.pages.shelf import keep
from explorer.stage.component import nothing_stands

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class View(Generic[Settings]):
    """One way to look: its name on the tab, the question it answers, its page, its code.

    ``show`` draws the view and returns the sentence under its question. ``film`` is the command
    that makes a film of it without a browser, where there is something to film, and ``acts`` offers
    what else can be done with it, at the right of its heading. ``reading``: it shows what one cell
    reads, whose gates and states have files of their own.
    """

    name: str
    question: str
    show: Callable[[Dials[Settings]], str]
    sources: tuple[surroundings.Source, ...]
    film: str = ""
    acts: Callable[[Dials[Settings]], None] | None = None
    reading: bool = False


def views_of(lab: str, rows: Mapping[str, labs.View]) -> dict[str, View[Any]]:
    """Return the views of a lab by their names in links; each row has its module in the room."""
    found = {}
    for name, row in rows.items():
        page = importlib.import_module(f"explorer.pages.{lab}.{name}")
        found[name] = View(
            row.label,
            row.question,
            page.show,
            page.SOURCES,
            film=getattr(page, "FILM", ""),
            acts=getattr(page, "acts", None),
            reading=getattr(page, "READING", False),
        )
    return found


def show(dials: Dials[Settings], views: Mapping[str, View[Settings]]) -> None:
    """Show the view that the dial of that name chooses, with the row above it."""
    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        question = st.container(width="stretch")
        with st.container(width="content"):
            dials.tabs("view")
        actions = st.container(width="content")
    sentence = st.container(key="sentence")
    dials.problems()
    view = views[dials.value("view")]
    nothing_stands()
    said = view.show(dials)
    with question:
        surroundings.heading(view.question)
    with sentence:
        surroundings.sentence(said)
    with actions, surroundings.row_of_actions():
        if view.acts is not None:
            view.acts(dials)
        files.offered(dials, view.question, view.reading)
        keep.offered(dials, view.question, view.name)
        surroundings.link_and_code(dials.page, dials.last, view.sources, preset=view.film)


def sources_of(views: Mapping[str, View[Any]]) -> tuple[surroundings.Source, ...]:
    """Return the code behind all views, each piece once."""
    return tuple(dict.fromkeys(source for view in views.values() for source in view.sources))
