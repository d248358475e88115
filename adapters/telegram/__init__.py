"""Telegram as a chat platform: long polling or a webhook in, the Bot API out, through python-telegram-bot."""

import os

# python-telegram-bot warns at every 429 until one opts in to what its next version does: durations are timedeltas.
os.environ.setdefault("PTB_TIMEDELTA", "true")
