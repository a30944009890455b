"""What happens around serving: trainer processes start and stop, and everything is warmed up.

Streamlit's pages share one interpreter with all routes, so a pause of it is a pause for everyone.
The garbage collector walks over all objects that torch, pandas and Plotly leave behind, which takes
0.1 to 0.2 s; once they are loaded, they are frozen out of its sight.
"""

import asyncio
import contextlib
import gc
import importlib
from collections.abc import AsyncIterator
from typing import Any

import torch

from explorer.runs.hub import the_hub

# What the first visitor would wait for.
LIBRARIES = ("numpy", "pandas", "pyarrow", "plotly.graph_objects")


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start the trainers, warm up in the background, serve, stop the trainers."""
    hub = the_hub()
    hub.start()
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    try:
        yield
    finally:
        await warming
        hub.stop()


def warm_up() -> None:
    """Load all that is loaded on first use, then freeze it out of the collector's sight."""
    for library in LIBRARIES:
        importlib.import_module(library)
    torch.set_num_threads(1)
    weight = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([weight])
    weight.sum().backward()
    optimizer.step()
    gc.collect()
    gc.freeze()
