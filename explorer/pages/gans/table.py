"""A table of one's own: taken, shown as it was understood, and learned once that is right."""

import streamlit as st

from explorer.dials import values
from explorer.labs.gans import tables
from explorer.labs.gans.settings import GanLab
from explorer.labs.gans.tables import Reading, words
from explorer.pages.dials import Dials
from explorer.pages.tables import ROWS, Tables, plain, read_or_why

TABLES = Tables("gans")


def want_table(wanted: bool = True) -> None:
    """Let the place for a table stand open until there is one, or other data is chosen."""
    st.session_state["gans.file.wanted"] = wanted


def table_wanted() -> bool:
    """Return whether somebody asked for a table that is not here."""
    return bool(st.session_state.get("gans.file.wanted"))


def table(dials: Dials[GanLab]) -> None:
    """Take a table, show what was understood of it, and let it be learned as it is chosen."""
    mark, reading = TABLES.draft or _learned(dials)
    if not tables.is_kept(mark):
        TABLES.place()
        return
    read, why = read_or_why(mark, reading)
    if read is not None and _is_learned(dials, mark, reading):
        TABLES.bring(mark, reading)
        with st.expander(f"Your table: {plain(words.rows_in_words(read))}", key="gans.table.is"):
            TABLES.shown(read, mark, reading)
            TABLES.place()
        return
    TABLES.place()
    with st.container(border=True, key="gans-table"):
        if read is not None:
            st.markdown(f"**Your table:** {plain(words.rows_in_words(read))}")
            TABLES.shown(read, mark, reading)
        else:
            st.warning(plain(why), icon=":material/error:")
            TABLES.choices(None, mark, reading)
        st.button(
            "Learn these rows",
            key="gans.table.learn",
            type="primary",
            disabled=read is None or read.table is None,
            on_click=_learn,
            args=(dials, mark, reading),
        )


def _is_learned(dials: Dials[GanLab], mark: str, reading: Reading) -> bool:
    return dials.value("data") == tables.NAME and (mark, reading) == _learned(dials)


def _learned(dials: Dials[GanLab]) -> tuple[str, Reading]:
    """Return the table that the dials ask for, and how it is read."""
    return dials.value("upload"), Reading(**{n: dials.value(f"table_{n}") for n in ROWS})


def _learn(dials: Dials[GanLab], mark: str, reading: Reading) -> None:
    """Take the table that is shown as the data of all games, with its labels where it has some."""
    TABLES.forget()
    TABLES.bring(mark, reading)
    chosen = {f"table_{name}": value for name, value in values(reading).items()}
    dials.set(data=tables.NAME, upload=mark, conditional=reading.labels > 0, **chosen)
