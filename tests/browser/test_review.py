"""The review page in a browser: rating beside the answers, remarks on chosen words, evidence on and off; for everybody."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flows.words import review_page_en as words
from tests.browser.conftest import begin_rating, finished
from tests.browser.test_access import is_sound
from tests.serving import Demo

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
# Choose the characters from `a` to `b` of an answer's text, as a mouse would.
CHOOSE = """([id, a, b]) => {
  const moment = document.querySelector(`[data-moment="${id}"]`), range = document.createRange();
  const place = (n) => {
    for (const piece of moment.querySelectorAll('[data-at]')) {
      const length = piece.textContent.length;
      if (n <= length) return [piece.firstChild, n];
      n -= length;
    }
  };
  range.setStart(...place(a)); range.setEnd(...place(b));
  getSelection().removeAllRanges(); getSelection().addRange(range);
}"""


@pytest.fixture(scope="module")
def ada(demo: Demo) -> dict[str, Any]:
    """A candidate of this file's own, who has finished."""
    return finished(demo)


def opened(demo: Demo, new_context: NewContext, name: str, who: dict[str, Any]) -> Page:
    page = new_context(demo.base, demo.person(name)["session"]).new_page()
    page.goto(f"{demo.base}/review/{who['interview']}")
    return page


def test_a_rating_is_kept_while_it_is_entered_with_the_anchors_beside_the_scale(
    demo: Demo, ada: dict[str, Any], new_context: NewContext
):
    page = opened(demo, new_context, "Priya", ada)
    first = page.locator(".rating__one").first
    expect(first.locator(".anchor")).to_have_count(6)
    first.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#rating-said")).to_have_text(words.DRAFT_KEPT)
    first.locator("textarea").fill("She asked for the error message first.")
    first.locator("textarea").blur()
    with page.expect_response(re.compile("/draft$")):
        page.get_by_text("Strong yes").click()
    page.reload()
    expect(first.locator("input").nth(1)).to_be_checked()
    expect(first.locator("textarea")).to_have_value("She asked for the error message first.")
    is_sound(page, "a review page with a rating form")
    other = opened(demo, new_context, "Tom", ada)
    expect(other.locator(".rating__one").first.locator("input:checked")).to_have_count(0)


def test_words_are_chosen_remarked_on_and_found_again(demo: Demo, ada: dict[str, Any], new_context: NewContext):
    page = opened(demo, new_context, "Tom", ada)
    answer = page.locator("article.utterance--answer").first
    moment = answer.locator("[data-moment]").get_attribute("data-moment")
    text = answer.locator("[data-moment]").inner_text()
    page.evaluate(CHOOSE, [moment, 2, 10])
    page.get_by_role("button", name="Comment on the chosen words").click()
    expect(page.locator("#remark-quote")).to_have_text(text[2:10].strip())
    expect(page.locator("#remark-text")).to_be_focused()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#remark-problem")).to_have_text(words.EMPTY)
    page.locator("#remark-text").fill("This is the moment.\nIt is clear.")
    is_sound(page, "a review page with a remark being written", (320,))
    page.get_by_role("button", name="Keep it").click()
    kept = answer.locator(".remark")
    expect(kept).to_contain_text("Only you can see this")
    expect(kept.locator("blockquote")).to_have_text(text[2:10].strip())
    page.reload()
    expect(kept).to_contain_text("This is the moment.")
    expect(answer.locator("mark.rm")).to_have_text(text[2:10])
    expect(opened(demo, new_context, "Priya", ada).locator(".remark")).to_have_count(0)
    answer.get_by_role("button", name="Comment on this answer").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#remark-box")).to_be_hidden()
    expect(answer.get_by_role("button", name="Comment on this answer")).to_be_focused()


def test_after_the_reveal_evidence_can_be_hidden_and_remarks_answered(
    demo: Demo, ada: dict[str, Any], new_context: NewContext
):
    before = opened(demo, new_context, "Tom", ada)
    before.locator("[data-remark]").last.click()
    before.locator("#remark-text").fill("Here is another.")
    before.get_by_role("button", name="Keep it").click()
    expect(before.locator(".remark").filter(has_text="Here is another.")).to_be_visible()
    for name, level in (("Priya", "4"), ("Tom", "2")):
        begin_rating(demo, name, ada, level)
    page = opened(demo, new_context, "Priya", ada)
    deadline = time.monotonic() + 15
    while page.locator(".sealed").count() and time.monotonic() < deadline:  # the last card opens them a moment later
        page.reload()
    remark = page.locator("[data-remarks] > .remark").filter(has_text="Here is another.")
    expect(remark).to_have_count(1)
    remark.get_by_role("button", name="Reply").click()
    page.locator("#remark-text").fill("I saw that, too.")
    page.get_by_role("button", name="Keep it").click()
    expect(remark.locator(".remark")).to_contain_text("I saw that, too.")
    remark.locator(".remark").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("I saw that, too.")).to_have_count(0)
    note = page.locator(".note").first
    key = note.get_attribute("data-key")
    note.get_by_role("button").click()
    expect(page.locator("mark.is-here").first).to_be_in_viewport()
    page.locator(f"#legend input[value='{key}']").uncheck()
    expect(page.locator(f".note[data-key='{key}']").first).to_be_hidden()
    expect(page.locator(f"mark.ev[data-keys='{key}']:not(.ev--off)")).to_have_count(0)
    quote = page.locator(".scores a[href*='#']").first
    quote.click()
    assert "#u_" in page.url
    expect(page.locator(":target")).to_be_in_viewport()
    page.goto(page.url.partition("#")[0])
    expect(page.locator(".scores")).to_be_visible()
    is_sound(page, "an open review page with evidence and remarks")
