"""Asking a provider over HTTP for JSON: bounded in size and time, and silent about addresses."""

from collections.abc import Mapping
from typing import Any, Literal

import requests
from requests.auth import AuthBase

from troth.inbound.hook import UnreadableError
from troth.inbound.listener import UnreachableError, hush
from troth.inbound.reading.bounded import read_answer
from troth.inbound.reading.json_value import at, load_json

CONNECT_SECONDS = 10.0
LARGEST = 16 * 1024 * 1024  # bytes

Query = Mapping[str, str | int]


class _Bearer(AuthBase):
    """Sends our token, or nothing. It also keeps `requests` from looking into a .netrc file."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class JsonClient:
    """Speaks to one base URL. Errors hold neither it nor the token: both may be secret."""

    def __init__(self, base: str, token: str | None = None) -> None:
        hush("urllib3", "requests")
        self._base = base.rstrip("/")
        self._session = requests.Session()
        self._session.auth = _Bearer(token)

    def get(self, path: str, query: Query | None = None, seconds: float = 30) -> object:
        """Return what is told at a path; raise UnreachableError. `seconds` is for each silence."""
        return self._ask("GET", path, seconds, query=query)

    def post(self, path: str, body: dict[str, Any], seconds: float = 30) -> object:
        """Send JSON and return what is told; raise UnreachableError."""
        return self._ask("POST", path, seconds, body=body)

    def close(self) -> None:
        """Let the connections go; who asks again opens new ones."""
        self._session.close()

    def _ask(
        self,
        method: Literal["GET", "POST"],
        path: str,
        seconds: float,
        query: Query | None = None,
        body: dict[str, Any] | None = None,
    ) -> object:
        try:
            with self._session.request(
                method,
                self._base + path,
                params=query,
                json=body,
                timeout=(CONNECT_SECONDS, seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                value = _value(response)
                if not 200 <= response.status_code < 300:
                    raise UnreachableError(response.status_code, _asked_wait(response, value))
                if value is None:
                    raise UnreachableError(response.status_code)
                return value
        except (OSError, UnicodeError):  # requests' errors, and an answer without an end
            raise UnreachableError from None  # their texts hold the URL


def _value(response: requests.Response) -> object:
    """Return the JSON of an answer, None where there is none; never reads more than the bound."""
    try:
        return load_json(read_answer(response, LARGEST))
    except UnreadableError:
        return None


def _asked_wait(response: requests.Response, value: object) -> float | None:
    """Return for how many seconds we are asked to wait, as HTTP, Telegram or Matrix say it."""
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit() and len(said) < 10:
        return float(said)
    telegram, matrix = at(value, "parameters", "retry_after"), at(value, "retry_after_ms")
    if isinstance(telegram, int) and 0 <= telegram < 10**9:
        return float(telegram)
    return matrix / 1000 if isinstance(matrix, int) and 0 <= matrix < 10**9 else None
