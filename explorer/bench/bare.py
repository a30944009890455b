"""The floors under the rows about the running app, measured in the same run.

A page of Streamlit with a heading and a button, and canvases that are painted over at every
animation frame: less than that no page of ours can cost, so a ratio means the same everywhere.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from explorer.bench.rows import Effort
from explorer.bench.server import Server

PAGE = """\
import streamlit as st

st.title("A page")
if st.button("Again"):
    st.session_state["count"] = st.session_state.get("count", 0) + 1
st.write(f"Count {st.session_state.get('count', 0)}")
"""
CANVAS = """
([wide, high, seconds]) => new Promise((done) => {
  document.body.replaceChildren();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: wide, height: high });
  document.body.append(canvas);
  const g = canvas.getContext('2d');
  const start = performance.now();
  let painted = 0;
  const paint = () => {
    const age = (performance.now() - start) / 1000;
    if (age > seconds) return done(painted / age);
    painted += 1;
    g.fillStyle = painted % 2 ? '#eee' : '#ddd';
    g.fillRect(0, 0, wide, high);
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
})
"""
INPUT = """
(count) => new Promise((done) => {
  document.body.replaceChildren();
  const input = document.createElement('input');
  const canvas = document.createElement('canvas');
  input.type = 'range';
  document.body.append(input, canvas);
  const g = canvas.getContext('2d');
  input.oninput = () => requestAnimationFrame(() => g.fillRect(0, 0, Number(input.value), 9));
  const found = [];
  const turn = () => {
    if (found.length === count) return done(found);
    const start = performance.now();
    input.value = String(found.length);
    input.dispatchEvent(new Event('input'));
    requestAnimationFrame(() => {
      found.push(performance.now() - start);
      setTimeout(turn, 40 + 17 * Math.random());
    });
  };
  turn();
})
"""


@contextmanager
def bare_page() -> Iterator[Server]:
    """Serve the bare page."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(PAGE, encoding="utf-8")
        with Server(Path(folder)) as server:
            yield server


def first_page(browser: Any) -> float:
    """Seconds from the start of the process until the bare page is there."""
    with bare_page() as server, tab_of(browser) as page:
        page.goto(server.address)
        page.get_by_text("Count 0").wait_for()
        return server.age


def reruns(browser: Any, effort: Effort) -> list[float]:
    """Milliseconds from a click on the bare page's button until its text is another."""
    found = []
    with bare_page() as server, tab_of(browser) as page:
        page.goto(server.address)
        page.get_by_text("Count 0").wait_for()
        for count in range(1, 2 * effort.turns + 1):
            start = time.monotonic()
            page.get_by_role("button", name="Again").click()
            page.get_by_text(f"Count {count}").wait_for()
            found.append(1000 * (time.monotonic() - start))
            page.wait_for_timeout(200)
    return found


def canvas_frames(browser: Any, size: tuple[float, float], effort: Effort) -> float:
    """Frames a second of one canvas of this size that is painted over all the time."""
    with tab_of(browser) as page:
        rates = [page.evaluate(CANVAS, [*size, 2.0]) for _ in range(min(effort.turns, 3))]
        return median(rates)


def inputs(browser: Any, effort: Effort) -> list[float]:
    """Milliseconds from a turned slider to a painted canvas, where nobody is asked."""
    with tab_of(browser) as page:
        found: list[float] = page.evaluate(INPUT, 8 * effort.turns)
        return found


@contextmanager
def tab_of(browser: Any) -> Iterator[Any]:
    """Yield a tab of the size of all others."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()
