"""Requests that are answered at once, from what is stored: clarifications, what is kept about a candidate and,
without a model, probes.

They run inside the turn that asks (reading only), so that the candidate gets the next question in the same
breath.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from bot import hiring
from bot.keyring import Keyring
from bot.settings import Settings
from bot.store.rows import Consent, Interview, Requisition, TeamQuestion, Utterance
from bot.store.store import Row, Tx
from bot.threads import Conv
from bot.work.proposals import next_proposal
from flows.kits.model import Kit, Question
from flows.rating.evidence import first_missing
from flows.rating.text import content_stems
from flows.recorded.receiving import Received, WhenReceived
from flows.requests import (
    Broadcast,
    ChooseProbe,
    Clarification,
    Clarify,
    EarlierClarifications,
    Enough,
    FollowUp,
    Kept,
    MyData,
    NoClarification,
)
from flows.words import casting_en

ROLE = "role"
_COVER = 0.5
_VAGUE_STEMS = 2
_MOST_EARLIER = 3
KitOf = Callable[[Row], Kit]


class Answers:
    """Instant answers. `kit_of` gives a requisition's frozen kit."""

    def __init__(self, keys: Keyring, kit_of: KitOf, settings: Settings) -> None:
        self._keys, self._kit_of, self._settings = keys, kit_of, settings

    def clarify(self, tx: Tx, *, conv: Conv, request: Clarify) -> Clarification | NoClarification:
        """The kit's own answer to a question back, by the words they share."""
        kit = self._kit_of(self._requisition(tx, conv))
        asked = content_stems(conv.journal.told[request.utterance][-1], kit.languages[0])
        if request.question != ROLE:
            own = _clarification(kit.question(request.question), asked, kit.languages[0])
            if own:
                return Clarification(own)
        fact = _fact(kit, asked)
        return Clarification(fact) if fact else NoClarification()

    def earlier(self, tx: Tx, *, conv: Conv, request: EarlierClarifications) -> Broadcast:
        """What the team told earlier candidates who asked about this question: everybody gets it."""
        tenant_id, requisition = conv.row["tenant_id"], self._requisition(tx, conv)
        where = {"tenant_id": tenant_id, "requisition_id": requisition["id"], "question": request.question}
        rows = [r for r in tx.find(TeamQuestion, where, "asked_at,id") if r["sealed_say"] is not None]
        if not rows:
            return Broadcast()
        self._keys.load(tx, tenant_id, tenant_id)
        said = [cast("dict[str, str]", self._keys.open(tenant_id, tenant_id, r["sealed_say"]))["text"] for r in rows]
        return Broadcast(tuple(dict.fromkeys(said))[-_MOST_EARLIER:])

    def probe(self, tx: Tx, *, conv: Conv, request: ChooseProbe) -> Enough | FollowUp:
        """What the team has proposed, if it fits here; else, without a model, the kit's own probe for the first indicator
        that the answer does not show."""
        kit = self._kit_of(self._requisition(tx, conv))
        wished = next_proposal(tx, self._keys, conv.row, kit, request)
        return wished or choose_probe(kit, request, answer_text(conv, request.utterances))

    def my_data(self, tx: Tx, *, conv: Conv, request: MyData) -> Kept:
        """What is kept about the candidate of this interview, in numbers and days; no words of theirs."""
        tenant_id, interview = conv.row["tenant_id"], conv.row["interview_id"]
        where = {"tenant_id": tenant_id, "interview_id": interview, "person_id": conv.row["subject_id"]}
        said = tx.find(Utterance, {**where, "version": 0}, "at,id")
        rows = tx.find(Consent, {"tenant_id": tenant_id, "interview_id": interview}, "at,id")
        agreed = {r["kind"]: r["answer"] for r in rows if r["answer"] != "given"}  # the newest of each kind
        return Kept(
            messages=len(said),
            since=hiring.day_words(said[0]["at"]) if said else "",
            agreed=tuple(f"{kind}={answer}" for kind, answer in agreed.items()),
            company=self._settings.company,
            role=self._requisition(tx, conv)["title"],
            days=self._settings.retention_days,
            contact=self._settings.contact or casting_en.THE_TEAM,
        )

    def received(self, tx: Tx, *, conv: Conv, request: WhenReceived) -> Received:
        """When the answers arrived: the instant of the turn that asks."""
        interview = hiring.get_interview(tx, conv.row["tenant_id"], conv.row["interview_id"])
        return Received(hiring.spoken(tx, interview, conv.journal.entries[-1].at))

    def _requisition(self, tx: Tx, conv: Conv) -> Row:
        tenant_id = conv.row["tenant_id"]
        interview = tx.one(Interview, tenant_id=tenant_id, id=conv.row["interview_id"])
        row = tx.one(Requisition, tenant_id=tenant_id, id=interview["requisition_id"]) if interview else None
        if row is None:
            raise LookupError("a conversation without its requisition")
        return row


def answer_text(conv: Conv, utterances: tuple[str, ...]) -> str:
    """The newest wording of the bubbles of an answer."""
    return "\n\n".join(conv.journal.told[u][-1] for u in utterances)


def choose_probe(kit: Kit, request: ChooseProbe, text: str) -> Enough | FollowUp:
    """Which indicator to ask for next, inside the kit's bounds; the kit's own words for it."""
    question = kit.question(request.question)
    key = first_missing(question, kit, text, request.asked, Counter(c for c in request.spent if c))
    return FollowUp(key, question.probes[key]) if key else Enough()


def _clarification(question: Question, asked: frozenset[str], language: str) -> str | None:
    """The clarification that shares most words with what was asked. "What do you mean?" gets the first one."""
    if not question.clarifications:
        return None
    best, cover = "", 0.0
    for c in question.clarifications:
        stems = content_stems(c.asks, language)
        share = len(stems & asked) / len(stems) if stems else 0.0
        if share > cover:
            best, cover = c.say, share
    if cover >= _COVER:
        return best
    return question.clarifications[0].say if len(asked) < _VAGUE_STEMS else None


def _fact(kit: Kit, asked: frozenset[str]) -> str | None:
    """The fact about the role whose keywords occur in the question, the most of them first."""
    scored: list[tuple[int, str]] = []
    for fact in kit.facts:
        hits = sum(1 for about in fact.about if (s := content_stems(about, kit.languages[0])) and s <= asked)
        if hits:
            scored.append((hits, fact.say))
    return max(scored, key=lambda x: x[0])[1] if scored else None


def instant(answers: Answers, with_model: bool) -> dict[str, Callable[..., Any]]:
    """Request -> instant answer. With a model, probes are phrased by it and so are not instant."""
    table: dict[str, Callable[..., Any]] = {"Clarify": answers.clarify, "EarlierClarifications": answers.earlier}
    table |= {"MyData": answers.my_data, "WhenReceived": answers.received}
    return table if with_model else {**table, "ChooseProbe": answers.probe}
