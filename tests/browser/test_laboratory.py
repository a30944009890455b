"""Each lab opened, stepped, trained, paused, scrubbed and refreshed, by what is on the screen."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, Laboratory, Visitor, served, started
from tests.browser.shown import at_rest

LABS = ("cells", "gradients?view=live", "gans")


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """Yield a server of this module's own: its processes are killed."""
    yield from served(tmp_path_factory.mktemp("server") / "log.txt")


def number(text: str) -> float:
    """Return the first number in a text of the screen, which writes − and digits' groups."""
    found = re.search(r"[-−]?[\d,.]+", text)
    assert found, text
    return float(found.group().replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("path", ["", "cells", "gradients", "gradients?view=live", "gans"])
def test_a_page_opens_with_a_picture_and_fits_the_window(visit, size, path):
    visitor = visit(f"/{path}", size)

    visitor.until("d.frames > 0")
    wide = visitor.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide[0] <= wide[1]
    visitor.page.locator(".stage canvas").first.wait_for()
    sizes = visitor.page.locator(".stage canvas").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((r) => r.width * r.height)"
    )
    assert sum(sizes) > 0.1 * size[0] * size[1]


@pytest.mark.parametrize("path", ["cells", "gradients?view=live", "gans"])
def test_picture_and_main_control_are_in_view_without_scrolling(visit, path):
    visitor = visit(f"/{path}", SIZES["desk"])
    for size in (SIZES["desk"], (1280, 720)):
        visitor.page.set_viewport_size({"width": size[0], "height": size[1]})
        visitor.until("d.frames > 0")

        def fits(width: int = size[0], height: int = size[1]) -> tuple[bool, bool]:
            bar = visitor.page.get_by_role("slider", name="Time").bounding_box()
            stage = visitor.page.locator(".stage").bounding_box()
            return bar["y"] + bar["height"] <= height, stage["width"] >= 0.6 * width

        assert at_rest(visitor.page, fits) == (True, True)


@pytest.mark.parametrize(
    ("path", "name"), [("gans", "phone"), ("gradients?view=live", "desk")], ids=["gans", "live"]
)
def test_training_runs_pauses_steps_scrubs_and_resets(visit, path, name):
    visitor = visit(f"/{path}", SIZES[name])
    page = visitor.page

    page.get_by_role("button", name="Train").click()
    visitor.until("d.state === 'training' && d.step > 0 && d.painted > 3", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")
    painted, step = visitor.stage("painted"), int(visitor.stage("step"))
    page.wait_for_timeout(700)
    assert visitor.stage("painted") == painted  # nothing moves while it is paused
    assert int(visitor.stage("step")) == step

    page.get_by_role("button", name="Step").click()
    visitor.until(f"d.step > {step} && d.state === 'paused'", 120)
    page.keyboard.press("ArrowLeft")
    visitor.until(f"d.step <= {step}")
    page.keyboard.press("Home")
    visitor.until("d.step === 0")
    page.keyboard.press("End")
    visitor.until(f"d.step > {step}")
    page.get_by_role("button", name="Reset").click()
    visitor.until("d.step === 0 && d.state === 'idle'")


def test_the_numbers_of_the_games_agree_with_their_sentence(visit):
    visitor = visit("/gans?width=16&seed=3")
    page = visitor.page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 60", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")

    for side in ("a", "b"):
        card = page.locator(f'[data-scalar="{side}/held"]').first.inner_text()
        sentence = page.locator(f'[data-area="{side}_says"]').inner_text()
        assert f"{number(card):.0f} of 8 modes held" in sentence
        good = number(page.locator(f'[data-scalar="{side}/good"]').first.inner_text())
        assert 0 <= good <= 100


def test_a_refresh_comes_back_to_the_run_where_it_was(visit):
    visitor = visit("/gans?width=16&seed=41")
    visitor.page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 20", 120)
    before = int(visitor.stage("step"))

    visitor.page.reload()
    visitor.page.locator(".stage[data-frames]").first.wait_for(timeout=60_000)
    visitor.until(f"d.state === 'training' && d.step >= {before}", 120)


def test_two_who_open_one_link_see_one_run(visit):
    one = visit("/gans?width=16&seed=42")
    one.page.get_by_role("button", name="Train").click()
    one.until("d.step > 20", 120)
    one.page.get_by_role("button", name="Pause").click()
    one.until("d.state === 'paused'")

    other = visit("/gans?width=16&seed=42")
    other.until("d.frames > 5")  # frames that this tab never asked to be trained


def test_a_turned_dial_goes_on_from_the_step_it_was_turned_at(visit):
    visitor = visit("/gans?width=16&seed=43")
    page = visitor.page
    page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 40", 120)
    page.get_by_role("button", name="Pause").click()
    visitor.until("d.state === 'paused'")

    page.get_by_role("slider", name="Judge's updates").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"changes=\d+%3Acritic_steps%3D4"), timeout=60_000)
    visitor.until("d.frames > 10", 60)


def test_a_killed_trainer_is_replaced_and_the_page_says_so(visit, laboratory):
    visitor = visit("/gans?width=16&seed=44&steps=20000")
    visitor.page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 120", 120)

    os.kill(_trainer(laboratory.process.pid), signal.SIGKILL)
    step = int(visitor.stage("step"))

    visitor.page.get_by_text("was replaced").first.wait_for(timeout=60_000)
    visitor.until(f"d.state === 'training' && d.step > {step + 20}", 120)


def test_a_server_that_is_killed_and_started_again_goes_on_where_the_frames_end(
    browser, another_laboratory
):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    visitor = Visitor(context.new_page(), another_laboratory.address)
    visitor.open("/gans?width=16&seed=48&steps=20000")
    visitor.page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 60", 120)

    another_laboratory.process.kill()
    another_laboratory.process.wait(30)
    visitor.page.get_by_text("The server is not reachable").first.wait_for(timeout=60_000)
    step = int(visitor.stage("step"))
    visitor.page.wait_for_timeout(6_000)  # long enough for Streamlit to ask about the internet
    assert visitor.page.get_by_role("dialog").count() == 0
    port = int(another_laboratory.address.rpartition(":")[2])
    another_laboratory.process = started(port, another_laboratory.log)

    steps: list[int] = []
    while not steps or steps[-1] <= step + 5:
        visitor.page.wait_for_timeout(100)
        steps.append(int(visitor.stage("step")))
        assert len(steps) < 2_400
    assert min(steps) >= step  # it never went back to the beginning
    frames = int(visitor.stage("frames"))
    assert frames > step
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_cell_is_stepped_through_time_and_through_its_gates(visit, size, scheme):
    visitor = visit("/cells", size, scheme)
    page = visitor.page
    visitor.until("d.frames > 20")
    page.locator(".stage").first.focus()
    page.keyboard.press("Home")
    visitor.until("d.frame === 0")

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    visitor.until("d.frame === 2")
    diagram = page.locator('[data-area="diagram"]')
    first = at_rest(page, diagram.inner_text)
    page.keyboard.press("ArrowDown")
    expect(diagram).not_to_have_text(first, use_inner_text=True)
    assert visitor.stage("frame") == "2"
    page.keyboard.press("End")
    visitor.until("d.frame > 20")


def test_a_typed_text_is_read_at_once(visit):
    visitor = visit("/cells")
    page = visitor.page
    visitor.until("d.frames === 30")
    line = page.get_by_role("textbox", name="Text")
    line.fill("abc")
    visitor.until("d.frames === 3")

    line.press("d")  # each key is answered, and nothing needs to be sent
    visitor.until("d.frames === 4")
    page.wait_for_url(re.compile("text=abcd"), timeout=60_000)
    line.press("e")
    line.press("Enter")
    page.wait_for_url(re.compile("text=abcde$"), timeout=60_000)
    expect(page.locator('.stage [data-area="tokens"] .chip')).to_have_text(list("abcde"))


def test_a_text_of_which_nothing_is_left_keeps_the_picture_and_says_why(visit):
    visitor = visit("/cells?text=abc")
    page = visitor.page
    visitor.until("d.frames === 3")
    line = page.get_by_role("textbox", name="Text")
    line.fill("")
    page.get_by_text("there must be at least one character to read").wait_for(timeout=60_000)
    page.wait_for_timeout(1_000)
    assert line.input_value() == ""  # nobody takes it away under the fingers

    line.press_sequentially("xy")
    visitor.until("d.frames === 2")
    page.wait_for_url(re.compile("text=xy"), timeout=60_000)
    expect(page.get_by_text("there must be at least one")).to_have_count(0)


def test_a_text_that_is_emptied_and_let_go_of_comes_back_with_the_reason(visit):
    visitor = visit("/cells?text=abc")
    line = visitor.page.get_by_role("textbox", name="Text")
    visitor.until("d.frames === 3")
    line.fill("")
    line.press("Enter")

    visitor.page.get_by_text("there must be at least one character to read").wait_for()
    expect(line).to_have_value("abc")


def test_a_text_that_is_too_long_is_cut_at_its_end_and_says_by_how_much(visit):
    visitor = visit("/cells?text=abc")
    page = visitor.page
    visitor.until("d.frames === 3")
    line = page.get_by_role("textbox", name="Text")
    line.select_text()
    page.keyboard.insert_text("abcde " * 200)

    page.get_by_text("There is room for 1,000 characters; the last 200 are left out.").wait_for()
    visitor.until("d.frames === 1000")
    expect(line).to_have_value(("abcde " * 200)[:1_000])
    line.press("End")
    page.keyboard.insert_text("x")
    page.get_by_text("There is room for 1,000 characters; the last one is left out.").wait_for()
    line.select_text()
    page.keyboard.insert_text("xy")
    visitor.until("d.frames === 2")
    expect(page.get_by_text("There is room for")).to_have_count(0)


def test_a_text_of_several_lines_keeps_them_pasted_or_linked(visit):
    visitor = visit("/cells?text=abc&unit=7")
    page = visitor.page
    visitor.until("d.frames === 3")
    line = page.get_by_role("textbox", name="Text")
    line.select_text()
    page.keyboard.insert_text("f(\n a)\n")
    visitor.until("d.frames === 7")
    expect(line).to_have_value("f(\n a)\n")
    page.wait_for_url(re.compile(r"text=f%28%0A\+a%29%0A"), timeout=60_000)

    again = visit("/cells?text=f%28%0D%0A+a%29%0A&unit=7")
    again.until("d.frames === 7")
    chips = again.page.locator('.stage [data-area="tokens"] .chip')
    expect(chips).to_have_text(["f", "(", "↵", "␣", "a", ")", "↵"])
    begins = visit("/cells?view=writing&prompt=if+x%3A%0A&length=40")
    expect(begins.page.get_by_role("textbox", name="Prompt")).to_have_value("if x:\n")


def test_a_link_with_a_text_that_is_too_long_keeps_its_other_settings(visit):
    visitor = visit(f"/cells?cell=gru&unit=5&view=memory&text={'a' * 1_200}")
    page = visitor.page
    visitor.until("d.frames > 0")

    page.get_by_text("text must have at most 1,000 characters, not 1,200").wait_for()
    assert page.get_by_role("radio", name="GRU", exact=True).is_checked()
    assert "unit=5" in page.url
    assert "view=memory" in page.url


@pytest.mark.parametrize(("cell", "name"), [("lstm", "LSTM"), ("gru", "GRU"), ("rnn_tanh", "RNN")])
def test_tab_lands_on_the_name_that_is_chosen(visit, cell: str, name: str):
    visitor = visit(f"/cells?cell={cell}")
    page = visitor.page
    visitor.until("d.frames > 0")
    page.locator('[data-dial="reads"] select').focus()
    page.keyboard.press("Tab")

    chosen = page.get_by_role("radio", name=name, exact=True)
    expect(chosen).to_be_focused()
    expect(chosen).to_be_checked()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(chosen).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(chosen).not_to_be_checked()
    visitor.until("d.frames > 0")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator('[data-dial="cell"] input:checked')).to_be_focused()


def test_the_home_page_leads_to_every_lab_in_one_click(visit):
    visitor = visit("/")
    for path in ("cells", "gradients", "gans"):
        visitor.page.locator(f'.stMain a[href$="{path}"]').first.click()
        visitor.page.wait_for_url(re.compile(f"/{path}"))
        visitor.until("d.frames > 0")
        visitor.page.go_back()


def test_twenty_quick_clicks_are_twenty_clicks(visit):
    visitor = visit("/gans?width=16&seed=100")
    visitor.page.get_by_role("button", name="Train").click()
    visitor.until("d.step > 10", 120)
    button = visitor.page.get_by_role("button", name="New seed")
    for apart, seed in ((120, 120), (30, 140)):
        for _ in range(20):
            button.click(no_wait_after=True)
            visitor.page.wait_for_timeout(apart)

        visitor.page.wait_for_url(re.compile(f"seed={seed}"), timeout=60_000)


def test_hostile_links_get_a_sentence_on_a_working_page(visit):
    visitor = visit("/gans?data=%3Cscript%3Ealert(1)%3C/script%3E&seed=1e99&width=NaN")

    visitor.until("d.frames > 0")
    text = visitor.page.locator(".stMain").inner_text()
    assert "unknown data" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    "path", ["/gans?view=truth", "/gradients?view=live", "/cells?view=surgery"]
)
def test_a_laptop_at_150_percent_shows_the_titles_of_narrow_panels_uncut(visit, path: str):
    visitor = visit(path, size=(933, 600))
    visitor.until("d.frames > 0")
    spare = at_rest(
        visitor.page,
        lambda: visitor.page.locator(".stage .head h2").evaluate_all(
            """all => all.map((title) => {
              const text = document.createRange();
              text.selectNodeContents(title);
              const [wide, wanted] = [title, text].map((one) => one.getBoundingClientRect().width);
              return wide - wanted;
            })"""
        ),
    )
    assert len(spare) >= 7
    assert min(spare) > -0.02


def _trainer(server: int) -> int:
    """Return the process id of the trainer at work: the oldest among the children of the server."""
    listing = subprocess.run(
        ["ps", "-o", "etimes=,pid=,args=", "--ppid", str(server)], capture_output=True, text=True
    ).stdout
    trainers = [line.split() for line in listing.splitlines() if "explorer.runs.worker" in line]
    if not trainers:
        raise AssertionError(f"no trainer among the children of the server:\n{listing}")
    return int(max(trainers, key=lambda one: int(one[0]))[1])


def test_the_command_for_a_room_lets_it_in_and_nobody_else(browser, room):
    address = room.address.replace("127.0.0.1", "room.localhost")
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator(".stage[data-frames]").first.wait_for(timeout=60_000)
    context.close()

    elsewhere = room.address.replace("127.0.0.1", "elsewhere.localhost")
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    page.get_by_text("This server does not answer to the name elsewhere.localhost;").wait_for()
    assert page.locator(".stage").count() == 0
    context.close()
