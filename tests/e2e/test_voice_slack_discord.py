"""A live interview by voice in Slack and in Discord at once: real speech, a real (tiny) model, the real client libraries."""

import asyncio
from pathlib import Path

import pytest

from bot import sounds
from bot.store.rows import Recording, Transcript
from tests import speech_model
from tests.e2e.test_platforms import record
from tests.e2e.test_voice_telegram import SAID, kit, ogg
from tests.e2e.town import DiscordSeat, SlackSeat, Town, town
from tests.flows.rating.small_kit import UPSET


async def speak_the_script(seat: SlackSeat | DiscordSeat, secret: str) -> None:
    """Questions are read aloud; the first answer is spoken, the second is written after a note in which nobody speaks."""
    await seat.arrive(secret)
    await seat.plays(until="start.mode", consent_recording="yes")
    await seat.taps("speak")
    await seat.plays(until="outage")
    assert [data[:4] for data in seat.sounds()] == [b"OggS"]
    await seat.speaks(ogg("Last year our mail server stopped, and I restarted it"), 4)
    assert any(SAID in text for text in seat.shown())
    await seat.plays(until="upset")
    await seat.speaks(ogg(""), 5)
    assert "hear anybody" in seat.shown()[-1]
    await seat.says(UPSET)
    await seat.taps("done")
    await seat.plays()


async def test_an_interview_by_voice_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sounds, "SAY_SECONDS", 30.0)  # on a busy machine too the questions are to be heard
    model = speech_model.build(tmp_path / "model", SAID)
    async with town(tmp_path / "home", kit=kit(), speech_model=str(model), voice="espeak") as place:
        invited = {platform: await place.invited(f"Ada {platform}") for platform in ("slack", "discord")}
        await asyncio.gather(*(speak_the_script(seat_of(place, p), secret) for p, (_, secret) in invited.items()))
        for interview_id, _ in invited.values():
            outage, upset = (await record(place, interview_id))["answers"]
            assert (outage[0], outage[1][0], upset) == ("outage", SAID, ("upset", [UPSET]))
        rows = await place.app.store.read(lambda tx: tx.find(Recording, {}, "seq"))
        assert sorted((r["source"], r["state"], r["why"]) for r in rows) == [
            (source, state, why)
            for source in ("discord", "slack")
            for state, why in (("heard", ""), ("unheard", "silence"))
        ]
        assert len(await place.app.store.read(lambda tx: tx.find(Transcript, {}))) == 2
        assert len(place.slack.downloads) == len(place.discord.downloads) == 2


def seat_of(place: Town, platform: str) -> SlackSeat | DiscordSeat:
    seat = place.seat(platform)
    assert isinstance(seat, SlackSeat | DiscordSeat)
    return seat
