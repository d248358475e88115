"""A live interview by voice in Telegram: real speech, a real (tiny) model that listens, the real client library."""

import copy
import re
import subprocess
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest

from bot.store.rows import Recording, Transcript
from flows.kits.model import Kit
from flows.words import voice_en
from tests import speech_model
from tests.e2e.test_platforms import record
from tests.e2e.town import TelegramSeat, Town, town
from tests.flows.rating.small_kit import RAW, UPSET

GROUP = -400
# What the model writes, whatever it hears; the speech itself is there for what looks for somebody who speaks.
SAID = "Our mail server stopped and I restarted the server myself. Since then I check the disk every morning"
ELSEWHERE = {"type": "hidden_user", "date": 1, "sender_user_name": "Somebody"}


def kit() -> Kit:
    raw = copy.deepcopy(RAW)
    for question in raw["questions"]:
        question["answer"] = {"modes": ["text", "voice"], "prepared": False}
    return Kit.model_validate(raw)


@cache
def ogg(text: str) -> bytes:
    """A voice message as Telegram's clients make it; "" is one in which nobody speaks."""
    silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "5"]
    spoken = (
        b"" if not text else subprocess.run(["espeak-ng", "--stdout", text], capture_output=True, check=True).stdout
    )
    source = ["-i", "pipe:0"] if text else silence
    made = [
        "ffmpeg",
        "-loglevel",
        "error",
        *source,
        "-ac",
        "1",
        "-ar",
        "48000",
        "-c:a",
        "libopus",
        "-f",
        "ogg",
        "pipe:1",
    ]
    return subprocess.run(made, input=spoken, capture_output=True, check=True).stdout


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    model = speech_model.build(tmp_path / "model", SAID)
    async with town(tmp_path / "home", kit=kit(), speech_model=str(model), voice="espeak") as made:
        yield made


async def test_from_an_invitation_to_a_scorecard_by_voice(place: Town):
    noor, priya, tom = [await place.colleague(name, "telegram") for name in ("Noor", "Priya", "Tom")]
    await noor.orders("channel", GROUP)
    await noor.presses("yes", noor.number)
    invited = await noor.orders("invite Ada Okoye")
    ada = place.seat("telegram")
    assert isinstance(ada, TelegramSeat)
    await ada.arrive(re.search(r"/i/([A-Za-z0-9_-]{43})", invited).group(1))
    telegram = place.telegram

    # By voice: the question is read aloud, the answer's words are shown, and one of them is corrected.
    await ada.plays(until="start.mode", consent_recording="yes")
    await ada.taps("speak")
    await ada.plays(until="outage")
    assert [(kind, label) for kind, _, label, data in telegram.sounds(ada.number) if data.startswith(b"OggS")] == [
        ("voice", voice_en.ALOUD)
    ]
    await ada.speaks(ogg("Last year our mail server stopped, and I restarted it"), 4)
    assert any(SAID in text and voice_en.HEARD in text for text in ada.shown())
    await ada.presses("~fix.1", ada.number)
    await ada.says("disk -> queue")
    assert any(SAID.replace("disk", "queue") in text for text in ada.shown())
    telegram.replay(4)  # an accident on Telegram's side: the last things that she did come once more
    await place.calm()
    assert telegram.counts["file"] == 1
    await ada.plays(until="upset")

    # What can't be heard, can't be carried or wasn't made now costs nothing; the page is a tap away; writing works.
    assert (await ada.waiting()).key.startswith("upset")
    await ada.speaks(ogg(""), 5)
    assert "couldn\u2019t hear anybody" in ada.shown()[-1].replace("'", "\u2019")
    await ada.speaks(b"OggS", 4, forward_origin=ELSEWHERE)
    assert "not a file from before" in ada.shown()[-1]
    await ada.speaks(b"OggS", 3000, "video", size=21 << 20)
    assert "larger than 20 MB" in ada.shown()[-1]
    assert telegram.counts["file"] == 2
    await ada.presses(voice_en.IN_BROWSER.id, ada.number)
    assert "/i/" in str(telegram.messages(ada.number)[-1])
    await ada.says("continue")
    await ada.says(UPSET)
    await ada.taps("done")
    await ada.plays()

    answers = (await record(place, await place.newest_interview()))["answers"]
    assert [question for question, _ in answers] == ["outage", "upset"]
    assert SAID.replace("disk", "queue") in str(answers[0])
    assert answers[1] == ("upset", [UPSET])
    rows = await place.app.store.read(lambda tx: tx.find(Recording, {}, "seq"))
    assert [(r["state"], r["why"]) for r in rows] == [("heard", ""), ("unheard", "silence"), ("unheard", "too_large")]
    assert len(await place.app.store.read(lambda tx: tx.find(Transcript, {}))) == 1

    # The team rates what was said.
    await place.calm()
    for rater, level in ((priya, "4"), (tom, "2")):
        await rater.presses("rate", GROUP)
        await place.until(lambda rater=rater: rater.waiting())
        await rater.rates_field_by_field(level)
    await place.calm()
    (post,) = [text for text in telegram.seen(GROUP) if text.startswith("Ada Okoye, ")]
    assert "Priya" in post
    assert "Tom" in post
    assert telegram.counts["getFile"] == 2
