"""What looks like a secret or like a person, taken out of a line before it is logged."""

import re

_ID = re.compile(r"[a-z]{1,8}_[a-z2-7]{16}")
_SECRETS = (
    ("[token]", re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+", re.IGNORECASE)),
    ("[token]", re.compile(r"\b(?:bot)?\d{6,}:[A-Za-z0-9_-]{10,}")),
    ("[token]", re.compile(r"\bbot\d+:\S+")),
    ("Bearer [token]", re.compile(r"\bBearer\s+[^\s\"',;]+", re.IGNORECASE)),
    ("[token]", re.compile(r"\bsk-[\w-]{8,}")),
    ("[token]", re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")),
    ("[email]", re.compile(r"[^\s@<>\"',;:/=]+@[^\s@<>\"',;:/=]+\.\w{2,}")),
    ("[phone]", re.compile(r"(?<![\w.])\+\d(?:[ ().-]{0,2}\d){6,}(?!\w)")),
    ("[phone]", re.compile(r"(?<![\w.])\(?\d(?:[ ().-]{0,2}\d){8,}(?!\w)")),
)
# The words that Parley's own paths are made of. Any other part of a path may be somebody's.
_PATH = frozenset(
    {
        *(
            "api",
            "v1",
            "me",
            "threads",
            "stream",
            "events",
            "seen",
            "i",
            "chat",
            "team",
            "review",
            "sandbox",
            "oops",
            "demo",
        ),
        *(
            "clock",
            "start",
            "journal",
            "static",
            "css",
            "js",
            "img",
            "fonts",
            "health",
            "metrics",
            "openapi.json",
            "docs",
        ),
    }
)


def redact(text: str) -> str:
    """The text without tokens, e-mail addresses and telephone numbers."""
    for instead, pattern in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def is_id(text: str) -> bool:
    """Whether the text has the form of an id that Parley made (`bot.ids`)."""
    return _ID.fullmatch(text) is not None


def route(path: str) -> str:
    """The path of a request without its query and without anything that is not a word of ours or an id."""
    parts = path.split("?", 1)[0].split("#", 1)[0].split("/")
    return "/".join(p if p in _PATH or is_id(p) else "*" if p else "" for p in parts)
