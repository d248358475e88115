"""The webhooks of chat platforms on the one web host: read a bounded body, hand the request over, answer."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from adapters.contract import HttpCall, Webhooks

_MOST = 4 * 1024 * 1024


def router(adapters: list[Webhooks]) -> APIRouter:
    """Every path that an adapter named. The adapter alone decides who is heard."""
    api = APIRouter(include_in_schema=False)
    for adapter in adapters:
        for path in adapter.paths:
            api.add_api_route(path, _endpoint(adapter), methods=["GET", "POST"])
    return api


def _endpoint(adapter: Webhooks) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                return Response(status_code=413)
        headers = {k.lower(): v for k, v in request.headers.items()}
        call = HttpCall(
            request.method, request.url.path, headers, dict(request.query_params), dict(request.cookies), bytes(body)
        )
        reply = await adapter.handle(call)
        return Response(reply.body, reply.status, reply.headers)

    return endpoint
