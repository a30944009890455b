"""Every test is a shape test too: the jaxtyping annotations of the package are executed.

Tests run in two processes (`-n 0`: in one): those that open the one app in a browser in one of
them, all others in the other. Browser tests that need no more than themselves come last, and are
done by who is free.
"""

import functools
import os
import tempfile
from pathlib import Path

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


def group_of(item: pytest.Item) -> str:
    """Return what a test shares a process with: all that opens the one app, or its file."""
    if item.path.is_relative_to(item.config.rootpath / "tests" / "browser"):
        return item.path.name if item.path.stem.removeprefix("test_") in ALONE else APP
    return STAGE if "chromium" in getattr(item, "fixturenames", ()) else str(item.path)


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and leave for the end what either process can do."""
    last = [STAGE, *(f"test_{name}.py" for name in ALONE)]
    groups = {item: group_of(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    order = {APP: -1} | {group: place for place, group in enumerate(last, 1)}
    items.sort(key=lambda item: order.get(groups[item], 0))


@functools.cache
def make_room() -> None:
    """Let this process work only where no browser would: those are watched by the clock."""
    if hasattr(os, "nice"):
        os.nice(5)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Where both run at once, what drives no browser makes room for what does."""
    if "PYTEST_XDIST_WORKER" in os.environ and group_of(item) == str(item.path):
        make_room()


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a Dask cluster of one process, which is replaced when a test has killed it."""
    from explorer.runs import dask

    with dask.own(1) as client:
        yield client.scheduler.address
