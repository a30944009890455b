"""A table of one's own on a page: taken, shown as it was understood, and its columns chosen.

What is made of it stands on the page that has it: data that a game learns, a pile, a cloud.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.dials import dials as rows_of
from explorer.dials.files import FEWER_ROWS
from explorer.labs.gans import tables
from explorer.labs.gans.tables import Read, Reading, words
from explorer.labs.gans.tables.reading import ALONE, FOUND
from explorer.pages.bringing import place, refuse, said
from explorer.pages.dials import sentence
from explorer.runs.desk import Brought, the_desk

MOST_SHOWN = 6  # columns of the preview
ROWS = rows_of(Reading)
COLUMNS = {"x": "across", "y": "up", "labels": "labels"}
"""what the columns that are chosen are called in the head of the preview"""


@dataclass(frozen=True)
class Tables:
    """The place for a table on one page. ``page`` begins the names of all that it keeps.

    ``labels`` and ``helps`` stand in for those of the rows of a `Reading`; ``columns`` are the
    columns that can be chosen, and what each is called in the preview.
    """

    page: str
    columns: Mapping[str, str] = field(default_factory=lambda: COLUMNS)
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The key of the place for a file."""
        return f"{self.page}.file"

    @property
    def draft(self) -> tuple[str, Reading] | None:
        """The table that is being looked at, and how it is read; None where there is none."""
        found: tuple[str, Reading] | None = st.session_state.get(f"{self.page}.table.draft")
        return found

    def look(self, mark: str, reading: Reading) -> None:
        """Look at a table, read so."""
        st.session_state[f"{self.page}.table.draft"] = (mark, reading)

    def forget(self) -> None:
        """Look at none."""
        st.session_state.pop(f"{self.page}.table.draft", None)

    def place(self) -> None:
        """Show the place for a file, and what was wrong with the last one."""
        place(
            "A table of numbers (.csv, .tsv, .txt)",
            self.file,
            FEWER_ROWS,
            on_change=lambda: self._keep(st.session_state[self.file]),
        )
        if problem := said(self.file):
            st.warning(plain(problem), icon=":material/error:")

    def _keep(self, file: UploadedFile | None) -> None:
        if file is None:  # taken off the page: the table itself stays
            return
        try:
            self.look(tables.keep(file.getvalue()), Reading())
        except ValueError as why:
            self.forget()
            refuse(self.file, file, sentence(why))

    def bring(self, mark: str, reading: Reading) -> None:
        """Give the processes that answer the points of a table, once in a session."""
        known = f"{self.page}.table.brought"
        brought: set[tuple[str, Reading]] = st.session_state.setdefault(known, set())
        if (mark, reading) in brought or not tables.points(mark, reading):
            return
        brought.add((mark, reading))
        to = f"{tables.bring.__module__}:{tables.bring.__qualname__}"
        name, points = tables.parcel(mark, reading)
        the_desk().bring(Brought(to, name, points), most=tables.MOST_TABLES)

    # ------------------------------------------------------------------------ the choices

    def choices(self, read: Read | None, mark: str, reading: Reading) -> None:
        """Show what can be chosen: columns, how numbers are written, what parts the columns."""
        with st.container(
            horizontal=True, vertical_alignment="bottom", key=f"{self.page}-table-choices"
        ):
            if read is not None:
                self._choose_columns(read, mark, reading)
            self.notation(mark, reading)
            if read is not None and (read.far or reading.leave_out):
                key = self._key("leave_out")
                st.session_state[key] = reading.leave_out
                st.toggle(
                    ROWS["leave_out"].label,
                    key=key,
                    help=ROWS["leave_out"].help,
                    on_change=lambda: self._choose(mark, reading, "leave_out", key),
                )

    def notation(self, mark: str, reading: Reading) -> None:
        """Show how numbers are written, what parts the columns, and where they are named."""
        for name in ("numbers", "separator", "names"):
            self._select(name, ROWS[name].names, ROWS[name].written, mark, reading)

    def _choose_columns(self, read: Read, mark: str, reading: Reading) -> None:
        columns = read.sheet.columns
        numeric = [k + 1 for k, each in enumerate(columns) if each.is_numeric]
        labels = [k + 1 for k, each in enumerate(columns) if each.classes]
        found = [columns[at].name for at in read.columns]

        def named(choice: int) -> str:
            return columns[choice - 1].name if 0 < choice <= len(columns) else "none"

        def of(place: int) -> Callable[[int], str]:
            own = found[place] if place < len(found) else "none"
            return lambda choice: f"{own}, as found" if choice == FOUND else named(choice)

        self._select("x", [FOUND, *numeric], of(0), mark, reading)
        self._select("y", [FOUND, *numeric, ALONE], of(1), mark, reading)
        if "labels" in self.columns and (labels or reading.labels):
            self._select("labels", [FOUND, *labels], named, mark, reading)

    def _key(self, setting: str) -> str:
        return f"{self.page}.table.{setting.replace('_', '-')}"

    def _select(
        self,
        name: str,
        offered: Sequence[Any],
        written: Callable[[Any], str],
        mark: str,
        reading: Reading,
    ) -> None:
        key = self._key(name)
        value = getattr(reading, name)
        st.session_state[key] = value
        some = list(offered) if value in offered else [*offered, value]
        st.selectbox(
            self.labels.get(name, ROWS[name].label),
            some,
            key=key,
            format_func=written,
            help=self.helps.get(name, ROWS[name].help) or None,
            width=156,
            on_change=lambda: self._choose(mark, reading, name, key),
        )

    def _choose(self, mark: str, reading: Reading, name: str, key: str) -> None:
        """Show the table as it would be read with another choice."""
        self.look(mark, replace(reading, **{name: st.session_state[key]}))

    # ------------------------------------------------------------------------ the preview

    def shown(self, read: Read, mark: str, reading: Reading) -> None:
        """Show the first rows, and beside them what was understood and what can be chosen."""
        left, right = st.columns([0.36, 0.64], gap="medium")
        called = (self.columns["x"], self.columns["y"])
        chosen = dict(zip(read.columns, called, strict=False))
        if read.labels is not None and "labels" in self.columns:
            chosen[read.labels] = self.columns["labels"]
        left.html(small_table(read, chosen))
        with right:
            told = [words.understood(read, tables.encoding(mark)), words.skipped(read)]
            st.caption(plain(" ".join(filter(None, told))))
            troubles = [*words.doubts(read), words.far_out(read)]
            if read.refusal:
                troubles.append(sentence(read.refusal))
            if trouble := " ".join(filter(None, troubles)):
                st.warning(plain(trouble), icon=":material/help:")
            self.choices(read, mark, reading)


def small_table(read: Read, chosen: Mapping[int, str]) -> str:
    """Return the beginning of a table: names, the first rows as they were read, and ranges.

    Columns that are ``chosen`` come first, with what they are called.
    """
    columns = read.sheet.columns
    first = list(chosen) + [at for at in range(len(columns)) if at not in chosen]
    shown = sorted(first[:MOST_SHOWN])
    head = "".join(
        f'<th class="{"chosen" if at in chosen else ""}">{html.escape(columns[at].name)}'
        f"<small>{chosen.get(at) or columns[at].kind}</small></th>"
        for at in shown
    )
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(read, at, row)}</td>" for at in shown) + "</tr>"
        for row in range(len(read.sheet.first))
    )
    spans = "".join(f"<td>{html.escape(_span(read, at))}</td>" for at in shown)
    more = len(columns) - len(shown)
    note = f"<p>and {more} more {'column' if more == 1 else 'columns'}</p>" if more else ""
    return (
        f'<div class="small-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        f"<tfoot><tr>{spans}</tr></tfoot></table>{note}</div>"
    )


def _cell(read: Read, at: int, row: int) -> str:
    column = read.sheet.columns[at]
    if not column.is_numeric:
        return html.escape(str(column.words.iloc[row])[:24])
    return words.figure(float(column.numbers[row]))


def _span(read: Read, at: int) -> str:
    column = read.sheet.columns[at]
    if column.is_numeric:
        return words.span(column, read.used if at in read.columns else None)
    return ", ".join(column.classes[:4])


def read_or_why(mark: str, reading: Reading) -> tuple[Read | None, str]:
    """Return what a reading makes of a table that is here; or None, and why in a sentence."""
    try:
        return tables.read(mark, reading), ""
    except ValueError as why:
        return None, sentence(why)


def plain(text: str) -> str:
    """Return text from a file, so that no Markdown in it is carried out."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+!|$:~" else c for c in text)
