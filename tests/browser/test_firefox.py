"""Every page in the machine's own Firefox: it opens, it is painted, and nothing complains."""

import gc
import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.shown import CHART, PAGES, WITHOUT_A_STAGE

NAMES = ("firefox-esr", "firefox")
PATIENCE = 60  # seconds

# All stages of a page, and what is painted on them; they stand in shadow roots.
LOOK = """
const stages = (at) => [...at.querySelectorAll("*")].flatMap((e) => [
  ...(e.matches(".stage") ? [e] : []), ...(e.shadowRoot ? stages(e.shadowRoot) : [])]);
const isPainted = (canvas) => {
  if (!canvas.width || !canvas.height) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const dots = new Uint32Array(data.buffer);
  return dots.some((dot) => dot !== dots[0]);
};
const told = (stage) => ({
  frames: Number(stage.dataset.frames ?? 0), step: Number(stage.dataset.step ?? -1),
  empty: stage.classList.contains("empty"), words: stage.innerText.trim().length,
  canvases: stage.querySelectorAll("canvas").length,
  painted: [...stage.querySelectorAll("canvas")].filter(isPainted).length });
"""
THROWN = """
const [ours] = arguments;
const found = Services.console.getMessageArray().filter(
  (m) => m instanceof Ci.nsIScriptError && m.sourceName.startsWith(ours)
    && !(m.flags & Ci.nsIScriptError.warningFlag));
Services.console.reset();
return found.map((m) => m.errorMessage);
"""
SAID = """
const [ours] = arguments;
const store = Components.classes["@mozilla.org/consoleAPI-storage;1"]
  .getService(Components.interfaces.nsIConsoleAPIStorage);
const found = store.getEvents().filter((e) => e.level === "error" && e.filename.startsWith(ours));
store.clearEvents();
return found.map((e) => e.arguments.map(String).join(" "));
"""


def complaints(firefox: Any, address: str) -> list[str]:
    """Return what pages of an address said as an error, and what they threw, since last time.

    What is said is kept in the process of the page, what is thrown in that of the browser.
    """
    said: list[str] = firefox.execute_script(SAID, script_args=[address], sandbox="system")
    with firefox.using_context("chrome"):
        thrown: list[str] = firefox.execute_script(THROWN, script_args=[address])
    return [*said, *thrown]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Yield a headless Firefox; without one the tests are skipped, in CI they fail."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no Firefox on this machine: its tests did not run")
    from marionette_driver.marionette import Marionette

    driver = Marionette(
        bin=found,
        headless=True,
        port=0,
        startup_timeout=120,
        app_args=["-remote-allow-system-access"],  # its console is read
        gecko_log=str(tmp_path_factory.mktemp("firefox") / "log.txt"),
    )
    try:
        driver.start_session()
        driver.timeout.script = PATIENCE
        driver.set_window_rect(width=1440, height=900)
        yield driver
    finally:
        driver.cleanup()  # ends the process that it started, and no other
        del driver
        gc.collect()  # takes its profile away, which nobody could at the end of Python


def stages(firefox: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = firefox.execute_script(
        f"{LOOK} return stages(document).map(told)"
    )
    return found


def until(firefox: Any, condition: str) -> None:
    """Wait until a JavaScript expression of ``all``, what is told of the stages, is true."""
    end = time.monotonic() + PATIENCE
    script = f"{LOOK} const all = stages(document).map(told); return {condition};"
    while not firefox.execute_script(script):
        assert time.monotonic() < end, f"{condition}: {stages(firefox)}"
        time.sleep(0.1)


@pytest.mark.parametrize("page", PAGES)
def test_firefox_opens_and_paints_every_page_without_a_complaint(firefox, laboratory, page):
    firefox.navigate(laboratory.address + page)

    if page in WITHOUT_A_STAGE:
        until(firefox, f"document.querySelector('{CHART}')")
    else:
        until(firefox, "all.length && all.every((one) => one.frames > 0 && !one.empty)")
        until(firefox, "all.every((one) => one.painted || (!one.canvases && one.words > 40))")
    assert complaints(firefox, laboratory.address) == []


def test_a_training_advances_in_firefox(firefox, laboratory):
    firefox.navigate(f"{laboratory.address}/gans?width=8&batch=16")
    until(firefox, "all.length === 1 && all[0].step === 0")

    firefox.execute_script(f"{LOOK} stages(document)[0].querySelector('.bar .primary').click()")

    until(firefox, "all[0].step > 20")
    assert complaints(firefox, laboratory.address) == []


def test_a_lesson_without_a_server_opens_from_a_disk_in_firefox(firefox, site):
    address = (site / "memory.html").as_uri()
    firefox.navigate(f"{address}#step=3&answers=bb")

    until(firefox, "all.length === 1 && all[0].frames === 5 && all[0].painted")
    said = firefox.execute_script("return document.querySelector('#step-2 .verdict').innerText")
    assert "That is what you expected." in said
    assert complaints(firefox, address) == []


def test_what_a_page_complains_of_in_firefox_is_heard(firefox, laboratory):
    firefox.navigate(laboratory.address)
    firefox.execute_script(
        """const script = document.createElement("script");
        script.textContent = 'console.error("said"); throw new Error("thrown");';
        document.head.append(script);"""
    )

    until(firefox, "document.title")
    assert complaints(firefox, laboratory.address) == ["said", "Error: thrown"]
