"""What happens around serving: trainer processes start and stop, and everything is warmed up.

Streamlit's pages share one interpreter with all routes, so a pause of it is a pause for everyone.
The garbage collector walks over all objects that torch and pandas leave behind, which takes 0.1 to
0.2 s; once they are loaded, they are frozen out of its sight.
"""

import asyncio
import contextlib
import gc
import importlib
from collections.abc import AsyncIterator
from typing import Any

from explorer.runs.desk import the_desk
from explorer.runs.hub import the_hub
from explorer.runs.worker import warm_torch

# What the first visitors would wait for, the first of them first.
LIBRARIES = ("torch", "pandas", "pyarrow")
# What the trainer processes load before somebody presses Train.
EXPERIMENTS = ("explorer.labs.gans.match", "explorer.labs.gradients.learning")

# What the processes that answer load before somebody turns a dial.
ANSWERS = (
    "explorer.figures.gradients.start",
    "explorer.figures.cells.answers",
    "explorer.figures.gans.dirac",
    "explorer.figures.gans.slow",
    "explorer.figures.gans.openings",
    "explorer.figures.gradients.learning",
)


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start the processes, warm up in the background, serve, stop the processes."""
    hub, desk = the_hub(), the_desk()
    desk.start(ANSWERS)
    hub.start(EXPERIMENTS)
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    try:
        yield
    finally:
        await warming
        await asyncio.to_thread(desk.stop)
        await asyncio.to_thread(hub.stop)


def warm_up() -> None:
    """Load all that is loaded on first use, then freeze it out of the collector's sight."""
    for library in LIBRARIES:
        importlib.import_module(library)
    warm_torch()
    # Here, and not above: the server answers before torch has been loaded.
    from explorer.labs import cells, gradients

    for cell in ("lstm", "gru"):
        cells.read(cells.CellLab(cell=cell))
    gradients.measure(gradients.Flow())
    gc.collect()
    gc.freeze()
