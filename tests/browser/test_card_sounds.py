"""What can be heard in a message: a named player that waits until it is wanted, and a sentence where there is nothing."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect

from adapters.contract import Outgoing
from adapters.web.render import message
from flows import cards
from flows.cards import Card, Quote, Sound
from flows.words import clips_en, voice_en
from tests.serving import Demo

pytestmark = pytest.mark.browser

CLIP = "Says what they did themselves, in the first person (3 seconds)"
SHOWN = Card(
    clips_en.of_competency("Ownership", 1),
    quotes=(Quote("I restarted the server.", "Says what they did"),),
    sounds=(Sound(voice_en.ALOUD, "Tell me more."), Sound(CLIP, recording="u_1", start=1, end=3_000)),
    foot=clips_en.ONLY_WORDS,
)


@pytest.fixture(scope="module")
def ogg(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A spoken sentence as Opus in OGG."""
    wav = subprocess.run(["espeak-ng", "--stdout", "I restarted the server."], check=True, capture_output=True).stdout
    made: Path = tmp_path_factory.mktemp("sound") / "clip.ogg"
    command = ["ffmpeg", "-v", "error", "-i", "pipe:", "-c:a", "libopus", str(made)]
    subprocess.run(command, input=wav, check=True)
    return made.read_bytes()


@pytest.fixture
def page(demo: Demo, new_context: Callable[..., BrowserContext], ogg: bytes) -> Page:
    """A page with the card in its history; its second sound is there, its first is not. `asked`: what it has fetched."""
    who = demo.invite()
    page = new_context(demo.base, who["session"], viewport={"width": 320, "height": 800}).new_page()
    sent = message(
        Outgoing("m_s", "th", "th", 1, "send", "", cards.to_json(SHOWN), "", "", "s", 1_700_000_000_000), speaks=True
    )

    def with_card(route: Route) -> None:
        reply = route.fetch()
        body: dict[str, Any] = reply.json()
        route.fulfill(response=reply, json={**body, "messages": [sent]})

    page.route(f"**/api/v1/threads/{who['thread']}", with_card)
    page.route("**/api/v1/sounds/m_s/1", lambda route: route.fulfill(body=ogg, content_type="audio/ogg"))
    page.goto(f"{demo.base}/chat")
    return page


def test_a_sound_waits_until_it_is_wanted_and_is_said_by_name(page: Page):
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url) if "/sounds/" in r.url else None)
    players = page.locator("audio")
    expect(players).to_have_count(2)
    assert [p.get_attribute("aria-label") for p in players.all()] == [voice_en.ALOUD, CLIP]
    assert not any(p.evaluate("a => a.autoplay") for p in players.all())
    assert fetched == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heard = players.nth(1).evaluate(
        "a => new Promise((done) => { a.muted = true; a.onended = () => done(a.duration); a.playbackRate = 4; a.play(); })"
    )
    assert 1 < heard < 4
    assert [url.rpartition("/")[2] for url in fetched] == ["1"]
    players.nth(0).evaluate("a => a.play().catch(() => null)")
    expect(page.get_by_text("This can\u2019t be played just now.")).to_be_visible()
    expect(players).to_have_count(1)
