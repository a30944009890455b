"""Every task of the sequence lab: a row each, in the order of the menu."""

from explorer.labs.sequences.tasks import (
    film,
    forecasts,
    future,
    grammars,
    opinion,
    pen,
    speech,
    text,
    translations,
)
from explorer.labs.sequences.tasks.task import Task

TASKS: dict[str, Task] = {
    **future.TASKS,
    **speech.TASKS,
    **forecasts.TASKS,
    **film.TASKS,
    **opinion.TASKS,
    **text.TASKS,
    **pen.TASKS,
    **translations.TASKS,
    **grammars.TASKS,
}

__all__ = ["TASKS", "Task"]
