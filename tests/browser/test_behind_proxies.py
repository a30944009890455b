"""The picture comes on every way on which its page comes, and what does not come is said.

Two servers stand behind all the ways, each started with a command of the README.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import ways
from tests.browser.conftest import ROOT, Visitor, options_here, served, started, starts

NUMBERS = "127.0.0.1"  # a name of this machine that the commands of the README do not list
NGINX = re.search(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
PREFIX = "/user/ada/proxy/8501/"
PLAINLY = "The picture comes over plain HTTP: the way does not let web sockets through."


@dataclass
class Servers:
    """Both servers by their ports, and where the ways to them begin, by name."""

    based: int
    rooted: int
    at: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Yield the servers of the README's proxy commands and, where there is nginx, all ways."""
    folder = tmp_path_factory.mktemp("ways")
    commands = [next(x for x in starts() if name in x) for name in ("lab.example", "hub.example")]
    based_options, rooted_options = (
        [*options_here(x), "--server.allowedHosts", NUMBERS] for x in commands
    )
    for based in served(folder / "based.txt", based_options):
        for rooted in served(folder / "rooted.txt", rooted_options):
            ports = [int(x.address.rpartition(":")[2]) for x in (based, rooted)]
            servers = Servers(*ports)
            with ways.Stripping(PREFIX, servers.rooted) as hub:
                servers.at["hub"] = f"http://hub.localhost:{hub.port}{PREFIX}"
                servers.at["base path"] = f"http://{NUMBERS}:{servers.based}/lab/"
                servers.at["dot"] = f"http://hub.localhost.:{servers.rooted}/"
                if ways.NGINX:
                    with ways.nginx(_config(servers, folder), folder):
                        yield servers
                else:
                    yield servers


def _config(servers: Servers, folder: Path) -> str:
    """Return what nginx is to do, the README's lines among it, and keep where each way begins."""
    cert, key = ways.certificate(folder)
    assert NGINX
    readme = NGINX[1].partition("\n\n")[2]  # the map before it stands in our own lines already
    assert NGINX[1].startswith("map $http_upgrade $connection_upgrade")
    ports = {name: ways.free_port() for name in ("SUBPATH", "TLS", "BLOCKED", "RENAMED", "README")}
    for there, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{ports['README']} ssl",
        "lab.example;": "lab.localhost;",
        "/etc/ssl/lab.example.pem": str(cert),
        "/etc/ssl/lab.example.key": str(key),
        "127.0.0.1:8501": f"127.0.0.1:{servers.based}",
    }.items():
        assert there in readme
        readme = readme.replace(there, here)
    text = (Path(__file__).with_name("proxy.conf")).read_text("utf-8") + readme
    for name, port in {**ports, "BASED": servers.based, "ROOTED": servers.rooted}.items():
        text = text.replace(f":{name}", f":{port}")
    servers.at |= {
        "nginx of the README": f"https://lab.localhost:{ports['README']}/lab/",
        "sub-path": f"http://{NUMBERS}:{ports['SUBPATH']}/lab/",
        "TLS": f"https://{NUMBERS}:{ports['TLS']}/",
        "blocked": f"http://{NUMBERS}:{ports['BLOCKED']}/",
        "renamed": f"http://{NUMBERS}:{ports['RENAMED']}/",
    }
    return text


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """A tab that takes a certificate for good that this machine signed itself."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, ignore_https_errors=True)
    yield Visitor(context.new_page(), "")
    context.close()


def begins(servers: Servers, way: str) -> str:
    """Return where a way begins; where there is no nginx for it the test is skipped."""
    if way not in servers.at:
        message = "no nginx on this machine: the ways through it were not tried"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return servers.at[way]


def offered(page: Page) -> str:
    """Return the link that the page offers."""
    page.get_by_role("button", name="Link").click()
    link = page.locator("code", has_text="://").first
    link.wait_for(timeout=60_000)
    return link.inner_text()


WAYS = ["base path", "sub-path", "TLS", "nginx of the README", "hub", "blocked", "dot"]


@pytest.mark.parametrize("way", WAYS)
def test_the_picture_trains_and_the_offered_link_opens_it_again(
    servers: Servers, visitor: Visitor, way: str
):
    start = begins(servers, way)
    page = visitor.page
    page.goto(f"{start}gans?width=16&seed={40 + WAYS.index(way)}")
    visitor.until("d.frames > 0", 120)
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 3 && d.painted > 3", 120)
    said = page.locator(".stage .notice", has_text=PLAINLY)
    expect(said).to_have_count(1 if way == "blocked" else 0)

    link = offered(page)
    assert link.startswith(f"{start}gans?")
    assert f"seed={40 + WAYS.index(way)}" in link
    again = Visitor(page.context.new_page(), "")
    again.page.goto(link)
    again.until("d.frames > 3")  # of the run that trains, which this tab never asked for
    again.page.get_by_role("link", name="Gradients").first.click()
    again.page.wait_for_url(f"{start}gradients**")
    again.until("d.frames > 0")


@pytest.mark.parametrize("way", ["hub", "sub-path", "TLS"])
def test_files_go_both_ways(servers: Servers, visitor: Visitor, way: str):
    start = begins(servers, way)
    page = visitor.page
    page.goto(f"{start}gans?width=16&seed=31")
    page.get_by_text("Samples, weights, and a plain PyTorch script").click()
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name="Download games.py").click()
    script = Path(coming.value.path()).read_text("utf-8")
    compile(script, "games.py", "exec")
    assert "import torch" in script

    page.goto(f"{start}cells?view=networks")
    nothing = {"name": "words.pt", "mimeType": "application/octet-stream", "buffer": b"no network"}
    page.locator('input[type="file"]').first.set_input_files([nothing])
    refused = page.locator(".stAlert").first  # by what read it, so it has come
    refused.wait_for(timeout=60_000)
    assert "words.pt" in refused.inner_text()


@pytest.mark.parametrize("way", ["nginx of the README", "hub", "blocked"])
def test_a_room_is_opened_and_entered_by_its_short_address(
    servers: Servers, visitor: Visitor, way: str
):
    start = begins(servers, way)
    page = visitor.page
    page.goto(f"{start}transport")
    page.get_by_role("button", name="Room", exact=True).click()
    page.get_by_role("button", name="Open a room").click(timeout=60_000)
    address = page.locator(".room-sheet .address")
    expect(address).to_have_text(re.compile(r"/room/\w{6}$"), timeout=60_000)

    another = page.context.browser.new_context(ignore_https_errors=True)
    try:
        follower = another.new_page()
        follower.goto(start.partition("//")[0] + "//" + address.inner_text())
        follower.wait_for_url(f"{start}transport", timeout=60_000)
        page.keyboard.press("Escape")
        page.keyboard.press("q")
        page.wait_for_function("document.querySelector('.room-qr img').naturalWidth > 0")
    finally:
        another.close()


def test_where_no_socket_passes_a_dial_is_answered_while_it_is_dragged(
    servers: Servers, visitor: Visitor
):
    start = begins(servers, "blocked")
    page = visitor.page
    page.goto(f"{start}gradients")
    visitor.until("d.answered > 0 && d.frames > 0")
    dial = page.locator('.stage input[type="range"], .table input[type="range"]').first
    box = dial.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    asked = int(visitor.stage("asked"))
    for share in (0.55, 0.6, 0.65, 0.7):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        visitor.until(f"d.asked > {asked} && d.answered > {asked}")  # while it is held
        asked = int(visitor.stage("answered"))
    page.mouse.up()
    visitor.until("d.answered === d.asked && d.whole === 'true'")


def test_a_picture_that_is_refused_says_why_and_which_option_lets_it_in(
    servers: Servers, visitor: Visitor
):
    start = begins(servers, "renamed")
    visitor.page.goto(f"{start}gans?width=16")

    visitor.page.get_by_text(
        "The picture's connection was refused (403): this server does not answer to the name "
        "elsewhere.example; start it with --server.allowedHosts elsewhere.example"
    ).first.wait_for(timeout=90_000)


@pytest.mark.parametrize(
    ("script", "answer", "why"),
    [
        ("main.js", {"status": 404, "body": "not here"}, "main.js: 404"),
        ("main.js", None, "main.js: it is blocked on the way"),
        (
            "main.js",
            {"status": 200, "content_type": "text/html", "body": "<p>Sign in</p>"},
            "main.js: it comes as text/html and not as a script",
        ),
        ("run/player.js", {"status": 500, "body": ""}, "run/player.js: 500"),
        (
            "run/player.js",
            {"status": 403, "content_type": "text/plain", "body": "Ask the owner."},
            "run/player.js: 403, Ask the owner. Reload",
        ),
    ],
)
def test_a_program_that_does_not_load_is_said_in_the_place_of_the_picture(
    servers: Servers, visitor: Visitor, script: str, answer: dict | None, why: str
):
    def instead(route: Route) -> None:
        if answer is None:
            route.abort()
        else:
            route.fulfill(**answer)

    page = visitor.page
    page.route(f"**/stage/asset/*/{script}", instead)
    page.goto(f"{servers.at['base path']}gans?width=16")

    line = page.get_by_role("alert").filter(has_text="The picture's program did not load from")
    expect(line).to_contain_text(why, timeout=90_000)
    expect(line).to_contain_text(f"{servers.at['base path']}stage/asset/")


def test_a_program_that_does_not_come_at_all_is_said_until_it_comes(
    servers: Servers, visitor: Visitor
):
    held: list[Route] = []
    page = visitor.page
    page.route("**/stage/asset/*/run/player.js", lambda route: held.append(route))
    page.goto(f"{servers.at['base path']}gans?width=16")

    line = page.get_by_role("alert").filter(has_text="The picture's program has not come yet from")
    line.wait_for(timeout=90_000)
    held[0].continue_()
    visitor.until("d.frames > 0")
    expect(line).to_have_count(0)


def test_a_server_with_a_certificate_of_its_own_shows_the_picture_over_ipv6(
    visitor: Visitor, tmp_path: Path
):
    cert, key = ways.certificate(tmp_path)
    options = {
        "--server.address": "::1",
        "--server.sslCertFile": str(cert),
        "--server.sslKeyFile": str(key),
    }
    port = ways.free_port()
    server = started(
        port, tmp_path / "log.txt", [part for pair in options.items() for part in pair]
    )
    try:
        ways.wait_for("::1", port)
        visitor.page.goto(f"https://[::1]:{port}/gans?width=16&seed=50")
        visitor.until("d.frames > 0", 120)
        visitor.page.get_by_role("button", name="Train").click()
        visitor.until("d.step > 3", 120)
        assert offered(visitor.page).startswith(f"https://[::1]:{port}/gans?")
        assert f"The laboratory is at https://[::1]:{port}/ " in (tmp_path / "log.txt").read_text()
    finally:
        server.terminate()
        server.wait(30)
