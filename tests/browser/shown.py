"""What the browsers open one after the other, every page and view; and what is shown at rest."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page

from explorer.labs.cells.views import VIEWS as CELLS
from explorer.labs.gans.views import VIEWS as GANS
from explorer.labs.gradients.views import VIEWS as GRADIENTS
from explorer.labs.sequences.views import VIEWS as SEQUENCES
from explorer.labs.transport.views import VIEWS as TRANSPORT

PAGES = (
    "/",
    *(
        f"/{lab}?view={view}"
        for lab, views in (
            ("cells", CELLS),
            ("gradients", GRADIENTS),
            ("sequences", SEQUENCES),
            ("gans", GANS),
            ("transport", TRANSPORT),
        )
        for view in views
    ),
)
WITHOUT_A_STAGE = ("/gans?view=records",)
CHART = "[data-testid=stPlotlyChart] svg"

WORDS = re.compile(r"\S")

Seen = TypeVar("Seen")


def said(visitor: Any, area: str) -> str:
    """Return what a part of the picture says, once it says something."""
    return _read(visitor.page.locator(f'[data-area="{area}"]'))


def card(visitor: Any, name: str) -> str:
    """Return what a card shows of a number, once it shows something."""
    return _read(visitor.page.locator(f'[data-scalar="{name}"] .value'))


def _read(place: Locator) -> str:
    place.filter(has_text=WORDS).wait_for(timeout=60_000)
    return place.inner_text()


def at_rest(page: Page, seen: Callable[[], Seen]) -> Seen:
    """Return what is seen once it has stayed as it is for half a second; it is given a minute."""
    now, times = seen(), 0
    for _ in range(600):
        page.wait_for_timeout(100)
        before, now = now, seen()
        times = times + 1 if now == before else 0
        if times == 4:
            return now
    raise AssertionError("what is shown never comes to rest")
