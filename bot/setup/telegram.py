"""What Parley needs of Telegram: a bot from BotFather, and its commands."""

from adapters.telegram.words import COMMANDS

PORTS = (443, 80, 88, 8443)  # where Telegram sends webhooks to (core.telegram.org/bots/api#setwebhook)


def steps() -> list[str]:
    """What a person does in Telegram, one sentence or two each."""
    menu = "\n".join(f"{name} - {what}" for name, what in COMMANDS)
    return [
        "Open https://t.me/BotFather and send /newbot. It asks for a name that people see, and for a user name that "
        "ends in \u201cbot\u201d.",
        "It answers with a token such as 123456789:AAH... Copy it; whoever has it can write in your name.",
        "Leave /setprivacy as it is (Enabled): Parley does not want to read along in groups.",
        "If you like, send /setdescription and say who will interview. The menu of commands is set by Parley when it "
        f"starts; by hand it is /setcommands with:\n{menu}",
    ]


def start_link(username: str, secret: str) -> str:
    """The link that brings somebody to the bot with a secret in hand (core.telegram.org/bots/features#deep-linking)."""
    return f"https://t.me/{username}?start={secret}"
