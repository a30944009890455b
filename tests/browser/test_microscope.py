"""The cell lab by hand: numbers opened, gates held, spans dragged, files brought, in a browser."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from playwright.sync_api import Page, expect

from tests.browser.shown import at_rest

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"desk": (1440, 900), "laptop": (1280, 720), "phone": (390, 844)}
TALL = ("step", "memory", "surgery", "writing")  # whose time bar belongs under one picture
FINGER = 40  # px that a touch target has at least
# Every message that the page sends to the server, and every request, from here on.
COUNT = """() => {
  window.asked = 0;
  for (const [of, name] of [[WebSocket.prototype, 'send'], [window, 'fetch']]) {
    const plain = of[name];
    of[name] = function (...given) { window.asked += 1; return plain.apply(this, given); };
  }
}"""


def number(text: str) -> float:
    """Return the number that stands on the screen, with its − and its power of ten."""
    found = re.search(r"([−-]?[\d.,]+)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    assert found, text
    power = (found[2] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(found[1].replace("−", "-").replace(",", "")) * 10.0 ** int(power)


def open_number(page, name: str) -> None:
    """Click a number of the diagram."""
    page.locator(f'.diagram g.label[data-opens="{name}"] .number').click()


def card(page):
    """Return the card of the microscope, which stands open."""
    found = page.locator(".microscope[data-opened]")
    found.wait_for(timeout=150_000)
    return found


def until_opened(page, name: str) -> None:
    page.locator(f'.microscope[data-opened="{name}"]').wait_for(timeout=150_000)


@contextmanager
def without_the_server(page) -> Iterator[None]:
    """Within, the page may ask the server for nothing, and could not."""
    page.wait_for_timeout(500)  # for what the page still has to say about how it was opened
    page.evaluate(COUNT)
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)
    assert page.evaluate("window.asked") == 0


def bring(page, name: str, data: bytes) -> None:
    """Upload a file."""
    page.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


# ------------------------------------------------------------------------------------- every view


def painted_area(page: Page, enough: float) -> float:
    """Return how many pixels the pictures of the stage take, when they are enough or settled."""
    for _ in range(40):
        sizes = page.locator(".stage .panels :is(canvas, svg, .tokens)").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect()).map((r) => r.width * r.height)"
        )
        if sum(sizes) > enough:
            break
        page.wait_for_timeout(250)
    return sum(sizes)


@pytest.mark.parametrize(
    "view", ["step", "memory", "patterns", "surgery", "hand", "writing", "networks"]
)
def test_a_view_opens_with_a_picture_that_fits_every_window(visit, view):
    visitor = visit(f"/cells?view={view}")
    page = visitor.page
    visitor.until("'frame' in d")

    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"document.documentElement.scrollWidth <= {width}")
        assert painted_area(page, 0.1 * width * height) > 0.1 * width * height
        if name == "phone" or view not in TALL:
            continue
        bar = at_rest(page, page.get_by_role("slider", name="Time").bounding_box)
        assert bar["y"] + bar["height"] <= height
        last = page.locator(".stage .panels").first.bounding_box()
        assert last["y"] + last["height"] <= bar["y"]  # nothing of the picture under the time bar
    stage = at_rest(page, page.locator(".stage").first.bounding_box)
    for controls in page.locator(".dials, .st-key-controls").all():
        assert stage["y"] < controls.bounding_box()["y"]  # on a phone the picture comes first
    for button in page.locator(".stage .bar button:visible, .stMain button:visible").all():
        assert button.bounding_box()["height"] >= FINGER - 0.5, button.inner_text()


def test_clicks_through_all_views_in_a_hurry_end_where_the_last_one_led(visit):
    visitor = visit("/cells")
    page = visitor.page
    for name in ("Memory", "Patterns", "Writing", "Surgery", "By hand", "Networks", "Memory"):
        page.get_by_role("radio", name=name, exact=True).click()
        page.wait_for_timeout(60)

    page.wait_for_url(re.compile("view=memory"), timeout=60_000)
    page.locator(".stage .unfolding").wait_for(timeout=150_000)
    page.get_by_text("How much of each step is left?").wait_for()


def test_a_refresh_keeps_view_settings_and_unit(visit):
    visitor = visit("/cells?view=patterns&cell=gru&text=a(b(c))d&first=3&last=4")
    page = visitor.page
    visitor.until("d.frames === 8")
    page.locator(".timeline .map").first.click(position={"x": 60, "y": 20})
    page.wait_for_url(re.compile(r"unit=\d+"))
    link = page.url

    page.reload()
    visitor.until("d.frames === 8")
    assert page.url == link
    assert page.get_by_role("radio", name="GRU", exact=True).is_checked()
    assert page.locator('.chip[data-at="3"]').first.inner_text().strip() == "("
    page.get_by_text("Which unit knows where it is?").wait_for()


def test_hostile_links_get_a_sentence_on_a_working_page(visit):
    visitor = visit(
        "/cells?view=%3Cscript%3E&reads=../etc&cell=__class__&unit=1e99&steps=NaN&operations=rm"
        "&upload=%00%00&first=-5&digit=99999&hand=%F0%9F%92%A3&both_ways=maybe&text=&seed=٣"
    )
    visitor.until("d.frames > 0")

    said = visitor.page.locator(".stMain").inner_text()
    assert "Traceback" not in said
    for name in ("view", "unit", "steps", "no operation", "hand", "upload", "digit"):
        assert re.search(rf"\b{name}\b", said, re.IGNORECASE), name


# ------------------------------------------------------------------------------------- microscope


def test_a_number_unfolds_down_to_the_step_before(visit):
    visitor = visit("/cells?step=16")
    page = visitor.page
    visitor.until("d.frame === 16")
    shown = page.locator('.diagram g.label[data-opens="cell"]').first.text_content()

    open_number(page, "cell")
    assert card(page).get_attribute("data-opened") == "cell"
    assert number(card(page).locator("output").inner_text()) == pytest.approx(
        number(shown), abs=0.01
    )

    card(page).locator('[data-opens="forget"]').first.click()
    until_opened(page, "forget")
    check = card(page).locator(".check")
    assert float(check.get_attribute("data-difference")) < 1e-5
    assert float(check.get_attribute("data-sum")) == pytest.approx(
        float(check.get_attribute("data-shown")), abs=1e-5
    )
    products = card(page).locator('.dots [data-inputs="hidden_before"] .factor[data-opens]')
    k = int(products.first.get_attribute("data-k"))
    products.first.click()
    until_opened(page, "hidden")
    visitor.until("d.frame === 15")
    assert card(page).get_attribute("data-unit") == str(k)

    page.keyboard.press("Escape")
    page.locator(".microscope").wait_for(state="detached")


def test_what_a_dot_product_adds_up_to_is_the_number_under_the_gate(visit):
    visitor = visit("/cells?cell=gru_before&step=8")
    page = visitor.page
    visitor.until("d.frame === 8")
    page.locator('.diagram [data-node="update"]').first.focus()
    page.keyboard.press("Enter")

    until_opened(page, "update")
    check = card(page).locator(".check")
    under = page.locator('.diagram [data-node="update"]').text_content()
    inside = number(under[under.index("σ(") :])
    assert float(check.get_attribute("data-sum")) == pytest.approx(inside, rel=0.01, abs=0.006)
    assert float(check.get_attribute("data-difference")) < 1e-5


def test_names_change_everywhere_at_once_and_without_the_server(visit):
    visitor = visit("/cells?step=16")
    page = visitor.page
    visitor.until("d.frame === 16")
    open_number(page, "cell")
    until_opened(page, "cell")
    with without_the_server(page):
        page.locator('.choice[data-select="names"] button', has_text="learn, remember").click()
        page.locator(".timeline h2", has_text="forget factor f").wait_for(timeout=150_000)
        said = page.locator('[data-area="diagram"]').text_content()
        assert "long-term" in said
        assert "ignore factor" in page.locator(".panels").first.inner_text()
        assert "long-term" in card(page).locator("h2").inner_text()
        page.locator('.choice[data-select="names"] button', has_text="ONNX").click()
        page.locator(".timeline h2", has_text=re.compile("^C · cell$")).wait_for(timeout=150_000)
        assert visitor.stage("frame") == "16"


def test_stepping_through_time_and_gates_needs_no_server(visit):
    visitor = visit("/cells")
    page = visitor.page
    visitor.until("d.frame === 22")  # the blank after the brackets, where unit 61 forgets
    with without_the_server(page):
        page.locator(".stage").first.focus()
        page.keyboard.press("Home")
        visitor.until("d.frame === 0")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        visitor.until("d.frame === 5")
        stages = set()
        chosen = page.locator('.stage [role="tab"][aria-selected="true"]')
        for _ in range(9):
            page.keyboard.press("ArrowDown")
            page.evaluate("() => new Promise(requestAnimationFrame)")
            stages.add(chosen.inner_text())
        assert {"forget", "write", "squash", "read"} <= stages
        page.keyboard.press("End")
        visitor.until("d.frame === 29")


# ---------------------------------------------------------------------------------------- surgery


def answered(visitor) -> None:
    """Wait until the picture is the whole answer to all that was asked."""
    visitor.until("d.answered >= d.asked && d.whole === 'true'")
    visitor.page.wait_for_timeout(300)  # until it is painted


def told(page, text: str) -> None:
    """Wait for a text in the sentence of the page, without the hidden meanings of its terms."""
    seen = "text => document.querySelector('.st-key-sentence').innerText.includes(text)"
    page.wait_for_function(seen, arg=text, timeout=60_000)


def text_of(page, area: str) -> str:
    return page.locator(f'.stage [data-area="{area}"]').inner_text()


def test_a_dragged_span_moves_the_slider_and_what_is_written(visit):
    visitor = visit("/cells?view=surgery")
    page = visitor.page
    visitor.until("d.frames > 20")
    before = text_of(page, "generated")
    start, end = (page.locator(f'.chip[data-at="{at}"]').bounding_box() for at in (5, 9))

    page.mouse.move(start["x"] + 15, start["y"] + 15)
    page.mouse.down()
    page.mouse.move(end["x"] + 12, end["y"] + 15, steps=6)
    page.mouse.up()

    page.wait_for_url(re.compile(r"first=5&last=9"), timeout=60_000)
    page.get_by_text("from character 6 to 10").wait_for(timeout=150_000)
    thumbs = [page.locator(f'.dials [data-dial="{name}"] input') for name in ("first", "last")]
    assert [thumb.get_attribute("aria-valuetext") for thumb in thumbs] == ["6", "10"]
    answered(visitor)
    assert text_of(page, "generated") != before


def test_a_shorter_text_brings_the_span_along_to_its_end(visit):
    page = visit("/cells?view=surgery").page
    line = page.locator('.dials [data-dial="text"] textarea')
    line.fill("abc")
    line.blur()

    page.wait_for_url(re.compile(r"first=2&last=2"), timeout=60_000)
    page.get_by_text("at character 3").first.wait_for(timeout=60_000)
    for name in ("first", "last"):
        thumb = page.locator(f'.dials [data-dial="{name}"] input')
        expect(thumb).to_have_attribute("aria-valuetext", "3")
        expect(thumb).to_have_attribute("max", "2")


def test_one_slider_moves_gate_memory_and_prediction(visit):
    visitor = visit("/cells?view=surgery")
    page = visitor.page
    visitor.until("d.frames > 20")
    areas = ("says", "next", "generated")

    def look() -> dict[str, str]:
        maps = page.locator(".stage .timeline canvas")
        painted = maps.evaluate_all("all => all.map((one) => one.toDataURL()).join()")
        return {area: text_of(page, area) for area in areas} | {"maps": painted}

    shut = look()
    slider = page.get_by_role("slider", name="Forget gate is")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile(r"value=1"), timeout=60_000)
    told(page, "the forget gate of unit 61 is 1 ")
    answered(visitor)

    opened = look()
    assert shut["says"] != opened["says"]
    assert shut["maps"] != opened["maps"]
    assert shut["next"] != opened["next"]
    assert "'s memory moved furthest, by " in shut["says"]


def test_a_press_right_after_a_dial_acts_on_what_the_dial_says(visit):
    visitor = visit("/cells?view=surgery")
    page = visitor.page
    visitor.until("d.frames > 0")
    page.locator('.dials [data-dial="value"] input').focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Keep", exact=True).last.click()

    page.wait_for_url(re.compile("operations="), timeout=60_000)
    given = parse_qs(urlsplit(page.url).query)
    assert given["operations"] == [f"forget_gate:61:15-18:{given['value'][0]}"]


def test_what_was_not_touched_is_said_to_be_untouched(visit):
    visitor = visit("/cells?view=surgery&hold=nothing")
    visitor.until("d.frames > 20")

    assert "Nothing changed" in text_of(visitor.page, "says")
    untouched = text_of(visitor.page, "untouched_text").partition(":")[2]
    assert text_of(visitor.page, "generated").partition("writes:")[2] == untouched


def painted(page) -> list[str]:
    """Return what the canvases of the picture hold, and its sentences."""
    return page.locator(".stage").first.evaluate(
        "(stage) => [...stage.querySelectorAll('canvas')].map((one) => one.toDataURL())"
        ".concat([...stage.querySelectorAll('[data-kind=sentence]')].map((one) => one.innerText))"
    )


def test_a_drag_is_answered_on_its_way_and_ends_on_the_picture_of_its_link(visit):
    visitor = visit("/cells?view=surgery")
    page = visitor.page
    visitor.until("d.frames > 20")
    box = at_rest(page, page.get_by_role("slider", name="Forget gate is").bounding_box)
    along = [box["x"] + 8 + share * (box["width"] - 16) for share in (0.01, 0.2, 0.4, 0.6)]
    height = box["y"] + box["height"] / 2
    page.mouse.move(along[0], height)
    page.mouse.down()
    before, seen = text_of(page, "says"), set()
    for x in along[1:]:
        last = int(visitor.stage("answered"))
        page.mouse.move(x, height)
        visitor.until(f"d.answered > {last}")
        seen.add(text_of(page, "says"))
    page.mouse.up()

    assert len(seen - {before}) >= 2
    page.wait_for_url(re.compile("value=0.6"), timeout=60_000)
    answered(visitor)
    there = visit("/cells?" + page.url.partition("?")[2])
    there.until("d.frames > 20")
    page.mouse.move(700, 20)
    answered(there)
    assert painted(there.page) == painted(page)


def test_the_unit_in_the_column_is_the_unit_in_the_picture(visit):
    visitor = visit("/cells?view=surgery")
    page = visitor.page
    visitor.until("d.frames > 20")

    page.locator(".stage .timeline .map").first.click(position={"x": 60, "y": 20})
    page.wait_for_url(re.compile(r"unit=\d+"), timeout=60_000)
    unit = re.search(r"unit=(\d+)", page.url)[1]
    menu = page.locator('.dials [data-dial="unit"] select')
    assert menu.evaluate("(one) => one.selectedOptions[0].textContent") == f"unit {unit}"
    told(page, f"the forget gate of unit {unit} is 0 ")

    menu.select_option(label="unit 61, as found")
    told(page, "the forget gate of unit 61 is 0 ")
    page.wait_for_url(lambda url: "unit=" not in url, timeout=60_000)


def test_what_a_dial_took_along_is_undone_with_it(visit):
    visitor = visit("/cells?cell=gru")
    page = visitor.page
    visitor.until("d.frames === 30")

    page.locator('.dials [data-dial="reads"] select').select_option(label="English")
    page.get_by_text("No GRU was trained to read English").wait_for(timeout=150_000)
    page.wait_for_url(re.compile("cells[?]reads=english"), timeout=60_000)
    page.locator('.dials [data-dial="cell"]').wait_for(state="detached", timeout=60_000)
    assert page.locator('.dials [data-dial="prose"]').count() == 1  # its own line to type

    page.keyboard.press("Control+z")
    page.wait_for_url(re.compile(r"cells\?cell=gru$"), timeout=60_000)
    assert page.get_by_role("radio", name="GRU", exact=True).is_checked()


# -------------------------------------------------------------------------------- made and written


def test_an_edited_weight_breaks_the_verdict_of_a_hand_made_cell(visit):
    sound = visit("/cells?view=hand&hand=counter")
    sound.page.get_by_text("solved: 1,103 sequences").wait_for(timeout=150_000)

    broken = visit("/cells?view=hand&hand=counter&changed=weight_ih:0,0:-40")
    broken.page.get_by_text("not solved").first.wait_for(timeout=150_000)
    said = text_of(broken.page, "verdict")
    assert "the right answer is" in said
    broken.page.get_by_role("button", name="As it was made").click()
    broken.page.get_by_text("solved: 1,103 sequences").wait_for(timeout=150_000)


def test_a_weight_turned_in_the_microscope_changes_the_verdict_and_is_in_the_link(visit):
    visitor = visit("/cells?view=hand&hand=counter")
    page = visitor.page
    page.get_by_text("solved: 1,103 sequences").wait_for(timeout=150_000)
    page.locator('.diagram g[data-opens="forget"] .number').first.click()
    until_opened(page, "forget")
    expect(card(page)).to_be_focused()
    weight = page.get_by_role("slider", name="weight it is a")
    assert weight.get_attribute("aria-valuenow") == "0"

    weight.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")

    expect(weight).to_have_attribute("aria-valuenow", "-150")
    page.wait_for_url(re.compile(r"changed=weight_ih%3A\d+%2C\d+%3A-150"), timeout=60_000)
    page.get_by_text("not solved").first.wait_for(timeout=150_000)
    expect(page.locator('[data-area="verdict"]')).to_contain_text("the right answer is")


def test_pointing_at_a_letter_goes_there_and_tints_what_it_rests_on(visit):
    visitor = visit("/cells?view=writing&length=40")
    page = visitor.page
    visitor.until("d.frames > 40")
    row = page.locator('[data-area="lstm_tokens"]')
    row.locator('.chip[data-at="9"]').hover()

    visitor.until("d.frame === 9")
    tints = at_rest(
        page,
        lambda: row.locator(".chip").evaluate_all(
            "all => all.map((chip) => chip.dataset.tint ?? chip.style.background)"
        ),
    )
    assert len(set(tints[:9])) > 2  # earlier letters, each in its own strength
    assert len(set(tints[9:])) == 1  # none after


# ------------------------------------------------------------------------------ one's own networks


def test_a_file_of_ours_opens_in_the_microscope_with_its_badge(visit):
    visitor = visit("/cells?view=networks")
    page = visitor.page
    bring(page, "mine.safetensors", (ROOT / "assets/characters-gru.safetensors").read_bytes())
    page.get_by_text("agrees with").first.wait_for(timeout=150_000)

    page.get_by_role("button", name="Open in the microscope").click()
    page.wait_for_url(re.compile("reads=yours"), timeout=60_000)
    page.locator(".stage .diagram").wait_for(timeout=150_000)
    page.get_by_text(re.compile("agrees with torch.nn.GRU")).wait_for(timeout=150_000)
    visitor.until("d.frames === 30")


def talker_with_alphabet() -> bytes:
    """Return a character network as it is usually saved, with its alphabet beside it."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        parts = {
            "embedding": torch.nn.Embedding(31, 6),
            "lstm": torch.nn.LSTM(6, 8, 2, batch_first=True),
            "fc": torch.nn.Linear(8, 31),
        }
    alphabet = {letter: code for code, letter in enumerate("abcdefghijklmnopqrstuvwxyz .,\n'")}
    file = io.BytesIO()
    state = torch.nn.ModuleDict(parts).state_dict()
    torch.save({"model": state, "char2idx": alphabet}, file)
    return file.getvalue()


def test_a_network_of_letters_that_is_brought_reads_what_is_typed_and_writes(visit):
    visitor = visit("/cells?view=networks")
    page = visitor.page
    bring(page, "talker_with_alphabet.pt", talker_with_alphabet())
    page.get_by_text(re.compile("31 letters, by char2idx")).wait_for(timeout=150_000)
    page.get_by_role("button", name="Open in the microscope").click()
    page.wait_for_url(re.compile("reads=yours"), timeout=60_000)
    visitor.until("'frame' in d")

    page.get_by_role("textbox", name="Text").fill("a cat, a dog")
    page.keyboard.press("Tab")

    visitor.until("d.frames === 12")
    chips = page.locator(".stage .tokens .chip")
    assert "".join(chips.all_inner_texts()) == "a␣cat,␣a␣dog"
    ranked = page.locator(".stage .ranking").first.inner_text()
    shares = [number(share) for share in re.findall(r"[\d.,]+(?= %)", ranked)]
    assert len(shares) == 5
    assert shares == sorted(shares, reverse=True)
    assert 100 / 31 < shares[0] < 20  # nobody trained it: a little more than blind guessing
    page.wait_for_url(re.compile("given=a"), timeout=60_000)

    page.get_by_test_id("stButtonGroup").get_by_text("Writing").click()
    page.wait_for_url(re.compile("view=writing"), timeout=60_000)
    told(page, "Your LSTM writes after")
    page.get_by_text(re.compile("blind guessing would cost 3.43")).wait_for(timeout=150_000)


def test_a_sum_over_more_units_than_are_shown_counts_the_others_and_leads_to_one_that_is(visit):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = torch.nn.LSTM(1, 300)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    visitor = visit("/cells?view=networks")
    page = visitor.page
    bring(page, "large.pt", file.getvalue())
    page.get_by_role("button", name="Open in the microscope").click()
    page.wait_for_url(re.compile("reads=yours"), timeout=60_000)
    visitor.until("'frame' in d")

    page.locator('.diagram g.node[data-node="forget"] .number').click()

    until_opened(page, "forget")
    page.locator(".microscope").get_by_text("not shown").wait_for(timeout=150_000)
    assert abs(float(page.locator(".microscope .check").get_attribute("data-difference"))) < 1e-4
    first = page.locator(".microscope section.dot").nth(1).locator(".factor").first
    unit = re.search(r"of unit (\d+)", first.inner_text())[1]
    first.click()
    until_opened(page, "hidden")
    assert card(page).get_attribute("data-unit") == unit
    assert page.get_by_role("spinbutton", name="unit").input_value() == unit


def onnx_lstm(generator: np.random.Generator) -> bytes:
    """Return an ONNX file with one LSTM of 5 units and 3 inputs."""
    shapes = {"W": (1, 20, 3), "R": (1, 20, 5), "B": (1, 40)}
    tensors = [
        helper.make_tensor(name, TensorProto.FLOAT, shape, generator.normal(size=shape).ravel())
        for name, shape in shapes.items()
    ]
    node = helper.make_node("LSTM", ["X", "W", "R", "B"], ["", "h"], name="reader", hidden_size=5)
    ends = [
        helper.make_tensor_value_info("X", TensorProto.FLOAT, ["t", 1, 3]),
        helper.make_tensor_value_info("h", TensorProto.FLOAT, [1, 1, 5]),
    ]
    graph = helper.make_graph([node], "one", ends[:1], ends[1:], tensors)
    opset = [helper.make_opsetid("", 14)]
    return onnx.ModelProto.SerializeToString(
        helper.make_model(graph, opset_imports=opset, ir_version=8)
    )


def torch_rnn() -> bytes:
    """Return a state dict of a plain RNN of 6 units, two layers, both ways."""
    with torch.random.fork_rng():
        layer = torch.nn.RNN(2, 6, 2, bidirectional=True)
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["onnx", "pt"])
def test_files_of_other_makers_open_too(visit, kind):
    data = torch_rnn() if kind == "pt" else onnx_lstm(np.random.default_rng(3))
    visitor = visit("/cells?view=networks")
    page = visitor.page
    bring(page, f"mine.{kind}", data)

    verdict = "part is assumed" if kind == "pt" else "agrees with"  # it does not say tanh or relu
    page.get_by_text(verdict).first.wait_for(timeout=150_000)
    said = page.locator(".stMain").inner_text()
    assert ("RNN, 6 units, 2 layers" if kind == "pt" else "LSTM, 5 units, one layer") in said
    page.get_by_role("button", name="Open in the microscope").first.click()
    page.locator(".stage .diagram").wait_for(timeout=150_000)
    visitor.until("d.frames > 5")


def test_a_bad_file_gets_one_sentence_and_the_page_goes_on(visit):
    visitor = visit("/cells?view=networks")
    page = visitor.page
    bring(page, "holiday.onnx", b"\xff\xd8\xff not a network at all" * 9)

    alert = page.get_by_test_id("stAlert")
    alert.wait_for(timeout=150_000)
    said = alert.inner_text().replace("error", "").strip()
    assert said.endswith(".")
    assert len(said) < 300
    assert "Traceback" not in page.locator(".stMain").inner_text()
    assert page.get_by_role("button", name="Open in the microscope").count() == 0
