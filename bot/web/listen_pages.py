"""What the player on the review page fetches: the sound or the video, its words with their times, captions, the picture.

Who asks is found as for the page itself; what may be heard is asked again at every request (`bot.scorecards.listening`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import orjson
from fastapi import APIRouter, Request, Response

from bot import hiring, people
from bot.app import App
from bot.keyring import Erased
from bot.media.contract import Blob, MediaProblem
from bot.people import Visitor
from bot.recordings import captions, transcripts
from bot.recordings.transcripts import Times
from bot.scene import Scene
from bot.scorecards import listening, moments
from bot.scorecards.listening import Audible
from bot.scorecards.moments import Reader
from bot.store.rows import Thread
from bot.store.store import Row, Tx
from bot.web.ranges import part_wanted, ranged
from flows.words import listen_en

WhoReads = Callable[[str, Request], Awaitable[Reader | Visitor | None]]
_ENDINGS = {"audio/ogg": "ogg", "video/mp4": "mp4", "video/webm": "webm"}
_NONE = Response(status_code=404)


@dataclass(frozen=True, slots=True)
class _Found:
    interview: Row
    heard: Audible
    known: bool  # that this reader heard it is written down already


def router(app: App, who: WhoReads) -> APIRouter:
    """All of it. who: finds the reader behind a request for an interview's page."""
    api, own = APIRouter(include_in_schema=False), _Player(app, who)
    base = "/review/{interview_id}/recordings/{utterance}"
    api.add_api_route(f"{base}/media", own.media, methods=["GET"])
    api.add_api_route(f"{base}/poster", own.poster, methods=["GET"])
    api.add_api_route(f"{base}/words", own.words, methods=["GET"])
    api.add_api_route(f"{base}/captions.vtt", own.captions, methods=["GET"])
    api.add_api_route(f"{base}/file", own.file, methods=["GET"])
    return api


class _Player:
    def __init__(self, app: App, who: WhoReads) -> None:
        self._app, self._who = app, who

    async def media(self, interview_id: str, utterance: str, request: Request) -> Response:
        """The recording, or the part of it that a player asks for."""
        reader, found = await self._found(interview_id, utterance, request)
        if reader is None or found is None:
            return _NONE
        if not found.known:
            await self._note(reader, found, taken=False)
        return await self._bytes(request, found, "")

    async def file(self, interview_id: str, utterance: str, request: Request) -> Response:
        """The recording to keep, for recruiters and admins; that they did is written down."""
        reader, found = await self._found(interview_id, utterance, request)
        if reader is None or found is None:
            return _NONE
        recruits = await self._app.store.read(lambda tx: moments.may_record(tx, found.interview, reader.person_id))
        if not recruits:
            return _NONE
        await self._note(reader, found, taken=True)
        name = listen_en.file_name(utterance[2:10], _ENDINGS.get(_blob(found).mime, "bin"))
        return await self._bytes(request, found, name)

    async def words(self, interview_id: str, utterance: str, request: Request) -> Response:
        """`{"words": [[first character, the one after the last, from ms, to ms], ...]}` of the wording that counts."""
        reader, found = await self._found(interview_id, utterance, request)
        if reader is None or found is None:
            return _NONE
        return _kept(orjson.dumps({"words": await self._times(reader, found)}), "application/json")

    async def captions(self, interview_id: str, utterance: str, request: Request) -> Response:
        reader, found = await self._found(interview_id, utterance, request)
        if reader is None or found is None:
            return _NONE
        times = await self._times(reader, found)
        return _kept(captions.webvtt(found.heard.text, times).encode(), "text/vtt; charset=utf-8")

    async def poster(self, interview_id: str, utterance: str, request: Request) -> Response:
        """A picture of a video, to be seen before it plays."""
        _, found = await self._found(interview_id, utterance, request)
        if found is None or not found.heard.row["picture"]:
            return _NONE
        blob = Blob(found.heard.row["picture"], found.heard.body.picture_blob_key, 0, "image/jpeg")
        try:
            picture = b"".join([piece async for piece in self._app.media.stream(blob)])
        except MediaProblem as problem:
            return _trouble(problem)
        return _kept(picture, "image/jpeg")

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _bytes(self, request: Request, found: _Found, name: str) -> Response:
        """The part that was asked for, as it is read. Whether it is still there is known before the answer begins."""
        blob = _blob(found)
        wanted = part_wanted(request.headers.get("range", ""), blob.size)
        try:
            rest = self._app.media.stream(blob, *(wanted or (0, 0)))
            first = await anext(rest, b"")
        except MediaProblem as problem:
            return _trouble(problem)
        return ranged(request, blob.size, blob.mime, lambda _start, _end: _from(first, rest), name=name)

    async def _times(self, reader: Reader | Visitor, found: _Found) -> Times:
        """When each word is spoken. An hour has many words, and they aren't compared where everybody waits for it."""
        app, utterance = self._app, found.heard.row["id"]
        heard = await app.store.read(lambda tx: transcripts.of(tx, app.keys, reader.tenant_id, utterance))
        return await asyncio.to_thread(transcripts.aligned, heard.words, found.heard.text) if heard else []

    async def _found(
        self, interview_id: str, utterance: str, request: Request
    ) -> tuple[Reader | Visitor | None, _Found | None]:
        reader = await self._who(interview_id, request)
        if reader is None:
            return None, None
        return reader, await self._app.store.read(lambda tx: self._look(tx, reader, interview_id, utterance))

    def _look(self, tx: Tx, reader: Reader | Visitor, interview_id: str, utterance: str) -> _Found | None:
        keys = self._app.keys
        try:
            interview = hiring.get_interview(tx, reader.tenant_id, interview_id)
            heard = listening.audible(tx, keys, interview, reader.person_id, utterance)
            if heard is None:
                return None
            return _Found(interview, heard, listening.known(tx, interview, reader.person_id, utterance))
        except (LookupError, Erased):
            return None

    async def _note(self, reader: Reader | Visitor, found: _Found, *, taken: bool) -> None:
        app = self._app

        def write(tx: Tx) -> None:
            chat = people.thread_of(tx, reader.tenant_id, reader.person_id)
            row = tx.find(Thread, {"tenant_id": reader.tenant_id, "id": chat})[0]
            scene = Scene(tx, app.keys, app.ids, row, app.clock.now())
            listening.noted(scene, found.interview, reader.person_id, found.heard.row["id"], taken=taken)

        await app.store.commit(write)


def _blob(found: _Found) -> Blob:
    row, body = found.heard.row, found.heard.body
    return Blob(row["blob"], body.blob_key, row["size"], body.mime)


def _trouble(problem: MediaProblem) -> Response:
    return Response(status_code=404 if problem.why == "gone" else 503)


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _kept(data: bytes, mime: str) -> Response:
    return Response(data, media_type=mime, headers={"Cache-Control": "private, no-store"})
