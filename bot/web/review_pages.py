"""The review page of one interview, what is done on it, and the link that leads one person there.

Somebody comes with their session of the team's pages, or with the cookie that their own link became: that one opens one
interview's page for some hours and nothing else. Looking at a link never uses it up, since previews look too.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from adapters.web.app import COOKIE
from bot import hiring, people
from bot.app import App
from bot.mail import Mail
from bot.people import Refused, Visitor
from bot.scene import Scene
from bot.scorecards import comments, moments, papers, rating, record_paper
from bot.scorecards.moments import Reader
from bot.store.rows import Post, Thread
from bot.store.store import Row, Tx
from bot.web import listen_pages, review_view
from bot.web.body import bounded
from bot.web.pages import page, problem
from flows.words import listen_en, pages_en, record_en, review_en
from flows.words import review_page_en as words

Unit = Callable[[Scene, Row, Reader | Visitor], str | Refused]
Body = TypeVar("Body", bound=BaseModel)
READING = "parley_reading"
_VOTES = ("", *(option.id for option in review_en.recommendations(neutral=True)))
Id = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Why = Annotated[str, StringConstraints(max_length=3000)]


class RemarkIn(BaseModel):
    """A remark: on `start` to `end` of an utterance (0, 0: all of it), or `under` another one. `event` names it."""

    event: Id
    utterance: str = Field(default="", max_length=80)
    start: int = 0
    end: int = 0
    under: str = Field(default="", max_length=80)
    text: str = Field(max_length=20_000)


class RatedIn(BaseModel):
    """One competency of a draft. `level`: "1" to "5", "none" (no basis), or "" (not chosen yet)."""

    level: str = Field(default="", pattern="^([1-5]|none|)$")
    why: Why = ""


class DraftIn(BaseModel):
    """A draft of a rating, as far as it goes."""

    ratings: dict[str, RatedIn] = Field(max_length=40)
    recommendation: str = Field(default="", max_length=20)


def router(app: App, version: str, demo_reader: str = "") -> APIRouter:
    """All of it.

    demo_reader: a session to read with where the browser's own may not; only the demo gives one, because there one
    browser is everybody.
    """
    api, own = APIRouter(include_in_schema=False), _Pages(app, version, demo_reader)
    api.add_api_route("/r/{secret}", own.link, methods=["GET"])
    api.add_api_route("/r/{secret}", own.come_in, methods=["POST"])
    api.add_api_route("/review/{interview_id}", own.review, methods=["GET"])
    api.add_api_route("/review/{interview_id}/record.pdf", own.record, methods=["GET"])
    api.add_api_route("/review/{interview_id}/remarks", own.remarks, methods=["GET"])
    api.add_api_route("/review/{interview_id}/remarks", own.remark, methods=["POST"])
    api.add_api_route("/review/{interview_id}/remarks/{remark_id}", own.take_back, methods=["DELETE"])
    api.add_api_route("/review/{interview_id}/draft", own.draft, methods=["POST"])
    api.add_api_route("/review/{interview_id}/rate", own.rate, methods=["POST"])
    api.include_router(listen_pages.router(app, own.reader))
    return api


class _Pages:
    def __init__(self, app: App, version: str, demo_reader: str) -> None:
        self._app, self._version, self._demo_reader = app, version, demo_reader

    # -- one person's link ------------------------------------------------------------------------------------------

    async def link(self, secret: str) -> Response:
        found = await self._app.store.read(lambda tx: moments.look(tx, secret, self._app.clock.now()))
        if isinstance(found, Refused):
            return self._spent()
        title, text = words.LINK_TITLE, words.LINK_TEXT
        shown = {"title": title, "message": text, "action": f"/r/{secret}", "go": words.LINK_OPEN}
        return page("problem.html", self._version, remedy="", **shown)

    async def come_in(self, secret: str) -> Response:
        used = await self._app.store.commit(
            lambda tx: moments.redeem(tx, self._app.ids, secret, self._app.clock.now())
        )  # fmt: skip
        if isinstance(used, Refused):
            return self._spent()
        link, held = used
        where = f"/review/{link['interview_id']}"
        answer = RedirectResponse(where, 303)
        secure = self._app.settings.public_url.startswith("https://")
        answer.set_cookie(
            READING, held, max_age=moments.HOURS * 3600, httponly=True, samesite="lax", secure=secure, path=where
        )  # fmt: skip
        return answer

    def _spent(self) -> Response:
        return problem(self._version, 410, words.LINK_SPENT_TITLE, words.LINK_SPENT)

    # -- the page -----------------------------------------------------------------------------------------------------

    async def review(self, interview_id: str, request: Request) -> Response:
        reader = await self.reader(interview_id, request)
        found = reader and await self._app.store.read(lambda tx: review_view.view(self._app, tx, reader, interview_id))
        if not found:
            return problem(self._version, 404, pages_en.NOT_HERE, pages_en.NOT_HERE_TEXT, words.ASK_FOR_ONE)
        answer = page(
            "review.html",
            self._version,
            words=words,
            listen=listen_en,
            on_team_page=self._on_team_page(request, reader),
            **found,
        )
        answer.headers["Cache-Control"] = "no-store"  # somebody's words don't stay behind in a browser
        return answer

    def _on_team_page(self, request: Request, reader: Reader | Visitor | None) -> bool:
        """Has this browser a chat of its own to go on in? The demo's has none but on the demo's page."""
        return isinstance(reader, Visitor) and bool(request.cookies.get(COOKIE))

    async def record(self, interview_id: str, request: Request) -> Response:
        """The record as a document, for recruiters and admins, once the scorecards are open."""
        app, reader = self._app, await self.reader(interview_id, request)
        at = app.clock.now()
        found = reader and await app.store.read(
            lambda tx: papers.of_interview(tx, app.keys, reader.tenant_id, interview_id, reader.person_id, at)
        )
        if not found:
            return problem(self._version, 404, pages_en.NOT_HERE, pages_en.NOT_HERE_TEXT)
        paper = await asyncio.to_thread(record_paper.pdf, found)
        named = {"Content-Disposition": f'inline; filename="{record_en.FILE}"', "Cache-Control": "no-store"}
        return Response(paper, media_type=papers.KIND, headers=named)

    async def remarks(self, interview_id: str, request: Request) -> Response:
        reader = await self.reader(interview_id, request)
        found = reader and await self._app.store.read(
            lambda tx: review_view.remarks_of(self._app, tx, reader, interview_id)
        )
        return _missing() if found is None else _json({"remarks": found})

    async def remark(self, interview_id: str, request: Request) -> Response:
        """Keep a remark; what the reader sees of all of them now comes back."""
        body = await _read(request, RemarkIn)
        if body is None:
            return _wrong(words.NOT_UNDERSTOOD)

        def unit(scene: Scene, interview: Row, reader: Reader | Visitor) -> str | Refused:
            place = body.utterance, body.text, body.start, body.end
            return comments.add(scene, interview, reader.person_id, *place, under=body.under, event=body.event)

        done = await self._done(interview_id, request, unit)
        if done is None:
            return _missing()
        return _wrong(done.say) if isinstance(done, Refused) else await self.remarks(interview_id, request)

    async def take_back(self, interview_id: str, remark_id: str, request: Request) -> Response:
        def unit(scene: Scene, interview: Row, reader: Reader | Visitor) -> str | Refused:
            return comments.remove(scene, interview, reader.person_id, remark_id) or ""

        done = await self._done(interview_id, request, unit)
        if done is None:
            return _missing()
        return _wrong(done.say) if isinstance(done, Refused) else await self.remarks(interview_id, request)

    # -- rating ---------------------------------------------------------------------------------------------------------

    async def draft(self, interview_id: str, request: Request) -> Response:
        """Keep what was entered so far, for its author alone."""
        body = await _read(request, DraftIn)
        if body is None or body.recommendation not in _VOTES:
            return _wrong(words.NOT_UNDERSTOOD)
        kept = {"ratings": {k: _rated(v) for k, v in body.ratings.items()}, "recommendation": body.recommendation}

        def unit(scene: Scene, interview: Row, reader: Reader | Visitor) -> str | Refused:
            if reader.person_id not in hiring.due_raters(scene.tx, interview)[1]:
                return Refused("not_due", words.NOT_DUE)
            rating.save_draft(scene, interview, reader.person_id, kept)
            return ""

        done = await self._done(interview_id, request, unit)
        if done is None:
            return _missing()
        return _wrong(done.say) if isinstance(done, Refused) else _json({"say": words.DRAFT_KEPT})

    async def rate(self, interview_id: str, request: Request) -> Response:
        """Press Rate under the scorecard for the reader: their form opens in their own chat, with their draft in it."""
        reader = await self.reader(interview_id, request)
        post = reader and await self._app.store.read(lambda tx: self._post(tx, reader, interview_id))
        if not (reader and post):
            return _missing()
        event, at = f"rate/{self._app.ids.new('e')}", self._app.clock.now()
        data = {"event": {"kind": "tapped", "token": post["id"], "option": "rate"}}
        where = post["thread_id"]
        await self._app.intake.receive(
            Mail(reader.tenant_id, people.WEB, event, where, "tapped", at, data, reader.person_id)
        )
        return _json({"say": words.RATE_BEGUN})

    def _post(self, tx: Tx, reader: Reader | Visitor, interview_id: str) -> Row | None:
        interview = hiring.get_interview(tx, reader.tenant_id, interview_id)
        if reader.person_id not in hiring.due_raters(tx, interview)[1]:
            return None
        return tx.one(Post, tenant_id=reader.tenant_id, kind="scorecard", about=interview_id)

    # -- who ------------------------------------------------------------------------------------------------------------

    async def reader(self, interview_id: str, request: Request) -> Reader | Visitor | None:
        """Whoever this browser is, if they may read this interview; in the demo one browser is everybody."""
        app, secret, held = self._app, request.cookies.get(COOKIE, ""), request.cookies.get(READING, "")
        people_here: list[Reader | Visitor | None] = [await app.port.caller(secret) if secret else None]
        if held:
            at = app.clock.now()
            people_here.append(await app.store.read(lambda tx: moments.holder(tx, app.keys, held, interview_id, at)))
        if self._demo_reader:
            people_here.append(await app.port.caller(self._demo_reader))
        for reader in filter(None, people_here):
            if await app.store.read(lambda tx, r=reader: _may_read(tx, r, interview_id)):
                return reader
        return None

    async def _done(self, interview_id: str, request: Request, unit: Unit) -> str | Refused | None:
        """Do something on the page in one transaction; None where there is nothing for whoever asks."""
        app, reader = self._app, await self.reader(interview_id, request)
        if reader is None:
            return None

        def write(tx: Tx) -> str | Refused:
            interview = hiring.get_interview(tx, reader.tenant_id, interview_id)
            chat = people.thread_of(tx, reader.tenant_id, reader.person_id)
            row = tx.find(Thread, {"tenant_id": reader.tenant_id, "id": chat})[0]
            # Nothing is shown or sent here: the scene only writes, so its chat's turn isn't taken.
            return unit(Scene(tx, app.keys, app.ids, row, app.clock.now()), interview, reader)

        return await app.store.commit(write)


def _may_read(tx: Tx, reader: Reader | Visitor, interview_id: str) -> bool:
    try:
        interview = hiring.get_interview(tx, reader.tenant_id, interview_id)
    except LookupError:
        return False
    return moments.may_read(tx, interview, reader.person_id)


def _rated(given: RatedIn) -> dict[str, Any]:
    level = {} if not given.level else {"level": None if given.level == "none" else int(given.level)}
    return {**level, "why": given.why}


async def _read(request: Request, model: type[Body]) -> Body | None:
    """The JSON body; None for anything else, however it came."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return None  # a form on a foreign page can send text with somebody's cookie, but never JSON
    body = await bounded(request)
    if body is None:
        return None
    try:
        return model.model_validate_json(body)
    except ValidationError:
        return None


def _json(data: object, status: int = 200) -> Response:
    return Response(orjson.dumps(data), status, media_type="application/json")


def _wrong(say: str) -> Response:
    return _json({"error": {"code": "refused", "message": say}}, 422)


def _missing() -> Response:
    return _json({"error": {"code": "not_found", "message": pages_en.NOT_HERE_TEXT}}, 404)
