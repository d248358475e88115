"""The baselines of `overhead.py`: a bot of a few lines on each bare library, that answers whatever comes with one message.

`python bench/bare.py telegram`, with the settings that Parley gets. Each message carries a button, so that the same kind of
event can be answered again.
"""

import asyncio
import contextlib
import logging
import os
import re
import sys
from typing import Any

BUTTON = "bare:again"


def telegram() -> None:
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data=BUTTON)]])

    async def echo(update: Update, context: Any) -> None:
        chat = update.effective_chat
        assert chat is not None
        await context.bot.send_message(chat.id, "You said something.", reply_markup=keyboard)
        if update.callback_query:
            await update.callback_query.answer()

    base = os.environ["PARLEY_TELEGRAM_API_URL"]
    build = Application.builder().token(os.environ["PARLEY_TELEGRAM_TOKEN"]).base_url(f"{base}/bot")
    application = build.base_file_url(f"{base}/file/bot").concurrent_updates(256).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(echo))
    application.run_polling()


def slack() -> None:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    token, base = os.environ["PARLEY_SLACK_BOT_TOKEN"], os.environ["PARLEY_SLACK_API_URL"]
    app = AsyncApp(client=AsyncWebClient(token, base_url=base))
    button = {"type": "button", "action_id": "again", "value": BUTTON, "text": {"type": "plain_text", "text": "Again"}}
    blocks = [
        {"type": "section", "text": {"type": "plain_text", "text": "You said something."}},
        {"type": "actions", "elements": [button]},
    ]

    @app.event("message")
    async def said(say: Any) -> None:
        await say(text="You said something.", blocks=blocks)

    @app.action(re.compile(".*"))
    async def pressed(ack: Any, say: Any) -> None:
        await ack()
        await say(text="You said something.", blocks=blocks)

    async def run() -> None:
        await AsyncSocketModeHandler(app, os.environ["PARLEY_SLACK_APP_TOKEN"]).start_async()

    asyncio.run(run())


def discord() -> None:
    import discord
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = os.environ["PARLEY_DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["PARLEY_DISCORD_GATEWAY_URL"])
    nobody = discord.AllowedMentions.none()
    client = discord.Client(intents=discord.Intents(guilds=True, dm_messages=True), allowed_mentions=nobody)

    def view() -> Any:
        found = discord.ui.View(timeout=None)
        found.add_item(discord.ui.Button(label="Again", custom_id=BUTTON))
        found.stop()  # nobody listens to it but `on_interaction`
        return found

    @client.event
    async def on_message(message: Any) -> None:
        if not message.author.bot:
            await message.channel.send("You said something.", view=view())

    @client.event
    async def on_interaction(interaction: Any) -> None:
        with contextlib.suppress(TypeError):  # discord.py wants a body that the local server's reply has not
            await interaction.response.send_message("You said something.", view=view())

    client.run(os.environ["PARLEY_DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    {"telegram": telegram, "slack": slack, "discord": discord}[sys.argv[1]]()
