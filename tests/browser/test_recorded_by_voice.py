"""A recorded interview in a real browser, spoken into its microphone and its camera: from the invitation to the quoted
words that the team can hear."""

import copy
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from bot.store.rows import Recording, Requisition
from flows.kits.model import Kit
from flows.words import clips_en, en, interview_en, invite_en, practice_en, recorded_en, techcheck_en, voice_en
from tests import speech_model
from tests.bot.stagehand import Stage, acting
from tests.browser.acting import Chat, sideways
from tests.browser.conftest import SWITCHES
from tests.browser.staging import Staged, staged
from tests.browser.test_access import is_sound
from tests.flows.rating.small_kit import RAW

pytestmark = pytest.mark.browser

NewContext = Callable[..., BrowserContext]
Look = Callable[[Page, str], None]
# What the model writes, whatever it hears; each of its words is 0.4 seconds long.
HEARD = "last year I restarted the server and told the customer about the disk"
SAID = HEARD.replace("disk", "queue")
WRITTEN = "I wrote the night shift a summary, and on Wednesday I called back to ask whether it worked."
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PHONE = {"width": 360, "height": 740}
Place = Staged[str]  # about: the path of the invitation


def kit() -> Kit:
    """One question for the voice, one for the camera, one that is answered in writing all the same."""
    raw = copy.deepcopy(RAW)
    outage, upset = raw["questions"]
    both = {"guide_minutes": 2, "think_minutes": 1, "takes": 3}
    outage["answer"] = {"modes": ["text", "voice"], **both}
    upset["answer"] = {"modes": ["text", "voice", "video"], "prepared": False, **both}
    night = {**upset, "id": "night", "ask": "Your shift ends in the middle of a case. What do you do?"}
    raw["questions"].append({**night, "answer": outage["answer"]})
    return Kit.model_validate(raw)


async def prepared(stage: Stage) -> str:
    """Noor invites Ada; the path of the link."""
    settings = {"settings": '{"format": "recorded"}'}
    await stage.app.store.commit(lambda tx: tx.change(Requisition, {"id": stage.requisition_id}, settings))
    card = await stage.seats["Noor"].orders("/interview invite Ada Okoye")
    return f"/i/{card['rows'][0]['value'].rpartition('/')[2]}"


@contextmanager
def served(home: Path) -> Generator[Place]:
    model = speech_model.build(home / "model", HEARD)
    with staged(
        lambda: acting(home, kit=kit(), company="Northwind", speech_model=str(model), speech_threads=1), prepared
    ) as made:
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One with a camera, and a microphone in front of which somebody speaks, again and again."""
    voice = tmp_path_factory.mktemp("voice") / "voice.wav"
    sound = speech_model.espeak("We asked the customer for a screenshot, and then we found out what was really wrong.")
    voice.write_bytes(speech_model.wav((sound / abs(sound).max() * 20_000).astype("int16")))
    with sync_playwright() as play:
        switches = [*SWITCHES, *DEVICES, f"--use-file-for-fake-audio-capture={voice}"]
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=switches)
        yield chromium
        chromium.close()


@dataclass(slots=True)
class Ada:
    """The candidate at the page. look: called at each stage of the way, with its name."""

    page: Page
    look: Look

    @property
    def chat(self) -> Chat:
        return Chat(self.page.locator("#chat"))

    @property
    def panel(self) -> Locator:
        return self.page.locator(".rec__panel")

    def presses(self, name: str) -> None:
        self.page.locator(".rec").get_by_role("button", name=name, exact=True).click()

    def records(self, seconds: int, offer: str = "Record your answer", look: str = "") -> None:
        """Record, and send: the words that were heard are there when this returns."""
        heard = self.chat.log.get_by_text(voice_en.HEARD, exact=True)
        before = heard.count()
        self.presses(offer)
        expect(self.page.locator(".rec__time")).to_have_text(re.compile(rf"0:(0[{seconds}-9]|[1-5]\d)"))
        if look:
            self.look(self.page, look)
        self.presses("Stop")
        expect(self.panel.get_by_role("button", name="Send")).to_be_focused()
        if look:
            self.look(self.page, f"{look}, before it is sent")
        self.presses("Send")
        expect(heard).to_have_count(before + 1)

    def taps(self, label: str) -> None:
        self.chat.tap(label)

    def offered(self, label: str) -> None:
        expect(self.chat.options.filter(has_text=label).last).to_be_visible()


def plays(sound: Locator) -> None:
    """A player of the browser's own gives its sound."""
    sound.evaluate("a => a.play()")
    sound.page.wait_for_function("a => a.currentTime > 0.2", arg=sound.element_handle())
    sound.evaluate("a => a.pause()")


def agrees(ada: Ada, place: Place) -> None:
    page, chat = ada.page, ada.chat
    page.goto(place.base + place.about)
    ada.look(page, "invitation")
    page.get_by_role("button", name="Start", exact=True).click()
    chat.ready()
    before = chat.asked
    chat.say("London")
    chat.moved(before)
    for yes in (invite_en.INTERVIEW_YES, invite_en.SCORING_YES):
        ada.taps(yes.label)
    expect(page.locator(".rec")).not_to_contain_text("Record")
    ada.look(page, "may it be recorded")
    ada.taps(invite_en.RECORDING_YES.label)
    ada.taps(en.ACCOMMODATIONS[-1].label)
    ada.taps(invite_en.NOW.label)
    ada.offered(practice_en.CHECK.label)
    ada.look(page, "before it begins")


def checks_and_practises(ada: Ada) -> None:
    chat = ada.chat
    ada.taps(practice_en.CHECK.label)
    ada.look(ada.page, "microphone")
    ada.records(3, look="recording for the check")
    ada.offered(techcheck_en.GOOD.label)
    plays(chat.log.locator(".sound__player").last)
    ada.look(ada.page, "checked")
    ada.taps(techcheck_en.GOOD.label)
    ada.taps(practice_en.PRACTISE.label)
    ada.look(ada.page, "practice question")
    ada.records(2)
    ada.offered(practice_en.ENOUGH.label)
    chat.hears("I found this in your words.")
    ada.look(ada.page, "coached")
    ada.taps(practice_en.ENOUGH.label)


def gives_three_answers(ada: Ada) -> None:
    page, chat = ada.page, ada.chat
    ada.taps(recorded_en.BEGIN.label)
    ada.look(page, "first question")
    ada.records(2)
    ada.offered("Try again (2 takes left)")
    ada.look(page, "first take")
    ada.taps("Try again (2 takes left)")
    ada.records(6, look="second take")
    ada.taps("Fix what you heard")
    ada.look(page, "fixing a word")
    chat.say("disk -> queue")
    ada.offered("Take 2")
    expect(chat.question).to_contain_text(SAID)
    plays(chat.log.locator(".sound__player").last)
    ada.look(page, "which take counts")
    ada.taps("Take 2")

    ada.records(2, "Record a video", look="a video")
    ada.offered("Keep this answer")
    ada.look(page, "the video has come")
    ada.taps("Keep this answer")
    ada.look(page, "third question")
    chat.answer(WRITTEN)
    ada.taps("Keep this answer")


def sends_it_off(ada: Ada) -> None:
    ada.offered(recorded_en.SUBMIT.label)
    ada.chat.hears(interview_en.look(()).text)
    ada.look(ada.page, "last look")
    ada.taps(recorded_en.SUBMIT.label)
    ada.chat.hears(recorded_en.RECEIPT)
    for said in ("recorded", "take 2 of 2", "18 words"):
        ada.chat.hears(said)
    ada.look(ada.page, "receipt")


def the_team_listens(place: Place, priya: Page, look: Look) -> None:
    """Whoever rates hears the answers where they read them; after the reveal, the quoted words in the thread."""
    priya.goto(f"{place.base}/team")
    post = priya.locator("#channel .card").filter(has_text="Ada Okoye,").last
    expect(post).to_be_visible()
    look(priya, "post")
    priya.goto(str(post.get_by_role("link").first.get_attribute("href")))
    player = priya.locator("[data-player]").first
    player.get_by_role("button", name="Play", exact=True).click()
    priya.wait_for_function("() => [...CSS.highlights.get('spoken') ?? []].map(String)[0] === 'restarted'", polling=50)
    player.get_by_role("button", name="Pause").click()
    expect(priya.get_by_text(SAID)).to_be_visible()
    look(priya, "review")
    for name, level in (("Priya", "4"), ("Tom", "3")):
        place.does(place.stage.seats[name].rates("Ada Okoye", level))
    priya.goto(f"{place.base}/team")
    priya.get_by_role("button", name=clips_en.HEAR).click()
    expect(priya.locator(".sound__player")).not_to_have_count(0)
    priya.locator("#channel .below summary").last.click()
    expect(priya.get_by_text(clips_en.ONLY_WORDS).first).to_be_visible()
    plays(priya.locator(".sound__player").first)
    look(priya, "evidence")


def whole(place: Place, new_context: NewContext, look: Look, viewport: dict[str, int]) -> None:
    ada = Ada(new_context(viewport=viewport).new_page(), look)
    agrees(ada, place)
    checks_and_practises(ada)
    gives_three_answers(ada)
    sends_it_off(ada)
    kept = place.does(place.stage.rows(Recording, "seq"))
    assert [(r["purpose"], r["form"], r["state"]) for r in kept if r["purpose"] == "answer"] == [
        ("answer", "voice", "heard"),
        ("answer", "voice", "heard"),
        ("answer", "video", "heard"),
    ]
    the_team_listens(place, new_context(place.base, place.sessions["Priya"]).new_page(), look)


def test_from_the_invitation_to_the_evidence_that_can_be_heard(place: Place, new_context: NewContext):
    def narrow(page: Page, what: str) -> None:
        assert sideways(page) <= 0, f"{what} sticks out to the side"

    whole(place, new_context, narrow, PHONE)


@pytest.mark.slow
def test_each_stage_is_for_everybody(place: Place, new_context: NewContext):
    whole(place, new_context, is_sound, PHONE)
