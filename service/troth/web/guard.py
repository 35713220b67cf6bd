"""What stands before every page: size, host, and the headers that keep a page to its reader."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024  # bytes
LARGEST_HOOK = 1024 * 1024  # bytes: a mail, handed over whole
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
}
Refuse = Callable[[int], Response]


class DiscreetHeaders:
    """Sets the headers of every answer; what lies under /static holds no secret and may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(PAGE_HEADERS)
                if scope["path"].startswith("/static/") and message["status"] == 200:
                    headers["Cache-Control"] = "public, max-age=86400"
            await send(message)

        return await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Reads a body before anybody else does, and refuses it as soon as it is too large."""

    def __init__(self, app: ASGIApp, refuse: Refuse, hooks: str) -> None:
        """Refuse by `refuse`; what lies under the path `hooks` may be larger."""
        self._app = app
        self._refuse = refuse
        self._hooks = hooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":  # a GET may bring a body as well, as long as it likes
            return await self._app(scope, receive, send)
        largest = LARGEST_HOOK if scope["path"].startswith(self._hooks) else LARGEST_BODY
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > largest:
            return await self._refuse(413)(scope, receive, send)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > largest:
                return await self._refuse(413)(scope, receive, send)
            if not message.get("more_body", False):
                return await self._app(scope, _replay(bytes(body), receive), send)


class KnownHosts:
    """Refuses requests that name another host.

    A page elsewhere may let its own name point to 127.0.0.1, and so read from a browser at home
    what answers there without a secret address.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, page_url: str) -> None:
        self._app = app
        self._refuse = refuse
        self._hosts = HERE | {urlsplit(page_url).hostname}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        known = scope["type"] != "http" or self._knows(Headers(scope=scope).get("host", ""))
        served = self._app if known else self._refuse(421)
        await served(scope, receive, send)

    def _knows(self, host: str) -> bool:
        try:
            return urlsplit(f"//{host}").hostname in self._hosts
        except ValueError:
            return False


def _replay(body: bytes, receive: Receive) -> Receive:
    unread = [body]

    async def once() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return once
