"""The slash commands as Discord registers them, and the line that one of them stands for. Pure.

`/interview` has a subcommand for each thing that recruiters do, so that Discord itself lists and explains them; what
follows is one line of text with completions from the bot, because the desk reads lines on every platform.
"""

from typing import Any, cast

from adapters.discord.parse import part
from adapters.layout import shortened
from flows.words.desk_en import USAGE

Json = dict[str, Any]

LINE, FILE = "details", "file"
_CHAT, _SUB, _STRING, _ATTACHMENT = 1, 1, 3, 11
_GUILD, _BOT_DM, _PRIVATE = 0, 1, 2  # contexts
_SERVER, _PERSON = 0, 1  # ways to install
_LONGEST = 100  # of a completion's label and value

RUN = "run"  # the subcommand for a whole line as it would be typed elsewhere
MOST = 25  # subcommands that Discord takes; where there are more, these are left to `run`, the first of them first
_RARE = ("join", "signin", "kit", "kits", "compliance", "members", "channel")
_OWN = [n for n in USAGE if n not in _RARE[: max(0, len(USAGE) + 1 - MOST)]][: MOST - 1]
# subcommand -> (what it does, what its line holds; "" takes none), from the desk's own list
SUBCOMMANDS: dict[str, tuple[str, str]] = {
    name: (USAGE[name][1], USAGE[name][0].removeprefix(name).strip()) for name in _OWN
} | {RUN: ("Any command, as you would type it elsewhere", "The command, for example: status")}


def registration() -> list[Json]:
    """The body of the bulk registration: it replaces all commands, so doing it again changes nothing."""
    interview = {
        "name": "interview",
        "type": _CHAT,
        "description": "Interviews: invite, follow, decide",
        "contexts": [_GUILD, _BOT_DM],
        "integration_types": [_SERVER],
        "options": [_subcommand(name, *about) for name, about in SUBCOMMANDS.items()],
    }
    start = {
        "name": "start",
        "type": _CHAT,
        "description": "Begin with the code from your invitation",
        "contexts": [_GUILD, _BOT_DM, _PRIVATE],
        "integration_types": [_SERVER, _PERSON],
        "options": [{"type": _STRING, "name": "code", "description": "The code you were sent", "required": True}],
    }
    return [interview, start]


def _subcommand(name: str, does: str, holds: str) -> Json:
    options = list[Json]()
    if name == "bulk":
        options.append({"type": _ATTACHMENT, "name": FILE, "description": "The CSV file", "required": False})
    if holds:
        line = {"type": _STRING, "name": LINE, "description": shortened(holds, _LONGEST), "autocomplete": True}
        options.append({**line, "required": name == RUN})
    return {"type": _SUB, "name": name, "description": shortened(does, _LONGEST), "options": options}


def line_of(data: Json) -> str:
    """The line that `/interview ...` stands for, from an interaction's data."""
    sub = _sub(data)
    rest = str(_option(sub, LINE) or "").strip()
    return rest if sub.get("name") == RUN else f"{sub.get('name', 'help')} {rest}".strip()


def typed(data: Json) -> str:
    """The line as far as it is typed, with the blank that ends the command's name."""
    sub = _sub(data)
    rest = str(_option(sub, LINE) or "")
    return rest if sub.get("name") == RUN else f"{sub.get('name', 'help')} {rest}"


def code_of(data: Json) -> str:
    """The secret of `/start`."""
    return str(_option(data, "code") or "").strip()


def attached(data: Json) -> Json | None:
    """The attachment's own description, if a file came with the command."""
    chosen = _option(_sub(data), FILE)
    files = cast("dict[str, Json]", part(data, "resolved").get("attachments") or {})
    return files.get(str(chosen)) if chosen else None


def choices(data: Json, suggestions: list[tuple[str, str]]) -> list[Json]:
    """Completions for Discord: (label, whole line) as (label, value of the option that is being typed)."""
    name = str(_sub(data).get("name", ""))
    prefix = "" if name == RUN else f"{name} "
    found = dict[str, str]()
    for label, line in suggestions:
        value = line.removeprefix(prefix).strip()
        if value and label and len(value) <= _LONGEST:
            found.setdefault(value, label[:_LONGEST])
    return [{"name": label, "value": value} for value, label in list(found.items())[:25]]


def _sub(data: Json) -> Json:
    none: Json = {}
    return next((o for o in cast("list[Json]", data.get("options") or []) if o.get("type") == _SUB), none)


def _option(data: Json, name: str) -> Any:
    options = cast("list[Json]", data.get("options") or [])
    return next((o.get("value") for o in options if o.get("name") == name), None)
