"""What a run of the script must do whole, or not at all.

Streamlit ends a run as soon as a newer one is wanted, at whatever `st` or session state is touched
next: so also between the note that a file was taken and the taking, and in the midst of a callback,
which is not called once more. What begins here is done to its end. The newer run has begun
meanwhile, on a thread of its own: it waits, at the first such place of its own, until this one is
left, and finds everything as it is then.
"""

import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState, _CallbackRerunVotes

_locks: "weakref.WeakValueDictionary[str, Any]" = weakref.WeakValueDictionary()
_guard = threading.Lock()


@contextmanager
def uninterrupted(even_if_overtaken: bool = False) -> Iterator[None]:
    """Do what stands here to its end. `st.rerun` and `st.switch_page` in it work as ever.

    A run that was overtaken while it waited for its turn ends here, if nothing else is said.
    Streamlit's runner looks for newer requests only while it is said to execute a script.
    """
    context = get_script_run_ctx(suppress_warning=True)
    looks = getattr(context and context.session_state, "_yield_callback", None)
    runner: Any = getattr(looks, "__self__", None)
    if context is None or not getattr(runner, "_execing", False):
        yield  # no script runs here, or this is inside of another such place
        return
    with _lock(context.session_id):
        if not even_if_overtaken:
            runner._maybe_handle_execution_control_request()
        runner._execing = False
        try:
            yield
        finally:
            runner._execing = True


def _lock(session: str) -> Any:
    """Return what only one run of a session holds; it is there as long as somebody has it."""
    with _guard:
        found = _locks.get(session)
        if found is None:
            found = _locks[session] = threading.RLock()
        return found


def callbacks() -> None:
    """Have every callback of every widget done to its end, and in order, once for the server.

    Also of a run that was overtaken, for nobody calls it again. What the stage says, as where its
    dials came to rest, is taken over before what was pressed after it: both come in one message
    when a button is pressed at once, and Streamlit would call the button's first.
    """
    one: Any = SessionState._run_callback_and_record_rerun
    all_of_them: Any = SessionState._call_callbacks
    if hasattr(one, "__wrapped__"):
        return

    @functools.wraps(one)
    def whole(self: SessionState, votes: Any, run: Callable[[], None]) -> None:
        with uninterrupted(even_if_overtaken=True):
            one(self, votes, run)

    @functools.wraps(all_of_them)
    def in_order(self: SessionState, **given: Any) -> None:
        states = self._new_widget_state
        for name in list(states.states):
            about = states.widget_metadata.get(name)
            if about is None or about.callbacks is None or about.disabled:
                continue
            if about.value_type == "json_value":
                called = about.callback_args or (), about.callback_kwargs or {}
                self._dispatch_json_change_callbacks(_CallbackRerunVotes(), name, about, *called)
                self._old_state[name] = states.get(name)  # it is said, and not said again
        all_of_them(self, **given)

    for plain, instead in ((one, whole), (all_of_them, in_order)):
        setattr(SessionState, plain.__name__, instead)
