"""Migrations: each says whether older code may go on beside it, and is held to what it says."""

import threading
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from alembic import command
from sqlalchemy import create_engine, text

from tests.faults.former import RELEASES
from tests.store.shapes import Shape, narrowed, shapes
from troth.errors import TrothError
from troth.store import indexing, marks, schema
from troth.store.database import Database
from troth.store.versions import versions_at_work

FIRST_DECLARED = "0004"  # those before were made before there was anything to serve
DECLARED = [
    script for script in schema._scripts().walk_revisions() if script.revision >= FIRST_DECLARED
]
EXPANDING = [script for script in DECLARED if script.module.change == schema.EXPANDS]


def at(db: Database, revision: str) -> None:
    """Bring a database to a revision, as its release did."""
    with db.writing() as conn:
        config = schema._config()
        config.attributes["connection"] = conn
        command.upgrade(config, revision)


@contextmanager
def opened(url: str):
    db = Database(url)
    try:
        yield db
    finally:
        db.close()


@pytest.mark.parametrize("script", DECLARED, ids=lambda script: script.revision)
def test_every_migration_says_whether_it_expands_or_contracts(script: Any):
    assert script.module.change in (schema.EXPANDS, schema.CONTRACTS)


@pytest.mark.parametrize("script", EXPANDING, ids=lambda script: script.revision)
def test_a_migration_that_says_it_expands_does_only_that(database_url: str, script: Any):
    with opened(database_url) as db:
        at(db, script.down_revision)
        with db.reading() as conn:
            before = shapes(conn)
        at(db, script.revision)
        with db.reading() as conn:
            assert narrowed(before, shapes(conn)) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DROP TABLE providers", "providers is gone"),
        ("ALTER TABLE nudges RENAME code TO number", "nudges: code is gone"),
        ("ALTER TABLE inbox ADD tone TEXT NOT NULL", "inbox: tone must be given"),
        ("ALTER TABLE nudges ALTER text SET NOT NULL", "nudges: text may not be empty"),
        ("ALTER TABLE couples ALTER name TYPE varchar(40)", "couples: name has another type"),
        ("CREATE UNIQUE INDEX once ON inbox (body_sealed)", "('unique', 'body_sealed') is new"),
        ("ALTER TABLE rituals ADD CONSTRAINT light CHECK (weight < 2)", "rituals: light is new"),
    ],
)
def test_what_is_no_expansion_is_seen(migrated_postgres_copy: str, statement: str, what: str):
    with opened(migrated_postgres_copy) as db, db.writing() as conn:
        before = shapes(conn)
        conn.execute(text(statement + (" CASCADE" if statement.startswith("DROP") else "")))
        assert any(what in found for found in narrowed(before, shapes(conn)))


def test_a_word_that_is_taken_away_is_seen():
    def with_words(*words: str) -> dict[str, Shape]:
        return {"nudges": Shape({}, {"ck_state": frozenset(words)}, frozenset())}

    assert narrowed(with_words("sent", "lost"), with_words("sent")) == [
        "nudges: ck_state lost a word"
    ]
    assert narrowed(with_words("sent"), with_words("sent", "lost")) == []


@pytest.fixture
def migrated_postgres_copy(request: pytest.FixtureRequest, migrated_postgres: str):
    with request.getfixturevalue("postgres_server").database(migrated_postgres) as url:
        yield url


def test_a_schema_that_only_grew_still_serves_this_code(db: Database):
    with db.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        marks.say_oldest_served(conn, str(schema.head()))
    schema.check_schema(db)
    assert schema.migrate(db) is False
    with db.reading() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_migrated_schema_says_whom_it_serves(db: Database):
    with db.reading() as conn:
        assert marks.oldest_served(conn) == schema.oldest_served()


def test_a_schema_that_is_behind_is_told_to_migrate(database_url: str):
    with opened(database_url) as db:
        at(db, "0003")
        with pytest.raises(TrothError, match="run: troth migrate"):
            schema.check_schema(db)
        assert schema.migrate(db) is True
        schema.check_schema(db)


def test_a_release_of_the_schema_before_is_kept():
    before = schema._scripts().get_revision(schema.head() or "").down_revision
    assert list(RELEASES.glob(f"{before}/troth-*.whl")), f"see {RELEASES}/README.md"


def test_a_migration_gives_way_to_who_writes(postgres_url: str):
    """While one transaction holds a table for long, others must not wait behind the migration."""
    with opened(postgres_url) as db:
        at(db, "0003")
        writer = create_engine(db.url, connect_args={"options": "-c statement_timeout=900"})
        migrating = threading.Thread(target=schema.migrate, args=(db,))
        with db.writing() as holder:
            holder.execute(text("LOCK nudges IN ROW EXCLUSIVE MODE"))
            migrating.start()
            for _ in range(8):  # one of them may wait; it then has its turn
                with writer.begin() as conn:
                    conn.execute(text("UPDATE couples SET name = name"))
                migrating.join(0.1)
            assert migrating.is_alive()
        migrating.join(20)
        writer.dispose()
        schema.check_schema(db)


def test_a_migration_that_finds_no_free_moment_says_what_to_do(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "_MOST_TRIES", 1)
    with opened(postgres_url) as db:
        at(db, "0003")
        with db.writing() as holder, pytest.raises(TrothError, match="in use without a break"):
            holder.execute(text("LOCK nudges IN ROW EXCLUSIVE MODE"))
            schema.migrate(db)
        with db.reading() as conn:
            assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0003"


def test_an_index_that_broke_off_is_built_anew(migrated_postgres_copy: str):
    with opened(migrated_postgres_copy) as db:
        with db.writing() as conn:
            conn.execute(text("DROP INDEX ix_nudges_due"))
            conn.execute(
                text(
                    "UPDATE pg_index SET indisvalid = false "
                    "WHERE indexrelid = 'ix_occurrences_unreviewed'::regclass"
                )
            )
        schema.migrate(db)
        with db.reading() as conn:
            assert indexing._missing(conn) == []


def test_nobody_says_up_to_date_while_another_builds_and_what_that_one_leaves_is_built(
    migrated_postgres_copy: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "_PAUSE_SECONDS", 0.01)
    with opened(migrated_postgres_copy) as db, structlog.testing.capture_logs() as lines:
        with db.writing() as conn:
            conn.execute(text("DROP INDEX ix_nudges_due"))
        migrating = threading.Thread(target=schema.migrate, args=(db,))
        with db.reading() as other:  # which dies before it has built anything
            other.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": indexing._LOCK})
            migrating.start()
            while "schema.built_by_another" not in [line["event"] for line in lines]:
                migrating.join(0.02)
                assert migrating.is_alive()
            other.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": indexing._LOCK})
        migrating.join(20)
        with db.reading() as conn:
            assert indexing._missing(conn) == []
    told = [line["event"] for line in lines if line["log_level"] == "warning"]
    assert told == ["schema.built_by_another"]  # once, however long it waits


def test_versions_that_are_at_work_together_are_seen(postgres_url: str):
    other = create_engine(
        Database(postgres_url).url, connect_args={"application_name": "troth 0.0.1"}
    )
    with opened(postgres_url) as db, db.reading() as conn, other.connect():
        assert versions_at_work(conn)[0] == "0.0.1"
        assert len(versions_at_work(conn)) == 2
    other.dispose()
