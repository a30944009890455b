"""A table of one's own on the page of the transport lab: a column is a pile, two are a cloud."""

from collections.abc import Mapping

import streamlit as st

from explorer.dials import values
from explorer.labs.gans import tables
from explorer.labs.gans.tables import Read, Reading, words
from explorer.labs.transport import Sand
from explorer.labs.transport.columns import piled
from explorer.labs.transport.plane import TABLE
from explorer.pages.dials import Dials
from explorer.pages.tables import Tables, plain, read_or_why

PILES = Tables(
    "transport",
    columns={"x": "source", "y": "target"},
    labels={"x": "Source", "y": "Target"},
    helps={
        "x": "The column whose rows are the sand of the source.",
        "y": "The column whose rows are the sand of the target, on the same axis; none: the other "
        "pile stays.",
    },
)
CLOUD = Tables("transport", columns={"x": "across", "y": "up"})


def piles(dials: Dials[Sand]) -> None:
    """Take a table, and let one column of it be a pile, or two both piles."""
    found = _looked_at(PILES)
    if found is None:
        return
    _, _, read = found
    if read.table is None:
        return
    sand = piled(read)
    st.caption(plain(sand.told))
    roles = ("source", "target")
    with st.container(horizontal=True):
        if len(sand.heights) == 2:
            texts = {f"line_{role}": text for role, text in zip(roles, sand.heights, strict=True)}
            _button(dials, f"Move {sand.names[0]} to {sand.names[1]}", "both", texts)
            return
        for role in roles:
            text = {f"line_{role}": sand.heights[0]}
            _button(dials, f"Take {sand.names[0]} as the {role}", role, text)


def cloud(dials: Dials[Sand]) -> None:
    """Take a table, and let two columns of it be a cloud."""
    wanted = dials.value("plane_upload"), dials.last.plane_table
    if TABLE in (dials.value("plane_source"), dials.value("plane_target")):
        CLOUD.bring(*wanted)
        if CLOUD.draft is None:
            CLOUD.look(*wanted)
    found = _looked_at(CLOUD)
    if found is None:
        return
    mark, reading, read = found
    if read.table is None:
        return
    if len(read.columns) < 2:
        st.warning(
            "A cloud needs two columns of the table: choose a second one.", icon=":material/help:"
        )
        return
    chosen = {f"plane_table_{name}": value for name, value in values(reading).items()}
    with st.container(horizontal=True):
        for role in ("source", "target"):
            turned = {f"plane_{role}": TABLE, "plane_upload": mark, **chosen}
            _button(dials, f"Take these rows as the {role}", role, turned, (mark, reading))


def _looked_at(place: Tables) -> tuple[str, Reading, Read] | None:
    """Show the place for a table and what was understood of it; return it where it can be read."""
    place.place()
    if place.draft is None or not tables.is_kept(place.draft[0]):
        return None
    mark, reading = place.draft
    read, why = read_or_why(mark, reading)
    with st.container(border=True, key="transport-table"):
        if read is None:
            st.warning(plain(why), icon=":material/error:")
            place.choices(None, mark, reading)
            return None
        st.markdown(f"**Your table:** {plain(words.rows_in_words(read))}")
        place.shown(read, mark, reading)
    return mark, reading, read


def _button(
    dials: Dials[Sand],
    label: str,
    what: str,
    turned: Mapping[str, object],
    brought: tuple[str, Reading] | None = None,
) -> None:
    def take() -> None:
        if brought is not None:
            CLOUD.bring(*brought)
        dials.set(**turned)

    st.button(plain(label), key=f"transport.table.{what}", on_click=take)
