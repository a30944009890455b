"""A table of one's own in the sequence lab: one column is forecast, another one says when."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from explorer.labs.gans import tables
from explorer.labs.gans.tables import Read, Reading, words
from explorer.labs.gans.tables.reading import ALONE, FOUND
from explorer.labs.sequences import SequenceLab
from explorer.labs.sequences.columns import Course, course, numeric, series_found, times_found
from explorer.pages.dials import Dials, sentence
from explorer.pages.tables import Tables, plain, read_or_why, small_table

SERIES = Tables("sequences")
OFFERED = "Rows without a number are gaps: fill them by straight lines, or mend the table first."


def series(dials: Dials[SequenceLab]) -> None:
    """Take a table, show what was understood of it, and let one column of it be forecast."""
    SERIES.place()
    if SERIES.draft is None or not tables.is_kept(SERIES.draft[0]):
        return
    mark, reading = SERIES.draft
    read, why = read_or_why(mark, reading)
    with st.container(border=True, key="sequences-table"):
        if read is None:
            st.warning(plain(why), icon=":material/error:")
            SERIES.choices(None, mark, reading)
            return
        _shown(dials, read, mark, reading)


def _shown(dials: Dials[SequenceLab], read: Read, mark: str, reading: Reading) -> None:
    sheet = read.sheet
    times = _times(read, reading)
    found = series_found(sheet, times)
    chosen = reading.x - 1 if reading.x != FOUND else found
    if chosen is None or chosen >= len(sheet.columns) or not sheet.columns[chosen].is_numeric:
        taken = Course(refusal="this column holds no numbers: choose another")
        named: dict[int, str] = {}
    else:
        taken = course(sheet, chosen, times)
        named = {chosen: "series"}
    if times is not None:
        named[times] = "times"
    left, right = st.columns([0.36, 0.64], gap="medium")
    left.html(small_table(read, named))
    with right:
        told = [words.understood(Read(sheet=sheet), tables.encoding(mark)), *taken.told]
        st.caption(plain(" ".join(filter(None, told))))
        if taken.refusal:
            st.warning(plain(sentence(taken.refusal)), icon=":material/error:")
        elif taken.count:
            st.warning(plain(" ".join(filter(None, [taken.gaps, OFFERED]))), icon=":material/help:")
        with st.container(
            horizontal=True, vertical_alignment="bottom", key="sequences-table-choices"
        ):
            _choose("x", "Forecast", read, [FOUND, *_numbered(numeric(sheet))], found, mark)
            _choose("y", "Times", read, _for_times(read), times_found(sheet), mark)
            SERIES.notation(mark, reading)
        label = "Forecast this column"
        if taken.count:
            gaps = "1 gap" if taken.count == 1 else f"{taken.count} gaps"
            label = f"Fill {gaps} and forecast"
        st.button(
            label,
            key="sequences.table.take",
            type="primary",
            disabled=not taken.text,
            on_click=lambda: dials.set(task="own", numbers=taken.text),
        )


def _times(read: Read, reading: Reading) -> int | None:
    """Return the column that says when: the one that is chosen, or found."""
    if reading.y == ALONE:
        return None
    if reading.y == FOUND or reading.y > len(read.sheet.columns):
        return times_found(read.sheet)
    return reading.y - 1


def _for_times(read: Read) -> Sequence[int]:
    columns = read.sheet.columns
    some = [at for at, each in enumerate(columns) if each.kind == "dates" or each.is_numeric]
    return [FOUND, *_numbered(some), ALONE]


def _numbered(places: Sequence[int]) -> list[int]:
    return [at + 1 for at in places]


def _choose(
    name: str, label: str, read: Read, offered: Sequence[int], found: int | None, mark: str
) -> None:
    columns = read.sheet.columns

    def written(choice: int) -> str:
        if choice == FOUND:
            return f"{'none' if found is None else columns[found].name}, as found"
        return columns[choice - 1].name if choice != ALONE else "none"

    assert SERIES.draft is not None
    reading = SERIES.draft[1]
    key = f"sequences.table.{name}"
    value = getattr(reading, name)
    st.session_state[key] = value if value in offered else FOUND
    st.selectbox(label, offered, key=key, format_func=written, width=180, on_change=_turn(mark))


def _turn(mark: str) -> Callable[[], None]:
    def turn() -> None:
        assert SERIES.draft is not None
        chosen = {name: st.session_state[f"sequences.table.{name}"] for name in ("x", "y")}
        SERIES.look(mark, replace(SERIES.draft[1], **chosen))

    return turn
