"""For everybody: axe finds nothing, nothing sticks out at 320 px, the keyboard is enough, and motion can be had less of."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from flows.words import en, interview_en, pages_en
from tests.browser.acting import ANSWERS, Chat, sideways
from tests.browser.conftest import begin_rating
from tests.serving import Demo
from tests.web_client import go_to_question

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
WIDTHS = (1440, 320)
AXE = Axe()
# Colours have come to where they were going; a transition begins one frame after what set it off.
SETTLED = """() => new Promise(requestAnimationFrame).then(() => Promise.allSettled(
    document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished)))"""


def is_sound(page: Page, what: str, widths: tuple[int, ...] = WIDTHS) -> None:
    """axe finds nothing, in light and dark, wide and narrow; and nothing sticks out to the side."""
    looked = 0
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900 if width > 600 else 640})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
            expect(page.locator("html")).to_have_attribute("data-shown", scheme)
            page.evaluate(SETTLED)
            # Width changes what there is, the scheme only its colours: the second look at a width is for contrast.
            second = (width == widths[0]) == (scheme == "dark")
            found = AXE.run(page, options={"runOnly": ["color-contrast"]} if second else None)
            assert found.violations_count == 0, f"{what}, {width} px, {scheme}:\n{found.generate_report()}"
            looked += len(found.response["passes"])
        assert sideways(page) <= 0, f"{what} is wider than {width} px"
    assert looked >= 15 * len(widths), f"axe looked at next to nothing on {what}"


def test_the_invitation_and_the_kind_problem_pages(demo: Demo, new_context: NewContext):
    page, ada = new_context().new_page(), demo.invite()
    page.goto(demo.base + ada["link"])
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    is_sound(page, "the invitation")
    httpx.post(demo.base + ada["link"], trust_env=False)
    page.goto(demo.base + ada["link"])
    expect(page.get_by_role("heading", name="This link does not open")).to_be_visible()
    is_sound(page, "a used invitation", WIDTHS[1:])
    page.goto(f"{demo.base}/chat")
    expect(page.get_by_role("heading", name=pages_en.SIGNED_OUT)).to_be_visible()
    is_sound(page, "the problem page")


def test_the_chat_in_its_states(demo: Demo, new_context: NewContext):
    ada = demo.invite()
    page = new_context(demo.base, ada["session"]).new_page()
    page.goto(f"{demo.base}/chat")
    chat = Chat(page.locator("#chat"))
    chat.hears("Which country do you live in?")
    is_sound(page, "the first question", WIDTHS[1:])
    chat.consents()
    chat.answer("A bike computer.")
    chat.say(ANSWERS[0])
    page.get_by_role("button", name="Need something?").click()
    expect(page.get_by_role("button", name=en.TOOLS["skip"])).to_be_visible()
    is_sound(page, "an unfinished answer with the helpers open")
    chat.finish()
    expect(page.locator(".composer__rest")).to_be_visible()
    is_sound(page, "the goodbye", WIDTHS[1:])


def test_the_sandbox(demo: Demo, revealed: dict[str, Any], new_context: NewContext):
    page = new_context().new_page()
    page.goto(f"{demo.base}/sandbox")
    expect(page.locator("#pane-channel .scores").first).to_be_visible()
    page.get_by_role("button", name="Journal").click()
    expect(page.locator(".journal__body table")).to_be_visible()
    is_sound(page, "the sandbox")
    page.locator("[data-segment=team]").click()
    expect(page.locator("#pane-channel .scores").last).to_be_visible()
    is_sound(page, "the sandbox's team", WIDTHS[1:])


def test_the_team_page_with_a_form_and_an_open_scorecard(
    demo: Demo, revealed: dict[str, Any], sealed: dict[str, Any], new_context: NewContext
):
    begin_rating(demo, "Priya", sealed)
    page = new_context(demo.base, demo.person("Priya")["session"]).new_page()
    page.goto(f"{demo.base}/team")
    expect(page.locator("#channel .scores").first).to_be_visible()
    expect(page.locator("#private form.fields")).to_be_visible()
    page.locator("#channel summary").first.click()
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    is_sound(page, "the team page")


def test_the_review_page_sealed_and_open(
    demo: Demo, revealed: dict[str, Any], sealed: dict[str, Any], new_context: NewContext
):
    page = new_context(demo.base, demo.person("Priya")["session"]).new_page()
    page.goto(f"{demo.base}/review/{sealed['interview']}")
    expect(page.get_by_text("Sealed until everybody has rated")).to_be_visible()
    assert page.locator(".scores").count() == 0
    is_sound(page, "a sealed review page", WIDTHS[1:])
    page.goto(f"{demo.base}/review/{revealed['interview']}")
    expect(page.locator(".scores .score")).to_have_count(4)
    is_sound(page, "an open review page")


def press_until(page: Page, key: str, label: str) -> None:
    """Move the focus with the keyboard until it is on the control with this label."""
    for _ in range(40):
        page.keyboard.press(key)
        if label in page.evaluate(
            "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? ''"
        ):
            return
    raise AssertionError(f"{key} never reached {label!r}")


def test_the_consents_without_a_mouse(demo: Demo, new_context: NewContext):
    page, ada = new_context().new_page(), demo.invite()
    page.goto(demo.base + ada["link"])
    press_until(page, "Tab", "Start")
    page.keyboard.press("Enter")
    chat = Chat(page.locator("#chat"))
    chat.ready()
    expect(chat.box).to_be_focused()
    before = chat.asked
    page.keyboard.type("London")
    page.keyboard.press("Enter")
    chat.moved(before)
    for label in ("Yes, that's fine", "Yes, that's fine", "No, in writing only", "Nothing, thanks", "Start now"):
        before = chat.asked
        press_until(page, "Shift+Tab", label)
        page.keyboard.press("Enter")
        chat.moved(before)
        assert page.evaluate("document.activeElement !== document.body"), f"the focus was lost after {label!r}"
        press_until(page, "Tab", "Write in") if not chat.box.evaluate("e => e === document.activeElement") else None
    chat.hears(interview_en.WARM_UP)


def test_less_motion_for_who_asks_for_less(demo: Demo, new_context: NewContext):
    seen = {}
    for wish in ("no-preference", "reduce"):
        ada = demo.invite()
        with demo.chat(ada) as quick:
            go_to_question(quick)
        page = new_context(demo.base, ada["session"], reduced_motion=wish).new_page()
        page.goto(f"{demo.base}/chat")
        chat = Chat(page.locator("#chat"))
        chat.ready()
        chat.say(ANSWERS[0])
        expect(chat.done).to_be_visible()
        longest = "Math.max(0, ...document.getAnimations().map(a => a.effect.getComputedTiming().duration))"
        durations = "getComputedStyle(document.querySelector('.asked__done')).animationDuration"
        seen[wish] = (float(page.evaluate(durations).removesuffix("s")), page.evaluate(longest))
    assert seen["no-preference"][0] >= 0.2, "without the wish there is motion, so that this test can fail"
    assert seen["reduce"][0] < 0.001
    assert seen["reduce"][1] <= 1
