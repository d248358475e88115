"""A picture and a document on the page: seen, said by a screen reader, kept with every byte, under the page's own policy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from adapters.contract import Outgoing
from adapters.web.render import message
from flows import cards
from flows.cards import Card
from tests.adapters.files import BOOKED, ICS, INVITATION, PICTURE, file, png
from tests.serving import Demo

pytestmark = pytest.mark.browser

WIDE = file("week.png", "image/png", png(1600, 500), PICTURE.alt)
LONG_NAME = file("invitation-" + "x" * 60 + ".ics", "text/calendar", ICS)
PAGE = file("page.html", "text/html", b"<script>document.title = 'taken over'</script>")
# Remembers as what the page gives its documents to the browser.
KINDS = """window.kinds = []; const made = URL.createObjectURL;
URL.createObjectURL = (blob) => { window.kinds.push(blob.type); return made(blob); };"""
SHOWN = (
    Card(BOOKED.text, title="Booked", files=(WIDE, INVITATION)),
    Card("With a long name.", files=(LONG_NAME,)),
    Card("Not what it seems.", files=(PAGE, cards.File("broken.ics", "text/calendar", "?"))),
)


def as_sent(card: Card, seq: int) -> dict[str, Any]:
    return message(
        Outgoing(f"m_file{seq}", "th", "th", seq, "send", "", cards.to_json(card), "", "", "step", 1_700_000_000_000)
    )


@pytest.fixture
def chat(demo: Demo, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """The candidate's page, with cards in its history as the server would send them."""

    def opened(**options: Any) -> Page:
        who = demo.invite()
        page = new_context(demo.base, who["session"], **options).new_page()

        def with_cards(route: Route) -> None:
            reply = route.fetch()
            body = reply.json()
            body["messages"] = [as_sent(card, n) for n, card in enumerate(SHOWN, 1)]
            route.fulfill(response=reply, json=body)

        page.route(f"**/api/v1/threads/{who['thread']}", with_cards)
        page.add_init_script(KINDS)
        page.on("console", lambda said: said.type == "error" and pytest.fail(said.text))
        page.goto(f"{demo.base}/chat")
        return page

    return opened


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_and_a_document_fit_the_page(chat: Callable[..., Page], width: int, scheme: str, tmp_path: Path):
    page = chat(viewport={"width": width, "height": 800}, color_scheme=scheme)
    picture = page.get_by_role("img", name=PICTURE.alt)
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.naturalWidth") == 1600
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = picture.bounding_box()
    assert box is not None
    assert 0 < box["width"] <= width
    assert abs(box["width"] / box["height"] - 1600 / 500) < 0.1
    for link in page.locator(".file__link").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["x"] + box["width"] <= width


def test_a_document_is_kept_with_every_byte(chat: Callable[..., Page]):
    page = chat()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download invitation.ics").click()
    assert kept.value.suggested_filename == "invitation.ics"
    assert Path(kept.value.path()).read_bytes() == ICS


def test_a_document_is_never_a_page_of_ours(chat: Callable[..., Page]):
    page = chat()
    expect(page.get_by_role("link", name="Download page.html")).to_be_visible()
    assert sorted(page.evaluate("window.kinds")) == ["application/octet-stream", "text/calendar"]
    expect(page.get_by_text("broken.ics can\u2019t be opened here.")).to_be_visible()
