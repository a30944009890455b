"""Around serving: trainers run while the server serves, and no longer."""

import asyncio
import gc
import importlib
from collections.abc import Iterator

import pytest

from explorer.runs.hub import Hub
from explorer.stage import serving


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub(workers=1)
    monkeypatch.setattr(serving, "the_hub", lambda: hub)
    yield hub
    hub.stop()
    gc.unfreeze()


def test_trainers_run_while_the_server_serves_and_no_longer(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(serving, "warm_up", lambda: None)

    async def serve() -> list[int]:
        async with serving.lifespan(None):
            serving.needed()
            return await until_there(hub)

    assert len(asyncio.run(serve())) == 1
    assert hub.pids == []


async def until_there(hub: Hub) -> list[int]:
    for _ in range(300):
        if hub.pids:
            break
        await asyncio.sleep(0.1)
    return hub.pids


def test_trainers_wait_until_the_home_page_is_painted_and_come_by_themselves(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(serving, "warm_up", lambda: None)
    monkeypatch.setattr(serving, "NOBODY", 3600.0)
    monkeypatch.setattr(serving, "PAINTED", 3600.0)

    async def serve() -> tuple[list[int], list[int]]:
        async with serving.lifespan(None):
            serving.seen()
            await asyncio.sleep(0.3)
            before = hub.pids
            serving.needed()
            return before, await until_there(hub)

    before, after = asyncio.run(serve())
    assert (len(before), len(after)) == (0, 1)


def test_trainers_come_also_where_nobody_does(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "warm_up", lambda: None)
    monkeypatch.setattr(serving, "NOBODY", 0.01)

    async def serve() -> list[int]:
        async with serving.lifespan(None):
            return await until_there(hub)

    assert len(asyncio.run(serve())) == 1


def test_what_was_loaded_is_out_of_the_collectors_sight(hub: Hub):
    gc.collect()
    seen_before = len(gc.get_objects())

    serving.warm_up()

    assert gc.get_freeze_count() > 0.9 * seen_before
    assert len(gc.get_objects()) < 0.1 * seen_before


@pytest.mark.parametrize("module", serving.EXPERIMENTS)
def test_what_trainers_load_beforehand_holds_experiments(module: str):
    kinds = vars(importlib.import_module(module)).values()

    assert any(isinstance(kind, type) and hasattr(kind, "shared_steps") for kind in kinds)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"server.baseUrlPath": "/lab/", "server.address": "0.0.0.0"}, "http://localhost:8599/lab"),
        ({"server.address": "::1"}, "http://[::1]:8599/"),
        (
            {"server.address": "0.0.0.0", "server.allowedHosts": ["192.0.2.10", "lab.example"]},
            "http://192.0.2.10:8599/",
        ),
        (
            {"server.address": "127.0.0.1", "server.allowedHosts": ["hub.example"]},
            "http://localhost:8599/, for those who ask for hub.example",
        ),
        (
            {"server.address": "192.0.2.10", "server.sslCertFile": "cert.pem"},
            "https://192.0.2.10:8599/",
        ),
    ],
)
def test_the_address_is_said_where_no_browser_opens(
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: dict[str, object],
    said: str,
):
    monkeypatch.setattr(serving, "warm_up", lambda: None)
    monkeypatch.setattr(serving.config, "get_option", {"server.port": 8599, **options}.get)

    async def serve() -> None:
        async with serving.lifespan(None):
            pass

    asyncio.run(serve())
    assert f"The laboratory is at {said} (Ctrl+C ends it)" in capsys.readouterr().out
