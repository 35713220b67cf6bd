"""The schema: built by migrations, equal to the tables, refused when it is newer than the code."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from tests.support.stage import EVENING, Stage, couple_file
from troth.errors import TrothError
from troth.store import marks, schema
from troth.store.database import Database
from troth.store.tables import couples, metadata, occurrences

COUPLE = {
    "name": "Ana & Ben",
    "timezone": "Europe/Lisbon",
    "day_starts": "04:00",
    "language": "en",
    "source": "here",
}


def test_migrations_build_exactly_the_tables(db: Database):
    with db.reading() as conn:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_every_status_word_is_held_by_the_database(db: Database):
    """Autogeneration does not compare check constraints, so they are looked up by name."""
    wanted = {
        constraint.name
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    query = (
        "SELECT sql FROM sqlite_master"
        if db.is_sqlite
        else "SELECT conname FROM pg_constraint WHERE contype = 'c'"
    )
    with db.reading() as conn:
        held = str(conn.execute(text(query)).scalars().all())
    assert wanted
    for name in wanted:
        assert str(name) in held


def test_an_unknown_status_word_is_refused(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("")
    stage.ben.expects("")
    for values in ({"state": "asleep"}, {"reason": "lazy"}):
        with pytest.raises(IntegrityError), stage.store.db.writing() as conn:
            conn.execute(update(occurrences).values(**values))


def test_migrating_twice_changes_nothing(db: Database):
    assert schema.migrate(db) is False
    schema.check_schema(db)


def test_a_schema_newer_than_the_code_is_refused_and_left_alone(db: Database):
    with db.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        marks.say_oldest_served(conn, "9998")
    for use in (schema.migrate, schema.check_schema):
        with pytest.raises(TrothError, match="made by a newer Troth"):
            use(db)
    with db.reading() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_an_empty_database_is_told_to_migrate(database_url: str):
    database = Database(database_url)
    with pytest.raises(TrothError, match="troth migrate"):
        schema.check_schema(database)
    database.close()


def test_moments_come_back_aware_and_in_utc(db: Database):
    moment = datetime(2026, 3, 2, 21, 30, 15, 123_456, tzinfo=timezone(timedelta(hours=5.5)))
    with db.writing() as conn:
        conn.execute(insert(couples).values(**COUPLE, retired_at=moment))
    with db.reading() as conn:
        kept = conn.execute(select(couples.c.retired_at)).scalar_one()
    assert kept == moment
    assert kept is not None
    assert kept.tzinfo is UTC


def test_a_naive_moment_is_refused(db: Database):
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="never naive"), db.writing() as conn:
        conn.execute(insert(couples).values(**COUPLE, retired_at=naive))


def test_a_rehearsal_leaves_nothing_behind(db: Database):
    with db.rehearsing() as conn:
        conn.execute(insert(couples).values(**COUPLE))
    with db.reading() as conn:
        assert conn.execute(select(couples.c.id)).first() is None
