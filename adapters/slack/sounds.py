"""The sounds of a message: files below it, since Slack has no clips made by apps.

The words are there by then and say the same. So a sound is tried twice at the most, and what can't be sent is left out:
nobody waits for it, and nothing is said about it.
"""

import asyncio
from base64 import b64encode
from collections.abc import Sequence

from adapters.contract import Audio, Unavailable
from adapters.slack.clients import Refused, log
from adapters.slack.uploads import REFUSED, Uploads
from flows.cards import File

_LONGEST = 3.0  # seconds to wait where Slack asks for it


async def share(uploads: Uploads, team: str, channel: str, message: str, sounds: Sequence[Audio], thread: str) -> None:
    """Put each into the channel, or into one of its threads, in order. message: our id of the one they belong to."""
    for sound in sounds:
        file = File(sound.name, sound.mime, b64encode(sound.data).decode(), sound.label)
        try:
            await _patiently(uploads, team, channel, message, file, thread)
        except Refused as refused:
            log.warning("slack_sound_refused %s %s", message, refused.code)
        except (Unavailable, LookupError, TypeError, ValueError) as error:
            log.warning("slack_sound_lost %s %s", message, type(error).__name__)


async def _patiently(uploads: Uploads, team: str, channel: str, message: str, file: File, thread: str) -> None:
    try:
        await _share(uploads, team, channel, message, file, thread)
    except Refused as refused:
        if not 0 < refused.after_ms <= _LONGEST * 1000:
            raise
        await asyncio.sleep(refused.after_ms / 1000)
        await _share(uploads, team, channel, message, file, thread)


async def _share(uploads: Uploads, team: str, channel: str, message: str, file: File, thread: str) -> None:
    (id,) = await uploads.ids(team, message, (file,))
    if id != REFUSED:
        await uploads.share(team, channel, [(id, file)], thread)
