"""The ways in by request: a provider hands over what somebody wrote, `/in/{way}`.

Everything is kept and settled before the provider hears that it came. On trouble of our own it
gets a 5xx and tries again; what is forged gets a 403, what can't be read a 204: it would only come
again.
"""

from collections.abc import Mapping

import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from troth.bootstrap import Store
from troth.inbound.hook import AskAgainError, ForgedError, Hook, HookWay, Received, UnreadableError

log = structlog.get_logger()

PREFIX = "/in/"


def router(store: Store, ways: Mapping[str, HookWay]) -> APIRouter:
    """Return the route of every way in that the settings open."""
    routes = APIRouter()

    @routes.api_route(f"{PREFIX}{{way}}", methods=["GET", "POST"])
    async def take_in(way: str, request: Request) -> Response:
        opened = ways.get(way)
        if opened is None:
            return Response(status_code=404)
        hook = Hook(
            method=request.method,
            url=f"{store.settings.page_url}{PREFIX}{way}",
            query=request.url.query,
            headers=dict(request.headers.items()),
            body=await request.body(),
        )
        return await run_in_threadpool(_take, store, opened, hook)

    return routes


def _take(store: Store, way: HookWay, hook: Hook) -> Response:
    try:
        received = way.read(hook, store.clock.now())
    except ForgedError as error:
        log.warning("hook.forged", way=way.name, reason=str(error))
        return Response(status_code=403)
    except UnreadableError as error:
        log.warning("hook.unreadable", way=way.name, reason=str(error))
        return Response(status_code=204)
    except AskAgainError:
        return Response(status_code=503)
    try:
        for message in received.messages:
            store.hear(message)
    except Exception:
        log.exception("hook.untaken", way=way.name)
        return Response(status_code=500)
    return _answer(received)


def _answer(received: Received) -> Response:
    """Answer with nothing where nothing is asked for: some send on what they are answered."""
    if not received.answer:
        return Response(status_code=received.status)
    return Response(received.answer, media_type=received.media)
