"""Recordings that go: taken back by the person, or because their time is up. The rows say so at once; the bytes follow in a
piece of work of their own, which finds out whether another recording has the same ones."""

from typing import Any

from bot.recordings import shelf
from bot.scene import Scene
from bot.store.rows import Coaching, Recording, Transcript, Work
from bot.store.store import Row
from bot.threads import Conv

FORGET = "ForgetRecording"


def dropped(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The effect of `recording_dropped`: nobody listens any more, and nothing of it stays."""
    row = shelf.get(scene.tx, scene.tenant_id, data["utterance"])
    if row is not None and row["conversation_id"] == conv.id:
        _drop(scene, row)


def unused(scene: Scene, interview: Row) -> None:
    """The answers are in, or were taken back: recordings whose words nobody has yet can't become any any more."""
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "purpose": "answer"}
    for row in scene.tx.find(Recording, where, "at,id"):
        if row["state"] in (shelf.COMING, shelf.KEPT) or (row["state"] == shelf.UNHEARD and row["why"] == "trouble"):
            _drop(scene, row)


def _drop(scene: Scene, row: Row) -> None:
    where = {"tenant_id": scene.tenant_id, "conversation_id": row["conversation_id"], "kind": "Transcribe"}
    for work in scene.tx.find(Work, where):
        if work["step"].removeprefix("~hear.").partition("#")[0] == row["id"] and work["state"] in (
            "pending",
            "running",
        ):
            scene.tx.change(Work, {"tenant_id": scene.tenant_id, "id": work["id"]}, {"state": "done"})
    for heard in (Transcript, Coaching):
        scene.tx.delete(heard, {"tenant_id": scene.tenant_id, "recording_id": row["id"]})
    forget(scene, row, shelf.DROPPED)


def forget(scene: Scene, row: Row, state: str = shelf.GONE) -> None:
    """The bytes of a recording go; its row stays and says so. Twice is once."""
    if row["state"] in shelf.OVER:
        return
    shelf.change(scene.tx, row, state=state, forget_at=None)
    # Sealed under the tenant's own key: it is done also for somebody whose key is destroyed.
    scene.work(
        FORGET, {"recording": row["id"]}, conversation_id="", interview_id=row["interview_id"],
        subject_id=scene.tenant_id, step="", quietly=True,
    )  # fmt: skip
