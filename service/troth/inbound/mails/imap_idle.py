"""Waiting for a mail server to speak up (RFC 2177), over the standard library's client.

What the server says is not looked at: whatever it is, the mailbox is searched next. So nothing
hangs on a line being whole.
"""

import imaplib
import select
import ssl
import threading
import time

_TAG = b"IDLE1"  # the client's own tags are four letters and a number
_SLICE = 0.5  # seconds after which it is asked again whether to stop
_MOST_LINES = 10_000


def wait_for_news(server: imaplib.IMAP4, seconds: float, stopping: threading.Event) -> None:
    """Return once the server has something to say, time is up, or it is time to stop.

    Raises OSError or IMAP4.error where the connection is gone or the server does not let us.
    """
    server.send(_TAG + b" IDLE\r\n")
    has_news = _is_let(server)
    deadline = time.monotonic() + seconds
    while not has_news and not stopping.is_set() and time.monotonic() < deadline:
        has_news = _speaks(server, min(_SLICE, max(0.0, deadline - time.monotonic())))
    server.send(b"DONE\r\n")
    _until(server, _TAG)


def _is_let(server: imaplib.IMAP4) -> bool:
    """Wait for leave to idle; say whether there was news before it, or in one breath with it."""
    before = _until(server, b"+")
    return before > 0 or _has_read_ahead(server)


def _has_read_ahead(server: imaplib.IMAP4) -> bool:
    """Say whether the client holds bytes that the socket will never tell of again."""
    wire = server.socket()
    patience = wire.gettimeout()
    wire.settimeout(0)
    try:
        return bool(server.readline())
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        wire.settimeout(patience)


def _speaks(server: imaplib.IMAP4, seconds: float) -> bool:
    poll = select.poll()
    poll.register(server.socket(), select.POLLIN)
    return bool(poll.poll(seconds * 1_000))


def _until(server: imaplib.IMAP4, beginning: bytes) -> int:
    """Read on to the line that begins so; return how many lines came before it."""
    for count in range(_MOST_LINES):
        line = server.readline()
        if not line:
            raise imaplib.IMAP4.abort("the server hung up")
        if line.startswith(beginning):
            return count
        if line.startswith((_TAG, b"* BYE")):
            raise imaplib.IMAP4.abort("the server does not let us idle")
    raise imaplib.IMAP4.abort("the server does not come to an end")
