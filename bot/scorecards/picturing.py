"""The picture of an open scorecard: drawn as work of its own, shown under the scorecard's post, drawn anew when it changes.

Drawing takes some tenths of a second, so it happens in a thread and never in anybody's turn.
"""

import asyncio
from base64 import b64encode
from typing import Any

from bot.keyring import Erased, Keyring
from bot.mail import Mail
from bot.scene import Scene
from bot.scorecards import post, rereading
from bot.scorecards.pictures import Line, scorecard_picture, scorecard_words
from bot.scorecards.post import PanelState
from bot.store.rows import Interview, Post
from bot.store.store import Row, Store, Tx
from bot.work.job import Job
from flows.cards import Card, File
from flows.cards import from_json as card_from
from flows.cards import to_json as card_json
from flows.words import pictures_en as words

KIND = "picture"  # of the post that holds it


class Picturing:
    """The worker for `ScorecardPicture`: {} -> {"interview", "card"}; no card where there is nothing to show."""

    def __init__(self, store: Store, keys: Keyring) -> None:
        self._store, self._keys = store, keys

    async def draw(self, job: Job, now: int) -> dict[str, Any]:
        """Read the open cards as they are now, and draw them."""
        interview_id = job.row["interview_id"]
        state = await self._store.read(lambda tx: self._open(tx, job.row["tenant_id"], interview_id))
        if state is not None and state.reread:  # nothing of the first cards is shown meanwhile
            return {"interview": interview_id, "card": card_json(Card(words.COVERED))}
        if state is not None and state.status == "withdrawn":
            return {"interview": interview_id, "card": card_json(Card(words.TAKEN_BACK))}
        if state is None or not state.humans:
            return {"interview": interview_id}
        lines = lines_of(state)
        png = await asyncio.to_thread(scorecard_picture, state.role, lines)
        said = scorecard_words(words.PICTURE.rstrip("."), lines)
        file = File("scorecard.png", "image/png", b64encode(png).decode(), said)
        return {"interview": interview_id, "card": card_json(Card(words.PICTURE, files=(file,)))}

    def _open(self, tx: Tx, tenant_id: str, interview_id: str) -> PanelState | None:
        interview = tx.one(Interview, tenant_id=tenant_id, id=interview_id)
        if interview is None or interview["revealed_at"] is None:
            return None
        try:
            return post.panel_state(tx, self._keys, interview)
        except Erased:
            return None


def lines_of(state: PanelState) -> list[Line]:
    """An open scorecard as its picture shows it."""
    bands = {r.competency: r.band for r in state.machine.results} if state.machine else {}
    return [
        Line(
            c.title or key, c.weight, tuple(h.ratings[key][0] for h in state.humans if key in h.ratings), bands.get(key)
        )
        for key, c in state.kit.competencies.items()
    ]


def pictured(scene: Scene, mail: Mail) -> None:
    """The letter `pictured`: show the picture under its scorecard's post, or in place of the one before."""
    interview = scene.tx.one(Interview, tenant_id=scene.tenant_id, id=mail.data["interview"])
    above = scene.tx.one(Post, tenant_id=scene.tenant_id, kind="scorecard", about=mail.data["interview"])
    if interview is None or above is None or "card" not in mail.data:
        return
    if above["thread_id"] != scene.thread["id"]:  # asked for in somebody's own chat: it belongs where the post is
        scene.send(above["thread_id"], "pictured", interview["candidate_id"], **mail.data)
        return
    card = card_from(mail.data["card"])
    hidden = interview["status"] == "withdrawn" or rereading.going_on(interview) is not None
    if bool(card.files) != hidden:  # else it is out of date, and another one follows
        _show(scene, interview, above, card)


def _show(scene: Scene, interview: Row, above: Row, card: Card) -> None:
    about = {"subject_id": interview["candidate_id"], "interview_id": interview["id"]}
    before = scene.tx.one(Post, tenant_id=scene.tenant_id, kind=KIND, about=interview["id"])
    if before is not None:
        scene.edit(before["message_id"], card, **about)
        return
    if not card.files:
        return  # there is nothing to cover
    message = scene.show(card, **about, step=f"post.{KIND}", under=above["message_id"])
    row: Row = {"tenant_id": scene.tenant_id, "id": scene.ids.new("po"), "thread_id": scene.thread["id"], "kind": KIND}
    row |= {"about": interview["id"], "interview_id": interview["id"], "message_id": message, "at": scene.at}
    scene.tx.add(Post, row)
