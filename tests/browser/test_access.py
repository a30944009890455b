"""For everyone: axe-core finds nothing, every tab stop has a name, and keys get the help."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, expect

from tests.browser.shown import CHART, PAGES, WITHOUT_A_STAGE, at_rest

AXE = AXE_FILE_PATH.read_text("utf-8")
STREAMLITS_OWN = (
    # the place of an upload bears role="presentation" beside a name and a tabindex of -1
    "[data-testid=stFileUploaderDropzone]",
    # its code scrolls without a tabindex; Chromium and Firefox let Tab reach it all the same
    "[data-testid=stCode] pre",
)
STOPS_WITHOUT_A_NAME = (
    "stMain",  # Streamlit has the whole page take the focus, so that arrow keys scroll it
    "data-grid-canvas",  # its tables: the table inside has the name
    "stCode",  # its code, where that is wider than the page and scrolls
)
LESSONS = ("/lessons?lesson=gates&step=1", "/lessons?lesson=memory&step=6&answers=--a")
FINISHED = "all.every((stage) => !stage.matches('.empty'))"
DEEP = """const deep = (at, what) => [...at.querySelectorAll("*")].flatMap((e) => [
  ...(e.matches(what) ? [e] : []), ...(e.shadowRoot ? deep(e.shadowRoot, what) : [])]);"""


def settled(page: Page) -> Page:
    page.wait_for_function(
        f"() => {{ {DEEP} const all = deep(document, '.stage'); return {FINISHED}; }}"
    )
    # what a lesson dims is pale until it is pointed at, and is read then
    page.evaluate(
        f"() => {{ {DEEP} for (const one of deep(document, '.dim')) one.classList.remove('dim'); }}"
    )
    page.wait_for_function(  # what fades in has done so
        f"() => {{ {DEEP} const roots = deep(document, '*').map((e) => e.shadowRoot);"
        " return [document, ...roots].every((root) => (root?.getAnimations() ?? [])"
        ".every((one) => one.playState !== 'running'"
        " || one.effect.getComputedTiming().endTime === Infinity)); }"
    )
    return page


def found(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe-core finds, each with where it is; by all of its rules, or by some."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE)
    about = {"exclude": [[selector] for selector in STREAMLITS_OWN]}
    how: dict[str, object] = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    told = page.evaluate("([about, how]) => axe.run(about, how)", [about, how])
    return [
        f"{broken['id']}: {node['target']} {node['html'][:200]}"
        for broken in told["violations"]
        for node in broken["nodes"]
    ]


def lasting(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe-core finds again and again, not what is pale while it fades in."""
    told = found(page, rules)
    for _ in range(20):
        if not told:
            break
        page.wait_for_timeout(500)
        told = found(page, rules)
    return told


def nameless(page: Page) -> list[str]:
    """Return the tab stops that have no name in Chromium's own tree for readers."""
    session = page.context.new_cdp_session(page)
    without = []
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        about = {p["name"]: p["value"].get("value") for p in node.get("properties", [])}
        if node.get("ignored") or not about.get("focusable") or node["name"].get("value"):
            continue
        asked = {"backendNodeId": node["backendDOMNodeId"]}
        told = session.send("DOM.describeNode", asked)["node"]
        if not set(STOPS_WITHOUT_A_NAME) & set(told.get("attributes", [])):
            without.append(f"{node['role']['value']}: {told['nodeName']} {told.get('attributes')}")
    return without


@pytest.mark.parametrize("path", [*PAGES, *LESSONS])
def test_axe_finds_nothing_on_any_page_and_every_tab_stop_has_a_name(visit, path):
    awaited = CHART if path in WITHOUT_A_STAGE else ".stage[data-frames]:not(.empty)"
    page = settled(visit(path, scheme="light", awaited=awaited).page)

    assert lasting(page) == []
    assert nameless(page) == []

    page.emulate_media(color_scheme="dark")  # colours alone change, and follow without a question
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'"
    )
    assert lasting(settled(page), ("color-contrast",)) == []


@pytest.mark.parametrize("place", ["Files", "Link", "Code"])
def test_axe_finds_nothing_where_something_is_unfolded(visit, place):
    page = settled(visit("/gradients", awaited=".stage[data-frames]:not(.empty)").page)
    page.get_by_role("button", name=place, exact=True).click()
    page.locator("[data-testid=stPopoverBody]").locator("p, code").first.wait_for()

    assert lasting(settled(page)) == []


def test_axe_finds_nothing_under_the_microscope(visit):
    page = settled(visit("/cells", awaited=".stage[data-frames]:not(.empty)").page)
    page.locator(".circuit .label[data-opens]").first.focus()
    page.keyboard.press("Enter")
    page.locator(".microscope:visible").first.wait_for()

    assert lasting(settled(page)) == []


def test_axe_would_have_found_something(visit):
    page = settled(visit("/gradients", awaited=".stage[data-frames]:not(.empty)").page)
    page.evaluate(
        f"""() => {{ {DEEP}
          const [stage] = deep(document, ".stage");
          stage.insertAdjacentHTML("afterbegin", "<h4></h4><span tabindex=0></span>"); }}"""
    )

    assert any("empty-heading" in one for one in found(page))
    assert nameless(page)

    page.add_style_tag(content=".heading p { color: #bbb !important; opacity: 1 !important; }")
    assert any("color-contrast" in one for one in found(page, ("color-contrast",)))


def test_what_a_dial_means_is_said_where_the_keyboard_is(visit):
    page = settled(visit("/gradients", awaited=".stage[data-frames]:not(.empty)").page)
    gain = page.get_by_label("Gain")
    help = page.locator(".dials .explanation")

    gain.click()
    assert not help.is_visible()  # a hand that drags sees the picture
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")

    help.wait_for()
    described = gain.evaluate(
        "(e) => e.getRootNode().getElementById(e.getAttribute('aria-describedby')).textContent"
    )
    expect(help).to_have_text(described)
    assert len(described) > 20
    page.keyboard.press("Tab")
    expect(page.locator(".dials .explanation:visible", has_text=described)).to_have_count(0)


def test_what_a_dial_means_is_said_under_a_finger(browser, laboratory):
    context = browser.new_context(viewport={"width": 1280, "height": 720}, has_touch=True)
    page = context.new_page()
    page.goto(f"{laboratory.address}/gradients")
    page.locator(".dials label", has_text="Gain").tap()

    page.locator(".dials .explanation").wait_for()
    context.close()


def test_the_part_of_a_memory_that_has_the_focus_is_lit_in_the_picture(visit):
    page = settled(visit("/cells?view=memory", awaited=".stage[data-frames]:not(.empty)").page)
    rows = page.locator(".unfolding .source[data-source]")
    over = page.locator(".unfolding canvas.over")
    before = over.evaluate("(canvas) => canvas.toDataURL()")

    rows.nth(1).focus()
    lit = over.evaluate("(canvas) => canvas.toDataURL()")
    page.keyboard.press("Tab")
    other = over.evaluate("(canvas) => canvas.toDataURL()")

    assert len({before, lit, other}) == 3
    expect(rows.nth(2)).to_contain_class("on")
    source = int(rows.nth(2).get_attribute("data-source") or -1)
    page.keyboard.press("Enter")
    page.wait_for_function(
        f"() => {{ {DEEP} return deep(document, '.stage')[0].dataset.frame === '{source}'; }}"
    )


def test_a_laptop_at_150_percent_shows_both_pictures_above_a_bar_of_one_row(visit):
    page = settled(visit("/gans", (933, 600), awaited=".stage[data-frames]:not(.empty)").page)
    left, right = (box.bounding_box() for box in page.locator(".plot.square canvas").all()[:2])
    bar = page.locator(".bar").bounding_box()
    tops = {round(one.bounding_box()["y"]) for one in page.locator(".bar > button").all()}

    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    assert left["y"] + left["height"] < bar["y"]
    assert left["width"] > 200
    assert len(tops) == 1
    assert bar["y"] + bar["height"] <= 600


@pytest.mark.parametrize("path", ["/gradients", "/gans", "/gans?view=seeds", "/cells?view=hand"])
def test_every_number_stays_in_its_card(visit, path):
    page = settled(visit(path, (390, 844), awaited=".stage[data-frames]:not(.empty)").page)
    for width, height in ((390, 844), (933, 600), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        over = at_rest(
            page,
            lambda: page.locator(".card b").evaluate_all(
                """(all) => all.filter((b) => b.scrollWidth > b.clientWidth + 1 && b.offsetParent)
                  .map((b) => b.textContent)"""
            ),
        )

        assert over == []


def test_dials_are_folded_on_a_phone_and_say_which_are_turned(visit):
    page = settled(visit("/gradients?gain=1.2", (390, 844), awaited=".stage[data-frames]").page)
    fold = page.locator(".dials .fold")
    gain = page.get_by_label("Gain")

    expect(fold).to_have_text("Dials, turned: Gain 1.20")
    assert not gain.is_visible()
    fold.click()
    expect(gain).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")
    assert not visit("/gradients").page.locator(".dials .fold").is_visible()
