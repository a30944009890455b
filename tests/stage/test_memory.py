"""When all have left: what runs took goes back to the computer, and closed tabs are forgotten."""

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.runtime.caching.ttl_cache import TTLCache

from explorer.stage import memory

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import gc, threading
from pathlib import Path
from explorer.runs.hub import Hub
from explorer.stage.memory import give_back
from tests.runs.walk import Walk

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

now = [1000.0]
hub = Hub(workers=1, clock=lambda: now[0])
gc.disable()
before = megabytes()

def hear():  # as the threads of trainers do, each of which has memory of its own
    for seed in range(6):
        run = hub.run(hub.open(f"tab {seed}", Walk(seed=seed, steps=10**6)).token)
        run.receive([b"x" * (20_000 + index) for index in range(1500)], 1499, 1499)

thread = threading.Thread(target=hear)
thread.start()
thread.join()
full = megabytes()
now[0] += 100
hub.tidy()
give_back()
print(full - before, megabytes() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux what is taken")
def test_what_runs_took_is_given_back_after_all_have_left():
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    taken, left = map(float, said.split())

    assert taken > 100
    assert left < 0.2 * taken


def test_closed_tabs_are_forgotten_without_a_new_one_being_opened():
    now = [0.0]
    tabs: TTLCache[str, str] = TTLCache(maxsize=8, ttl=120, timer=lambda: now[0])
    tabs["closed long ago"] = "its session"
    now[0] = 100.0
    tabs["closed just now"] = "its session"
    runtime = SimpleNamespace(
        _session_mgr=SimpleNamespace(_session_storage=SimpleNamespace(_cache=tabs))
    )

    now[0] = 130.0
    memory.forget_closed_tabs(runtime)

    assert list(tabs._data) == ["closed just now"]


def test_streamlit_keeps_closed_tabs_where_they_are_looked_for():
    from streamlit.runtime.memory_session_storage import MemorySessionStorage
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

    assert callable(MemorySessionStorage()._cache.expire)
    assert "_session_storage" in WebsocketSessionManager.__init__.__code__.co_names


def test_memory_is_given_back_again_and_again_while_nobody_is_there(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(memory, "PERIOD", 0.01)
    given: list[int] = []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(1))

    async def serve() -> None:
        attending = asyncio.create_task(memory.attend())
        while len(given) < 3:
            await asyncio.sleep(0.01)
        attending.cancel()

    asyncio.run(asyncio.wait_for(serve(), 20))
