"""A panel member begins to rate: from the post, a reminder or their tasks, always in their own chat."""

from bot import hiring, people
from bot.scene import Scene
from bot.scorecards import post
from bot.store import queries
from bot.store.store import Row
from flows.cards import Card
from flows.words import panel_en as words


def begin_rating(scene: Scene, person_id: str, interview: Row) -> Card | None:
    """Open the rating conversation for a panel member who has not rated yet; a card that says why not, otherwise."""
    panel, due = hiring.due_raters(scene.tx, interview)
    chat = people.thread_of(scene.tx, scene.tenant_id, person_id)
    if person_id not in panel:
        return Card(words.ONLY_PANEL, tone="aside")
    if interview["status"] not in ("submitted", "scored"):
        return Card(words.NOT_YET, tone="aside")
    if person_id not in due:
        return post.private_view(scene.tx, scene.keys, interview, person_id)
    if queries.open_conversations(scene.tx, scene.tenant_id, chat, interview["id"], "review"):
        return Card(words.ALREADY_OPEN, tone="aside")
    scene.send(
        chat,
        "begin",
        interview["candidate_id"],
        flow="review",
        args={"interview": interview["id"], "rater": person_id},
        interview_id=interview["id"],
        subject_id=interview["candidate_id"],
    )
    return None
