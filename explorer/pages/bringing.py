"""The place for a file: one limit for all of them, and what a larger one should do, in sight."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.dials.files import LARGEST_MB


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
