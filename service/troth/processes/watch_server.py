"""Where roles without pages are watched, on an address of their own.

/metrics, /livez, /readyz and /healthz: the same routes as on the web, by the same rules.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI

from troth.bootstrap import Store, open_bell, open_scrape, open_store
from troth.settings import Settings
from troth.sockets import bound
from troth.telemetry.metrics import Workers
from troth.telemetry.scrape import Scrape
from troth.telemetry.worker_files import Prepare, metrics_folder, prepare
from troth.web import health, metrics
from troth.web.telemetry import NO_TELEMETRY

log = structlog.get_logger()

MOST_WATCHERS = 16  # at once
STOP_SECONDS = 5.0  # for an answer that is being given to end


@contextmanager
def watching(store: Store, scrape: Scrape, *, rings: bool = True) -> Iterator[None]:
    """Answer who watches, as long as the block lasts; do nothing where TROTH_WATCH is not set.

    A role that `rings`, or is rung for, is not ready without the doorbell.

    Raises TrothError where the address can't be listened on.
    """
    if store.settings.watch is None:
        yield
        return
    host, _, port = store.settings.watch.rpartition(":")
    mend = "choose another with TROTH_WATCH: each role of a machine needs one of its own"
    with bound(host.strip("[]"), int(port), "the watch", mend) as listener:
        server = uvicorn.Server(_config(store, scrape, rings=rings))
        serve = partial(server.run, sockets=[listener])
        thread = threading.Thread(target=serve, name="watch", daemon=True)
        thread.start()
        log.info("watch.started", port=listener.getsockname()[1])
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


@contextmanager
def watching_workers(settings: Settings) -> Iterator[tuple[Workers, Prepare]]:
    """Watch a supervisor: give where it tells of its processes, and what prepares their counting.

    They count for nobody where TROTH_WATCH is not set, and so in no files.
    """
    workers = Workers()
    if settings.watch is None:
        yield workers, lambda _place: {}
        return
    store = open_store(settings)
    try:
        with (
            metrics_folder() as folder,
            closing(open_bell(settings)) as bell,
            watching(store, open_scrape(store, bell, workers, folder)),
        ):
            yield workers, partial(prepare, folder)
    finally:
        store.db.close()


def _config(store: Store, scrape: Scrape, *, rings: bool) -> uvicorn.Config:
    app = FastAPI(title="Troth", openapi_url=None, telemetry=NO_TELEMETRY)
    app.include_router(health.router(store, rings=rings))
    app.include_router(metrics.router(store, scrape))
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_WATCHERS,
        lifespan="off",
        ws="none",
    )
