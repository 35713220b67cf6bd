"""Sends one message by one channel through Apprise, and says what came of it.

Apprise's own retries and time-outs are off: those live in SQL and in the lease. No channel URL
leaves this module: Apprise's log lines hold them, so of those only a status number is kept.
"""

import logging
import re
from contextvars import ContextVar

from apprise import Apprise
from apprise.common import PersistentStoreMode
from apprise.plugins import NotifyBase

from troth.delivery.inbox_channel import SCHEME, InboxAsset, LayInInbox, register
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain

_STATUS = re.compile(r"error=(\d{3})\b")
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0  # together well below the lease
_PASSING = frozenset({408, 425, 429})
_status: ContextVar[list[int] | None] = ContextVar("status", default=None)


class Courier:
    """A way to send. One may serve any number of threads."""

    def __init__(self, lay_in_inbox: LayInInbox) -> None:
        register()
        _listen()
        self._asset = InboxAsset(
            app_id="Troth",
            app_desc="Troth",
            async_mode=False,
            http_redirects=False,
            secure_logging=True,
            service_timeout=0,
            storage_mode=PersistentStoreMode.MEMORY,
        )
        self._asset.lay_in_inbox = lay_in_inbox

    def send(self, message: Message) -> Outcome:
        """Send once. Never raises for what a provider does; takes up to some tens of seconds."""
        url = message.url
        if url_scheme(url) == SCHEME:
            url = f"{SCHEME}://{message.partner_id}/{message.nudge_id}"
        plugin = _instantiate(url, self._asset)
        if plugin is None:
            return Refused("Apprise takes no such channel")
        seen: list[int] = []
        token = _status.set(seen)
        try:
            accepted = plugin.notify(title=message.title, body=message.body, body_format="text")
        except Exception as error:  # noqa: BLE001 - a plugin's fault must not stop the others
            reason = f"the channel's plugin failed with {type(error).__name__}"
            return TryAgain(reason, may_have_left=True)
        finally:
            _status.reset(token)
        if accepted:
            return Sent()
        if len(plugin) > 1:  # trying again would send to those places too that took it
            return Refused("one of the channel's several places did not take it")
        return _failure(seen)


def url_scheme(url: str) -> str:
    """Return the part of a channel URL that may be shown and logged."""
    scheme = url.partition("://")[0].strip().casefold()
    return scheme if re.fullmatch(r"[a-z0-9+.-]{1,32}", scheme) else "unknown"


def is_channel_url(url: str) -> bool:
    """Say whether Apprise takes this URL. Nothing is sent."""
    register()
    _listen()
    plugin = _instantiate(url, InboxAsset(storage_mode=PersistentStoreMode.MEMORY))
    return plugin is not None


def _instantiate(url: str, asset: InboxAsset) -> NotifyBase | None:
    """Build the plugin afresh: a reused one sleeps between its sends.

    A provider may be slow: giving up after Apprise's four seconds would send again what had come.
    """
    try:
        plugin = Apprise.instantiate(url, asset=asset)
    except Exception:  # noqa: BLE001 - some plugins raise on what they can't read
        return None
    if plugin is not None:
        plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    return plugin


def _failure(seen: list[int]) -> Outcome:
    status = seen[-1] if seen else None
    if status is None:
        return TryAgain("the provider gave no answer", may_have_left=True)
    if 400 <= status < 500 and status not in _PASSING:
        return Refused(f"the provider refused it (status {status})")
    return TryAgain(f"the provider was in trouble (status {status})")


class _StatusListener(logging.Handler):
    """Takes the status number out of Apprise's log lines; the lines themselves go nowhere."""

    def emit(self, record: logging.LogRecord) -> None:
        seen = _status.get()
        found = _STATUS.search(record.getMessage())
        if seen is not None and found:
            seen.append(int(found[1]))


def _listen() -> None:
    """Hold Apprise's log lines back from every other handler: they may show a channel's URL."""
    for library in ("urllib3", "requests"):  # their warnings show paths and parameters
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    if not any(isinstance(handler, _StatusListener) for handler in logger.handlers):
        logger.handlers = [_StatusListener()]
