"""What a machine asks: does the process answer, can it work, is everything in time?"""

from functools import partial

from fastapi import APIRouter
from starlette.responses import JSONResponse

from troth.bootstrap import Store
from troth.readiness import Look, Reasons, why_not_ready, why_unwell


def router(store: Store, *, rings: bool = True) -> APIRouter:
    """Return the routes of life, readiness and health; `rings` says who needs the doorbell."""
    routes = APIRouter()
    ready = Look(partial(why_not_ready, store, rings=rings))
    well = Look(partial(why_unwell, store))

    @routes.get("/livez")
    async def say_alive() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz")
    async def say_ready() -> JSONResponse:
        return _told(await ready.reasons(), "not ready")

    @routes.get("/healthz")
    async def say_well() -> JSONResponse:
        return _told(await well.reasons(), "not well")

    return routes


def _told(reasons: Reasons, otherwise: str) -> JSONResponse:
    if not reasons:
        return JSONResponse({"status": "ok"})
    listed = [{"id": each.id, "reason": each.reason, "mend": each.mend} for each in reasons]
    return JSONResponse({"status": otherwise, "reasons": listed}, 503)
