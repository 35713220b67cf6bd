"""Connections to PostgreSQL: what the URL says holds, and nobody waits for a host that is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from troth.store.database import PATIENCE, STILL_MS, Database


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def shown(database: Database, setting: str) -> str:
    with database.reading() as conn:
        return str(conn.execute(text(f"SHOW {setting}")).scalar_one())


def given(database: Database) -> dict[str, str]:
    """What the driver was told when it connected."""
    with database.reading() as conn:
        driver: Any = conn.connection.driver_connection
        parameters: dict[str, str] = driver.info.get_parameters()
        return parameters


def test_options_of_the_url_hold_beside_ours(postgres_url: str):
    with opened(f"{postgres_url}&options=-csearch_path%3Dtroth") as database:
        assert shown(database, "search_path") == "troth"
        assert shown(database, "idle_in_transaction_session_timeout") == f"{STILL_MS // 60_000}min"


def test_a_url_that_names_our_option_has_the_last_word(postgres_url: str):
    url = f"{postgres_url}&options=-c%20idle_in_transaction_session_timeout%3D7s"
    with opened(url) as database:
        assert shown(database, "idle_in_transaction_session_timeout") == "7s"


def test_a_database_whose_host_is_gone_is_not_waited_for(postgres_url: str):
    with opened(postgres_url) as database:
        wanted = {name: str(value) for name, value in PATIENCE.items()}
        assert given(database).items() >= wanted.items()


@pytest.mark.parametrize("name", PATIENCE)
def test_a_url_may_ask_for_more_patience(postgres_url: str, name: str):
    with opened(f"{postgres_url}&{name}=99") as database:
        assert given(database)[name] == "99"


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 0)])
def test_only_a_store_that_nobody_needs_later_waits_for_no_disk(
    sqlite_url: str, durable: bool, level: int
) -> None:
    database = Database(sqlite_url, durable=durable)
    with database.writing() as conn:
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == level
    database.close()
