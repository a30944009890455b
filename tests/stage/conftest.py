"""What the tests of the stage share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.stage.chromium import chromium  # noqa: F401
from tests.stage.theatre import Theatre


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:  # noqa: F811
    """A page that can import the stage's scripts."""
    with Theatre() as theatre:
        page = chromium.new_page(viewport={"width": 960, "height": 700}, color_scheme="light")
        page.goto(theatre.base)
        page.wait_for_function("() => window.show")
        yield page
        page.close()
