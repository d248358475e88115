"""A real browser before a real server. The browser lives for one file: while it does, no other event loop can run."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.serving import Demo, serving
from tests.web_client import finish, rate

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SWITCHES += ["--disable-component-update", "--disable-sync"]
ANSWERS = (
    "A customer wrote that our app was broken. I asked her first which error message appeared. It turned out the real "
    "problem was an expired card.",
    "She was upset, so I let her finish and then summarised. I told her honestly I could not refund the month.",
)
expect.set_options(timeout=15_000)

OpenAs = Callable[..., Page]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with serving(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser profile of its own (a device); `session` signs it in at `base`. All are gone afterwards.

    A script error, or a word to the console that is an error, fails the test.
    """
    made: list[BrowserContext] = []
    wrong: list[str] = []

    def new(base: str = "", session: str = "", **options: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(15_000)
        context.on("weberror", lambda e: wrong.append(str(e.error)))
        if session:
            context.add_cookies([{"name": "parley_session", "value": session, "url": base}])
        made.append(context)
        return context

    yield new
    for context in made:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def revealed(demo: Demo) -> dict[str, Any]:
    """A candidate whose scorecards are open."""
    ada = finished(demo)
    for name, level in (("Priya", "4"), ("Tom", "3")):
        begin_rating(demo, name, ada, level)
    return ada


@pytest.fixture(scope="session")
def sealed(demo: Demo) -> dict[str, Any]:
    """A candidate who has finished, and whom nobody has rated."""
    return finished(demo)


def finished(demo: Demo) -> dict[str, Any]:
    who = demo.invite()
    with demo.chat(who) as chat:
        finish(chat, ANSWERS)
    return who


def begin_rating(demo: Demo, name: str, candidate: dict[str, Any], level: str = "") -> None:
    """Press Rate under a candidate's post; with a level, rate and submit too."""
    person, channel = demo.person(name), demo.stage()["channel"]["id"]
    with demo.chat(person, channel) as room, demo.chat(person) as own:
        post = room.until(
            lambda: next((m for m in room.messages.values() if is_post(m, candidate["name"])), None), "the post"
        )
        room.send(kind="tapped", token=post["token"], option="rate")
        own.until(lambda: own.asked and own.open_card().get("fields"), "the form")
        if level:
            rate(own, level, "She asked for the error message first.")


def is_post(message: dict[str, Any], name: str) -> bool:
    card = message.get("card", {})
    return bool(card.get("options")) and card.get("title", "").startswith(name)
