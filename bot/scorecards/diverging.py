"""Where open ratings are two levels or more apart: there, and only there, a debrief is opened (`debrief`)."""

from dataclasses import dataclass
from typing import Any, cast

from bot import hiring
from bot.keyring import Keyring
from bot.scene import Scene
from bot.store.rows import Post, Scorecard
from bot.store.store import Row, Tx
from flows.rating.levels import Spread
from flows.rating.levels import spread as spread_of

KIND = "debrief"  # of its post; it is about "interview:competency"


@dataclass(frozen=True, slots=True)
class Given:
    """What one rater gave for one competency. `before`: an earlier level of theirs, None where there was none."""

    rater: str
    level: int | None
    why: str
    before: int | None


def open_threads(scene: Scene, interview: Row) -> None:
    """After the reveal, or after a card that came or was changed since: open what is needed, and show what is there."""
    if interview["revealed_at"] is None:
        return
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    for key in hiring.kit_of(requisition).competencies:
        about = f"{interview['id']}:{key}"
        there = scene.tx.one(Post, tenant_id=scene.tenant_id, kind=KIND, about=about)
        spread = apart(given(scene.tx, scene.keys, interview, key))
        if there is None and not (spread and spread.divergent):
            continue
        if there is None:
            scene.fact("debrief_opened", interview["id"], competency=key)
        hiring.render_post(scene, KIND, about, interview, requisition["channel_id"])


def given(tx: Tx, keys: Keyring, interview: Row, key: str) -> list[Given]:
    """Every open rating of a competency, by people, in the order in which they were first given."""
    if interview["revealed_at"] is None:
        return []
    tenant_id, found = interview["tenant_id"], dict[str, Given]()
    where = {"tenant_id": tenant_id, "interview_id": interview["id"], "kind": "human", "state": "revealed"}
    for row in tx.find(Scorecard, where, "version,at"):
        keys.load(tx, tenant_id, row["subject_id"])
        body = cast("dict[str, Any]", keys.open(tenant_id, row["subject_id"], row["body"]))
        rated, earlier = body["ratings"].get(key), found.get(row["rater_id"])
        if rated is not None:
            before = earlier.level if earlier and earlier.level != rated["level"] else earlier and earlier.before
            found[row["rater_id"]] = Given(row["rater_id"], rated["level"], rated["why"], before)
    return list(found.values())


def apart(ratings: list[Given]) -> Spread | None:
    """How far raters are apart; None where fewer than two gave a level."""
    found = spread_of({g.rater: g.level for g in ratings})
    return found if found and found.raters > 1 else None
