"""The long-running roles: each runs until it is told to stop, then ends what it has in hand."""

import gc
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from troth.bootstrap import Service, Store, open_inbox
from troth.engine.recorder import HOLD
from troth.errors import TrothError
from troth.ping import pinging
from troth.settings import Settings
from troth.signals import stop_signal
from troth.web.app import create_app
from troth.workers import STOP_MS

log = structlog.get_logger()

COLLECT_AFTER = 10_000  # new objects: a send makes and drops hundreds, a batch of plans more
LOOK_SECONDS = 1.0  # between looks at whether the supervisor lives
SEND_SECONDS = 75.0  # for sends in hand to end: a little longer than any may take
SPARE_SECONDS = 15.0  # for what begins within those times and ends after them, such as a last write
# The longest that a worker's process takes to stop: Dramatiq waits for its workers, then for its
# consumers; then sends end, and then their results are written, or given up.
STOP_SECONDS = 2 * STOP_MS / 1_000 + SEND_SECONDS + HOLD + SPARE_SECONDS
MOST_VISITORS = 128  # at once: slow strangers must not use up what the nudges need


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Give the socket the web will serve, taken before anything else starts."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(128)
        except OSError as error:
            raise TrothError(
                f"the web can't listen on {settings.host}:{settings.port}: "
                f"{(error.strerror or str(error)).lower()}; "
                "choose another with TROTH_PORT (and TROTH_HOST)"
            ) from error
        yield listener


def run_all(service: Service, listener: socket.socket, *, demo: bool) -> None:
    """Run clock, worker, inbox and web in this process; the web holds the main thread."""
    store = service.store
    with (
        _working(service),
        _ticking(service),
        open_inbox(store).listening(),
        pinging(store, service.rounds.pulse),
    ):
        run_web(store, listener, demo=demo)


def run_inbox(store: Store) -> None:
    """Listen to every provider that the settings name, until SIGTERM or SIGINT."""
    stopping = stop_signal()
    inbox = open_inbox(store)
    log.info("inbox.started", ways=[listener.name for listener in inbox.listeners])
    with inbox.listening():
        while not stopping.wait(LOOK_SECONDS):
            pass


def run_clock(service: Service) -> None:
    """Run a clock until SIGTERM or SIGINT."""
    stopping = stop_signal()
    spare_the_collector()
    log.info("clock.started")
    with pinging(service.store, service.rounds.pulse):
        service.rounds.run(stopping)


def run_worker(service: Service, supervisor: int) -> None:
    """Run a worker until SIGTERM or SIGINT; sends in hand are finished first.

    It also ends when its supervisor (a process id) is gone.
    """
    stopping = stop_signal()
    spare_the_collector()
    with _working(service):
        log.info("worker.started", sends_at_once=service.delivery.crew.size)
        while not stopping.wait(LOOK_SECONDS):
            if os.getppid() != supervisor:
                log.warning("supervisor.gone")
                return


def run_web(store: Store, listener: socket.socket, *, demo: bool) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        create_app(store, demo=demo),
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_VISITORS,
    )
    stop_signal()  # uvicorn raises the signal again when it is done: it must find a handler
    uvicorn.Server(config).run(sockets=[listener])


def spare_the_collector() -> None:
    """Let the garbage collector pass over what was loaded.

    Looking through it again and again cost every send, and a third of planning.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)


@contextmanager
def _working(service: Service) -> Iterator[None]:
    worker = service.bell.worker()
    worker.start()
    try:
        yield
    finally:
        worker.stop(timeout=STOP_MS)
        if not service.delivery.join(SEND_SECONDS):
            log.warning("worker.left_sends")  # their leases end, and they are marked


@contextmanager
def _ticking(service: Service) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=service.rounds.run, args=(stopping,), name="clock")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
