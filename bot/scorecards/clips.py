"""Short pieces of recordings: the quoted evidence of an open scorecard, in the thread of its post.

One post for each competency, made when somebody of the panel asks. As every post it is a view of what is stored: covered
while a second person reads, taken back with the candidate, and out of date when the quotes are other ones.
"""

from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

import orjson

from bot import hiring
from bot.keyring import Keyring
from bot.recordings import transcripts
from bot.scene import Reply, Scene
from bot.scorecards import post, rating, rereading, spoken
from bot.store.rows import Outbox, Post, Recording
from bot.store.store import Row, Tx
from bot.work.script import counted_wordings
from flows.cards import Card, Quote, Sound
from flows.cards import to_json as card_json
from flows.rating.card import MachineMark
from flows.rating.text import display
from flows.words import clips_en as words
from flows.words import panel_en

KIND = "clip"  # of its posts; each is about "interview:competency:which quotes"
AROUND_MS = 400  # before and after the words
SHORTEST_MS, LONGEST_MS = 3_000, 20_000
MOST, MOST_EACH = 8, 2  # clips of one interview, and of one competency
_LABEL = 90  # characters


@dataclass(frozen=True, slots=True)
class Clip:
    """One quote and where it is spoken: from `start` to `end` (ms) of its recording."""

    mark: MachineMark
    recording: str
    start: int
    end: int


def clips_of(tx: Tx, keys: Keyring, interview: Row) -> dict[str, tuple[str, tuple[Clip, ...]]]:
    """Competency -> (its title, its clips), for everybody in the channel; empty before the reveal and while it is covered."""
    if interview["revealed_at"] is None or interview["status"] == "withdrawn" or rereading.going_on(interview):
        return {}
    machine = post.panel_state(tx, keys, interview).machine
    marks = spoken.quoted(tx, interview, machine)
    texts = counted_wordings(tx, keys, interview) if marks else {}
    found: dict[str, list[Clip]] = {key: [] for key in marks}
    for nth in range(MOST_EACH):  # one of each competency before a second one of any
        for key, quotes in marks.items():
            if nth < len(quotes) and sum(map(len, found.values())) < MOST:
                found[key] += _clip(tx, keys, interview, quotes[nth], texts)
    titles = {r.competency: r.title for r in machine.results} if machine else {}
    return {key: (titles[key], tuple(clips)) for key, clips in found.items() if clips}


def _clip(tx: Tx, keys: Keyring, interview: Row, mark: MachineMark, texts: dict[str, str]) -> list[Clip]:
    """The clip of a quote; nothing where it isn't known when its words were spoken."""
    assert mark.span is not None, "only quotes with a place are asked about"
    u, tenant_id = mark.span.utterance_id, interview["tenant_id"]
    row = tx.one(Recording, tenant_id=tenant_id, id=u)
    times = transcripts.times(tx, keys, tenant_id, u, texts[u]) if u in texts else []
    place = transcripts.stretch(times, mark.span.start, mark.span.end)
    return [Clip(mark, u, *around(*place, row["ms"]))] if row is not None and place else []


def around(start: int, end: int, ms: int) -> tuple[int, int]:
    """The piece of a recording of `ms` length that is heard for the words from `start` to `end`: with a little before and
    after them, long enough to be understood and short enough to be listened to."""
    start, end = max(start - AROUND_MS, 0), min(end + AROUND_MS, ms)
    missing = SHORTEST_MS - (end - start)
    if missing > 0:
        start = max(min(start - missing // 2, ms - SHORTEST_MS), 0)
        end = min(start + SHORTEST_MS, ms)
    return start, min(end, start + LONGEST_MS)


def asked(scene: Scene, person: str, interview: Row) -> Reply:
    """Somebody wants to hear the evidence: post what isn't there yet."""
    if not rating.may_read(scene.tx, interview, person):
        return _say(words.NOT_YOURS)
    if not rating.may_see_cards(scene.tx, interview, person) or rereading.going_on(interview):
        return _say(words.NOT_OPEN)
    if spoken.nameless(scene.tx, interview):
        return _say(words.NAMELESS)
    found = clips_of(scene.tx, scene.keys, interview)
    if not found:
        return _say(words.NONE)
    where = {"tenant_id": scene.tenant_id, "interview_id": interview["id"], "kind": KIND}
    there = {p["about"] for p in scene.tx.find(Post, where)}
    new = {a: c for key, (_, c) in found.items() if (a := _about(interview, key, c)) not in there}
    for about in new:
        hiring.render_post(scene, KIND, about, interview, scene.thread["id"])
    if new:
        heard = sorted({c.recording for clips in new.values() for c in clips})
        scene.fact("evidence_shared", interview["id"], person_id=person, recordings=heard)
    return Reply(Card(words.COMING if new else words.THERE, tone="aside"))


def view(tx: Tx, keys: Keyring, tenant_id: str, about: str) -> Card | None:
    """The post of one competency from what is stored now."""
    interview_id, key, _ = about.split(":")
    interview = hiring.get_interview(tx, tenant_id, interview_id)
    if interview["status"] == "withdrawn":
        return Card(words.TAKEN_BACK, tone="aside")
    if rereading.going_on(interview):
        return Card(words.COVERED, tone="aside")
    title, clips = clips_of(tx, keys, interview).get(key, ("", ()))
    if not clips or _about(interview, key, clips) != about:
        return Card(words.NOT_NOW, tone="aside")
    quotes = tuple(Quote(display(c.mark.quote), panel_en.indicator(c.mark.text)) for c in clips)
    return Card(
        words.of_competency(title, len(clips)), quotes=quotes, sounds=tuple(map(_sound, clips)), foot=words.ONLY_WORDS
    )


def follow(scene: Scene, interview: Row) -> None:
    """The scorecard's post is computed again: so are the clips below it, where that changes what they show."""
    where = {
        "tenant_id": scene.tenant_id,
        "interview_id": interview["id"],
        "kind": KIND,
        "thread_id": scene.thread["id"],
    }
    for shown in scene.tx.find(Post, where, "at,id"):
        card = view(scene.tx, scene.keys, scene.tenant_id, shown["about"])
        if (
            shown["message_id"]
            and card is not None
            and orjson.loads(orjson.dumps(card_json(card))) != _shown(scene, shown, interview)
        ):
            about = {"subject_id": interview["candidate_id"], "interview_id": interview["id"]}
            scene.edit(shown["message_id"], card, token=shown["id"], **about)


def _shown(scene: Scene, shown: Row, interview: Row) -> Any:
    """The card that a post shows, by what was sent last."""
    tenant_id, subject = scene.tenant_id, interview["candidate_id"]
    edits = scene.tx.find(Outbox, {"tenant_id": tenant_id, "target": shown["message_id"], "act": "edit"}, "-seq", 1)
    rows = edits or scene.tx.find(Outbox, {"tenant_id": tenant_id, "id": shown["message_id"]})
    scene.keys.load(scene.tx, tenant_id, subject)
    return scene.keys.open(tenant_id, subject, rows[0]["body"]) if rows and rows[0]["body"] else None


def _about(interview: Row, key: str, clips: tuple[Clip, ...]) -> str:
    places = " ".join(f"{c.recording} {c.start} {c.end}" for c in clips)
    return f"{interview['id']}:{key}:{blake2s(places.encode(), digest_size=4).hexdigest()}"


def _sound(clip: Clip) -> Sound:
    name = clip.mark.text if len(clip.mark.text) <= _LABEL else f"{clip.mark.text[: _LABEL - 1]}\u2026"
    seconds = max(1, round((clip.end - clip.start) / 1000))
    return Sound(words.label(name, seconds), recording=clip.recording, start=clip.start, end=clip.end)


def _say(text: str) -> Reply:
    return Reply(Card(text, tone="aside"))
