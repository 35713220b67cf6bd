import psycopg
import pytest
import redis
from playwright.sync_api import sync_playwright
from sqlalchemy import create_engine, text

from tests.support.servers import AT_ONCE, PostgreSQL


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_database_of_its_own(database_url, turn):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ritual (title TEXT)"))
        connection.execute(text("INSERT INTO ritual VALUES ('tea 🍵')"))
        assert connection.execute(text("SELECT title FROM ritual")).scalars().all() == ["tea 🍵"]
    engine.dispose()


def test_postgresql_keeps_its_data_over_a_restart():
    with PostgreSQL.running() as server, server.database() as url:
        plain = url.replace("+psycopg", "")
        with psycopg.connect(plain) as before:
            before.execute("CREATE TABLE kept AS SELECT 1 AS n")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(plain)
        server.start()
        with psycopg.connect(plain) as after:
            assert after.execute("SELECT n FROM kept").fetchall() == [(1,)]
    assert not server.folder.exists()


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_starts_empty_and_keeps_what_it_is_given(redis_url, turn):
    with redis.Redis.from_url(redis_url) as client:
        assert client.get("doorbell") is None
        client.set("doorbell", "rung")
        assert client.get("doorbell") == b"rung"


def test_redis_refuses_who_has_no_password(redis_server):
    with (
        redis.Redis(port=redis_server.port, retry=AT_ONCE) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.get("doorbell")


def test_the_browser_shows_a_page(chromium_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<h1>Troth</h1>")
        assert page.get_by_role("heading").inner_text() == "Troth"
        browser.close()
