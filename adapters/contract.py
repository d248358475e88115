"""What Parley asks of a platform, and what it offers one. The one file to read before writing an adapter.

Receiving: an adapter turns a verified platform event into an `Incoming` and acknowledges the platform only
after `Port.receive` returned. Sending: the outbox hands over messages of one lane in order and gets a
receipt for each. The web, whose page Parley writes itself, has a port of its own (`adapters.web.app.Port`).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, Protocol, runtime_checkable

# -- sending --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can show; limits are data. `batch`: how many messages it takes at a time. `media`: the largest
    recording that can be fetched from it, in bytes (0: any that we would take)."""

    text: int
    options: int
    forms: bool
    edits: bool
    batch: int = 1
    media: int = 0


@dataclass(frozen=True, slots=True)
class Audio:
    """One sound that goes with a message: OGG/Opus, mono. seconds: its length; waveform: loudness from 0 to 255, at most
    256 points of 100 ms or more. A platform that shows voice messages shows it as one, below the text."""

    label: str
    data: bytes
    seconds: float
    waveform: bytes = b""
    name: str = "voice.ogg"
    mime: str = "audio/ogg"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to deliver. `card` is plain JSON (flows.cards); None on an edit that only settles.

    address: where, in the adapter's own words (`Place.address`). act: send, or edit of the message `target`
    (our id). chosen: the option a person chose on it. ref: on an edit, the `platform_id` that the target was
    delivered as; shown: on an edit, the target's card as it was first sent. aids: names of what else the open
    question offers: "done" and the helpers of `flows.words.en.TOOLS`, in order. after: on a look-up, the
    `platform_id` of the last message before this one: ours can only stand below it. under: the `platform_id` of the
    message in whose thread this one is to stand (on a page: our id of it), or ""; where the platform has no threads, as
    a reply to it. topic: what that thread is called, where threads have names. sounds: those of the card, ready to be
    sent (on a page they are fetched instead); they never cost the message.
    """

    id: str
    thread_id: str
    address: str
    seq: int
    act: str
    target: str
    card: dict[str, Any] | None
    token: str
    chosen: str
    step: str
    at: int
    ref: str = ""
    shown: dict[str, Any] | None = None
    aids: tuple[str, ...] = ()
    tenant_id: str = ""
    after: str = ""
    under: str = ""
    topic: str = ""
    sounds: tuple[Audio, ...] = ()


class Outcome(Enum):
    """What became of a message: `AWAY` nobody is there to take it yet (it stays pending, nothing is
    wrong), `LATER` try again after a pause, `BLOCKED` the person or the channel can't be reached (it stays
    pending until they come back, and a recruiter hears of it), `FAILED` it can never be delivered."""

    SENT = "sent"
    AWAY = "away"
    LATER = "later"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receipt for one message.

    platform_id: the platform's own name of it, `platform:address:number` (see `position`); a message that had
    to be sent in several parts is named by all numbers, joined with `+`; a document that hangs below a message and is
    never changed (Slack) has no part in its name. after_ms: how long the platform
    asked us to wait (`LATER`). problem: a short code of what is wrong (`BLOCKED`, `FAILED`), no words of anybody.
    """

    id: str
    outcome: Outcome
    platform_id: str = ""
    after_ms: int = 0
    problem: str = ""


def position(platform_id: str) -> int:
    """Where a message stands among all messages of its chat: the platform's own numbers grow with time.

    The number of a Slack message is its `ts` (the dot is dropped), of a Telegram one its `message_id`, of a
    Discord one its snowflake. Of several parts the last counts; what came with a message (`beside`, `piece`) stands
    where it does. 0 for what has no number.
    """
    digits = platform_id.rpartition(":")[2].partition("/")[0].rpartition("+")[2].replace(".", "")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


# -- receiving ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Who:
    """Who did something, from the platform's verified envelope and never from a message's body.

    workspace: Slack team, Discord guild ("" in a direct message), "" on Telegram. user: the platform's id.
    outsider: a guest of the workspace, or somebody from another one. name: as the platform shows it, for a
    person who is met for the first time; may be empty.
    """

    platform: str
    workspace: str
    user: str
    name: str = ""
    outsider: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened. address: the adapter's own name of the chat, enough to send there after a restart.

    private: the person's own chat with Parley. title: a channel's name.
    """

    address: str
    private: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A new message. message: its name as `Delivered.platform_id` would give it. reply_to: likewise, or ""; in a thread
    the message that the thread hangs from, and then the place is the channel of that one."""

    text: str
    message: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Rewording:
    """A message has a new wording."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Takeback:
    """A message was deleted by the person who wrote it."""

    message: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A button. `token` and `option` are what its data said (`button`/`pressed`); `message` carries it."""

    token: str
    option: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form was sent off: field key -> what was entered (for people and channels: the platform's ids, comma-separated)."""

    token: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Slash:
    """`/interview LINE`, wherever it was written."""

    line: str


@dataclass(frozen=True, slots=True)
class Start:
    """Somebody opened a link into this platform, or typed its code: the secret it carries."""

    secret: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What makes a file a recording, as the platform describes it (its bytes decide in the end).

    form: voice or video. seconds: its length, 0 where the platform doesn't say. prepared: sent as a file, not recorded in
    the chat. ref: all that `ChatAdapter.read` needs to fetch it, also after a restart; plain strings.
    """

    form: Literal["voice", "video"]
    ref: dict[str, str]
    seconds: float = 0.0
    prepared: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file was sent along with a command or a message. fetch: its bytes, at most `limit`; called only when wanted.
    recorded: set where it is a recording."""

    name: str
    media_type: str
    size: int
    fetch: "Fetch"
    message: str = ""
    text: str = ""
    recorded: Recorded | None = None


def beside(message: str) -> str:
    """The name of what was written beside a recording: it is a message of its own, and edited as one."""
    return f"{message}/text"


PIECES = 10  # recordings of one message


def piece(message: str, number: int) -> str:
    """The name of one of several recordings of a message: the first has the message's own. Who takes the message back
    takes back all of them, and what was written beside."""
    return f"{message}/{number}" if number else message


class Fetch(Protocol):
    """Reads a platform's file. Raises `Unfetchable` with a sentence for the person."""

    async def __call__(self, limit: int) -> bytes: ...


class Unfetchable(Exception):
    """A file can't be had: too large, gone, or not what it claims. The message is for the person.

    why: gone, too_large, login (we lack the right to read it) or later (the platform is in trouble: try again).
    limit: how many bytes can be fetched at most, for one that is too large; 0 where that isn't known.
    """

    def __init__(
        self, message: str = "", why: Literal["gone", "too_large", "login", "later"] = "gone", limit: int = 0
    ) -> None:
        super().__init__(message)
        self.why, self.limit = why, limit


@dataclass(frozen=True, slots=True)
class Left:
    """The chat can't be written to any more: blocked, removed, archived. problem: a short code."""

    problem: str


@dataclass(frozen=True, slots=True)
class Back:
    """The chat can be written to again."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another address from now on (a Telegram group became a supergroup)."""

    address: str


Act = Words | Rewording | Takeback | Tap | Form | Slash | Start | Upload | Left | Back | Moved


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event. `id` is the platform's own and names it across restarts: the dedupe key."""

    id: str
    who: Who
    place: Place
    act: Act


@dataclass(frozen=True, slots=True)
class Answer:
    """What to show in direct reply, to this person alone: an ephemeral message, a modal, field errors.

    problems: field key -> sentence (only for a `Form`). card: what to show, under `token`; one with fields is a
    form to open. new: False for an event that had come before, which needs no courtesy at all.
    """

    card: dict[str, Any] | None = None
    token: str = ""
    problems: dict[str, str] = field(default_factory=lambda: {})
    new: bool = True


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace that Parley serves. `token`: its bot token, in clear; only ever in memory."""

    workspace: str
    token: str
    bot_user: str = ""
    bot_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OpenChat:
    """A private chat with something going on. since: the instant up to which we know what was said there."""

    address: str
    since: int


class Port(Protocol):
    """What a chat platform needs of the bot. Every call may raise `Unavailable`: then nothing was taken, and the
    platform must not be told otherwise."""

    async def receive(self, event: Incoming) -> Answer:
        """Take one event; returns once it is durable. Events of one chat are taken in the order of the calls."""
        ...

    async def form(self, who: Who, token: str) -> dict[str, Any] | None:
        """The card behind a "fill in" button, if it is this person's to fill in and still open."""
        ...

    def opens_form(self, line: str) -> bool:
        """Will `/interview LINE` be answered with a form? Known without any waiting: a trigger lives three seconds."""
        ...

    async def suggest(self, who: Who, line: str) -> list[tuple[str, str]]:
        """Completions of a command line that is being typed: (label, the whole line); at most 25, none to strangers."""
        ...

    async def home(self, who: Who) -> dict[str, Any]:
        """What a team member has to do now, as a card; for anybody else a kind sentence."""
        ...

    async def open_chats(self, platform: str) -> list[OpenChat]:
        """Private chats to catch up on after downtime."""
        ...

    async def installation(self, platform: str, workspace: str) -> Installation | None:
        """The workspace's installation; None when it isn't (any longer) one of ours."""
        ...

    async def install(self, platform: str, found: Installation, installer: Who | None, state: str = "") -> None:
        """Keep an installation (its token sealed). installer: becomes an admin. state: of the OAuth round."""
        ...

    async def uninstall(self, platform: str, workspace: str) -> None:
        """A workspace has removed Parley, or revoked its token."""
        ...

    async def new_state(self, session: str) -> str:
        """A secret for one OAuth round, bound to the browser's `session`: single use, ten minutes."""
        ...

    async def use_state(self, state: str, session: str) -> bool:
        """Is it one of ours, unused, in time and of this browser? True once only."""
        ...


class Unavailable(Exception):
    """The store can't be written to now. Nothing was taken: the platform has to send it again."""


# -- the adapter ----------------------------------------------------------------------------------------


class ChatAdapter(Protocol):
    """One platform."""

    name: str
    capabilities: Capabilities

    async def start(self) -> None:
        """Connect and begin to receive. Returns when events can arrive; a platform that is down is tried again in
        the background and never keeps Parley from starting."""
        ...

    async def stop(self) -> None:
        """Receive nothing more, finish what is under way, close connections. Twice is once."""
        ...

    def ready(self, thread_id: str) -> bool:
        """Could a message to this chat be handed over right now? On a page: does somebody look. On a chat platform: have
        we started, and is the line up; whether a person can be reached there is known only from a receipt (`BLOCKED`)."""
        ...

    async def deliver(self, lane: Sequence[Outgoing]) -> list[Delivered]:
        """Deliver messages of one lane, in order; receipts in the same order. Never raises for what a
        platform or a person can cause. After the first that is not SENT the rest is not tried. A file that the
        platform refuses never costs the message: a sentence stands in its place."""
        ...

    async def look_up(self, message: Outgoing) -> Delivered | None:
        """Was a message that we may have sent before a crash really delivered? None: it was not (or
        the platform cannot tell and the message may be sent again)."""
        ...

    async def catch_up(self, since: int) -> None:
        """Fetch what people said while we were away (since the instant `since`) and pass it to `receive`. May wait for
        the line to come up; before `start` there is nothing to wait for."""
        ...

    def drained(self, thread_id: str) -> None:
        """Everything queued for this chat has been delivered: now the open question may be shown as open."""
        ...

    def private(self, who: Who) -> str:
        """The address (`Place.address`) of a person's own chat, from their verified envelope alone."""
        ...

    async def name_of(self, workspace: str, user: str) -> str:
        """The name that the platform shows for a user, for somebody a recruiter picked; "" when it can't be told."""
        ...

    def door(self, secret: str) -> "Door | None":
        """How somebody with an invitation gets in here; None where that can't be said (yet)."""
        ...

    def read(self, ref: dict[str, str], limit: int) -> AsyncIterator[bytes]:
        """The bytes of a recording (`Recorded.ref`), piece by piece. Raises `Unfetchable`, also in the middle: when more
        than `limit` bytes come, whatever was said of its size."""
        ...

    def typing(self, thread_id: str, address: str) -> None:
        """Parley is working on something for this chat. A courtesy: nothing may fail because of it."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """A way into a platform for somebody with an invitation. url: to open; code: what to send there, where the
    address alone doesn't carry it ("" otherwise)."""

    platform: str
    url: str
    code: str = ""


# -- buttons --------------------------------------------------------------------------------------------

FILL_IN = "~fill"  # the option of a button that opens a card's form


def button(token: str, option: str) -> str:
    """What a button carries: never a label, never JSON. Raises `ValueError` over 64 bytes (Telegram's limit)."""
    data = f"{token}:{option}"
    if len(data.encode()) > 64:
        raise ValueError(f"a button of {len(data.encode())} bytes: {data!r}")
    return data


def pressed(data: str) -> tuple[str, str] | None:
    """The inverse: (token, option), or None for data that isn't ours. A token may itself contain colons."""
    token, colon, option = data.rpartition(":")
    return (token, option) if colon and token and option else None


# -- webhooks -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request to one of the adapter's paths, as the one web host got it. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    cookies: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What to answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {})


@runtime_checkable
class Webhooks(Protocol):
    """An adapter that (also) receives over HTTP. `paths`: what the web host hands over to it."""

    paths: tuple[str, ...]

    async def handle(self, call: HttpCall) -> HttpReply:
        """Answer one request. Never raises: a malformed one is a 4xx."""
        ...
