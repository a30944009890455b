"""The place for a file: one limit for all of them, and what a larger one should do, in sight."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.dials.files import LARGEST_MB
from explorer.pages.whole import uninterrupted


def place(
    label: str,
    key: str,
    smaller: str,
    on_change: Callable[[], None] | None = None,
    help: str | None = None,
) -> UploadedFile | None:
    """Show a place for a file and return what lies there; ``smaller`` is how a file gets smaller.

    A file above the limit never leaves the browser. Streamlit says so on hover alone; here it
    stands in sight, with what to do after it.
    """
    alert = f'.st-key-{key.replace(".", "-")} [data-testid="stFileChip"] [role="alert"]'
    st.html(
        f"<style>{alert} {{ position: static; width: auto; height: auto; clip: auto; margin: 0; "
        f"clip-path: none; overflow: visible; white-space: normal; font-size: 14px; order: 9; }} "
        f'{alert}::after {{ content: " {smaller[:1].upper()}{smaller[1:]}."; }} '
        f'.st-key-{key.replace(".", "-")} [data-testid="stFileChip"][aria-invalid="true"] '
        f"{{ max-width: none; width: auto; height: auto; flex-wrap: wrap; }}</style>"
    )
    return st.file_uploader(
        f"{label}, up to {LARGEST_MB} MB",
        key=key,
        max_upload_size=LARGEST_MB,
        on_change=on_change,
        help=help,
    )


def take_once(key: str, file: UploadedFile | None, take: Callable[[UploadedFile], None]) -> None:
    """Take a file that has come to a place, once and whole; it lies there in every later run."""
    if file is not None and st.session_state.get(f"{key}.seen") != file.file_id:
        with uninterrupted():
            st.session_state[f"{key}.seen"] = file.file_id
            take(file)


def refuse(key: str, file: UploadedFile, why: str) -> None:
    """Take note why the file in a place cannot be taken; it is `said` as long as it lies there."""
    st.session_state[f"{key}.problem"] = file.file_id, why


def said(key: str) -> str:
    """Return why the file that lies in a place was not taken; empty where nothing is wrong."""
    file = st.session_state.get(key)
    about, why = st.session_state.get(f"{key}.problem", ("", ""))
    return why if file is not None and file.file_id == about else ""
