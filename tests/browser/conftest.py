"""The real thing: the app as a user starts it, in the Chromium of this machine."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
STAGE = ".stage[data-frames]"
PATIENCE = 120_000  # ms until what is waited for counts as missing, on however slow a machine
# What stands in the README for a machine of the reader's, and for it a name of this one.
HERE = {
    "0.0.0.0": "127.0.0.1",
    "192.0.2.10": "room.localhost",
    "lab.example": "lab.localhost",
    "hub.example": "hub.localhost",
}
# On a direct load of a page below the root Streamlit asks for two of its own paths relative to
# the page, and logs that they are not there; and for the icon of a page that has just been left.
STREAMLITS_OWN = ("_stcore/health", "_stcore/host-config", "/media/")


@dataclass
class Laboratory:
    """A running server, and what it printed."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    opened: list[Page] = field(default_factory=list)


@pytest.fixture(scope="session")
def executable() -> str:
    """Return the path of a browser: found, or the tests are skipped; in CI they fail."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        message = "no Chromium or Chrome on this machine: the browser tests did not run"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")  # no longer: while Playwright is open, asyncio has its loop
def browser(executable: str) -> Iterator[Browser]:
    """Yield a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """Yield the app, started with the README's command on a free port of this machine.

    One for all tests: it starts slowly. A module that kills its processes has one of its own.
    """
    yield from served(tmp_path_factory.mktemp("server") / "log.txt")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the site of the first lesson, and a lesson of one short training."""
    from explorer.__main__ import main
    from explorer.lessons.reading import read
    from explorer.site.lessons import page_of
    from tests.site.test_recorded_site import GAME

    out = tmp_path_factory.mktemp("site")
    assert main(["site", str(out), "--only", "memory"]) == 0
    page, _ = page_of(read("short", GAME), None, 2_000_000, lambda said: None)
    (out / "short.html").write_text(page, encoding="utf-8")
    return out


@pytest.fixture
def another_laboratory(tmp_path: Path) -> Iterator[Laboratory]:
    """Yield a server of a test's own, which may be killed."""
    yield from served(tmp_path / "log.txt")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Laboratory]:
    """Yield the app started with the README's command for a room, here under a name of its own."""
    (command,) = [line for line in starts() if "192.0.2.10" in line]
    yield from served(tmp_path / "log.txt", options_here(command))


def starts() -> list[str]:
    """Return every command of the README, and of what the code says, that starts the server."""
    texts = [ROOT / "README.md", ROOT / "app.py", *sorted(ROOT.glob("explorer/**/*.py"))]
    found = [
        re.split(r"[`\"]|\s#", line)[0]
        for text in texts
        for line in re.findall(r"streamlit run.*", text.read_text("utf-8"))
    ]
    return list(dict.fromkeys(line.strip() for line in found))


def options_here(command: str) -> list[str]:
    """Return the options of a command that starts the server, with names of this machine."""
    for there, here in HERE.items():
        command = command.replace(there, here)
    streamlit, run, app, *options = shlex.split(command)
    assert (streamlit, run, app) == ("streamlit", "run", "app.py")
    return options


def served(log: Path, options: Sequence[str] = ()) -> Iterator[Laboratory]:
    """Yield the app with options, each with a value, on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    laboratory = Laboratory(f"http://127.0.0.1:{port}", started(port, log, options), log)
    try:
        named = dict(zip(options[::2], options[1::2], strict=True))
        start = f"{laboratory.address}/{named.get('--server.baseUrlPath', '')}".rstrip("/")
        wait_until_it_answers(f"{start}/_stcore/health", laboratory.process, log)
        yield laboratory
    finally:
        laboratory.process.terminate()
        laboratory.process.wait(30)


def started(port: int, log: Path, options: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Return a server that is starting."""
    command = ["-m", "streamlit", "run", "app.py", *options, "--server.port", str(port)]
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *command, "--server.headless", "true"],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Return a size of window: a desk's, then a phone's."""
    return SIZES[request.param]


@dataclass
class Visitor:
    """A tab, with everything that its console complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, awaited: str = STAGE) -> "Visitor":
        """Open a page of the laboratory and wait for its stage, or for what it has instead."""
        self.page.goto(self.address + path)
        self.page.locator(awaited).first.wait_for(timeout=PATIENCE)
        return self

    def stage(self, name: str) -> str:
        """Return an attribute of the stage: state, step, painted, frame, frames."""
        return self.page.locator(".stage").first.get_attribute(f"data-{name}") or ""

    def until(self, condition: str, timeout: float = PATIENCE / 1000) -> None:
        """Wait until a JavaScript expression of ``d``, the stage's data attributes, is true."""
        self.page.wait_for_function(
            f"""() => {{
              const find = (at) => at.querySelector('.stage') ?? [...at.querySelectorAll('*')]
                .map((e) => e.shadowRoot && find(e.shadowRoot)).find((e) => e);
              const stage = find(document);
              if (!stage) return false;
              const d = Object.fromEntries(Object.entries(stage.dataset).map(
                ([k, v]) => [k, v === '' || isNaN(v) ? v : Number(v)]));
              return {condition};
            }}""",
            timeout=timeout * 1000,
        )

    def settled(self) -> None:
        """Wait until the page has heard what the dials stand at: then the address says it, too."""
        self.until("d.known === 'true'")

    def hear(self, message: ConsoleMessage) -> None:
        """Keep a complaint, unless it is one of Streamlit's own."""
        where = message.location.get("url", "")
        if message.type in ("error", "warning") and not any(own in where for own in STREAMLITS_OWN):
            self.complaints.append(f"{message.text} ({where})")


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> dict[tuple[tuple[int, int], str], list[BrowserContext]]:
    """Return what visitors leave behind, by size and scheme: the app's scripts are loaded there."""
    return defaultdict(list)


@pytest.fixture
def visit(browser: Browser, laboratory: Laboratory, contexts):
    """Return a way to open a tab; every tab must end without a complaint on its console.

    Who visits meets nothing of who came before, but the scripts and styles that a browser caches.
    """
    visitors: list[Visitor] = []
    taken: list[tuple[tuple[tuple[int, int], str], BrowserContext]] = []

    def visit(
        path: str,
        size: tuple[int, int] = SIZES["desk"],
        scheme: str = "light",
        awaited: str = STAGE,
    ) -> Visitor:
        left = contexts[size, scheme]
        context = (
            left.pop()
            if left
            else browser.new_context(
                viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
            )
        )
        context.set_default_timeout(PATIENCE)
        taken.append(((size, scheme), context))
        visitor = Visitor(context.new_page(), laboratory.address)
        visitor.page.on("console", visitor.hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor.open(path, awaited)

    yield visit
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for kind, context in taken:
        if is_as_new(context, laboratory.address):
            contexts[kind].append(context)
        else:
            context.close()
    assert complaints == []


def is_as_new(context: BrowserContext, address: str) -> bool:
    """Close the tabs of a context and forget what they kept; whether that could be done."""
    try:
        context.set_offline(False)
        context.unroute_all()
        context.clear_permissions()
        for page in context.pages[1:]:
            page.close()
        page = context.pages[0]
        page.goto("about:blank")
        kept = {"origin": address, "storageTypes": "local_storage,indexeddb"}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", kept)
        # The server gives this one with an answer that the browser keeps: without, nothing uploads.
        context.clear_cookies(name=re.compile(r"^(?!_streamlit_xsrf$)"))
        page.close()
    except (Error, IndexError):
        return False
    return True


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when a server answers; RuntimeError with what it printed where it has ended."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server does not answer:\n{log.read_text()}")
