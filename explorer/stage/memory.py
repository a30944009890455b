"""Memory that nobody needs any more goes back to the computer while nobody is there.

Runs are freed within a minute after their viewers have left, but what the threads that heard them
had allocated stays with the C library; and Streamlit keeps the sessions of closed tabs until the
next one is opened.
"""

import asyncio
import contextlib
import ctypes
import gc

from streamlit.runtime import Runtime, RuntimeState, exists

PERIOD = 30.0  # seconds between two looks


async def attend() -> None:
    """Give memory back every now and then for as long as nobody is there to be disturbed."""
    while True:
        await asyncio.sleep(PERIOD)
        if exists() and Runtime.instance().state is not RuntimeState.NO_SESSIONS_CONNECTED:
            continue
        if exists():
            forget_closed_tabs(Runtime.instance())
        await asyncio.to_thread(give_back)


def forget_closed_tabs(runtime: object) -> None:
    """Have Streamlit drop the sessions that can no longer be taken up again.

    It does so itself whenever a session begins or ends, and has no other way to ask for it.
    """
    manager = getattr(runtime, "_session_mgr", None)
    cache = getattr(getattr(manager, "_session_storage", None), "_cache", None)
    if cache is not None:
        cache.expire()


def give_back() -> None:
    """Collect what is unreachable, and have the C library return what is free, where it can."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)
