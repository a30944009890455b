"""The shelf as a viewer uses it: kept, played again after the server was killed, gone on from."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.browser.conftest import SIZES, Laboratory, Visitor, started, wait_until_it_answers

GAMES = "/gans?width=8&batch=16&critic_steps=1&steps=400"
WAIT = 90_000  # ms


def kept(page: Page, note: str) -> None:
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_label("Note").fill(note)
    page.get_by_label("Note").blur()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Kept: “").wait_for(timeout=WAIT)


def test_a_kept_run_plays_and_goes_on_after_the_server_was_killed(
    browser: Browser, another_laboratory: Laboratory, tmp_path: Path
):
    laboratory = another_laboratory
    width, height = SIZES["desk"]
    context = browser.new_context(viewport={"width": width, "height": height})
    visitor = Visitor(context.new_page(), laboratory.address)
    page = visitor.open(GAMES).page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 30", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")

    kept(page, "kept before the fall")
    laboratory.process.send_signal(signal.SIGKILL)
    laboratory.process.wait(30)
    port = urlsplit(laboratory.address).port
    assert port is not None
    laboratory.process = started(port, tmp_path / "again.txt")
    health = f"{laboratory.address}/_stcore/health"
    wait_until_it_answers(health, laboratory.process, tmp_path / "again.txt")

    visitor.open("/shelf", "text=kept before the fall")
    page.get_by_role("link", name="Open").first.click()
    visitor.until("d.state === 'ended' && d.step > 30", 120)
    last = int(visitor.stage("step"))
    page.get_by_role("button", name="Play", exact=True).click()
    visitor.until(f"d.step < {last}", 120)  # from the beginning again,
    visitor.until(f"d.step === {last}", 120)  # to where it was kept

    page.get_by_role("button", name="Go on in its lab").click()
    page.wait_for_url("**/gans?**", timeout=WAIT)
    visitor.until(f"d.state === 'paused' && d.step === {last}", 120)
    page.get_by_role("button", name="Train").click()
    visitor.until(f"d.step > {last + 5}", 120)
    context.close()
