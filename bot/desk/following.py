"""Whether a requisition's live interviews can be followed, what is proposed in one by a form, and the end of a debrief."""

from collections.abc import Mapping

from bot import hiring
from bot.desk.sight import RECRUITERS, Call, not_found, say, wrong
from bot.scene import Reply
from bot.scorecards import debrief, proposing
from bot.store.rows import Interview
from bot.store.store import Row
from flows.cards import Card
from flows.words import debrief_en, desk_en
from flows.words import following_en as words


def command(call: Call) -> Reply:
    """`/interview follow on|off TITLE`"""
    wanted, _, title = call.rest.strip().partition(" ")
    if wanted.casefold() not in ("on", "off"):
        return wrong(words.HOW)
    found = call.sight.titled(title.strip().removeprefix("for ").strip(), *RECRUITERS)
    if not found:
        return wrong(desk_en.NO_REQUISITION)
    if len(found) > 1:
        return say(desk_en.several_titles(title.strip(), tuple(r["title"] for r in found)))
    on = wanted.casefold() == "on"
    hiring.set_settings(call.scene.tx, found[0], follow=on)
    call.scene.fact("follow_set", "", person_id=call.person_id, requisition=found[0]["id"], on=on)
    return say(desk_en.done(words.switched(found[0]["title"], on)))


def _interview(call: Call) -> Row | None:
    """The interview that a form is about, if this person may see it."""
    row = call.scene.tx.one(Interview, tenant_id=call.scene.tenant_id, id=call.rest.partition(":")[0])
    return row if row is not None and proposing.may(call.scene.tx, row, call.person_id) else None


def proposal_form(call: Call) -> Card:
    interview = _interview(call)
    return proposing.form(call.scene.tx, interview) if interview else desk_en.wrong(desk_en.NOT_FOUND)


def submit_proposal(call: Call, fields: Mapping[str, str]) -> Reply:
    """A follow-up was written into the form."""
    interview = _interview(call)
    if interview is None:
        return not_found()
    question, competency = fields.get("question", ""), fields.get("competency", "")
    return proposing.propose(call.scene, interview, call.person_id, question, competency)


def chosen(call: Call, ids: list[str], option: str) -> Reply:
    """Somebody says which competency their proposal is about."""
    card = proposing.choose(call.scene, call.person_id, ids[0], option)
    return not_found() if card is None else say(card)


def debrief_form(call: Call) -> Card:
    return debrief_en.form() if _interview(call) else desk_en.wrong(desk_en.NOT_FOUND)


def submit_debrief(call: Call, fields: Mapping[str, str]) -> Reply:
    """A recruiter closes a debrief."""
    if _interview(call) is None:
        return not_found()
    return say(debrief.close(call.scene, call.person_id, call.rest, fields.get("learned", "")))
