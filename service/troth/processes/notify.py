"""What is told to the service manager that started us: ready, still at work, stopping.

The protocol is systemd's sd_notify: datagrams to the socket that NOTIFY_SOCKET names. Where there
is no such socket nothing is told. https://www.freedesktop.org/software/systemd/man/sd_notify.html
"""

import os
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import structlog

log = structlog.get_logger()

HOUR = 3_600_000_000  # microseconds
PATIENCE = 1.0  # seconds for a manager that is busy to take a datagram


class Manager:
    """Whoever started this process and wants to hear of it; `address` None is nobody."""

    def __init__(self, address: str | None = None, *, is_watching: bool = False) -> None:
        # An address that begins with @ is an abstract one, which lies in no folder.
        self._address = f"\0{address[1:]}" if address and address[0] == "@" else address
        self._is_watching = is_watching

    def ready(self, status: str) -> None:
        """Say that all is up, and in a few plain words what is done."""
        self._tell("READY=1", f"STATUS={status}")

    def beat(self) -> None:
        """Say that the work goes on: without that for too long, a watching manager starts anew."""
        if self._is_watching:
            self._tell("WATCHDOG=1")

    def stopping(self, status: str) -> None:
        """Say that this process is about to end, and what it still does.

        There are no beats from then on. systemd would go on waiting for them while it also waits
        for the end, and so cut off sends in hand: it is asked for more patience than that takes.
        """
        self._tell("STOPPING=1", f"STATUS={status}", f"WATCHDOG_USEC={HOUR}")

    def _tell(self, *lines: str) -> None:
        """Send one datagram. A manager that does not hear keeps nobody from working."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
                speaker.settimeout(PATIENCE)
                speaker.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.warning("manager.unheard", error=error.strerror or type(error).__name__)


def manager() -> Manager:
    """Return the manager that the environment names, and take it out of there.

    What this process starts must not speak in its name.
    """
    address, every, whose = (
        os.environ.pop(name, None) for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
    )
    return Manager(address, is_watching=bool(every) and whose in (None, str(os.getpid())))


class RollCall:
    """The parts of one process: it is ready once each has turned, and beats whenever all have.

    A part that hangs so silences the others: nothing but the work itself feeds the watchdog.
    """

    def __init__(self, told: Manager, parts: Iterable[str], status: str) -> None:
        self.manager = told
        self._parts, self._status = frozenset(parts), status
        self._turned: set[str] = set()
        self._is_ready = False
        self._lock = threading.Lock()

    def of(self, part: str) -> Callable[[], None]:
        """Return what a part calls each time its loop has turned."""
        return partial(self.turned, part)

    def turned(self, part: str) -> None:
        """Take note that a part's loop has turned."""
        with self._lock:
            self._turned.add(part)
            if self._turned != self._parts:
                return
            self._turned.clear()
            was_ready, self._is_ready = self._is_ready, True
        if was_ready:
            self.manager.beat()
        else:
            self.manager.ready(self._status)

    def excused(self, part: str) -> None:
        """Take note that a part could not turn and is seen to: no turn until all has been up."""
        if self._is_ready:
            self.turned(part)


def answering(pipe: int | None) -> Callable[[], None]:
    """Return what a process calls to tell its supervisor, over a pipe of theirs, that it works."""
    if pipe is None:
        return lambda: None
    os.set_blocking(pipe, False)

    def answer() -> None:
        with suppress(OSError):  # full: nobody looks for now; broken: the supervisor is gone
            os.write(pipe, b".")

    return answer


def has_answered(pipe: int) -> bool:
    """Return whether anything came over a pipe (which does not block) since the last look."""
    try:
        return bool(os.read(pipe, 65_536))
    except BlockingIOError:
        return False
