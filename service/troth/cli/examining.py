"""The checks of `troth doctor`, from the settings inwards; each needs those before it."""

from sqlalchemy import Connection

from troth.bootstrap import open_store
from troth.cli.examining_ways import examine_ways
from troth.clock import SystemClock
from troth.delivery.courier import is_channel_url
from troth.engine.health import Finding, Health, examine_store
from troth.errors import TrothError
from troth.redis_client import check_redis
from troth.schedules.load import load_schedules
from troth.schedules.problems import ScheduleError
from troth.schedules.suggest import nearest
from troth.settings import Settings, load_settings, strange_variables
from troth.store.versions import versions_at_work


def examine() -> list[Finding]:
    """Return every finding, as far as one can get."""
    try:
        settings = load_settings()
    except TrothError as error:
        return [Finding("settings", Health.BAD, str(error))]
    findings = [Finding("settings", Health.GOOD, "the settings can be read")]
    findings += [_misspelt(name) for name in strange_variables()]
    findings += [_schedules(settings), _redis(settings), _links(settings)]
    findings += examine_ways(settings)
    try:
        store = open_store(settings)
        findings.append(Finding("store", Health.GOOD, "the database, its schema and its key fit"))
        with store.db.reading() as conn:
            findings += _versions(conn)
            findings += examine_store(conn, store.vault)
    except TrothError as error:
        findings.append(Finding("store", Health.BAD, str(error)))
    return findings


def _versions(conn: Connection) -> list[Finding]:
    found = versions_at_work(conn)
    if len(found) < 2:
        return []
    text = (
        f"Troth {' and '.join(found)} are at work on one database; while you upgrade that may be, "
        "then start what is left of the older anew"
    )
    return [Finding("versions", Health.NOTICE, text)]


def _misspelt(name: str) -> Finding:
    hint = nearest(name.removeprefix("TROTH_").lower(), Settings.model_fields)
    return Finding("unknown-setting", Health.NOTICE, f"{name} is no setting{hint}; it is ignored")


def _schedules(settings: Settings) -> Finding:
    if settings.schedules is None:
        return Finding("schedules", Health.NOTICE, "no schedules folder is set (TROTH_SCHEDULES)")
    try:
        found = load_schedules([settings.schedules], is_channel_url, SystemClock().now())
    except ScheduleError as error:
        return Finding("schedules", Health.BAD, str(error))
    return Finding(
        "schedules", Health.GOOD, f"{found.files} files in {settings.schedules} are good"
    )


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("doorbell", Health.GOOD, "embedded: everything in one process")
    try:
        check_redis(settings.redis_url)
    except TrothError as error:
        return Finding("doorbell", Health.BAD, str(error))
    return Finding("doorbell", Health.GOOD, "Redis answers, and asks for a password")


def _links(settings: Settings) -> Finding:
    if settings.public_url is None:
        text = f"links lead to {settings.page_url}, which phones may not reach (TROTH_PUBLIC_URL)"
        return Finding("public-url", Health.NOTICE, text)
    return Finding("public-url", Health.GOOD, f"links lead to {settings.public_url}")
