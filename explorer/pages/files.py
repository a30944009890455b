"""The picture on the screen as files: a place beside the link that makes them, and hands them over.

A file shows what the stage shows: the moment at which it last stood still, a film up to there. It
is made by a process of its own (`runs.filing`); the page only says how far that is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.seen import seen
from explorer.pages.whole import uninterrupted
from explorer.runs import links
from explorer.runs.experiments import plain
from explorer.runs.filing import Job, the_filing
from explorer.stage import making
from explorer.stage.component import FILES, Standing, standing
from explorer.stage.paper.format import moment

EVERY = 0.4  # seconds between two looks at how far a file is


@dataclass(frozen=True)
class Wanted:
    """A file as it is asked for: of what stands there, at a step, under a heading.

    Without a step, at the one that is shown first.
    """

    stands: Standing
    kind: str
    at: int | None
    heading: str
    link: str
    dark: bool

    def told(self) -> tuple[Mapping[str, Any], bytes]:
        """Return what the process that makes it is told; ValueError where there is nothing."""
        found = seen(self.stands)
        settings = self.stands.given or {}
        values = {
            "scene": found.scene,
            "select": dict(found.select),
            "settings": dict(settings) if found.experiment is None else plain(found.experiment),
            "at": found.start if self.at is None else self.at,
            "heading": self.heading,
            "link": self.link,
            "dark": self.dark,
        }
        return values, found.packets


# -------------------------------------------------------------------------------- on the page


def offered(dials: Dials[Any], heading: str, reading: bool) -> None:
    """Offer what stands on the page as files; nothing where no stage stands."""
    stands = standing()
    if stands is None:
        return
    place = st.popover("Files", key=FILES, on_change="rerun")
    if not place.open:
        return
    with place:
        names = [name for name, kind in making.KINDS.items() if reading or not kind.reading]
        name = st.selectbox(
            "What to make",
            names,
            format_func=lambda name: making.KINDS[name].label,
            key=f"{dials.page}.files.kind",
        )
        kind = making.KINDS[name]
        step = stands.rested
        st.caption(_of_what(stands, kind, step))
        query = links.query(dials.last)
        link = f"/{dials.page}" + (f"?{query}" if query else "")
        dark = st.context.theme.type == "dark"
        viewer = surroundings.attend()

        def make() -> None:
            """Make what is chosen when the button is pressed, not when it was drawn."""
            chosen = st.session_state[f"{dials.page}.files.kind"]
            wanted = Wanted(stands, chosen, step, heading, link, dark)
            called = _name(dials, making.KINDS[chosen], step)
            the_filing().order(viewer, Job(chosen, called, making.__name__, wanted.told))

        st.button("Make it", key=f"{dials.page}.files.make", on_click=make)
        known = the_filing().job(viewer)
        st.fragment(_progress, run_every=EVERY if known and known.busy else None)()


def _of_what(stands: Standing, kind: making.Kind, step: int | None) -> str:
    if kind.reading:
        return "Of all that was read, in float32, as the picture has it."
    if not kind.of_moment:
        return "Of all moments that the picture has."
    if step is None:
        return "Of the moment that the picture opens with, or of the newest while it trains."
    at = f"{moment(stands.scene['clock'], step)}, " if stands.scene is not None else "the moment "
    return f"Of {at}where the picture stands still; pause at another for its file."


def _name(dials: Dials[Any], kind: making.Kind, step: int | None) -> str:
    at = "" if step is None or not kind.of_moment else f"-{step}"
    view = re.sub(r"\W", "", str(dials.value("view")))
    return f"{dials.page}-{view}{at}{kind.suffix}"


def _progress() -> None:
    """Say how far the file is, with the way to give it up; then hand it over."""
    viewer = surroundings.attend()
    job = the_filing().job(viewer)
    if job is None:
        return
    if job.busy:
        said = "Others' files are made first" if job.stage == "waiting" else "Being made"
        st.progress(job.share, f"{said}: {job.name}")
        st.button("Cancel", key="files.cancel", on_click=the_filing().give_up, args=(viewer,))
        st.session_state["files:busy"] = True
        return
    with uninterrupted():
        if st.session_state.pop("files:busy", False):
            st.rerun()  # nothing more is to be looked at
    if job.stage == "failed":
        st.warning(job.sentence, icon=":material/error:")
        return
    size = len(job.body)
    told = f"{size / 2**20:.1f} MB" if size > 2**20 else f"{max(1, size // 1024)} kB"
    st.download_button(
        f"Download {job.name} ({told})",
        job.body,
        job.name,
        making.KINDS[job.kind].mime,
        key="files.download",
        on_click="ignore",
    )
