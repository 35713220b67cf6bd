"""Occurrences born ahead of their moment, and providers that are given a rest.

Both new columns have a default, so that processes of the version before go on writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
_coming = sa.text("announced IS false")
_planned = sa.text("state = 'planned'")


def upgrade() -> None:
    op.create_table(
        "providers",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("rests_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_providers")),
    )
    provider = sa.Column("provider", sa.String(length=64), nullable=False, server_default="unknown")
    op.add_column("channels", provider)
    op.execute("UPDATE channels SET provider = scheme")  # until its file is applied again
    op.add_column(
        "occurrences",
        sa.Column("announced", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_index(
        op.f("ix_occurrences_coming"),
        "occurrences",
        ["due_at"],
        sqlite_where=_coming,
        postgresql_where=_coming,
    )
    op.drop_index("ix_nudges_channel", "nudges")  # only what is planned is looked up by channel
    op.create_index(
        op.f("ix_nudges_channel"),
        "nudges",
        ["channel_id"],
        sqlite_where=_planned,
        postgresql_where=_planned,
    )
