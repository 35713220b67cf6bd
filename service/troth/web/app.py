"""The web application."""

from fastapi import FastAPI

from troth.bootstrap import Store
from troth.store.schema import check_schema


def create_app(store: Store, *, demo: bool = False) -> FastAPI:
    """Return the application over an open store."""
    app = FastAPI(title="Troth", docs_url=None, redoc_url=None, openapi_url=None, debug=False)

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        check_schema(store.db)
        return {"status": "demo" if demo else "ready"}

    return app
