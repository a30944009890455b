"""Data of one's own: a pad to draw on, and a table of two columns."""

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.labs.gans import tables
from explorer.labs.gans.data import DATA, drawing_text, strokes_of
from explorer.labs.gans.settings import GanLab
from explorer.pages.dials import Dials, sentence

FILE = "gans.file"
REACH = 1.6  # the pad shows [-1.6, 1.6] both ways
PAD = """
<canvas id="pad" width="440" height="440" role="img" aria-label="Draw the data here"></canvas>
<div id="row"><button id="wipe" type="button">Wipe</button>
<span>Draw what is to be learned.</span></div>
"""
STYLE = """
canvas { width: 100%; max-width: 240px; aspect-ratio: 1; touch-action: none; display: block;
  border: 1px solid var(--st-border-color); border-radius: 8px; cursor: crosshair; }
#row { display: flex; gap: 8px; align-items: center; font: 14px var(--st-font, sans-serif);
  margin-top: 6px; color: var(--st-text-color); }
button { font: inherit; color: inherit; background: none; padding: 5px 12px; min-height: 32px;
  border: 1px solid var(--st-border-color); border-radius: 8px; cursor: pointer; }
"""
SCRIPT = """
export default function ({ parentElement, data, setTriggerValue }) {
  const pad = parentElement.querySelector("#pad");
  const pen = pad.getContext("2d");
  const [half, reach] = [pad.width / 2, data.reach];
  let strokes = data.strokes.map((stroke) => stroke.map((point) => [...point]));
  const paint = () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.strokeStyle = getComputedStyle(pad).color;
    pen.fillStyle = pen.strokeStyle;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(half + (x / reach) * half, half - (y / reach) * half);
      if (stroke.length > 1) pen.stroke();
      else for (const [x, y] of stroke) {
        pen.arc(half + (x / reach) * half, half - (y / reach) * half, 4, 0, 7);
        pen.fill();
      }
    }
  };
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [(2 * u - 1) * reach, (1 - 2 * v) * reach];
  };
  let drawing = null;
  pad.onpointerdown = (event) => {
    pad.setPointerCapture(event.pointerId);
    drawing = [at(event)];
    strokes.push(drawing);
    paint();
  };
  pad.onpointermove = (event) => {
    if (!drawing) return;
    drawing.push(at(event));
    paint();
  };
  pad.onpointerup = pad.onpointercancel = () => {
    if (!drawing) return;
    drawing = null;
    setTriggerValue("drawn", strokes);
  };
  parentElement.querySelector("#wipe").onclick = () => {
    strokes = [];
    paint();
  };
  paint();
}
"""


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("explorer_pad", html=PAD, css=STYLE, js=SCRIPT)


def pad(dials: Dials[GanLab]) -> None:
    """Show the pad with the drawing of the link on it; a stroke that ends becomes the data."""
    key = "gans.pad"

    def drawn() -> None:
        strokes = getattr(st.session_state.get(key), "drawn", None)
        try:
            dials.set(drawing=drawing_text(_strokes(strokes)))
        except ValueError as why:
            dials.say(sentence(why))

    _component()(
        key=key,
        data={"strokes": strokes_of(dials.value("drawing")), "reach": REACH},
        on_drawn_change=drawn,
    )


def _strokes(said: object) -> list[list[tuple[float, float]]]:
    """Return what the browser says was drawn. Raises ValueError for anything but strokes."""
    try:
        return [
            [(min(max(float(x), -9), 9), min(max(float(y), -9), 9)) for x, y in stroke]
            for stroke in said  # type: ignore[attr-defined]
        ]
    except (TypeError, ValueError):
        raise ValueError("the drawing could not be read: draw it again") from None


def want_table(wanted: bool = True) -> None:
    """Let the place for a table stand open until there is one, or other data is chosen."""
    st.session_state["gans.file.wanted"] = wanted


def table_wanted() -> bool:
    """Return whether somebody asked for a table that is not here."""
    return bool(st.session_state.get("gans.file.wanted"))


def table(dials: Dials[GanLab]) -> None:
    """Take a table of two columns; what is wrong with it is said in one sentence."""
    st.file_uploader(
        "Two columns of numbers (.csv)",
        key=FILE,
        max_upload_size=tables.LARGEST // 2**20,
        on_change=lambda: _keep(dials, st.session_state[FILE]),
    )
    if problem := st.session_state.get("gans.file.problem"):
        st.warning(problem, icon=":material/error:")
    found = tables.kept(dials.value("upload")) if dials.value("upload") else None
    if found is not None:
        kept = "" if len(found.kept) == found.rows else f", {len(found.kept):,} of them kept"
        st.caption(f"{found.rows:,} rows{kept}; both columns are standardised.")


def _keep(dials: Dials[GanLab], file: UploadedFile | None) -> None:
    st.session_state["gans.file.problem"] = ""
    if file is None:  # taken off the page: the table itself stays
        return
    try:
        found = tables.table_of(file.getvalue())
    except ValueError as why:
        st.session_state["gans.file.problem"] = sentence(why)
        return
    (brought,) = (name for name, data in DATA.items() if "points" in data.needs)
    dials.set(data=brought, upload=tables.keep(found))
