"""Hubs whose trainers are processes beside them, or the workers of a cluster."""

import pytest

from explorer.runs.cluster import Cluster
from explorer.runs.hub import Hub
from tests.runs.waiting import until


def employer(request: pytest.FixtureRequest) -> Hub:
    """Return the hub of a fixture with the parameter "process" or "cluster"."""
    if request.param == "process":
        return Hub(workers=1)
    return Hub(cluster=Cluster(request.getfixturevalue("scheduler")))


def pid_of(hub: Hub) -> int:
    """Return the process id of the only trainer, as soon as there is one."""
    until(lambda: all(hub.pids) and len(hub.pids) == 1)
    (pid,) = hub.pids
    return pid
