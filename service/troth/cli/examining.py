"""The checks of `troth doctor`, from the settings inwards; each needs those before it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from troth.bootstrap import Store, open_store
from troth.cli.examining_cluster import examine_cluster, examine_pooler
from troth.cli.examining_ways import examine_ways
from troth.cli.output import counted
from troth.clock import SystemClock
from troth.delivery.courier import is_channel_url
from troth.engine.findings import Finding, Health, examine_store
from troth.errors import TrothError
from troth.readiness import reason_of, why_behind
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
    findings += [_schedules(settings), *examine_cluster(settings), _links(settings)]
    findings += examine_ways(settings)
    try:
        findings += _store(open_store(settings))
    except TrothError as error:
        reason = reason_of(error)
        findings.append(Finding(reason.id if reason else "store", Health.BAD, str(error)))
    return findings


def _store(store: Store) -> Iterator[Finding]:
    yield Finding("store", Health.GOOD, "the database and its schema fit")
    yield from examine_pooler(store.db)
    with store.db.reading() as conn:
        yield from _versions(conn)
        behind = why_behind(conn, store)
        yield from (Finding(each.id, Health.BAD, f"{each.reason}; {each.mend}") for each in behind)
        if not behind:
            yield Finding("in-time", Health.GOOD, "nothing that is due waits for too long")
        yield from examine_store(conn, store.vault)
    yield Finding("key", Health.GOOD, "the secret key opens what the store holds")


def _versions(conn: Connection) -> Iterator[Finding]:
    found = versions_at_work(conn)
    if len(found) > 1:
        text = (
            f"Troth {' and '.join(found)} are at work on one database; while you upgrade that may "
            "be, then start what is left of the older anew"
        )
        yield Finding("versions", Health.NOTICE, text)


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
    text = f"no mistake in {counted(found.files, 'file')} of {settings.schedules}"
    return Finding("schedules", Health.GOOD, text)


def _links(settings: Settings) -> Finding:
    if settings.public_url is None:
        text = f"links lead to {settings.page_url}, which phones may not reach (TROTH_PUBLIC_URL)"
        return Finding("public-url", Health.NOTICE, text)
    return Finding("public-url", Health.GOOD, f"links lead to {settings.public_url}")
