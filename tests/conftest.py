"""Every test is a shape test too: the jaxtyping annotations of the package are executed.

Tests run in two processes (`-n 0`: in one): those that open the one app in a browser in one of
them, all others in the other. Browser tests that need no more than themselves come last, and are
done by who is free.
"""

import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import jaxtyping
import shapes
from jaxtyping import install_import_hook

# Before the first import of the package, or its modules keep their annotations unread.
jaxtyping.jaxtyped = shapes.jaxtyped  # what the hook puts around everything
install_import_hook("explorer", "shapes.checked")

# A shelf of the tests' own, for the servers that they start too.
os.environ["EXPLORER_SHELF"] = str(Path(tempfile.mkdtemp("shelf")) / "shelf.sqlite")

import torch  # noqa: E402

torch.set_num_threads(1)  # tiny networks are faster with one thread

from collections.abc import Iterator  # noqa: E402

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

# The same examples every time, however busy the machine is.
settings.register_profile(
    "laboratory",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("laboratory")

from streamlit.components.v2 import manifest_scanner  # noqa: E402

# For every page that a test opens Streamlit reads what each installed package says of itself.
manifest_scanner.scan_component_manifests = functools.cache(
    manifest_scanner.scan_component_manifests
)

APP, STAGE = "the app in a browser", "the stage in a browser"
# Those that start an app of their own, or another browser than the rest.
ALONE = ("laboratory", "behind_proxies", "under_the_hand", "commands", "firefox")
LAST = (STAGE, *(f"tests/browser/test_{name}.py" for name in ALONE))


def group_of(nodeid: str) -> str:
    """Return what a test shares a process with: all that opens the one app, or its file."""
    file = nodeid.split("::")[0]
    if file in LAST:
        return file
    if file.startswith("tests/browser/"):
        return APP
    return STAGE if file.startswith("tests/stage/test_") or "_in_browser" in file else file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and leave for the end what either process can do."""
    order = {APP: -1} | {group: place for place, group in enumerate(LAST, 1)}
    items.sort(key=lambda item: order.get(group_of(item.nodeid), 0))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give tests to the processes by their groups."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByGroups(config, log)


MAIN = sys.modules["__main__"]


def pytest_runtest_teardown() -> None:
    """Put back the main module, for which a tested page stands in: processes begin from it."""
    sys.modules["__main__"] = MAIN


@functools.cache
def make_room() -> None:
    """Let this process work only where no browser would: those are watched by the clock."""
    if hasattr(os, "nice"):
        os.nice(5)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Where both run at once, what drives no browser makes room for what does."""
    if "PYTEST_XDIST_WORKER" in os.environ and group_of(item.nodeid) not in (APP, *LAST):
        make_room()


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a Dask cluster of one process, which is replaced when a test has killed it."""
    from explorer.runs import dask

    with dask.own(1) as client:
        yield client.scheduler.address
