"""/metrics: what is counted, for who watches the service and for nobody else."""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.responses import Response

from troth.bootstrap import Store
from troth.telemetry.scrape import Scrape
from troth.web.guard import HERE

# Whoever brings one of these came through a proxy, from anywhere.
FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "cf-connecting-ip"})
PREFIX = "x-forwarded-"


def router(store: Store, scrape: Scrape, *, is_public: bool = False) -> APIRouter:
    """Return the route. Who may not ask learns as little as of any page that there is not.

    Where it `is_public`, a proxy that does not say so may stand before it: all need the token.
    """
    routes = APIRouter()
    may_ask = _gate(store.settings.metrics_token, trusts_here=not is_public)

    @routes.get("/metrics")
    def tell(request: Request) -> Response:
        if not may_ask(request):
            raise HTTPException(404)
        return Response(scrape.text(), media_type=CONTENT_TYPE_LATEST)

    return routes


def _gate(token: str | None, *, trusts_here: bool) -> Callable[[Request], bool]:
    expected = f"Bearer {token}".encode() if token else None

    def may_ask(request: Request) -> bool:
        given = request.headers.get("authorization", "").encode("latin-1")
        proven = expected is not None and hmac.compare_digest(given, expected)
        return proven or (trusts_here and _is_from_here(request))

    return may_ask


def _is_from_here(request: Request) -> bool:
    """Say whether a program of this machine asks, itself and by one of the machine's own names.

    A page elsewhere may let its own name point here, and ask by a browser of this machine.
    """
    forwarded = any(name in FORWARDING or name.startswith(PREFIX) for name in request.headers)
    return not forwarded and _is_loopback(request) and _names_here(request)


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _names_here(request: Request) -> bool:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname in HERE
    except ValueError:
        return False
