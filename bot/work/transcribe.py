"""Fetching a recording, keeping it, and finding out what it says.

Every step can be done again: what has been fetched is kept before anybody listens to the end, what has been heard is written
down in one transaction, and a recording that was taken back meanwhile leaves nothing behind.
"""

import asyncio
import base64
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

from adapters.contract import Unfetchable
from bot import hiring
from bot.clock import Clock
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.media.contract import Arrived, Blob, MediaProblem, MediaStore, Opened
from bot.recordings import shelf, transcripts
from bot.recordings.shelf import Body
from bot.recordings.sources import Sources
from bot.settings import Settings
from bot.speech.contract import Ear, EarProblem, Listened, Report
from bot.speech.gates import judge
from bot.store.rows import Conversation, Interview, Recording, Transcript
from bot.store.store import Row, Store, Tx
from bot.work.forget import delete_bytes
from bot.work.job import Job, Later
from flows.requests import Heard, NotHeard, encode_result

log = get("transcribe")
MINUTE = 60_000
_AGAIN_MS = 5_000  # between two tries
_GIVE_UP_MS = 15 * MINUTE  # of trouble on our side; then the person is asked whether we may try once more
_NO_RIGHT_MS = 2 * MINUTE  # of not being allowed to read, which only the operator can change
_TRIES = 3  # of listening, in one go
_SHOWN_MS = 45_000  # from here on the person sees how far it is (`flows.speaking`)
_MEGABYTE = 1_000_000
_OWN_YES = ("practice", "check")  # begun by the candidate, for nobody else to hear


class _Unheard(Exception):
    """Nothing comes of it."""

    def __init__(self, why: str, *figures: float) -> None:
        super().__init__(why)
        self.result = NotHeard(why, figures)


class _NoRight(Later):
    """The platform doesn't let us read it."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One recording to be listened to."""

    row: Row
    body: Body
    ear: Ear
    language: str
    video: bool
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class _Refused:
    """A recording that may not even be fetched."""

    row: Row
    body: Body
    result: NotHeard


class Transcribing:
    """The worker of `Transcribe`. ear: None where nothing listens."""

    def __init__(
        self, store: Store, keys: Keyring, clock: Clock, settings: Settings, media: MediaStore, ear: Ear | None,
        sources: Sources,
    ) -> None:  # fmt: skip
        self._store, self._keys, self._clock, self._settings = store, keys, clock, settings
        self._media, self._ear, self._sources = media, ear, sources
        self._hands = WeakValueDictionary[tuple[str, str], asyncio.Lock]()
        self._now: dict[str, asyncio.Task[Heard | NotHeard]] = {}
        self._since: dict[str, int] = {}  # recording -> since when it is in trouble; waiting for its turn is none

    async def transcribe(self, job: Job, now: int) -> dict[str, Any]:
        """What a recording says, or why that isn't known. Raises `Later` as long as the trouble is ours, and `Erased`."""
        begun = await self._store.read(lambda tx: self._begun(tx, job))
        if isinstance(begun, _Refused):
            return encode_result(await self._given_up(begun.row, begun.body, begun.result))
        if not isinstance(begun, _Task):
            return encode_result(begun)
        own = self._now[begun.row["id"]] = asyncio.create_task(self._whole(begun), name="transcribe")
        try:
            return encode_result(await own)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return encode_result(NotHeard("gone"))  # it was taken back, so nobody waits for this
        finally:
            self._now.pop(begun.row["id"], None)

    def hand(self, row: Row) -> asyncio.Lock:
        """See `bot.work.forget.Stops`."""
        return self._hands.setdefault((row["tenant_id"], row["subject_id"]), asyncio.Lock())

    async def drop(self, recording_id: str) -> None:
        """Stop listening to a recording; afterwards nothing of it is held."""
        own = self._now.get(recording_id)
        if own is not None:
            own.cancel()
            await asyncio.gather(own, return_exceptions=True)

    # -- what there is to do --------------------------------------------------------------------------------------

    def _begun(self, tx: Tx, job: Job) -> "_Task | _Refused | Heard | NotHeard":
        tenant_id, request = job.row["tenant_id"], job.request
        row = shelf.get(tx, tenant_id, request["utterance"])
        if row is None or row["state"] in shelf.OVER:
            return NotHeard("gone")
        if row["state"] == shelf.HEARD and (known := self._known(tx, row)) is not None:
            return known
        if row["state"] == shelf.UNHEARD and row["why"] != "trouble":
            return NotHeard(row["why"])
        body = shelf.opened(tx, self._keys, row)
        if (why := self._refusal(tx, row)) is not None:
            return _Refused(row, body, NotHeard(why))
        assert self._ear is not None

        async def report(part: float) -> None:
            await job.report(round(part * 100), 100)

        shown = report if row["ms"] >= _SHOWN_MS else None
        return _Task(row, body, self._ear, request.get("language", ""), bool(request.get("video")), shown)

    def _refusal(self, tx: Tx, row: Row) -> str | None:
        """Why a recording isn't even fetched; None: it is."""
        talk = tx.one(Conversation, tenant_id=row["tenant_id"], id=row["conversation_id"])
        if talk is None or talk["state"] == "ended":
            return "gone"  # its words could count for nothing any more
        if not _agreed(tx, row):
            return "off"
        if self._ear is None:  # it was promised, and the model may be back tomorrow
            return "trouble"
        return "quota" if _stored(tx, row) + row["size"] > self._settings.recording_quota * _MEGABYTE else None

    def _known(self, tx: Tx, row: Row) -> Heard | None:
        heard = transcripts.of(tx, self._keys, row["tenant_id"], row["id"])
        return heard and Heard(
            heard.text,
            transcripts.language_of(tx, row),
            row["ms"] / 1000,
            row["why"],
            _noticed(shelf.opened(tx, self._keys, row)),
        )

    # -- doing it -------------------------------------------------------------------------------------------------

    async def _whole(self, task: _Task) -> Heard | NotHeard:
        try:
            if task.row["blob"]:
                await self._sources.taken(task.body)  # not when it was kept, if the process ended just then
                heard, clipped = await self._listen_to_kept(task), 0.0
            else:
                task, heard, clipped = await self._fetch_and_listen(task)
        except _Unheard as problem:
            return await self._given_up(task.row, task.body, problem.result)
        except (Later, EarProblem) as problem:
            log.warning("not_transcribed_yet", recording=task.row["id"], problem=type(problem).__name__)
            lasting = isinstance(problem, EarProblem) and not problem.again
            now, longest = self._clock.now(), _NO_RIGHT_MS if isinstance(problem, _NoRight) else _GIVE_UP_MS
            waited = now - self._since.setdefault(task.row["id"], now)
            if lasting or waited >= longest:
                return await self._given_up(task.row, task.body, NotHeard("trouble"))
            # Ever more seldom: two hundred that ask every few seconds would be trouble of their own.
            raise Later(max(_AGAIN_MS, waited // 4)) from None
        self._since.pop(task.row["id"], None)
        return await self._store.commit(lambda tx: self._heard(tx, task, heard, clipped))

    async def _given_up(self, row: Row, body: Body, result: NotHeard) -> NotHeard:
        """Nothing comes of it. What lies with us of it goes, unless it is needed for another try."""
        self._since.pop(row["id"], None)
        result = await self._store.commit(lambda tx: self._nothing(tx, row, result))
        if result.why != "trouble":
            await self._sources.taken(body)
        return result

    async def _fetch_and_listen(self, task: _Task) -> tuple[_Task, Listened, float]:
        """The person waits for the words, so they are made while what is kept is made anew."""
        arrived = await self._arrived(task)
        longest = self._settings.recording_minutes * MINUTE
        sound = self._media.sound(arrived, longest)
        listening = asyncio.create_task(
            task.ear.listen(sound, task.row["ms"], task.language, task.report), name="listen"
        )
        try:
            async with self.hand(task.row):
                opened = await self._media.open(arrived, task.row["subject_id"], video=task.video, longest_ms=longest)
                kept = await self._keep(task, opened)
            await self._sources.taken(task.body)
            try:
                heard = await listening
            except EarProblem as problem:
                if not problem.again:
                    raise
                heard = await self._listen_to_kept(kept)
            return kept, heard, opened.sound.clipped
        except MediaProblem as problem:
            raise _ours(problem) from None
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self._media.discard(arrived)

    async def _arrived(self, task: _Task) -> Arrived:
        limit = self._settings.recording_megabytes * _MEGABYTE
        try:
            return await self._media.receive(self._sources.read(task.row, task.body, limit), limit)
        except Unfetchable as problem:
            if problem.why == "login":  # the right to read may come back with the next set-up
                log.error("recording_not_readable", platform=task.row["source"])
                raise _NoRight(_AGAIN_MS) from None
            if problem.why == "later":
                raise Later(_AGAIN_MS) from None
            raise _Unheard(problem.why, *(_sizes(problem, limit) if problem.why == "too_large" else ())) from None
        except MediaProblem as problem:
            raise _ours(problem) from None

    async def _listen_to_kept(self, task: _Task) -> Listened:
        row = task.row
        blob = Blob(row["blob"], task.body.blob_key, row["size"], task.body.mime)
        for _ in range(_TRIES - 1):
            try:
                return await task.ear.listen(self._media.pcm(blob), row["ms"], task.language, task.report)
            except EarProblem as problem:
                if not problem.again:
                    raise
            except MediaProblem as problem:
                raise _ours(problem) from None
        return await task.ear.listen(self._media.pcm(blob), row["ms"], task.language, task.report)

    # -- writing it down ------------------------------------------------------------------------------------------

    async def _keep(self, task: _Task, opened: Opened) -> _Task:
        """From here on a crash costs no second fetch. What was taken back meanwhile is deleted again."""
        picture = opened.thumbnail
        try:
            kept = await self._store.commit(lambda tx: self._kept(tx, task, opened))
        except Erased:
            kept = None
        if kept is None:
            await delete_bytes(self._store, self._media, task.row, opened.kept.name, picture.name if picture else "")
            raise _Unheard("gone")
        return kept

    def _kept(self, tx: Tx, task: _Task, opened: Opened) -> _Task | None:
        row, picture = task.row, opened.thumbnail
        self._keys.load(tx, row["tenant_id"], row["subject_id"])
        body = replace(
            task.body, mime=opened.kept.mime, key=_text(opened.kept.key), waveform=_text(opened.waveform),
            picture_key=_text(picture.key) if picture else "", hints=opened.hints,
        )  # fmt: skip
        values: Row = {"state": shelf.KEPT, "blob": opened.kept.name, "picture": picture.name if picture else ""}
        values |= {"size": opened.kept.size, "ms": opened.ms}
        values["sealed"] = shelf.sealed(self._keys, row["tenant_id"], row["subject_id"], body)
        row = shelf.change(tx, row, **values)
        return None if row["state"] in shelf.OVER else replace(task, row=row, body=body)

    def _heard(self, tx: Tx, task: _Task, heard: Listened, clipped: float) -> Heard | NotHeard:
        row = task.row
        verdict = judge(replace(heard, ms=row["ms"]), clipped, task.language)
        if verdict.why:
            return self._nothing(tx, row, NotHeard(verdict.why))
        row = shelf.change(tx, row, state=shelf.HEARD, why=verdict.doubt)
        if row["state"] in shelf.OVER:
            return NotHeard("gone")
        words = tuple((w.text, w.start, w.end, w.sure) for w in heard.words)
        segments = tuple((s.start, s.end, s.logprob, s.no_speech, s.compression) for s in heard.segments)
        kept = transcripts.Heard(heard.text, words, segments, heard.speech)
        transcripts.keep(tx, self._keys, row, kept, heard.engine, heard.language, self._clock.now())
        return Heard(heard.text, heard.language, row["ms"] / 1000, verdict.doubt, _noticed(task.body))

    @staticmethod
    def _nothing(tx: Tx, row: Row, result: NotHeard) -> NotHeard:
        if shelf.change(tx, row, state=shelf.UNHEARD, why=result.why)["state"] not in shelf.OVER:
            tx.delete(Transcript, {"tenant_id": row["tenant_id"], "recording_id": row["id"]})
        return result


def _sizes(problem: Unfetchable, limit: int) -> tuple[int, ...]:
    """How many megabytes could be fetched; and how many our own page takes, where that is more."""
    there = problem.limit // _MEGABYTE
    return (there, limit // _MEGABYTE) if 0 < problem.limit < limit else (limit // _MEGABYTE,)


def _ours(problem: MediaProblem) -> Exception:
    """Trouble of ours passes; anything else is about the recording."""
    return Later(_AGAIN_MS) if problem.why == "trouble" else _Unheard(problem.why, *problem.figures)


def _agreed(tx: Tx, row: Row) -> bool:
    """Asked again here, since a consent can be taken back after a recording was sent."""
    if row["purpose"] in _OWN_YES:
        return True
    interview = tx.one(Interview, tenant_id=row["tenant_id"], id=row["interview_id"])
    return interview is not None and hiring.flags(interview).get("consents", {}).get("recording") == "yes"


def _stored(tx: Tx, row: Row) -> int:
    """How many bytes of the candidate's other recordings are kept."""
    rows = tx.find(Recording, {"tenant_id": row["tenant_id"], "subject_id": row["subject_id"]})
    return sum(r["size"] for r in rows if r["blob"] and r["id"] != row["id"] and r["state"] not in shelf.OVER)


def _noticed(body: Body) -> tuple[str, ...]:
    """What whoever plays a recording will notice about it. How it sounds is only told where a microphone is checked."""
    return tuple(h for h in body.hints if h in ("cut_off", "black", "dark", "frozen"))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
