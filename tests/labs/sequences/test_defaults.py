"""What the default examples were measured to reach: every task, by its own line-up, in 20 s."""

import pytest

from explorer.labs.sequences import TASKS, SideBySide
from explorer.labs.sequences.defaults import line_up, reached

SOON = 20.0  # seconds of one core


@pytest.mark.parametrize("name", TASKS)
def test_the_default_example_of_a_task_was_measured_and_is_over_soon(name):
    found = reached()[name]

    assert found.steps == TASKS[name].updates
    assert tuple(found.metrics) == TASKS[name].line_up
    assert 0 < found.seconds <= SOON
    assert found.said().startswith(f"Measured on one core, all together: {found.steps:,} updates")
    assert set(line_up(name).values()) >= set(TASKS[name].line_up)
    SideBySide(task=name, **line_up(name))
