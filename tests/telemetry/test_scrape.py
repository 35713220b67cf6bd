"""A scrape tells what is away or does not fit, and keeps nobody waiting."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.key import KEY
from tests.support.servers import Redis
from tests.support.stage import EVENING, couple_file, on_stage
from tests.telemetry.scraped import Scraped
from troth.bootstrap import Store, open_bell, open_scrape
from troth.store.vault import Vault
from troth.telemetry.scrape import Patient


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store with a couple in it."""
    with on_stage(sqlite_url, tmp_path) as stage:
        stage.couple(couple_file(EVENING))
        yield stage.store


def test_a_key_that_does_not_fit_is_told(store: Store):
    for key, fits in ((KEY, 1), ("x" * 40, 0)):
        told = open_scrape(replace(store, vault=Vault(key)))
        assert Scraped(told.text().decode()).values["troth_key_fits", frozenset()] == fits


def test_a_broker_that_is_away_is_told(store: Store):
    with Redis.running() as redis:
        bell = open_bell(store.settings.model_copy(update={"redis_url": redis.url}))
        told = open_scrape(store, bell)
        there = Scraped(told.text().decode())
        assert (there("troth_broker_up"), there("troth_doorbell_messages")) == (1, 0)
        bell.ring([(1, 1)])
        assert Scraped(told.text().decode())("troth_doorbell_messages") == 1
        redis.stop()
        away = Scraped(told.text().decode())
        bell.close()
    assert (away("troth_broker_up"), away("troth_database_up")) == (0, 1)
    assert "troth_doorbell_messages" not in away.names


def test_two_who_scrape_at_once_both_get_an_answer():
    """As two that watch the same: the second must not hear that the database is down."""
    asked, go_on = threading.Event(), threading.Event()

    def ask() -> str:
        asked.set()
        assert go_on.wait(10)
        return "an answer"

    patient = Patient(ask, patience=10)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(patient.ask)
        assert asked.wait(10)
        second = pool.submit(patient.ask)
        go_on.set()
        assert [first.result()[0], second.result()[0]] == ["an answer"] * 2


def test_who_scrapes_what_hangs_waits_no_longer_than_one_answer_may_take():
    go_on = threading.Event()
    patient = Patient(go_on.wait, patience=0.2)
    assert patient.ask()[0] is None
    answer, seconds = patient.ask()
    assert answer is None
    assert 0.2 <= seconds < 5
    go_on.set()
