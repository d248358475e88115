"""A live interview that the team reads along, in a thread of the hiring channel, where its requisition allows that.

Questions are mirrored when they are asked and answers when they have closed; nothing that is said beside them, no rating
and no reading of a machine ever is. Each message is a post, a view of the interview's journal: a changed answer changes
its message. Also here: the transcript below the scorecard's post.
"""

import re
from typing import Any, cast

import orjson

from bot import hiring, people
from bot.keyring import Keyring
from bot.scene import Scene
from bot.scorecards import blind, clips, proposing
from bot.store.rows import FactRow, Post
from bot.store.store import Row, Tx
from bot.threads import Conv
from bot.work import proposals
from bot.work.reading import asked_follow_ups, stored_answers
from bot.work.script import counted_wording
from flows.cards import Card
from flows.kits.model import Kit
from flows.ledger import Entry
from flows.rating.text import display
from flows.words import following_en as words

LIVE, LINE = "live", "live_line"  # kinds of posts: the one in the channel, and those in its thread
_ROOTS = {LINE: LIVE, clips.KIND: "scorecard"}  # kind of a post in a thread -> of the one that the thread hangs from
_ASK = ".ask"
_LONGEST = 3_000  # characters of one answer in the thread; the transcript has all of it
# A step whose answer is one to a question of the kit: at first, to a follow-up, or anew in the last look.
_ANSWER = re.compile(r"(?:end\.anew#\d+\.)?([a-z][a-z0-9_]*)(?:\.follow#\d+)?(?:#\d+)?")
# How much of a transcript goes into one message, so that each is one message on its platform; and how many there are.
_ROOM, _ROOM_ELSEWHERE, _MOST_MESSAGES = {"discord": 1_700, "telegram": 3_600}, 8_000, 12


def wanted(scene: Scene, interview: Row) -> bool:
    """Is an interview that begins now to be followed? What its candidate is told stays true for all of it."""
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    return hiring.flow_of(interview) == "interview" and bool(hiring.settings_of(requisition).get("follow"))


# -- effects of the interview's own facts --------------------------------------------------------------------------


def began(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The interview begins: post in the channel that it can be followed there."""
    if interview := _followed(scene, conv):
        _render(scene, LIVE, interview["id"], interview)


def shown(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """A question of the kit is on the screen."""
    if interview := _followed(scene, conv):
        _render(scene, LINE, f"{interview['id']}:{data['question']}{_ASK}", interview)


def answered(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """An answer has closed, for the first time or changed."""
    if _is_answer(data["key"], data["value"]) and (interview := _followed(scene, conv)):
        _render(scene, LINE, f"{interview['id']}:{_base(data['key'])}", interview)


def worded(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The words of a recording were corrected: where they are in an answer, its message says so."""
    holds = (
        e.key
        for e in conv.journal.entries
        if e.kind == "answer" and any(p["u"] == data["value"]["u"] for p in e.data.get("parts", ()))
    )
    if (key := next(holds, "")) and _is_answer(key, {"parts": []}) and (interview := _followed(scene, conv)):
        _render(scene, LINE, f"{interview['id']}:{_base(key)}", interview)


def returned(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """It was decided whether a follow-up is asked."""
    if not (found := proposals.follow_ups([Entry(data["key"], "result", data["value"], scene.at)])):
        return
    question, chosen = found[0]
    interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
    if chosen["is"] == "FollowUp" and chosen["by"] == proposals.TEAM:
        proposing.asked(scene, interview, question, chosen["indicator"], chosen["text"])
    if chosen["is"] == "FollowUp" and _followed(scene, conv):
        _render(scene, LINE, f"{interview['id']}:{data['key']}", interview)


def ended(scene: Scene, conv: Conv, data: dict[str, Any], result: Any) -> None:
    """The interview is over, however that came."""
    interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
    proposing.lapse(scene, interview, name_of(scene.tx, scene.keys, interview))
    if scene.tx.one(Post, tenant_id=scene.tenant_id, kind=LIVE, about=interview["id"]):
        _render(scene, LIVE, interview["id"], interview)


def _followed(scene: Scene, conv: Conv) -> Row | None:
    """The interview, if its candidate was told that it is followed and the team still wants that."""
    if not conv.args.get("followed"):
        return None
    interview = hiring.get_interview(scene.tx, scene.tenant_id, conv.row["interview_id"])
    return interview if wanted(scene, interview) else None


def _render(scene: Scene, kind: str, about: str, interview: Row) -> None:
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    hiring.render_post(scene, kind, about, interview, requisition["channel_id"])


def _base(key: str) -> str:
    return key.partition("@")[0]


def _is_answer(key: str, value: Any) -> bool:
    parts = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return bool(_ANSWER.fullmatch(_base(key))) and bool({"parts", "skipped"} & parts.keys())


# -- the posts -----------------------------------------------------------------------------------------------------


def above(tx: Tx, post: Row) -> str:
    """The message in whose thread a post stands, "" for one of the channel itself."""
    root = _ROOTS.get(post["kind"])
    if root is None:
        return ""
    above = tx.one(Post, tenant_id=post["tenant_id"], kind=root, about=post["interview_id"])
    return above["message_id"] if above else ""


def live_post(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    """The post from which the thread hangs."""
    interview = hiring.get_interview(tx, tenant_id, about)
    name, role = (
        name_of(tx, keys, interview),
        hiring.get_requisition(tx, tenant_id, interview["requisition_id"])["title"],
    )
    if interview["status"] in proposing.GOING_ON:
        return words.live(name, role)
    return words.over(name, role, left=interview["submitted_at"] is None)


def line_post(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    """One question, follow-up or answer of it, as the journal has it now."""
    interview_id, _, key = about.partition(":")
    interview = hiring.get_interview(tx, tenant_id, interview_id)
    kit = hiring.kit_of(hiring.get_requisition(tx, tenant_id, interview["requisition_id"]))
    if key.endswith(_ASK):
        ids = [q.id for q in kit.questions]
        nth = ids.index(key.removesuffix(_ASK))
        return words.question(kit.questions[nth].ask, nth + 1, len(ids))
    conv = proposing.talk(tx, keys, interview)
    found = [e for e in conv.journal.entries if _base(e.key) == key and e.kind in ("answer", "result")] if conv else []
    if conv is None or not found:
        return None
    if found[-1].kind == "result":
        text = found[-1].data["text"]
        return words.follow_up(text, proposing.asked_by(tx, keys, interview).get(text, ""))
    return _answer(tx, keys, conv, interview, found)


def _answer(tx: Tx, keys: Keyring, conv: Conv, interview: Row, found: list[Entry]) -> Card:
    name = name_of(tx, keys, interview)
    parts: list[dict[str, Any]] = list(found[-1].data.get("parts", ()))
    if not parts:
        return words.skipped(name)
    told = [counted_wording(conv, conv.journal.reworded(), p) for p in parts]
    text = display("\n\n".join(told))
    link = f"/review/{interview['id']}" if len(text) > _LONGEST else ""
    anew = len(found) > 1 or found[-1].key.startswith("end.")
    return words.answer(name, f"{text[:_LONGEST]}\u2026" if link else text, anew, link)


def name_of(tx: Tx, keys: Keyring, interview: Row) -> str:
    """Whom the channel reads of: a neutral label where candidates are judged without their names."""
    requisition = hiring.get_requisition(tx, interview["tenant_id"], interview["requisition_id"])
    if blind.hidden(requisition, interview, ""):
        return blind.label(tx, requisition, interview["candidate_id"])
    return people.name_of(tx, keys, interview["tenant_id"], interview["candidate_id"])


# -- the transcript ------------------------------------------------------------------------------------------------


def transcript_thread(scene: Scene, interview: Row, message: str) -> None:
    """Put the transcript into the thread of the scorecard's post (`message`), question by question."""
    requisition = hiring.get_requisition(scene.tx, scene.tenant_id, interview["requisition_id"])
    blocks = _blocks(scene, interview, hiring.kit_of(requisition))
    pieces = _packed(blocks, _ROOM.get(scene.thread["platform"], _ROOM_ELSEWHERE))
    kept = pieces[:_MOST_MESSAGES]
    for n, text in enumerate(kept, 1):
        link = f"/review/{interview['id']}" if n == len(kept) < len(pieces) else ""
        scene.show(
            words.transcript(text, n, len(kept), link),
            subject_id=interview["candidate_id"],
            interview_id=interview["id"],
            step="post.transcript",
            under=message,
        )


def _blocks(scene: Scene, interview: Row, kit: Kit) -> list[str]:
    """One text for each question: what was asked and answered, with its follow-ups."""
    tx, keys = scene.tx, scene.keys
    keys.load(tx, scene.tenant_id, interview["candidate_id"])
    name, by = name_of(tx, keys, interview), proposing.asked_by(tx, keys, interview)
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "name": "submitted"}
    facts = tx.find(FactRow, where, "-at", 1)
    sent: list[dict[str, Any]] = orjson.loads(facts[0]["data"])["answers"] if facts else []
    texts = {u: text for a in stored_answers(tx, keys, interview) for u, text in a.utterances}
    probes = asked_follow_ups(tx, keys, interview)
    blocks: list[str] = []
    for n, told in enumerate(sent, 1):
        lines = [words.asked_line(n, kit.question(told["question"]).ask), _said(name, told["utterances"], texts)]
        # Of follow-ups that were asked and passed over, only the question is known.
        replies = [f["utterances"] for f in told["follow_ups"]]
        for i, probe in enumerate(probes.get(told["question"], ())):
            lines.append(words.follow_up_line(probe, by.get(probe, "")))
            lines.append(_said(name, replies[i] if i < len(replies) else [], texts))
        blocks.append("\n\n".join(lines))
    return blocks


def _said(name: str, utterances: list[str], texts: dict[str, str]) -> str:
    return words.answer_line(name, display("\n".join(texts[u] for u in utterances if u in texts)))


def _packed(blocks: list[str], room: int) -> list[str]:
    """Whole questions side by side as far as they fit; a longer one is cut between lines, else between words."""
    pieces: list[str] = []
    for block in blocks:
        for part in _cut(block, room):
            if pieces and len(pieces[-1]) + len(part) + 2 <= room:
                pieces[-1] += f"\n\n{part}"
            else:
                pieces.append(part)
    return pieces


def _cut(text: str, room: int) -> list[str]:
    parts: list[str] = []
    while len(text) > room:
        at = max(text.rfind("\n", room // 2, room), text.rfind(" ", room // 2, room))
        at = at if at > 0 else room
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*parts, text] if text else parts
