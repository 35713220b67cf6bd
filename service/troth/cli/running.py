"""up, clock, worker, web, inbox, migrate: the service and its roles.

The roles (and with them the web) are imported only by the commands that run one.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from troth.bootstrap import (
    Service,
    Store,
    build,
    check,
    open_database,
    open_scrape,
    open_store,
    store_over,
)
from troth.cli.output import counted, out
from troth.delivery.courier import is_channel_url
from troth.engine.apply import apply
from troth.errors import TrothError
from troth.logs import set_up_logs
from troth.processes.notify import answering
from troth.schedules.couple import CoupleSchedule
from troth.schedules.demo import demo_couple
from troth.schedules.load import load_schedules
from troth.schedules.problems import ScheduleError
from troth.settings import (
    MOST_CONCURRENCY,
    MOST_PROCESSES,
    MOST_THREADS,
    Settings,
    load_settings,
)
from troth.store import couples, marks
from troth.store.at_work import at_work
from troth.telemetry import tracing


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (up, clock, worker, web, inbox, migrate):
        app.command(command.__name__)(command)


def up(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="A sample couple, a ritual every minute, kept nowhere.")
    ] = False,
) -> None:
    """Run the whole service in one process."""
    if demo:
        with _demo_settings() as settings:
            _run_all(settings, demo=True)
    else:
        _run_all(load_settings(), demo=False)


def clock() -> None:
    """Run the clock: plan, dispatch, follow up, settle, sweep."""
    from troth.processes import roles
    from troth.processes.watch_server import watching

    with (
        _service("clock") as service,
        watching(service.store, open_scrape(service.store, service.bell)),
    ):
        roles.run_clock(service)


def worker(
    *,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_PROCESSES, help="How many processes (TROTH_PROCESSES)."),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=2, max=MOST_CONCURRENCY, help="Sends at once in each (TROTH_CONCURRENCY)."
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_THREADS, help="Send on so many threads instead of greenlets."),
    ] = None,
    supervisor: Annotated[int | None, typer.Option(hidden=True)] = None,
    answers: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run a worker: deliver the nudges that the clock dispatches."""
    from troth.processes import roles, supervision
    from troth.processes.watch_server import watching_workers

    asked = _asked(concurrency, threads)
    settings = _cluster_settings()
    at_once = asked or settings.concurrency
    if supervisor is None:
        check(settings)  # what is in the way is said once, here, and not by each process for ever
        with watching_workers(settings) as (workers, prepare):
            supervision.run(
                processes or settings.processes,
                at_once,
                threads=threads is not None,
                patience=roles.STOP_SECONDS,
                workers=workers,
                prepare=prepare,
            )
        return
    with _service("worker", at_once) as service:
        roles.run_worker(service, supervisor, answering(answers))


def _asked(concurrency: int | None, threads: int | None) -> int | None:
    if concurrency is not None and threads is not None:
        raise typer.BadParameter(
            "a worker sends on greenlets or on threads; "
            "give either --concurrency or --threads, not both"
        )
    return concurrency or threads


def web() -> None:
    """Run the web pages."""
    from troth.processes import roles

    settings = _logged(load_settings())
    with roles.listening(settings) as socket, _store_of(settings, "web") as store:
        out.print(f"The pages are up at {settings.page_url}")
        roles.run_web(store, socket, demo=False)


def inbox() -> None:
    """Run the inbox: listen to the providers that bring replies."""
    from troth.processes import roles
    from troth.processes.watch_server import watching

    with (
        _store_of(_logged(load_settings()), "inbox") as store,
        watching(store, open_scrape(store), rings=False),
    ):
        roles.run_inbox(store)


def migrate() -> None:
    """Bring the database's schema up to date."""
    open_store(_logged(load_settings()), migrate=True)
    out.print("the schema is up to date")


def _run_all(settings: Settings, *, demo: bool) -> None:
    from troth.processes import roles

    _logged(settings)
    with roles.listening(settings) as socket:
        host, port = socket.getsockname()[:2]
        settings = settings.model_copy(update={"host": host, "port": port})
        with _store_of(settings, "up") as store:
            _apply_at_start(store, demo=demo)
            service = build(store)
            _say_where(store, demo=demo)
            try:
                roles.run_all(service, socket, demo=demo)
            finally:
                service.close()


def _apply_at_start(store: Store, *, demo: bool) -> None:
    """Apply the schedules folder. Bad files leave a store that has couples as it was."""
    folder = store.settings.schedules
    if demo:
        apply(store.db, store.vault, [demo_couple()], [], store.clock.now())
    elif folder is not None:
        try:
            found = load_schedules([folder], is_channel_url, store.clock.now())
            _apply(store, found.couples, [folder])
        except (ScheduleError, TrothError) as error:
            with store.db.reading() as conn:
                running = couples.all_couples(conn)
            if not running:
                raise
            typer.echo(f"{error}\nthe schedules were not applied; what was there goes on", err=True)


def _apply(
    store: Store, found: tuple[CoupleSchedule, ...] | list[CoupleSchedule], folders: list[Path]
) -> None:
    for change in apply(store.db, store.vault, found, folders, store.clock.now()):
        out.print(str(change))


def _say_where(store: Store, *, demo: bool) -> None:
    address = store.settings.page_url
    if demo:
        out.print(f"Troth is up, with a sample couple: {address}")
        out.print("The first nudge comes within a minute; answer it there. Ctrl-C ends the demo.")
        return
    with store.db.reading() as conn:
        known = couples.all_couples(conn)
        why = marks.held(conn)
    if why is not None:
        out.print(f"No nudge leaves before you say so (this store was {why}): troth release")
    out.print(f"Troth is up for {counted(len(known), 'couple')} at {address}")
    out.print(
        "Each partner's own inbox address: troth partners"
        if known
        else "No couple yet: make a first schedule with troth init, then start again"
    )


@contextmanager
def _demo_settings() -> Iterator[Settings]:
    """Give settings for a store of its own, which goes when the demo ends."""
    folder = Path(tempfile.mkdtemp(prefix="troth-demo-"))
    try:
        yield load_settings(
            data=folder,
            database_url=f"sqlite:///{folder / 'troth.db'}",
            database_listen_url=None,
            redis_url=None,
            broker_url=None,
            secret_key=secrets.token_urlsafe(32),
            schedules=None,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _service(role: str, at_once: int | None = None) -> Iterator[Service]:
    with _store_of(_cluster_settings(), role) as store:
        service = build(store, at_once=at_once)
        try:
            yield service
        finally:
            service.close()


@contextmanager
def _store_of(settings: Settings, role: str) -> Iterator[Store]:
    """Give the store at which a role is at work, so that nobody moves or restores it meanwhile."""
    db = open_database(settings)
    try:
        with at_work(db):
            store = store_over(db, settings)
            with tracing.turned_on(settings.traces, role, store.vault.mark("traces")):
                yield store
    finally:
        db.close()


def _cluster_settings() -> Settings:
    settings = _logged(load_settings())
    if settings.redis_url is None and settings.broker_url is None:
        raise TrothError(
            "a clock or worker of its own needs a doorbell between processes: set TROTH_REDIS_URL "
            "or TROTH_BROKER_URL, or run everything in one with: troth up"
        )
    return settings


def _logged(settings: Settings) -> Settings:
    set_up_logs(settings.log_format, settings.log_level)
    tracing.check(settings.traces)
    return settings
