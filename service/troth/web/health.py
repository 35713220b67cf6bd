"""What a machine asks: does the process answer, and can it work?"""

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from troth.bootstrap import Store
from troth.errors import TrothError
from troth.store.schema import check_schema


def router(store: Store) -> APIRouter:
    """Return the routes of health and readiness."""
    routes = APIRouter()

    @routes.get("/healthz")
    def say_alive() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz")
    def say_ready() -> JSONResponse:
        try:
            check_schema(store.db)
        except (TrothError, SQLAlchemyError):
            return _not_ready("the store can't be used; troth doctor tells why")
        return JSONResponse({"status": "ok"})

    return routes


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "not ready", "reason": reason}, 503)
