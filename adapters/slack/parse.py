"""What Slack sends, as what it means. Pure: payload in, value out; None for what is not ours to read.

The workspace (`team`) comes from the verified envelope, as Bolt reads it. Raises `LookupError`, `TypeError`,
`ValueError` or `AttributeError` for a payload that is not what Slack documents.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from adapters.contract import (
    PIECES,
    Act,
    Back,
    Fetch,
    Left,
    Place,
    Recorded,
    Rewording,
    Start,
    Takeback,
    Upload,
    Words,
    beside,
    piece,
)
from adapters.recordings import Form, form_of

Payload = dict[str, Any]
_START = re.compile(r"/?start\s+([A-Za-z0-9_-]{16,64})")
_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_LEFT = {
    "channel_archive": "is_archived", "group_archive": "is_archived", "channel_left": "not_in_channel",
    "group_left": "not_in_channel", "channel_deleted": "channel_not_found",
}  # fmt: skip
_BACK = frozenset({"channel_unarchive", "group_unarchive"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did it, from the envelope. home: the workspace they belong to, as far as the envelope says it, else ""."""

    team: str
    user: str
    home: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Where an answer to this very event can be shown: what Slack gave us for it."""

    channel: str = ""
    thread: str = ""
    trigger: str = ""
    url: str = ""
    view: str = ""  # the modal it came from
    inputs: tuple[str, ...] = ()  # of a form: its fields, in order


@dataclass(frozen=True, slots=True)
class Found:
    """Something a person did."""

    id: str
    sender: Sender
    place: Place
    act: Act
    reply: Reply


@dataclass(frozen=True, slots=True)
class Fill:
    """Somebody wants to fill in the form behind this token."""

    sender: Sender
    token: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody looks at Parley's Home tab."""

    sender: Sender


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that nothing can be done with, in the private chat."""

    sender: Sender
    reply: Reply


@dataclass(frozen=True, slots=True)
class Gone:
    """The workspace removed Parley."""

    team: str


def part(payload: Payload, key: str) -> Payload:
    """A part that may be missing or null."""
    return payload.get(key) or {}


def entries(payload: Payload, key: str) -> list[Any]:
    """Likewise."""
    return payload.get(key) or []


Parsed = Found | Fill | Opened | Unread | Gone
Fetcher = Callable[[str, Payload], Fetch]
_CLIPS: dict[str, Form] = {"slack_audio": "voice", "slack_video": "video"}


def name(team: str, channel: str, ts: str) -> str:
    """A message's name, as `Delivered.platform_id` gives it."""
    return f"slack:{team}/{channel}:{ts}"


def readable(text: str, bot_user: str = "", mentions: bool = False) -> str:
    """Slack's text as the person typed it. mentions: keep `<@U1>` for a command that names somebody."""

    def plain(found: re.Match[str]) -> str:
        target, label = found.group(1), found.group(2)
        if target[:1] == "@":
            if target[1:] == bot_user:
                return ""
            return f"<{target}>" if mentions else f"@{label or target[1:]}"
        if target[:1] == "#":
            return f"<{target}>" if mentions else f"#{label or target[1:]}"
        if target[:1] == "!":
            return label or f"@{target[1:].partition('^')[0]}"
        return label or target.removeprefix("mailto:")

    whole = _MARKUP.sub(plain, text)
    return whole.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def address_of(team: str, channel: str, user: str) -> Place:
    """A direct message is named by its person: their channel with us is opened when it is needed."""
    private = channel[:1] in ("D", "")
    return Place(f"{team}/{user if private else channel}", private)


# -- the Events API ----------------------------------------------------------------------------------------


def event(payload: Payload, team: str, bot_user: str, fetcher: Fetcher) -> list[Parsed]:
    """One event of the Events API; several for a message with several files."""
    found: Payload = payload["event"]
    match found["type"]:
        case "message" | "app_mention":
            return message(found, str(payload["event_id"]), team, bot_user, fetcher)
        case "app_home_opened" if found.get("tab") == "home":
            return [Opened(Sender(team, found["user"]))]
        case "app_uninstalled":
            return [Gone(team)]
        case "tokens_revoked":
            return [Gone(team)] if part(found, "tokens").get("bot") else []
        case kind if kind in _LEFT or kind in _BACK:
            return [_channel(found, str(payload["event_id"]), team)]
        case "member_left_channel" if found["user"] == bot_user:
            return [_channel({**found, "type": "channel_left"}, str(payload["event_id"]), team)]
        case "member_joined_channel" if found["user"] == bot_user:
            joined = {**found, "type": "channel_unarchive", "user": found.get("inviter", "")}
            return [_channel(joined, str(payload["event_id"]), team)]
        case _:
            return []


def _channel(found: Payload, id: str, team: str) -> Found:
    """A channel can't be written to any more, or again."""
    channel = str(part(found, "channel")["id"]) if isinstance(found["channel"], dict) else found["channel"]
    sender = Sender(team, str(found.get("user") or found.get("actor_id") or ""))
    act: Act = Back() if found["type"] in _BACK else Left(_LEFT[found["type"]])
    return Found(id, sender, Place(f"{team}/{channel}", False), act, Reply())


def message(found: Payload, event_id: str, team: str, bot_user: str, fetcher: Fetcher) -> list[Parsed]:
    """A message event, or a message of a channel's history in the same shape."""
    subtype = found.get("subtype") or ""
    if subtype == "message_changed":
        return _reworded(found, event_id, team, bot_user)
    if subtype == "message_deleted":
        return _taken_back(found, found["previous_message"], found["deleted_ts"], event_id, team, bot_user)
    if subtype not in _SPOKEN or not _by_person(found, bot_user):
        return []
    reply = Reply(found["channel"], found.get("thread_ts", ""))
    sender = Sender(team, found["user"], found.get("user_team") or found.get("team") or "")
    place = address_of(team, found["channel"], sender.user)
    if not place.private and not _for_us(found, bot_user):
        return []
    return _spoken(found, sender, place, reply, bot_user, fetcher)


def _spoken(
    found: Payload, sender: Sender, place: Place, reply: Reply, bot_user: str, fetcher: Fetcher
) -> list[Parsed]:  # fmt: skip
    text = readable(found.get("text") or "", bot_user)
    ts, own = found["ts"], name(sender.team, reply.channel, found["ts"])
    id = f"m/{reply.channel}/{ts}"
    files: list[Payload] = entries(found, "files") if place.private else []
    unread: list[Parsed] = [Unread(sender, reply)] if any(not (_is_sheet(f) or _form(f)) for f in files) else []
    if acts := _uploads(files, sender.team, own, text, fetcher):
        return [*(Found(piece(id, n), sender, place, act, reply) for n, act in enumerate(acts)), *unread]
    if not text:
        return unread
    start = _START.fullmatch(text) if place.private else None
    answered = name(sender.team, reply.channel, reply.thread) if reply.thread and reply.thread != ts else ""
    act: Act = Start(start.group(1)) if start else Words(text, own, answered)
    return [Found(id, sender, place, act, reply), *unread]


def _uploads(files: list[Payload], team: str, message: str, text: str, fetcher: Fetcher) -> list[Upload]:
    """The lists among the files, or else the recordings, each under a name of its own; the text goes with the first."""
    if sheets := [f for f in files if _is_sheet(f)]:
        return [_upload(f, message, text, fetcher(team, f)) for f in sheets]
    acts = list[Upload]()
    for file in files:
        form = _form(file)
        if form is not None and len(acts) < PIECES:
            act = _upload(file, piece(message, len(acts)), "" if acts else text, fetcher(team, file))
            acts.append(replace(act, recorded=_recorded(file, form, team)))
    return acts


def undescribed(found: Payload) -> list[Payload]:
    """The files of a message to us that Slack says nothing of; from other organisations (Slack Connect) they come so."""
    files: list[Payload] = entries(found, "files") if str(found.get("channel"))[:1] == "D" else []
    return [f for f in files if _is_blank(f)]


def _is_blank(file: Payload) -> bool:
    return file.get("file_access") == "check_file_info" and not (file.get("mimetype") or file.get("name"))


def _form(file: Payload) -> Form | None:
    """Is it a recording? What Slack couldn't tell us of may be one."""
    if file.get("subtype") in _CLIPS:
        return _CLIPS[file["subtype"]]  # the media type of a clip may say anything
    if _is_blank(file):
        return "voice"
    return form_of(str(file.get("mimetype") or ""), str(file.get("name") or ""))


def _recorded(file: Payload, form: Form, team: str) -> Recorded:
    length = file.get("duration_ms")
    seconds = length / 1000 if isinstance(length, int | float) else 0.0
    return Recorded(form, ref_of(team, file), seconds, not (file.get("subtype") in _CLIPS or _is_blank(file)))


def ref_of(team: str, file: Payload) -> dict[str, str]:
    """All that reading a file needs, for as long as Slack keeps it. url: where it was when it came; may be empty."""
    return {"team": team, "file": str(file.get("id") or ""), "url": url_of(file)}


def url_of(file: Payload) -> str:
    """Where its bytes are; "" where Slack doesn't say."""
    return str(file.get("url_private_download") or file.get("url_private") or "")


def _by_person(found: Payload, bot_user: str) -> bool:
    user = found.get("user")
    return bool(user) and user not in (bot_user, "USLACKBOT") and not found.get("bot_id")


def _for_us(found: Payload, bot_user: str) -> bool:
    """In a channel only what mentions Parley or answers one of its messages is read."""
    parent = found.get("parent_user_id") or part(found, "root").get("user")
    return found["type"] == "app_mention" or bool(parent and parent == bot_user)


def _is_sheet(file: Payload) -> bool:
    kinds = (file.get("mimetype", ""), file.get("filetype", ""))
    return "text/csv" in kinds or "csv" in kinds or str(file.get("name") or "").lower().endswith(".csv")


def _upload(file: Payload, message: str, text: str, fetch: Fetch) -> Upload:
    size = file.get("size")
    kind = str(file.get("mimetype") or "")
    return Upload(str(file.get("name") or ""), kind, size if isinstance(size, int) else 0, fetch, message, text)


def _reworded(found: Payload, event_id: str, team: str, bot_user: str) -> list[Parsed]:
    """Slack also "changes" a message when it adds a preview or a reply count: only a person's edit has `edited`."""
    after: Payload = found["message"]
    before: Payload = part(found, "previous_message")
    if after.get("subtype") == "tombstone":
        return _taken_back(found, before, after["ts"], event_id, team, bot_user)
    edited = part(after, "edited").get("ts")
    if not edited or not _by_person(after, bot_user) or after.get("text") == before.get("text"):
        return []
    place = address_of(team, found["channel"], after["user"])
    if not place.private and not _for_us({**after, "type": "message"}, bot_user):
        return []
    sender = Sender(team, after["user"], after.get("user_team") or after.get("team") or "")
    own = name(team, found["channel"], after["ts"])
    if place.private and any(map(_form, entries(after, "files"))):
        own = beside(own)
    act = Rewording(own, readable(after.get("text") or "", bot_user))
    reply = Reply(found["channel"], after.get("thread_ts", ""))
    return [Found(f"e/{found['channel']}/{after['ts']}/{edited}", sender, place, act, reply)]


def _taken_back(found: Payload, before: Payload, ts: str, id: str, team: str, bot_user: str) -> list[Parsed]:
    if not _by_person(before, bot_user):
        return []
    place = address_of(team, found["channel"], before["user"])
    if not place.private and not _for_us({**before, "type": "message"}, bot_user):
        return []
    sender = Sender(team, before["user"], before.get("user_team") or before.get("team") or "")
    return [Found(id, sender, place, Takeback(name(team, found["channel"], ts)), Reply(found["channel"]))]
