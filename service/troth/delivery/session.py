"""What Apprise's plugins send through: a session of its own for each request.

Plugins call `requests.post`, which makes a session each time from `requests.api.sessions`. A place
put there hands out ours during a send of ours, and requests' own to everybody else.
"""

import io
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from requests import PreparedRequest, Response, Session, api
from requests.exceptions import ConnectTimeout, InvalidSchema
from requests.hooks import dispatch_hook
from requests.structures import CaseInsensitiveDict
from requests.utils import default_headers
from urllib3.exceptions import HTTPError

from troth.delivery.connections import Connections
from troth.delivery.contexts import share_mail_contexts
from troth.delivery.exchange import LARGEST_ANSWER, Exchange, current_exchange
from troth.delivery.idle_connections import close_idle

_Timeout = float | tuple[float | None, float | None] | None
_HEADERS = default_headers()
_PREPARED = frozenset({"headers", "files", "data", "params", "auth", "cookies", "hooks", "json"})
OPTIONS = _PREPARED | {"timeout", "verify", "cert", "proxies", "stream", "allow_redirects"}


class LightSession:
    """Makes one request, and remembers nothing.

    It has no jar for cookies, no headers, credentials or certificates of its own; it reads no
    netrc and follows no redirect. So there is nothing that one channel could leave to another.
    """

    def __init__(self, connections: Connections, exchange: Exchange) -> None:
        self._connections, self._exchange = connections, exchange

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close nothing: the connections are everybody's."""

    def request(self, method: str, url: str, **options: Any) -> Response:  # noqa: ANN401 - requests'
        """Do what `requests.Session.request` does, once, in the time that is left."""
        if not options.keys() <= OPTIONS:
            raise TypeError("an option that this session does not know")
        self._exchange.begin()
        request = _prepare(method, url, options)
        sending = self._sending(request, options)
        response = self._connections.send(request, **sending)
        self._exchange.answered(response.status_code, response.headers)
        response = dispatch_hook("response", request.hooks, response, **sending)
        return _read_through(response)

    def _sending(self, request: PreparedRequest, options: Mapping[str, Any]) -> dict[str, Any]:
        url = request.url or ""
        if not url.lower().startswith(("https://", "http://")):
            raise InvalidSchema("only HTTP is spoken here")
        return {
            "stream": True,
            "timeout": self._timeout(options.get("timeout")),
            "verify": options.get("verify"),
            "cert": options.get("cert"),
            "proxies": {**self._connections.proxies_for(url), **(options.get("proxies") or {})},
        }

    def _timeout(self, asked: _Timeout) -> tuple[float, float]:
        left = self._exchange.left()
        if left <= 0:
            raise ConnectTimeout("the time for this send is over")
        connect, read = asked if isinstance(asked, tuple) else (asked, asked)
        return min(connect or left, left), min(read or left, left)


def _prepare(method: str, url: str, options: Mapping[str, Any]) -> PreparedRequest:
    parts = {name: options.get(name) for name in _PREPARED}
    headers = CaseInsensitiveDict[Any](_HEADERS)
    headers.update(parts["headers"] or {})
    parts["headers"] = {name: value for name, value in headers.items() if value is not None}
    request = PreparedRequest()
    request.prepare(method=method.upper(), url=url, **parts)
    return request


def _read_through(response: Response) -> Response:
    """Read the body here, within its bounds, so that its connection is free again at once.

    The status line is the provider's word on the message. A body that is too long, too slow or
    broken off is left out and does not take that word back: the message would be sent once more.
    """
    body = b""
    with suppress(HTTPError, OSError):
        body = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
    if len(body) > LARGEST_ANSWER:
        body = b""
    if not response.raw.closed:
        response.raw.close()
    response.raw = io.BytesIO(body)
    return response


class _Sessions:
    """What `requests.post` and its like find where they look for sessions."""

    def __init__(self, plain: Any) -> None:  # noqa: ANN401 - the module
        self._plain = plain

    def Session(self) -> LightSession | Session:  # noqa: N802 - the name that requests calls
        """Return our session during a send of ours."""
        exchange = current_exchange()
        if exchange is None or exchange.connections is None:
            return Session()
        close_idle()
        return LightSession(exchange.connections, exchange)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        return getattr(self._plain, name)


def install() -> None:
    """Put our sessions and mail contexts in place, once for the process."""
    share_mail_contexts()
    if not isinstance(vars(api)["sessions"], _Sessions):
        vars(api)["sessions"] = _Sessions(vars(api)["sessions"])
