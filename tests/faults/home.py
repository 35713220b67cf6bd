"""The home of one couple, or some: `troth up`, one process over one SQLite file."""

import ctypes
import os
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults import roles
from tests.faults.sink import Sink
from tests.faults.watched import Watched
from tests.support.key import KEY
from tests.support.ports import free_port
from tests.support.process_family import family, signal_family
from tests.support.processes import Process, process_starter
from troth.bootstrap import Store, open_store
from troth.settings import load_settings


class Home(Watched):
    """`troth up` with its store in `disk`; everything else of the test lies in `folder`."""

    def __init__(self, stack: ExitStack, folder: Path, disk: Path) -> None:
        self.folder = folder
        self.sink = stack.enter_context(Sink().switched_on())
        self.processes: dict[str, Process] = {}
        self._start = stack.enter_context(process_starter())
        port = free_port()
        self.pages: Sequence[str] = [f"http://127.0.0.1:{port}"]
        url = f"sqlite:///{disk / 'troth.db'}"
        self._env = {
            "TROTH_DATABASE_URL": url,
            "TROTH_SECRET_KEY": KEY,
            "TROTH_PUBLIC_URL": "http://troth.test",
            "TROTH_DATA": str(folder / "data"),
            "TROTH_PORT": str(port),
            **roles.SETTINGS,
        }
        settings = load_settings(database_url=url, secret_key=KEY)
        self.store: Store = open_store(settings, migrate=True)
        stack.callback(self.store.db.close)

    def start(self, skew: float = 0) -> Process:
        """Start the service on a clock that is so many seconds ahead; return once it answers."""
        env = self._env | (roles.skewed(self.folder / "skew", skew) if skew else {})
        process = self._start(*roles.UP, **env)
        process.wait_for_line("Troth is up", timeout=60)
        self.processes["up"] = process
        return process

    def kill(self) -> None:
        """kill -9, as a power cut does."""
        process = self.processes.pop("up")
        signal_family(process.pid, signal.SIGKILL)
        process.kill()


@contextmanager
def at_home(folder: Path, disk: Path) -> Iterator[Home]:
    """A home whose service does not run yet."""
    with ExitStack() as stack:
        yield Home(stack, folder, disk)


class Disk:
    """A small disk of its own, which can be filled to the last byte.

    Only root may mount one. Anybody else's stands on the common disk, and is full in that the
    service may not let any file grow.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        self._mounted = False

    @contextmanager
    def mounted(self) -> Iterator["Disk"]:
        self._mounted = os.getuid() == 0 and _mount(self.folder)
        try:
            yield self
        finally:
            if self._mounted:
                _LIBC.umount2(str(self.folder).encode(), _MNT_DETACH)

    def fill(self, process: Process) -> None:
        """Leave no room at all."""
        if not self._mounted:
            return _limit(process, 0)
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (65_536, 4_096, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    continue
        return None

    def make_room(self, process: Process) -> None:
        """Give all of it back."""
        if not self._mounted:
            return _limit(process, resource.RLIM_INFINITY)
        return self._ballast.unlink()


_LIBC = ctypes.CDLL(None, use_errno=True)
_MNT_DETACH = 2
_MEGABYTES = 6


def _mount(folder: Path) -> bool:
    options = f"size={_MEGABYTES}m".encode()
    return bool(_LIBC.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, options) == 0)


def _limit(process: Process, largest: int) -> None:
    for member in family(process.pid):
        _, hard = resource.prlimit(member, resource.RLIMIT_FSIZE)
        resource.prlimit(member, resource.RLIMIT_FSIZE, (largest, hard))
