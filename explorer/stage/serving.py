"""What happens around serving: trainer processes start and stop, and everything is warmed up.

That takes both cores of a laptop for seconds, and the home page needs none of it. So it begins when
a lab is opened, or beside the home page once that is painted, or when nobody has come for a while.

Streamlit's pages share one interpreter with all routes, so a pause of it is a pause for everyone.
The garbage collector walks over all objects that torch and pandas leave behind, which takes 0.1 to
0.2 s; once they are loaded, they are frozen out of its sight.
"""

import asyncio
import contextlib
import gc
import importlib
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from streamlit import config

from explorer.runs.cluster import asked_for
from explorer.runs.desk import the_desk
from explorer.runs.hub import the_hub
from explorer.runs.worker import warm_torch
from explorer.stage import memory

# What the first visitors would wait for, the first of them first.
LIBRARIES = ("torch", "pandas", "pyarrow")
# What the trainer processes load before somebody presses Train.
EXPERIMENTS = (
    "explorer.labs.gans.match",
    "explorer.labs.gradients.learning",
    "explorer.labs.sequences.learning",
)

# What the processes that answer load before somebody turns a dial.
ANSWERS = (
    "explorer.figures.gradients.start",
    "explorer.figures.cells.answers",
    "explorer.figures.gans.dirac",
    "explorer.figures.gans.slow",
    "explorer.figures.gans.openings",
    "explorer.figures.gradients.learning",
    "explorer.figures.gradients.matrix",
    "explorer.figures.gradients.cliff",
    "explorer.figures.gradients.depth",
    "explorer.figures.gradients.myths",
    "explorer.figures.sequences",
    "explorer.figures.sequences.writing",
    "explorer.figures.transport.line",
    "explorer.figures.transport.sliding",
    "explorer.figures.transport.guess",
    "explorer.figures.transport.samples",
    "explorer.figures.transport.plane",  # last: its solvers take seconds to load
)


WRONG_REQUEST = 2  # the exit status
NOBODY = 10.0  # seconds after the start without a visitor
PAINTED = 2.0  # seconds that a browser has for the home page
_needed, _seen, _ending = threading.Event(), threading.Event(), threading.Event()


def needed() -> None:
    """Take note that a lab is opened: its processes start at once."""
    _needed.set()
    _seen.set()


def seen() -> None:
    """Take note that a page was shown."""
    _seen.set()


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start the processes, warm up in the background, serve, stop the processes."""
    for event in (_needed, _seen, _ending):
        event.clear()
    print(f"The laboratory is at {address()}{names()} (Ctrl+C ends it)", flush=True)
    starting = asyncio.create_task(asyncio.to_thread(_start))
    giving_back = asyncio.create_task(memory.attend())
    try:
        yield
    finally:
        giving_back.cancel()
        _ending.set()
        needed()
        await starting
        await asyncio.to_thread(the_desk().stop)
        await asyncio.to_thread(the_hub().stop)


def staff() -> None:
    """Have runs trained on the cluster that the environment names, if it names one.

    Where that cannot be, the server ends with one sentence, and exit status 2.
    """
    try:
        the_hub().cluster = asked_for()
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(WRONG_REQUEST)


def address() -> str:
    """Return where the laboratory is found: Streamlit does not say it where it opens no browser."""
    said = config.is_manually_set("browser.serverAddress")
    host = config.get_option("browser.serverAddress" if said else "server.address")
    path = (config.get_option("server.baseUrlPath") or "").strip("/")
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    everywhere = host in (None, "", "0.0.0.0", "::")
    listed = config.get_option("server.allowedHosts") or ["localhost"]
    named = listed[0] if everywhere else "localhost" if host == "127.0.0.1" else host
    named = f"[{named}]" if ":" in named else named
    return f"{scheme}://{named}:{config.get_option('server.port')}/{path}"


def names() -> str:
    """Return under which names alone it is found, where the address says another: "" or a part."""
    listed = config.get_option("server.allowedHosts") or []
    here = urlsplit(address()).hostname
    return "" if not listed or here in listed else f", for those who ask for {' or '.join(listed)}"


def _start() -> None:
    """Start the processes when their time has come, and load what the first visitors need."""
    if _seen.wait(NOBODY):
        _needed.wait(PAINTED)
    if _ending.is_set():
        return
    the_desk().start(ANSWERS)
    the_hub().start(EXPERIMENTS)
    warm_up()


def warm_up() -> None:
    """Load all that is loaded on first use, then freeze it out of the collector's sight."""
    for library in LIBRARIES:
        importlib.import_module(library)
    warm_torch()
    # Here, and not above: the server answers before torch has been loaded.
    from explorer.labs import cells, gradients, sequences

    for cell in ("lstm", "gru"):
        cells.read(cells.CellLab(cell=cell))
    gradients.measure(gradients.Flow())
    sequences.SideBySide().still()
    gc.collect()
    gc.freeze()
