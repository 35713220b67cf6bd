"""Practices: what is asked when there is occasion, seasons, milestones, choices and numbers.

Every new column may be empty or has a default, so that processes of the version before go on
writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op

from troth.store.migrations.checks import widen

revision = "0004"
down_revision = "0003"
change = "expands"

_WAS = "purpose IN ('ritual', 'reminder', 'snooze', 'step', 'consent', 'answer')"
_IS = "purpose IN ('ritual', 'reminder', 'snooze', 'step', 'consent', 'answer', 'share', 'tell')"


def upgrade() -> None:
    op.add_column("couples", sa.Column("customs", sa.JSON()))
    op.add_column(
        "partners", sa.Column("most_a_day", sa.Integer(), nullable=False, server_default="3")
    )
    op.add_column(
        "rituals", sa.Column("origin", sa.String(length=8), nullable=False, server_default="file")
    )
    op.add_column("rituals", sa.Column("tuned", sa.JSON()))
    op.add_column("rituals", sa.Column("dormant_at", sa.DateTime(timezone=True)))
    op.add_column("occurrences", sa.Column("topic_sealed", sa.Text()))
    op.add_column(
        "occurrences",
        sa.Column("reviewed", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    if op.get_bind().dialect.name == "sqlite":  # on PostgreSQL it is built beside the writers
        _index_where("ix_occurrences_unreviewed", "occurrences", ["id"], "reviewed IS false")
    op.add_column("replies", sa.Column("number", sa.Float()))
    op.add_column("replies", sa.Column("choice", sa.String(length=64)))
    op.add_column("replies", sa.Column("taken_back_at", sa.DateTime(timezone=True)))
    op.add_column("replies", sa.Column("tap", sa.String(length=200)))
    for name in ("discreet", "prompted"):
        flag: sa.Column[bool] = sa.Column(
            name, sa.Boolean(), nullable=False, server_default=sa.false()
        )
        op.add_column("nudges", flag)
    op.add_column("nudges", sa.Column("topic", sa.String(16)))
    _add_occasions()
    _add_seasons()
    _add_milestones()
    widen("nudges", "ck_nudges_purpose_word", _WAS, _IS)


def _add_occasions() -> None:
    op.create_table(
        "occasions",
        *_of_couple("occasions"),
        sa.Column("practice", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead", sa.String(length=64)),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("topic_sealed", sa.Text()),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasions")),
    )
    _index_where("ix_occasions_due", "occasions", ["due_at"], "opened_at IS NULL")
    op.create_index(op.f("ix_occasions_couple"), "occasions", ["couple_id"])


def _add_seasons() -> None:
    op.create_table(
        "seasons",
        *_of_couple("seasons"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("stage", sa.String(length=32)),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seasons")),
    )
    op.create_index(op.f("ix_seasons_couple"), "seasons", ["couple_id", "starts_at"])


def _add_milestones() -> None:
    op.create_table(
        "milestones",
        *_of_couple("milestones"),
        sa.Column("name", sa.String(length=96), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("couple_id", "name", name=op.f("uq_milestones_couple_id_name")),
    )


def _of_couple(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return (
        sa.Column("id", number, nullable=False),
        sa.Column("couple_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["couple_id"],
            ["couples.id"],
            name=op.f(f"fk_{table}_couple_id"),
            ondelete="CASCADE",
        ),
    )


def _index_where(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(op.f(name), table, columns, sqlite_where=condition, postgresql_where=condition)
