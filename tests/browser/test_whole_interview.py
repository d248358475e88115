"""One whole interview on the sandbox page: the candidate, two sealed ratings, and what opens for everybody at once."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flows.words import en, interview_en, panel_en, review_en
from tests.browser.acting import ANSWERS, GOODBYE, Chat, rate
from tests.serving import Demo, serving

pytestmark = pytest.mark.browser

PRIYAS = "Because of the screenshot that only Priya mentions."
TOMS = "Because of the promise that only Tom mentions."
MACHINES = ("indicators found", "by text matching", "Names a question they put to the customer before they offered")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A stage with nobody on it yet."""
    with serving(tmp_path_factory.mktemp("stage")) as running:
        yield running


def secrets_in(text: str, *secrets: str) -> list[str]:
    return [s for s in secrets if s in text]


def test_from_the_invitation_to_the_open_scorecard(stage: Demo, new_context: Callable[..., BrowserContext]):
    page = new_context().new_page()
    page.goto(stage.base)
    candidate = play_the_candidate(page)
    ada = stage.stage()["candidate"]
    panel = {name: stage.person(name) for name in ("Noor", "Priya", "Tom")}
    channel = stage.stage()["channel"]["id"]

    everybody = [
        stage.chat(ada),
        *(stage.chat(p) for p in panel.values()),
        *(stage.chat(p, channel) for p in panel.values()),
    ]
    for one in everybody:
        one.__enter__()
    try:
        of_ada, of_noor, of_priya, of_tom, *rooms = everybody
        team = Chat(page.locator("#pane-channel"))

        rate_as(page, "Priya", 4, PRIYAS)
        expect(page.locator("#pane-channel .card:has(.option)").last).to_contain_text(panel_en.n_of_m(1, 2))
        for reader in (of_ada, of_noor, of_tom, *rooms):
            assert secrets_in(reader.raw, PRIYAS, *MACHINES) == []
        assert secrets_in(of_priya.raw, *MACHINES) == []
        for who in panel.values():
            assert (
                secrets_in(everything(stage, who, ada, channel), PRIYAS * (who["name"] != "Priya") or "~", *MACHINES)
                == []
            )
        as_seen_by(page, "Tom")
        team.hears(panel_en.n_of_m(1, 2))
        assert secrets_in(page.content(), PRIYAS, *MACHINES) == [], "the page still held what another reader may see"

        rate_as(page, "Tom", 3, TOMS)
        for room in rooms:
            room.until(lambda r=room: PRIYAS in r.raw and TOMS in r.raw and MACHINES[0] in r.raw, "the reveal")
        of_ada.hears("what came across")
        assert secrets_in(of_ada.raw, PRIYAS, TOMS, *MACHINES, panel_en.STILL_DUE) == [], (
            "the candidate saw the panel's"
        )
    finally:
        for one in everybody:
            one.__exit__()

    scorecard_is_readable(page, ada)
    candidate.hears("I asked her first which error message appeared")  # their own words, in the feedback


def play_the_candidate(page: Page) -> Chat:
    """Consents, a warm-up, an answer of several messages with an edit, a question back, a skip, a pause, the rest."""
    page.get_by_role("button", name="Start", exact=True).click()
    phone = Chat(page.locator("#phone"))
    phone.consents()
    phone.hears(interview_en.WARM_UP)
    phone.answer("I like my bike computer.", "It just works.")
    phone.hears("Here is the first question.")

    phone.say(ANSWERS[0])
    phone.say("It took a weke.")
    phone.log.get_by_role("button", name="Edit").last.click()
    expect(phone.box).to_have_value("It took a weke.")
    phone.box.fill("It took a week.")
    phone.box.press("Enter")
    expect(phone.log.get_by_text("It took a week.")).to_be_visible()
    phone.settled()
    phone.answer()
    while "2 of 5" not in phone.question.inner_text():
        phone.step(ANSWERS[1])

    before = phone.asked
    phone.say("How long ago may it be?")
    phone.moved(before)
    phone.hears("Shall I pass it on to the team")
    phone.tap(interview_en.PASS.label)
    expect(page.locator("#pane-channel").get_by_text("How long ago may it be?")).to_be_visible()
    page.locator("#pane-channel .msg", has_text="How long ago may it be?").hover()
    page.locator("#pane-channel .msg", has_text="How long ago may it be?").get_by_role("button", name="Reply").click()
    team = Chat(page.locator("#pane-channel > div"))
    team.say("As long ago as you like.")
    phone.hears("As long ago as you like.")

    phone.helper(en.TOOLS["skip"])
    phone.hears(en.SKIP_SURE)
    phone.options.filter(has_text="skip").last.click()
    phone.hears(interview_en.SKIPPED)
    while "3 of 5" not in phone.question.inner_text():
        phone.step(ANSWERS[2])
    phone.helper(en.TOOLS["pause"])
    phone.hears(en.PAUSED)
    phone.say("continue")
    phone.hears("You are talking to the automated interviewer")
    phone.finish()
    expect(phone.root.locator(".composer__rest")).to_have_text(re.compile("Nothing more is needed from you"))
    expect(phone.root.locator(".typing__dots")).to_have_count(0)
    assert GOODBYE in phone.log.inner_text()
    return phone


def as_seen_by(page: Page, name: str) -> None:
    page.locator(".persona", has_text=name).click()
    expect(page.locator(".persona[aria-pressed=true]")).to_contain_text(name)
    page.locator("[data-segment=channel]").click()


def rate_as(page: Page, name: str, level: int, why: str) -> None:
    as_seen_by(page, name)
    page.locator("#pane-channel .option:not([aria-disabled])", has_text=panel_en.RATE).last.click()
    own = Chat(page.locator("#pane-private > div"))
    form = own.root.locator("form.fields")
    expect(form).to_be_visible()
    if name == "Priya":
        forgets_the_reasons(own)
    rate(own, level, why)
    page.locator("[data-segment=channel]").click()


def forgets_the_reasons(own: Chat) -> None:
    """The form comes back with its content and a sentence at each field that needs another look."""
    form = own.root.locator("form.fields")
    for scale in form.locator(".picks--scale").all():
        scale.locator("label.pick").nth(3).click()
    form.locator(".picks--choice label.pick").nth(2).click()
    form.get_by_role("button", name="Look it over").click()
    alerts = form.get_by_role("alert")
    expect(alerts.filter(has_text=review_en.WHY_MISSING)).to_have_count(4)
    first = form.locator("textarea").first
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(first).to_have_accessible_description(re.compile(re.escape(review_en.WHY_MISSING)))
    expect(form.locator(".picks--scale input:checked")).to_have_count(4)


def everything(stage: Demo, who: dict[str, Any], ada: dict[str, Any], channel: str) -> str:
    """All that the interface gives somebody about this interview."""
    found = ""
    paths = ["/api/v1/me", f"/api/v1/threads/{who['thread']}", f"/api/v1/threads/{channel}"]
    paths += [f"/review/{ada['interview']}", f"/api/v1/interviews/{ada['interview']}/export", "/team"]
    for path in paths:
        cookies = {"parley_session": who["session"]}
        answer = httpx.get(stage.base + path, cookies=cookies, trust_env=False)
        assert answer.status_code in (200, 404), path
        found += answer.text
    assert ada["name"] in found
    return found


def scorecard_is_readable(page: Page, ada: dict[str, Any]) -> None:
    as_seen_by(page, "Priya")
    card = page.locator("#pane-channel .card:has(.scores)").last
    expect(card).to_contain_text(ada["name"])
    rows = card.locator(".score")
    expect(rows).to_have_count(4)
    first = rows.first
    expect(first.locator(".levels li")).to_have_text(
        [re.compile(rf"Priya\s*4.*{PRIYAS}"), re.compile(rf"Tom\s*3.*{TOMS}")]
    )
    expect(first.locator(".score__phrase")).to_contain_text("of 4 indicators found")
    quote = first.locator(".score__machine blockquote")
    assert quote.inner_text().strip("\u201c\u201d ") in ANSWERS[0], "a quote is verbatim"
    expect(card.locator(".missing").first).to_be_visible()
    link = first.get_by_role("link", name="Read in context")
    with page.context.expect_page() as opened:
        link.click()
    transcript = opened.value
    anchor = transcript.url.partition("#")[2]
    assert anchor, "the quote's link leads to the very words"
    target = transcript.locator(f"[id='{anchor}']")
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text(quote.inner_text().strip("\u201c\u201d "))
    expect(transcript.get_by_text("Changed before sending").first).to_be_attached()
    transcript.close()


def test_starting_over_brings_a_new_candidate_with_a_new_chat(stage: Demo, new_context: Callable[..., BrowserContext]):
    page = new_context().new_page()
    page.goto(f"{stage.base}/sandbox")
    expect(
        page.get_by_role("button", name="Start over").or_(page.get_by_role("button", name="Start", exact=True))
    ).to_be_visible()
    before = stage.stage()["candidate"]
    page.get_by_role("button", name="Start over").or_(page.get_by_role("button", name="Start", exact=True)).click()
    phone = Chat(page.locator("#phone"))
    expect(page.locator("#h-phone")).to_contain_text("phone")
    expect(page.locator("#h-phone")).not_to_contain_text((before or {"name": "~"})["name"])
    phone.hears("Which country do you live in?")
    after = stage.stage()["candidate"]
    assert before is None or (after["thread"] != before["thread"] and after["name"] != before["name"])


def test_static_files_are_asked_for_again_and_answered_shortly(stage: Demo):
    url = f"{stage.base}/static/js/thread.js"
    first = httpx.get(url, trust_env=False)
    assert first.headers["cache-control"] == "no-cache"
    again = httpx.get(url, headers={"If-None-Match": first.headers["etag"]}, trust_env=False)
    assert again.status_code == 304
    assert again.content == b""
