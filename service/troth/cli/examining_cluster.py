"""What `troth doctor` checks of a cluster: its doorbell, its limits, its pooler."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from troth.bootstrap import check_bell, check_limits
from troth.broker.redis import open_sentinels
from troth.engine.findings import Finding, Health
from troth.engine.unwell import DOORBELL_UNREACHABLE
from troth.errors import TrothError
from troth.settings import Settings
from troth.store.database import Database
from troth.store.pooler import is_direct


def examine_cluster(settings: Settings) -> Iterator[Finding]:
    """Look at the doorbell, at what counts limits, and at what may lead strangers to either."""
    yield _doorbell(settings)
    try:
        check_limits(settings)
    except TrothError as error:
        yield Finding("limits", Health.BAD, str(error))
    if settings.redis_url is not None and _has_open_sentinels(settings.redis_url):
        text = (
            "a sentinel lets anybody in, who could lead Troth to a Redis of their own; "
            "give each a password (requirepass) and add sentinel_password to TROTH_REDIS_URL"
        )
        yield Finding("sentinels", Health.NOTICE, text)


def examine_pooler(db: Database) -> Iterator[Finding]:
    """Look at how clocks are woken where a pooler stands before PostgreSQL."""
    engine = db.listening
    if engine is None and db.is_pooled:
        text = (
            "behind a pooler clocks look each second and are not woken; "
            "name PostgreSQL itself with TROTH_DATABASE_LISTEN_URL to have them woken"
        )
        yield Finding("pooler", Health.NOTICE, text)
    elif engine is not None and db.is_pooled:
        try:
            with engine.connect() as connection:
                direct = is_direct(connection)
        except SQLAlchemyError:
            direct = False
        text = (
            "a pooler stands before PostgreSQL, and clocks are woken past it"
            if direct
            else "TROTH_DATABASE_LISTEN_URL does not lead to PostgreSQL itself: nobody is woken; "
            "check that it names PostgreSQL's own host and port, not the pooler's"
        )
        yield Finding("pooler", Health.GOOD if direct else Health.BAD, text)


def _doorbell(settings: Settings) -> Finding:
    if settings.redis_url is None and settings.broker_url is None:
        return Finding("doorbell", Health.GOOD, "embedded: everything in one process")
    try:
        check_bell(settings)
    except TrothError as error:
        return Finding(DOORBELL_UNREACHABLE.id, Health.BAD, str(error))
    if settings.broker_url is None:
        return Finding("doorbell", Health.GOOD, "Redis answers, and asks for a password")
    return Finding("doorbell", Health.GOOD, "RabbitMQ answers, and asks for a password")


def _has_open_sentinels(url: str) -> bool:
    try:
        return open_sentinels(url)
    except (ValueError, TypeError):  # told by the doorbell
        return False
