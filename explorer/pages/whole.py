"""What a run of the script must do whole, or not at all.

Streamlit ends a run as soon as a newer one is wanted, at whatever `st` or session state is touched
next: so also between the note that a file was taken and the taking, and in the midst of a callback,
which is not called once more. What begins here is done to its end; then the newer run has its turn.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Do what stands here to its end. `st.rerun` and `st.switch_page` in it work as ever.

    Streamlit's runner looks for newer requests only while it is said to execute a script.
    """
    context = get_script_run_ctx(suppress_warning=True)
    looks = getattr(context and context.session_state, "_yield_callback", None)
    runner: Any = getattr(looks, "__self__", None)
    if not getattr(runner, "_execing", False):
        yield  # no script runs here, or this is inside of another such place
        return
    runner._execing = False
    try:
        yield
    finally:
        runner._execing = True


def callbacks() -> None:
    """Have every callback of every widget done to its end, once for the whole server."""
    plain: Any = SessionState._run_callback_and_record_rerun
    if hasattr(plain, "__wrapped__"):
        return

    @functools.wraps(plain)
    def whole(self: SessionState, votes: Any, run: Callable[[], None]) -> None:
        with uninterrupted():
            plain(self, votes, run)

    setattr(SessionState, "_run_callback_and_record_rerun", whole)  # noqa: B010
