"""The rows of recordings: written when one comes, opened by whoever works on it.

What is personal about a recording is its `Body`, sealed under the candidate's key; the bytes lie in the media store under a
key of their own, which is in the body too: whoever destroys the candidate's key has destroyed the recording.
"""

import base64
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from bot.keyring import Keyring
from bot.mail import Mail
from bot.scene import Scene
from bot.store.rows import Recording
from bot.store.store import Row, Tx

COMING, KEPT, HEARD, UNHEARD, DROPPED, GONE = "coming", "kept", "heard", "unheard", "dropped", "gone"
OVER = (DROPPED, GONE)  # there are no bytes any more
PURPOSES = {"practice": "practice", "techcheck": "check"}  # conversation -> what its recordings are for; else "answer"
AT_MOST = {"practice": 86_400_000, "check": 3_600_000}  # purpose -> how long a recording is kept at most (ms)


@dataclass(frozen=True, slots=True)
class Body:
    """What is sealed of a recording.

    ref: how to fetch it (`adapters.contract.Recorded.ref`). name, media_type, prepared: as it was sent. mime: of what is
    kept (the blob). key: opens its blob, picture_key: its picture (base64). waveform: loudness, 0 to 255 for each 100 ms or more (base64). hints: codes of what
    could be better about the sound or the picture (`bot.media`), for the candidate.
    """

    ref: dict[str, str] = field(default_factory=lambda: {})
    name: str = ""
    media_type: str = ""
    prepared: bool = False
    mime: str = ""
    key: str = ""
    picture_key: str = ""
    waveform: str = ""
    hints: tuple[str, ...] = ()

    @property
    def blob_key(self) -> bytes:
        return base64.b64decode(self.key)

    @property
    def picture_blob_key(self) -> bytes:
        return base64.b64decode(self.picture_key)

    @property
    def points(self) -> bytes:
        return base64.b64decode(self.waveform)


def note(scene: Scene, conversation: Row, mail: Mail) -> None:
    """A recording has come and will be listened to. Twice is once."""
    event, about = mail.data["event"], mail.data["recording"]
    subject = conversation["subject_id"]
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    body = Body(dict(about["ref"]), about.get("name", ""), about.get("media_type", ""), bool(event.get("prepared")))
    row: Row = {"tenant_id": scene.tenant_id, "id": event["id"], "interview_id": conversation["interview_id"]}
    row |= {"conversation_id": conversation["id"], "thread_id": scene.thread["id"], "person_id": mail.person_id}
    purpose = PURPOSES.get(conversation["flow"], "answer")
    row |= {"subject_id": subject, "purpose": purpose, "form": event["form"]}
    row |= {
        "source": mail.source,
        "state": COMING,
        "why": "",
        "blob": "",
        "picture": "",
        "forget_at": mail.at + AT_MOST[purpose] if purpose in AT_MOST else None,
    }
    row |= {"size": int(about.get("size") or 0), "ms": round(event["seconds"] * 1000), "at": mail.at}
    row["seq"] = scene.next_seq()
    scene.tx.add(Recording, {**row, "sealed": sealed(scene.keys, scene.tenant_id, subject, body)})


def sealed(keys: Keyring, tenant_id: str, subject_id: str, body: Body) -> bytes:
    """A body as it is stored. The subject's key must have been loaded."""
    return keys.seal(tenant_id, subject_id, asdict(body))


def opened(tx: Tx, keys: Keyring, row: Row) -> Body:
    """The inverse, for a row. Raises `bot.keyring.Erased`."""
    keys.load(tx, row["tenant_id"], row["subject_id"])
    data = cast("dict[str, Any]", keys.open(row["tenant_id"], row["subject_id"], row["sealed"]))
    data["hints"] = tuple(data["hints"])
    return Body(**data)


def get(tx: Tx, tenant_id: str, recording_id: str) -> Row | None:
    return tx.one(Recording, tenant_id=tenant_id, id=recording_id)


def takes_room(row: Row) -> bool:
    """Are its bytes kept, or about to be? Of one that couldn't be used there are none, whatever size it said it had."""
    return row["state"] not in OVER and (bool(row["blob"]) or row["state"] == COMING)


def change(tx: Tx, row: Row, **values: Any) -> Row:
    """The row with new values. One that was dropped or has gone stays so: nothing brings it back."""
    where = {"tenant_id": row["tenant_id"], "id": row["id"]}
    now = tx.one(Recording, **where)
    if now is None or now["state"] in OVER:
        return now or row
    tx.change(Recording, where, values)
    return {**now, **values}
