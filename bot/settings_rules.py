"""What the value of a setting must be, and the plain sentences about values and names that will not do."""

import base64
import binascii
import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast
from zoneinfo import available_timezones

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo

PREFIX = "PARLEY_"
# Read elsewhere (tests), or read to find the settings themselves.
_NOT_OURS = ("PARLEY_SHARED", "PARLEY_SETTINGS")
_NOT_OURS_PREFIX = "PARLEY_TEST_"


def setting(default: Any, what: str, must: str, **limits: Any) -> Any:
    """A setting with its line in the reference: what it is, and what a value must be."""
    return Field(default, description=what, json_schema_extra={"must": must}, **limits)


def folder(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))


def web_address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("not a web address")
    return text.rstrip("/")


def folder_address(text: str) -> str:
    """With exactly one slash at the end, as Slack's library joins the method to it."""
    if not text:
        raise ValueError("not a web address")
    return web_address(text) + "/"


def socket_address(text: str) -> str:
    if text and not text.startswith(("ws://", "wss://")):
        raise ValueError("not the address of a web socket")
    return text


def webhook_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text and not re.fullmatch("[A-Za-z0-9_-]{32,256}", text):
        raise ValueError("not what Telegram takes, or too easy to guess")
    return secret


def time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("not a zone")
    return text


def reminders(text: str) -> str:
    found = lengths(text)
    if len(found) > 5 or len(found) != len(text.split()):
        raise ValueError("not lengths")
    return text


def lengths(text: str) -> tuple[int, ...]:
    """Minutes, from lengths such as "2d 24h 30m", the longest first; each once."""
    units = {"d": 1440, "h": 60, "m": 1}
    parts = [re.fullmatch(r"(\d{1,3})([dhm])", part) for part in text.split()]
    return tuple(sorted({int(p[1]) * units[p[2]] for p in parts if p}, reverse=True))


def quiet_hours(text: str) -> str:
    time = r"([01]\d|2[0-3]):[0-5]\d"
    if text and not re.fullmatch(f"{time}-{time}", text):
        raise ValueError("not two times")
    return text


def database(text: str) -> str:
    if text and not text.startswith(("postgresql://", "postgresql+psycopg://")):
        raise ValueError("not a PostgreSQL address")
    return text


def media(text: str) -> str:
    if text and not (text.startswith("s3://") and text[5:].partition("/")[0]):
        raise ValueError("not an S3 address")
    return text.rstrip("/")


def key(secret: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(secret.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("not 32 bytes as base64")
    return secret


def must_be(field: FieldInfo) -> str:
    """What a value of this setting must be, in words."""
    extra = cast(dict[str, str], field.json_schema_extra)
    return extra["must"]


def unknown(names: set[str], settings: Iterable[str]) -> list[str]:
    """A sentence for each of the variables `names` that is none of the `settings` (`public_url`)."""
    known = [PREFIX + name.upper() for name in settings]
    problems: list[str] = []
    for name in sorted(names - set(known) - set(_NOT_OURS)):
        if not name.startswith(_NOT_OURS_PREFIX):
            bare = [k.removeprefix(PREFIX) for k in known]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0.6)
            hint = (
                f"Did you mean {PREFIX}{near[0]}?"
                if near
                else "Remove it; docs/reference/settings.md lists all settings."
            )
            problems.append(f"There is no setting {name}. {hint}")
    return problems


def sentence(fields: Mapping[str, FieldInfo], where: tuple[int | str, ...], kind: str) -> str:
    """One problem in plain words, from what pydantic says of it: `where` (the field first) and which kind.

    The value itself is never repeated: it may be a secret.
    """
    name = str(where[0]) if where else ""
    must = must_be(fields[name])
    wrong = {
        "int_parsing": "it is not a number",
        "less_than_equal": "the number is too large",
        "greater_than_equal": "the number is too small",
        "string_too_long": "it is too long",
        "literal_error": "it is none of these",
    }.get(kind, "it is something else")
    return f"{PREFIX}{name.upper()} must be {must}, but {wrong}. Correct it, or remove it to use the default."
