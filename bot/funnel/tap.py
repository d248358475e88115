"""The button "decide" of a scorecard's post: from the channel to whoever pressed it, and to nobody else."""

from bot import hiring, people
from bot.funnel import deciding, hours, stages
from bot.scene import Reply, Scene
from bot.scheduling.telling import name_of
from bot.scorecards import rereading
from bot.store.store import Row
from flows.cards import Card
from flows.words import decision_en as words

TOKEN = "do:decide"  # noqa: S105


def decide(scene: Scene, person: str, interview: Row) -> Reply:
    """Who and what it is about, and the button that opens the decision (`bot.desk.decide`)."""
    if not people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person, *deciding.DECIDERS):
        return Reply(Card(words.ONLY_DECIDERS, tone="kind_error"))
    if interview["status"] not in ("scored", "decided"):
        return Reply(Card(words.NOT_YET, tone="kind_error"))
    if rereading.going_on(interview):
        return Reply(Card(words.READ_AGAIN, tone="kind_error"))
    name = people.name_of(scene.tx, scene.keys, scene.tenant_id, interview["candidate_id"])
    return Reply(words.begin(name, *about(scene, interview)), f"{TOKEN}:{interview['id']}")


def about(scene: Scene, interview: Row) -> tuple[str, str, str, str]:
    """(role, stage, next stage or "", what was decided before as a sentence or ""; nothing of it while a second person
    reads the answers, who may be the one who asks)."""
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    following = stages.next_of(requisition, interview)
    before = deciding.newest(scene.tx, scene.tenant_id, interview["id"])
    earlier = ""
    if before is not None and not rereading.going_on(interview):
        who = name_of(scene.tx, scene.keys, scene.tenant_id, before["decided_by"])
        earlier = words.earlier(who, before["outcome"], hours.day(scene.tx, interview, before["at"]))
    stage = stages.current(requisition, interview).title
    return requisition["title"], stage, following.title if following else "", earlier
