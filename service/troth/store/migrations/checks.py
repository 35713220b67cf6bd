"""Checks of words that grow wider: a status has one word more than in the version before."""

import sqlalchemy as sa
from alembic import op


def widen(table: str, name: str, was: str, becomes: str) -> None:
    """Let the check `name` of a table take the wider condition.

    What the narrower one let in, the wider one lets in: on PostgreSQL the rows that are there are
    looked through afterwards, beside the writers.
    """
    if op.get_bind().dialect.name == "sqlite":
        _widen_on_sqlite(table, was, becomes)
        return
    op.drop_constraint(op.f(name), table)
    op.create_check_constraint(op.f(name), table, becomes, postgresql_not_valid=True)


def _widen_on_sqlite(table: str, was: str, becomes: str) -> None:
    """Write the wider check into the table's own text, as SQLite's manual has it.

    Copying the table and dropping the old one would delete every inbox with it: foreign keys act
    inside of a transaction, and can't be told not to.
    """
    bind = op.get_bind()
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    widened = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :was, :becomes)"
            " WHERE type = 'table' AND name = :table AND instr(sql, :was)"
        ),
        {"was": was, "becomes": becomes, "table": table},
    )
    if widened.rowcount != 1:
        raise RuntimeError(f"the table of {table} is not as the last version left it")
    bind.execute(sa.text(f"PRAGMA schema_version = {int(version) + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
