"""Advancing or turning down many candidates at once: shown before, confirmed once, carried out one after the other.

One function (`judge`) says what would happen to somebody, for the preview and again when their turn comes. The work goes
from letter to letter in the recruiter's own chat, each of them one transaction about one person, so that a stop in between
decides about nobody twice. Every decision is written by `bot.funnel.deciding` and by nothing else, with the name of whoever
confirmed and their reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot import hiring, people
from bot.desk import drafts, opened
from bot.desk.sight import RECRUITERS, Call, Office, Sight, not_found, say, wrong
from bot.funnel import deciding, hours, letters, shortlist, stages
from bot.keyring import Erased
from bot.mail import Mail
from bot.scene import Reply, Scene
from bot.store.rows import Batch, BatchItem
from bot.store.store import Row
from flows.cards import Card, Quote
from flows.cards import Row as CardRow
from flows.words import desk_en, shortlist_en
from flows.words import many_en as words

KIND = "decide"
_PER_PAGE, _SHOWN_BAD = 5, 12
_THESE = ("these", "them")
_REST = "rest of "

Item = dict[str, str]  # interview; outcome; reason; when: tomorrow or now; seen: how many decisions there were


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would happen to one candidate: `why` not (then there is no interview), or where they go on to ("": they get a
    letter)."""

    name: str
    interview: Row | None = None
    why: str = ""
    stage: str = ""


# -- whom, and why ---------------------------------------------------------------------------------------------


def line(call: Call, outcome: str) -> Reply:
    """`/interview advance A, B because REASON`; instead of names: "these", or "rest of TITLE"."""
    who, sep, reason = call.rest.partition(" because ")
    who = who.strip()
    if not who or not sep or not reason.strip():
        return wrong(words.how(outcome))
    ids = _meant(call, outcome, who)
    if isinstance(ids, Reply):
        return ids
    if not ids:
        return wrong(words.NOBODY)
    return _drafted(call, outcome, ids, reason.strip(), words.TOMORROW)


def _meant(call: Call, outcome: str, who: str) -> list[str] | Reply:
    if who.casefold() in _THESE:
        return _these(call, outcome) or wrong(words.NO_THESE)
    if who.casefold().startswith(_REST):
        found = call.sight.titled(who[len(_REST) :], *RECRUITERS)
        if len(found) != 1:
            titles = tuple(r["title"] for r in found)
            return say(desk_en.several_titles(who[len(_REST) :], titles)) if found else wrong(desk_en.NO_REQUISITION)
        rated = shortlist.read(call.scene.tx, call.scene.keys, found[0], call.person_id).candidates
        return [c.interview_id for c in rated if c.status == "scored"]
    named = opened.named(call, opened.parted(who), *RECRUITERS)
    return named if isinstance(named, Reply) else [c.interview_id for c in named]


def _these(call: Call, outcome: str) -> list[str]:
    """Whom this person chose last, and hasn't given a reason for yet."""
    where = {"tenant_id": call.scene.tenant_id, "person_id": call.person_id, "kind": KIND, "state": "open"}
    for batch in call.scene.tx.find(Batch, where, "-at", 5):
        items = _items(call.scene, batch)
        if items and items[0]["outcome"] == outcome and not items[0]["reason"]:
            return [i["interview"] for i in items]
    return []


def ask(call: Call, outcome: str, ids: list[str]) -> Reply:
    """Somebody was chosen on a shortlist or in a comparison: ask for the reason. Nothing is decided by this."""
    if not ids:
        return wrong(words.NOBODY)
    draft = _keep(call, outcome, ids, "", words.TOMORROW)
    if not call.forms:
        return say(words.say_why(outcome, len(ids)))
    return say(words.form(outcome, len(ids)), f"cmd:many:{draft}")


def form(call: Call) -> Card:
    """The form of a draft, once more."""
    batch = drafts.batch_of(call.scene, call.rest, call.person_id, KIND)
    items = _items(call.scene, batch) if batch is not None else []
    return words.form(items[0]["outcome"], len(items)) if items else desk_en.wrong(words.OLD)


def submit(call: Call, fields: Mapping[str, str]) -> Reply:
    """The reason was given: show what would happen."""
    batch = drafts.batch_of(call.scene, call.rest, call.person_id, KIND)
    items = _items(call.scene, batch) if batch is not None else []
    if batch is None or not items or batch["state"] != "open":
        return wrong(words.OLD)
    reason = fields.get("reason", "").strip()
    if len(reason) < deciding.SHORTEST:
        return Reply(problems={"reason": words.how(items[0]["outcome"])})
    drafts.move(call.scene, batch, "open", "cancelled")
    drafts.forget(call.scene, batch)
    when = words.NOW if fields.get("when") == words.NOW else words.TOMORROW
    return _drafted(call, items[0]["outcome"], [i["interview"] for i in items], reason, when)


def _drafted(call: Call, outcome: str, ids: list[str], reason: str, when: str) -> Reply:
    return preview(call, _keep(call, outcome, ids, reason[: deciding.LONGEST], when), 1)


def _keep(call: Call, outcome: str, ids: list[str], reason: str, when: str) -> str:
    """Keep whom it is about, with how much was known of each at this moment."""
    tx, tenant = call.scene.tx, call.scene.tenant_id
    items: list[Item] = [
        {
            "interview": i,
            "outcome": outcome,
            "reason": reason,
            "when": when,
            "seen": str(len(deciding.of_interview(tx, tenant, i))),
        }
        for i in dict.fromkeys(ids)
    ]
    return drafts.keep(call.scene, call.person_id, KIND, items)


def _items(scene: Scene, batch: Row) -> list[Item]:
    return [item for n in range(batch["size"]) if (item := drafts.item(scene, batch, n)) is not None]


# -- before ------------------------------------------------------------------------------------------------------


def judge(scene: Scene, person_id: str, item: Item) -> Verdict:
    """What deciding would do to one candidate, as things are now. Changes nothing."""
    sight = Sight(scene.tx, scene.keys, scene.tenant_id, person_id)
    interview = sight.interview(item["interview"], *RECRUITERS)
    if interview is None:
        return Verdict(shortlist_en.REMOVED, why=desk_en.NOT_FOUND)
    try:
        scene.keys.load(scene.tx, scene.tenant_id, interview["candidate_id"])
    except Erased:
        return Verdict(shortlist_en.REMOVED, why=shortlist_en.GONE_FROM_HERE)
    name = sight.name(interview)
    if interview["status"] == "decided":
        return Verdict(name, why=words.ALREADY)
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    outcome, seen = item["outcome"], int(item["seen"])
    refused = deciding.may_decide(scene, requisition, interview, outcome, item["reason"], person_id, seen)
    if refused is not None:
        return Verdict(name, why=refused.say)
    if outcome == deciding.ADVANCE:
        stage = stages.next_of(requisition, interview)
        return Verdict(name, interview, stage=stage.title if stage is not None else "")
    return Verdict(name, interview)


def _letter_at(scene: Scene, interview: Row, item: Item) -> int:
    """When a candidate's letter goes out (ms)."""
    at = scene.at if item["when"] == words.NOW else hours.tomorrow(scene.tx, interview, scene.at)
    return hours.awake(scene.tx, interview, at)


def preview(call: Call, draft: str, page: int) -> Reply:
    """Who, where to or with which letter; and who can't, and why. Nobody is decided about by this."""
    batch = drafts.batch_of(call.scene, draft, call.person_id, KIND)
    items = _items(call.scene, batch) if batch is not None else []
    if not items:
        return wrong(words.OLD)
    verdicts = [judge(call.scene, call.person_id, item) for item in items]
    good, bad = [v for v in verdicts if v.interview is not None], [v for v in verdicts if v.interview is None]
    pages = max(1, -(-len(good) // _PER_PAGE))
    page = min(max(1, page), pages)
    here = good[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    rows = [CardRow(v.name, _what(call.scene, v, items[0])) for v in here]
    if page == 1:
        rows += [CardRow(v.name, v.why) for v in bad[:_SHOWN_BAD]]
        rows += [CardRow("\u2026", words.MORE.format(n=len(bad) - _SHOWN_BAD))] if len(bad) > _SHOWN_BAD else []
    outcome = items[0]["outcome"]
    quotes = tuple(q for v in here if outcome == deciding.REJECT and (q := _letter_shown(call, v)) is not None)
    card = words.preview(items[0]["outcome"], len(good), len(bad), items[0]["reason"], tuple(rows), quotes, page, pages)
    return say(card, f"do:many:{draft}" if card.options else "")


def _what(scene: Scene, verdict: Verdict, item: Item) -> str:
    if verdict.interview is None or item["outcome"] == deciding.ADVANCE:
        return words.on_to(verdict.stage)
    return words.hears(hours.spoken(scene.tx, verdict.interview, _letter_at(scene, verdict.interview, item)))


def _letter(office: Office, scene: Scene, interview: Row) -> Card:
    return letters.draft(scene, interview, deciding.REJECT, office.company, office.contact)


def _letter_shown(call: Call, verdict: Verdict) -> Quote | None:
    """A letter as this candidate would get it."""
    if verdict.interview is None:
        return None
    return Quote(_letter(call.office, call.scene, verdict.interview).text, words.addressed(verdict.name))


def press(call: Call, ids: list[str], option: str) -> Reply:
    """A button of the preview, or of what followed: the first press decides."""
    scene, batch = call.scene, drafts.batch_of(call.scene, ids[0], call.person_id, KIND)
    if batch is None:
        return not_found()
    if option == "stop":
        stopped = drafts.move(scene, batch, "running", "stopped")
        return _over(scene, batch, stopped=True) if stopped else wrong(words.OVER)
    if option == "unsend":
        return say(words.unsent(_unsend(scene, batch, call.person_id)))
    if batch["state"] != "open":
        return wrong(words.OLD if batch["state"] == "expired" else words.OVER)
    if drafts.is_old(scene, batch):
        drafts.sweep(scene)
        return wrong(words.OLD)
    if option.startswith("p") and option[1:].isdigit():
        return preview(call, ids[0], int(option[1:]))
    if option != "yes":
        drafts.move(scene, batch, "open", "cancelled")
        drafts.forget(scene, batch)
        return say(desk_en.plain(words.CANCELLED))
    items = _items(scene, batch)
    if not items or not items[0]["reason"] or not drafts.move(scene, batch, "open", "running"):
        return wrong(words.OVER)
    _next(scene, batch, 0)
    return say(words.running(items[0]["outcome"], batch["size"]), f"do:many:{batch['id']}")


# -- after -------------------------------------------------------------------------------------------------------


def _next(scene: Scene, batch: Row, n: int) -> None:
    """The letter that has candidate `n` decided about, in the recruiter's own chat."""
    chat = people.thread_of(scene.tx, scene.tenant_id, batch["person_id"])
    scene.send(chat, "many", batch["person_id"], batch=batch["id"], n=n)


def carry_on(office: Office, scene: Scene, mail: Mail) -> None:
    """One letter: decide about one person, then send the next letter; after the last, say what came of it."""
    batch = scene.tx.one(Batch, tenant_id=scene.tenant_id, id=mail.data["batch"])
    if batch is None or batch["state"] != "running":
        return  # stopped meanwhile
    n = mail.data["n"]
    if n < batch["size"]:
        _one(office, scene, batch, n)
        _next(scene, batch, n + 1)
    elif drafts.move(scene, batch, "running", "done"):
        reply = _over(scene, batch, stopped=False)
        scene.show(reply.card or desk_en.wrong(words.OVER), token=reply.token)


def _one(office: Office, scene: Scene, batch: Row, n: int) -> None:
    item = drafts.item(scene, batch, n)
    if item is None:
        return
    verdict = judge(scene, batch["person_id"], item)
    told: Item = {"name": verdict.name, "outcome": item["outcome"], "why": verdict.why}
    if verdict.interview is None:
        drafts.settle(scene, batch, n, "skipped", item["interview"], told)
        return
    interview, turned_down = verdict.interview, item["outcome"] == deciding.REJECT
    decided = deciding.decide(
        scene,
        interview,
        item["outcome"],
        item["reason"],
        batch["person_id"],
        letter=_letter(office, scene, interview) if turned_down else None,
        letter_at=_letter_at(scene, interview, item) if turned_down else None,
        seen=int(item["seen"]),
    )
    why = decided.say if isinstance(decided, deciding.Refused) else ""
    drafts.settle(scene, batch, n, "skipped" if why else "decided", item["interview"], {**told, "why": why})


def _over(scene: Scene, batch: Row, stopped: bool) -> Reply:
    """What came of everybody; every word of it is forgotten after that, ids and states stay."""
    rows = scene.tx.find(BatchItem, {"tenant_id": scene.tenant_id, "batch_id": batch["id"]}, "n")
    items = [drafts.item(scene, batch, r["n"]) or {} for r in rows]
    states = [r["state"] for r in rows]
    skipped = [i for i, s in zip(items, states, strict=True) if s == "skipped"]
    shown = [CardRow(i.get("name", ""), i.get("why", "")) for i in skipped[:_SHOWN_BAD]]
    shown += [CardRow("\u2026", words.MORE.format(n=len(skipped) - len(shown)))] if len(skipped) > len(shown) else []
    outcome = next((i["outcome"] for i in items if "outcome" in i), words.ADVANCE)
    text = words.summary(outcome, states.count("decided"), len(skipped), states.count("open"), stopped)
    drafts.forget(scene, batch)
    waiting = len(_planned(scene, rows))
    return say(words.over(text, tuple(shown), waiting), f"do:many:{batch['id']}" if waiting else "")


def _planned(scene: Scene, rows: list[Row]) -> list[Row]:
    """The letters of a batch that haven't gone out yet."""
    decided = {r["interview_id"] for r in rows if r["state"] == "decided"}
    return [x for x in letters.planned(scene.tx, scene.tenant_id) if x["interview_id"] in decided]


def _unsend(scene: Scene, batch: Row, by: str) -> int:
    """Stop the letters of a batch that haven't gone out; how many."""
    rows = scene.tx.find(BatchItem, {"tenant_id": scene.tenant_id, "batch_id": batch["id"]}, "n")
    return sum(letters.stop(scene, letter, by) for letter in _planned(scene, rows))
