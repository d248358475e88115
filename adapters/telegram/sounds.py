"""Something to listen to, as a message of its own below the words that it goes with."""

from telegram import Bot, ReplyParameters

from adapters.contract import Audio
from adapters.layout import one_line, shortened, utf16
from adapters.telegram.text import CAPTION


async def send_sound(bot: Bot, chat: int, sound: Audio, as_voice: bool, reply: int) -> int:
    """Its number. as_voice: a voice message; otherwise a piece of music, which also those can get who have forbidden voice
    messages. reply: the message that it belongs to, where others write in between. Raises `TelegramError`."""
    answers = ReplyParameters(reply, allow_sending_without_reply=True) if reply else None
    caption = shortened(one_line(sound.label), CAPTION, utf16) or None
    seconds = max(1, round(sound.seconds))
    if as_voice:
        sent = await bot.send_voice(
            chat,
            sound.data,
            caption=caption,
            duration=seconds,
            filename=sound.name,
            disable_notification=True,  # the words have just rung
            reply_parameters=answers,
        )
    else:
        sent = await bot.send_audio(
            chat,
            sound.data,
            caption=caption,
            duration=seconds,
            title=caption,
            filename=sound.name,
            disable_notification=True,
            reply_parameters=answers,
        )
    return sent.message_id
