"""The HTTP interface of recordings: sending one in pieces, and playing one's own again.

Only a candidate sends recordings, in their own chat, while something listens and they agreed to be recorded
(`bot.recordings.uploads`); only who recorded something plays it here. What belongs to somebody else is not found.
"""

from collections.abc import AsyncIterator, Awaitable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from adapters.web.app import COOKIE, ProblemOut, refuse
from adapters.web.parse import EventId
from bot.app import App
from bot.keyring import Erased
from bot.media.contract import Blob, MediaProblem
from bot.people import Visitor
from bot.recordings import shelf
from bot.recordings.uploads import PIECE, Progress, Uploader, UploadProblem
from bot.store.store import Row, Tx
from bot.web.ranges import part_wanted, ranged
from flows.words import recorder_en as words

MediaType = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x20-\x7e]*$")]
# Why an upload goes no further -> the status and the sentence. Whatever isn't 4xx is worth another try.
_PROBLEMS = {
    "not_found": (404, words.NOT_FOUND),
    "not_listening": (403, words.NOT_LISTENING),
    "offset": (409, words.OFFSET),
    "incomplete": (409, words.INCOMPLETE),
    "used": (409, words.USED),
    "quota": (413, words.QUOTA),
    "many": (429, words.MANY),
    "often": (429, words.OFTEN),
    "full": (507, words.FULL),
}
_RETRY_SECONDS = 60


class RecordingIn(BaseModel):
    """A recording that is going to be sent. `id` is made by the client; the same id is the same upload. `prepared`: a file
    that was made before, not recorded on the page."""

    model_config = ConfigDict(extra="forbid")
    id: EventId
    form: Literal["voice", "video"]
    media_type: MediaType = ""
    prepared: bool = False


class ReceivedOut(BaseModel):
    """The id that the upload has here, and how many bytes of it are safe. `state`: open, whole (all there), done (sent)."""

    id: str
    received: int
    state: str


class DoneIn(BaseModel):
    """How many bytes it has in all, and how long its pieces were on their way altogether, in milliseconds (0: not known)."""

    model_config = ConfigDict(extra="forbid")
    length: int = Field(ge=1)
    took: int = Field(default=0, ge=0, le=86_400_000)


def router(app: App) -> APIRouter:
    """All of it, as documented in docs/reference/web-api.md and /openapi.json."""
    problems: dict[int | str, dict[str, Any]] = {s: {"model": ProblemOut} for s in (401, 404)}
    api, own = APIRouter(prefix="/api/v1", tags=["recordings"], responses=problems), _Recordings(app)
    begun: dict[str, Any] = {"methods": ["POST"], "response_model": ReceivedOut}
    api.add_api_route("/threads/{thread_id}/recordings", own.begin, **begun)
    api.add_api_route("/recordings/{upload_id}", own.state, methods=["GET"], response_model=ReceivedOut)
    api.add_api_route("/recordings/{upload_id}", own.take, methods=["PUT"], response_model=ReceivedOut)
    api.add_api_route("/recordings/{upload_id}/done", own.done, **begun)
    api.add_api_route("/recordings/{upload_id}", own.cancel, methods=["DELETE"], status_code=204)
    api.add_api_route("/recordings/{recording_id}/media", own.media, methods=["GET"], response_class=Response)
    api.add_api_route("/recordings/{recording_id}/poster", own.poster, methods=["GET"], response_class=Response)
    return api


class _Recordings:
    def __init__(self, app: App) -> None:
        self._app = app

    # -- sending ------------------------------------------------------------------------------------------------------

    async def begin(self, thread_id: str, body: RecordingIn, request: Request) -> Response:
        """Begin to send a recording, or find one that was begun. Only in one's own chat, while recordings are answers."""
        who = await self._candidate(request)
        if thread_id != who.thread_id:
            raise refuse(404, "not_found", "There is no such chat here.")
        if body.media_type and not body.media_type.startswith(("audio/", "video/")):
            raise refuse(415, "not_a_recording", words.NOT_A_RECORDING)
        return await self._told(
            self._app.uploads.begin(_uploader(who), body.id, body.form, body.media_type, body.prepared)
        )

    async def state(self, upload_id: str, request: Request) -> Response:
        """How far an upload is."""
        who = await self._candidate(request)
        return await self._told(self._app.uploads.state(_uploader(who), upload_id))

    async def take(self, upload_id: str, request: Request, at: Annotated[int, Query(ge=0)]) -> Response:
        """One piece (the raw bytes, at most 1 MiB) from the offset `at` on. 409 says which offset is the right one."""
        who = await self._candidate(request)
        piece = await _piece(request)
        if piece is None:
            raise refuse(413, "piece_too_large", words.PIECE)
        return await self._told(self._app.uploads.take(_uploader(who), upload_id, at, piece))

    async def done(self, upload_id: str, body: DoneIn, request: Request) -> Response:
        """Everything is sent. Then a `spoke` event with this upload's id makes an answer of it."""
        who = await self._candidate(request)
        return await self._told(self._app.uploads.finish(_uploader(who), upload_id, body.length, body.took))

    async def cancel(self, upload_id: str, request: Request) -> Response:
        """Don't send it after all: nothing of it is kept."""
        who = await self._candidate(request)
        try:
            await self._app.uploads.cancel(_uploader(who), upload_id)
        except UploadProblem as problem:
            return self._refusal(problem)
        return Response(status_code=204)

    # -- playing ------------------------------------------------------------------------------------------------------

    async def media(self, recording_id: str, request: Request) -> Response:
        """One's own recording, or the part of it that a player asks for."""
        row, body = await self._own(recording_id, request)
        if not row["blob"]:
            raise refuse(409, "not_yet", words.NOT_YET)
        blob = Blob(row["blob"], body.blob_key, row["size"], body.mime)

        wanted = part_wanted(request.headers.get("range", ""), blob.size)
        try:  # whether it is still there is known before the answer begins
            rest = self._app.media.stream(blob, *(wanted or (0, 0)))
            first = await anext(rest, b"")
        except MediaProblem as problem:
            raise _unplayable(problem) from None

        async def read(start: int, end: int) -> AsyncIterator[bytes]:
            yield first
            async for piece in rest:
                yield piece

        return ranged(request, blob.size, blob.mime, read)

    async def poster(self, recording_id: str, request: Request) -> Response:
        """A picture of one's own video."""
        row, body = await self._own(recording_id, request)
        if not row["picture"]:
            raise refuse(404, "not_found", words.NOT_YOURS)
        blob = Blob(row["picture"], body.picture_blob_key, 0, "image/jpeg")
        try:
            picture = b"".join([piece async for piece in self._app.media.stream(blob)])
        except MediaProblem as problem:
            raise _unplayable(problem) from None
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _candidate(self, request: Request) -> Visitor:
        bearer = request.headers.get("authorization", "")
        secret = bearer[7:] if bearer.startswith("Bearer ") else request.cookies.get(COOKIE, "")
        who = await self._app.port.caller(secret) if secret else None
        if who is None:
            raise refuse(401, "signed_out", "This page has lost its sign-in. Please open it again from your own link.")
        if who.role != "candidate":
            raise refuse(404, "not_found", words.NOT_YOURS)
        return who

    async def _own(self, recording_id: str, request: Request) -> tuple[Row, shelf.Body]:
        who = await self._candidate(request)

        def look(tx: Tx) -> tuple[Row, shelf.Body] | None:
            row = shelf.get(tx, who.tenant_id, recording_id)
            if row is None or row["person_id"] != who.person_id or row["state"] == shelf.DROPPED:
                return None
            try:
                return row, shelf.opened(tx, self._app.keys, row)
            except Erased:
                return None

        found = await self._app.store.read(look)
        if found is None:
            raise refuse(404, "not_found", words.NOT_YOURS)
        if found[0]["state"] == shelf.GONE:
            raise refuse(410, "gone", words.GONE)
        return found

    async def _told(self, doing: Awaitable[Progress]) -> Response:
        try:
            known = await doing
        except UploadProblem as problem:
            return self._refusal(problem)
        return JSONResponse({"id": known.id, "received": known.received, "state": known.state})

    def _refusal(self, problem: UploadProblem) -> Response:
        large = (413, words.too_large(self._app.settings.recording_megabytes))
        status, say = large if problem.why == "too_large" else _PROBLEMS[problem.why]
        body = {"error": {"code": problem.why, "message": say}, "received": problem.received}
        headers = {"Retry-After": str(_RETRY_SECONDS)} if status == 429 else None
        return JSONResponse(body, status, headers)


def _uploader(who: Visitor) -> Uploader:
    return Uploader(who.tenant_id, who.person_id, who.thread_id)


def _unplayable(problem: MediaProblem) -> HTTPException:
    if problem.why == "gone":
        return refuse(410, "gone", words.GONE)
    return refuse(503, "later", words.NOT_YET)


async def _piece(request: Request) -> bytes | None:
    """The whole body; None when it is longer than a piece may be, of which no more is read."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > PIECE:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > PIECE:
            return None
    return bytes(body)
