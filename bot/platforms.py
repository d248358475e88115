"""Which platforms this installation is connected to: from the settings to adapters.

Libraries are imported only for platforms that are configured: together they take longer to load than all of Parley.
"""

from urllib.parse import urlsplit

from adapters.contract import ChatAdapter, Port
from bot.settings import Settings

TELEGRAM_HOOK = "/telegram/webhook"
SLACK_REDIRECT = "/slack/oauth_redirect"


def connected(settings: Settings, port: Port) -> list[ChatAdapter]:
    """An adapter for every platform that has what it needs; `parley doctor` says what another one lacks."""
    made = (_slack(settings, port), _telegram(settings, port), _discord(settings, port))
    return [adapter for adapter in made if adapter is not None]


def _slack(settings: Settings, port: Port) -> ChatAdapter | None:
    bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    signing, client = settings.slack_signing_secret.get_secret_value(), settings.slack_client_id
    if not ((app or signing) and (bot or client)):
        return None
    from adapters.slack.app import SlackAdapter
    from adapters.slack.config import SlackConfig

    here = urlsplit(settings.slack_api_url)
    own = not here.hostname or here.hostname == "slack.com"
    origins = ("https://files.slack.com",) if own else (f"{here.scheme}://{here.netloc}", "https://files.slack.com")
    config = SlackConfig(
        api_url=settings.slack_api_url,
        mode="socket" if app else "http",
        app_token=app,
        bot_token=bot,
        signing_secret=signing,
        client_id=client,
        client_secret=settings.slack_client_secret.get_secret_value(),
        redirect_url=f"{settings.base_url}{SLACK_REDIRECT}" if client else "",
        file_origins=origins,
    )
    return SlackAdapter(config, port)


def _telegram(settings: Settings, port: Port) -> ChatAdapter | None:
    token, secret = settings.telegram_token.get_secret_value(), settings.telegram_webhook_secret.get_secret_value()
    if not token:
        return None
    from adapters.telegram.app import TelegramAdapter, TelegramConfig

    config = TelegramConfig(
        token,
        mode="webhook" if secret else "polling",
        api_url=settings.telegram_api_url,
        file_url=settings.telegram_files,
        webhook_url=f"{settings.base_url}{TELEGRAM_HOOK}" if secret else "",
        webhook_secret=secret,
        local=settings.telegram_local,
        overall=settings.telegram_rate,
    )
    return TelegramAdapter(config, port)


def _discord(settings: Settings, port: Port) -> ChatAdapter | None:
    token = settings.discord_token.get_secret_value()
    if not token:
        return None
    from adapters.discord.app import DiscordAdapter, DiscordConfig

    config = DiscordConfig(token, settings.discord_api_url, settings.discord_gateway_url, rate=settings.discord_rate)
    return DiscordAdapter(config, port)
