"""Every test is a shape test too: the jaxtyping annotations of the package are executed.

Tests run in two processes, those that drive a browser in one of them (`-n 0` runs all in one).
"""

from jaxtyping import install_import_hook

# Before the first import of the package, or its modules keep their annotations unread.
install_import_hook("explorer", "shapes.checked")

import torch  # noqa: E402

torch.set_num_threads(1)  # tiny networks are faster with one thread

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

IN_A_BROWSER = ("browser", "stage")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, and all that start a browser in the same one."""
    for item in items:
        room = item.path.relative_to(item.config.rootpath / "tests").parts[0]
        group = "browser" if room in IN_A_BROWSER else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
