"""A recruiter decides: a form or a line, then (where the candidate is told) a preview, and only then it happens.

`bot.funnel.deciding` decides; everything here asks, shows and passes on. What was entered is kept as a draft until it is
confirmed, and looked at again then: somebody else may have decided meanwhile.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot import hiring
from bot.desk import drafts
from bot.desk.sight import MOST_OPTIONS, RECRUITERS, Call, choice, not_found, say, wrong
from bot.funnel import deciding, hours, letters, promising, stages, tap
from bot.scene import Reply
from bot.scorecards import rereading
from bot.store.store import Row
from flows.cards import Card
from flows.words import decision_en as words
from flows.words import desk_en

MOST_LETTER = 3000
OPEN = ("scored", "decided")
_DRAFT = "decision"
_WITHOUT = re.compile(r"\s+without\s+(?:a\s+|any\s+)?(?:letter|message|mail)\b", re.IGNORECASE)
_BECAUSE = re.compile(r"\s+because\s+", re.IGNORECASE)
_ACTS = ("yes", "now", "tomorrow", *words.NOT_SENT)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to decide. seen: how many decisions they knew of; text: their own words for the letter."""

    outcome: str
    reason: str
    seen: int
    text: str = ""


# -- the ways in ------------------------------------------------------------------------------------------


def command(call: Call) -> Reply:
    """`/interview decide NAME`, or `decide NAME: OUTCOME because REASON`, with a letter in the lines below."""
    first, _, text = call.rest.partition("\n")
    name, sep, tail = first.partition(":")
    if not name.strip():
        return wrong(words.HOW)
    found = _named(call, name)
    if isinstance(found, Reply):
        return found
    return _line(call, found, tail, text.strip()) if sep else open_form(call, found)


def _named(call: Call, name: str) -> Row | Reply:
    """The one interview of that name that can be decided about: rather an open one than one to be decided anew."""
    for status in OPEN:
        rows = call.sight.named(name, call.sight.interviews(*RECRUITERS, status=status))
        if len(rows) == 1:
            return rows[0]
        if len(rows) > MOST_OPTIONS:
            return say(desk_en.fits(name.strip(), str(len(rows))))
        if rows:
            options = tuple(choice(call.sight, r) for r in rows)
            return say(desk_en.which(name.strip(), len(rows), options), "do:pick:decide")
    return wrong(words.NOT_DECIDABLE)


def _line(call: Call, interview: Row, tail: str, text: str) -> Reply:
    head, because, reason = _parted(tail)
    alone = _WITHOUT.sub("", f" {head}").strip()
    outcome = outcome_of(alone)
    if not because or not outcome:
        return wrong(words.WHICH_OUTCOME if because else words.HOW)
    wish = Wish(outcome, reason.strip(), _seen(call, interview), text)
    without = alone != head.strip() and outcome == deciding.REJECT
    return _wished(call, interview, wish, without)


def _parted(tail: str) -> tuple[str, bool, str]:
    found = _BECAUSE.search(f" {tail}")
    return (tail, False, "") if found is None else (tail[: found.start()], True, f" {tail}"[found.end() :])


def outcome_of(text: str) -> str:
    """The outcome that a word means ("hire" is an offer), a misspelt one too; "" for none."""
    said = " ".join(text.casefold().split())
    known = {word: outcome for outcome, found in words.NAMES.items() for word in found}
    if said in known:
        return known[said]
    near = difflib.get_close_matches(said, [w for w in known if len(w) > 3], 1, 0.8)
    return known[near[0]] if near else ""


def _seen(call: Call, interview: Row) -> int:
    return len(deciding.of_interview(call.scene.tx, call.scene.tenant_id, interview["id"]))


def open_form(call: Call, interview: Row) -> Reply:
    """The form; where none can be opened, how to write it in a line."""
    name = call.sight.name(interview)
    if interview["status"] not in OPEN:
        return wrong(words.NOT_DECIDABLE)
    if rereading.going_on(interview):
        return wrong(words.READ_AGAIN)
    if not call.forms:
        return wrong(words.HOW.replace("Ada", name))
    return say(_form(call, interview), f"cmd:decide:{interview['id']}.{_seen(call, interview)}")


def _form(call: Call, interview: Row) -> Card:
    return words.form(call.sight.name(interview), *tap.about(call.scene, interview))


def form_card(call: Call) -> Card:
    """The form for the interview that `call.rest` names."""
    interview = call.sight.interview(call.rest.partition(".")[0], *RECRUITERS)
    return _form(call, interview) if interview else words.form("", "", "", "", "")


def begin(call: Call, ids: list[str], option: str) -> Reply:
    """[Decide], wherever it stands."""
    interview = call.sight.interview(ids[0], *RECRUITERS)
    return not_found() if interview is None else open_form(call, interview)


def submit(call: Call, fields: Mapping[str, str]) -> Reply:
    """The form `decide`."""
    interview_id, _, seen = call.rest.partition(".")
    interview = call.sight.interview(interview_id, *RECRUITERS)
    if interview is None or not seen.isdecimal():
        return not_found()
    wish = Wish(fields.get("outcome", ""), fields.get("reason", "").strip(), int(seen))
    refused = _refused(call, interview, wish)
    if refused is not None and refused.code in ("outcome", "reason"):
        return Reply(problems={refused.code: refused.say})
    return _wished(call, interview, wish, False)


# -- before it happens --------------------------------------------------------------------------------------


def _refused(call: Call, interview: Row, wish: Wish) -> deciding.Refused | None:
    requisition = hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"])
    known = (call.scene, requisition, interview, wish.outcome, wish.reason, call.person_id, wish.seen)
    return deciding.may_decide(*known)


def _wished(call: Call, interview: Row, wish: Wish, without: bool) -> Reply:
    """On hold at once, since nobody is told; anything else is shown first. without: no letter is wanted."""
    if (refused := _refused(call, interview, wish)) is not None:
        return wrong(refused.say)
    if len(wish.text) > MOST_LETTER:
        return wrong(words.LETTER_LONG)
    if without and _must_write(call, interview):
        return wrong(words.LETTER_NEEDED)
    name = call.sight.name(interview)
    if wish.outcome == deciding.HOLD:
        return _decided(call, interview, wish, "yes")
    token = f"do:dec:{_kept(call, interview, wish)}"
    if wish.outcome == deciding.ADVANCE:
        requisition = hiring.get_requisition(call.scene.tx, call.scene.tenant_id, interview["requisition_id"])
        stage = stages.next_of(requisition, interview)
        return say(words.advance_sure(name, stage.title, stage.held_by_people), token) if stage else not_found()
    return say(words.why_no_letter(name) if without else _preview(call, interview, wish), token)


def _kept(call: Call, interview: Row, wish: Wish) -> str:
    item = {"interview": interview["id"], "outcome": wish.outcome, "reason": wish.reason, "text": wish.text}
    return drafts.keep(call.scene, call.person_id, _DRAFT, [{**item, "seen": str(wish.seen)}])


def _letter(call: Call, interview: Row, wish: Wish) -> Card:
    card = letters.draft(call.scene, interview, wish.outcome, call.office.company, call.office.contact)
    return letters.reworded(card, wish.text) if wish.text else card


def _preview(call: Call, interview: Row, wish: Wish) -> Card:
    tx, at = call.scene.tx, call.scene.at
    now = hours.awake(tx, interview, at)
    at_once = words.AT_ONCE if now == at else hours.spoken(tx, interview, now)
    later = hours.spoken(tx, interview, hours.tomorrow(tx, interview, at))
    letter = _letter(call, interview, wish)
    optional = wish.outcome != deciding.REJECT or not _must_write(call, interview)
    return words.preview(call.sight.name(interview), wish.outcome, letter, (at_once, later), call.forms, optional)


def _must_write(call: Call, interview: Row) -> bool:
    tx, tenant = call.scene.tx, call.scene.tenant_id
    return deciding.must_write(hiring.get_requisition(tx, tenant, interview["requisition_id"]))


def submit_letter(call: Call, fields: Mapping[str, str]) -> Reply:
    """The form `letter`: other words; they are shown once more before anything is sent."""
    batch = drafts.batch_of(call.scene, call.rest, call.person_id, _DRAFT)
    found = _draft(call, batch)
    if batch is None or found is None:
        return wrong(words.WAS_SETTLED)
    text = fields.get("text", "").strip()
    if not text or len(text) > MOST_LETTER:
        return Reply(problems={"text": words.LETTER_LONG if text else words.LETTER_EMPTY})
    interview, wish = found
    _forget(call, batch)
    return _wished(call, interview, Wish(wish.outcome, wish.reason, wish.seen, text), False)


def letter_form(call: Call) -> Card:
    batch = drafts.batch_of(call.scene, call.rest, call.person_id, _DRAFT)
    found = _draft(call, batch)
    return words.edit_form(_letter(call, *found).text if found else "")


def _draft(call: Call, batch: Row | None) -> tuple[Row, Wish] | None:
    """The interview and the wish of an open draft of this person's; None where it is over, or not theirs any more."""
    if batch is None or batch["state"] != "open" or drafts.is_old(call.scene, batch):
        return None
    item = drafts.item(call.scene, batch, 0)
    interview = call.sight.interview(item["interview"], *RECRUITERS) if item else None
    if item is None or interview is None:
        return None
    return interview, Wish(item["outcome"], item["reason"], int(item["seen"]), item["text"])


def _forget(call: Call, batch: Row) -> bool:
    moved = drafts.move(call.scene, batch, "open", "done")
    drafts.forget(call.scene, batch)
    return moved


# -- it happens -----------------------------------------------------------------------------------------------


def press(call: Call, ids: list[str], option: str) -> Reply:
    """A button under a preview. Pressed twice, it acts once."""
    batch = drafts.batch_of(call.scene, ids[0], call.person_id, _DRAFT)
    found = _draft(call, batch)
    if batch is None or found is None:
        return wrong(words.WAS_SETTLED) if batch else not_found()
    interview, wish = found
    if option == "edit":
        return say(letter_form_of(call, found), f"cmd:letter:{batch['id']}") if call.forms else wrong(words.HOW)
    if option == "none" and wish.outcome == deciding.REJECT and _must_write(call, interview):
        return wrong(words.LETTER_NEEDED)
    if option == "none" and wish.outcome != deciding.ADVANCE:
        return say(words.why_no_letter(call.sight.name(interview)), f"do:dec:{batch['id']}")
    if not _forget(call, batch):
        return wrong(words.WAS_SETTLED)
    if option not in _ACTS:
        return say(desk_en.plain(desk_en.NOTHING_CHANGED))
    return _decided(call, interview, wish, option)


def letter_form_of(call: Call, found: tuple[Row, Wish]) -> Card:
    return words.edit_form(_letter(call, *found).text)


def _decided(call: Call, interview: Row, wish: Wish, option: str) -> Reply:
    """Decide, and say what follows from it."""
    scene, name = call.scene, call.sight.name(interview)
    card, at = None, None
    if option in ("now", "tomorrow"):
        card = _letter(call, interview, wish)
        at = hours.tomorrow(scene.tx, interview, scene.at) if option == "tomorrow" else None
    row = deciding.decide(
        scene, interview, wish.outcome, wish.reason, call.person_id, letter=card, letter_at=at, seen=wish.seen
    )
    if isinstance(row, deciding.Refused):
        return wrong(row.say)
    now = hiring.get_interview(scene.tx, scene.tenant_id, interview["id"])
    if option == "told":
        promising.kept(scene, hiring.set_flags(scene.tx, now, told=scene.at))
    return say(words.decided(name, wish.outcome, _then(call, now, row, option)))


def _then(call: Call, interview: Row, row: Row, option: str) -> str:
    tx, tenant = call.scene.tx, call.scene.tenant_id
    if row["outcome"] == deciding.ADVANCE:
        requisition = hiring.get_requisition(tx, tenant, interview["requisition_id"])
        following = hiring.get_interview(tx, tenant, row["next_interview_id"])
        stage = stages.current(requisition, following)
        return words.then_stage(stage.title, stage.held_by_people)
    if row["outcome"] == deciding.HOLD:
        return words.THEN_HOLD
    if option in words.NOT_SENT:
        return words.THEN_TOLD if option == "told" else words.THEN_OPEN
    planned = letters.of_interview(tx, tenant, interview["id"])[-1]
    due: int = planned["due_at"]
    at_once = due <= call.scene.at
    return words.then_letter(words.AT_ONCE if at_once else hours.spoken(tx, interview, due))
