"""The sounds of a card, made when it is delivered: words read aloud by an automated voice, and pieces of recordings.

A sound never costs its message: everything here has a time limit, and what can't be made is left out. Whether a recording
may still be heard is asked of what is stored at that very moment.
"""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from adapters.contract import Audio
from bot.keyring import Erased, Keyring
from bot.log import get
from bot.media.contract import Blob, Clip, MediaProblem, MediaStore
from bot.recordings import shelf
from bot.scorecards import listening
from bot.settings import Settings
from bot.speech.contract import EarProblem, Voice
from bot.speech.voices import local_voice, readable
from bot.store.rows import Interview
from bot.store.store import Lru, Row, Store, Tx
from flows.cards import Sound
from flows.cards import from_json as card_from

log = get("sounds")
MIME = "audio/ogg"
SAY_SECONDS, CLIP_SECONDS = 4.0, 8.0  # that a message waits for its sounds: the next question must not be late
_REST_SECONDS = 60.0  # without a voice, after one that failed: else every message would wait for it
_AT_ONCE = 2
_REMEMBERED = 64  # syntheses in memory, 30 kB each
_MOST_KEPT = 200_000_000  # bytes of them on disk
_MOST_SOUNDS = 10  # of one message


def voice_of(settings: Settings) -> Voice | None:
    """What reads aloud, by the settings; None where nobody does."""
    hosted = settings.voice in ("auto", "server") and bool(settings.voice_base_url)
    if hosted:
        # Imported only where a server is configured: its client alone takes longer to load than all of Parley.
        from bot.work.hosted_voice import hosted_voice

        return hosted_voice(settings)
    return None if settings.voice in ("off", "server") else local_voice(settings)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole recording, to be read piece by piece from the store."""

    blob: Blob


class Sounds:
    """Makes the sounds of messages. `voice`: None where nobody reads aloud. folder: where the kits' words are kept."""

    def __init__(self, store: Store, keys: Keyring, media: MediaStore, voice: Voice | None, folder: Path) -> None:
        self._store, self._keys, self._media, self._voice = store, keys, media, voice
        self._kept = Kept(folder)
        self._memory: Lru[Clip] = Lru(_REMEMBERED)
        self._making: dict[str, asyncio.Task[Clip | None]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._rests_until = 0.0

    @property
    def speaks(self) -> bool:
        """Is there anything that reads aloud?"""
        return self._voice is not None

    async def of_message(self, message: Row, card: dict[str, Any] | None) -> tuple[Audio, ...]:
        """The sounds of a message that is about to be sent on a chat platform; those that could be made in time.

        message: its row. The reader's own recordings are left out: they stand in the very chat.
        """
        wanted = [s for s in card_from(card).sounds if not s.own][:_MOST_SOUNDS] if card and card.get("sounds") else []
        if not wanted:
            return ()
        limit = CLIP_SECONDS if any(s.recording for s in wanted) else SAY_SECONDS
        tasks = [asyncio.create_task(self._one(message, sound), name="sound") for sound in wanted]
        try:
            await asyncio.wait(tasks, timeout=limit)
        finally:
            late = sum(task.cancel() for task in tasks)
        if late:
            log.warning("sounds_late", message=message["id"], count=late)
        made = [(s, _result(t)) for s, t in zip(wanted, tasks, strict=True)]
        return tuple(Audio(s.label, c.data, c.seconds, c.waveform) for s, c in made if c is not None)

    async def on_page(self, message: Row, card: dict[str, Any], nth: int) -> Clip | Whole | None:
        """Sound `nth` of a message, for a page that plays it; None where there is nothing (any more) to be heard."""
        sounds = card_from(card).sounds
        if not 0 <= nth < len(sounds):
            return None
        sound = sounds[nth]
        if sound.recording and not (sound.start or sound.end):
            blob = await self._store.read(lambda tx: self._allowed(tx, message, sound.recording))
            if blob is not None and blob.mime == MIME:
                return Whole(blob)
        try:
            async with asyncio.timeout(CLIP_SECONDS):
                return await self._one(message, sound)
        except TimeoutError:
            return None

    def bytes_of(self, whole: Whole, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of a whole recording from `start` up to `end` (not included)."""
        return self._media.stream(whole.blob, start, end)

    async def close(self) -> None:
        """Stop what is being made."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if (aclose := getattr(self._voice, "aclose", None)) is not None:
            await aclose()

    async def _one(self, message: Row, sound: Sound) -> Clip | None:
        if sound.recording:
            return await self._clip(message, sound)
        return await self._spoken(sound) if sound.say else None

    # -- recordings ---------------------------------------------------------------------------------------------------

    async def _clip(self, message: Row, sound: Sound) -> Clip | None:
        """Made anew each time: nobody's voice stays in memory."""
        blob = await self._store.read(lambda tx: self._allowed(tx, message, sound.recording))
        if blob is None:
            return None
        try:
            return await self._media.clip(blob, sound.start, sound.end)
        except MediaProblem as problem:
            log.warning("no_clip", recording=sound.recording, why=problem.why)
            return None

    def _allowed(self, tx: Tx, message: Row, recording_id: str) -> Blob | None:
        """May this recording be heard in this message? In its own chat as long as it is there; elsewhere only what answers
        an interview, and may be heard by those who read in the channel."""
        row = shelf.get(tx, message["tenant_id"], recording_id)
        if row is None or not row["blob"] or row["state"] in shelf.OVER or row["subject_id"] != message["subject_id"]:
            return None
        if row["thread_id"] != message["thread_id"]:
            interview = tx.one(Interview, tenant_id=row["tenant_id"], id=row["interview_id"])
            if row["purpose"] != "answer" or interview is None or listening.kept_from(tx, interview, ""):
                return None
        try:
            body = shelf.opened(tx, self._keys, row)
        except Erased:
            return None
        return Blob(row["blob"], body.blob_key, row["size"], body.mime)

    # -- the voice ----------------------------------------------------------------------------------------------------

    async def _spoken(self, sound: Sound) -> Clip | None:
        """The words read aloud. The same words for two people at once are made once, and who stops waiting stops nobody."""
        if self._voice is None or not (words := readable(sound.say)):
            return None
        language = sound.language or "en"
        key = hashlib.sha256("\0".join((self._voice.name, language, words)).encode()).hexdigest()
        if (known := self._memory.take(key)) is not None:
            return known
        if (task := self._making.get(key)) is None:
            task = asyncio.create_task(
                self._made(key, self._voice, words, language, sound.keep), name=f"voice {key[:8]}"
            )
            self._making[key] = task
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(task)

    async def _made(self, key: str, voice: Voice, words: str, language: str, keep: bool) -> Clip | None:
        if keep and (found := await asyncio.to_thread(self._kept.take, key)) is not None:
            self._memory.keep(key, found)
            return found
        loop = asyncio.get_running_loop()
        if loop.time() < self._rests_until:
            return None
        try:
            async with self._gate:
                began = loop.time()
                clip = await self._media.encode(await voice.say(words, language))
        except (EarProblem, MediaProblem) as problem:
            log.warning("not_spoken", voice=voice.name, why=str(problem))
            if isinstance(problem, EarProblem) and problem.again:
                self._rests_until = loop.time() + _REST_SECONDS
            return None
        if loop.time() - began > SAY_SECONDS:  # overloaded: the next questions come without waiting for it
            self._rests_until = loop.time() + _REST_SECONDS
        self._memory.keep(key, clip)
        if keep:
            await asyncio.to_thread(self._kept.keep, key, clip)
        return clip


def _result(task: "asyncio.Task[Clip | None]") -> Clip | None:
    """What became of it; a mistake of ours is written down and costs the sound alone."""
    if not task.done() or task.cancelled():
        return None
    if (mistake := task.exception()) is not None:
        log.error("sound_failed", kind=type(mistake).__name__)
        return None
    return task.result()


class Kept:
    """Syntheses on disk: a line of JSON and the sound. The longest unused go when there are too many."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, key: str) -> Clip | None:
        path = self._folder / key
        try:
            head, _, data = path.read_bytes().partition(b"\n")
            told = orjson.loads(head)
            clip = Clip(data, float(told["seconds"]), bytes(told["waveform"]))
            if len(data) != told["bytes"]:
                raise ValueError(key)
            os.utime(path)  # it was wanted again
        except OSError:
            return None
        except (ValueError, TypeError, KeyError):  # cut off, say: it is made anew
            path.unlink(missing_ok=True)
            return None
        return clip

    def keep(self, key: str, clip: Clip) -> None:
        """Write it down, whole or not at all; a disk that is full costs the next one a synthesis and nothing else."""
        head = {"seconds": clip.seconds, "waveform": list(clip.waveform), "bytes": len(clip.data)}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, made = tempfile.mkstemp(dir=self._folder, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(orjson.dumps(head) + b"\n" + clip.data)
                os.replace(made, self._folder / key)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(made)
                raise
            self._prune()
        except OSError as problem:
            log.warning("voice_not_kept", why=problem.strerror or "")

    def _prune(self) -> None:
        found = sorted(((s.st_mtime, s.st_size, p) for p in self._folder.iterdir() if (s := p.stat())), reverse=True)
        room = _MOST_KEPT
        for _, size, path in found:
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)
