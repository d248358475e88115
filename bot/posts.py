"""Channel posts are views of stored state: computed, posted once, edited after. `VIEWS` is the visible table."""

from collections.abc import Callable
from typing import cast

from bot import hiring, people
from bot.calibration import drill
from bot.keyring import Keyring
from bot.scorecards import clips, debrief, following
from bot.scorecards.post import channel_post, panel_state
from bot.store.rows import FactRow, TeamQuestion, Utterance
from bot.store.store import Row, Tx
from flows.cards import Card, Quote
from flows.rating.text import display
from flows.words import panel_en as words


def question_post(tx: Tx, keys: Keyring, asked: Row) -> Card:
    """A candidate's question in the channel: who can answer it does so by replying."""
    interview = hiring.get_interview(tx, asked["tenant_id"], asked["interview_id"])
    keys.load(tx, asked["tenant_id"], interview["candidate_id"])
    said = tx.find(Utterance, {"tenant_id": asked["tenant_id"], "id": asked["utterance_id"]}, "-version")
    text = cast("str", keys.open(asked["tenant_id"], said[0]["subject_id"], said[0]["body"])) if said else ""
    candidate = people.name_of(tx, keys, asked["tenant_id"], interview["candidate_id"])
    if asked["answered_at"] is None:
        return Card(words.asks(candidate), quotes=(Quote(display(text), candidate),), foot=words.REPLY_HINT)
    who = people.name_of(tx, keys, asked["tenant_id"], asked["answered_by"])
    return Card(
        words.asks(candidate), tone="done", quotes=(Quote(display(text), candidate),), foot=words.passed_on(who)
    )


def notice_post(tx: Tx, keys: Keyring, fact: Row) -> Card:
    """Something the team should know and somebody should take: a wish for a person, a withdrawal."""
    interview = hiring.get_interview(tx, fact["tenant_id"], fact["interview_id"])
    return words.notice(fact["name"], people.name_of(tx, keys, fact["tenant_id"], interview["candidate_id"]))


def _scorecard(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    return channel_post(panel_state(tx, keys, hiring.get_interview(tx, tenant_id, about)))


def _question(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    asked = tx.one(TeamQuestion, tenant_id=tenant_id, id=about)
    return question_post(tx, keys, asked) if asked else None


def _notice(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    fact = tx.one(FactRow, tenant_id=tenant_id, id=about)
    return notice_post(tx, keys, fact) if fact else None


# Kind of a post -> its card from what is stored now; None when what it is about is gone.
VIEWS: dict[str, Callable[[Tx, Keyring, str, str], Card | None]] = {
    "scorecard": _scorecard,
    "question": _question,
    "notice": _notice,
    following.LIVE: following.live_post,
    following.LINE: following.line_post,
    debrief.KIND: debrief.debrief_post,
    clips.KIND: clips.view,
    "drill": drill.view,
}


def view(tx: Tx, keys: Keyring, tenant_id: str, kind: str, about: str) -> Card | None:
    """A post's card from what is stored now; None when what it is about is gone, or its kind isn't known."""
    found = VIEWS.get(kind)
    return found(tx, keys, tenant_id, about) if found else None
