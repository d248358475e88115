"""The sounds of a message: voice messages below it, or files where Discord doesn't take those.

A voice message holds nothing but its sound, and can't be changed. So it has no part in the name of the message that it
belongs to, and never costs it: it is tried twice at the most, as a file once more, and then left out.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from adapters.contract import Audio, Outcome
from adapters.discord.markup import small
from adapters.discord.parse import VOICE
from adapters.discord.render import LIMIT, SUPPRESS_EMBEDS
from adapters.discord.rest import MESSAGES, Rest, Trouble, log
from adapters.layout import one_line, shortened
from flows.cards import File

Json = dict[str, Any]

_LONGEST = 3.0  # seconds to wait where Discord asks for it
_POINTS = 256
_SILENT = bytes(1)  # a waveform has at least one point
_OPUS = "audio/ogg"  # what a voice message has to be


async def say(rest: Rest, channel: str, sounds: Sequence[Audio], nonce: Callable[[str], str]) -> None:
    """Send each below what was said, in order. nonce: our name of one, in at most 25 characters. Never raises."""
    for n, sound in enumerate(sounds):
        named: Json = {"enforce_nonce": True, "allowed_mentions": {"parse": []}}
        ways: list[Json] = [{**named, **_file(sound), "nonce": nonce(f"f{n}")}]
        if sound.mime == _OPUS:
            ways.insert(0, {**named, **_voice(sound), "nonce": nonce(f"v{n}")})
        file = File(sound.name, sound.mime, b64encode(sound.data).decode())
        for body in ways if sound.data else ():
            try:
                await _patiently(rest, channel, body, file)
                break
            except Trouble as trouble:
                log.warning("a sound was refused: %s", trouble.code)
                if trouble.outcome is Outcome.LATER:
                    break


async def _patiently(rest: Rest, channel: str, body: Json, file: File) -> None:
    """Once, and once more where Discord was busy for a moment: under the same nonce it comes only once."""
    try:
        await rest.call("POST", MESSAGES, body, files=(file,), channel_id=channel)
    except Trouble as trouble:
        if trouble.outcome is not Outcome.LATER or trouble.after_ms > _LONGEST * 1000:
            raise
        await asyncio.sleep(trouble.after_ms / 1000)
        await rest.call("POST", MESSAGES, body, files=(file,), channel_id=channel)


def _voice(sound: Audio) -> Json:
    """No words beside it, and nothing else."""
    points = b64encode(sound.waveform[:_POINTS] or _SILENT).decode()
    about = {"id": 0, "filename": sound.name, "duration_secs": round(sound.seconds, 2), "waveform": points}
    return {"flags": VOICE, "attachments": [about]}


def _file(sound: Audio) -> Json:
    label = shortened(one_line(sound.label), LIMIT // 4)
    shown = {"content": small(label)} if label else {}
    return {**shown, "flags": SUPPRESS_EMBEDS, "attachments": [{"id": 0, "filename": sound.name}]}
