"""The roles as real processes: two clocks and two workers on one PostgreSQL and one Redis."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.support.phones import Phones
from tests.support.processes import Process
from troth.bootstrap import Store, open_store
from troth.clock import SystemClock
from troth.domain.grammar import Verb
from troth.domain.reply import Reply, Said
from troth.domain.states import NudgePurpose, NudgeState
from troth.engine.apply import apply
from troth.schedules.load import load_schedules
from troth.settings import load_settings
from troth.store import channels, couples, rituals
from troth.store.tables import nudges

COUPLES = 10
KEY = "a key that is good for tests only and long enough"
FILE = """\
couple = "Couple {number}"
timezone = "Europe/Lisbon"
[partners.ana]
name = "Ana"
channels = [{{ url = "{url}/ana/{number}", sensitivity = "open" }}]
[partners.ben]
name = "Ben"
channels = [{{ url = "{url}/ben/{number}", sensitivity = "open" }}]
[rituals.coffee]
practice = "shared-coffee"
cron = "0 7 * * *"
window = "2h"
rule = "both"
texts = ["coffee {number}"]
"""

Start = Callable[..., Process]


@pytest.fixture
def phones() -> Iterator[Phones]:
    with Phones(SystemClock().now).switched_on() as phones:
        yield phones


@pytest.fixture
def env(postgres_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "TROTH_DATABASE_URL": postgres_url,
        "TROTH_REDIS_URL": redis_url,
        "TROTH_SECRET_KEY": KEY,
        "TROTH_DATA": str(tmp_path / "data"),
        "TROTH_LOG_FORMAT": "json",
    }


@pytest.fixture
def store(env: dict[str, str], phones: Phones, tmp_path: Path) -> Iterator[Store]:
    """Couples whose channels are confirmed, and whose ritual falls due now."""
    folder = tmp_path / "couples"
    folder.mkdir()
    for number in range(COUPLES):
        text = FILE.format(number=number, url=phones.url)
        (folder / f"{number}.toml").write_text(text)
    settings = load_settings(database_url=env["TROTH_DATABASE_URL"], secret_key=KEY)
    store = open_store(settings, migrate=True)
    found = load_schedules([folder], lambda _url: True)
    now = store.clock.now()
    apply(store.db, store.vault, found.couples, [folder], now)
    for couple in _couples(store):
        _confirm(store, couple)
        with store.db.writing() as conn:
            (row,) = rituals.rituals_of(conn, couple).values()
            soon = now.replace(second=0, microsecond=0)
            values = {"next_slot": f"{soon:%Y-%m-%dT%H:%M}", "next_due": soon}
            rituals.update_ritual(conn, row.id, values)
    yield store
    store.db.close()


def _couples(store: Store) -> list[int]:
    with store.db.reading() as conn:
        return [source.id for source in couples.all_couples(conn)]


def _confirm(store: Store, couple_id: int) -> None:
    with store.db.reading() as conn:
        couple = couples.load_couple(conn, couple_id)
        held = channels.channels_of(conn, [partner.id for partner in couple.partners])
    for partner in couple.partners:
        (channel,) = held[partner.id]
        store.take(
            Reply(
                way="test",
                provider_id=f"confirm {channel.id}",
                couple_id=couple_id,
                partner_id=partner.id,
                text="",
                received_at=store.clock.now(),
                channel_id=channel.id,
                said=Said(Verb.START),
            )
        )


def test_two_clocks_and_two_workers_send_each_nudge_once_and_stop_politely(
    store: Store, env: dict[str, str], phones: Phones, start_troth: Start
) -> None:
    roles = [start_troth(role, **env) for role in ("clock", "clock", "worker", "worker")]
    for process in roles:
        process.wait_for_line("started", timeout=60)
    arrived = phones.wait_for(2 * COUPLES)
    for process in roles:
        assert process.terminate() == 0, process.output
    bodies = [re.findall(r"coffee \d+", message.body)[0] for message in arrived]
    assert sorted(bodies) == sorted(2 * [f"coffee {number}" for number in range(COUPLES)])
    assert len(phones.wait_for(0)) == 2 * COUPLES


def test_a_worker_killed_in_mid_send_loses_nothing_and_marks_what_may_repeat(
    store: Store, env: dict[str, str], phones: Phones, start_troth: Start
) -> None:
    clock = start_troth("clock", **env)
    first = start_troth("worker", **env)
    phones.wait_for(1)
    first.kill()
    second = start_troth("worker", **env)
    clock.wait_until(lambda: _states(store) <= {NudgeState.SENT, NudgeState.SENDING}, "all claimed")
    second.wait_until(lambda: not _unpicked(store), "every doorbell answered or lost")
    in_hand = _end_leases(store)
    clock.wait_until(lambda: _states(store) == {NudgeState.SENT}, "everything sent")
    second.terminate()
    clock.terminate()
    arrived = len(phones.wait_for(2 * COUPLES))
    assert arrived <= 2 * COUPLES + in_hand
    assert _repeated(store) == in_hand


def _ritual_nudges(store: Store, *columns: Any) -> list[Any]:
    query = select(*columns).where(nudges.c.purpose == NudgePurpose.RITUAL)
    with store.db.reading() as conn:
        return list(conn.execute(query))


def _states(store: Store) -> set[NudgeState]:
    return {NudgeState(row.state) for row in _ritual_nudges(store, nudges.c.state)}


def _unpicked(store: Store) -> bool:
    """Whether a claimed nudge waits whose ring the dead worker had not fetched."""
    rows = _ritual_nudges(store, nudges.c.state, nudges.c.picked)
    return any(row.state == NudgeState.PLANNED for row in rows)


def _end_leases(store: Store) -> int:
    """Let every lease end now; return how many nudges the dead worker had in hand."""
    sending = nudges.c.state == NudgeState.SENDING
    with store.db.writing() as conn:
        ended = update(nudges).where(sending).values(lease_until=store.clock.now())
        return sum(row.picked for row in conn.execute(ended.returning(nudges.c.picked)))


def _repeated(store: Store) -> int:
    return sum(row.repeated for row in _ritual_nudges(store, nudges.c.repeated))
