"""Every command that starts the server shows a page with a picture."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor, options_here, served, starts


def test_there_is_a_command_for_a_laptop_a_room_nginx_and_a_hub():
    assert starts() == [
        "streamlit run app.py",
        "streamlit run app.py --server.address 0.0.0.0 --server.allowedHosts 192.0.2.10",
        "streamlit run app.py --server.baseUrlPath lab --server.allowedHosts lab.example",
        "streamlit run app.py --server.allowedHosts hub.example",
    ]


@pytest.mark.parametrize("command", starts())
def test_a_page_opens_with_it_and_it_prints_where(browser: Browser, tmp_path: Path, command: str):
    options = options_here(command)
    named = dict(zip(options[::2], options[1::2], strict=True))
    for laboratory in served(tmp_path / "log.txt", options):
        address = laboratory.address
        if "--server.allowedHosts" in named:
            address = address.replace("127.0.0.1", named["--server.allowedHosts"])
        context = browser.new_context()
        visitor = Visitor(context.new_page(), f"{address}/{named.get('--server.baseUrlPath', '')}")

        visitor.open("")
        visitor.until("d.frames > 0")
        port = address.rpartition(":")[2]
        where = f"http://localhost:{port}/{named.get('--server.baseUrlPath', '')}"
        if "--server.allowedHosts" in named:
            where += f", for those who ask for {named['--server.allowedHosts']}"
        said = laboratory.log.read_text()
        assert f"The laboratory is at {where} (Ctrl+C ends it)" in said
        context.close()
