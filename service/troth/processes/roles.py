"""The long-running roles: each runs until it is told to stop, then ends what it has in hand."""

import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
import uvicorn

from troth.bootstrap import Service, Store, open_inbox, open_scrape
from troth.engine.recorder import HOLD
from troth.processes.notify import RollCall, manager
from troth.processes.ping import pinging
from troth.processes.signals import stop_signal
from troth.settings import Settings
from troth.sockets import bound
from troth.telemetry import worker_files
from troth.telemetry.metrics import Workers
from troth.telemetry.scrape import Scrape
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
TICKS_A_BEAT = 10  # of the web's server, which ticks ten times a second
MOST_VISITORS = 128  # at once: slow strangers must not use up what the nudges need


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Give the socket the web will serve, taken before anything else starts."""
    mend = "choose another with TROTH_PORT (and TROTH_HOST)"
    with bound(settings.host, settings.port, "the web", mend) as listener:
        yield listener


def run_all(service: Service, listener: socket.socket, *, demo: bool) -> None:
    """Run clock, worker, inbox and web in this process; the web holds the main thread."""
    store = service.store
    roll = RollCall(manager(), ("clock", "web"), "at work")
    with (
        _working(service),
        _ticking(service, roll.of("clock")),
        open_inbox(store).listening(),
        pinging(store, service.rounds.pulse),
    ):
        scrape = open_scrape(store, service.bell, Workers(alive=1))
        _serve(store, listener, roll, demo=demo, scrape=scrape)


def run_inbox(store: Store) -> None:
    """Listen to every provider that the settings name, until SIGTERM or SIGINT."""
    stopping = stop_signal()
    inbox = open_inbox(store)
    roll = RollCall(manager(), ("inbox",), "listening")
    log.info("inbox.started", ways=[listener.name for listener in inbox.listeners])
    with inbox.listening():
        while not stopping.wait(LOOK_SECONDS):
            roll.turned("inbox")
        roll.manager.stopping("taking what has come")


def run_clock(service: Service) -> None:
    """Run a clock until SIGTERM or SIGINT."""
    stopping = stop_signal()
    spare_the_collector()
    roll = RollCall(manager(), ("clock",), "making rounds")
    log.info("clock.started")
    with pinging(service.store, service.rounds.pulse):
        service.rounds.run(stopping, roll.of("clock"))
    roll.manager.stopping("the last round is made")


def run_worker(service: Service, supervisor: int, answer: Callable[[], None]) -> None:
    """Run a worker until SIGTERM or SIGINT; sends in hand are finished first.

    It also ends when its supervisor (a process id) is gone. `answer` is called while it works.
    """
    stopping = stop_signal()
    spare_the_collector()
    with _working(service):
        log.info("worker.started", sends_at_once=service.delivery.crew.size)
        while not stopping.wait(LOOK_SECONDS):
            answer()
            if os.getppid() != supervisor:
                log.warning("supervisor.gone")
                worker_files.forget()
                return


def run_web(
    store: Store, listener: socket.socket, *, demo: bool, scrape: Scrape | None = None
) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    roll = RollCall(manager(), ("web",), "serving the pages")
    _serve(store, listener, roll, demo=demo, scrape=scrape)


def _serve(
    store: Store, listener: socket.socket, roll: RollCall, *, demo: bool, scrape: Scrape | None
) -> None:
    config = uvicorn.Config(
        create_app(store, demo=demo, scrape=scrape),
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_VISITORS,
    )
    stop_signal()  # uvicorn raises the signal again when it is done: it must find a handler
    _Server(config, roll).run(sockets=[listener])


class _Server(uvicorn.Server):
    """The web's server: while its event loop turns, the service manager hears of it."""

    def __init__(self, config: uvicorn.Config, roll: RollCall) -> None:
        super().__init__(config)
        self._roll = roll

    async def on_tick(self, counter: int) -> bool:
        """Turn. (uvicorn's own callback would stand still when the machine's clock jumps back.)"""
        if counter % TICKS_A_BEAT == 0:
            self._roll.turned("web")
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        self._roll.manager.stopping("finishing what is in hand")
        super().handle_exit(sig, frame)


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
def _ticking(service: Service, turned: Callable[[], None]) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=service.rounds.run, args=(stopping, turned), name="clock")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
