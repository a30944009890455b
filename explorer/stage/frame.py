"""What stands around every page: the presenter's view, and the room that follows.

It is drawn by the browser (``browser/room``) and needs no run of the page's script, except to be
led to another page.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from explorer.stage.assets import asset_base

# As `component.LOADER`: the scripts are found from the page's own address, and asked for once.
LOADER = """
const loaded = {};

export default function ({ parentElement, data, setTriggerValue }) {
  const address = new URL(data.modules + data.script, document.baseURI).href;
  loaded[address] ??= import(address);
  loaded[address].then(({ mount }) => {
    if (data.door) mount(parentElement, data.door);
    else mount({ setTriggerValue });
  }, () => delete loaded[address]);
}
"""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("explorer_room", html="<span></span>", js=LOADER)


def around(lead: Callable[[str], None]) -> None:
    """Stand around the page; ``lead`` is called with the link of a page where the room is now."""
    key = "room"

    def go() -> None:
        said = getattr(st.session_state.get(f"{key}:frame"), "go", None)
        if isinstance(said, str):
            lead(said)

    with st.container(key=key):
        data = {"modules": asset_base(), "script": "room/frame.js"}
        _component()(key=f"{key}:frame", data=data, on_go_change=go)


def door(code: str) -> None:
    """Show where the code of a room is typed; with one, this browser goes in."""
    data = {"modules": asset_base(), "script": "room/door.js", "door": {"code": code}}
    _component()(key="room:door", data=data, on_go_change=lambda: None)
