"""From a rating on the review page to a decision, as the people do it: rated beside the answers, opened for all at once,
talked over where they differ, remarked on, compared, decided with a letter that is read first; on a desk and on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from flows.words import board_en, panel_en
from flows.words import review_page_en as words
from tests.browser.acting import Chat
from tests.browser.conftest import begin_rating, finished
from tests.browser.test_access import is_sound
from tests.serving import Demo

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
PRIYAS = "Priya saw her ask for the error message."
TOMS = "Tom saw no question at all."
PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture(scope="module")
def ada(demo: Demo) -> dict[str, Any]:
    """A candidate of this file's own, who has finished."""
    return finished(demo)


def signed_in(demo: Demo, new_context: NewContext, name: str, path: str, **options: Any) -> Page:
    page = new_context(demo.base, demo.person(name)["session"], **options).new_page()
    page.goto(demo.base + path)
    return page


def post_of(page: Page, who: dict[str, Any], inside: str) -> Locator:
    return page.locator(f"#channel .card:has({inside})").filter(has_text=who["name"]).last


def rate_on_the_page(page: Page, levels: tuple[int, ...], why: str, vote: str) -> None:
    for one, level in zip(page.locator(".rating__one[data-key]").all(), levels, strict=True):
        one.locator(".anchor").nth(level - 1).click()
        one.locator("textarea").fill(why)
    page.get_by_text(vote, exact=True).click()
    page.get_by_role("button", name=words.GO_ON_IN_CHAT).click()
    expect(page.locator("#rating-said")).to_have_text(words.RATE_BEGUN)


def submit_in_the_chat(page: Page, name: str) -> None:
    """On a phone the link from the review page leads to one's own chat, not to the channel."""
    page.get_by_role("link", name="Open your chat").click()
    own = Chat(page.locator("#private"))
    newest = own.root.get_by_role("button", name="Look it over").last  # another candidate's form may stand above it
    expect(newest).to_be_visible()
    own.ready()
    before = own.asked
    newest.press("Enter")  # "More below" may float over it for a moment
    own.moved(before)
    own.options.filter(has_text="Submit, sealed").click()
    own.hears(f"Your rating of {name} is sealed.")


def test_two_rate_beside_the_answers_and_it_opens_for_all_at_once(
    demo: Demo, ada: dict[str, Any], new_context: NewContext
):
    noor = signed_in(demo, new_context, "Noor", "/team")
    sealed = post_of(noor, ada, ".option")
    expect(sealed).to_contain_text(panel_en.n_of_m(0, 2))
    priya = signed_in(demo, new_context, "Priya", f"/review/{ada['interview']}")
    rate_on_the_page(priya, (4, 4, 4, 4), PRIYAS, "Yes")
    submit_in_the_chat(priya, ada["name"])
    expect(sealed).to_contain_text(panel_en.n_of_m(1, 2))
    assert PRIYAS not in noor.content(), "a sealed rating reached another reader"

    tom = signed_in(demo, new_context, "Tom", f"/review/{ada['interview']}", **PHONE)
    rate_on_the_page(tom, (2, 4, 4, 3), TOMS, "No")
    submit_in_the_chat(tom, ada["name"])
    card = post_of(noor, ada, ".scores")
    expect(card.locator(".score")).to_have_count(4)
    expect(card.locator(".score").first).to_contain_text(PRIYAS)
    expect(card.locator(".score").first).to_contain_text(TOMS)


def test_who_differ_by_two_levels_are_asked_one_question_below_the_card(
    demo: Demo, ada: dict[str, Any], new_context: NewContext
):
    page = signed_in(demo, new_context, "Tom", "/team")
    debrief = page.locator("#channel .card").filter(has_text="Debrief:").filter(has_text=ada["name"])
    expect(debrief).to_have_count(1)  # by one level they differ elsewhere, too
    expect(debrief).to_contain_text("Different evidence, or a different bar?")
    expect(debrief.locator("tr")).to_contain_text([f"4. {PRIYAS}", f"2. {TOMS}"])
    expect(page.locator("#channel img[alt*='Finding the real problem']").last).to_be_attached()


def test_a_phone_shows_the_levels_at_a_glance_and_the_reasons_where_people_differ(
    demo: Demo, ada: dict[str, Any], new_context: NewContext
):
    page = signed_in(demo, new_context, "Noor", "/team", **PHONE)
    card = post_of(page, ada, ".scores")
    first, second = card.locator(".score").nth(0), card.locator(".score").nth(1)
    expect(first.locator(".levels").first).to_have_text(re.compile(r"Priya\s*4.*Tom\s*2"))
    expect(first.get_by_text(TOMS)).to_be_visible()
    expect(second.get_by_text(TOMS)).to_be_hidden()
    second.locator("summary").click()
    expect(second.get_by_text(TOMS)).to_be_visible()
    is_sound(page, "a revealed card on a phone", (320,))


def test_a_remark_is_for_the_whole_panel_after_the_reveal(demo: Demo, ada: dict[str, Any], new_context: NewContext):
    page = signed_in(demo, new_context, "Tom", f"/review/{ada['interview']}")
    page.locator("[data-remark]").first.click()
    page.locator("#remark-text").fill("Here she does ask, I missed it.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".remark")).to_contain_text("I missed it.")
    other = signed_in(demo, new_context, "Priya", f"/review/{ada['interview']}")
    expect(other.locator(".remark")).to_contain_text("I missed it.")


def test_the_table_leads_to_a_comparison(demo: Demo, ada: dict[str, Any], new_context: NewContext):
    lin = finished(demo)
    for name in ("Priya", "Tom"):
        begin_rating(demo, name, lin, "3")
    page = signed_in(demo, new_context, "Noor", "/team")
    own = Chat(page.locator("#private"))
    own.say("/interview shortlist")
    path = own.root.get_by_role("link", name="The whole table").last.get_attribute("href")
    assert path is not None
    page.goto(path)
    row = page.locator("tr").filter(has_text=ada["name"])
    expect(row.locator("td")).to_have_text(["2\u20134", "4", "4", "3\u20134"])
    is_sound(page, "the table of a shortlist")
    page.set_viewport_size({"width": 320, "height": 640})
    heading = row.locator("td").first.evaluate("e => getComputedStyle(e, '::before').content")
    assert heading == '"Finding the real problem"', "on a phone every band stands beside its competency"
    for who in (ada, lin):
        page.get_by_role("checkbox", name=who["name"]).check()
    page.get_by_role("button", name=board_en.COMPARE).click()
    expect(page.get_by_role("heading", name=board_en.IN_CHAT)).to_be_visible()
    page.goto(f"{demo.base}/team#private")
    expect(page.locator("#private .card").filter(has_text="people side by side").last).to_contain_text(lin["name"])
    expect(page.locator("#private img").last).to_have_attribute("alt", re.compile(ada["name"]))
    is_sound(page, "a comparison", (320,))


def test_no_is_decided_by_a_named_person_who_read_the_letter_first(
    demo: Demo, ada: dict[str, Any], new_context: NewContext
):
    page = signed_in(demo, new_context, "Noor", "/team#private")
    own = Chat(page.locator("#private"))
    own.say(f"/interview decide {ada['name']}")
    form = own.root.locator("form.fields").last
    form.locator("label.pick").filter(has_text="Say no").click()
    form.locator("textarea").fill("We need somebody who asks first.")
    form.get_by_role("button", name="Go on").click()
    letter = own.root.locator(".card").filter(has_text=f"Say no: {ada['name']}").last
    expect(letter).to_contain_text("thank you for the time and thought")
    expect(letter).not_to_contain_text("We need somebody who asks first.")
    is_sound(page, "a letter that is read first", (320,))
    with demo.chat(ada) as theirs:
        theirs.hears("What happens next")
        assert "not to go on" not in theirs.told(), "nothing is sent before it is confirmed"
        own.options.filter(has_text="Send it now").last.click()
        theirs.hears("not to go on")
        assert TOMS not in theirs.raw
    own.hears(f"{ada['name']} is told no")
    decided = demo.record(ada["interview"])["decisions"]
    assert [d["outcome"] for d in decided] == ["reject"]
