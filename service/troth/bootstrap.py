"""The only place that wires parts together."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from troth.broker.provider_limits import ProviderLimits
from troth.clock import Clock, SystemClock
from troth.delivery.courier import Courier
from troth.domain.incoming import AddressKind, Incoming
from troth.domain.language import Languages
from troth.domain.reply import Reply
from troth.engine import door
from troth.engine.arrival import arrive
from troth.engine.crew import Crew
from troth.engine.deliver import LEASE, Delivery, Post
from troth.engine.recorder import Recorder
from troth.engine.results import record
from troth.engine.rounds import Rounds
from troth.errors import TrothError
from troth.inbound.inbox import Inbox
from troth.inbound.ways import open_kinds, open_listeners
from troth.schedules.languages import load_languages
from troth.settings import Settings
from troth.store import inbox, marks, positions, schema
from troth.store.database import Database
from troth.store.keyfile import check_key, key_from_file
from troth.store.vault import KeyUnfitError, Vault
from troth.telemetry.metrics import Workers
from troth.telemetry.scrape import Scrape, in_files, in_memory
from troth.workers import DramatiqBell, check_doorbell


@dataclass(frozen=True)
class Store:
    """The truth, opened: what commands that only read or write it need."""

    settings: Settings
    db: Database
    vault: Vault
    clock: Clock
    languages: Languages

    def take(self, reply: Reply) -> door.Answer:
        """Give a reply to the one door."""
        return door.take(self.db, self.vault, self.languages, reply, self.clock.now())

    def hear(self, incoming: Incoming) -> door.Answer | None:
        """Give what came in by a provider to the one door; None where there is to be silence."""
        return arrive(self.db, self.vault, self.languages, incoming, self.clock.now())


@dataclass(frozen=True)
class Service:
    """The store with the parts that nudge: what the long-running roles need."""

    store: Store
    bell: DramatiqBell
    delivery: Delivery
    rounds: Rounds

    def close(self) -> None:
        """Let the broker and the database go."""
        self.delivery.recorder.close()
        self.delivery.limits.close()
        self.bell.close()
        self.store.db.close()


def open_store(
    settings: Settings,
    clock: Clock | None = None,
    *,
    migrate: bool | None = None,
    durable: bool = True,
) -> Store:
    """Open the store that the settings name, ready for use.

    The embedded SQLite file is brought up to date at once; a PostgreSQL schema only by
    `troth migrate` (or `migrate=True`). What is not `durable` is a SQLite file that nobody needs
    after a power cut. Raises TrothError for whatever is in the way.
    """
    db = open_database(settings, durable=durable)
    try:
        return store_over(db, settings, clock, migrate=migrate)
    except BaseException:
        db.close()
        raise


def store_over(
    db: Database,
    settings: Settings,
    clock: Clock | None = None,
    *,
    migrate: bool | None = None,
) -> Store:
    """Make a database that `open_database` gave ready for use; see open_store."""
    if migrate or (migrate is None and db.is_sqlite):
        schema.migrate(db)
    else:
        schema.check_schema(db)
    with db.reading() as conn:
        marks.refuse_moved(conn)
    vault = Vault(settings.secret_key or key_from_file(settings.key_file, db))
    return Store(settings, db, vault, clock or SystemClock(), load_languages())


def open_database(settings: Settings, *, durable: bool = True) -> Database:
    """Open the database that the settings name, whatever it holds; see open_store."""
    _make_data_folder(settings)
    return Database(settings.store_url, durable=durable, listen_url=settings.database_listen_url)


def check(settings: Settings) -> None:
    """Raise TrothError for what keeps a service with these settings from working."""
    open_store(settings).db.close()
    check_bell(settings)
    check_limits(settings)


def check_bell(settings: Settings) -> None:
    """Raise TrothError where the doorbell between processes can't be reached, or is open to all."""
    check_doorbell(settings.redis_url, settings.broker_url)


def check_limits(settings: Settings) -> None:
    """Raise TrothError where limits would be counted by each process for itself."""
    if settings.limits and settings.broker_url is not None and settings.redis_url is None:
        raise TrothError(
            "TROTH_LIMITS hold over all processes, and RabbitMQ counts nothing: set "
            "TROTH_REDIS_URL too, or take the limits out"
        )


def build(
    store: Store,
    wrap: Callable[[Courier], Courier] = lambda courier: courier,
    at_once: int | None = None,
) -> Service:
    """Wire the parts that nudge to an open store; `at_once` sends, or as many as its threads."""
    settings = store.settings
    check_limits(settings)
    courier = Courier(partial(_lay_in_inbox, store), keep_connections=settings.keep_connections)
    delivery = Delivery(
        store.db,
        Post(
            wrap(courier),
            store.vault,
            store.languages,
            settings.page_url,
            settings.reply_address,
            _answered_by(settings),
        ),
        store.clock,
        Crew(at_once or settings.threads),
        ProviderLimits(settings.limits, settings.redis_url, LEASE),
        Recorder(partial(record, store.db, store.vault)),
    )
    bell = DramatiqBell(settings.redis_url, delivery.deliver, settings.broker_url)
    return Service(store, bell, delivery, Rounds(store.db, store.vault, bell, store.clock))


def open_scrape(
    store: Store,
    bell: DramatiqBell | None = None,
    workers: Workers | None = None,
    folder: Path | None = None,
) -> Scrape:
    """Return what /metrics tells: of this process, or of those that count in a folder."""
    counted = in_files(folder) if folder else in_memory()
    key_fits, unheard = partial(_key_fits, store), bell.unheard if bell else None
    return Scrape(store.db, store.clock, counted, key_fits, unheard, workers)


def _key_fits(store: Store) -> bool:
    with store.db.reading() as conn:
        try:
            check_key(conn, store.vault)
        except KeyUnfitError:
            return False
    return True


def open_bell(settings: Settings) -> DramatiqBell:
    """Open the doorbell for looking at it alone; raises TrothError where that can't be done."""
    return DramatiqBell(settings.redis_url, lambda _claims: None, settings.broker_url)


def _answered_by(settings: Settings) -> frozenset[str]:
    """Return by which kinds of address people can answer: a mail needs a mailbox of ours, too."""
    kinds = open_kinds(settings.inbound)
    return kinds if settings.reply_address else kinds - {AddressKind.MAIL}


def open_inbox(store: Store) -> Inbox:
    """Open every listener that the settings name; raises TrothError for what is wrong with one."""
    return Inbox(open_listeners(store.settings.inbound, Positions(store.db)), store.hear)


@dataclass(frozen=True)
class Positions:
    """Where listeners stand, kept in the store."""

    db: Database

    def get(self, key: str) -> str | None:
        """Return what was kept last, or None."""
        with self.db.reading() as conn:
            return positions.position(conn, key)

    def set(self, key: str, value: str) -> None:
        """Keep a value; it is durable when this returns."""
        with self.db.writing() as conn:
            positions.set_position(conn, key, value)


def _lay_in_inbox(store: Store, partner_id: int, nudge_id: int, title: str, body: str) -> None:
    values = {"partner_id": partner_id, "nudge_id": nudge_id, "arrived_at": store.clock.now()}
    with store.db.writing() as conn:
        inbox.put(conn, store.vault, values, title, body)


def _make_data_folder(settings: Settings) -> None:
    if settings.database_url is not None and settings.secret_key is not None:
        return
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise TrothError(
            f"the data folder {settings.data} can't be made: {error.strerror}; "
            "set TROTH_DATA to a folder that may be written"
        ) from error
