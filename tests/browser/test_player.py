"""The player on the review page in a real browser: a spoken interview is played, word by word, with the hand and the keys."""

import copy
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.recordings import shelf
from bot.store.rows import Recording
from flows.kits.model import Kit
from flows.words import listen_en
from tests import speech_model
from tests.bot.stagehand import Stage, acting
from tests.bot.web.test_listen_pages import film, note, silence, speaks
from tests.browser.staging import Staged, staged
from tests.browser.test_access import is_sound
from tests.browser.test_review import CHOOSE
from tests.flows.rating.small_kit import RAW

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
# What the model writes, whatever it hears; each word is 0.4 seconds long.
HEARD = "I restarted the server myself and told the customer what had happened and since then I check the disk every morning"
SAID = HEARD.replace("disk", "queue")
LIT = "() => [...CSS.highlights.get('spoken')].map(String).join(' ')"
NOW = "m => m.currentTime"
PLACE = "e => { const r = e.getBoundingClientRect(); return [r.x + scrollX, r.y + scrollY, r.width, r.height] }"


@dataclass(frozen=True, slots=True)
class Place:
    """A running server with one spoken interview, whose scorecards are open."""

    on: Staged[tuple[str, str, str]]
    path: str
    voice: str
    film: str

    @property
    def base(self) -> str:
        return self.on.base

    def states(self, recording: str, **values: str) -> None:
        self.on.does(self.on.stage.app.store.commit(lambda tx: tx.change(Recording, {"id": recording}, values)))


def kit() -> Kit:
    raw = copy.deepcopy(RAW)
    for question in raw["questions"]:
        question["answer"] = {"modes": ["text", "voice", "video"], "prepared": False}
    return Kit.model_validate(raw)


async def played(stage: Stage) -> tuple[str, str, str]:
    """Ada answers by voice and by video, and everybody rates: the path of the page, and the two recordings."""
    long: list[str | None] = [None] * len(HEARD.split())
    ada = await stage.invite()
    await ada.plays(until="outage", consent_recording="yes", start_mode="speak")
    await speaks(stage, ada, silence(), 1)
    voice = await speaks(stage, ada, note(long), 2)
    await ada.taps("~fix.2")
    await ada.says("disk -> queue")
    await ada.plays(until="upset")
    seen = await speaks(stage, ada, film(long), 3, "video", "video/webm")
    await ada.plays()
    for name in ("Priya", "Tom"):
        await stage.seats[name].rates("Ada Okoye")
    return f"/review/{(await stage.interview(ada))['id']}", voice, seen


@contextmanager
def served(home: Path) -> Generator[Place]:
    model = speech_model.build(home / "model", HEARD)
    with staged(lambda: acting(home, kit=kit(), speech_model=str(model), speech_threads=1), played) as made:
        yield Place(made, *made.about)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with served(tmp_path_factory.mktemp("spoken")) as made:
        yield made


def opened(place: Place, new_context: NewContext, **options: object) -> Page:
    page = new_context(place.base, place.on.sessions["Noor"], **options).new_page()
    page.goto(place.base + place.path)
    return page


def word(page: Page, utterance: str, n: int) -> tuple[float, float]:
    """The middle of the n-th word of an answer."""
    at = len(" ".join(SAID.split()[:n]) + " " * bool(n))
    page.evaluate(CHOOSE, [utterance, at, at + 1])
    where = page.evaluate(
        "() => { const r = getSelection().getRangeAt(0).getBoundingClientRect(); return [r.x, r.y, r.height] }"
    )
    page.evaluate("() => getSelection().removeAllRanges()")
    return where[0] + 2, where[1] + where[2] / 2


def test_words_light_up_lead_to_their_moment_and_are_remarked_on(place: Place, new_context: NewContext):
    page = opened(place, new_context)
    player = page.locator(f"[data-player='{place.voice}']")
    media, text = player.locator("audio"), page.locator(f"[data-moment='{place.voice}']")
    before = text.evaluate(PLACE)
    player.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => [...CSS.highlights.get('spoken')].map(String)[0] === 'server'", polling=50)
    assert 1.1 <= media.evaluate(NOW) <= 1.9
    assert text.evaluate(PLACE) == before, "no word moves while it is spoken"
    player.get_by_role("button", name="Pause").click()
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate(LIT) == ""

    page.mouse.click(*word(page, place.voice, 20))
    page.wait_for_function("() => [...CSS.highlights.get('spoken')].map(String)[0] === 'morning'", polling=50)
    expect(player.locator(".player__time")).to_have_text("0:08 / 0:08")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()

    page.evaluate(CHOOSE, [place.voice, SAID.index("server"), SAID.index(" and")])
    player.get_by_role("combobox").select_option("2")
    page.get_by_role("button", name=listen_en.FROM_HERE).click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    assert media.evaluate("m => m.playbackRate") == 2
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert 2.0 <= media.evaluate(NOW) <= 2.8, "it stops after the last of them"

    media.evaluate("m => { m.currentTime = 7.4 }")
    player.get_by_role("button", name="Comment on this moment").click()
    expect(page.locator("#remark-quote")).to_have_text("queue")
    page.locator("#remark-text").fill("This is where it gets clear.")
    page.get_by_role("button", name="Keep it").click()
    page.locator(".remark").get_by_role("button", name="Hear it").click()
    page.wait_for_function("() => [...CSS.highlights.get('spoken')].map(String)[0] === 'queue'", polling=20)
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()

    note = page.locator(".note", has=page.locator(f"[data-hear='{place.voice}']"), has_text="differently later")
    note.get_by_role("button", name="Hear it").click()
    page.wait_for_function("() => [...CSS.highlights.get('spoken')].map(String)[0] === 'since'", polling=20)
    expect(page.get_by_text(listen_en.no_words("0:03", "silence"))).to_be_visible()
    page.get_by_text(listen_en.HEARD_FIRST).click()
    is_sound(page, "a review page with a recording that plays")


@pytest.mark.slow
def test_the_keys_are_enough_and_a_video_has_captions(place: Place, new_context: NewContext):
    page = opened(place, new_context)
    player = page.locator(f"[data-player='{place.film}']")
    video, seek = player.locator("video"), player.get_by_role("slider")
    player.get_by_role("button", name="Play", exact=True).focus()
    page.keyboard.press("Enter")
    expect(player.get_by_role("button", name="Pause")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(seek).to_be_focused()
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert abs(video.evaluate(NOW) - 2) < 0.1
    expect(seek).to_have_attribute("aria-valuetext", "0:02 of 0:08")
    page.keyboard.press("Tab")
    expect(player.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("End")
    assert video.evaluate("m => m.playbackRate") == 2
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#remark-quote")).to_have_text("and")
    page.keyboard.press("Escape")
    expect(player.get_by_role("button", name="Comment on this moment")).to_be_focused()
    cues = video.evaluate("m => [...m.textTracks[0].cues].map(c => c.text).join(' ')")
    assert cues == HEARD
    assert video.evaluate("m => m.textTracks[0].mode") == "showing"
    assert page.request.get(place.base + str(video.get_attribute("poster"))).headers["content-type"] == "image/jpeg"


def test_without_scripts_the_browsers_own_player_stays_and_what_is_gone_is_said(place: Place, new_context: NewContext):
    plain = opened(place, new_context, java_script_enabled=False)
    audio = plain.locator(f"[data-player='{place.voice}'] audio")
    expect(audio).to_be_visible()
    assert re.search(r"/recordings/.*/media$", str(audio.get_attribute("src")))
    expect(plain.locator("[data-hear]:visible")).to_have_count(0)
    page = opened(place, new_context)
    place.states(place.voice, state=shelf.GONE)
    player = page.locator(f"[data-player='{place.voice}']")
    player.get_by_role("button", name="Play", exact=True).click()
    expect(player.get_by_role("status")).to_contain_text("Its words are above")
    page.reload()
    expect(page.get_by_text(listen_en.GONE)).to_be_visible()
    expect(page.locator("[data-player]")).to_have_count(1)
    expect(page.locator(f"[data-hear='{place.voice}']")).to_have_count(0)
    assert page.get_by_text(SAID).count() >= 1, "its words stay"
    place.states(place.voice, state=shelf.HEARD)
