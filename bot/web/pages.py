"""Server-rendered pages: the invitation, the candidate's chat, the team's room."""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from adapters.web.app import COOKIE, refuse
from bot import hiring, people
from bot.app import App
from bot.ids import digest
from bot.mail import Mail
from bot.people import SESSION_DAYS, Refused, Visitor
from bot.store.rows import AccessToken
from bot.store.store import Row, Tx
from bot.web import export
from flows.words import pages_en as words

HERE = Path(__file__).resolve().parent
_templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(["html"]))


def asset_version() -> str:
    """Changes whenever a style sheet or a script does, so that no browser keeps an old one."""
    files = sorted(p for p in (HERE / "static").rglob("*") if p.is_file())
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:10]


def page(name: str, version: str, status: int = 200, /, **context: Any) -> HTMLResponse:
    """Render one template. (A context may have a `status` of its own: the interview's.)"""
    return HTMLResponse(_templates.get_template(name).render(asset_version=version, **context), status)


def problem(version: str, status: int, title: str, message: str, remedy: str = "") -> HTMLResponse:
    """A page that says what is wrong and what to do."""
    return page("problem.html", version, status, title=title, message=message, remedy=remedy)


def router(app: App, version: str) -> APIRouter:
    """All pages but those of `bot.web.review_pages`. A page that needs a session shows a kind page without one."""
    api = APIRouter()

    async def visitor(request: Request) -> Visitor | None:
        secret = request.cookies.get(COOKIE, "")
        return await app.port.caller(secret) if secret else None

    def sign_in(where: str, secret: str) -> Response:
        answer = RedirectResponse(where, 303)
        secure = app.settings.public_url.startswith("https://")
        answer.set_cookie(
            COOKIE, secret, max_age=SESSION_DAYS * 86_400, httponly=True, samesite="lax", secure=secure, path="/"
        )
        return answer

    async def reopened(token: str) -> None:
        """Somebody who isn't signed in came with a link that was used: the recruiters hear so, once for each link."""
        letter = await app.store.read(lambda tx: _reopened(tx, token, app.clock.now()))
        if letter is not None:
            await app.intake.receive(letter)

    async def invitation(token: str, request: Request) -> Response:
        """Looking never uses a link up: link previews look too."""
        link = await app.store.read(lambda tx: people.look_at_link(tx, token, app.clock.now()))
        known = await visitor(request)
        if isinstance(link, Refused) and link.code == "used":
            if known is not None and known.role == "candidate":
                return RedirectResponse("/chat", 303)
            await reopened(token)
        context: dict[str, Any] = {
            "company": app.settings.company,
            "role_title": "",
            "minutes": 0,
            "token": token,
            "problem": None,
            "elsewhere": words.ELSEWHERE,
        }
        if isinstance(link, Refused):
            return page("invite.html", version, 200 if link.code == "used" else 404, **{**context, "problem": link.say})
        if not link["interview_id"]:
            return page(
                "problem.html",
                version,
                title=words.SIGN_IN,
                message=words.SIGN_IN_TEXT,
                remedy="",
                action=f"/i/{token}",
            )
        if link["purpose"] == "handover":
            return page(
                "problem.html",
                version,
                title=words.HANDOVER,
                message=words.HANDOVER_TEXT,
                remedy="",
                action=f"/i/{token}",
            )
        role = await app.store.read(lambda tx: _role_of(tx, link))
        return page("invite.html", version, **{**context, **role, "doors": _doors(app, token)})

    async def begin(token: str, request: Request) -> Response:
        used = await app.store.commit(lambda tx: _redeem(app, tx, token))
        if isinstance(used, Refused):
            known = await visitor(request)
            if used.code == "used":
                if known is not None and known.role == "candidate":
                    return RedirectResponse("/chat", 303)
                await reopened(token)
            context = {"company": app.settings.company, "role_title": "", "minutes": 0, "token": token}
            return page("invite.html", version, 409 if used.code == "used" else 404, **context, problem=used.say)
        link, secret = used
        await app.intake.receive(_arrival(app, link))
        return sign_in("/chat" if link["interview_id"] else "/team", secret)

    async def chat(request: Request) -> Response:
        who = await visitor(request)
        if who is None:
            return problem(version, 401, words.SIGNED_OUT, words.SIGNED_OUT_CANDIDATE)
        role = await app.store.read(lambda tx: _own_role(tx, who))
        longest = {"megabytes": app.settings.recording_megabytes, "minutes": app.settings.recording_minutes}
        context = {"company": app.settings.company, "role_title": role, "thread_id": who.thread_id}
        return page("chat.html", version, **context, recording=longest)

    async def team(request: Request) -> Response:
        who = await visitor(request)
        if who is None or who.role == "candidate" or not who.channels:
            return problem(version, 401, words.SIGNED_OUT, words.SIGNED_OUT_TEAM)
        channel_id, channel_name = who.channels[0]
        context: dict[str, Any] = {
            "me_name": who.name,
            "thread_id": who.thread_id,
            "channel_id": channel_id,
            "channel_name": channel_name,
        }
        return page("team.html", version, **context)

    async def download(interview_id: str, request: Request) -> Response:
        """Everything about one interview as JSON, for recruiters and for the candidate's own copy."""
        who = await _bearer_or_cookie(app, request)
        found = await app.store.read(lambda tx: export.interview(app, tx, who, interview_id)) if who else None
        if found is None:
            raise refuse(404, "not_found", words.NOT_HERE_TEXT)
        return Response(export.dumps(found), media_type="application/json")

    html = (
        ("/i/{token}", invitation, "GET"),
        ("/i/{token}", begin, "POST"),
        ("/chat", chat, "GET"),
        ("/team", team, "GET"),
    )
    for path, answer, method in html:
        api.add_api_route(path, answer, methods=[method], include_in_schema=False)
    api.add_api_route("/api/v1/interviews/{interview_id}/export", download, methods=["GET"], tags=["interviews"])
    return api


async def _bearer_or_cookie(app: App, request: Request) -> Visitor | None:
    bearer = request.headers.get("authorization", "")
    secret = bearer[7:] if bearer.startswith("Bearer ") else request.cookies.get(COOKIE, "")
    return await app.port.caller(secret) if secret else None


def _doors(app: App, token: str) -> list[dict[str, str]]:
    """Where else an invitation can be taken up: every platform that is connected now."""
    found: list[dict[str, str]] = []
    for door in (a.door(token) for a in app.platforms):
        if door is not None:
            name, hint = words.DOORS[door.platform]
            found.append({"name": name, "hint": hint, "url": door.url, "code": door.code})
    # What one tap opens stands before what has to be copied.
    return sorted(found, key=lambda d: (bool(d["code"]), not d["url"]))


def _arrival(app: App, link: Row) -> Mail:
    """Whoever opened a link here has their chat here from now on."""
    tenant, chat = (
        link["tenant_id"],
        app.store.read_now(lambda tx: people.thread_of(tx, link["tenant_id"], link["person_id"])),
    )
    event = f"arrived/{link['digest']}"
    return Mail(tenant, people.WEB, event, chat, "arrived", app.clock.now(), {}, link["person_id"], chat)


def _redeem(app: App, tx: Tx, token: str) -> tuple[Row, str] | Refused:
    return people.redeem(tx, app.ids, token, app.clock.now())


def _reopened(tx: Tx, token: str, at: int) -> Mail | None:
    """A letter about a used invitation link; its id is the link's, so that a second one is a repetition."""
    row = tx.one(AccessToken, digest=digest(token))
    if row is None or row["purpose"] != "invite":
        return None
    chat = people.thread_of(tx, row["tenant_id"], row["person_id"])
    data = {"interview": row["interview_id"]}
    return Mail(row["tenant_id"], "web", f"reopened/{row['digest']}", chat, "reopened", at, data)


def _role_of(tx: Tx, link: Row) -> dict[str, Any]:
    interview = hiring.get_interview(tx, link["tenant_id"], link["interview_id"])
    requisition = hiring.get_requisition(tx, link["tenant_id"], interview["requisition_id"])
    return {"role_title": requisition["title"], "minutes": hiring.kit_of(requisition).minutes}


def _own_role(tx: Tx, who: Visitor) -> str:
    interview = people.interview_of(tx, who.tenant_id, who.person_id)
    return hiring.get_requisition(tx, who.tenant_id, interview["requisition_id"])["title"] if interview else ""
