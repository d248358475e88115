"""Drafts: what a recruiter has sent and not confirmed yet. Words are sealed under their own key, and go when it is over.

A draft is answered once: its state moves by compare-and-set, so that a button pressed twice acts once.
"""

from typing import Any, cast

from bot.scene import Scene
from bot.store.rows import Batch, BatchItem
from bot.store.store import Row

DAY = 86_400_000


def keep(scene: Scene, person_id: str, kind: str, items: list[dict[str, str]]) -> str:
    """Keep a draft of several items; its id. kind: csv, twin, whom, plan, decide or compare. Old drafts of the tenant are forgotten."""
    sweep(scene)
    batch_id = scene.ids.new("ba")
    row: Row = {"tenant_id": scene.tenant_id, "id": batch_id, "person_id": person_id, "kind": kind}
    scene.tx.insert(Batch, {**row, "state": "open", "size": len(items), "at": scene.at})
    scene.keys.load(scene.tx, scene.tenant_id, person_id)
    part: Row = {"tenant_id": scene.tenant_id, "batch_id": batch_id, "subject_id": person_id, "state": "open"}
    scene.tx.insert(
        BatchItem,
        [
            {**part, "n": n, "interview_id": "", "body": scene.keys.seal(scene.tenant_id, person_id, item)}
            for n, item in enumerate(items)
        ],
    )
    return batch_id


def batch_of(scene: Scene, batch_id: str, person_id: str, kind: str) -> Row | None:
    """A person's own draft; nobody else's is found."""
    row = scene.tx.one(Batch, tenant_id=scene.tenant_id, id=batch_id)
    return row if row is not None and (row["person_id"], row["kind"]) == (person_id, kind) else None


def item(scene: Scene, batch: Row, n: int) -> dict[str, str] | None:
    """The nth item in clear; None once it is forgotten."""
    row = scene.tx.one(BatchItem, tenant_id=scene.tenant_id, batch_id=batch["id"], n=n)
    if row is None or row["body"] is None:
        return None
    scene.keys.load(scene.tx, scene.tenant_id, row["subject_id"])
    opened: Any = scene.keys.open(scene.tenant_id, row["subject_id"], row["body"])
    return cast("dict[str, str]", opened)


def settle(scene: Scene, batch: Row, n: int, state: str, interview_id: str, body: dict[str, str]) -> None:
    """Write down what became of an item: `state` is invited, decided or skipped."""
    scene.keys.load(scene.tx, scene.tenant_id, batch["person_id"])
    sealed = scene.keys.seal(scene.tenant_id, batch["person_id"], body)
    where = {"tenant_id": scene.tenant_id, "batch_id": batch["id"], "n": n, "state": "open"}
    scene.tx.change(BatchItem, where, {"state": state, "interview_id": interview_id, "body": sealed})


def move(scene: Scene, batch: Row, old: str, new: str) -> bool:
    """Compare-and-set a draft's state: False when somebody was first."""
    return scene.tx.change(Batch, {"tenant_id": scene.tenant_id, "id": batch["id"], "state": old}, {"state": new}) == 1


def forget(scene: Scene, batch: Row) -> None:
    """Drop every word of a draft; ids and states stay."""
    scene.tx.change(BatchItem, {"tenant_id": scene.tenant_id, "batch_id": batch["id"]}, {"body": None})


def is_old(scene: Scene, batch: Row) -> bool:
    return scene.at - batch["at"] > DAY


def sweep(scene: Scene) -> None:
    """Forget the drafts that nobody has confirmed for a day."""
    for batch in scene.tx.find(Batch, {"tenant_id": scene.tenant_id, "state": "open"}, "at"):
        if is_old(scene, batch) and move(scene, batch, "open", "expired"):
            forget(scene, batch)
