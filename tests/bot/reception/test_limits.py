"""Where a chat gives us only small files, that is told before a video is recorded, and a way round is at hand."""

from dataclasses import replace
from pathlib import Path

from flows.kits.model import AnswerGuide
from flows.words import voice_en
from tests.bot.reception.guests import candidate, chat_of, town
from tests.flows.rating.small_kit import KIT

FILMED = AnswerGuide(modes=("text", "voice", "video"), guide_minutes=2)
FIRST, SECOND = KIT.questions
VIDEO_KIT = KIT.model_copy(update={"questions": (FIRST.model_copy(update={"answer": FILMED}), SECOND)})
LISTENER = {"transcribe_base_url": "http://127.0.0.1:9/v1", "transcribe_model": "any"}


async def test_how_long_a_video_may_be_is_told_before_it_is_recorded(home: Path):
    async with town(home, kit=VIDEO_KIT, **LISTENER) as stage:
        telegram = chat_of(stage, "telegram")
        telegram.capabilities = replace(telegram.capabilities, media=20 << 20)
        ada = await candidate(stage, "telegram", "1", "Ada Okoye")
        await ada.plays(FIRST.id, consent_recording="yes", start_mode="speak")
        asked = ada.asks()
        assert voice_en.limited(20 << 20) in asked.card["foot"]
        assert "20 MB, about 2 minutes" in asked.card["foot"]
        assert "elsewhere" in asked.aids, "the way round is a button below"
        assert "video" not in asked.aids
        others = [b for b in ada.bubbles if b is not asked]
        assert not any("20 MB" in b.card.get("foot", "") for b in others), "a voice message is never that large"

        ben = await candidate(stage, "discord", "2", "Ben Roth")
        await ben.plays(FIRST.id, consent_recording="yes", start_mode="speak")
        assert "20 MB" not in ben.asks().card.get("foot", "")
        assert "video" not in ben.asks().aids
