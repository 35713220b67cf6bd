"""Sends one message by one channel through Apprise, and says what came of it.

Apprise's own retries and time-outs are off: those live in SQL and in the lease. No channel URL
leaves this module: Apprise's log lines hold them, so of those only a status number is kept.
"""

import logging
import re
from contextvars import ContextVar
from datetime import datetime

from apprise import Apprise
from apprise.common import PersistentStoreMode
from apprise.plugins import NotifyBase

from troth.delivery.connections import Connections
from troth.delivery.exchange import SEND_SECONDS, Exchange, exchanging
from troth.delivery.inbox_channel import SCHEME, InboxAsset, LayInInbox, register
from troth.delivery.outcome import Message, Outcome, Refused, Sent, TryAgain
from troth.delivery.provider import scheme_of
from troth.delivery.session import install

_STATUS = re.compile(r"error=(\d{3})\b")
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0  # for each wait; the exchange bounds them together
_PASSING = frozenset({408, 425, 429})
_status: ContextVar[list[int] | None] = ContextVar("status", default=None)


class Courier:
    """A way to send. One may serve any number of threads.

    `keep_connections=False` opens a connection for each request; TLS contexts are shared anyhow.
    `seconds` is the most that the requests of one send may take together.
    """

    def __init__(
        self,
        lay_in_inbox: LayInInbox,
        *,
        keep_connections: bool = True,
        seconds: float = SEND_SECONDS,
    ) -> None:
        _prepare_apprise()
        install()
        self._connections = Connections(keep=keep_connections)
        self._seconds = seconds
        self._asset = InboxAsset(
            app_id="Troth",
            app_desc="Troth",
            async_mode=False,
            http_redirects=False,
            secure_logging=False,  # no log line gets out (see _Hush); masking them is 6 % of a send
            service_timeout=0,
            storage_mode=PersistentStoreMode.MEMORY,
        )
        self._asset.lay_in_inbox = lay_in_inbox

    def send(self, message: Message) -> Outcome:
        """Send once. Never raises for what a provider does; takes a minute at the most by HTTP."""
        url = message.url
        if scheme_of(url) == SCHEME:
            url = f"{SCHEME}://{message.partner_id}/{message.nudge_id}"
        plugin = _instantiate(url, self._asset)
        if plugin is None:
            return Refused("Apprise takes no such channel")
        seen: list[int] = []
        token = _status.set(seen)
        try:
            with exchanging(Exchange(self._connections, self._seconds)) as exchange:
                accepted = _notify(plugin, message, exchange)
        except Exception as error:  # noqa: BLE001 - a plugin's fault must not stop the others
            reason = f"the channel's plugin failed with {type(error).__name__}"
            return TryAgain(reason, may_have_left=True)
        finally:
            _status.reset(token)
        if accepted:
            return Sent()
        if len(plugin) > 1:  # trying again would send to those places too that took it
            return Refused("one of the channel's several places did not take it")
        return _failure(exchange) if exchange.asked else _failure_of_log(seen)


def is_channel_url(url: str) -> bool:
    """Say whether Apprise takes this URL. Nothing is sent."""
    _prepare_apprise()
    plugin = _instantiate(url, InboxAsset(storage_mode=PersistentStoreMode.MEMORY))
    return plugin is not None


def _instantiate(url: str, asset: InboxAsset) -> NotifyBase | None:
    """Build the plugin afresh: a reused one sleeps between its sends.

    A provider may be slow: giving up after Apprise's four seconds would send again what had come.
    """
    try:
        # With suppress_exceptions Apprise would write out the whole URL again for a log line.
        plugin = Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
    except Exception:  # noqa: BLE001 - some plugins raise on what they can't read
        return None
    if plugin is not None:
        plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    return plugin


def _notify(plugin: NotifyBase, message: Message, exchange: Exchange) -> bool:
    """Let the plugin send, and wait within the time of the exchange only.

    Told to slow down, some plugins sleep as long as the provider says: a Matrix server that says
    an hour would hold a worker for an hour.
    """
    throttle = plugin.throttle

    def wait_in_time(last_io: datetime | None = None, wait: float | None = None) -> None:
        if max(wait or 0.0, 0.0) >= exchange.left():
            raise _OutOfTime
        throttle(last_io=last_io, wait=wait)

    plugin.throttle = wait_in_time
    try:
        return bool(plugin.notify(title=message.title, body=message.body, body_format="text"))
    except _OutOfTime:
        return False


class _OutOfTime(Exception):  # noqa: N818 - nothing is wrong with the plugin
    """The time of the exchange does not allow the next wait."""


def _failure(exchange: Exchange) -> Outcome:
    """Say what the last answer by HTTP means, or that none came."""
    status = exchange.status
    if status is None:
        reason = "the provider gave no answer"
        if not exchange.may_have_left:
            reason = "the provider could not be reached"
        return TryAgain(reason, may_have_left=exchange.may_have_left)
    if 400 <= status < 500 and status not in _PASSING:
        return Refused(f"the provider refused it (status {status})")
    reason = f"the provider was in trouble (status {status})"
    return TryAgain(reason, after=exchange.after, may_have_left=exchange.may_have_left)


def _failure_of_log(seen: list[int]) -> Outcome:
    """Say what a plugin that speaks no HTTP has logged: at the most a status."""
    if not seen:
        return TryAgain("the provider gave no answer", may_have_left=True)
    exchange = Exchange()
    exchange.answered(seen[-1], {})
    return _failure(exchange)


class _Hush(logging.Filter):
    """Takes the status number out of Apprise's log lines; the lines themselves go nowhere.

    A filter of the logger, not a handler: whoever adds a handler later sees no line either.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let nothing through."""
        seen = _status.get()
        found = _STATUS.search(record.getMessage()) if seen is not None else None
        if seen is not None and found:
            seen.append(int(found[1]))
        return False


def _prepare_apprise() -> None:
    """Add our channel, and hold back log lines: they may show a channel's URL."""
    register()
    for library in ("urllib3", "requests"):  # their warnings show paths and parameters
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    if not any(isinstance(old, _Hush) for old in logger.filters):
        logger.addFilter(_Hush())
