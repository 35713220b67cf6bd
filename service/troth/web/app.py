"""The web application: its routes, its guards, and a friendly page for every error."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from troth.bootstrap import Store, open_scrape
from troth.inbound.ways import open_hooks
from troth.store.away import is_away, is_passing
from troth.store.database import AWAY
from troth.telemetry.scrape import Scrape
from troth.web import answers, buttons, calendar, health, hooks, inbox, metrics, score
from troth.web.guard import PAGE_HEADERS, BodyLimit, DiscreetHeaders, KnownHosts
from troth.web.pages import STATIC, Pages
from troth.web.telemetry import NO_TELEMETRY

log = structlog.get_logger()

ErrorPage = Callable[[Request, Any], Coroutine[Any, Any, Response]]


def create_app(store: Store, *, demo: bool = False, scrape: Scrape | None = None) -> FastAPI:
    """Return the application over an open store.

    In the demo `/` shows both partners' inboxes to whoever asks, so there it answers only to this
    machine's own names and to the public URL's.
    """
    pages = Pages(demo=demo)
    app = FastAPI(
        title="Troth",
        openapi_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
        exception_handlers={
            HTTPException: _http_error(pages),
            RequestValidationError: _unreadable(pages),
            **dict.fromkeys(AWAY, _store_away(pages)),
            Exception: _our_fault(pages),
        },
    )
    app.mount("/static", StaticFiles(directory=STATIC))
    for part in (inbox, answers, score):
        app.include_router(part.router(store, pages, demo=demo))
    app.include_router(buttons.router(store))
    app.include_router(calendar.router(store, pages))
    # The pages ring for nobody: without a doorbell they take answers as ever.
    app.include_router(health.router(store, rings=False))
    app.include_router(
        metrics.router(store, scrape or open_scrape(store), is_public=store.settings.is_public)
    )
    app.include_router(hooks.router(store, open_hooks(store.settings.inbound)))
    app.add_middleware(BodyLimit, refuse=pages.notice, hooks=hooks.PREFIX)
    if demo:
        app.add_middleware(KnownHosts, refuse=pages.notice, page_url=store.settings.page_url)
    app.add_middleware(DiscreetHeaders)  # added last, so it stands outermost
    return app


def _http_error(pages: Pages) -> ErrorPage:
    async def show(_request: Request, error: HTTPException) -> Response:
        return pages.notice(error.status_code)

    return show


def _unreadable(pages: Pages) -> ErrorPage:
    async def show(_request: Request, error: RequestValidationError) -> Response:
        kinds = {(problem["type"], problem["loc"][-1]) for problem in error.errors()}
        too_long = ("string_too_long", "words") in kinds
        return pages.notice(413 if too_long else 422)

    return show


def _store_away(pages: Pages) -> ErrorPage:
    async def show(_request: Request, error: Exception) -> Response:
        if not (is_away(error) or is_passing(error)):
            raise error  # our fault, which is told with where it happened
        log.warning("store.away", error=type(error).__name__)
        return pages.notice(503)

    return show


def _our_fault(pages: Pages) -> ErrorPage:
    async def show(_request: Request, _error: Exception) -> Response:
        page = pages.notice(500)  # made outside of every middleware
        page.headers.update(PAGE_HEADERS)
        return page

    return show
