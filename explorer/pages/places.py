"""The pages of the laboratory; what one needs is loaded when somebody goes there."""

import importlib
from collections.abc import Callable
from typing import Any

import streamlit as st

TITLES = {
    "": "Explorer",
    "lessons": "Lessons",
    "cells": "Cells",
    "gradients": "Gradients",
    "sequences": "Sequences",
    "gans": "GANs",
    "transport": "Transport",
    "shelf": "Shelf",
    "room": "Room",
}
"""What each page is called, by its path."""
UNLISTED = ("room",)  # the way there is a code


def place(path: str) -> Any:
    """Return the page at a path, as Streamlit lists and links it."""
    return st.Page(
        _shown(path or "home"),
        title=TITLES[path],
        url_path=path,
        default=not path,
        visibility="hidden" if path in UNLISTED else "visible",
    )


def _shown(name: str) -> Callable[[], None]:
    def page() -> None:
        importlib.import_module(f"explorer.pages.{name}").page()

    return page
