"""The picture under the hand: dragged, stepped by keys, touched, taken back, and never lost."""

import math
import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Laboratory, served
from tests.browser.shown import at_rest

BIAS = '.dials [data-dial="forget_bias"] input'
SEED = '.dials [data-dial="seed"] input'
READ = """() => {
  const find = (at) => at.querySelector('.stage') ?? [...at.querySelectorAll('*')]
    .map((e) => e.shadowRoot && find(e.shadowRoot)).find((e) => e);
  return find(document);
}"""
WATCH = f"""() => {{
  const stage = ({READ})();
  window.seen = [];
  let last = stage.dataset.answered;
  const look = () => {{
    if (stage.dataset.answered !== last) {{
      last = stage.dataset.answered;
      window.seen.push([Number(last), stage.dataset.whole === 'true']);
    }}
    requestAnimationFrame(look);
  }};
  look();
}}"""
PICTURE = f"""() => [...({READ})().querySelectorAll('canvas')].map((one) => one.toDataURL())"""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """Yield a server of this module's own: its processes are killed."""
    yield from served(tmp_path_factory.mktemp("server") / "log.txt")


def whole(visitor) -> None:
    """Wait until what is shown is the whole answer to the newest question."""
    visitor.until("d.answered === d.asked && d.whole === 'true'")


def picture(visitor) -> tuple:
    """Return what is painted, and what is written beside it, once both have come to rest."""
    whole(visitor)
    visitor.page.mouse.move(5, 5)
    return at_rest(
        visitor.page,
        lambda: (
            tuple(visitor.page.evaluate(PICTURE)),
            visitor.page.locator(".stage").inner_text(),
        ),
    )


def dragged(visitor, dial: str, shares) -> None:
    """Drag a dial over these shares of its length, and let go."""
    box = at_rest(visitor.page, visitor.page.locator(dial).bounding_box)
    y = box["y"] + box["height"] / 2
    mouse = visitor.page.mouse
    for number, share in enumerate(shares):
        mouse.move(box["x"] + 8 + (box["width"] - 16) * share, y)
        if number == 0:
            mouse.down()
        visitor.page.wait_for_timeout(25)
    mouse.up()


def to_and_fro(enough):
    """Yield shares of a dial's length, there and back, until there is enough; then one last."""
    for number in range(400):
        yield 0.75 + 0.2 * math.sin(number / 6)
        if number > 12 and enough():
            yield 0.93  # where none of these dials is at its default, which no link says
            return
    raise AssertionError("there was never enough")


def shows_bias(visitor, value: str) -> None:
    expect(visitor.page.locator('.dials [data-dial="forget_bias"] output')).to_have_text(value)


@pytest.mark.parametrize("path", ["/gradients?length=40"])
def test_a_drag_is_answered_while_it_lasts_and_ends_on_the_picture_of_its_link(visit, path):
    visitor = visit(path)
    whole(visitor)
    visitor.page.evaluate(WATCH)

    def painted_while_it_was_dragged():
        return sum(not whole for _, whole in visitor.page.evaluate("window.seen")) >= 3

    dragged(visitor, BIAS, to_and_fro(painted_while_it_was_dragged))

    whole(visitor)
    seen = visitor.page.evaluate("window.seen")
    numbers = [number for number, _ in seen]
    assert numbers == sorted(set(numbers))
    assert seen[-1][1]
    visitor.page.wait_for_url(re.compile("forget_bias="), timeout=60_000)
    visitor.settled()
    here = picture(visitor)
    there = visit(visitor.page.url.replace(visitor.address, ""))
    assert picture(there) == here


def test_the_lstm_lifts_under_the_finger_and_the_sentence_says_so(visit):
    visitor = visit("/gradients?forget_bias=-2")
    whole(visitor)
    number, look = (
        visitor.page.locator(f"[data-{kind}]") for kind in ('scalar="lstm/at"', 'area="look"')
    )
    expect(look).to_contain_text("So the LSTM vanishes too")
    before = number.inner_text()

    dragged(visitor, BIAS, [k / 20 for k in range(13)])
    whole(visitor)

    expect(number).not_to_have_text(before)
    expect(look).to_contain_text("keeps what the")


def test_a_dial_works_from_the_keyboard_alone(visit):
    visitor = visit("/gradients?length=20")
    page = visitor.page
    whole(visitor)
    page.locator('.dials [data-dial="seeds"] input').focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        if "forget_bias" in page.evaluate(
            "() => { let at = document.activeElement;"
            " while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
            " return at?.closest('[data-dial]')?.dataset.dial ?? ''; }"
        ):
            break
    page.keyboard.press("ArrowRight")
    shows_bias(visitor, "3.25")
    page.keyboard.press("Shift+ArrowLeft")
    shows_bias(visitor, "0.75")
    page.wait_for_url(re.compile(r"forget_bias=0\.75"), timeout=60_000)
    whole(visitor)
    expect(page.locator(BIAS)).to_have_attribute("aria-valuetext", "0.75")
    assert page.get_by_role("slider", name="Forget bias").count() == 1


def test_a_dial_works_under_a_finger_on_a_phone(browser, laboratory):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{laboratory.address}/gradients?length=20")
    page.locator(".stage[data-answered]").first.wait_for(timeout=60_000)
    page.locator(".dials .fold").tap()
    dial = page.locator(BIAS)
    dial.scroll_into_view_if_needed()
    box = at_rest(page, dial.bounding_box)
    assert box["height"] >= 40
    page.touchscreen.tap(box["x"] + 8 + (box["width"] - 16) * 0.25, box["y"] + box["height"] / 2)

    page.wait_for_url(re.compile("forget_bias=0"), timeout=60_000)
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide[0] <= wide[1]
    context.close()


def test_what_was_settled_can_be_undone_and_done_again_and_gone_back_to(visit):
    visitor = visit("/gradients?length=20")
    page = visitor.page
    whole(visitor)
    dial = page.locator(BIAS)
    dial.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"forget_bias=3\.25"), timeout=60_000)
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"forget_bias=3\.5"), timeout=60_000)

    page.go_back()
    page.wait_for_url(re.compile(r"forget_bias=3\.25"), timeout=60_000)
    page.wait_for_function(
        f"() => ({READ})().getRootNode().querySelector"
        "('[data-dial=forget_bias] output').textContent === '3.25'"
    )
    whole(visitor)
    page.wait_for_timeout(1_500)  # the script runs, and must not undo it
    assert "forget_bias=3.25" in page.url
    shows_bias(visitor, "3.25")

    page.keyboard.press("Control+z")
    shows_bias(visitor, "3.50")
    page.wait_for_url(re.compile(r"forget_bias=3\.5"), timeout=60_000)
    page.keyboard.press("Control+Shift+z")
    shows_bias(visitor, "3.25")
    page.wait_for_url(re.compile(r"forget_bias=3\.25"), timeout=60_000)


def test_a_double_click_on_its_name_takes_a_dial_to_its_default(visit):
    visitor = visit("/gradients?length=20&forget_bias=-1")
    whole(visitor)
    shows_bias(visitor, "−1.00")

    visitor.page.locator('.dials [data-dial="forget_bias"] label').dblclick()

    shows_bias(visitor, "3.00")
    visitor.page.wait_for_url(lambda url: "forget_bias" not in url, timeout=60_000)


def test_twenty_clicks_on_new_seed_are_twenty_seeds(visit):
    visitor = visit("/gradients?length=20&seeds=1")
    whole(visitor)
    button = visitor.page.get_by_role("button", name="New first seed")
    for apart, seed in ((120, 20), (30, 40)):
        for _ in range(20):
            button.click(no_wait_after=True)
            visitor.page.wait_for_timeout(apart)

        visitor.page.wait_for_url(re.compile(rf"seed={seed}(&|$)"), timeout=60_000)
        whole(visitor)


def test_a_process_killed_in_mid_drag_is_not_noticed_but_by_the_next_answer(visit, laboratory):
    visitor = visit("/gradients?length=30")
    whole(visitor)
    box = at_rest(visitor.page, visitor.page.locator(BIAS).bounding_box)
    y = box["y"] + box["height"] / 2
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 0.5 * box["width"], y)
    mouse.down()
    for pid in _answering(laboratory.process.pid)[:1]:
        os.kill(pid, signal.SIGKILL)
    before = int(visitor.stage("answered"))
    mouse.move(box["x"] + 0.6 * box["width"], y)

    visitor.until(f"d.answered > {before}")
    mouse.up()
    whole(visitor)


def test_dials_turned_while_the_line_is_cut_count_when_it_is_back(visit):
    visitor = visit("/")
    page, lines, cut = visitor.page, [], [False]

    def through(line):
        if cut[0]:
            line.close(code=1012)
        else:
            line.connect_to_server()
            lines.append(line)

    page.route_web_socket(re.compile("/answers$"), through)
    visitor.open("/gradients?length=20")
    whole(visitor)
    answered = int(visitor.stage("answered"))
    cut[0] = True
    lines[-1].close(code=1012)
    page.get_by_text("The server is not reachable").first.wait_for(timeout=60_000)
    page.locator(BIAS).focus()
    page.keyboard.press("ArrowRight")
    shows_bias(visitor, "3.25")
    cut[0] = False

    visitor.until(f"d.answered > {answered}")
    whole(visitor)
    page.get_by_text("The server is not reachable").first.wait_for(state="hidden", timeout=60_000)


def _answering(server: int) -> list[int]:
    """Return the ids of the processes that answer: children of the server."""
    listing = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(server)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [
        int(line.split()[0]) for line in listing.splitlines() if "explorer.runs.answering" in line
    ]


# ------------------------------------------------------------------------------ of a training


def foreseen(visitor) -> int:
    return int(visitor.stage("foreseen") or 0)


def until_beginnings_are_answered(visitor) -> None:
    """Ask for other seeds until what answers has loaded all it needs; the run itself is sooner."""
    for _ in range(40):
        visitor.page.get_by_role("button", name="New seed").click()
        for _ in range(15):
            visitor.page.wait_for_timeout(100)
            if foreseen(visitor):
                return
    raise AssertionError("no beginning of a run was ever answered")


def test_another_seed_begins_in_the_picture_before_its_run_is_there(visit):
    visitor = visit("/gans?width=8&depth=1")
    page = visitor.page
    visitor.until("'frame' in d")
    page.wait_for_timeout(1000)
    until_beginnings_are_answered(visitor)
    before, count = page.evaluate(PICTURE), foreseen(visitor)
    page.get_by_role("button", name="New seed").click()
    visitor.until(f"d.foreseen > {count}")
    assert at_rest(page, lambda: page.evaluate(PICTURE)) != before

    page.wait_for_url(re.compile(f"seed={page.locator(SEED).input_value()}"), timeout=60_000)
    visitor.settled()
    visitor.until("d.frames > 0 && d.state === 'idle'")
    expect(page.locator('[data-area="verdict"]')).not_to_be_empty()  # measured, by the run itself
    there = visit(page.url.replace(visitor.address, ""))
    there.until("'frame' in d")
    expect(there.page.locator('[data-area="verdict"]')).not_to_be_empty()
    here, there = (at_rest(p, lambda p=p: p.evaluate(PICTURE)) for p in (page, there.page))
    assert here == there


def test_the_lines_of_a_match_follow_their_angle_in_a_drag(visit):
    visitor = visit("/gans?data=lines&width=8&depth=1")
    page = visitor.page
    visitor.until("'frame' in d")
    until_beginnings_are_answered(visitor)
    page.evaluate(
        f"""() => {{
          const stage = ({READ})();
          window.seen = new Set();
          const look = () => {{
            window.seen.add(stage.dataset.foreseen);
            requestAnimationFrame(look);
          }};
          look();
        }}"""
    )
    dial = '.dials [data-dial="theta"] input'
    dragged(visitor, dial, to_and_fro(lambda: page.evaluate("window.seen.size") > 4))
    page.wait_for_url(re.compile("theta="), timeout=60_000)
    visitor.until("d.frames > 0")


def test_a_drag_that_ends_where_it_began_shows_the_run_again(visit):
    visitor = visit("/gans?data=lines&width=8&depth=1&steps=200")
    page = visitor.page
    visitor.until("'frame' in d")
    page.get_by_role("button", name="Train", exact=True).click()
    visitor.until("d.step > 20")
    page.get_by_role("button", name="Pause", exact=True).click()
    visitor.until("d.state === 'paused'")
    step, address = visitor.stage("step"), page.url

    box = at_rest(page, page.locator('.dials [data-dial="theta"] input').bounding_box)
    value = float(page.locator('.dials [data-dial="theta"] input').input_value())
    low, high = (
        float(page.locator('.dials [data-dial="theta"] input').get_attribute(end))
        for end in ("min", "max")
    )
    x = box["x"] + 8 + (box["width"] - 16) * (value - low) / (high - low)
    y = box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * box["width"], y)
    visitor.until("d.foreseen > 0 && d.step === 0")
    page.mouse.move(x, y)
    visitor.until(f"d.step === {step}")
    page.mouse.up()
    page.wait_for_timeout(500)
    assert (visitor.stage("step"), page.url) == (step, address)


def test_a_dial_that_turns_while_it_trains_says_at_once_that_the_training_goes_on(visit):
    visitor = visit("/gans?width=8&depth=1&steps=2000")
    page = visitor.page
    visitor.until("'frame' in d")
    page.get_by_role("button", name="Train", exact=True).click()
    visitor.until("d.step > 10")
    page.locator('.dials [data-dial="critic_steps"] input').first.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".dials .coarse")).to_have_text("The training goes on with this.")
    assert foreseen(visitor) == 0
    page.wait_for_url(re.compile("changes="), timeout=60_000)
    expect(page.locator(".dials .coarse")).to_have_text("")
