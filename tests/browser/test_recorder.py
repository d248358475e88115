"""Answering aloud in a real browser, with a microphone that speaks: recorded, paused, played, sent, and never lost."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import speech_model
from tests.browser.acting import Chat
from tests.browser.conftest import SWITCHES
from tests.browser.test_access import is_sound
from tests.serving import Demo, serving
from tests.web_client import CHOICES, WebClient

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
SPOKEN = "We asked the customer for a screenshot, and then we found out what was really wrong."
HEARD = "we shipped the parser after my team found two slow queries"
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PANEL, BUBBLE = ".rec__panel", ".bubble--recording"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that listens, with a model that is fetched already."""
    home = tmp_path_factory.mktemp("listening")
    speech_model.build(home / "usual" / "models" / "base", HEARD)
    with pytest.MonkeyPatch.context() as m:
        m.setenv("PARLEY_HOME", str(home / "usual"))
        m.setenv("PARLEY_SPEECH_MODEL", "base")
        with serving(home / "demo") as running:
            yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One with a microphone in front of which somebody speaks, again and again."""
    voice = tmp_path_factory.mktemp("voice") / "voice.wav"
    sound = speech_model.espeak(SPOKEN)
    voice.write_bytes(speech_model.wav((sound / abs(sound).max() * 20_000).astype("int16")))
    switches = [*SWITCHES, *MICROPHONE, f"--use-file-for-fake-audio-capture={voice}"]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=switches)
        yield chromium
        chromium.close()


def at_question(demo: Demo) -> dict[str, str]:
    """A candidate who agreed to be recorded, at the first question of the kit."""
    who = demo.invite()
    with demo.chat(who) as chat:
        for _ in range(30):
            card, asked = chat.open_card(), chat.asked
            assert asked is not None
            if asked["done"] and card.get("progress"):
                return who
            go_on(chat, [o["id"] for o in card.get("options", ())])
            chat.after(asked["token"])
    raise AssertionError("no question was asked")


def go_on(chat: WebClient, options: list[str]) -> None:
    assert chat.asked is not None
    if chat.asked["done"]:
        chat.say("A bike computer.")
        chat.tap("done")
    elif known := [o for o in ("speak", *CHOICES) if o in options]:
        chat.tap(known[0])
    else:
        chat.say("London")


def opened(demo: Demo, context: BrowserContext) -> tuple[Page, Chat]:
    page = context.new_page()
    page.goto(f"{demo.base}/chat")
    return page, Chat(page.locator("#chat"))


def button(page: Page, name: str) -> None:
    page.locator(".rec").get_by_role("button", name=name, exact=True).click()


def recorded(page: Page, seconds: int) -> None:
    """At least so many seconds: whoever looks once a second may miss one."""
    expect(page.locator(".rec__time")).to_have_text(re.compile(rf"0:0[{seconds}-9]"))


def test_an_answer_is_recorded_paused_played_and_sent(demo: Demo, new_context: NewContext):
    page, chat = opened(demo, new_context(demo.base, at_question(demo)["session"]))
    before = chat.asked
    button(page, "Record your answer")
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    recorded(page, 1)
    expect(page.locator(".rec__level")).not_to_have_attribute("style", re.compile(r"--level: ?0;"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".rec__note")).to_contain_text("Paused")
    stood = page.locator(".rec__time").inner_text()
    is_sound(page, "the recorder while it pauses", (320,))
    assert page.locator(".rec__time").inner_text() == stood
    button(page, "Go on")
    recorded(page, 4)
    button(page, "Stop")
    expect(page.locator(PANEL).get_by_role("button", name="Send")).to_be_focused()
    is_sound(page, "a recording before it is sent", (320,))
    page.locator(f"{PANEL} .playback__play").click()
    expect(page.locator(f"{PANEL} .playback__time")).to_have_text("0:01")
    button(page, "Send")
    chat.hears(HEARD)
    chat.settled()
    chat.moved(before)
    expect(page.locator(PANEL)).to_be_hidden()
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 1
    left = "new Promise(d => { indexedDB.open('parley-recordings').onsuccess = e => { const q = e.target.result"
    left += ".transaction('pieces').objectStore('pieces').count(); q.onsuccess = () => d(q.result) } })"
    assert page.evaluate(left) == 0, "what the server has needn't stay in the browser"
    page.reload()
    bubble = page.locator(BUBBLE)
    expect(bubble).to_have_count(1)
    expect(bubble).to_contain_text("Voice message, 0:0")
    bubble.get_by_text("Its words").click()
    expect(bubble).to_contain_text(HEARD)
    bubble.locator(".playback__play").click()
    expect(bubble.locator(".playback__time")).to_have_text("0:01")
    is_sound(page, "a recording in the log", (320,))


def test_a_reload_in_the_middle_and_no_network_cost_nothing(demo: Demo, new_context: NewContext):
    context = new_context(demo.base, at_question(demo)["session"])
    page, chat = opened(demo, context)
    button(page, "Record your answer")
    recorded(page, 4)
    page.reload()
    expect(page.locator(f"{PANEL} .rec__note")).to_have_text(
        re.compile(r"You have a recording of 0:0[3-9] that wasn't sent\.")
    )
    context.set_offline(True)
    button(page, "Send")
    expect(chat.log.locator(".msg--me").last).to_contain_text("Voice message, 0:0")
    expect(page.locator(".is-pending")).to_have_count(1)
    context.set_offline(False)
    chat.hears(HEARD)
    chat.settled()
    expect(page.locator(BUBBLE)).to_have_count(1)
    page.reload()
    expect(page.locator(BUBBLE)).to_have_count(1)
    expect(page.locator(PANEL)).to_be_hidden()


@pytest.mark.slow
def test_a_chosen_file_and_one_that_is_none(demo: Demo, new_context: NewContext, tmp_path: Path):
    page, chat = opened(demo, new_context(demo.base, at_question(demo)["session"]))
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.locator(".rec__file").set_input_files({"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(page.get_by_role("alert")).to_contain_text("I can only take a sound or a video file here.")
    sound = speech_model.espeak(SPOKEN)
    voice = speech_model.wav((sound / abs(sound).max() * 20_000).astype("int16"))
    page.locator(".rec__file").set_input_files({"name": "answer.wav", "mimeType": "audio/wav", "buffer": voice})
    expect(page.locator(f"{PANEL} .rec__note")).to_contain_text("answer.wav: listen to it, or send it.")
    button(page, "Send")
    chat.hears(HEARD)


def test_who_may_not_use_the_microphone_is_told_how_and_writes_instead(demo: Demo, browser: Browser):
    switches = [*SWITCHES, MICROPHONE[0], f"{MICROPHONE[1]}=deny"]
    other = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=switches)
    context = other.new_context()
    session = at_question(demo)["session"]
    context.add_cookies([{"name": "parley_session", "value": session, "url": demo.base}])
    page, chat = opened(demo, context)
    button(page, "Record your answer")
    expect(page.get_by_role("alert")).to_contain_text("The browser doesn't let this page use the microphone.")
    is_sound(page, "a microphone that is denied", (320,))
    button(page, "Write instead")
    expect(chat.box).to_be_focused()
    chat.say(SPOKEN)
    other.close()


def test_only_a_page_with_a_chat_may_ask_for_the_microphone(demo: Demo):
    def allowed(path: str) -> bool:
        policy = httpx.get(demo.base + path, trust_env=False).headers["permissions-policy"]
        return "microphone=(self)" in policy and "camera=(self)" in policy

    assert {path: allowed(path) for path in ("/", "/sandbox", "/chat", "/team", "/healthz")} == {
        "/": True,
        "/sandbox": True,
        "/chat": True,
        "/team": False,
        "/healthz": False,
    }
