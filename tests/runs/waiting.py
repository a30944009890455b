"""Waiting for what another process does, with a deadline that only a fault reaches."""

import time
from collections.abc import Callable

import pytest

DEADLINE = 120.0  # seconds


def until(true: Callable[[], object]) -> None:
    """Return as soon as something is true; fail when it has not become so in two minutes."""
    end = time.monotonic() + DEADLINE
    while not true():
        if time.monotonic() > end:
            pytest.fail("what was waited for has not happened")
        time.sleep(0.005)
