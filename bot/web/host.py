"""One ASGI application that serves everything: pages, chats, health and metrics."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException  # the framework's own refusals are of this class, ours of its heir

from adapters.contract import Webhooks
from adapters.web.app import router as chat_router
from bot import metrics
from bot.app import App
from bot.log import get
from bot.store.store import StoreUnavailable
from bot.web import board_pages, calendar_pages, hooks, pages, recording_pages, review_pages, sound_pages

log = get("web")
_CSP = (
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# The pages with a chat, in which people record answers ("/" is the demo's): only these may ask for microphone and camera.
_RECORDS = {"Permissions-Policy": "camera=(self), microphone=(self), geolocation=()"}
_CHATS = ("/", "/chat", "/sandbox")
_UNAVAILABLE = "I can't store anything at the moment, so I haven't taken that in. It stays here on your page and is sent again by itself."
# What the framework refuses by itself, in our words.
_PLAIN = {
    400: ("malformed", "I couldn't read that request: its body isn't JSON that I understand."),
    405: ("not_allowed", "This address takes another kind of request."),
}
_BROKEN = (
    "Something went wrong on our side, and it has been written down. Nothing you sent before is lost; please try again."
)


def host(app: App, *extra: APIRouter, reader: str = "") -> FastAPI:
    """The web application of a wired `App`; it starts and stops the app with itself. reader: see `review_pages.router`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await app.start()
        yield
        await app.stop()

    version = pages.asset_version()
    web = FastAPI(title="Parley", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    web.include_router(chat_router(app.web))
    web.include_router(recording_pages.router(app))
    web.include_router(sound_pages.router(app.web, app.port, app.sounds))
    web.include_router(pages.router(app, version))
    web.include_router(review_pages.router(app, version, reader))
    web.include_router(board_pages.router(app, version, reader))
    web.include_router(_health(app))
    web.include_router(calendar_pages.router(app.scheduling.connector, app.scheduling.syncer, version))
    web.include_router(hooks.router([a for a in app.platforms if isinstance(a, Webhooks)]))
    for router in extra:
        web.include_router(router)
    web.mount("/static", _Static(directory=pages.HERE / "static"), "static")
    web.add_middleware(_Headers)
    _errors(web, version)
    return web


class _Static(StaticFiles):
    """Scripts import each other without a version in the address, so a browser asks each time (and hears 304)."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


class _Headers:
    """Security headers on every answer, without touching a streamed body."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app
        self.headers = _encoded(_HEADERS)
        self.in_chats = _encoded({**_HEADERS, **_RECORDS})

    async def __call__(self, scope: dict[str, object], receive: object, send: Callable[..., Awaitable[None]]) -> None:
        headers = self.in_chats if scope.get("path") in _CHATS else self.headers

        async def with_headers(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *headers]}  # type: ignore[misc]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(k.lower().encode(), v.encode()) for k, v in headers.items()]


def _health(app: App) -> APIRouter:
    api = APIRouter(tags=["operation"])

    async def healthy() -> Response:
        """200 while the database answers."""
        await app.store.read(lambda tx: tx.find_any())
        return JSONResponse({"status": "ok", "now": app.clock.now()})

    async def numbers() -> Response:
        """Prometheus metrics."""
        return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

    api.add_api_route("/healthz", healthy, methods=["GET"])
    api.add_api_route("/metrics", numbers, methods=["GET"])
    return api


def _errors(web: FastAPI, version: str) -> None:
    """Every error is a kind sentence with what to do: JSON for the interface, a page for people."""

    async def answered(request: Request, status: int, code: str, message: str) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": {"code": code, "message": message}}, status)
        return pages.problem(version, status, "That didn't work", message)

    async def refused(request: Request, problem: HTTPException) -> Response:
        detail: Any = problem.detail
        code, message = _PLAIN.get(problem.status_code, ("error", str(detail)))
        if isinstance(detail, dict):
            code, message = cast("dict[str, str]", detail)["code"], cast("dict[str, str]", detail)["message"]
        return await answered(request, problem.status_code, code, message)

    async def missing(request: Request, problem: HTTPException) -> Response:
        if isinstance(problem.detail, dict):  # one of our own, which says better what is missing
            return await refused(request, problem)
        return await answered(
            request, 404, "not_found", "There is nothing at this address. Please check the link you followed."
        )

    async def malformed(request: Request, problem: RequestValidationError) -> Response:
        where = ", ".join(".".join(str(p) for p in e["loc"][1:]) + f" ({e['msg']})" for e in problem.errors()[:3])
        return await answered(request, 422, "malformed", f"I couldn't read that request: {where}.")

    async def unavailable(request: Request, problem: StoreUnavailable) -> Response:
        log.error("store_unavailable")
        return await answered(request, 503, "unavailable", _UNAVAILABLE)

    async def broken(request: Request, problem: Exception) -> Response:
        return await answered(request, 500, "broken", _BROKEN)

    web.add_exception_handler(Exception, broken)
    web.add_exception_handler(404, missing)  # pyright: ignore
    web.add_exception_handler(HTTPException, refused)  # pyright: ignore
    web.add_exception_handler(RequestValidationError, malformed)  # pyright: ignore
    web.add_exception_handler(StoreUnavailable, unavailable)  # pyright: ignore
