"""Couples of whom each has one ritual, loaded as Troth loads them, and due when we say."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from tests.benchmarks.progress import progress
from tests.support.bursts import agree, fall_due
from tests.support.key import KEY
from troth.bootstrap import Store, open_store
from troth.delivery.courier import is_channel_url
from troth.domain.states import NudgePurpose, NudgeState
from troth.engine.apply import apply
from troth.schedules.load import load_schedules
from troth.settings import load_settings
from troth.store.tables import nudges

ZONE = ZoneInfo("Europe/Lisbon")
FILE = """\
couple = "Couple {number}"
timezone = "{zone}"
[partners.ana]
nudges_a_day = 24
name = "Ana"
channels = [{{ url = "{url}/ana/{number}", sensitivity = "open" }}]
[partners.ben]
nudges_a_day = 24
name = "Ben"
channels = [{{ url = "{url}/ben/{number}", sensitivity = "open" }}]
[rituals.coffee]
practice = "shared-coffee"
cron = "0 7 * * *"
window = "2h"
rule = "both"
"""
Words = Callable[[int, str], str]  # of a couple's file, by its number and where channels lead


@dataclass(frozen=True)
class Loaded:
    """How long the files of all couples took, in seconds."""

    couples: int
    load: float
    apply: float


def words_of(number: int, channel_url: str) -> str:
    """One couple's file."""
    return FILE.format(number=number, zone=ZONE.key, url=channel_url)


def load(url: str, folder: Path, couples: int, channel_url: str, words: Words = words_of) -> Loaded:
    """Write couples' files, load and apply them; then let every owner have agreed already."""
    with opened(url) as store:
        files = _write_files(folder, couples, channel_url, words)
        progress(f"loading {couples} couples' files")
        began = time.monotonic()
        found = load_schedules([files], is_channel_url)
        loaded = time.monotonic()
        progress(f"applying them (the files took {loaded - began:.1f} s)")
        apply(store.db, store.vault, found.couples, [files], store.clock.now())
        applied = time.monotonic()
        progress(f"applied in {applied - loaded:.1f} s")
        agree(store)
        if not store.db.is_sqlite:
            with store.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
                conn.execute(text("VACUUM ANALYZE"))
    return Loaded(couples, loaded - began, applied - loaded)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store at this database, with every table."""
    store = open_store(load_settings(database_url=url, secret_key=KEY), migrate=True)
    try:
        yield store
    finally:
        store.db.close()


def _write_files(folder: Path, couples: int, channel_url: str, words: Words) -> Path:
    files = folder / "couples"
    files.mkdir()
    for number in range(couples):
        (files / f"{number:06}.toml").write_text(words(number, channel_url))
    return files


def due_at(url: str, moment: datetime) -> None:
    """Let the one ritual of every couple fall due at this aware minute."""
    with opened(url) as store:
        fall_due(store, moment, ZONE)


def planned(store: Store) -> int:
    """How many ritual nudges there are, whatever became of them."""
    counted = select(func.count()).select_from(nudges)
    with store.db.reading() as conn:
        query = counted.where(nudges.c.purpose == NudgePurpose.RITUAL)
        return int(conn.execute(query).scalar_one())


def sent(store: Store) -> int:
    """How many ritual nudges the store knows to have left."""
    counted = select(func.count()).select_from(nudges).where(nudges.c.state == NudgeState.SENT)
    with store.db.reading() as conn:
        return int(conn.execute(counted).scalar_one())


def coming_minute(now: datetime, notice: timedelta) -> datetime:
    """The first whole minute that is at least `notice` away."""
    later = now + notice + timedelta(minutes=1) - timedelta(microseconds=1)
    return later.replace(second=0, microsecond=0)
