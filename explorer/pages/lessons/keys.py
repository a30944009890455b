"""The keys of a lesson: they press the buttons that stand on the page."""

from functools import cache
from typing import Any

import streamlit as st

# Page Up and Page Down go back and on, a number goes to that step, a letter gives that answer.
# A call that a later one has superseded may be cleaned up while the component stands: so whether
# it has left the page decides, and not that it was told to go.
SCRIPT = """
const TYPING = "input:not([type=range]), textarea, select, [contenteditable], [role=textbox]";
const KEYS = { PageDown: "next", PageUp: "previous" };
const listening = new WeakMap();

export default function ({ parentElement }) {
  const known = listening.get(parentElement);
  if (known) return known;
  const leave = () => setTimeout(end);
  const { pathname } = location;
  const gone = () => !parentElement.isConnected || location.pathname !== pathname;
  function press(event) {
    if (gone()) return end();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    if (target instanceof Element && target.matches(TYPING)) return;
    const key = event.key.toLowerCase();
    const name = KEYS[event.key] ?? (/^[1-9]$/.test(key) ? `go-${key}` : `answer-${key}`);
    if (!/^[a-z0-9-]+$/.test(name)) return;
    const button = document.querySelector(`.st-key-lesson-${name} button`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  }
  function end() {
    if (!gone()) return;
    listening.delete(parentElement);
    document.removeEventListener("keydown", press);
  }
  document.addEventListener("keydown", press);
  listening.set(parentElement, leave);
  parentElement.querySelector("span")?.setAttribute("data-hears-keys", "");
  return leave;
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("explorer_lesson_keys", html="<span></span>", js=SCRIPT)


def listen() -> None:
    """Listen on this page."""
    with st.container(key="lesson-listener"):
        _component()(key="lesson-keys", data={})
