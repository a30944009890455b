"""The browser's own way back and on: where a viewer went with it, the address counts.

Streamlit asks for a run of the script with the address that was gone to, and says that it was. It
hears of it from the window, not from what stands on a page: so also while one view gives way to
another. The run may be overtaken before it begins, by one that knows nothing of it: so it is noted
when it is asked for, until a page stands there.
"""

import functools
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.runs import links

MOST = 1_000  # notes that are kept: who left since then wants none

_notes: dict[str, dict[str, str]] = {}  # by the session; a run may go on while one is written


def hear() -> None:
    """Have it noted where viewers go back and on, once for the server."""
    ask: Any = AppSession.request_rerun
    if hasattr(ask, "__wrapped__"):
        return

    @functools.wraps(ask)
    def noted(self: AppSession, asked: Any) -> None:
        if asked is not None and asked.is_history_navigation:
            note(self.id, asked.query_string)
        ask(self, asked)

    setattr(AppSession, ask.__name__, noted)


def note(session: str, query: str) -> None:
    """Note that the viewer of a session went to an address with this query."""
    if len(_notes) >= MOST:
        _notes.pop(next(iter(_notes)), None)
    _notes[session] = links.parameters(query)


def waits() -> dict[str, str] | None:
    """Return the parameters of where the viewer went, until the page stands there."""
    return _notes.get(_session())


def went() -> dict[str, str] | None:
    """Return the same once: from now on the page stands there."""
    return _notes.pop(_session(), None)


def _session() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""
