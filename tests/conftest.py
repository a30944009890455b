"""Every test is a shape test too: the jaxtyping annotations of the package are executed."""

import os
import tempfile
from pathlib import Path

from jaxtyping import install_import_hook

# Before the first import of the package, or its modules keep their annotations unread.
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


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a Dask cluster of one process, which is replaced when a test has killed it."""
    from explorer.runs import dask

    with dask.own(1) as client:
        yield client.scheduler.address
