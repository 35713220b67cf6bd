"""The ping: tells somebody else's watch, once a minute, that all is well or what is not.

A service that died can't say so. What it no longer says is missed by a watch that runs elsewhere.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit, urlunsplit

import requests
import structlog

from troth.bootstrap import Store
from troth.engine.pulse import Pulse
from troth.engine.unwell import ROUNDS_FAIL
from troth.readiness import Look, Reasons, why_unwell
from troth.telemetry.metrics import pinged

log = structlog.get_logger()

FIRST_SECONDS = 10.0  # after the start: what an outage left undone is caught up first
EVERY_SECONDS = 60.0
TIMEOUTS = (3.0, 5.0)  # seconds to connect, and to be answered
# http:// is for this machine alone. A proxy of the environment would read it; https:// it can't.
NO_PROXY = {"http": ""}


@contextmanager
def pinging(store: Store, pulse: Pulse, first: float = FIRST_SECONDS) -> Iterator[None]:
    """Ping meanwhile, from so many seconds on, where the settings say so; in nobody's way."""
    if store.settings.ping_url is None:
        yield
        return
    stopping = threading.Event()
    look = Look(partial(why_unwell, store))
    ping = Ping(store.settings.ping_url, partial(_reasons, look, pulse, store), first)
    thread = threading.Thread(target=ping.run, args=(stopping,), name="ping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()  # and not waited for: it may be in the middle of a ping


def _reasons(look: Look, pulse: Pulse, store: Store) -> Reasons:
    fails = pulse.still_for() > store.settings.late_seconds
    return [*look.wait(), *([ROUNDS_FAIL] if fails else ())]


class Ping:
    """One address, and what is to be said there. The address is a secret, and never logged."""

    def __init__(
        self,
        url: str,
        reasons: Callable[[], Reasons],
        first: float = FIRST_SECONDS,
        every: float = EVERY_SECONDS,
    ) -> None:
        self._url, self._reasons = url, reasons
        self._first, self._every = first, every

    def run(self, stopping: threading.Event) -> None:
        """Ping until told to stop."""
        wait = self._first
        while not stopping.wait(wait):
            wait = self._every
            try:
                self.once()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next may do better
                log.warning("ping.failed", error=type(error).__name__)
                pinged("failed")

    def once(self) -> None:
        """Look, and say what was found; raises what requests raises."""
        ids = " ".join(each.id for each in self._reasons())
        method, url = ("POST", failing(self._url)) if ids else ("GET", self._url)
        # To be led elsewhere could mean over a way that others read.
        with requests.request(
            method,
            url,
            data=ids or None,
            timeout=TIMEOUTS,
            allow_redirects=False,
            stream=True,
            proxies=NO_PROXY,
        ) as answer:
            is_heard = answer.ok and not answer.is_redirect
        pinged("heard" if is_heard else "refused")
        if not is_heard:
            log.warning("ping.refused", status=answer.status_code)


def failing(url: str) -> str:
    """Return the address that says that something is not well."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/fail"))
