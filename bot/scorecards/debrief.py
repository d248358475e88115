"""A debrief: where raters are two levels or more apart on a competency, and only there, a thread to find out why.

A post of its own for each such competency, whose thread the raters talk in. It opens at the reveal and never before, and
shows who gave what, with their reasons and what they point to. It closes when all are within one level, or when a
recruiter closes it with a line about what was learned. Ratings stay each rater's own: nobody else can change one.
"""

from typing import Any, cast

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.mail import FORM
from bot.scene import Reply, Scene
from bot.scorecards import comments, following, rating, rereading
from bot.scorecards.diverging import KIND, apart, given
from bot.store.rows import FactRow, Utterance
from bot.store.store import Row, Tx
from bot.work.reading import counted_wordings, stored_answers
from flows.cards import Card, Quote
from flows.cards import Row as CardRow
from flows.kits.model import Kit
from flows.rating.card import MachineCard
from flows.rating.text import display
from flows.words import debrief_en as words

CLOSE = f"{FORM}debrief:"  # of the form that closes one; what it is about follows
_WHY, _QUOTE, _QUOTES_EACH = 600, 280, 2
_RECRUITERS = ("recruiter", "admin")


# -- the post ------------------------------------------------------------------------------------------------------


def debrief_post(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    """A debrief as its channel sees it; None before the reveal, whoever asks."""
    interview, key = _about(tx, tenant_id, about)
    name, ratings = following.name_of(tx, keys, interview), given(tx, keys, interview, key)
    spread = apart(ratings)
    if interview["revealed_at"] is None or spread is None:
        return None
    if interview["status"] == "withdrawn":
        return words.over(name)
    if rereading.going_on(interview):
        return words.covered(name)
    kit = hiring.kit_of(hiring.get_requisition(tx, tenant_id, interview["requisition_id"]))
    heading = words.title(kit.competencies[key].title or key, spread.low, spread.high, name)
    rows = tuple(
        CardRow(people.name_of(tx, keys, tenant_id, g.rater), words.rated(g.level, display(g.why)[:_WHY], g.before))
        for g in ratings
    )
    if so_far := _said_so_far(tx, keys, interview, key):
        rows = (*rows, CardRow(words.SO_FAR, so_far))
    learned = _learned(tx, keys, interview, key)
    if learned or not spread.divergent:
        return words.closed(heading, rows, learned)
    return words.opened(heading, rows, _evidence(tx, keys, interview, key, kit))


def _evidence(tx: Tx, keys: Keyring, interview: Row, key: str, kit: Kit) -> tuple[Quote, ...]:
    """What each rater has remarked on in the answers about this competency, and what the machine found there."""
    about = {q.id for q in kit.questions if key in q.competencies}
    texts = counted_wordings(tx, keys, interview)
    mine = {u for a in stored_answers(tx, keys, interview) if a.question_id in about for u, _ in a.utterances}
    raters = [people.name_of(tx, keys, interview["tenant_id"], g.rater) for g in given(tx, keys, interview, key)]
    quotes: list[Quote] = []
    remarks = [r for r in comments.visible(tx, keys, interview, "", everything=True) if r.utterance_id in mine]
    for who in raters:
        for r in [r for r in remarks if r.author == who and not r.under][:_QUOTES_EACH]:
            words_there = texts[r.utterance_id][r.start : r.end or None]
            quotes.append(_quote(words_there, words.remarked(who, r.text[:_QUOTE]), interview, r.utterance_id))
    machine = hiring.cards_of(tx, interview["tenant_id"], interview["id"]).get("machine")
    if machine is not None and machine["state"] == "revealed":
        body = cast("dict[str, Any]", keys.open(interview["tenant_id"], machine["subject_id"], machine["body"]))
        results = MachineCard.from_json(body).results if "results" in body else ()
        found = [m for r in results if r.competency == key for m in r.marks if m.quote and m.span][:_QUOTES_EACH]
        quotes += [_quote(m.quote, m.text, interview, m.span.utterance_id) for m in found if m.span]
    return tuple(quotes)


def _quote(text: str, who: str, interview: Row, utterance: str) -> Quote:
    shown = display(text)
    cut = shown if len(shown) <= _QUOTE else f"{shown[: _QUOTE - 1]}\u2026"
    return Quote(cut, who, f"/review/{interview['id']}#{utterance}")


def _said_so_far(tx: Tx, keys: Keyring, interview: Row, key: str) -> str:
    """What each rater last answered to the question."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "name": "debrief_said"}
    newest: dict[str, str] = {}
    for fact in tx.find(FactRow, where, "at,id"):
        data = orjson.loads(fact["data"])
        if data["competency"] == key:
            newest[fact["person_id"]] = data["answer"]
    named = (words.said(people.name_of(tx, keys, interview["tenant_id"], p), a) for p, a in newest.items())
    return "; ".join(named)


def _step(key: str) -> str:
    return f"debrief.{key}.learned"


def _learned(tx: Tx, keys: Keyring, interview: Row, key: str) -> str:
    """The line that a recruiter has closed it with; "" while it is open."""
    where = {"tenant_id": interview["tenant_id"], "interview_id": interview["id"], "step": _step(key)}
    rows = tx.find(Utterance, where, "at,id", 1)
    if not rows:
        return ""
    keys.load(tx, interview["tenant_id"], rows[0]["subject_id"])
    return display(cast("str", keys.open(interview["tenant_id"], rows[0]["subject_id"], rows[0]["body"])))


def _about(tx: Tx, tenant_id: str, about: str) -> tuple[Row, str]:
    """(interview, competency). Raises `LookupError` for one that isn't there."""
    interview_id, _, key = about.partition(":")
    return hiring.get_interview(tx, tenant_id, interview_id), key


# -- what people do in it ------------------------------------------------------------------------------------------


def pressed(scene: Scene, post: Row, person: str, option: str) -> Reply | None:
    """A button of a debrief; each checks the role again."""
    interview, key = _about(scene.tx, scene.tenant_id, post["about"])
    if option == "amend":
        refusal = rating.begin_amending(scene, person, interview)
        return Reply(refusal) if refusal else None
    if no := _refusal(scene, interview, key):
        return Reply(no)
    if option == "close":
        recruits = people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person, *_RECRUITERS)
        return Reply(words.form(), CLOSE + post["about"]) if recruits else _no(words.ONLY_RECRUITERS)
    if person not in {g.rater for g in given(scene.tx, scene.keys, interview, key)} or option not in words.ANSWERS:
        return _no(words.ONLY_RATERS)
    scene.fact("debrief_said", interview["id"], person_id=person, competency=key, answer=option)
    _render(scene, interview, key)
    return Reply(Card(words.AGREED_SO_CHANGE, tone="aside")) if option == "agreed" else None


def said(scene: Scene, post: Row, person: str, text: str) -> Reply | None:
    """Something was written in its thread. Only "learned: ..." does anything."""
    line = text.strip()
    if not line.casefold().startswith(words.LEARNED):
        return None
    return Reply(close(scene, person, post["about"], line[len(words.LEARNED) :]))


def close(scene: Scene, person: str, about: str, line: str) -> Card:
    """A recruiter closes it with what was learned: kept with the interview, under its candidate's key."""
    interview, key = _about(scene.tx, scene.tenant_id, about)
    if not people.may(scene.tx, scene.tenant_id, interview["requisition_id"], person, *_RECRUITERS):
        return Card(words.ONLY_RECRUITERS, tone="kind_error")
    if no := _refusal(scene, interview, key):
        return no
    said, subject = line.strip()[: words.MOST], interview["candidate_id"]
    if not said:
        return Card(words.EMPTY, tone="kind_error")
    scene.keys.load(scene.tx, scene.tenant_id, subject)
    row: Row = {"tenant_id": scene.tenant_id, "id": scene.ids.new("u"), "version": 0, "thread_id": scene.thread["id"]}
    row |= {"conversation_id": "", "interview_id": interview["id"], "person_id": person, "subject_id": subject}
    row |= {"step": _step(key), "reply_to": "", "at": scene.at, "seq": scene.next_seq()}
    scene.tx.add(Utterance, {**row, "body": scene.keys.seal(scene.tenant_id, subject, said)})
    scene.fact("debrief_closed", interview["id"], person_id=person, competency=key)
    _render(scene, interview, key)
    return words.done()


def _refusal(scene: Scene, interview: Row, key: str) -> Card | None:
    """Why nothing can be done about it now."""
    spread = apart(given(scene.tx, scene.keys, interview, key))
    if interview["status"] == "withdrawn":
        return words.over(following.name_of(scene.tx, scene.keys, interview))
    if rereading.going_on(interview):
        return words.covered(following.name_of(scene.tx, scene.keys, interview))
    if spread is None or not spread.divergent or _learned(scene.tx, scene.keys, interview, key):
        return Card(words.OVER, tone="aside")
    return None


def _render(scene: Scene, interview: Row, key: str) -> None:
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, KIND, f"{interview['id']}:{key}", interview, requisition["channel_id"])


def _no(text: str) -> Reply:
    return Reply(Card(text, tone="kind_error"))
